//! From a photo to the profile in one call.

use headshot_core::{Avatar, Options, normalize};
use headshot_upload::{Client, Photo, Profile, Reply};

/// Why a photo was not set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetPhotoError {
    /// No avatar could be made, and nothing was sent. The person who chose the photo acts.
    #[error(transparent)]
    Avatar(#[from] headshot_core::Error),
    /// Slack refused it, or the outcome is unknown; see [`slack::Error::class`](headshot_upload::Error::class) for who acts.
    #[error(transparent)]
    Slack(#[from] headshot_upload::Error),
    /// The runtime was shut down before the avatar was made, and nothing was sent.
    #[error("the runtime was shut down before the avatar was made: nothing was sent")]
    ShutDown,
}

/// Makes an avatar from a photo, on a thread where that blocks no other task, and sets it as the profile photo of the user who owns the
/// client's token.
///
/// Slack publishes no limit for bytes, and takes squares of 512 to 1024 pixels as they are. Photos are sent as
/// [`Client::set_photo`] sends them: if a reply is lost, the profile is checked before anything is sent again.
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
