//! What each connection goes through: request, fault, route, reply.

use std::future::pending;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::form::{self, Form};
use crate::http::{Body, Connection, Head, Reply};
use crate::photo::{SIDES, png, silhouette};
use crate::play::{self, Played};
use crate::record::Request;
use crate::refusal::Refusal;
use crate::state::Shared;
use crate::{api, injection, oauth, page, proxy, scim};

/// Answers the requests of one connection, one after the other.
pub(crate) async fn serve(stream: TcpStream, shared: &Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection::new(stream, shared.settings.idle);
    let mut idle_close = None;
    loop {
        let Some(head) = next_head(&mut connection, shared, idle_close).await else {
            return;
        };
        let head = match head {
            Ok(Some(head)) => head,
            Ok(None) => return,
            Err(status) => {
                let _ = connection
                    .reply(
                        &Reply::text(status, "this is not an HTTP request\n"),
                        "GET",
                        false,
                    )
                    .await;
                return connection.close().await;
            }
        };
        let fault = injection::claim(shared, &head);
        idle_close = fault.as_ref().and_then(Fault::idle_close);
        if let Some(fault) = fault.as_ref().filter(|fault| fault.is_before_body()) {
            record(shared, &head, &Form::default(), Bytes::new());
            return fault.break_off(connection, shared, &head).await;
        }
        let (reply, whole) = match connection.read_body(&head, shared.settings.max_body).await {
            Body::Whole(body) => match answer(shared, &mut connection, &head, body, fault).await {
                Some(reply) => (reply, true),
                None => return,
            },
            Body::Cut => (api::cut_short(shared, &head), false),
            Body::TooLong => {
                let max = shared.settings.max_body;
                (
                    Reply::text(413, format!("a body of at most {max} bytes is taken\n")),
                    false,
                )
            }
            Body::Malformed => (
                Reply::text(400, "the chunks of the body are malformed\n"),
                false,
            ),
        };
        let keep_alive = whole && head.keep_alive;
        if connection
            .reply(&reply, &head.verb, keep_alive)
            .await
            .is_err()
        {
            return;
        }
        if !keep_alive {
            return connection.close().await;
        }
    }
}

/// The head of the next request; `None` where the connection is to be closed before it comes: because a fault says so, or
/// because it is idle and another needs its place.
async fn next_head(
    connection: &mut Connection,
    shared: &Shared,
    idle_close: Option<Duration>,
) -> Option<Result<Option<Head>, u16>> {
    let seat = connection.is_idle().then(|| shared.idle.sit_down());
    let sent_away = async {
        match &seat {
            Some(seat) => seat.sent_away().await,
            None => pending().await,
        }
    };
    let closed = async {
        match idle_close {
            Some(after) => sleep(after).await,
            None => pending().await,
        }
    };
    tokio::select! {
        biased;
        head = connection.read_head() => Some(head),
        () = sent_away => None,
        () = closed => None,
    }
}

/// The reply to a whole request; `None` when a fault has dealt with the connection itself.
async fn answer(
    shared: &Arc<Shared>,
    connection: &mut Connection,
    head: &Head,
    body: Bytes,
    fault: Option<Fault>,
) -> Option<Reply> {
    let (form, refusal) = form::parse(head, &body).await;
    record(shared, head, &form, body.clone());
    let Some(fault) = fault else {
        return Some(route(shared, head, form, refusal, body).await);
    };
    if let Some(wait) = fault.is_late() {
        let (later, again) = (Arc::clone(shared), head.clone());
        tokio::spawn(async move {
            sleep(wait).await;
            route(&later, &again, form, refusal, body).await;
        });
        return match fault.play(connection, shared, head, None).await {
            Played::Reply(reply) => Some(reply),
            Played::Gone => None,
        };
    }
    let real = if fault.is_applied() {
        Some(route(shared, head, form, refusal, body).await)
    } else {
        None
    };
    match fault.play(connection, shared, head, real).await {
        Played::Reply(reply) => Some(reply),
        Played::Gone => None,
    }
}

fn record(shared: &Shared, head: &Head, form: &Form, body: Bytes) {
    let request = Request {
        verb: head.verb.clone(),
        path: head.path.clone(),
        query: head.query.clone(),
        headers: head.headers.clone(),
        fields: form.fields.clone(),
        body,
        authorization: head.authorization.clone(),
    };
    if request.path == play::REDIRECTED {
        let line = format!(
            "{} {}, so a redirect was followed",
            request.verb, request.path
        );
        shared.state().note(line);
    }
    // A page and its pictures are not calls, and would push calls out of the record.
    if ["/api/", "/scim/"]
        .iter()
        .any(|start| request.path.starts_with(start))
        || request.verb != "GET"
        || request.path == play::REDIRECTED
    {
        shared
            .state()
            .requests
            .push(request.body.len() + 1024, request);
    }
}

async fn route(
    shared: &Arc<Shared>,
    head: &Head,
    form: Form,
    refusal: Option<Refusal>,
    body: Bytes,
) -> Reply {
    if !host_is_ours(shared, head) {
        return Reply::text(
            403,
            "the Host header names another host: this emulator serves its own machine only\n",
        );
    }
    if let Some(method) = head.path.strip_prefix("/api/") {
        return api::answer(shared, method, head, form, refusal).await;
    }
    if head.path.starts_with("/scim/") {
        return scim::answer(shared, head, &body).await;
    }
    if head.path == "/oauth/v2/authorize" {
        return oauth::consent::answer(shared, head, &form);
    }
    if !matches!(head.verb.as_str(), "GET" | "HEAD") {
        return Reply::text(405, "only /api/ and /scim/ take anything but GET\n")
            .with("allow", "GET, HEAD");
    }
    let missing = || Reply::text(404, "nothing here\n");
    match head.path.as_str() {
        "/" => page::html(shared),
        "/page.css" => page::css(),
        "/root.pem" if shared.settings.proxy.is_some() => {
            Reply::new(200, "application/x-pem-file", proxy::ROOT)
        }
        path => match path.strip_prefix("/avatars/") {
            Some(file) => avatar(shared, file).await.unwrap_or_else(missing),
            None => missing(),
        },
    }
}

/// Whether the request was meant for this machine. On loopback, a web page that has its own name resolve to 127.0.0.1
/// would otherwise read the photo and the log (DNS rebinding).
fn host_is_ours(shared: &Shared, head: &Head) -> bool {
    let Some(host) = head
        .header("host")
        .filter(|_| shared.settings.host.is_loopback())
    else {
        return true;
    };
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let name = name
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || (shared.settings.proxy.is_some() && proxy::is_ours(&name))
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// A picture by its file name, `HASH_SIDE.EXT` or `HASH_original.EXT`. A replaced photo's pictures are gone.
/// An animated one is also there as a still, with the extension `png`.
async fn avatar(shared: &Arc<Shared>, file: &str) -> Option<Reply> {
    let (stem, extension) = file.rsplit_once('.')?;
    let (hash, size) = stem.split_once('_')?;
    let side = SIDES.into_iter().find(|side| side.to_string() == size);
    let photo = {
        let state = shared.state();
        let user = state
            .worlds()
            .flat_map(|world| &world.users)
            .find(|user| user.avatar_hash() == hash)?;
        user.photo.as_ref().map(|(_, photo)| Arc::clone(photo))
    };
    let (content_type, bytes) = match (photo, side) {
        (Some(photo), None) if size == "original" && extension == photo.seen.format.extension() => {
            (photo.seen.format.content_type(), photo.bytes.clone())
        }
        (Some(photo), Some(side)) if extension == "png" || extension == photo.extension(side) => {
            let moving = extension == "gif";
            let bytes = tokio::task::spawn_blocking(move || photo.picture(side, moving))
                .await
                .ok()?
                .ok()?;
            (if moving { "image/gif" } else { "image/png" }, bytes)
        }
        (None, Some(side)) if extension == "png" && side < 1024 => {
            ("image/png", png(silhouette(hash, side)).ok()?)
        }
        _ => return None,
    };
    let reply = Reply::new(200, content_type, bytes)
        .with("cache-control", "public, max-age=31536000, immutable");
    Some(reply.with("x-content-type-options", "nosniff"))
}
