//! The file of `--report`: one object per line, under its name only once it is whole.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};

use crate::args::NormalizeArgs;
use crate::claims::{Claims, Content, Target};
use crate::files::input::is_dash;
use crate::files::write;
use crate::terminal::escape;
use crate::terminal::failure::Failure;
use crate::terminal::record::Record;

/// A report that is being written. It has no name until it is whole, so a killed run leaves nothing behind.
pub(crate) struct Report {
    file: BufWriter<File>,
    target: Target,
    /// Why it will not get its name.
    broken: Option<Failure>,
}

impl Report {
    /// Claims the file of `--report`, if there is to be one.
    ///
    /// # Errors
    /// As those of [`Claims::claim`].
    pub(crate) fn claim(
        args: &NormalizeArgs,
        claims: &mut Claims,
    ) -> Result<Option<Target>, Failure> {
        let Some(file) = &args.batch.report else {
            return Ok(None);
        };
        if is_dash(file) {
            let failure = Failure::usage("--report -: the report is a file");
            return Err(failure.with_hint("--json prints the same objects"));
        }
        let planned = args.batch.dry_run;
        claims
            .claim("--report", file, Content::Report { planned })
            .map(Some)
    }

    /// Begins a report. An existing one stays until [`finish`](Report::finish).
    ///
    /// # Errors
    /// If no file can be made there.
    pub(crate) fn new(target: Target) -> Result<Report, Failure> {
        let file = tempfile::tempfile_in(write::folder_of(&target.path)).map_err(|error| {
            let what = format!("--report {}: cannot be made", escape::name(&target.path));
            Failure::io("output", what, &error)
        })?;
        Ok(Report {
            file: BufWriter::new(file),
            target,
            broken: None,
        })
    }

    /// Adds an object. After a failure there is no report.
    pub(crate) fn write(&mut self, record: &Record) -> Result<(), Failure> {
        let written = serde_json::to_writer(&mut self.file, record)
            .map_err(io::Error::from)
            .and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|error| {
            let failure = write::failed(&self.target.path, &error);
            self.broken.get_or_insert(failure).clone()
        })
    }

    /// Puts the report in its place, if it is whole.
    ///
    /// # Errors
    /// Also if another run has put one there meanwhile.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        let flushed = self.file.flush();
        flushed.map_err(|error| write::failed(&self.target.path, &error))?;
        self.target.fill(|named| {
            let written = self.file.get_mut();
            written.rewind()?;
            io::copy(written, named).map(drop)
        })
    }
}
