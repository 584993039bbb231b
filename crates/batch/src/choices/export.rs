//! Writes a manifest with the choices in its own columns, for those who want to go on with a single file.

use std::collections::BTreeMap;

use csv::{ByteRecord, ReaderBuilder, Terminator, WriterBuilder};

use super::{Choice, Choices, Chosen};
use crate::failure::Failure;

/// The columns of options, in the order in which missing ones are added; those of a crop belong together.
const COLUMNS: [&str; 11] = [
    "fit",
    "crop_x",
    "crop_y",
    "crop_w",
    "face",
    "face_fallback",
    "gravity",
    "background",
    "format",
    "quality",
    "rotate",
];
const CROPS: [&str; 3] = ["crop_x", "crop_y", "crop_w"];

/// The byte order mark that spreadsheets put before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The manifest with the options of each choice in its row, so that it gives the same result without the choices. All other rows and
/// columns stay as they are; a missing column is added only if a choice needs it.
///
/// `counts` says whether to write a choice, by the text of the row's column `photo`: a lapsed one is not written.
///
/// # Errors
/// `manifest` if it is not a CSV with a column `photo`: for its author.
pub fn export(
    manifest: &[u8],
    choices: &Choices,
    mut counts: impl FnMut(&str, &Chosen) -> bool,
) -> Result<Vec<u8>, Failure> {
    let broken =
        |error: csv::Error| Failure::new("manifest", format!("this is not a CSV: {error}"));
    let (mark, text) = match manifest.strip_prefix(MARK) {
        Some(text) => (MARK, text),
        None => (&[][..], manifest),
    };
    let mut reader = ReaderBuilder::new().from_reader(text);
    let mut headings = reader.byte_headers().map_err(broken)?.clone();
    let place = |headings: &ByteRecord, name: &str| {
        let mut headings = headings.iter();
        headings.position(|heading| heading.trim_ascii() == name.as_bytes())
    };
    let photo = place(&headings, "photo")
        .ok_or_else(|| Failure::new("manifest", "there is no column photo"))?;
    let mut rows = Vec::new();
    let mut needed: Vec<&str> = Vec::new();
    for row in reader.byte_records() {
        let row = row.map_err(broken)?;
        let name = row.get(photo).and_then(|name| str::from_utf8(name).ok());
        let chosen = name.and_then(|name| Some((name, choices.named(name)?)));
        let cells = chosen
            .filter(|(name, chosen)| counts(name, chosen))
            .map(|(_, chosen)| cells(&chosen.choice));
        needed.extend(cells.iter().flat_map(BTreeMap::keys));
        rows.push((row, cells));
    }
    if CROPS.iter().any(|name| needed.contains(name)) {
        needed.extend(CROPS);
    }
    for name in COLUMNS {
        if needed.contains(&name) && place(&headings, name).is_none() {
            headings.push_field(name.as_bytes());
        }
    }
    let mut writer = WriterBuilder::new();
    if text.windows(2).any(|pair| pair == b"\r\n") {
        writer.terminator(Terminator::CRLF);
    }
    let mut writer = writer.from_writer(mark.to_vec());
    writer.write_byte_record(&headings).map_err(broken)?;
    for (row, cells) in rows {
        let written = headings.iter().enumerate().map(|(index, heading)| {
            let name = str::from_utf8(heading.trim_ascii()).unwrap_or_default();
            match &cells {
                Some(cells) if COLUMNS.contains(&name) => {
                    cells.get(name).map_or(&[][..], |cell| cell.as_bytes())
                }
                _ => row.get(index).unwrap_or_default(),
            }
        });
        let written: ByteRecord = written.collect();
        writer.write_byte_record(&written).map_err(broken)?;
    }
    let written = writer.into_inner();
    written.map_err(|error| Failure::new("manifest", format!("it cannot be written: {error}")))
}

/// The cells of a row that give the same result, by the names of their columns.
fn cells(choice: &Choice) -> BTreeMap<&'static str, String> {
    let mut cells = BTreeMap::new();
    for (flag, value) in choice.flags() {
        match flag {
            "crop" => cells.extend(CROPS.into_iter().zip(value.split(',').map(str::to_owned))),
            "face-fallback" => drop(cells.insert("face_fallback", value)),
            flag => drop(cells.insert(flag, value)),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    fn choices(of: &[(&str, &str)]) -> Choices {
        let mut choices = Choices::default();
        for (name, choice) in of {
            let chosen = Chosen {
                photo: Hash::of(name.as_bytes()),
                choice: serde_json::from_str(choice).unwrap(),
            };
            choices.set((*name).to_owned(), chosen);
        }
        choices
    }

    #[test]
    fn rows_that_were_chosen_have_their_options_and_nothing_else_changes() {
        let manifest = "\u{feff}photo,fit, token_env ,team\r\n\
            ann.jpg,face,ANN,\"red, \"\"hot\"\"\"\r\n\
            dir/bob.jpg,cover,BOB,=1+1\r\n\
            cy.jpg,face,CY,\r\n";
        let choices = choices(&[
            (
                "ann.jpg",
                r##"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90,"background":"tomato"}"##,
            ),
            (
                "dir/bob.jpg",
                r#"{"fit":"face","face":2,"face_fallback":"contain"}"#,
            ),
            ("cy.jpg", r#"{"fit":"cover","quality":77}"#),
        ]);
        let written = export(manifest.as_bytes(), &choices, |name, chosen| {
            assert_eq!(chosen.photo, Hash::of(name.as_bytes()));
            name != "cy.jpg"
        });
        assert_eq!(
            String::from_utf8(written.unwrap()).unwrap(),
            "\u{feff}photo,fit, token_env ,team,crop_x,crop_y,crop_w,face,face_fallback,background,rotate\r\n\
             ann.jpg,,ANN,\"red, \"\"hot\"\"\",11,22,333,,,#ff6347,90\r\n\
             dir/bob.jpg,face,BOB,=1+1,,,,2,contain,,\r\n\
             cy.jpg,face,CY,,,,,,,,\r\n"
        );
        let none = export(manifest.as_bytes(), &choices, |_, _| false).unwrap();
        assert_eq!(none, manifest.as_bytes());
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let choices = Choices::default();
        for (text, told) in [
            ("", "no column photo"),
            ("foto,fit\na,b\n", "no column photo"),
            ("photo,fit\na\n", "not a CSV"),
        ] {
            let failure = export(text.as_bytes(), &choices, |_, _| true).unwrap_err();
            assert!(failure.message.contains(told), "{}", failure.message);
        }
    }
}
