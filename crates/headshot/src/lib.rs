//! Turns any photo that a person hands in into a square avatar that a chat service accepts, and sets it on Slack.
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
//! Bytes in, bytes out: JPEG, PNG, GIF and WebP, whatever the file is called, to JPEG, PNG and GIF. The avatar is square, upright, in sRGB, of 512 to 1024 pixels,
//! and carries nothing of the photo but its picture. What was done stands in [`Report::steps`], what the person should know in
//! [`Report::warnings`]; both print in plain words.
//!
//! - [`Options::fit`] says what becomes of a photo that is not square: all of it between bars ([`Fit::Contain`]), the square in its middle
//!   or where [`Options::gravity`] puts it ([`Fit::Cover`]), the one that frames the face ([`Fit::Face`]), or one of your own ([`Fit::Crop`]).
//!   Boxes are in upright pixels, after [`Options::rotate`]. [`Report::faces`] says which faces were found.
//! - [`Options::background`] says what the bars show: a color, the photo itself, blurred ([`Background::Blur`]), or the colors of its edges
//!   ([`Background::Edge`]).
//! - [`Limits`] bound what a photo may take, before a pixel is decoded. [`probe`] and [`Plan::new`] tell from the header alone what would
//!   be made, and [`Plan::memory`] how much memory that takes; [`plan()`] looks for the face besides.
//! - [`normalize_pixels`] takes [`Pixels`] that a program has decoded already. With the feature `image` they come from a `DynamicImage` of
//!   the crate [image](https://docs.rs/image) by `Pixels::from(&image)`, and `DynamicImage::try_from(&avatar)` leads back. A new major
//!   version of `image` is one of this library, too.
//! - An [`Error`] is a sentence for the person who chose the photo, and [`Error::kind`] a word for machines.
//!
//! It is synchronous and uses the processor, so keep it off the threads of an async runtime. An animation is made by all threads of the
//! current [rayon](https://docs.rs/rayon) pool.
//!
//! # HEIC
//!
//! With the feature `heic` photos of iPhones are read, too. It is not on by default, because HEVC, which they are coded in, is patented in some
//! countries: we grant no patent license, and whoever builds with it decides for their country. Without it the [`Error`] says how to convert one.
//!
//! # On Slack
//!
//! With the feature `slack` there is a client of Slack's `users.*` methods in [`slack`], and [`set_photo`] does both: it makes the
//! avatar where it holds up nobody, and sets it.
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
//! crate `headshot-emulator`, and hand its address to `slack::Client::with` in `slack::Settings { base_url, .. }`. What Slack knows of a
//! person is a `slack::Profile`; [`Profile`] here is that of colors.
//!
//! With the feature `scim` an administrator sets the photos of others: `slack::scim::Client`, which is experimental.
//!
//! Neither feature is on by default, because their TLS (rustls with graviola) does not build on every processor.

// Without the feature there is nothing for the section on Slack to link to.
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

/// Those of the page on the library.
#[cfg(all(doctest, feature = "slack"))]
#[doc = include_str!("../../../docs/library.md")]
struct Library;
