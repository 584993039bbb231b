//! The way to Slack, or to an emulator in its place: which token, which address.

use std::env;
use std::fs::{self, File};
use std::future::Future;
use std::io::Read;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use headshot_emulator::Emulator;
use headshot_upload::{Client, Error, Pace, RetryPolicy, Settings, Token};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::args::SlackArgs;
use crate::console;
use crate::failure::Failure;

/// The longest token file that is read: many times the length of any token.
const LONGEST_TOKEN: u64 = 4096;

/// The longest wait that Slack can impose on somebody who sits before a prompt. Beyond it they are told when to come
/// back.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a call may take before somebody who sits before a terminal is told that it is still under way.
const UNREMARKABLE: Duration = Duration::from_secs(5);

/// A client, what it runs on, and the emulator that it talks to, if it does.
pub(crate) struct Slack {
    pub(crate) client: Client,
    pub(crate) base_url: String,
    runtime: Runtime,
    emulator: Option<Emulator>,
}

impl Slack {
    /// Checks token and address, and sends nothing. Every failure here means that nothing could be started.
    pub(crate) fn new(args: &SlackArgs) -> Result<Slack, Failure> {
        let emulator = match args.emulator {
            true => Some(start_emulator()?),
            false => None,
        };
        let (token, base_url) = match &emulator {
            // The user's own token has no business in an emulator.
            Some(emulator) => (emulator.token().to_owned(), emulator.base_url()),
            None => (token(args.token_file.as_deref())?, args.base_url.clone()),
        };
        let settings = Settings {
            base_url,
            retry: RetryPolicy {
                longest_wait: PATIENCE,
                ..RetryPolicy::default()
            },
            pace: match emulator {
                Some(_) => Pace::unlimited(),
                None => Pace::default(),
            },
            ..Settings::default()
        };
        Slack::with(Token::new(token)?, settings, emulator)
    }

    /// For many people, one after the other: `token` is the first one's, and [`speak_for`](Slack::speak_for) takes the
    /// next. They share one pace, because Slack counts by app and workspace, and nobody sits before a prompt.
    pub(crate) fn for_many(base_url: &str, token: Token) -> Result<Slack, Failure> {
        let settings = Settings {
            base_url: base_url.to_owned(),
            pace: match base_url.starts_with("http://") {
                // Only this machine is spoken to without TLS, so it is not Slack; it says itself what is too much.
                true => Pace::unlimited(),
                false => Pace::default(),
            },
            ..Settings::default()
        };
        Slack::with(token, settings, None)
    }

    /// From now on the calls are this person's.
    pub(crate) fn speak_for(&mut self, token: Token) {
        self.client = self.client.with_token(token);
    }

    fn with(
        token: Token,
        settings: Settings,
        emulator: Option<Emulator>,
    ) -> Result<Slack, Failure> {
        let client = Client::with(token, &settings)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::io("internal", "no network runtime", &error))?;
        Ok(Slack {
            client,
            base_url: settings.base_url,
            runtime,
            emulator,
        })
    }

    /// Makes a call and waits for it.
    pub(crate) fn wait<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        let done = self.runtime.block_on(async {
            let mut call = pin!(call);
            if console::is_watched() {
                if let Ok(done) = timeout(UNREMARKABLE, &mut call).await {
                    return done;
                }
                // Why is not known out here, and the limits are the likeliest reason.
                let text = "still waiting: the network is slow, or a limit on calls a minute has been reached";
                console::remark(text);
            }
            call.await
        });
        done.map_err(Failure::from)
    }

    /// Whether the server is the emulator inside this program, which forgets everything when it ends.
    pub(crate) fn forgets(&self) -> bool {
        self.emulator.is_some()
    }

    /// Who is being called, for people.
    pub(crate) fn whom(&self) -> String {
        match &self.emulator {
            Some(_) => format!("{} (the emulator)", self.base_url),
            None => self.base_url.clone(),
        }
    }
}

fn start_emulator() -> Result<Emulator, Failure> {
    Emulator::start().map_err(|error| Failure::io("emulator", "the emulator cannot start", &error))
}

/// The token of `--token-file`, else of `SLACK_TOKEN`.
fn token(file: Option<&Path>) -> Result<String, Failure> {
    if let Some(file) = file {
        return from_file(file);
    }
    match env::var("SLACK_TOKEN") {
        Ok(token) if !token.is_empty() => Ok(token),
        Err(env::VarError::NotUnicode(_)) => Err(Failure::new(
            "no_token",
            "the token in SLACK_TOKEN is no text",
        )),
        _ => Err(Failure::new("no_token", "there is no token")
            .with_hint("set SLACK_TOKEN, or name a file with --token-file; --emulator needs none")),
    }
}

/// The token that a file holds.
pub(crate) fn from_file(file: &Path) -> Result<String, Failure> {
    let unreadable = |error| {
        let failure = Failure::io("no_token", "the token file cannot be read", &error);
        failure.with_hint("a token file holds the token and nothing else")
    };
    warn_if_others_can_read(file);
    // Room for all of it at once: a buffer that grows leaves copies of the secret behind.
    let mut bytes = Vec::with_capacity(LONGEST_TOKEN as usize + 1);
    File::open(file)
        .and_then(|file| file.take(LONGEST_TOKEN + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST_TOKEN {
        return Err(Failure::new(
            "no_token",
            format!("the token file has more than {LONGEST_TOKEN} bytes: that is no token"),
        ));
    }
    let mut token = String::from_utf8(bytes)
        .map_err(|_| Failure::new("no_token", "the token file is no text"))?;
    if token.ends_with('\n') {
        token.pop();
        if token.ends_with('\r') {
            token.pop();
        }
    }
    Ok(token)
}

/// On systems where that can be told.
fn warn_if_others_can_read(file: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let Ok(metadata) = fs::metadata(file) else {
            return;
        };
        let mode = metadata.permissions().mode() & 0o777;
        if metadata.is_file() && mode & 0o044 != 0 {
            let text = format!("other users can read this token (mode {mode:03o}): chmod 600 it");
            console::warning(Some(file), &text);
        }
    }
}
