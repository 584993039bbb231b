//! How a batch is run: values only.

use std::num::NonZeroUsize;
use std::path::Path;

use crate::choices::Choices;
use crate::isolate::Isolation;
use crate::make::PutStill;
use crate::make_avatar::Recipe;
use crate::names::Collisions;

/// How a batch is run.
pub struct Settings<'a> {
    /// The output folder.
    pub out: &'a Path,
    /// What is made from every photo.
    pub recipe: &'a Recipe,
    /// The choices for single photos, in place of the recipe's options.
    pub choices: Option<&'a Choices>,
    /// For other processes to do the work.
    pub isolation: Option<&'a Isolation>,
    /// What happens to the still of an animation, if the recipe asks for one.
    pub still: Option<&'a PutStill<'a>>,
    /// What happens to photos whose avatars would have the same name.
    pub collisions: Collisions,
    /// Remake unchanged avatars.
    pub force: bool,
    /// Replace edited files, and files that are not ours.
    pub overwrite: bool,
    /// Remove avatars whose photos are gone.
    pub prune: bool,
    /// The most to remove at once; by default half of all, at least 10, at most 100.
    pub max_delete: Option<usize>,
    /// Write nothing.
    pub dry_run: bool,
    /// Photos at once; by default as many as there are processors.
    pub jobs: Option<NonZeroUsize>,
    /// Bytes of memory for all of them; by default a quarter of what there is.
    pub memory: Option<u64>,
    /// Also report unchanged photos in full.
    pub in_full: bool,
}

impl<'a> Settings<'a> {
    /// The defaults: correct avatars are left alone, nothing is removed, and only changes are reported in full.
    pub fn new(out: &'a Path, recipe: &'a Recipe) -> Settings<'a> {
        Settings {
            out,
            recipe,
            choices: None,
            isolation: None,
            still: None,
            collisions: Collisions::default(),
            force: false,
            overwrite: false,
            prune: false,
            max_delete: None,
            dry_run: false,
            jobs: None,
            memory: None,
            in_full: false,
        }
    }
}
