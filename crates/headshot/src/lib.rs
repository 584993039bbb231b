//! Turns any photo into a square avatar that a chat service accepts, and sets it on Slack.
//!
//! # An avatar
//!
//! ```
//! use headshot::{Error, Fit, Options, normalize};
//!
//! fn avatar(photo: &[u8]) -> Result<Vec<u8>, Error> {
//!     let avatar = normalize(photo, &Options { fit: Fit::Cover, ..Options::default() })?;
//!     for warning in &avatar.report().warnings {
//!         eprintln!("{warning}");
//!     }
//!     Ok(avatar.bytes().to_vec())
//! }
//! # let photo = std::fs::read("../../testdata/still/astronaut.jpg").unwrap();
//! # assert!(avatar(&photo).unwrap().starts_with(&[0xFF, 0xD8]));
//! ```
//!
//! Bytes in, bytes out: JPEG, PNG, GIF and WebP become JPEG, PNG and GIF. The format is read from the bytes, not from the file's name. The
//! avatar is square, upright, in sRGB, 512 to 1024 pixels a side, and carries nothing of the photo but its picture. [`Report::steps`] lists
//! what was done, and [`Report::warnings`] what the person should know; both print in plain words.
//!
//! - [`Options::fit`] decides how a photo that is not square becomes square: all of it between bars ([`Fit::Contain`]), the square in the
//!   middle or where [`Options::gravity`] puts it ([`Fit::Cover`]), the square that frames the face ([`Fit::Face`]), or one of your own
//!   ([`Fit::Crop`]). Boxes are in upright pixels, after [`Options::rotate`]. [`Report::faces`] lists the faces that were found.
//! - [`Options::background`] decides what the bars show: a color, the photo itself, blurred ([`Background::Blur`]), or the colors of its
//!   edges ([`Background::Edge`]).
//! - [`Limits`] bound what a photo may cost, before a pixel is decoded. [`probe`] and [`Plan::new`] predict the avatar from the header alone,
//!   and [`Plan::memory`] predicts the memory it takes; [`plan()`] also looks for the face.
//! - [`normalize_pixels`] takes [`Pixels`] that your program has already decoded. With the feature `image`, `Pixels::from(&image)` takes a
//!   `DynamicImage` of the crate [image](https://docs.rs/image), and `DynamicImage::try_from(&avatar)` converts back. A new major version
//!   of `image` is a new major version of this library, too.
//! - An [`Error`] is a sentence for the person who chose the photo, and [`Error::kind`] a word for machines.
//!
//! It is synchronous and uses the processor, so keep it off the threads of an async runtime. An animation is made by all threads of the
//! current [rayon](https://docs.rs/rayon) pool.
//!
//! # HEIC
//!
//! With the feature `heic`, photos of iPhones are read, too. It is off by default because their codec, HEVC, is patented in some countries:
//! we grant no patent license, so if you build with it, you decide for your country. Without it, the [`Error`] says how to convert the file.
//!
//! # On Slack
//!
//! With the feature `slack`, the module [`slack`] has a client of Slack's `users.*` methods, and [`set_photo`] does both: it makes the
//! avatar on a thread where it blocks nothing else, and sets it.
//!
//! ```no_run
//! use headshot::{Options, SetPhotoError, set_photo, slack};
//!
//! async fn set(photo: Vec<u8>, token: String) -> Result<(), SetPhotoError> {
//!     let client = slack::Client::new(slack::Token::new(token)?)?;
//!     let (avatar, reply) = set_photo(&client, photo, &Options::default()).await?;
//!     println!("{} pixels: {:?}", avatar.side(), reply.value.and_then(|profile| profile.avatar_hash));
//!     Ok(())
//! }
//! ```
//!
//! Each call takes a blocking thread of the runtime and up to [`Limits::memory`]. To try it without Slack, run `headshot emulator` or the
//! crate `headshot-emulator`, and pass its address to `slack::Client::with` in `slack::Settings { base_url, .. }`. Slack's profile of a
//! person is `slack::Profile`; [`Profile`] here is a color profile.
//!
//! With the feature `scim`, an administrator sets other people's photos: `slack::scim::Client`, which is experimental.
//!
//! Neither feature is on by default, because their TLS (rustls with graviola) does not build on every processor.

// Without the feature, the section on Slack has nothing to link to.
#![cfg_attr(not(feature = "slack"), allow(rustdoc::broken_intra_doc_links))]

#[cfg(feature = "slack")]
mod set_photo;

pub use headshot_core::{
    Animation, Avatar, Background, Bars, ColorModel, CropBox, Damaged, Error, Face, FaceFallback,
    FaceFit, Faces, Fit, Format, FramePolicy, Gravity, Info, Limit, Limits, LoopCount, Options,
    Orientation, PixelLayout, Pixels, Plan, Profile, Quality, Rect, Report, Rotation, SideRange,
    Size, Small, Step, StillFormat, Warning, explain, normalize, normalize_pixels, plan, probe,
    recognize,
};
#[cfg(feature = "slack")]
pub use headshot_upload as slack;
#[cfg(feature = "slack")]
pub use set_photo::{SetPhotoError, set_photo};

/// The examples of the README, so that they stay true.
#[cfg(all(doctest, feature = "slack"))]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The examples of docs/library.md.
#[cfg(all(doctest, feature = "slack"))]
#[doc = include_str!("../../../docs/library.md")]
struct Library;
