//! Setting and removing a photo in one call.

use crate::method::{DELETE_PHOTO, SET_PHOTO};
use crate::payload::Payload;
use crate::{Client, Error, Photo, Profile, Reply};

impl Client {
    /// `users.setPhoto`: makes the photo the token owner's profile photo, or the part of it that is [to be shown](Photo::cropped).
    ///
    /// A photo that is not square and comes without that is letterboxed by Slack. The reply holds the profile
    /// with the new addresses; where Slack leaves it out, the value is `None` and a warning says so. Needs the scope
    /// `users.profile:write`. Every success makes a new hash and new addresses, and the old addresses die.
    ///
    /// This is [`Client::upload`] and [`Upload::send`](crate::Upload::send) in one, which see: for callers that need not
    /// know, after they were killed, what became of it.
    ///
    /// # Errors
    /// Any [`Error`]. [`Error::OutcomeUnknown`] when the photo may have been set, or may yet be.
    pub async fn set_photo(&self, photo: &Photo) -> Result<Reply<Option<Profile>>, Error> {
        if self.retry.attempts <= 1 {
            let payload = Payload::Photo(photo);
            return Ok(self.attempt(&SET_PHOTO, &payload).await?.profile_if_any());
        }
        self.upload(photo).await?.send(self, photo).await
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
