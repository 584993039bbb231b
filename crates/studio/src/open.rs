//! The photos in use: read once, decoded once, and released when others are opened.

use std::sync::{Arc, Mutex, PoisonError};

use headshot_batch::{Failure, Hash};
use headshot_core::Prepared;

use crate::read::{self, Stamp};
use crate::settings::Photo;

/// How many photos' pixels are held: the one on the page, and the one before it or that of another page.
const MOST: usize = 2;

/// A photo that is read.
pub(crate) struct OpenPhoto {
    pub(crate) id: usize,
    pub(crate) hash: Hash,
    pub(crate) prepared: Prepared,
    stamp: Option<Stamp>,
}

/// Those that are open, the latest last.
#[derive(Default)]
pub(crate) struct OpenPhotos(Mutex<Vec<Arc<OpenPhoto>>>);

impl OpenPhotos {
    /// Releases a photo, because it is not what its size and time said.
    pub(crate) fn forget(&self, id: usize) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|open| open.id != id);
    }

    /// The photo as it is on disk now, read again only if it may have changed.
    pub(crate) fn open(&self, id: usize, photo: &Photo) -> Result<Arc<OpenPhoto>, Failure> {
        let stamp = Stamp::of(&photo.path);
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|open| open.id == id) {
            let known = open.remove(at);
            if stamp.is_some() && known.stamp == stamp {
                open.push(Arc::clone(&known));
                return Ok(known);
            }
        }
        // Reading under the lock keeps two requests from doing it twice.
        let read = read::read(photo)?;
        let photo = Arc::new(OpenPhoto {
            id,
            hash: read.hash,
            prepared: Prepared::new(read.bytes),
            stamp: read.stamp,
        });
        if open.len() >= MOST {
            open.remove(0);
        }
        open.push(Arc::clone(&photo));
        Ok(photo)
    }
}
