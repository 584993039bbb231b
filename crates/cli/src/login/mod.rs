//! `login`: the user allows the app in a browser, and headshot keeps the tokens that it gets.

pub(crate) mod app_manifest;
pub(crate) mod args;
mod callback;
pub(crate) mod logout;
mod page;
mod pasted;
mod replaced;

use std::env;
use std::time::Duration;

use headshot_upload::oauth::{self, NoCode, Secret};
use headshot_upload::{Class, Client, Settings, Token};
use tokio::runtime::Runtime;
use tokio::time::sleep;

use crate::login::args::LoginArgs;
use crate::slack::error::failure;
use crate::slack::kept::{self, Login};
use crate::slack::network::Network;
use crate::slack::person::Owner;
use crate::slack::refresh::settings;
use crate::slack::runtime::runtime;
use crate::terminal::console::{self, Console};
use crate::terminal::escape;
use crate::terminal::exit::Exit;
use crate::terminal::failure::Failure;
use crate::terminal::opener;

use callback::{Answer, Browser, Callback};

/// What `set`, `profile` and `delete` need, and nothing else.
const SCOPES: [&str; 2] = ["users.profile:read", "users.profile:write"];

/// The kind of a failed login.
const NOT_SIGNED_IN: &str = "not_signed_in";

fn redirect_uri(port: u16) -> String {
    format!("http://localhost:{port}/callback")
}

pub(crate) fn run(args: &LoginArgs, console: &mut Console) -> Result<Exit, Failure> {
    let client_id = client_id(args)?;
    let network = Network::untraced(args.proxy.as_deref())?;
    network.announce(&[&args.base_url]);
    let settings = settings(&network, &args.base_url);
    let app = oauth::Client::with(&client_id, &settings).map_err(failure)?;
    let runtime = runtime()?;
    let callback = runtime.block_on(Callback::bind(args.port))?;
    let question = app
        .login(&redirect_uri(callback.port), &SCOPES)
        .map_err(failure)?;
    let is_opened = !args.no_open && opener::open(question.address().as_ref()).is_ok();
    console::remark(if is_opened {
        "your browser opens Slack's page; if it does not, open this address and choose Allow:"
    } else {
        "open this address in a browser, and choose Allow:"
    });
    console::plain(question.address());
    console::remark("if the browser cannot come back here, paste the address that it ended up at");
    let (code, browser) = runtime.block_on(answer(callback, &question, args.wait));
    let done = code.and_then(|code| {
        let login = exchange(&app, &question, &code, &client_id, &settings, &runtime)?;
        keep(&login, &settings, &runtime)?;
        Ok(login)
    });
    if let Some(browser) = browser {
        let who = done.as_ref().map(Login::who);
        let who = who.as_deref().map_err(|failure| failure.message.as_str());
        runtime.block_on(browser.show(who));
    }
    match done {
        Ok(login) => {
            console.labeled("login", &login.who());
            console.labeled("may", &SCOPES.join(", "));
            let file = escape::name(&login.file()?);
            let life = match login.left() {
                Some(left) => format!("{}, renewed as needed", in_words(left)),
                None => "until they are revoked".to_owned(),
            };
            console.labeled("kept", &format!("{file} (good for {life})"));
            Ok(Exit::Done)
        }
        Err(failure) => {
            console::failed(None, &failure);
            Ok(Exit::Failed)
        }
    }
}

/// `12 h`, `3 min`.
fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds >= 7200 => format!("{} h", seconds / 3600),
        seconds => format!("{} min", seconds / 60),
    }
}

/// The ID from the argument, the variable, or an earlier login.
fn client_id(args: &LoginArgs) -> Result<String, Failure> {
    if let Some(id) = &args.client_id {
        return Ok(id.clone());
    }
    match env::var("HEADSHOT_CLIENT_ID") {
        Ok(id) if !id.is_empty() => {
            return args::client_id(&id).map_err(|problem| {
                Failure::usage("HEADSHOT_CLIENT_ID does not hold a client ID").with_hint(problem)
            });
        }
        _ => {}
    }
    if let Some(login) = kept::all(&args.base_url)?.logins.pop() {
        return Ok(login.client_id);
    }
    let message = "there is no client ID, which says which app to sign in to";
    let hint = "give --client-id ID, from your app's page under Basic Information; headshot app-manifest shows how to make an app";
    Err(Failure::usage(message).with_hint(hint))
}

/// Whichever comes first: the browser, a pasted address, or the end of the wait.
async fn answer(
    callback: Callback,
    question: &oauth::Login,
    wait: Duration,
) -> (Result<Secret, Failure>, Option<Browser>) {
    let mut lines = pasted::lines();
    let mut is_open = true;
    let mut late = std::pin::pin!(sleep(wait));
    let mut came = std::pin::pin!(callback.answer(question));
    loop {
        tokio::select! {
            Answer { code, browser } = &mut came => return (code.map_err(refused), Some(browser)),
            line = lines.recv(), if is_open => {
                let Some(line) = line else {
                    is_open = false;
                    continue;
                };
                // Chats and terminals put quotes around addresses.
                let around = |c: char| c.is_whitespace() || "\"'`<>".contains(c);
                match question.code(line.expose().trim_matches(around)) {
                    Err(NoCode::NoAnswer) => {
                        console::remark("that address holds no answer: paste all of it, from http to the end");
                    }
                    Err(NoCode::WrongState) => {
                        console::remark("that address answers another login: paste the newest one");
                    }
                    code => return (code.map_err(refused), None),
                }
            }
            () = &mut late => {
                let message = format!("no answer came within {} s", wait.as_secs());
                let hint = "run headshot login again, and choose Allow in the browser; --wait TIME waits longer";
                return (Err(Failure::new(NOT_SIGNED_IN, message).with_hint(hint)), None);
            }
        }
    }
}

fn refused(why: NoCode) -> Failure {
    let hint = match &why {
        NoCode::Denied(code) if code == "access_denied" => {
            "nothing was changed; run headshot login again if you did not mean to say no"
        }
        NoCode::Denied(_) => {
            "nothing was changed; ask an administrator of the workspace whether it allows this app"
        }
        _ => "nothing was changed; run headshot login again, and use the newest address",
    };
    Failure::new(NOT_SIGNED_IN, why.to_string()).with_hint(hint)
}

/// Gets tokens for a code, and asks whose they are.
fn exchange(
    app: &oauth::Client,
    question: &oauth::Login,
    code: &Secret,
    client_id: &str,
    settings: &Settings,
    runtime: &Runtime,
) -> Result<Login, Failure> {
    let asked = kept::now();
    let grant = runtime
        .block_on(app.exchange(question, code))
        .map_err(|error| {
            let is_open = error.class() == Class::OutcomeUnknown;
            let failure = failure(error);
            // The usual hint is about photos.
            if is_open {
                failure.with_hint("run headshot login again")
            } else {
                failure
            }
        })?
        .value;
    let token = Token::new(grant.access_token.expose().to_owned()).map_err(failure)?;
    let client = Client::with(token, settings).map_err(failure)?;
    let owner = runtime.block_on(client.auth_test()).map_err(failure);
    let owner = owner.and_then(Owner::of).and_then(|owner| {
        owner.must_write()?;
        Ok(owner)
    });
    match owner {
        Ok(owner) => {
            if owner.may("users.profile:read") == Some(false) {
                let text = "the app lacks the scope users.profile:read: headshot cannot keep a photo before it replaces it";
                console::warning(None, text);
            }
            Ok(Login::new(
                &settings.base_url,
                client_id,
                &owner,
                grant,
                asked,
            ))
        }
        Err(failure) => {
            give_up(&client, runtime);
            Err(failure)
        }
    }
}

/// Saves it, in place of an earlier login of the same person, whose tokens are revoked.
fn keep(login: &Login, settings: &Settings, runtime: &Runtime) -> Result<(), Failure> {
    let saved = login.hold().and_then(|held| {
        let before = held.read();
        held.save(login).map(|()| before)
    });
    let before = saved.map_err(|failure| {
        let client = Client::with(
            match login.token() {
                Ok(token) => token,
                Err(failure) => return failure,
            },
            settings,
        );
        if let Ok(client) = client {
            give_up(&client, runtime);
        }
        let message = format!(
            "the tokens cannot be saved, so they were revoked: {}",
            failure.message
        );
        Failure { message, ..failure }
    })?;
    replaced::end(before, login, settings, runtime)
}

/// Revokes tokens that cannot be kept. If that fails, nobody has them either.
fn give_up(client: &Client, runtime: &Runtime) {
    let _ = runtime.block_on(client.revoke());
}
