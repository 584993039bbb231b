//! The arguments of a call, from the query and from each kind of body that Slack takes.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::http::Head;
use crate::refusal::Refusal;
use crate::scrub::scrub;

/// One argument of a call, or one part of a multipart body.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// The name of the argument, as `crop_x`.
    pub name: String,
    /// The file name of a multipart file part; `None` for a plain field.
    pub filename: Option<String>,
    /// The content type of a multipart part, as sent.
    pub content_type: Option<String>,
    /// The value.
    pub bytes: Bytes,
}

impl Field {
    /// The value as text, with replacement characters where it is not UTF-8.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    fn plain(name: impl Into<String>, value: impl Into<String>) -> Field {
        Field {
            name: name.into(),
            filename: None,
            content_type: None,
            bytes: Bytes::from(value.into()),
        }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &scrub(&self.name))
            .field("filename", &self.filename)
            .field("content_type", &self.content_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// The kind of a request body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// No body and no content type.
    #[default]
    Nothing,
    Urlencoded,
    Multipart,
    Json,
    Text,
}

/// A body read into arguments, with what Slack would warn about.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) kind: Kind,
    /// The body's fields in the order sent; those of the query are not among them.
    pub(crate) fields: Vec<Field>,
    pub(crate) warnings: Vec<&'static str>,
}

/// Reads a body by its content type. The error comes with the fields that were readable.
pub(crate) async fn parse(head: &Head, body: &Bytes) -> (Form, Option<Refusal>) {
    let mut form = Form {
        kind: Kind::Nothing,
        fields: Vec::new(),
        warnings: Vec::new(),
    };
    let refusal = parse_into(&mut form, head, body).await.err();
    (form, refusal)
}

async fn parse_into(form: &mut Form, head: &Head, body: &Bytes) -> Result<(), Refusal> {
    // Slack's rules about content types are for a POST.
    if head.verb != "POST" && body.is_empty() {
        return Ok(());
    }
    let Some(content_type) = head.header("content-type") else {
        if body.is_empty() {
            return Ok(());
        }
        return Err(Refusal::new(
            "missing_post_type",
            "the body comes without a Content-Type header",
        ));
    };
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    form.kind = match essence.trim().to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Kind::Urlencoded,
        "multipart/form-data" => Kind::Multipart,
        "application/json" => Kind::Json,
        "text/plain" => Kind::Text,
        other => {
            return Err(Refusal::new(
                "invalid_post_type",
                format!("Content-Type {other:?} is not one that Slack takes"),
            ));
        }
    };
    let charset = parameters
        .split(';')
        .filter_map(|p| p.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    if let Some((_, charset)) = charset {
        let charset = charset.trim().trim_matches('"').to_ascii_lowercase();
        if charset != "utf-8" && charset != "iso-8859-1" {
            return Err(Refusal::new(
                "invalid_charset",
                format!("charset {charset:?} is neither utf-8 nor iso-8859-1"),
            ));
        }
    }
    // The official Python client announces JSON wherever there is nothing to send.
    if body.is_empty() && form.kind != Kind::Multipart {
        form.kind = Kind::Nothing;
        return Ok(());
    }
    // "form-data content types (e.g. multipart/form-data) are the ones for which charset is superfluous";
    // for an urlencoded body Slack's own examples give one and do without one, so neither is warned about.
    match (form.kind, charset) {
        (Kind::Multipart, Some(_)) => form.warnings.push("superfluous_charset"),
        (Kind::Json | Kind::Text, None) => form.warnings.push("missing_charset"),
        _ => {}
    }
    match form.kind {
        Kind::Urlencoded => urlencoded(form, body),
        Kind::Multipart => multipart(form, content_type, body).await,
        Kind::Json => json(form, body),
        Kind::Text | Kind::Nothing => Ok(()),
    }
}

fn urlencoded(form: &mut Form, body: &[u8]) -> Result<(), Refusal> {
    let escaped = body
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'%')
        .all(|(at, _)| {
            body.get(at + 1..at + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
        });
    if !escaped || !body.is_ascii() {
        return Err(Refusal::new(
            "invalid_form_data",
            "the urlencoded body has a stray % or a byte that is not ASCII",
        ));
    }
    form.fields
        .extend(form_urlencoded::parse(body).map(|(name, value)| Field::plain(name, value)));
    Ok(())
}

async fn multipart(form: &mut Form, content_type: &str, body: &Bytes) -> Result<(), Refusal> {
    let invalid = |why: &dyn fmt::Display| {
        Refusal::new("invalid_form_data", format!("multipart body: {why}"))
    };
    let boundary = multer::parse_boundary(content_type).map_err(|e| invalid(&e))?;
    let mut parts = multer::Multipart::with_reader(&body[..], boundary);
    while let Some(part) = parts.next_field().await.map_err(|e| invalid(&e))? {
        let name = part
            .name()
            .ok_or_else(|| invalid(&"a part has no name"))?
            .to_owned();
        let filename = part.file_name().map(str::to_owned);
        let content_type = part
            .headers()
            .get("content-type")
            .map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
        let bytes = part.bytes().await.map_err(|e| invalid(&e))?;
        form.fields.push(Field {
            name,
            filename,
            content_type,
            bytes,
        });
    }
    if form.fields.is_empty() {
        return Err(invalid(&"no part in it"));
    }
    Ok(())
}

fn json(form: &mut Form, body: &[u8]) -> Result<(), Refusal> {
    let value: Value =
        serde_json::from_slice(body).map_err(|e| Refusal::new("invalid_json", e.to_string()))?;
    let Value::Object(object) = value else {
        return Err(Refusal::new(
            "json_not_object",
            "the JSON body is not an object",
        ));
    };
    for (name, value) in object {
        match value {
            Value::Null => {}
            Value::String(text) => form.fields.push(Field::plain(name, text)),
            Value::Array(_) => {
                return Err(Refusal::new(
                    "invalid_array_arg",
                    format!("argument {name} is an array"),
                ));
            }
            other => form.fields.push(Field::plain(name, other.to_string())),
        }
    }
    Ok(())
}

/// Checks the names of all arguments: those of `known`, each at most once.
///
/// Slack ignores a name that it does not know. We refuse it: a misspelt `crop-x` must not pass.
pub(crate) fn check_names(fields: &[Field], known: &[&str]) -> Result<(), Refusal> {
    for (at, field) in fields.iter().enumerate() {
        let name = &field.name;
        if name.ends_with(']') && name.contains('[') {
            return Err(Refusal::new(
                "invalid_array_arg",
                format!("argument {name:?} is an array: pass plain strings"),
            ));
        }
        if name.is_empty()
            || name.len() > 255
            || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            return Err(Refusal::new(
                "invalid_arg_name",
                format!("argument name {name:?}: letters, digits and _ only, at most 255"),
            ));
        }
        if !known.contains(&name.as_str()) {
            return Err(Refusal::new(
                "invalid_arguments",
                format!("unknown argument {name:?}: this method takes {known:?}"),
            ));
        }
        if fields[..at].iter().any(|earlier| earlier.name == *name) {
            return Err(Refusal::new(
                "invalid_arguments",
                format!("argument {name:?} is given twice"),
            ));
        }
    }
    Ok(())
}

/// The query's arguments as fields.
pub(crate) fn query_fields(head: &Head) -> Vec<Field> {
    head.query
        .iter()
        .map(|(name, value)| Field::plain(name.clone(), value.clone()))
        .collect()
}
