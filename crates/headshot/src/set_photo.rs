//! From a photo to the profile in one call.

use headshot_core::{Avatar, Options, normalize};
use headshot_upload::{Client, Photo, Profile, Reply};

/// Why a photo was not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetPhotoError {
    /// The photo became no avatar, and nothing was sent. The person who chose it acts.
    #[error(transparent)]
    Avatar(#[from] headshot_core::Error),
    /// Slack did not take it, or nobody knows whether it did; see [`slack::Error::class`](headshot_upload::Error::class) for who acts.
    #[error(transparent)]
    Slack(#[from] headshot_upload::Error),
    /// The runtime was shut down before the avatar was made, and nothing was sent.
    #[error("the runtime was shut down before the avatar was made: nothing was sent")]
    ShutDown,
}

/// Makes an avatar out of a photo, on a thread where that holds up no other task, and sets it as the profile photo of the owner of the
/// client's token.
///
/// Slack publishes no limit for bytes, and takes squares of 512 to 1024 pixels as they are. Posts go out as
/// [`Client::set_photo`] sends them: whatever is lost on the way is looked for on the profile before it is sent again.
///
/// # Errors
///
/// Those of [`normalize`], before anything is sent, and of [`Client::set_photo`]: with
/// [`slack::Error::OutcomeUnknown`](headshot_upload::Error::OutcomeUnknown) the photo may have been set, or may yet be.
///
/// # Panics
///
/// Outside of a tokio runtime.
pub async fn set_photo(
    client: &Client,
    photo: impl AsRef<[u8]> + Send + 'static,
    options: &Options,
) -> Result<(Avatar, Reply<Option<Profile>>), SetPhotoError> {
    let options = options.clone();
    let made = tokio::task::spawn_blocking(move || normalize(photo.as_ref(), &options)).await;
    let avatar = made.map_err(|_| SetPhotoError::ShutDown)??;
    let photo = Photo::new(avatar.bytes())?;
    let reply = client.set_photo(&photo).await?;
    Ok((avatar, reply))
}
