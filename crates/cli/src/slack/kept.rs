//! Kept logins: the tokens of `headshot login`, in the state folder, which only their owner can read.
//!
//! One small JSON file per person and base URL. It is changed under a lock, and each change is durable before it is used:
//! a refresh token works once, so losing a pair ends the login.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use headshot_upload::Token;
use headshot_upload::oauth::{Grant, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::files::{lock, private, state_folder, write};
use crate::slack::error::failure;
use crate::slack::person::{Owner, Person};
use crate::slack::token::warn_if_others_can_read;
use crate::terminal::escape;
use crate::terminal::failure::{Failure, reason};
use crate::terminal::record::sha256;

/// What a file says of itself; the number is its version.
const FORMAT: &str = "headshot-login-1";

/// Much longer than any login.
const LONGEST: u64 = 64 * 1024;

/// How long another run is waited for: a refresh takes as long as a call may.
const PATIENCE: Duration = Duration::from_secs(150);

/// How often to check whether the other run has ended.
const ATTENTION: Duration = Duration::from_millis(25);

/// One login, as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    format: String,
    /// Without a slash at its end: tokens of one server never go to another.
    base_url: String,
    #[serde(flatten)]
    pub(crate) person: Person,
    /// For people to read.
    pub(crate) name: Option<String>,
    pub(crate) workspace: Option<String>,
    pub(crate) client_id: String,
    pub(crate) access_token: Hidden,
    pub(crate) refresh_token: Option<Hidden>,
    /// When the access token expires, in seconds since 1970; `None` if it does not.
    ends: Option<u64>,
    /// Whether a run has begun to refresh it and has not recorded the result.
    pub(crate) refreshing: bool,
}

/// A secret that is written to a file and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hidden(pub(crate) Secret);

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Hidden, D::Error> {
        String::deserialize(deserializer).map(|text| Hidden(Secret::new(text)))
    }
}

impl Login {
    /// A new login, from a grant that was requested at `asked`.
    pub(crate) fn new(
        base_url: &str,
        client_id: &str,
        owner: &Owner,
        grant: Grant,
        asked: u64,
    ) -> Login {
        let mut login = Login {
            format: FORMAT.to_owned(),
            base_url: plain(base_url),
            person: owner.person.clone(),
            name: owner.name.clone(),
            workspace: owner.workspace.clone(),
            client_id: client_id.to_owned(),
            access_token: Hidden(Secret::new(String::new())),
            refresh_token: None,
            ends: None,
            refreshing: false,
        };
        login.take(grant, asked);
        login
    }

    /// Takes over a grant that was requested at this time.
    pub(crate) fn take(&mut self, grant: Grant, asked: u64) {
        self.access_token = Hidden(grant.access_token);
        self.ends = grant.expires_in.map(|time| asked + time.as_secs());
        self.refresh_token = grant.refresh_token.map(Hidden);
        self.refreshing = false;
    }

    pub(crate) fn token(&self) -> Result<Token, Failure> {
        Token::new(self.access_token.0.expose().to_owned()).map_err(failure)
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    /// How long the access token is still valid; `None` if it does not expire.
    pub(crate) fn left(&self) -> Option<Duration> {
        let left = self.ends?.saturating_sub(now());
        Some(Duration::from_secs(left))
    }

    /// `maya (U012AB3CD) in Headshot (T012AB3C4)`
    pub(crate) fn who(&self) -> String {
        let Person { team, user } = &self.person;
        let named = |name: &Option<String>, id: &str| match name {
            Some(name) => format!("{name} ({id})"),
            None => id.to_owned(),
        };
        let (user, team) = (named(&self.name, user), named(&self.workspace, team));
        format!("{user} in {team}")
    }

    /// Where it is.
    pub(crate) fn file(&self) -> Result<PathBuf, Failure> {
        file_of(&self.base_url, &self.person.team, &self.person.user)
    }

    /// Locks it, after waiting for any run that is using it.
    pub(crate) fn hold(&self) -> Result<Held, Failure> {
        let busy = format!("another run is changing the login of {}", self.who());
        Held::file(self.file()?, &busy)
    }
}

/// A login that no other run changes meanwhile.
pub(crate) struct Held {
    file: PathBuf,
    _lock: File,
}

impl Held {
    fn file(file: PathBuf, busy: &str) -> Result<Held, Failure> {
        let folder = folder()?;
        let cannot = |error| {
            let what = format!("the folder {} cannot be made", escape::name(&folder));
            Failure::io("state", what, &error).with_hint("name a folder in HEADSHOT_STATE")
        };
        private::folder(write::folder_of(&folder)).map_err(cannot)?;
        lock::private_folder(&folder).map_err(cannot)?;
        let since = Instant::now();
        loop {
            match lock::exclusive(&file.with_extension("lock"), busy) {
                Ok(lock) => return Ok(Held { file, _lock: lock }),
                Err(failure) if failure.kind == lock::LOCKED && since.elapsed() < PATIENCE => {
                    sleep(ATTENTION);
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// As it is now; `None` if it is gone.
    pub(crate) fn read(&self) -> Result<Option<Login>, Failure> {
        read(&self.file).map_err(|unreadable| unreadable.why)
    }

    /// Writes it. When this returns it is durable.
    pub(crate) fn save(&self, login: &Login) -> Result<(), Failure> {
        let json = serde_json::to_string_pretty(login);
        let json = json.map_err(|error| Failure::new("state", error.to_string()))?;
        let json = Secret::new(json);
        private::file(&self.file, json.expose().as_bytes()).map_err(|error| {
            let what = format!("{} cannot be written", escape::name(&self.file));
            Failure::io("state", what, &error)
        })
    }

    /// Removes it for good. The lock stays, because another run may be waiting for it.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                let what = format!("{} cannot be removed", escape::name(&self.file));
                Err(Failure::io("state", what, &error))
            }
            _ => {
                write::sync(write::folder_of(&self.file));
                Ok(())
            }
        }
    }
}

/// The logins at an address.
#[derive(Default)]
pub(crate) struct Kept {
    /// Ordered by workspace and person.
    pub(crate) logins: Vec<Login>,
    /// Those that may be for this address as well.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// The file of a login that cannot be read, and what it still tells.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) file: PathBuf,
    pub(crate) why: Failure,
    base_url: Option<String>,
    pub(crate) user: Option<String>,
}

impl Unreadable {
    /// Removes it, for good.
    pub(crate) fn remove(self) -> Result<(), Failure> {
        let busy = format!("another run is changing {}", escape::name(&self.file));
        Held::file(self.file, &busy)?.remove()
    }
}

/// All logins at this address.
pub(crate) fn all(base_url: &str) -> Result<Kept, Failure> {
    let folder = folder()?;
    let unlisted = |error| Failure::io("state", escape::name(&folder), &error);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(unlisted(error)),
    };
    let base_url = plain(base_url);
    let (mut logins, mut unreadable) = (Vec::new(), Vec::new());
    for entry in entries {
        let file = entry.map_err(unlisted)?.path();
        // Files that are being written begin with a dot.
        let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
        let is_ours = file.extension().is_some_and(|ending| ending == "json");
        if !is_ours || file.file_name().is_some_and(is_hidden) {
            continue;
        }
        match read(&file) {
            Ok(Some(login)) if login.base_url == base_url => logins.push(login),
            Ok(_) => {}
            Err(one) if one.base_url.as_ref().is_none_or(|its| *its == base_url) => {
                unreadable.push(*one);
            }
            Err(_) => {}
        }
    }
    logins.sort_by(|one, other| one.person.cmp(&other.person));
    unreadable.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(Kept { logins, unreadable })
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn folder() -> Result<PathBuf, Failure> {
    Ok(state_folder::folder()?.join("logins"))
}

/// Where a login is kept. `base_url` has no slash at its end.
pub(super) fn file_of(base_url: &str, team: &str, user: &str) -> Result<PathBuf, Failure> {
    // As JSON, so that no part can be taken for another.
    let key = serde_json::json!([base_url, team, user]);
    let key = sha256(key.to_string().as_bytes());
    Ok(folder()?.join(format!("{}.json", &key[..16])))
}

/// An address as logins know it.
pub(super) fn plain(base_url: &str) -> String {
    base_url.trim_end_matches('/').to_ascii_lowercase()
}

/// A member of a file that is no longer JSON, if it is still there as a whole.
fn told(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\"{name}\""))?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let (value, _) = rest.strip_prefix('"')?.split_once('"')?;
    Some(value.to_owned())
}

fn read(file: &Path) -> Result<Option<Login>, Box<Unreadable>> {
    let unreadable = |why: &str, text: &str| {
        let message = format!("the login in {} cannot be read: {why}", escape::name(file));
        let hint = "remove the file, and sign in again with headshot login";
        Box::new(Unreadable {
            file: file.to_owned(),
            why: Failure::new("state", message).with_hint(hint),
            base_url: told(text, "base_url"),
            user: told(text, "user"),
        })
    };
    let cannot = |why: &str| unreadable(why, "");
    match fs::symlink_metadata(file) {
        Ok(metadata) if !metadata.is_file() => return Err(cannot("it is not a file")),
        Ok(metadata) if metadata.len() > LONGEST => return Err(cannot("it is too long")),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(&reason(&error))),
    }
    warn_if_others_can_read(file);
    let text = fs::read_to_string(file).map_err(|error| cannot(&reason(&error)))?;
    let text = Secret::new(text);
    // The reader's message may repeat some of the text.
    let login: Login = serde_json::from_str(text.expose()).map_err(|_| {
        let why = "it was cut off, or headshot did not write it";
        unreadable(why, text.expose())
    })?;
    if login.format != FORMAT {
        return Err(unreadable("it is from another version", text.expose()));
    }
    Ok(Some(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_survives_its_file_and_shows_no_token() {
        let login = Login {
            format: FORMAT.to_owned(),
            base_url: plain("HTTPS://slack.com/api/"),
            person: Person {
                team: "T11".to_owned(),
                user: "U22".to_owned(),
            },
            name: Some("maya".to_owned()),
            workspace: None,
            client_id: "33.44".to_owned(),
            access_token: Hidden(Secret::new("xoxe.xoxp-canary".to_owned())),
            refresh_token: Some(Hidden(Secret::new("xoxe-canary".to_owned()))),
            ends: Some(55),
            refreshing: true,
        };
        assert!(!format!("{login:?}").contains("canary"));
        let json = serde_json::to_string_pretty(&login).unwrap();
        let start: String = json.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(
            start.starts_with("{\"format\":\"headshot-login-1\""),
            "no output replaces it"
        );
        let read: Login = serde_json::from_str(&json).unwrap();
        assert_eq!(format!("{read:?}"), format!("{login:?}"));
        assert_eq!(read.access_token, login.access_token);
        assert_eq!(read.refresh_token, login.refresh_token);
        assert_eq!(read.who(), "maya (U22) in T11");
        assert_eq!(read.left(), Some(Duration::ZERO));
        assert_eq!(read.base_url(), "https://slack.com/api");
    }
}
