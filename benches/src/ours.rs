//! Our side of the race: the same orders as for the peers, answered the same way.

use std::io::{BufRead, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use headshot_core::{Avatar, Fit, Limits, Options, Quality, SideRange, StillFormat, normalize};
use serde_json::{Value, json};

use crate::crates;
use crate::machine;
use crate::peer::Peer;

/// The argument that makes a program of this package serve instead of race.
const SERVE: &str = "--serve";

/// What makes an order's avatar if our library does not: [`crates::avatar`].
pub const CRATES: &str = "crates";

/// Starts this program again, as a peer.
///
/// # Errors
///
/// It cannot be started.
pub fn start() -> Result<Peer, String> {
    // If there is such a link, it is this very program, even if it has been rebuilt meanwhile.
    let program = match Path::new("/proc/self/exe") {
        own if own.exists() => own.to_owned(),
        _ => std::env::current_exe().map_err(|error| error.to_string())?,
    };
    Peer::start(Command::new(program).arg(SERVE))
}

/// Answers orders until there are no more, if this program was started for that.
pub fn served() -> bool {
    if std::env::args().nth(1).as_deref() != Some(SERVE) {
        return false;
    }
    let version = format!("headshot {}", env!("CARGO_PKG_VERSION"));
    println!("{}", json!({ "version": version }));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("orders are UTF-8");
        let order = serde_json::from_str(&line).expect("orders are JSON");
        let answer = answer(&order).unwrap_or_else(|error| json!({ "error": error }));
        println!("{answer}");
        std::io::stdout().flush().expect("the race listens");
    }
    true
}

fn answer(order: &Value) -> Result<Value, String> {
    let text = |name: &str| {
        order[name]
            .as_str()
            .ok_or(format!("an order needs {name:?}"))
    };
    let photo = std::fs::read(text("from")?).map_err(|error| error.to_string())?;
    let side = order["side"].as_u64().unwrap_or(0) as u32;
    let fit = match text("fit")? {
        "contain" => Fit::Contain,
        _ => Fit::Cover,
    };
    let quality = order["quality"].as_u64().map(|quality| quality as u8);
    if order["with"] == CRATES {
        let start = Instant::now();
        let avatar = crates::avatar(&photo, fit, side, quality)?;
        let ms = start.elapsed().as_secs_f64() * 1000.0;
        std::fs::write(text("to")?, avatar).map_err(|error| error.to_string())?;
        return Ok(json!({ "ms": ms, "peak": machine::peak_memory() }));
    }
    let options = Options {
        fit,
        side: SideRange::new(side, side).ok_or("no such side")?,
        format: match quality {
            Some(quality) => {
                let quality = Quality::new(quality).ok_or("no such quality")?;
                StillFormat::Jpeg(Some(quality))
            }
            None => StillFormat::Png,
        },
        limits: limits(),
        ..Options::default()
    };
    let start = Instant::now();
    let avatar: Avatar = normalize(&photo, &options).map_err(|error| error.to_string())?;
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    std::fs::write(text("to")?, avatar.bytes()).map_err(|error| error.to_string())?;
    Ok(json!({ "ms": ms, "peak": machine::peak_memory() }))
}

/// Limits that no photo of the races reaches.
pub fn limits() -> Limits {
    Limits {
        bytes: 1 << 30,
        pixels: 1 << 30,
        non_jpeg_pixels: 1 << 30,
        webp_pixels: 1 << 30,
        side: 65_535,
        ..Limits::default()
    }
}
