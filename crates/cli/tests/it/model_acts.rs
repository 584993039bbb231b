//! What people do between runs, in [`crate::model`].

use std::collections::HashMap;
use std::fs;
use std::sync::{Mutex, OnceLock};

use crate::model::{SMALL, World};
use crate::run::{headshot, run};

/// Numbers that are the same in every run (SplitMix64).
pub(crate) struct Dice(u64);

/// The avatar of these bytes by these options, made alone.
pub(crate) fn avatar(bytes: &[u8], options: &'static str) -> Vec<u8> {
    type Made = HashMap<(Vec<u8>, &'static str), Vec<u8>>;
    static MADE: OnceLock<Mutex<Made>> = OnceLock::new();
    let made = MADE.get_or_init(Mutex::default);
    let key = (bytes.to_vec(), options);
    if let Some(avatar) = made.lock().unwrap().get(&key) {
        return avatar.clone();
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.jpg"), bytes).unwrap();
    // The name of a single file decides its format, unless it is told.
    let name = if options.contains("png") {
        "avatar.png"
    } else {
        "avatar.jpg"
    };
    let mut command = headshot();
    command
        .current_dir(folder.path())
        .args(["normalize", "a.jpg", "-o", name]);
    command.args(SMALL.split(' ').chain(options.split_whitespace()));
    run(&mut command).expect(0);
    let avatar = fs::read(folder.path().join(name)).unwrap();
    made.lock().unwrap().insert(key, avatar.clone());
    avatar
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn chance(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

impl World {
    /// Something that a person does.
    pub(crate) fn act(&mut self) {
        let photos: Vec<String> = self.photos().into_keys().collect();
        let avatars: Vec<String> = self.files("out/").into_keys().collect();
        let what = self.dice.below(12);
        let said = match what {
            0 | 1 if !photos.is_empty() => {
                let photo = self.dice.pick(&photos).clone();
                self.photo(&photo);
                format!("changed {photo}")
            }
            2 if !photos.is_empty() => {
                let photo = self.dice.pick(&photos).clone();
                fs::remove_file(self.path(&photo)).unwrap();
                format!("removed {photo}")
            }
            3 => {
                let names = [
                    "a/new.jpg",
                    "a/ann.jpeg",
                    "b/bob.jpg",
                    "b/team/bob.jpg",
                    "a/ann-2.jpg",
                ];
                let name = *self.dice.pick(&names);
                self.photo(name);
                format!("added {name}")
            }
            4 if !photos.is_empty() => {
                let (from, to) = (
                    self.dice.pick(&photos).clone(),
                    *self
                        .dice
                        .pick(&["a/dan.jpg", "b/ann.jpg", "a/team/ann.jpg"]),
                );
                fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
                fs::rename(self.path(&from), self.path(to)).unwrap();
                format!("moved {from} to {to}")
            }
            5 if !avatars.is_empty() => {
                let name = self.dice.pick(&avatars).clone();
                self.written += 1;
                let bytes = format!("edited, {}", self.written).into_bytes();
                self.write(&name, &bytes);
                self.theirs.insert(name.clone(), bytes);
                self.owned.remove(&name);
                format!("edited {name}")
            }
            6 => {
                let name = *self.dice.pick(&[
                    "out/dan.jpg",
                    "out/ann-2.jpg",
                    "out/new.jpg",
                    "out/notes.txt",
                ]);
                if self.path(name).exists() {
                    return;
                }
                self.written += 1;
                let bytes = format!("theirs, {}", self.written).into_bytes();
                self.write(name, &bytes);
                self.theirs.insert(name.to_owned(), bytes);
                format!("put {name}")
            }
            7 if !avatars.is_empty() => {
                let name = self.dice.pick(&avatars).clone();
                fs::remove_file(self.path(&name)).unwrap();
                self.theirs.remove(&name);
                self.owned.remove(&name);
                format!("deleted {name}")
            }
            8 if self.path("b").exists() && !self.path("gone").exists() => {
                fs::rename(self.path("b"), self.path("gone")).unwrap();
                if self.dice.chance(2) {
                    fs::create_dir(self.path("b")).unwrap();
                }
                "unmounted b".to_owned()
            }
            9 if self.path("gone").exists() => {
                let _ = fs::remove_dir_all(self.path("b"));
                fs::rename(self.path("gone"), self.path("b")).unwrap();
                "mounted b".to_owned()
            }
            10 if self.path("out/.headshot").exists() => {
                fs::remove_dir_all(self.path("out/.headshot")).unwrap();
                for name in self.owned.drain().map(|(name, _)| name) {
                    let bytes = fs::read(self.here.path().join(&name)).unwrap();
                    self.theirs.insert(name, bytes);
                }
                "lost the journal".to_owned()
            }
            #[cfg(unix)]
            11 if self.path("a/team").is_dir() && !self.path("a/link").is_symlink() => {
                std::os::unix::fs::symlink("team", self.path("a/link")).unwrap();
                "linked a/link to a/team".to_owned()
            }
            _ => return,
        };
        self.log.push(said);
    }
}
