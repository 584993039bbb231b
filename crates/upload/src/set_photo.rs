//! Setting and removing a photo in one call.

use crate::method::{DELETE_PHOTO, SET_PHOTO};
use crate::payload::Payload;
use crate::{Client, Error, Photo, Profile, Reply};

impl Client {
    /// `users.setPhoto`: makes the photo the token owner's profile photo, or the part of it that is [to be shown](Photo::cropped).
    ///
    /// Slack letterboxes a photo that is not square and has no crop. The reply holds the profile
    /// with the new addresses; if Slack leaves it out, the value is `None` and a warning says so. Needs the scope
    /// `users.profile:write`. Every success makes a new hash and new addresses, and the old addresses stop working.
    ///
    /// This is [`Client::upload`] and [`Upload::send`](crate::Upload::send) in one, for callers that do not need to find out
    /// the outcome after being killed.
    ///
    /// # Errors
    /// Any [`Error`]. [`Error::OutcomeUnknown`] if the photo may have been set, or may still become so.
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
