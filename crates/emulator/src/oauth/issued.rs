//! What was issued: codes, access tokens and refresh tokens, in memory and bounded.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use crate::oauth::random;
use crate::token::{self, Grant};

/// How long a code is valid (RFC 6749, section 4.1.2, recommends ten minutes at most).
const CODE_LIFE: Duration = Duration::from_secs(10 * 60);

/// Of each kind; if there are more, all of that kind are forgotten.
const MOST: usize = 100_000;

/// Who has agreed to what.
#[derive(Clone)]
pub(crate) struct Consent {
    pub(crate) client_id: String,
    pub(crate) user: String,
    /// The workspace's name.
    pub(crate) world: String,
    pub(crate) scopes: Vec<&'static str>,
}

/// A code that has not been used.
pub(super) struct Code {
    pub(super) consent: Consent,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    since: Instant,
}

struct Access {
    consent: Consent,
    ends: Option<Instant>,
    family: u64,
}

struct Refresh {
    consent: Consent,
    family: u64,
}

/// An access token, and what renews it if tokens expire.
pub(super) struct Pair {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
}

/// All of it.
#[derive(Default)]
pub(crate) struct Store {
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    revoked: HashSet<String>,
    families: u64,
}

impl Store {
    /// A code for this consent.
    pub(super) fn code(
        &mut self,
        consent: Consent,
        redirect_uri: String,
        challenge: String,
    ) -> String {
        bound(&mut self.codes);
        let code = format!("{}.{}", consent.client_id, random());
        let since = Instant::now();
        let issued = Code {
            consent,
            redirect_uri,
            challenge,
            since,
        };
        self.codes.insert(code.clone(), issued);
        code
    }

    /// Takes a code: whatever comes of it, it was used.
    pub(super) fn take_code(&mut self, code: &str) -> Option<Code> {
        let code = self.codes.remove(code)?;
        (code.since.elapsed() < CODE_LIFE).then_some(code)
    }

    /// Tokens for a consent that is new.
    pub(super) fn issue(&mut self, consent: Consent, life: Option<Duration>) -> Pair {
        self.families += 1;
        self.pair(consent, self.families, life)
    }

    /// The next tokens for a refresh token, which this uses up; `None` for one that is not valid, or another app's.
    pub(super) fn renew(
        &mut self,
        refresh: &str,
        client_id: &str,
        life: Option<Duration>,
    ) -> Option<(Consent, Pair)> {
        let found = self.refresh.get(refresh)?;
        if found.consent.client_id != client_id {
            return None;
        }
        let Refresh { consent, family } = self.refresh.remove(refresh)?;
        let pair = self.pair(consent.clone(), family, life);
        Some((consent, pair))
    }

    fn pair(&mut self, consent: Consent, family: u64, life: Option<Duration>) -> Pair {
        bound(&mut self.access);
        bound(&mut self.refresh);
        let prefix = if life.is_some() {
            "xoxe.xoxp-1-"
        } else {
            "xoxp-"
        };
        let access = format!("{prefix}{}", random());
        let ends = life.map(|life| Instant::now() + life);
        let refresh = life.map(|_| format!("xoxe-1-{}", random()));
        if let Some(refresh) = &refresh {
            let consent = consent.clone();
            let issued = Refresh { consent, family };
            self.refresh.insert(refresh.clone(), issued);
        }
        let issued = Access {
            consent,
            ends,
            family,
        };
        self.access.insert(access.clone(), issued);
        Pair { access, refresh }
    }

    /// What an access token stands for, if it was issued here. `started` is when the emulator was.
    pub(crate) fn grant(&self, access: &str, started: Instant) -> Option<Grant> {
        let Access { consent, ends, .. } = self.access.get(access)?;
        let mut grant = token::read(token::DEFAULT)?;
        grant.user.clone_from(&consent.user);
        grant.world.clone_from(&consent.world);
        grant.scopes.clone_from(&consent.scopes);
        grant.lifetime = ends.map(|ends| ends.saturating_duration_since(started));
        Some(grant)
    }

    /// Whether this token was revoked, issued here or not.
    pub(crate) fn is_revoked(&self, token: &str) -> bool {
        self.revoked.contains(token)
    }

    /// Revokes a token; if it was issued here, also everything that belongs to it, such as its refresh token.
    pub(super) fn revoke(&mut self, token: &str) {
        if self.revoked.len() >= MOST {
            self.revoked.clear();
        }
        self.revoked.insert(token.to_owned());
        if let Some(family) = self.access.get(token).map(|issued| issued.family) {
            self.refresh.retain(|_, issued| issued.family != family);
            let theirs = self.access.iter().filter(|(_, one)| one.family == family);
            self.revoked.extend(theirs.map(|(token, _)| token.clone()));
        }
    }

    /// Expires all access tokens, earlier than announced.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        let ending = self.access.values_mut();
        ending.for_each(|issued| issued.ends = issued.ends.map(|_| now));
    }
}

fn bound<T>(issued: &mut HashMap<String, T>) {
    if issued.len() >= MOST {
        issued.clear();
    }
}
