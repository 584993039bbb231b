//! The file of `--report`: an object a line, under its name only once it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::escape;
use crate::failure::Failure;
use crate::input::is_dash;
use crate::report::Record;
use crate::write;

/// A report that is being written beside its place, under the same name with `.part`. What a killed run leaves there, the
/// next one removes.
pub(crate) struct Jsonl {
    file: BufWriter<File>,
    part: PathBuf,
    name: PathBuf,
}

impl Jsonl {
    pub(crate) fn new(name: &Path) -> Result<Jsonl, Failure> {
        if is_dash(name) {
            let failure = Failure::usage("--report -: the report is a file");
            return Err(failure.with_hint("--json prints the same objects"));
        }
        if name.is_dir() || write::is_special(name) {
            let name = escape::name(name);
            return Err(Failure::usage(format!("--report {name}: this is no file")));
        }
        let mut part = name.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        // Never through a link, nor into a pipe, that somebody has put there.
        let _ = fs::remove_file(&part);
        let file = File::create_new(&part).map_err(|error| {
            let what = format!("--report {}: cannot be made", escape::name(&part));
            Failure::io("output", what, &error)
        })?;
        Ok(Jsonl {
            file: BufWriter::new(file),
            part,
            name: name.to_owned(),
        })
    }

    pub(crate) fn write(&mut self, record: &Record) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.file, record)
            .map_err(io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(|error| write::failed(&self.part, &error))
    }

    /// Puts the report in its place.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        let finished = self.file.flush().and_then(|()| {
            self.file.get_ref().sync_all()?;
            fs::rename(&self.part, &self.name)
        });
        finished.map_err(|error| write::failed(&self.name, &error))?;
        write::sync(write::folder_of(&self.name));
        Ok(())
    }
}
