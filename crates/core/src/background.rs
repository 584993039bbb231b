//! What lies behind a photo: the words for it, and what the bars beside a photo show.

use std::fmt;

use crate::color_names;
use crate::options::Background;

/// What the bars beside a photo show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Bars {
    /// Nothing.
    Transparent,
    /// This sRGB color: red, green, blue.
    Color([u8; 3]),
    /// The photo itself, enlarged to cover the square, blurred and slightly darkened.
    Blur,
    /// Each bar has the average color of the photo's edge that it touches.
    Edge,
}

impl Bars {
    /// Bars of the color behind the photo, or transparent if there is none.
    pub(crate) fn plain(background: Option<[u8; 3]>) -> Bars {
        background.map_or(Bars::Transparent, Bars::Color)
    }

    /// Their color, red, green and blue: black where they have none of their own.
    pub(crate) fn color(self) -> [u8; 3] {
        match self {
            Bars::Color(color) => color,
            Bars::Transparent | Bars::Blur | Bars::Edge => [0; 3],
        }
    }

    /// Whether they show something that only the photo's pixels can tell.
    pub(crate) fn are_painted(self) -> bool {
        matches!(self, Bars::Blur | Bars::Edge)
    }
}

impl fmt::Display for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bars::Transparent => f.write_str("a transparent background"),
            Bars::Color([0, 0, 0]) => f.write_str("black"),
            Bars::Color([255, 255, 255]) => f.write_str("white"),
            Bars::Color([r, g, b]) => write!(f, "#{r:02x}{g:02x}{b:02x}"),
            Bars::Blur => f.write_str("the photo, blurred"),
            Bars::Edge => f.write_str("the colors of its edges"),
        }
    }
}

impl Background {
    /// The accepted words, for messages and help.
    pub const WANTED: &str =
        "auto, transparent, blur, edge, the name of a CSS color, or one as '#369' or '#336699'";

    /// Parses a word (`auto`, `transparent`, `blur`, `edge`), the name of a CSS color (Color Module Level 4, 6.1), or
    /// `#rgb` or `#rrggbb`, in upper or lower case. `None` for any other text.
    pub fn parse(text: &str) -> Option<Background> {
        let text = text.to_ascii_lowercase();
        match text.as_str() {
            "auto" => Some(Background::Auto),
            "transparent" => Some(Background::Transparent),
            "blur" => Some(Background::Blur),
            "edge" => Some(Background::Edge),
            name => {
                let hexadecimal = name.strip_prefix('#').map(hexadecimal);
                let color = hexadecimal.unwrap_or_else(|| color_names::color(name));
                color.map(Background::Color)
            }
        }
    }
}

/// A color of three or six digits; each of three stands for two.
fn hexadecimal(digits: &str) -> Option<[u8; 3]> {
    // A sign is not a digit here.
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        3 => Some([8, 4, 0].map(|shift| 0x11 * (number >> shift & 15) as u8)),
        6 => Some([16, 8, 0].map(|shift| (number >> shift) as u8)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_names_and_digits_are_read() {
        let color = |r, g, b| Some(Background::Color([r, g, b]));
        for (text, expected) in [
            ("auto", Some(Background::Auto)),
            ("transparent", Some(Background::Transparent)),
            ("blur", Some(Background::Blur)),
            ("Edge", Some(Background::Edge)),
            ("rebeccapurple", color(0x66, 0x33, 0x99)),
            ("LightSteelBlue", color(0xb0, 0xc4, 0xde)),
            ("#369", color(0x33, 0x66, 0x99)),
            ("#0122fF", color(0x01, 0x22, 0xff)),
            ("", None),
            ("#", None),
            ("#12", None),
            ("#1234", None),
            ("#12345", None),
            ("#+12345", None),
            ("#1122334", None),
            ("#red", None),
            ("336699", None),
            ("light steel blue", None),
            ("#ééé", None),
        ] {
            assert_eq!(Background::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for background in [
            Background::Auto,
            Background::Transparent,
            Background::Blur,
            Background::Edge,
            Background::Color([1, 22, 233]),
        ] {
            assert_eq!(Background::parse(&background.to_string()), Some(background));
        }
    }
}
