//! A photo and its avatar in one line, for people.

use headshot_core::Format;

use crate::{Made, Source};

/// `JPEG, 410 x 512, 58.2 kB, EXIF orientation 6, Display P3`
pub fn source(source: &Source) -> String {
    let (width, height) = (source.width, source.height);
    let mut words = vec![
        spelled(source.format),
        format!("{width} x {height}"),
        bytes(source.bytes),
    ];
    if source.frames > 1 {
        words.push(format!("{} frames", source.frames));
        words.extend(source.duration.map(|seconds| format!("{seconds:.2} s")));
        words.push(match source.loop_count {
            None => "once".to_owned(),
            Some(0) => "forever".to_owned(),
            Some(times) => format!("repeated {times} times"),
        });
    }
    if source.orientation != 1 {
        // A HEIC's orientation comes from its container.
        let whose = if source.format == "heic" { "" } else { "EXIF " };
        words.push(format!("{whose}orientation {}", source.orientation));
    }
    words.extend(source.color_profile.clone());
    words.join(", ")
}

/// The name of a format as people write it.
fn spelled(name: &str) -> String {
    let format = Format::ALL.iter().find(|format| format.name() == name);
    format.map_or_else(|| name.to_uppercase(), ToString::to_string)
}

/// `JPEG, 512 x 512, 41.3 kB`
pub fn made(avatar: &Made) -> String {
    let mut words = vec![spelled(avatar.format)];
    words.extend(avatar.side.map(|side| format!("{side} x {side}")));
    if avatar.frames > 1 {
        words.push(format!("{} frames", avatar.frames));
    }
    words.extend(avatar.bytes.map(bytes));
    words.join(", ")
}

/// In the decimal units that file managers show.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", count as f64 / 1e6),
        _ => format!("{:.1} GB", count as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(1_000), "1.0 kB");
        assert_eq!(bytes(58_249), "58.2 kB");
        assert_eq!(bytes(20_971_520), "21.0 MB");
        assert_eq!(bytes(9_876_543_210), "9.9 GB");
    }
}
