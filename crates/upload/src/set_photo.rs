//! Setting and removing a photo, and finding out what happened when nobody said.

use serde_json::{Map, Value};
use tokio::time::sleep;

use crate::method::{DELETE_PHOTO, PROFILE_GET, SET_PHOTO};
use crate::reply::unreadable;
use crate::wire::Payload;
use crate::{Class, Client, CropBox, Error, Photo, Profile, Reply};

impl Client {
    /// `users.setPhoto`: makes the photo the token owner's profile photo, or the part of it in the crop box.
    ///
    /// A photo that is not square and comes without a crop box is letterboxed by Slack. The reply holds the profile
    /// with the new addresses; where Slack leaves it out, the value is `None` and a warning says so. Needs the scope
    /// `users.profile:write`. Every success makes a new hash and new addresses, and the old addresses die.
    ///
    /// An upload may have worked although its reply got lost. So the profile's `avatar_hash` is read before (which needs
    /// the scope `users.profile:read`) and again when the outcome is unknown: another hash means success, with a warning
    /// that tells of the lost reply; the same hash means the photo is sent once more. Somebody else who sets the same
    /// person's photo at that moment would be mistaken for us.
    ///
    /// # Errors
    /// Any [`Error`]. [`Error::OutcomeUnknown`] when the photo may have been set and the profile could not be compared;
    /// [`Error::NotApplied`] when the profile still shows the old photo after the last attempt.
    pub async fn set_photo(
        &self,
        photo: &Photo,
        crop: Option<CropBox>,
    ) -> Result<Reply<Option<Profile>>, Error> {
        let payload = Payload::Photo(photo, crop);
        if self.retry.attempts <= 1 {
            return Ok(self.attempt(&SET_PHOTO, &payload).await?.profile_if_any());
        }
        let look = Payload::Fields(&[]);
        let before = shown(self.attempt(&PROFILE_GET, &look).await);
        let mut resent = false;
        let mut attempt = 1;
        loop {
            let error = match self.attempt(&SET_PHOTO, &payload).await {
                Ok(reply) => {
                    return Ok(Reply {
                        attempts: attempt,
                        ..reply
                    }
                    .profile_if_any());
                }
                Err(error) => error,
            };
            if error.class() == Class::OutcomeUnknown {
                let old = match before {
                    Ok((ref hash, _)) => hash,
                    Err(why) => return Err(unknown("could not be read before", &why, error)),
                };
                // The server may still be at work on it.
                sleep(self.retry.first_backoff).await;
                match shown(self.call(&PROFILE_GET, &look).await) {
                    Err(why) => return Err(unknown("cannot be read now", &why, error)),
                    Ok((hash, profile)) if hash != *old => {
                        return Ok(confirmed(profile, &error, attempt));
                    }
                    Ok(_) if resent || attempt >= self.retry.attempts => {
                        return Err(Error::NotApplied {
                            method: SET_PHOTO.name,
                            source: Box::new(error),
                        });
                    }
                    Ok(_) => resent = true,
                }
            } else {
                match self.retry.wait(&error, attempt, fastrand::f64()) {
                    Some(wait) => sleep(wait).await,
                    None => return Err(error),
                }
            }
            attempt += 1;
        }
    }

    /// `users.deletePhoto`: removes the token owner's profile photo. Needs the scope `users.profile:write`.
    ///
    /// # Errors
    /// Any [`Error`].
    pub async fn delete_photo(&self) -> Result<Reply<()>, Error> {
        Ok(self
            .call(&DELETE_PHOTO, &Payload::Fields(&[]))
            .await?
            .map(|_| ()))
    }
}

/// The photo that the profile shows, by its hash.
fn shown(reply: Result<Reply<Map<String, Value>>, Error>) -> Result<(String, Profile), Error> {
    let profile: Profile = reply?.field(&PROFILE_GET, "profile")?.value;
    match &profile.avatar_hash {
        Some(hash) if !hash.is_empty() => Ok((hash.clone(), profile)),
        _ => Err(unreadable(
            &PROFILE_GET,
            "its profile has no avatar_hash".to_owned(),
            "",
        )),
    }
}

fn unknown(when: &str, why: &Error, source: Error) -> Error {
    let problem = format!("the profile {when} ({why})");
    Error::OutcomeUnknown {
        method: SET_PHOTO.name,
        problem,
        source: Box::new(source),
    }
}

/// Success that nobody reported.
fn confirmed(profile: Profile, error: &Error, attempts: u32) -> Reply<Option<Profile>> {
    let warning = format!("the answer got lost ({error}), but the profile shows a new photo");
    Reply {
        value: Some(profile),
        warnings: vec![warning],
        attempts,
        request_id: error.request_id().map(str::to_owned),
        scopes: None,
    }
}
