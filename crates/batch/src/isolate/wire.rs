//! The messages between this program and its workers: a line of JSON, followed by the bytes whose sizes it gives.

use std::io::{self, BufRead, ErrorKind, Read, Write};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::choices::Choice;
use crate::failure::Failure;
use crate::make_avatar::{MadeAvatar, Wanted};
use crate::record::Record;
use crate::thumbnail::{Thumbnail, Thumbnails};

/// The most that a worker may answer: the texts of a photo are short, and pictures are far smaller than this.
const LONGEST_LINE: u64 = 1 << 20;
const LARGEST: u64 = 256 << 20;

#[derive(Serialize, Deserialize)]
struct Question {
    choice: Option<Choice>,
    wanted: Wanted,
    size: u64,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    record: Record,
    /// Sizes of the avatar, the still, and the small pictures before, with the face and after.
    sizes: [Option<u64>; 5],
}

/// What became of a photo elsewhere.
pub(super) struct Answered {
    pub(super) record: Record,
    pub(super) made: MadeAvatar,
    pub(super) thumbnails: Thumbnails,
}

/// Asks for what is `wanted` of a photo, with its choice.
pub(super) fn ask(
    to: &mut impl Write,
    photo: &[u8],
    choice: Option<&Choice>,
    wanted: Wanted,
) -> io::Result<()> {
    let size = photo.len() as u64;
    let choice = choice.cloned();
    let question = Question {
        choice,
        wanted,
        size,
    };
    write_line(to, &question)?;
    to.write_all(photo)?;
    to.flush()
}

/// A question, with everything that a worker needs for the answer.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) photo: Vec<u8>,
    pub(super) choice: Option<Choice>,
    pub(super) wanted: Wanted,
}

/// The next question; `None` when there are no more.
pub(super) fn asked(from: &mut impl BufRead) -> io::Result<Option<Asked>> {
    let is_over = loop {
        match from.fill_buf() {
            // A signal that ends this worker a moment later, for instance.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            bytes => break bytes?.is_empty(),
        }
    };
    if is_over {
        return Ok(None);
    }
    let Question {
        choice,
        wanted,
        size,
    } = read_line(from)?;
    let photo = read(from, size)?;
    Ok(Some(Asked {
        photo,
        choice,
        wanted,
    }))
}

/// Answers the last question.
pub(super) fn answer(
    to: &mut impl Write,
    mut record: Record,
    end: Result<MadeAvatar, Failure>,
    thumbnails: &Thumbnails,
) -> io::Result<()> {
    record.ended(end.as_ref().map(drop).map_err(Failure::clone));
    let made = end.unwrap_or_default();
    let thumbnail = |thumbnail: &Option<Thumbnail>| thumbnail.as_ref().map(Thumbnail::bytes);
    let pictures = [
        Some(made.avatar),
        made.still,
        thumbnail(&thumbnails.before),
        thumbnail(&thumbnails.face),
        thumbnail(&thumbnails.after),
    ];
    let size = |picture: &Option<Bytes>| picture.as_ref().map(|bytes| bytes.len() as u64);
    let sizes = pictures.each_ref().map(size);
    write_line(to, &Answer { record, sizes })?;
    for picture in pictures.iter().flatten() {
        to.write_all(picture)?;
    }
    to.flush()
}

/// The answer to the last question.
pub(super) fn answered(from: &mut impl BufRead) -> io::Result<Answered> {
    let Answer { record, sizes } = read_line(from)?;
    let mut pictures = [const { None }; 5];
    for (picture, size) in pictures.iter_mut().zip(sizes) {
        *picture = size.map(|size| read(from, size)).transpose()?;
    }
    let [avatar, still, before, face, after] = pictures.map(|picture| picture.map(Bytes::from));
    Ok(Answered {
        record,
        made: MadeAvatar {
            avatar: avatar.unwrap_or_default(),
            still,
        },
        thumbnails: Thumbnails {
            before: before.map(Thumbnail::made),
            face: face.map(Thumbnail::made),
            after: after.map(Thumbnail::made),
        },
    })
}

fn write_line(to: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *to, line)?;
    to.write_all(b"\n")
}

fn read_line<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<T> {
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    match line.last() {
        Some(b'\n') => Ok(serde_json::from_slice(&line)?),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Grows as bytes arrive: a size alone allocates nothing.
fn read(from: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    if size > LARGEST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    if from.take(size).read_to_end(&mut bytes)? as u64 == size {
        Ok(bytes)
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn questions_and_answers_come_back_as_they_went() {
        let mut pipe = Vec::new();
        let json = r#"{"fit":"crop","crop":{"x":11,"y":22,"side":333},"rotate":90}"#;
        let choice: Choice = serde_json::from_str(json).unwrap();
        ask(&mut pipe, b"11\n{", Some(&choice), Wanted::Plan).unwrap();
        ask(&mut pipe, b"", None, Wanted::Look).unwrap();
        let from = &mut &pipe[..];
        let question = |photo: &[u8], choice, wanted| {
            let photo = photo.to_vec();
            Some(Asked {
                photo,
                choice,
                wanted,
            })
        };
        assert_eq!(
            asked(from).unwrap(),
            question(b"11\n{", Some(choice), Wanted::Plan)
        );
        assert_eq!(asked(from).unwrap(), question(b"", None, Wanted::Look));
        assert_eq!(asked(from).unwrap(), None);

        let failure = Failure::new("limit", "33 of 22").with_hint("44");
        for end in [Ok(()), Err(failure)] {
            let mut pipe = Vec::new();
            let made = MadeAvatar {
                avatar: Bytes::from_static(b"avatar\n"),
                still: None,
            };
            let thumbnails = Thumbnails {
                before: None,
                face: Some(Thumbnail::made(Bytes::from_static(b"faced"))),
                after: Some(Thumbnail::made(Bytes::from_static(b"small"))),
            };
            let record = Record::new(Path::new("a.jpg"));
            let answer_with = end.clone().map(|()| made);
            answer(&mut pipe, record, answer_with, &thumbnails).unwrap();
            let whole = answered(&mut &pipe[..]).unwrap();
            assert_eq!(whole.record.error.as_ref(), end.as_ref().err());
            let avatar: &[u8] = if end.is_ok() { b"avatar\n" } else { b"" };
            assert_eq!(whole.made.avatar, avatar);
            assert_eq!(whole.thumbnails.after.unwrap().bytes(), &b"small"[..]);
            assert_eq!(whole.thumbnails.face.unwrap().bytes(), &b"faced"[..]);
            assert!(whole.thumbnails.before.is_none() && whole.made.still.is_none());
            for length in 0..pipe.len() {
                assert!(answered(&mut &pipe[..length]).is_err(), "{length}");
            }
        }
    }

    #[test]
    fn what_is_too_large_to_be_an_answer_is_none() {
        let endless = io::repeat(b'x');
        assert!(answered(&mut io::BufReader::new(endless)).is_err());
        assert!(read(&mut io::repeat(0), LARGEST + 1).is_err());
        assert_eq!(read(&mut &b"123"[..], 2).unwrap(), b"12");
        assert!(read(&mut &b"123"[..], 1 << 20).is_err());
    }
}
