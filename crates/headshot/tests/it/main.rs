//! The library through its front door, up to the profile.

use headshot::{Error, Fit, Options, SetPhotoError, set_photo, slack};
use headshot_emulator::Emulator;

fn client(emulator: &Emulator) -> slack::Client {
    let settings = slack::Settings {
        base_url: emulator.base_url(),
        ..slack::Settings::default()
    };
    let token = slack::Token::new(emulator.token().to_owned()).unwrap();
    slack::Client::with(token, &settings).unwrap()
}

fn photo() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../testdata/still/astronaut.jpg"
    );
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn one_call_sets_the_avatar_that_normalize_makes() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let options = Options {
        fit: Fit::Cover,
        ..Options::default()
    };
    let (avatar, reply) = set_photo(&client, photo(), &options).await.unwrap();
    let expected = headshot::normalize(&photo(), &options).unwrap();
    assert_eq!(avatar.bytes(), expected.bytes());
    let hash = reply.value.unwrap().avatar_hash.unwrap();
    let shown = client.profile(None).await.unwrap().value;
    assert_eq!(shown.avatar_hash, Some(hash));
}

#[tokio::test]
async fn what_is_no_photo_sends_nothing() {
    let emulator = Emulator::start().unwrap();
    let client = client(&emulator);
    let before = client.profile(None).await.unwrap().value.avatar_hash;
    let failed = set_photo(&client, "hello\n", &Options::default()).await;
    assert!(matches!(
        failed,
        Err(SetPhotoError::Avatar(Error::UnknownFormat { .. }))
    ));
    assert_eq!(
        client.profile(None).await.unwrap().value.avatar_hash,
        before
    );
}
