//! What goes out for a photo, and what comes back.

use bytes::Bytes;
use headshot_upload::{Class, Code, Error, Photo, PhotoFormat, Token};

use crate::server::{Request, Server, json};
use crate::{CANARY, client, photo, shown, token};

const PROFILE: &str = r#"{"ok":true,"profile":{"avatar_hash":"8fbdd10b41c6","image_24":"https://a.example/24.jpg",
    "image_1024":"https://a.example/1024.jpg","image_original":"https://a.example/original.jpg"}}"#;

/// A part as somebody else's parser sees it: name, file name, content type, content.
type Part = (String, Option<String>, Option<String>, Bytes);

async fn parts(request: &Request) -> Vec<Part> {
    let boundary = multer::parse_boundary(request.headers("content-type")[0]).unwrap();
    let mut multipart = multer::Multipart::with_reader(&request.body[..], boundary);
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.unwrap() {
        let name = field.name().unwrap().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let content_type = field.content_type().map(|kind| kind.to_string());
        parts.push((name, file_name, content_type, field.bytes().await.unwrap()));
    }
    parts
}

#[tokio::test]
async fn a_photo_goes_out_as_three_numbers_and_a_file() {
    let server = Server::answering("users.setPhoto", json(PROFILE)).await;
    let reply = client(server.base_url())
        .set_photo(&photo().cropped(11, 22, 333))
        .await
        .unwrap();

    let requests = server.requests();
    let [request] = &requests[..] else {
        panic!("{requests:?}")
    };
    assert!(
        request
            .head
            .starts_with("POST /api/users.setPhoto HTTP/1.1\r\n"),
        "{}",
        request.head
    );
    assert_eq!(
        request.headers("authorization"),
        [format!("Bearer {CANARY}")]
    );
    assert_eq!(request.head.matches(CANARY).count(), 1);
    assert!(request.headers("content-type")[0].starts_with("multipart/form-data; boundary="));
    let sent: Bytes = photo().bytes().clone();
    let text = |name: &str, value: &'static str| (name.to_owned(), None, None, Bytes::from(value));
    let file = (
        "image".to_owned(),
        Some("photo.jpg".to_owned()),
        Some("image/jpeg".to_owned()),
        sent,
    );
    let expected = vec![
        text("crop_x", "11"),
        text("crop_y", "22"),
        text("crop_w", "333"),
        file,
    ];
    assert_eq!(parts(request).await, expected);

    let profile = reply.value.unwrap();
    assert_eq!(profile.avatar_hash.as_deref(), Some("8fbdd10b41c6"));
    assert_eq!(
        profile.image_24.as_deref(),
        Some("https://a.example/24.jpg")
    );
    assert_eq!(
        profile.image_1024.as_deref(),
        Some("https://a.example/1024.jpg")
    );
    assert_eq!(
        profile.image_original.as_deref(),
        Some("https://a.example/original.jpg")
    );
    assert_eq!(reply.warnings, [""; 0]);
}

#[tokio::test]
async fn without_a_crop_box_only_the_file_goes_out() {
    let server = Server::answering("users.setPhoto", json(PROFILE)).await;
    let kinds = [
        (&b"\x89PNG\r\n\x1a\nrest"[..], "photo.png", "image/png"),
        (&b"GIF89arest"[..], "photo.gif", "image/gif"),
        (&b"GIF87arest"[..], "photo.gif", "image/gif"),
    ];
    for (bytes, name, kind) in kinds {
        let photo = Photo::new(Bytes::from_static(bytes)).unwrap();
        client(server.base_url()).set_photo(&photo).await.unwrap();
        let request = server.requests().pop().unwrap();
        let file = (
            "image".to_owned(),
            Some(name.to_owned()),
            Some(kind.to_owned()),
            Bytes::from_static(bytes),
        );
        assert_eq!(parts(&request).await, [file]);
    }
}

#[tokio::test]
async fn a_missing_profile_is_a_warning() {
    let server = Server::answering("users.setPhoto", json(r#"{"ok":true}"#)).await;
    let reply = client(server.base_url()).set_photo(&photo()).await.unwrap();
    assert_eq!(reply.value, None);
    assert_eq!(reply.warnings, ["the reply says ok, but holds no profile"]);
}

#[tokio::test]
async fn profile_and_delete_send_only_what_they_need() {
    let answers = [json(PROFILE)];
    let server = Server::start(&[
        ("users.profile.get", &answers),
        ("users.deletePhoto", &answers),
    ])
    .await;
    let client = client(server.base_url());
    let own = client.profile(None).await.unwrap();
    assert_eq!(own.value.avatar_hash.as_deref(), Some("8fbdd10b41c6"));
    client.profile(Some("U012AB&user=3")).await.unwrap();
    client.delete_photo().await.unwrap();
    let requests = server.requests();
    let fields: Vec<_> = requests.iter().map(Request::fields).collect();
    assert_eq!(
        fields,
        [
            vec![],
            vec![("user".to_owned(), "U012AB&user=3".to_owned())],
            vec![]
        ]
    );
    assert_eq!(
        server.methods(),
        [
            "users.profile.get",
            "users.profile.get",
            "users.deletePhoto"
        ]
    );
    for request in requests {
        assert_eq!(
            request.headers("authorization"),
            [format!("Bearer {CANARY}")]
        );
    }
}

#[test]
fn only_jpeg_png_and_gif_are_photos() {
    let format =
        |bytes: &'static [u8]| Photo::new(Bytes::from_static(bytes)).map(|photo| photo.format());
    assert_eq!(format(b"\xff\xd8\xff\xdb").unwrap(), PhotoFormat::Jpeg);
    for bytes in [
        &b""[..],
        b"\xff\xd8",
        b"\x89PNG",
        b"GIF88a",
        b"RIFF\0\0\0\0WEBP",
        b"<svg",
        b"BM",
    ] {
        let error = format(bytes).unwrap_err();
        assert_eq!(error.class(), Class::FixImage, "{error}");
        shown(&error);
    }
}

#[test]
fn a_token_is_refused_here_where_that_is_possible() {
    let refused = |text: &str| Token::new(text.to_owned()).unwrap_err();
    for bot in ["xoxb-canary-1", "xoxe.xoxb-1-canary"] {
        let error = refused(bot);
        assert!(matches!(error, Error::BotToken), "{error:?}");
        assert!(error.hint().contains("xoxp-"));
        shown(&error);
    }
    for bad in [
        "",
        " ",
        "xoxp-canary\n",
        "xoxp-can ary",
        "\txoxp-canary",
        "xoxp-canary\u{0}",
        "xoxp-canäry",
        "xoxp\u{7f}",
    ] {
        let error = refused(bad);
        assert!(
            matches!(error, Error::BadToken { .. }),
            "{bad:?}: {error:?}"
        );
        assert_eq!(error.class(), Class::SignIn);
        shown(&error);
    }
    for good in ["xoxp-1-2-3", "xoxe.xoxp-1-abc", "xoxp-fault-silence"] {
        Token::new(good.to_owned()).unwrap();
    }
}

#[test]
fn neither_token_nor_client_nor_photo_show_what_they_hold() {
    let debug = format!(
        "{:?} {:?} {:?}",
        token(),
        client("http://127.0.0.1:1/"),
        photo()
    );
    assert_eq!(
        debug,
        r#"Token(..) Client { base_url: "http://127.0.0.1:1/", .. } Photo(Jpeg, 15 bytes)"#
    );
}

#[test]
fn codes_can_be_matched_by_name() {
    assert_eq!(Code::BadImage.as_str(), "bad_image");
    assert_eq!(Code::BadImage.class(), Class::FixImage);
}
