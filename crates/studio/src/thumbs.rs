//! Small pictures for the grid: the avatar that would be made now, of a photo's choice or of the default.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use headshot_batch::choices::Choice;
use headshot_batch::{Failure, Hash};
use headshot_core::{
    FramePolicy, Options, Quality, SideRange, Small, StillFormat, normalize, probe,
};

use crate::read::{self, Stamp};
use crate::settings::Photo;

/// Bytes of all of them together.
const MOST: usize = 48 << 20;

/// Enough for their size.
const QUALITY: u8 = 85;

/// Sides that can be asked for.
const SIDES: [u32; 2] = [16, 512];

/// Those that were made last.
#[derive(Default)]
pub(crate) struct Thumbs(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    thumbs: HashMap<Key, Bytes>,
    /// From the oldest on.
    order: VecDeque<Key>,
    bytes: usize,
}

/// All that one depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    id: usize,
    side: u32,
    stamp: Option<Stamp>,
    /// As JSON, with the hash of the photo that it is for.
    chosen: Option<String>,
}

impl Thumbs {
    /// The small picture of a photo that is `side` pixels wide.
    pub(crate) fn thumb(
        &self,
        id: usize,
        photo: &Photo,
        side: u32,
        chosen: Option<(Hash, Choice)>,
    ) -> Result<Bytes, Failure> {
        let side = side.clamp(SIDES[0], SIDES[1]);
        let stamp = Stamp::of(&photo.path);
        let key = Key {
            id,
            side,
            stamp,
            chosen: chosen.as_ref().map(|(hash, choice)| {
                let choice = serde_json::to_string(choice).unwrap_or_default();
                format!("{hash} {choice}")
            }),
        };
        if let Some(made) = stamp.and_then(|_| self.kept().thumbs.get(&key).cloned()) {
            return Ok(made);
        }
        let made = make(photo, side, chosen)?;
        self.kept().keep(key, made.clone());
        Ok(made)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, key: Key, thumb: Bytes) {
        self.bytes += thumb.len();
        if let Some(before) = self.thumbs.insert(key.clone(), thumb) {
            self.bytes -= before.len();
        } else {
            self.order.push_back(key);
        }
        while self.bytes > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.thumbs.remove(&oldest);
            self.bytes -= gone.map_or(0, |gone| gone.len());
        }
    }
}

fn make(photo: &Photo, side: u32, chosen: Option<(Hash, Choice)>) -> Result<Bytes, Failure> {
    let read = read::read(photo)?;
    let choice = chosen.filter(|(hash, _)| *hash == read.hash);
    let choice = choice.map_or_else(|| photo.default.clone(), |(_, choice)| choice);
    let asked = photo.options_by(&choice);
    let has_alpha = probe(&read.bytes, &asked.limits)?.alpha;
    let small = Options {
        side: SideRange::new(side, side).unwrap_or_default(),
        small: Small::Enlarge,
        format: match (asked.format, has_alpha) {
            (StillFormat::Jpeg(_), _) | (_, false) => StillFormat::Jpeg(Quality::new(QUALITY)),
            _ => StillFormat::Png,
        },
        frames: FramePolicy::First,
        ..asked
    };
    // A still of transparent bars is a PNG.
    let small = match small.background {
        headshot_core::Background::Transparent => Options {
            format: StillFormat::Png,
            ..small
        },
        _ => small,
    };
    Ok(normalize(&read.bytes, &small)?.bytes())
}
