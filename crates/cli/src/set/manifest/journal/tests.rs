use super::*;
use crate::slack::person::Owner;

fn job(user: &str, photo: &str) -> Job {
    Job {
        server: "https://a/api".to_owned(),
        person: Person {
            team: "T1".to_owned(),
            user: user.to_owned(),
        },
        photo: photo.to_owned(),
        options: "side=7".to_owned(),
    }
}

fn holder(user: &str) -> Holder {
    let person = job(user, "").person;
    Holder {
        owner: Some(Owner {
            person,
            name: None,
            workspace: None,
            scopes: None,
            expires_in: None,
        }),
        ..Holder::of_text("xoxp-1", "https://a/api").unwrap()
    }
}

fn open(shown: Option<&str>) -> Open {
    Open {
        shown: shown.map(str::to_owned),
        sent: None,
        kept: None,
        accepted: false,
    }
}

fn set() -> Event {
    Event::Set(Set {
        avatar_hash: Some("4567".to_owned()),
        sent: None,
        kept: Some("8".to_owned()),
    })
}

#[test]
fn the_last_line_of_a_person_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let (mut journal, past) = Journal::open(&path).unwrap();
    assert!(past.is_empty());
    assert_eq!(Journal::open(&path).err().unwrap().kind, "locked");
    let mut note = |job: &Job, event| journal.note(job, event).unwrap();
    let (first, second) = (job("U1", "a"), job("U1", "b"));
    note(&first, Event::Begun(open(Some("0123"))));
    note(&first, set());
    note(&second, Event::Begun(open(Some("0123"))));
    note(&second, set());
    note(&job("U2", "a"), Event::Begun(open(Some("0123"))));
    note(&job("U3", "a"), Event::Unknown(open(None)));
    drop(journal);
    for past in [Past::read(&path).unwrap(), Journal::open(&path).unwrap().1] {
        let last = |user: &str| past.of(&holder(user), "https://a/api");
        let one = last("U1").unwrap();
        assert!(one.done("a", "side=7").is_none(), "another came after it");
        assert!(one.done("b", "side=8").is_none() && one.open("b", "side=7").is_none());
        assert_eq!(Event::Set(one.done("b", "side=7").unwrap().clone()), set());
        let two = last("U2").unwrap();
        assert_eq!(two.open("a", "side=7"), Some((&open(Some("0123")), true)));
        assert!(!two.open("b", "side=7").unwrap().1 && two.age() < Duration::from_secs(60));
        assert_eq!(
            last("U3").unwrap().open("a", "side=7"),
            Some((&open(None), true))
        );
        assert_eq!(last("U4"), None);
        assert_eq!(
            past.of(&holder("U1"), "https://b/api"),
            None,
            "another place"
        );
    }
}

#[test]
fn lines_that_are_not_known_stay_whoever_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    Journal::open(&path)
        .unwrap()
        .0
        .note(&job("U1", "a"), set())
        .unwrap();
    let mut text = fs::read_to_string(&path).unwrap();
    text += "{\"at\":1,\"consent\":\"U1\"}\n{\"at\":2,\"event\":{\"moved\":{}}}\n";
    fs::write(&path, &text).unwrap();
    let past = Past::read(&path).unwrap();
    assert_eq!(
        (past.unknown, fs::read_to_string(&path).unwrap()),
        (2, text.clone())
    );
    let (_, past) = Journal::open(&path).unwrap();
    assert_eq!(
        (past.unknown, fs::read_to_string(&path).unwrap()),
        (2, text)
    );
}

#[test]
fn a_journal_of_the_first_version_is_taken_over_and_a_newer_one_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let key = Holder::of_text("xoxp-1", "https://a/api").unwrap().old_key;
    let line = format!(
        "{{\"person\":\"{key}\",\"photo\":\"a\",\"recipe\":\"c\",\"event\":{{\"set\":{{\"avatar_hash\":\"4567\"}}}}}}\n"
    );
    fs::write(&path, format!("{{\"format\":\"{OLD}\"}}\n{line}")).unwrap();
    let done = |past: &Past| {
        let last = past.of(&holder("U1"), "https://a/api").unwrap();
        last.done("a", "any options").is_some() && last.done("b", "").is_none()
    };
    assert!(done(&Past::read(&path).unwrap()));
    let (mut journal, past) = Journal::open(&path).unwrap();
    assert!(done(&past));
    journal.note(&job("U1", "b"), set()).unwrap();
    drop(journal);
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with(&format!("{{\"format\":\"{FORMAT}\"}}\n{line}")),
        "{text}"
    );
    let (_, past) = Journal::open(&path).unwrap();
    assert!(!done(&past), "what came after it counts");
    let newer = text.replace(FORMAT, "headshot-manifest-3");
    fs::write(&path, &newer).unwrap();
    for failure in [
        Past::read(&path).unwrap_err(),
        Journal::open(&path).err().unwrap(),
    ] {
        assert!(
            failure.message.contains("headshot-manifest-3"),
            "{failure:?}"
        );
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
}
