//! The way to Slack, or to an emulator in its place: which token, which address.

pub(crate) mod admin;
pub(crate) mod choose;
pub(crate) mod error;
pub(crate) mod kept;
pub(crate) mod network;
pub(crate) mod person;
pub(crate) mod refresh;
pub(crate) mod runtime;
pub(crate) mod signed_in;
pub(crate) mod token;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use headshot_upload::{
    Client, Error, Photo, Profile, RateLimiter, Reply, RetryPolicy, Settings, Token, Upload, User,
};
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::args::SlackArgs;
use crate::emulator::Emulator;
use crate::terminal::console;
use crate::terminal::failure::Failure;
use crate::terminal::interrupt::{INTERRUPTED, Interrupt};
use admin::Admin;
use error::failure;
use network::Network;
use person::Owner;
use runtime::runtime;

/// The longest wait that Slack can impose on a user at a prompt. Beyond that, the error says when to come
/// back.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to check for Ctrl-C.
const ATTENTION: Duration = Duration::from_millis(100);

/// How long a call may take before a user at a terminal is told that it is still running.
const UNREMARKABLE: Duration = Duration::from_secs(5);

/// A client, what it runs on, and the emulator that it talks to, if it does.
pub(crate) struct Slack {
    pub(crate) client: Client,
    /// Whether photos of many people are sent: lost answers are settled while others are posted.
    is_many: bool,
    pub(crate) base_url: String,
    runtime: Runtime,
    emulator: Option<Emulator>,
    /// Set if photos go through SCIM.
    admin: Option<Admin>,
    /// The token's owner, if known, as it is for a login.
    owner: Option<Owner>,
    /// The way to Slack.
    network: Network,
}

impl Slack {
    /// Checks the token and the address, and sends only what a kept login needs. Every failure here means that nothing was started.
    pub(crate) fn new(args: &SlackArgs, network: &Network) -> Result<Slack, Failure> {
        Slack::for_one(args, RetryPolicy::default().settle, network)
    }

    /// The same for a photo; if its answer gets lost, the profile is watched for this long.
    pub(crate) fn for_one(
        args: &SlackArgs,
        settle: Duration,
        network: &Network,
    ) -> Result<Slack, Failure> {
        if !args.emulator {
            network.announce(&[&args.base_url]);
        }
        let emulator = if args.emulator {
            Some(start_emulator()?)
        } else {
            None
        };
        let (token, base_url, login) = match &emulator {
            // The emulator never gets the user's own token.
            Some(emulator) => {
                let token = Token::new(emulator.token().to_owned()).map_err(failure)?;
                (token, emulator.base_url(), None)
            }
            None => {
                let (token, login) = signed_in::token(args, network)?;
                (token, args.base_url.clone(), login)
            }
        };
        let settings = Settings {
            retry: RetryPolicy {
                longest_wait: PATIENCE,
                settle,
                ..RetryPolicy::default()
            },
            rate_limiter: match emulator {
                Some(_) => RateLimiter::unlimited(),
                None => RateLimiter::default(),
            },
            ..network.settings(&base_url)
        };
        let mut slack = Slack::with(token, settings, emulator, network)?;
        if let Some(login) = login {
            let (owner, login) = signed_in::owner(login, network, |token| {
                let client = slack.client.with_token(token);
                slack.wait(client.auth_test()).and_then(Owner::of)
            })?;
            slack.client = slack.client.with_token(login.token()?);
            slack.owner = Some(owner);
        }
        Ok(slack)
    }

    /// For many people, one after the other: `token` is the first one's, and [`speak_for`](Slack::speak_for) takes the
    /// next. They share one rate limiter, because Slack counts per app and workspace, and no user waits at a prompt.
    ///
    /// Slack may make a call wait for up to `max_wait`.
    pub(crate) fn for_many(
        base_url: &str,
        token: Token,
        max_wait: Duration,
        network: &Network,
    ) -> Result<Slack, Failure> {
        network.announce(&[base_url]);
        let pace = if base_url.starts_with("http://") {
            // Only loopback goes without TLS, so this is not Slack and needs no limit of ours.
            RateLimiter::unlimited()
        } else {
            RateLimiter::default()
        };
        Slack::paced(base_url, token, max_wait, pace, network)
    }

    /// The same at this pace.
    fn paced(
        base_url: &str,
        token: Token,
        max_wait: Duration,
        pace: RateLimiter,
        network: &Network,
    ) -> Result<Slack, Failure> {
        let settings = Settings {
            retry: RetryPolicy {
                longest_wait: max_wait,
                ..RetryPolicy::default()
            },
            rate_limiter: pace,
            ..network.settings(base_url)
        };
        Ok(Slack {
            is_many: true,
            ..Slack::with(token, settings, None, network)?
        })
    }

    /// `users.setPhoto`. For one person, it tries until the outcome is known; for many, a lost answer is
    /// a failure at once.
    ///
    /// `looked` is the profile from just before, so that it is not read twice; `Some(None)` if the token may not read it.
    pub(crate) fn set_photo(
        &self,
        photo: &Photo,
        looked: Option<Option<&Profile>>,
    ) -> Result<Reply<Option<Profile>>, Failure> {
        let upload = match looked {
            Some(profile) => Upload::new(photo, profile),
            None => self.wait(self.client.upload(photo))?,
        };
        if self.is_many {
            return self.wait(upload.post(&self.client, photo));
        }
        let interrupt = Interrupt::watch()?;
        self.block_on(async {
            let mut sending = pin!(upload.send(&self.client, photo));
            loop {
                match timeout(ATTENTION, &mut sending).await {
                    Ok(done) => return done.map_err(failure),
                    Err(_) if interrupt.is_raised() => return Err(interrupted()),
                    Err(_) => {}
                }
            }
        })
    }

    fn with(
        token: Token,
        settings: Settings,
        emulator: Option<Emulator>,
        network: &Network,
    ) -> Result<Slack, Failure> {
        let client = Client::with(token, &settings).map_err(failure)?;
        Ok(Slack {
            client,
            is_many: false,
            base_url: settings.base_url,
            runtime: runtime()?,
            owner: None,
            emulator,
            admin: None,
            network: network.clone(),
        })
    }

    /// The way to Slack, for calls about tokens.
    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    /// Makes a call and waits for it.
    pub(crate) fn wait<T>(
        &self,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        self.block_on(call).map_err(failure)
    }

    fn block_on<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(async {
            let mut call = pin!(call);
            if console::is_watched() {
                if let Ok(done) = timeout(UNREMARKABLE, &mut call).await {
                    return done;
                }
                // The reason is not known here; rate limits are the most likely one.
                let text = "still waiting: the network is slow, or a limit on calls a minute has been reached";
                console::remark(text);
            }
            call.await
        })
    }

    /// The base URL as journals record it.
    pub(crate) fn server(&self) -> &str {
        self.base_url.trim_end_matches('/')
    }

    /// Whose token it is.
    pub(crate) fn owner(&self) -> Result<Owner, Failure> {
        if let Some(owner) = &self.owner {
            return Ok(owner.clone());
        }
        self.wait(self.client.auth_test()).and_then(Owner::of)
    }

    /// Whose tokens these are, in their order. All are asked for at once.
    pub(crate) fn owners(&self, tokens: &[Token]) -> Vec<Result<Owner, Failure>> {
        let calls = tokens.iter().map(|token| {
            let client = self.client.with_token(token.clone());
            async move { client.auth_test().await }
        });
        let told = self.all(calls);
        let owner = |reply: Result<_, Error>| reply.map_err(failure).and_then(Owner::of);
        told.into_iter().map(owner).collect()
    }

    /// Who has these e-mail addresses, in their order.
    pub(crate) fn by_email(&self, token: &Token, emails: &[String]) -> Vec<Result<User, Failure>> {
        let calls = emails.iter().map(|email| {
            let client = self.client.with_token(token.clone());
            let email = email.clone();
            async move { client.user_by_email(&email).await }
        });
        let told = self.all(calls);
        let user =
            |reply: Result<Reply<User>, Error>| reply.map(|reply| reply.value).map_err(failure);
        told.into_iter().map(user).collect()
    }

    /// Makes calls concurrently, and gives their replies in the order of the calls.
    fn all<T: Send + 'static>(
        &self,
        calls: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
    ) -> Vec<T> {
        self.runtime.block_on(async {
            let calls: Vec<_> = calls.map(|call| self.runtime.spawn(call)).collect();
            let mut replies = Vec::with_capacity(calls.len());
            for call in calls {
                match call.await {
                    Ok(reply) => replies.push(reply),
                    // Nobody cancels it.
                    Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
                }
            }
            replies
        })
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

fn interrupted() -> Failure {
    let message = "interrupted before it was known whether the photo is set: it may be, or may still become so";
    let hint =
        "headshot profile shows what is there now; the next set looks for it before it posts";
    Failure::new(INTERRUPTED, message).with_hint(hint)
}

fn start_emulator() -> Result<Emulator, Failure> {
    Emulator::start().map_err(|error| Failure::io("emulator", "the emulator cannot start", &error))
}
