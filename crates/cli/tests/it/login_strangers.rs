//! What other pages and programs can send to a login that waits: none of it ends the waiting.

use std::net::TcpStream;

use headshot_emulator::Emulator;

use crate::signing_in::{SigningIn, grants, kept, login, visit};

#[test]
fn the_answer_to_another_question_is_not_taken_and_the_right_one_is() {
    let emulator = Emulator::start().unwrap();
    let login = SigningIn::start(&mut login(&emulator.base_url()));
    let back = login.consent("maya");
    let (before, _) = back.split_once("&state=").unwrap();
    for forged in [
        format!("{before}&state=somebody-elses"),
        format!(
            "http://localhost:{}/callback?code=x&state=bad",
            login.port()
        ),
        format!(
            "http://localhost:{}/callback?error=no&state=bad",
            login.port()
        ),
    ] {
        let page = visit(&forged);
        assert_eq!(page.status, 400);
        assert!(page.text.contains("belongs to another login"), "{page:?}");
    }
    assert!(kept().is_empty() && grants(&emulator, "authorization_code").is_empty());
    assert_eq!(visit(&back).status, 200);
    let ran = login.end().expect(0);
    let told = "an answer to another login came and was not taken";
    assert_eq!(ran.stderr.matches(told).count(), 1, "{ran:?}");
    assert_eq!(grants(&emulator, "authorization_code").len(), 1);
    assert_eq!(kept().len(), 1);
}

#[test]
fn silent_connections_do_not_starve_the_answer() {
    let emulator = Emulator::start().unwrap();
    let login = SigningIn::start(&mut login(&emulator.base_url()));
    let connect = |_| TcpStream::connect(("127.0.0.1", login.port())).unwrap();
    let silent: Vec<_> = (0..300).map(connect).collect();
    let page = visit(&login.consent("maya"));
    assert_eq!(page.status, 200, "{page:?}");
    login.end().expect(0);
    drop(silent);
}
