//! The most memory that a fresh process of each program holds while it makes one avatar.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use headshot_bench::peer::{Still, absolute};
use headshot_bench::photos::Photo;
use headshot_bench::python::{Python, run};
use headshot_core::Fit;

use crate::field::{Field, QUALITY, Runner};
use crate::verdict::bar;

/// Peaks on one photo, in bytes.
pub(crate) struct Peaks<'a> {
    photo: &'a Photo,
    /// In the order of [`Runner::ALL`].
    peaks: [Option<u64>; 6],
    /// The command that comes with libvips.
    vipsthumbnail: Option<u64>,
}

/// Measures everyone on one photo.
pub(crate) fn measure<'a>(
    photo: &'a Photo,
    field: &Field,
    python: &Python,
    folder: &Path,
) -> Peaks<'a> {
    let end = if photo.jpeg { "jpg" } else { "png" };
    let to = folder.join(format!("memory.{end}"));
    let still = Still {
        from: &photo.path,
        to: &to,
        fit: Fit::Cover,
        side: 1024,
        quality: photo.jpeg.then_some(QUALITY),
    };
    let peaks =
        Runner::ALL.map(|runner| field.fresh(runner)?.time(&runner.order(&still)).ok()?.peak);
    let options = if photo.jpeg {
        format!("[Q={QUALITY},strip]")
    } else {
        "[strip]".to_owned()
    };
    let command = [
        "vipsthumbnail",
        &absolute(&photo.path),
        "--size",
        "1024x1024",
        "--smartcrop",
        "centre",
        "-o",
        &format!("{}{options}", absolute(&to)),
    ];
    Peaks {
        photo,
        peaks,
        vipsthumbnail: python.peak(&command).ok(),
    }
}

/// Installs the command `vipsthumbnail`, if apt can; returns its name and version, or that it is missing.
pub(crate) fn vipsthumbnail() -> String {
    let version = || {
        let said = Command::new("vipsthumbnail")
            .arg("--vips-version")
            .output()
            .ok()?;
        let said = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        (!said.is_empty()).then(|| format!("vipsthumbnail of {said}"))
    };
    version()
        .or_else(|| {
            let packages = [
                "install",
                "--yes",
                "--no-install-recommends",
                "-qq",
                "libvips-tools",
            ];
            run(Command::new("apt-get")
                .args(packages)
                .stdout(std::process::Stdio::null()))
            .ok()?;
            version()
        })
        .unwrap_or_else(|| "vipsthumbnail is MISSING (libvips-tools of Debian has it)".to_owned())
}

/// The table.
pub(crate) fn table(out: &mut String, all: &[Peaks]) {
    let _ = writeln!(
        out,
        "## Memory\n\n\
         The most memory a fresh process held to make one avatar of 1024 pixels, in MB: the program, its runtime, the file and the work.\n\
         vipsthumbnail reads the file itself, one thread.\n"
    );
    let _ = write!(out, "| photo | file |");
    for runner in Runner::ALL {
        let _ = write!(out, " {} |", runner.name());
    }
    let _ = writeln!(
        out,
        " vipsthumbnail |\n|---|{}",
        "--:|".repeat(Runner::ALL.len() + 2)
    );
    for row in all {
        let photo = row.photo;
        let file = std::fs::metadata(&photo.path).map_or(0, |file| file.len());
        let _ = write!(
            out,
            "| {}: {}, {:.1} MP | {} |",
            photo.name,
            photo.kind,
            photo.megapixels,
            mb(Some(file))
        );
        for peak in row.peaks {
            let _ = write!(out, " {} |", mb(peak));
        }
        let _ = writeln!(out, " {} |", mb(row.vipsthumbnail));
    }
    let _ = writeln!(out);
}

/// Bytes as megabytes.
pub(crate) fn mb(bytes: Option<u64>) -> String {
    bytes.map_or("missing".to_owned(), |bytes| {
        format!("{:.1}", bytes as f64 / 1e6)
    })
}

/// On the 24 megapixels, at most as much as vipsthumbnail; progressive, a fifth more.
pub(crate) fn bars(out: &mut String, all: &[Peaks]) {
    for (name, allowed) in [("camera-24", 1.0), ("camera-24-progressive", 1.2)] {
        let Some(row) = all.iter().find(|row| row.photo.name == name) else {
            continue;
        };
        let (ours, theirs) = (row.peaks[Runner::Ours as usize], row.vipsthumbnail);
        let met = ours
            .zip(theirs)
            .is_some_and(|(ours, theirs)| ours as f64 <= allowed * theirs as f64);
        bar(
            out,
            &format!("peak memory on {name}, at most {allowed} of vipsthumbnail's"),
            &format!("{} MB of {} MB", mb(ours), mb(theirs)),
            met,
        );
    }
}
