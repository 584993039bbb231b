//! Sending a photo so that its outcome is known: a look at the profile before, and as many after as it takes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::method::{PROFILE_GET, SET_PHOTO};
use crate::payload::Payload;
use crate::reply::unreadable;
use crate::retry::Tries;
use crate::{Class, Client, Error, Photo, Profile, Reply, RetryPolicy};

/// How many times the profile is asked for before a photo is sent.
const LOOKS: u32 = 6;

/// How many times a photo with an unknown outcome is sent again.
const RESENDS: u32 = 2;

/// An original of more bytes is not fetched to be compared.
const LONGEST_ORIGINAL: usize = 64 << 20;

/// When the profile is looked at first after that.
const FIRST_LOOK: Duration = Duration::from_secs(1);

/// A photo that is about to be sent, with all that is needed to find out afterwards whether it was set.
///
/// Write it down (serde can serialize it) before you [`send`](Upload::send). Then nothing stays in doubt if the process is killed
/// or the future is dropped: [`settle`](Upload::settle) asks the profile.
///
/// ```no_run
/// # use headshot_upload::{Client, Error, Photo};
/// # async fn example(client: Client, photo: Photo, note: impl Fn(String)) -> Result<(), Box<dyn std::error::Error>> {
/// let upload = client.upload(&photo).await?;
/// note(serde_json::to_string(&upload)?);
/// upload.send(&client, &photo).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The profile's earlier `avatar_hash`; `None` if the token may not read the profile.
    pub shown: Option<String>,
    /// The SHA-256 of the photo's bytes, as 64 hexadecimal digits in lower case.
    pub sha256: String,
}

impl Client {
    /// Looks at the profile and prepares to send a photo. Sends nothing yet.
    ///
    /// Needs the scope `users.profile:read`. If the token may not read the profile, [`Upload::shown`] is `None`, and a
    /// lost answer leaves the outcome unknown.
    ///
    /// # Errors
    /// Any [`Error`] that means that the photo would not arrive either: Slack cannot be reached, the token is not valid, too
    /// many requests. Nothing was changed.
    pub async fn upload(&self, photo: &Photo) -> Result<Upload, Error> {
        match self.look().await {
            Ok(looked) => Ok(Upload::new(photo, Some(&looked.value))),
            Err(error) if says_nothing_of_posts(&error) => Ok(Upload::new(photo, None)),
            Err(error) => Err(error),
        }
    }

    /// The profile as it is before a photo is sent: `users.profile.get`, tried up to six times.
    ///
    /// # Errors
    /// Any [`Error`]; none has changed anything.
    pub async fn look(&self) -> Result<Reply<Profile>, Error> {
        let patient = RetryPolicy {
            attempts: LOOKS,
            ..self.retry
        };
        let reply = self.call_with(&patient, &PROFILE_GET, &Payload::Fields(&[]));
        reply.await?.field(&PROFILE_GET, "profile")
    }
}

/// Whether a photo may still be settable although the profile cannot be read: the token lacks the scope, or only that
/// method does not work.
fn says_nothing_of_posts(error: &Error) -> bool {
    match error {
        Error::Refused(_) => error.class() != Class::SignIn,
        Error::Status { .. } => !matches!(error.class(), Class::Outage | Class::SignIn),
        Error::Unreadable { is_html, .. } => !is_html,
        Error::Lost { .. } => true,
        _ => false,
    }
}

impl Upload {
    /// For callers that have read the profile themselves; `None` if the token may not.
    pub fn new(photo: &Photo, shown: Option<&Profile>) -> Upload {
        Upload {
            shown: shown.and_then(|profile| hash_of(profile).map(str::to_owned)),
            sha256: sha256(photo.bytes()),
        }
    }

    /// Whether the photo that a profile shows is this one. It fetches the original and compares it, because an `avatar_hash`
    /// does not tell who chose the photo.
    ///
    /// # Errors
    /// Any [`Error`] if the original cannot be fetched: then the answer is unknown.
    pub async fn is_shown_by(&self, client: &Client, profile: &Profile) -> Result<bool, Error> {
        let address = profile.image_original.as_deref();
        match address.filter(|address| !address.is_empty()) {
            Some(address) => {
                let original = client.download(address, LONGEST_ORIGINAL).await?;
                Ok(sha256(&original) == self.sha256)
            }
            // The hashes of people without a photo begin like this.
            None if hash_of(profile).is_some_and(|hash| hash.starts_with('g')) => Ok(false),
            None => {
                let problem = "its profile names no original".to_owned();
                Err(unreadable(&PROFILE_GET, problem))
            }
        }
    }

    /// `users.setPhoto`, until the outcome is known.
    ///
    /// If no answer tells, the profile does: it is checked repeatedly for
    /// [`RetryPolicy::settle`]. If the hash stays the same, the photo is sent again, at most twice. A new hash means success,
    /// with a warning about the lost answer, unless the photo's original [is another](Upload::is_shown_by): then
    /// somebody else chose it. If the original cannot be fetched, [`Reply::is_proven`] is false. Every other fault is
    /// treated as in any call.
    ///
    /// # Errors
    /// Any [`Error`]. [`Error::OutcomeUnknown`] if the photo may have been set, or may still become so, or somebody else has
    /// chosen another meanwhile; [`Error::Argument`] if this is not the photo that the upload was made for. Nothing was
    /// sent then.
    pub async fn send(
        &self,
        client: &Client,
        photo: &Photo,
    ) -> Result<Reply<Option<Profile>>, Error> {
        let mut tries = Tries::default();
        let mut unsettled = 0;
        loop {
            let error = match self.once(client, photo, &mut tries).await {
                Err(Error::OutcomeUnknown {
                    source: Some(error),
                    ..
                }) if self.shown.is_some() => *error,
                // This try changed nothing, but an earlier one still may.
                Err(error) if unsettled > 0 && error.class() != Class::OutcomeUnknown => {
                    return Err(unknown("an earlier try may still take effect", error));
                }
                done => return done,
            };
            if let Some(wait) = error.retry_after() {
                let apart = client.retry.first_backoff.min(wait).as_secs_f64();
                let jitter = Duration::from_secs_f64(apart * fastrand::f64());
                let wait = wait.min(client.retry.longest_wait).saturating_add(jitter);
                client.rest(PROFILE_GET.name, wait).await;
            }
            match self.watch(client, FIRST_LOOK).await {
                Ok(Some(profile)) => match self.is_shown_by(client, &profile).await {
                    Ok(false) => return Err(unknown(ANOTHER, error)),
                    compared => {
                        let why = compared.err();
                        return Ok(confirmed(profile, &error, why.as_ref(), tries.sent));
                    }
                },
                Ok(None) if unsettled < RESENDS && tries.counted() < client.retry.attempts => {
                    unsettled += 1;
                }
                Ok(None) => {
                    return Err(unknown("the profile still shows the old photo", error));
                }
                Err(why) => {
                    let problem = format!("the profile cannot be read now ({why})");
                    return Err(unknown(&problem, error));
                }
            }
        }
    }

    /// `users.setPhoto`, for callers with better things to do than wait: like [`send`](Upload::send), but returns an unknown
    /// outcome at once. Then use [`settle`](Upload::settle), now or later.
    ///
    /// # Errors
    /// Those of [`send`](Upload::send).
    pub async fn post(
        &self,
        client: &Client,
        photo: &Photo,
    ) -> Result<Reply<Option<Profile>>, Error> {
        self.once(client, photo, &mut Tries::default()).await
    }

    /// Sends the photo until it is set, refused, or its outcome is unknown.
    async fn once(
        &self,
        client: &Client,
        photo: &Photo,
        tries: &mut Tries,
    ) -> Result<Reply<Option<Profile>>, Error> {
        if Upload::new(photo, None).sha256 != self.sha256 {
            return Err(Error::Argument {
                argument: "the photo".to_owned(),
                problem: "is not the one that this upload was made for".to_owned(),
            });
        }
        let payload = Payload::Photo(photo);
        loop {
            tries.sent = tries.sent.saturating_add(1);
            let error = match client.attempt(&SET_PHOTO, &payload).await {
                Ok(reply) => {
                    return Ok(Reply {
                        attempts: tries.sent,
                        ..reply.profile_if_any()
                    });
                }
                Err(error) => error,
            };
            if error.class() == Class::OutcomeUnknown {
                let problem = match self.shown {
                    Some(_) => "the profile was not looked at since",
                    None => "the profile could not be read before",
                };
                return Err(unknown(problem, error));
            }
            match client.retry.wait(&error, tries, fastrand::f64()) {
                Some(wait) => client.rest(SET_PHOTO.name, wait).await,
                None => return Err(error),
            }
        }
    }

    /// What became of a photo whose answer got lost. Returns the current profile if it shows a different
    /// photo than before, or `None` if it still shows the old one after [`RetryPolicy::settle`]. Then the photo can
    /// be sent again. If the new photo's original cannot be fetched, it is taken for this one:
    /// [`is_shown_by`](Upload::is_shown_by) tells.
    ///
    /// # Errors
    /// [`Error::OutcomeUnknown`] if there is nothing to compare, or if somebody else chose the photo that is
    /// shown; any other [`Error`] if the profile cannot be read. Nothing was changed.
    pub async fn settle(&self, client: &Client) -> Result<Option<Profile>, Error> {
        let open = |problem: &str| Error::OutcomeUnknown {
            method: SET_PHOTO.name,
            problem: problem.to_owned(),
            source: None,
        };
        if self.shown.is_none() {
            return Err(open("the profile could not be read before"));
        }
        let Some(profile) = self.watch(client, Duration::ZERO).await? else {
            return Ok(None);
        };
        match self.is_shown_by(client, &profile).await {
            Ok(false) => Err(open(ANOTHER)),
            _ => Ok(Some(profile)),
        }
    }

    /// Looks until the profile shows another photo or the time is over: first after `first`, then after 1 s, 2 s, 4 s, ...
    async fn watch(&self, client: &Client, first: Duration) -> Result<Option<Profile>, Error> {
        let end = Instant::now().checked_add(client.retry.settle);
        let mut next = first;
        loop {
            let left = end.map(|end| end.saturating_duration_since(Instant::now()));
            let wait = left.map_or(next, |left| left.min(next));
            client.rest(PROFILE_GET.name, wait).await;
            client.teller.looking(PROFILE_GET.name);
            let is_last = left == Some(wait) && next > Duration::ZERO;
            let looked = if is_last {
                client.look().await
            } else {
                let look = client.attempt(&PROFILE_GET, &Payload::Fields(&[])).await;
                look.and_then(|reply| reply.field(&PROFILE_GET, "profile"))
            };
            match looked.map(|reply| reply.value) {
                Ok(profile) => match hash_of(&profile) {
                    Some(hash) if self.shown.as_deref() != Some(hash) => return Ok(Some(profile)),
                    Some(_) if is_last => return Ok(None),
                    Some(_) => {}
                    None => {
                        let problem = "its profile has no avatar_hash".to_owned();
                        return Err(unreadable(&PROFILE_GET, problem));
                    }
                },
                // The next look may work.
                Err(error) if is_last || !passes(&error) => return Err(error),
                Err(_) => {}
            }
            next = match next {
                Duration::ZERO => FIRST_LOOK,
                next => next
                    .saturating_mul(2)
                    .min(client.retry.longest_backoff.max(FIRST_LOOK)),
            };
        }
    }
}

fn passes(error: &Error) -> bool {
    matches!(error.class(), Class::Retry | Class::Wait | Class::Outage)
}

fn hash_of(profile: &Profile) -> Option<&str> {
    let hash = profile.avatar_hash.as_deref();
    hash.filter(|hash| !hash.is_empty())
}

fn unknown(problem: &str, source: Error) -> Error {
    Error::OutcomeUnknown {
        method: SET_PHOTO.name,
        problem: problem.to_owned(),
        source: Some(Box::new(source)),
    }
}

const ANOTHER: &str = "the profile shows a photo that somebody else has chosen since";

fn sha256(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Success without an answer; `why` its photo could not be compared.
fn confirmed(
    profile: Profile,
    error: &Error,
    why: Option<&Error>,
    attempts: u32,
) -> Reply<Option<Profile>> {
    let warning = match why {
        None => format!("the answer got lost ({error}), but the profile shows the new photo"),
        Some(why) => format!(
            "the answer got lost ({error}), and the profile shows a new photo that cannot be compared ({why})"
        ),
    };
    Reply {
        value: Some(profile),
        is_proven: why.is_none(),
        warnings: vec![warning],
        attempts,
        request_id: error.request_id().map(str::to_owned),
        scopes: None,
    }
}
