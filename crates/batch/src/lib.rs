#![doc = include_str!("../README.md")]

mod admission;
mod batch;
pub mod choices;
mod commit;
pub mod escape;
pub mod failure;
#[doc(hidden)]
pub mod files;
mod format;
#[doc(hidden)]
pub mod fuzz;
mod hash;
mod isolate;
mod journal;
mod kinds;
pub mod list;
mod make;
mod make_avatar;
mod memory_estimate;
mod names;
mod orphans;
mod output_folder;
mod owner;
mod ram;
pub mod record;
mod settings;
mod sync;
mod thumbnail;
mod walk;
mod working_folder;

pub use batch::{Batch, Event, Observer, Outcome};
pub use commit::Done;
pub use failure::Failure;
pub use hash::Hash;
pub use isolate::{Isolation, Maker, worker};
pub use kinds::is_photo;
pub use make::{By, PutStill};
pub use make_avatar::{MadeAvatar, Recipe, Wanted};
pub use names::Collisions;
pub use orphans::Refusal;
pub use record::Record;
pub use settings::Settings;
pub use thumbnail::{Thumbnail, Thumbnails};
pub use walk::{Input, Kind, Scope, inputs};
pub use working_folder::{FOLDER, listed};
