//! What the page can ask for: each address, what it takes and what it answers.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post, put};
use headshot_batch::choices::Choice;
use headshot_batch::{Failure, Hash};
use headshot_core::{Rotation, SideRange};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::answer::{self, Answer, Refusal};
use crate::avatar;
use crate::book::Refused;
use crate::guard::{self, Guard};
use crate::settings::{Photo, Work};
use crate::studio::Studio;
use crate::{assets, make_all};

/// Bytes of a request's body: many times a choice.
const LONGEST: usize = 64 << 10;

/// The side of a thumbnail that nobody has said the side of, in pixels.
const THUMB: u64 = 128;

/// A studio, and how many thumbnails are made at once.
#[derive(Clone)]
struct Shared {
    studio: Arc<Studio>,
    thumbs: Arc<Semaphore>,
}

/// All addresses.
pub(crate) fn router(studio: Arc<Studio>, guard: Guard, at_once: usize) -> Router {
    let shared = Shared {
        studio,
        thumbs: Arc::new(Semaphore::new(at_once)),
    };
    Router::new()
        .route("/", get(async || assets::index()))
        .route("/assets/{name}", get(asset))
        .route("/api/studio", get(about))
        .route("/api/photos", get(photos))
        .route("/api/photos/{id}", get(detail))
        .route("/api/photos/{id}/thumb", get(thumb))
        .route("/api/photos/{id}/photo", get(shown))
        .route("/api/photos/{id}/avatar", post(made))
        .route("/api/photos/{id}/choice", put(choose))
        .route("/api/photos/{id}/save", post(save))
        .route("/api/photos/{id}/set", post(set))
        .route("/api/make", get(progress).post(make))
        .route("/api/manifest", get(manifest))
        .route("/api/done", post(done))
        .fallback(async || answer::of(Err(assets::missing())))
        .layer(DefaultBodyLimit::max(LONGEST))
        .layer(middleware::from_fn_with_state(
            Arc::new(guard),
            guard::check,
        ))
        .with_state(shared)
}

async fn asset(Path(name): Path<String>) -> Answer {
    answer::of(assets::named(&name))
}

async fn about(State(shared): State<Shared>) -> Answer {
    let settings = &shared.studio.settings;
    let not = |reason: &str| json!({ "ready": false, "reason": reason });
    let (mode, out, slack, save) = match &settings.work {
        Work::One { save, set } => {
            let slack = match set {
                Ok(set) => json!({ "ready": true, "where": set.place }),
                Err(reason) => not(reason),
            };
            let save = match save {
                Ok(save) => json!({ "ready": true, "path": save.path }),
                Err(reason) => not(reason),
            };
            ("one", None, slack, save)
        }
        Work::Folder { out, .. } => {
            let one = "open one photo to set it: headshot studio PHOTO";
            ("many", Some(out), not(one), not("Make all makes them"))
        }
        Work::Manifest { .. } => {
            let all = "headshot set --manifest sets them";
            ("many", None, not(all), not(all))
        }
    };
    let revision = shared.studio.list.state().book.revision();
    answer::json(&json!({
        "mode": mode,
        "title": settings.title,
        "count": settings.photos.len(),
        "out": out,
        "manifest": matches!(settings.work, Work::Manifest { .. }),
        "slack": slack,
        "save": save,
        "smallest": SideRange::SLACK.min(),
        "largest": SideRange::SLACK.max(),
        "revision": revision,
        "version": env!("CARGO_PKG_VERSION"),
    }))
}

async fn photos(State(shared): State<Shared>, RawQuery(query): RawQuery) -> Answer {
    let since = number(query.as_deref(), "since");
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        studio.notice_changes();
        let mut state = studio.list.state();
        // Reports choices by other programs, too; a broken file is reported when the user chooses.
        let changed = state.book.look().unwrap_or_default();
        state.touch_named(&changed, &studio.settings.photos);
        Ok(answer::json(&state.told(&studio.settings.photos, since)))
    };
    run(shared, work).await
}

async fn detail(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let work = move |shared: &Shared| {
        let (id, photo) = photo(&shared.studio, &id)?;
        let rotate = rotation(query.as_deref())?;
        let told = avatar::detail(&shared.studio, id, photo, rotate)?;
        Ok(answer::json(&told))
    };
    run(shared, work).await
}

async fn thumb(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    // Scrolling on drops the connection, and with it the place in this queue.
    let Ok(_place) = Arc::clone(&shared.thumbs).acquire_owned().await else {
        return answer::of(Err(assets::missing()));
    };
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        let (id, photo) = photo(studio, &id)?;
        let side = number(query.as_deref(), "side").unwrap_or(THUMB);
        let side = u32::try_from(side).unwrap_or(u32::MAX);
        let chosen = studio.list.state().book.chosen(&photo.name).cloned();
        let chosen = chosen.map(|chosen| (chosen.photo, chosen.choice));
        let thumb = studio.thumbs.thumb(id, photo, side, chosen)?;
        Ok(answer::picture(thumb))
    };
    run(shared, work).await
}

async fn shown(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let work = move |shared: &Shared| {
        let (id, photo) = photo(&shared.studio, &id)?;
        let rotate = rotation(query.as_deref())?;
        let picture = avatar::shown(&shared.studio, id, photo, rotate)?;
        Ok(answer::picture(picture))
    };
    run(shared, work).await
}

/// What a request about one photo says.
#[derive(Deserialize)]
struct Asked {
    choice: Option<Choice>,
    #[serde(default)]
    draft: bool,
    /// The revision of the choices that the page has seen.
    revision: Option<u64>,
    /// The photo that the page shows.
    photo: Option<Hash>,
}

impl Asked {
    fn of(body: &[u8]) -> Result<Asked, Refusal> {
        serde_json::from_slice(body).map_err(|error| bad(&format!("not understood: {error}")))
    }

    fn choice(&self) -> Result<&Choice, Refusal> {
        self.choice
            .as_ref()
            .ok_or_else(|| bad("there is no choice"))
    }
}

async fn made(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Answer {
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        let (id, photo) = photo(studio, &id)?;
        let asked = Asked::of(&body)?;
        let opened = studio.open(id, photo)?;
        avatar::check(&opened, asked.photo)?;
        let told = avatar::told(studio, photo, &opened, asked.choice()?, asked.draft)?;
        Ok(answer::json(&told))
    };
    run(shared, work).await
}

async fn choose(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Answer {
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        let (id, photo) = photo(studio, &id)?;
        let asked = Asked::of(&body)?;
        let seen = asked.revision.ok_or_else(|| bad("there is no revision"))?;
        let hash = match asked.choice {
            // A choice that is taken back may be for a photo that is gone.
            None => Hash::of(b""),
            Some(ref choice) => {
                let opened = studio.open(id, photo)?;
                avatar::check(&opened, asked.photo)?;
                avatar::check_choice(&opened, photo, choice)?;
                opened.hash
            }
        };
        let mut state = studio.list.state();
        let chosen = state.book.choose(&photo.name, hash, asked.choice, seen);
        let revision = state.book.revision();
        let changed = match chosen {
            Ok(changed) => changed,
            Err(Refused::Failed(failure)) => return Err(failure.into()),
            Err(Refused::Newer(newer)) => {
                state.touch(id);
                let message = "another page has changed this choice meanwhile";
                return Err(Refusal {
                    status: StatusCode::CONFLICT,
                    body: json!({
                        "message": message,
                        "hint": "look at the newer one, and choose again",
                        "revision": revision,
                        "choice": newer,
                    }),
                });
            }
        };
        state.touch_named(&changed, &studio.settings.photos);
        Ok(answer::json(&json!({ "revision": revision })))
    };
    run(shared, work).await
}

async fn save(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Answer {
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        let (id, photo) = photo(studio, &id)?;
        let save = match &studio.settings.work {
            Work::One { save: Ok(save), .. } => save,
            Work::One { save: Err(why), .. } => return Err(bad(why)),
            _ => return Err(assets::missing()),
        };
        let asked = Asked::of(&body)?;
        let choice = asked.choice()?;
        let (_, avatar) = avatar::made(studio, id, photo, choice, asked.photo)?;
        (save.write)(&avatar)?;
        let words = headshot_report::words::made(&(&avatar).into());
        let message = format!("saved {}, {words}", save.path);
        Ok(answer::json(
            &json!({ "path": save.path, "message": message }),
        ))
    };
    run(shared, work).await
}

async fn set(State(shared): State<Shared>, Path(id): Path<String>, body: Bytes) -> Answer {
    let work = move |shared: &Shared| {
        let studio = &shared.studio;
        let (id, photo) = photo(studio, &id)?;
        let set = match &studio.settings.work {
            Work::One { set: Ok(set), .. } => set,
            Work::One { set: Err(why), .. } => return Err(bad(why)),
            _ => return Err(assets::missing()),
        };
        let asked = Asked::of(&body)?;
        let choice = asked.choice()?;
        let (bytes, _) = avatar::made(studio, id, photo, choice, asked.photo)?;
        let posted = (set.post)(bytes, &photo.options_by(choice))?;
        Ok(answer::json(&json!({
            "message": posted.message,
            "profile": { "avatar_hash": posted.avatar_hash, "image_512": posted.image_512 },
        })))
    };
    run(shared, work).await
}

async fn make(State(shared): State<Shared>) -> Answer {
    let work = |shared: &Shared| {
        make_all::begin(&shared.studio)?;
        Ok(answer::with(
            StatusCode::ACCEPTED,
            &shared.studio.making.told(),
        ))
    };
    run(shared, work).await
}

async fn progress(State(shared): State<Shared>) -> Answer {
    answer::json(&shared.studio.making.told())
}

async fn manifest(State(shared): State<Shared>) -> Answer {
    let work = |shared: &Shared| match &shared.studio.settings.work {
        Work::Manifest { export } => {
            let text = export()?;
            let kind = "text/csv; charset=utf-8";
            Ok(answer::typed(StatusCode::OK, kind, text.into()))
        }
        _ => Err(assets::missing()),
    };
    run(shared, work).await
}

async fn done(State(shared): State<Shared>) -> Answer {
    let is_running = shared.studio.making.is_running();
    shared.studio.end();
    let message = if is_running {
        "headshot studio finishes the avatars that it started, and then ends: you can close this page"
    } else {
        "headshot studio has ended: you can close this page"
    };
    answer::json(&json!({ "message": message }))
}

/// Does work outside the threads that answer, while background checks pause. A panic becomes an answer, too.
async fn run(
    shared: Shared,
    work: impl FnOnce(&Shared) -> Result<Answer, Refusal> + Send + 'static,
) -> Answer {
    let worked = tokio::task::spawn_blocking(move || {
        let _waiting = shared.studio.list.wait();
        answer::of(work(&shared))
    });
    worked.await.unwrap_or_else(|_| {
        let failure = Failure::new("internal", "this program panicked");
        let failure = failure.with_hint("please report this as a bug");
        answer::of(Err(failure.into()))
    })
}

fn bad(message: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, message, None)
}

/// The photo of a number. No path comes from a request.
fn photo<'a>(studio: &'a Studio, id: &str) -> Result<(usize, &'a Photo), Refusal> {
    let number = id.parse().ok();
    let found = number.and_then(|id| Some((id, studio.photo(id)?)));
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "there is no such photo", None))
}

/// A whole number in a query.
fn number(query: Option<&str>, name: &str) -> Option<u64> {
    let parts = query?.split('&').filter_map(|part| part.split_once('='));
    let mut values = parts.filter(|(key, _)| *key == name);
    values.next()?.1.parse().ok()
}

fn rotation(query: Option<&str>) -> Result<Rotation, Refusal> {
    let degrees = number(query, "rotate").unwrap_or_default();
    let rotation = u32::try_from(degrees).ok().and_then(Rotation::from_degrees);
    rotation.ok_or_else(|| bad(&format!("rotate is {degrees}: give {}", Rotation::WANTED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_queries() {
        assert_eq!(number(Some("side=11&seq=22"), "seq"), Some(22));
        assert_eq!(number(Some("side=11"), "seq"), None);
        assert_eq!(number(Some("side=x"), "side"), None);
        assert_eq!(number(None, "side"), None);
        assert!(matches!(rotation(Some("rotate=270")), Ok(Rotation::By270)));
        assert!(matches!(rotation(None), Ok(Rotation::None)));
        assert!(rotation(Some("rotate=45")).is_err());
    }
}
