//! Random sequences of what people and runs do to photos and avatars, held against a plain model of who owns what.
//!
//! `HEADSHOT_SEQUENCES=2000 cargo test --release -p headshot-cli --test it model` tries more of them; a sequence that fails
//! prints its number and its steps, and `HEADSHOT_SEQUENCE=N` runs it alone.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::batch_run::{jpeg, tree};
use crate::model_acts::{Dice, avatar};
use crate::run::{headshot, run};

const STEPS: usize = 10;

/// The smallest avatars: they are made fast.
pub(crate) const SMALL: &str = "--min-side 16 --max-side 16";

const OPTIONS: [&str; 3] = ["", "--fit cover", "--format png"];

/// None of these may have anything made again.
const HARMLESS: [&str; 4] = ["", "--max-time 20s", "--max-bytes 30M", "--jobs 1"];

pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// An avatar that a run has made: of which photo, of what bytes, by which options.
#[derive(Clone, PartialEq)]
pub(crate) struct Owned {
    photo: String,
    bytes: Vec<u8>,
    options: &'static str,
}

pub(crate) struct World {
    pub(crate) here: TempDir,
    pub(crate) dice: Dice,
    pub(crate) log: Vec<String>,
    /// Files in the output folder that are the user's, by their paths.
    pub(crate) theirs: Tree,
    pub(crate) owned: HashMap<String, Owned>,
    /// How often anything was written by hand, so that no two are alike.
    pub(crate) written: usize,
}

impl World {
    fn new(seed: u64) -> World {
        let mut world = World {
            here: tempfile::tempdir().unwrap(),
            dice: Dice::new(seed),
            log: Vec::new(),
            theirs: Tree::new(),
            owned: HashMap::new(),
            written: 0,
        };
        for path in [
            "a/ann.jpg",
            "a/Ann.jpg",
            "a/team/bob.jpg",
            "b/ann.jpg",
            "b/cat.jpg",
        ] {
            world.photo(path);
        }
        world
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.here.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A photo of one of few pictures, so that the same one is met in several places.
    pub(crate) fn photo(&mut self, name: &str) {
        let shade = self.dice.below(7) as u32;
        self.write(name, &jpeg(shade));
    }

    pub(crate) fn files(&self, below: &str) -> Tree {
        let files = tree(self.here.path()).into_iter();
        files
            .filter(|(name, _)| name.starts_with(below) && !name.contains(".headshot"))
            .collect()
    }

    pub(crate) fn photos(&self) -> Tree {
        let mut photos = self.files("a/");
        photos.extend(self.files("b/"));
        photos.extend(self.files("gone/"));
        photos
    }

    /// A run, and what it must not have done.
    fn run(&mut self) {
        let roots = *self.dice.pick(&["a", "b", "a b", "b a", "a b", "a/team"]);
        let options = *self.dice.pick(&OPTIONS);
        let mut flags = vec![*self.dice.pick(&HARMLESS)];
        for (flag, of) in [
            ("--prune", 3),
            ("--collisions suffix", 2),
            ("--overwrite", 12),
            ("--force", 10),
            ("--follow-links", 6),
        ] {
            if self.dice.chance(of) {
                flags.push(flag);
            }
        }
        let has = |flag: &str| flags.contains(&flag);
        let arguments = format!(
            "{roots} -o out --json {SMALL} {options} {}",
            flags.join(" ")
        );
        let (photos, before) = (self.photos(), self.files("out/"));
        let mut command = headshot();
        command.current_dir(self.here.path()).arg("normalize");
        command.args(arguments.split_whitespace());
        if self.dice.chance(6) {
            self.log.push(format!("killed: {arguments}"));
            self.kill(
                command,
                &photos,
                &before,
                has("--overwrite"),
                has("--prune"),
            );
            return;
        }
        let ran = run(&mut command);
        self.log
            .push(format!("{arguments} => {}\n{}", ran.status, ran.stderr));
        assert!(self.photos() == photos, "a photo was changed");
        let after = self.files("out/");
        let objects = ran.objects();
        let named = |name: &str| objects.iter().find(|object| object["output"] == name);
        for (name, bytes) in &before {
            let object = named(name);
            let status = object.map_or("", |object| object["status"].as_str().unwrap());
            let is_theirs = self.theirs.contains_key(name);
            match after.get(name) {
                Some(now) if now == bytes => {}
                Some(_) if is_theirs => assert!(
                    has("--overwrite") && status == "ok",
                    "{name} is theirs and was changed"
                ),
                Some(_) => assert_eq!(status, "ok", "{name} was changed without a word"),
                None => {
                    assert!(
                        has("--prune") && status == "removed",
                        "{name} was deleted without a word"
                    );
                    assert!(!is_theirs, "{name} is theirs and was deleted");
                    let failed = objects.iter().any(|object| object["status"] == "failed");
                    assert!(!failed, "{name} was deleted although a photo failed");
                    let owned = &self.owned[name];
                    let elsewhere = |photo: &Value| {
                        photo["photo"] != owned.photo
                            && photos.get(photo["photo"].as_str().unwrap()) == Some(&owned.bytes)
                    };
                    let is_made = objects.iter().any(|object| {
                        object["photo"] == owned.photo && object["status"] != "removed"
                    });
                    assert!(
                        is_made || !photos.contains_key(&owned.photo),
                        "{name} was deleted although its photo is there"
                    );
                    let is_elsewhere = !is_made
                        && objects
                            .iter()
                            .any(|object| elsewhere(object) && object["status"] != "removed");
                    assert!(
                        !is_elsewhere || owned.photo.is_empty(),
                        "{name} was deleted although its photo is elsewhere"
                    );
                    let root = owned.photo.split('/').next().unwrap();
                    assert!(
                        root.is_empty() || roots.split(' ').any(|named| named.starts_with(root)),
                        "{name}: its root was not named"
                    );
                    self.owned.remove(name);
                }
            }
        }
        self.learn(&objects, &before, &after, &photos, options, &has);
        if ran.status == 2 {
            assert!(
                before == after,
                "a run that did not start has changed something"
            );
        }
    }

    /// Checks each photo's avatar, and learns whose it is now.
    fn learn(
        &mut self,
        objects: &[Value],
        before: &Tree,
        after: &Tree,
        photos: &Tree,
        options: &'static str,
        has: &dyn Fn(&str) -> bool,
    ) {
        let mut names = HashMap::new();
        for object in objects {
            let status = object["status"].as_str().unwrap();
            if !["ok", "unchanged"].contains(&status) {
                continue;
            }
            let (photo, output) = (
                object["photo"].as_str().unwrap(),
                object["output"].as_str().unwrap(),
            );
            let real = photo.replace("a/link/", "a/team/");
            let bytes = &photos[&real];
            assert!(
                after[output] == avatar(bytes, options),
                "{output} is not the avatar of {photo}"
            );
            if let Some(other) = names.insert(output, photo) {
                panic!("{output} is the avatar of both {other} and {photo}");
            }
            let new = Owned {
                photo: real,
                bytes: bytes.clone(),
                options,
            };
            if let Some(old) = self.owned.get(output) {
                let is_same = *old == new && before.get(output) == after.get(output);
                assert!(
                    !is_same || status != "ok" || has("--force") || has("--overwrite"),
                    "{output} was made again"
                );
                let taken = old.photo != new.photo && before.get(output) != after.get(output);
                let is_lost = old.bytes != new.bytes && photos.contains_key(&old.photo);
                assert!(
                    !(taken && is_lost) || has("--overwrite"),
                    "{output} of {} was given to {}",
                    old.photo,
                    new.photo
                );
            }
            self.theirs.remove(output);
            let keeps = self.owned.get(output).is_some_and(|old| {
                status == "unchanged" && photos.get(&old.photo) == Some(&old.bytes)
            });
            if !keeps {
                self.owned.insert(output.to_owned(), new);
            }
        }
    }

    /// A run that is killed somewhere.
    fn kill(
        &mut self,
        mut command: std::process::Command,
        photos: &Tree,
        before: &Tree,
        overwrites: bool,
        prunes: bool,
    ) {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        std::thread::sleep(Duration::from_micros(self.dice.below(60_000) as u64));
        let _ = child.kill();
        child.wait().unwrap();
        assert!(self.photos() == *photos, "a photo was changed");
        let after = self.files("out/");
        for (name, bytes) in before {
            let is_theirs = self.theirs.contains_key(name) && !overwrites;
            match after.get(name) {
                Some(now) => assert!(
                    now == bytes || !is_theirs,
                    "{name} is theirs and was changed"
                ),
                None => assert!(prunes && !is_theirs, "{name} was deleted"),
            }
        }
        // Whatever is new is a whole avatar of some photo.
        for (name, bytes) in &after {
            if before.get(name) == Some(bytes) || name.ends_with(".tmp") {
                continue;
            }
            let mut made = photos.iter().filter_map(|(photo, of)| {
                let options = OPTIONS
                    .into_iter()
                    .find(|options| avatar(of, options) == *bytes)?;
                Some(Owned {
                    photo: photo.clone(),
                    bytes: of.clone(),
                    options,
                })
            });
            let first = made.next();
            let mut first = first.unwrap_or_else(|| panic!("{name} is nobody's avatar"));
            if made.next().is_some() {
                // Photos with the same bytes: only the journal knows which it was.
                first.photo.clear();
            }
            self.theirs.remove(name);
            self.owned.insert(name.clone(), first);
        }
        // A file of theirs with the very bytes of an avatar may have been noted before the end.
        let is_avatar = |bytes: &Vec<u8>| {
            let makes = |of: &Vec<u8>| OPTIONS.iter().any(|options| avatar(of, options) == *bytes);
            photos.values().any(makes)
        };
        let owned = &mut self.owned;
        self.theirs.retain(|name, bytes| {
            let is_avatar = is_avatar(bytes);
            if is_avatar {
                let (photo, options, bytes) = (String::new(), "", bytes.clone());
                let noted = Owned {
                    photo,
                    bytes,
                    options,
                };
                owned.insert(name.clone(), noted);
            }
            !is_avatar
        });
        self.owned.retain(|name, _| after.contains_key(name));
        self.theirs.retain(|name, _| after.contains_key(name));
    }
}

fn sequence(number: u64) {
    let mut world = World::new(number);
    let steps = |world: &mut World| {
        for step in 0..STEPS {
            if step == 0 || world.dice.chance(2) {
                world.run()
            } else {
                world.act()
            }
        }
    };
    let world_of = std::panic::AssertUnwindSafe(&mut world);
    let caught = std::panic::catch_unwind(move || {
        let world_of = world_of;
        steps(world_of.0);
    });
    if let Err(error) = caught {
        eprintln!("sequence {number}:\n{}", world.log.join("\n"));
        std::panic::resume_unwind(error);
    }
}

#[test]
fn nobody_loses_anything_whatever_happens() {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    if let Some(number) = number("HEADSHOT_SEQUENCE") {
        return sequence(number);
    }
    let count = number("HEADSHOT_SEQUENCES").unwrap_or(200);
    let next = std::sync::atomic::AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if number < count {
                    sequence(number)
                } else {
                    return;
                }
            }
        };
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
}
