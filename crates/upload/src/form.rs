//! The body of a request: URL-encoded fields, or multipart with the photo as its last part (RFC 7578).

use bytes::Bytes;
use hyper::header::HeaderValue;

use crate::payload::Payload;

/// A body in parts that are sent one after the other, and its content type.
#[derive(Clone)]
pub(crate) struct Form {
    pub(crate) content_type: HeaderValue,
    pub(crate) parts: Vec<Bytes>,
}

impl Form {
    /// Encodes a payload. The photo's bytes are shared, not copied.
    pub(crate) fn of(payload: &Payload<'_>) -> Form {
        let photo = match payload {
            Payload::Fields(fields) => {
                let mut body = form_urlencoded::Serializer::new(String::new());
                body.extend_pairs(*fields);
                return Form {
                    content_type: HeaderValue::from_static("application/x-www-form-urlencoded"),
                    parts: vec![body.finish().into()],
                };
            }
            Payload::Photo(photo) => photo,
        };
        // 128 bits at random are in no photo.
        let boundary = format!("{:032x}", fastrand::u128(..));
        let mut head = String::new();
        for (name, value) in photo.crop_arguments() {
            let disposition = format!("Content-Disposition: form-data; name=\"{name}\"");
            head += &format!("--{boundary}\r\n{disposition}\r\n\r\n{value}\r\n");
        }
        let (name, kind) = (photo.file_name(), photo.content_type());
        let disposition =
            format!("Content-Disposition: form-data; name=\"image\"; filename=\"{name}\"");
        head += &format!("--{boundary}\r\n{disposition}\r\nContent-Type: {kind}\r\n\r\n");
        let tail = format!("\r\n--{boundary}--\r\n");
        let content_type = format!("multipart/form-data; boundary={boundary}");
        Form {
            content_type: HeaderValue::try_from(content_type).expect("visible ASCII"),
            parts: vec![head.into(), photo.bytes().clone(), tail.into()],
        }
    }
}
