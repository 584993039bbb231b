//! What each fault does to a connection.

use std::io::Write;
use std::time::{Duration, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use tokio::time::sleep;

use crate::fault::{Early, Fault, Kind, Shape};
use crate::http::{Connection, Head, Reply, date};
use crate::state::Shared;

/// Where redirects lead. A client that follows one is on record with this path.
pub(crate) const REDIRECTED: &str = "/redirected";

/// What became of a connection.
pub(crate) enum Played {
    /// To be sent as any other reply.
    Reply(Reply),
    /// Nothing more is to be sent.
    Gone,
}

impl Fault {
    /// Ends a connection whose request's body was not read.
    pub(crate) async fn break_off(&self, mut connection: Connection, shared: &Shared, head: &Head) {
        self.note(shared, head);
        match &self.kind {
            Kind::Refuse => connection.close().await,
            Kind::Early(early) => {
                let reply = match early {
                    Early::TooLarge => Reply::text(413, "too large"),
                    Early::TooMany => Reply::text(429, "too many").with("retry-after", "1"),
                    Early::Code(code) => Reply::json(200, &json!({ "ok": false, "error": code })),
                };
                // Closed with the body unread, as many servers do: the system makes that a reset.
                let _ = connection.reply(&reply, &head.verb, false).await;
            }
            _ => connection.reset(),
        }
    }

    /// Does what the fault is about. `real` is the call's own reply, if it was carried out.
    pub(crate) async fn play(
        &self,
        connection: &mut Connection,
        shared: &Shared,
        head: &Head,
        real: Option<Reply>,
    ) -> Played {
        self.note(shared, head);
        // A call that was not carried out must not be said to be ok, not even byte by byte to somebody patient.
        let reply = real.unwrap_or_else(|| {
            Reply::json(200, &json!({ "ok": false, "error": "internal_error" }))
        });
        let ended = match &self.kind {
            Kind::Refuse | Kind::ResetBefore | Kind::Early(_) => {
                unreachable!("these strike before the body")
            }
            Kind::Status(status @ ..200) => {
                let head = format!("HTTP/1.1 {status} Status\r\n\r\n");
                connection.write(head.as_bytes()).await
            }
            Kind::ResetAfter => {
                connection.reset_on_drop();
                Ok(())
            }
            Kind::CloseAfter => Ok(()),
            Kind::CutHead => connection.write(&reply.head(false).as_bytes()[..40]).await,
            Kind::Cut => {
                let half = &reply.body[..reply.body.len() / 2];
                connection
                    .write(&[reply.head(false).as_bytes(), half].concat())
                    .await
            }
            Kind::Silence => {
                connection.wait_for_end().await;
                Ok(())
            }
            Kind::Slow { head_too } => {
                let start = reply.head(false).into_bytes();
                let whole = [&start[..], &reply.body].concat();
                let at_once = if *head_too { 0 } else { start.len() };
                trickle(connection, &whole[..at_once], &whole[at_once..]).await
            }
            Kind::Endless => {
                let start = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{\"ok\":true,\"x\":\"";
                flood(connection, start, u64::MAX).await
            }
            Kind::Gigantic => {
                let length = 8_u64 << 30;
                let start = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
                );
                flood(connection, &start, length).await
            }
            kind => return Played::Reply(kind.reply(shared, reply)),
        };
        if ended.is_ok() && !matches!(self.kind, Kind::ResetAfter | Kind::Silence) {
            connection.shut_down().await;
        }
        Played::Gone
    }

    fn note(&self, shared: &Shared, head: &Head) {
        let path = head.path.strip_prefix("/api/").unwrap_or(&head.path);
        shared
            .state()
            .note(format!("{} {path} fault {}", head.verb, self.text));
    }
}

impl Kind {
    /// The reply of a fault that is no more than a reply.
    fn reply(&self, shared: &Shared, real: Reply) -> Reply {
        match self {
            Kind::Late(_) => Reply::text(504, "upstream request timeout"),
            Kind::Status(status @ (204 | 205 | 304)) => Reply::new(*status, "", ""),
            Kind::Status(status) => {
                let reply = Reply::text(*status, "accepted\n");
                match status {
                    300.. => reply.with("location", format!("{}{REDIRECTED}", shared.public)),
                    _ => reply,
                }
            }
            Kind::Gzip => {
                let mut coder = GzEncoder::new(Vec::new(), Compression::fast());
                let coded = coder.write_all(&real.body).and_then(|()| coder.finish());
                let body = coded.expect("memory does not fail");
                Reply {
                    body: body.into(),
                    ..real.with("content-encoding", "gzip")
                }
            }
            Kind::Nested => Reply::new(200, "application/json", vec![b'['; 1_000_000]),
            Kind::Redirect(status) => Reply::text(*status, "elsewhere\n")
                .with("location", format!("{}{REDIRECTED}", shared.public)),
            Kind::Html(status) => {
                let html = format!(
                    "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
                );
                Reply::new(*status, "text/html; charset=utf-8", html)
            }
            Kind::StreamTimeout => Reply::text(408, "stream timeout"),
            Kind::TooMany { shape, retry_after } => {
                let reply = match shape {
                    Shape::Json => {
                        Reply::json(429, &json!({ "ok": false, "error": "ratelimited" }))
                    }
                    Shape::Text => {
                        Reply::text(429, "You are sending too many requests. Please relax.")
                    }
                    Shape::Envoy => Reply::new(429, "", "").with("x-envoy-ratelimited", "true"),
                };
                let ahead = |seconds| date(SystemTime::now() + Duration::from_secs(seconds));
                match retry_after.as_deref() {
                    None => reply,
                    Some("date") => reply.with("retry-after", ahead(30)),
                    Some("past") => reply.with(
                        "retry-after",
                        date(SystemTime::now() - Duration::from_secs(3600)),
                    ),
                    Some(value) => reply.with("retry-after", value),
                }
            }
            Kind::Plain(content_type, body) => Reply::new(200, content_type, *body),
            Kind::Code(code) => Reply::json(200, &json!({ "ok": false, "error": code })),
            Kind::Control => {
                let message = "[ERROR] \u{1b}]0;title\u{7}\r\nforged line\u{202e}";
                let code = "odd\u{1b}[31m_code\r\n\u{0}";
                Reply::json(
                    200,
                    &json!({ "ok": false, "error": code, "response_metadata": { "messages": [message] } }),
                )
            }
            Kind::Warnings => {
                let mut json: serde_json::Value =
                    serde_json::from_slice(&real.body).unwrap_or_default();
                json["warning"] = "superfluous_charset,first_warning".into();
                json["response_metadata"] = json!({ "warnings": ["superfluous_charset", "second_warning"], "messages": ["[WARN] a message"] });
                Reply::json(real.status, &json)
            }
            Kind::Bare => match serde_json::from_slice::<serde_json::Value>(&real.body) {
                Ok(json) if json["ok"] == true => Reply::json(200, &json!({ "ok": true })),
                _ => real,
            },
            _ => real,
        }
    }
}

/// Sends the rest at one byte a second.
async fn trickle(connection: &mut Connection, at_once: &[u8], rest: &[u8]) -> std::io::Result<()> {
    connection.write(at_once).await?;
    for byte in rest {
        connection.write(&[*byte]).await?;
        sleep(Duration::from_secs(1)).await;
    }
    Ok(())
}

/// Sends so many bytes after `start`, for as long as the client reads.
async fn flood(connection: &mut Connection, start: &str, mut length: u64) -> std::io::Result<()> {
    let block = vec![b' '; 64 << 10];
    connection.write(start.as_bytes()).await?;
    while length > 0 {
        let part = length.min(block.len() as u64);
        connection.write(&block[..part as usize]).await?;
        length -= part;
        // One thread serves everybody: let the others have their turn.
        tokio::task::yield_now().await;
    }
    Ok(())
}
