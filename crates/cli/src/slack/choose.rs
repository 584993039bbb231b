//! Which of the kept logins is meant: the one of an ID, or the only one. One that cannot be read may be it.

use crate::slack::kept::{self, Kept, Login, Unreadable, file_of, plain};
use crate::slack::person::Person;
use crate::slack::token::NO_TOKEN;
use crate::terminal::escape;
use crate::terminal::failure::Failure;

/// The login of this user ID, or `TEAM/USER`; without one, the only login there is, if any.
///
/// # Errors
/// If there are several, or none of that ID. Also if none is named and one cannot be read: a photo would go to somebody else.
pub(crate) fn choose(base_url: &str, wanted: Option<&str>) -> Result<Option<Login>, Failure> {
    let Kept {
        mut logins,
        unreadable,
    } = kept::all(base_url)?;
    let known: Vec<_> = logins.iter().map(Login::who).collect();
    if let (None, Some(one)) = (wanted, unreadable.first()) {
        return Err(may_be_meant(one, &logins));
    }
    logins.retain(|login| is_wanted(login, wanted));
    match (&logins[..], wanted) {
        ([_], _) => Ok(logins.pop()),
        ([], None) => Ok(None),
        ([], Some(wanted)) => {
            for one in &unreadable {
                if may_be(one, base_url, wanted, &logins)? != May::Not {
                    let message = format!("{wanted} may be logged in, but {}", one.why.message);
                    let hint = format!(
                        "headshot logout --forget --login {wanted} removes the file; headshot login signs in again"
                    );
                    return Err(Failure::new(NO_TOKEN, message).with_hint(hint));
                }
            }
            let who = match &known[..] {
                [] => "nobody is".to_owned(),
                known => format!("there are {}", known.join(", ")),
            };
            let at = plain(base_url);
            let message = format!("{wanted} is not logged in at {at}: {who}");
            Err(Failure::new(NO_TOKEN, message).with_hint("headshot login signs somebody in"))
        }
        ([first, ..], _) => {
            let who: Vec<_> = logins.iter().map(Login::who).collect();
            let message = format!("{} logins are kept: {}", who.len(), who.join(", "));
            let id = shortest(first, &logins);
            Err(Failure::new(NO_TOKEN, message)
                .with_hint(format!("choose one, as in --login {id}")))
        }
    }
}

/// The login that cannot be read and is meant, if none is that can be read.
///
/// # Errors
/// If several may be meant.
pub(crate) fn unreadable(
    base_url: &str,
    wanted: Option<&str>,
) -> Result<Option<Unreadable>, Failure> {
    let Kept { logins, unreadable } = kept::all(base_url)?;
    if logins.iter().any(|login| is_wanted(login, wanted)) {
        return Ok(None);
    }
    let (mut surely, mut perhaps) = (Vec::new(), Vec::new());
    for one in unreadable {
        let may = match wanted {
            Some(wanted) => may_be(&one, base_url, wanted, &logins)?,
            None => May::Be,
        };
        match may {
            May::Surely => surely.push(one),
            May::Be => perhaps.push(one),
            May::Not => {}
        }
    }
    let mut found = if surely.is_empty() { perhaps } else { surely };
    if found.len() < 2 {
        return Ok(found.pop());
    }
    let files: Vec<_> = found.iter().map(|one| escape::name(&one.file)).collect();
    let message = format!(
        "{} logins cannot be read, and each may be meant: {}",
        files.len(),
        files.join(", ")
    );
    let hint =
        "name the workspace, too, as in --login T012AB3C4/U012AB3CD, or remove one of the files";
    Err(Failure::new(NO_TOKEN, message).with_hint(hint))
}

/// Whether a file that cannot be read is the login of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    Not,
    Be,
    Surely,
}

/// By the file's name, which is a hash of whose it is, and by what it still tells.
fn may_be(
    one: &Unreadable,
    base_url: &str,
    wanted: &str,
    logins: &[Login],
) -> Result<May, Failure> {
    let base_url = plain(base_url);
    let is_file_of = |team: &str, user: &str| {
        let file = file_of(&base_url, team, user)?;
        Ok::<_, Failure>(file == one.file)
    };
    if let Some((team, user)) = wanted.split_once('/') {
        let is_it = is_file_of(team, user)?;
        return Ok(if is_it { May::Surely } else { May::Not });
    }
    for login in logins {
        if is_file_of(&login.person.team, wanted)? {
            return Ok(May::Surely);
        }
    }
    Ok(match &one.user {
        Some(user) if user == wanted => May::Surely,
        Some(_) => May::Not,
        None => May::Be,
    })
}

fn is_wanted(login: &Login, wanted: Option<&str>) -> bool {
    let Person { team, user } = &login.person;
    match wanted.map(|wanted| wanted.split_once('/').unwrap_or(("", wanted))) {
        None => true,
        Some(("", id)) => id == user,
        Some((workspace, id)) => workspace == team && id == user,
    }
}

/// Nobody said whose photo it is, and it may be that of a login that cannot be read.
fn may_be_meant(one: &Unreadable, logins: &[Login]) -> Failure {
    let message = format!("{}; it may be the one that you mean", one.why.message);
    let id = one.user.as_deref().unwrap_or("ID");
    let forget = match logins {
        [] => "headshot logout --forget".to_owned(),
        _ => format!("headshot logout --forget --login {id}"),
    };
    let way_out = format!("{forget} removes that file; headshot login signs in again");
    let hint = match logins {
        [] => way_out,
        [first, ..] => {
            let id = shortest(first, logins);
            format!("--login {id} uses the login of {}; {way_out}", first.who())
        }
    };
    Failure::new(NO_TOKEN, message).with_hint(hint)
}

/// What is enough to choose this one among all.
fn shortest(login: &Login, among: &[Login]) -> String {
    let Person { team, user } = &login.person;
    let same = among.iter().filter(|other| other.person.user == *user);
    if same.count() == 1 {
        user.clone()
    } else {
        format!("{team}/{user}")
    }
}
