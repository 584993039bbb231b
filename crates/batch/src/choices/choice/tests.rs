use super::*;

fn read(json: &str) -> Result<Choice, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn every_member_is_read_applied_and_written_again() {
    let json = r##"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"face":2,"face_fallback":"refuse","gravity":"50%,20%","background":"#0122ff","format":"jpeg","quality":77,"rotate":270}"##;
    let choice = read(json).unwrap();
    assert_eq!(serde_json::to_string(&choice).unwrap(), json);
    let options = choice.applied(&Options::default());
    let crop = CropBox {
        x: 11,
        y: 22,
        side: 333,
    };
    let expected = Options {
        fit: Fit::Crop(crop),
        gravity: Gravity::Point { x: 5000, y: 2000 },
        background: Background::Color([1, 0x22, 0xff]),
        format: StillFormat::Jpeg(Quality::new(77)),
        rotate: Rotation::By270,
        ..Options::default()
    };
    assert_eq!(options, expected);
    let face = read(&json.replace("\"crop\",", "\"face\",")).unwrap();
    let faces = FaceFit {
        fallback: FaceFallback::Refuse,
        number: NonZeroU32::new(2),
    };
    assert_eq!(face.applied(&options).fit, Fit::Face(faces));
    let words = |choice: &Choice| {
        let flags = choice.flags().into_iter();
        flags
            .map(|(flag, value)| format!("--{flag} {value}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        words(&choice),
        "--crop 11,22,333 --background #0122ff --format jpeg --quality 77 --rotate 270"
    );
    assert_eq!(
        words(&face),
        "--fit face --face-fallback refuse --face 2 --gravity 50%,20% --background #0122ff --format jpeg --quality 77 \
         --rotate 270"
    );
    let png = read(r#"{"fit":"contain","format":"png","quality":77,"rotate":0}"#).unwrap();
    assert_eq!(words(&png), "--fit contain --format png");
    assert_eq!(png.applied(&options).format, StillFormat::Png);
}

#[test]
fn what_is_not_chosen_stays() {
    let options = Options {
        fit: Fit::Face(FaceFit {
            fallback: FaceFallback::Contain,
            number: NonZeroU32::new(3),
        }),
        gravity: Gravity::Top,
        background: Background::Blur,
        format: StillFormat::Jpeg(Quality::new(66)),
        rotate: Rotation::By90,
        ..Options::default()
    };
    assert_eq!(Choice::default().applied(&options), options);
    let upright = Options {
        rotate: Rotation::None,
        ..options.clone()
    };
    let face = read(r#"{"fit":"face"}"#).unwrap();
    assert_eq!(face.applied(&options), upright);
    let better = read(r#"{"fit":"face","quality":77,"face":2}"#).unwrap();
    let chosen = better.applied(&options);
    assert_eq!(chosen.format, StillFormat::Jpeg(Quality::new(77)));
    let faces = FaceFit {
        fallback: FaceFallback::Contain,
        number: NonZeroU32::new(2),
    };
    assert_eq!(chosen.fit, Fit::Face(faces));
    let cover = read(r#"{"fit":"cover","background":"edge","gravity":"left"}"#).unwrap();
    let both = better.over(&cover);
    let found = (both.fit, both.background, both.gravity, both.face);
    assert_eq!(
        found,
        (
            Some(ChosenFit::Face),
            Some(Background::Edge),
            Some(Gravity::Left),
            NonZeroU32::new(2)
        )
    );
}

#[test]
fn another_rotation_takes_a_place_away() {
    let flag = |rotate, fit| Choice {
        rotate: Some(rotate),
        fit,
        ..Choice::default()
    };
    let crop = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90}"#;
    for (json, rotate, is_away) in [
        (crop, Rotation::By180, true),
        (crop, Rotation::By90, false),
        (r#"{"fit":"face","face":2}"#, Rotation::By90, true),
        (r#"{"fit":"face"}"#, Rotation::By90, false),
        (r#"{"fit":"cover","gravity":"top"}"#, Rotation::By90, true),
        (r#"{"fit":"cover"}"#, Rotation::By90, false),
        (r#"{"fit":"contain"}"#, Rotation::By90, false),
    ] {
        let choice = read(json).unwrap();
        assert_eq!(
            flag(rotate, None).turns_away_from(&choice),
            is_away,
            "{json}"
        );
    }
    let choice = read(crop).unwrap();
    let fitted = flag(Rotation::By180, Some(ChosenFit::Cover));
    assert!(!fitted.turns_away_from(&choice));
    let top = read(r#"{"fit":"cover","gravity":"top"}"#).unwrap();
    assert!(fitted.turns_away_from(&top));
    assert!(!flag(Rotation::By180, Some(ChosenFit::Contain)).turns_away_from(&top));
    assert!(!Choice::default().turns_away_from(&choice));
}

#[test]
fn what_is_wrong_is_told_with_what_is_wanted() {
    for (json, told) in [
        ("{}", "no fit"),
        (
            r#"{"fit":"fce"}"#,
            "\"fce\": give face, cover, contain, crop",
        ),
        (r#"{"fit":"crop"}"#, "there is none"),
        (
            r#"{"fit":"crop","crop":{"x":11,"y":22,"side":0}}"#,
            "at least 1",
        ),
        (r#"{"fit":"crop","crop":{"x":11,"y":22}}"#, "side"),
        (r#"{"fit":"crop","crop":{"x":-1,"y":22,"side":3}}"#, "-1"),
        (r#"{"fit":"face","face":0}"#, "from 1"),
        (r#"{"fit":"face","face_fallback":"x"}"#, "refuse"),
        (
            r#"{"fit":"cover","gravity":"north"}"#,
            "\"north\": give center",
        ),
        (
            r##"{"fit":"cover","background":"#12"}"##,
            "\"#12\": give auto",
        ),
        (r#"{"fit":"cover","format":"webp"}"#, "auto, jpeg, png"),
        (r#"{"fit":"cover","quality":101}"#, "1 to 100"),
        (
            r#"{"fit":"cover","rotate":45}"#,
            "\"45\": give 0, 90, 180 or 270",
        ),
        (r#"{"fit":"cover","sharpen":1}"#, "sharpen"),
        (
            r#"{"fit":"cover","format":"jpeg","background":"transparent"}"#,
            "transparent",
        ),
    ] {
        let error = read(json).unwrap_err();
        assert!(error.contains(told), "{json}: {error}");
    }
}
