use super::*;

fn rows(text: &str) -> Vec<Row> {
    parse(text.as_bytes(), Path::new("folder"), Whose::Theirs)
        .unwrap()
        .rows
}

fn problems(text: &str) -> Vec<(Option<u64>, String)> {
    let problems = parse(text.as_bytes(), Path::new("folder"), Whose::Theirs).unwrap_err();
    let message = |(line, failure): Problem| (line, failure.message);
    problems.into_iter().map(message).collect()
}

#[test]
fn rows_have_their_photo_token_crop_and_line() {
    let text = "crop_y,photo,crop_x,token_env,crop_w,token_file\r\n\
                22,ann.jpg,11,ANN_TOKEN,333,\r\n\
                \r\n\
                ,\"a, \"\"b\"\"\nc.png\",,,,/secrets/bob\r\n\
                ,,,,,\r\n\
                ,/cy.gif,,CY,,\r\n";
    let crop = CropBox {
        x: 11,
        y: 22,
        side: 333,
    };
    let row = |line, name: &str, photo: &str, token, crop: Option<CropBox>| Row {
        line,
        name: name.to_owned(),
        photo: photo.into(),
        token,
        user_id: None,
        email: None,
        columns: Choice {
            fit: crop.map(|_| ChosenFit::Crop),
            crop,
            ..Choice::default()
        },
    };
    let env = |name: &str| Source::Env(name.to_owned());
    let file = Source::File("/secrets/bob".into());
    let bob = "a, \"b\"\nc.png";
    let expected = [
        row(2, "ann.jpg", "folder/ann.jpg", env("ANN_TOKEN"), Some(crop)),
        row(4, bob, &format!("folder/{bob}"), file, None),
        row(7, "/cy.gif", "/cy.gif", env("CY"), None),
    ];
    assert_eq!(rows(text), expected);
}

#[test]
fn columns_that_are_not_known_are_told_and_left_alone() {
    let text = "photo, token_env ,team\na.jpg,A,red\n";
    let read = parse(text.as_bytes(), Path::new(""), Whose::Theirs).unwrap();
    assert_eq!(read.warnings, ["the column \"team\" is not used"]);
    assert_eq!(read.rows.len(), 1);
}

#[test]
fn columns_that_are_wrong_are_named() {
    for (text, message) in [
        ("", "it is empty"),
        ("photo,token_env\n", "no row below"),
        ("photo;token_env\na.jpg;A\n", "not separated by commas"),
        ("foto,token_env\na.jpg,A\n", "no column photo"),
        ("photo\na.jpg\n", "no column token, token_env or token_file"),
        (
            "photo,token\na.jpg,xoxp-1\n",
            "the value of token looks like a token",
        ),
        ("photo,token_env,crop_x,crop_y\n", "no column crop_w"),
        ("photo,token_env,photo\n", "two columns photo"),
    ] {
        let problems = problems(text);
        assert!(problems[0].1.contains(message), "{text}: {problems:?}");
    }
}

#[test]
fn every_line_that_is_wrong_is_named() {
    let text = "photo,token_env,token_file,crop_x,crop_y,crop_w\n\
                ,A,,,,\n\
                a.jpg,,,,,\n\
                a.jpg,A,a.token,,,\n\
                a.jpg,xoxp-canary,,,,\n\
                a.jpg,A,,1,x,3\n\
                a.jpg,A,,1,,3\n\
                a.jpg,A,,1,-2,3\n\
                a.jpg,A,,1,2,0\n\
                a.jpg,A\n\
                a.jpg,A,,1,2,3\n";
    let expected = [
        "there is no photo",
        "no token, no token_env and no token_file",
        "both a token_env and a token_file",
        "not the name of a variable",
        "crop_y is \"x\"",
        "all of crop_x, crop_y and crop_w",
        "crop_y is \"-2\"",
        "crop_w is 0 pixels",
        "fields: 2, and the first line has 6",
    ];
    let problems = problems(text);
    assert_eq!(problems.len(), expected.len());
    for ((line, (found, message)), expected) in (2..).zip(&problems).zip(expected) {
        assert_eq!(*found, Some(line), "{message}");
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("canary"));
    }
    let latin = b"photo,token_env\ncaf\xe9.jpg,A\n";
    let problems = parse(latin, Path::new(""), Whose::Theirs).unwrap_err();
    assert_eq!(problems[0].0, Some(2));
    assert!(problems[0].1.message.contains("not UTF-8"));
}

#[test]
fn a_row_says_who_it_is_for() {
    let read = rows(
        "photo,user_id,email,token_env\na.jpg,U012AB3CD,,A\nb.jpg, W9Z ,b@example.com,B\nc.jpg,,c@example.com,C\n",
    );
    let who = |row: &Row| (row.user_id.clone(), row.email.clone());
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        read.iter().map(who).collect::<Vec<_>>(),
        [
            (some("U012AB3CD"), None),
            (some("W9Z"), some("b@example.com")),
            (None, some("c@example.com"))
        ]
    );
    for (text, message) in [
        ("photo,user_id,token_env\na.jpg,,A\n", "who it is for"),
        (
            "photo,user_id,token_env\na.jpg,maya,A\n",
            "user_id is \"maya\"",
        ),
        (
            "photo,email,token_env\na.jpg,maya,A\n",
            "not an e-mail address",
        ),
    ] {
        let problems = problems(text);
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].0 == Some(2) && problems[0].1.contains(message),
            "{problems:?}"
        );
    }
}

#[test]
fn a_quote_without_an_end_swallows_no_row() {
    for (text, line) in [
        ("photo,token_env\na.jpg,A\n\"b.jpg,B\nc.jpg,C\n", 3),
        ("photo,token_env\n\"a.jpg,A\n\"b.jpg\",B\n", 2),
        ("\"photo,token_env\na.jpg,A\n", 1),
        ("photo,token_env\n\"a\nb.jpg\",A\nc.jpg,\"C\n", 4),
        ("photo,token_env\n\"a.jpg\"\"\",A\nb.jpg,\"\"\"\n", 3),
    ] {
        let problems = problems(text);
        assert_eq!(problems.len(), 1, "{text}");
        assert!(
            problems[0].0 == Some(line) && problems[0].1.contains("quoted field"),
            "{text}: {problems:?}"
        );
    }
    let fine = "photo,token_env\n\"a,\"\"b\"\"\n.jpg\",\"A\"\r\nit\"s.jpg,B\n\"\"\"c.jpg\",\"C\"";
    let names: Vec<_> = rows(fine).into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["a,\"b\"\n.jpg", "it\"s.jpg", "\"c.jpg"]);
}
