//! The listening thread, and what each connection goes through.

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};

use crate::http::{Body, Connection, Head, Reply};
use crate::photo::{SIDES, png, silhouette};
use crate::record::{Recent, Request};
use crate::world::World;
use crate::{Settings, api, form, token};

/// Connections served at once; more wait.
const MAX_CONNECTIONS: usize = 256;
/// Workspaces kept, one for each label in a token.
const MAX_WORLDS: usize = 256;

/// A running emulator. Dropping it stops it and frees its port.
#[derive(Debug)]
pub struct Emulator {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What all connections share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) origin: String,
    state: Mutex<State>,
}

pub(crate) struct State {
    /// By the label of the token; each with the count of requests when it was last used.
    worlds: HashMap<String, (u64, World)>,
    requests: Recent<Request>,
    pub(crate) log: Recent<String>,
    /// Counts whatever must be told apart: workspaces' uses, uploads.
    pub(crate) ticks: u64,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl State {
    /// The workspace of this name, made when it is first asked for; the one unused for longest makes room.
    pub(crate) fn world(&mut self, name: &str, members: usize) -> &mut World {
        self.ticks += 1;
        if !self.worlds.contains_key(name) && self.worlds.len() >= MAX_WORLDS {
            let oldest = self
                .worlds
                .iter()
                .filter(|(name, _)| !name.is_empty())
                .min_by_key(|(_, (used, _))| *used);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                self.worlds.remove(&oldest);
            }
        }
        let (used, world) = self
            .worlds
            .entry(name.to_owned())
            .or_insert_with(|| (0, World::new(members)));
        *used = self.ticks;
        world
    }
}

impl Emulator {
    /// Starts an emulator with the default [`Settings`] on a free port of 127.0.0.1, on a thread of its own.
    ///
    /// # Errors
    /// When no socket can be had.
    pub fn start() -> io::Result<Emulator> {
        Emulator::with(Settings::default())
    }

    /// Starts an emulator with these settings.
    ///
    /// # Errors
    /// When the address cannot be listened on: choose another port.
    pub fn with(settings: Settings) -> io::Result<Emulator> {
        let listener = TcpListener::bind((settings.host, settings.port))?;
        listener.set_nonblocking(true)?;
        let origin = format!("http://{}", listener.local_addr()?);
        let state = State {
            worlds: HashMap::from([(String::new(), (0, World::new(settings.members)))]),
            requests: Recent::new(1000, 64 << 20),
            log: Recent::new(1000, 1 << 20),
            ticks: 0,
        };
        let shared = Arc::new(Shared {
            settings,
            origin,
            state: Mutex::new(state),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("headshot-emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = accept(listener, for_thread) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Emulator {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL for a client, as `http://127.0.0.1:40123/api/`.
    pub fn base_url(&self) -> String {
        format!("{}/api/", self.shared.origin)
    }

    /// The URL of the page that shows the photo and the log.
    pub fn page_url(&self) -> String {
        format!("{}/", self.shared.origin)
    }

    /// A user's token with every scope.
    pub fn token(&self) -> &str {
        token::DEFAULT
    }

    /// What was received, oldest first: the last 1000 requests, at most 64 MiB of them.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.state().requests.all()
    }

    /// The log, oldest first: a line for each call and each event, the last 1000. No token is in it.
    pub fn log(&self) -> Vec<String> {
        self.shared.state().log.all()
    }

    /// Blocks for as long as the emulator runs: until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(_) => return,
    };
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    serve(stream, shared).await;
                    drop(place);
                });
            }
            // Out of file descriptors, or the client has gone again: neither ends the server.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

/// Answers the requests of one connection.
async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut connection = Connection::new(stream, shared.settings.idle);
    loop {
        let head = match connection.read_head().await {
            Ok(Some(head)) => head,
            Ok(None) => return,
            Err(status) => {
                let _ = connection
                    .reply(
                        &Reply::text(status, "this is no HTTP request\n"),
                        "GET",
                        false,
                    )
                    .await;
                return connection.close().await;
            }
        };
        let (reply, whole) = match connection.read_body(&head, shared.settings.max_body).await {
            Body::Whole(body) => (answer(&shared, &head, body).await, true),
            Body::Cut => (api::cut_short(&shared, &head), false),
            Body::TooLong => (
                Reply::text(
                    413,
                    format!(
                        "a body of at most {} bytes is taken\n",
                        shared.settings.max_body
                    ),
                ),
                false,
            ),
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

async fn answer(shared: &Arc<Shared>, head: &Head, body: bytes::Bytes) -> Reply {
    let (form, refusal) = form::parse(head, &body).await;
    let request = Request {
        verb: head.verb.clone(),
        path: head.path.clone(),
        query: head.query.clone(),
        headers: head.headers.clone(),
        fields: form.fields.clone(),
        body,
        authorization: head.authorization.clone(),
    };
    shared
        .state()
        .requests
        .push(request.body.len() + 1024, request);
    if let Some(method) = head.path.strip_prefix("/api/") {
        return api::answer(shared, method, head, form, refusal).await;
    }
    if !matches!(head.verb.as_str(), "GET" | "HEAD") {
        return Reply::text(405, "only /api/ takes anything but GET\n").with("allow", "GET, HEAD");
    }
    match head.path.strip_prefix("/avatars/") {
        Some(file) => avatar(shared, file)
            .await
            .unwrap_or_else(|| Reply::text(404, "no such picture\n")),
        None => Reply::text(404, "nothing here\n"),
    }
}

/// A picture by its file name, `HASH_SIDE.EXT` or `HASH_original.EXT`. A replaced photo's pictures are gone.
async fn avatar(shared: &Arc<Shared>, file: &str) -> Option<Reply> {
    let (stem, extension) = file.rsplit_once('.')?;
    let (hash, size) = stem.split_once('_')?;
    let side = SIDES.into_iter().find(|side| side.to_string() == size);
    let current = {
        let state = shared.state();
        let mut users = state.worlds.values().flat_map(|(_, world)| &world.users);
        let user = users.find(|user| user.avatar_hash() == hash)?;
        user.photo.as_ref().map(|(_, photo)| Arc::clone(photo))
    };
    let (content_type, bytes) = match (current, side) {
        (Some(photo), None) if size == "original" && extension == photo.seen.format.extension() => {
            (photo.seen.format.content_type(), photo.bytes.clone())
        }
        (Some(photo), Some(side)) if extension == photo.extension(side) => {
            let content_type = if photo.moves(side) {
                "image/gif"
            } else {
                "image/png"
            };
            (
                content_type,
                tokio::task::spawn_blocking(move || photo.picture(side))
                    .await
                    .ok()?
                    .ok()?,
            )
        }
        (None, Some(side)) if extension == "png" && side < 1024 => {
            ("image/png", png(silhouette(hash, side)).ok()?)
        }
        _ => return None,
    };
    Some(
        Reply::new(200, content_type, bytes)
            .with("cache-control", "public, max-age=31536000, immutable"),
    )
}
