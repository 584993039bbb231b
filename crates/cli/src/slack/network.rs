//! The way through the network: which proxy, and the trace of what is sent.

use std::env;

use headshot_upload::{Error, Events, Proxy, Settings};

use crate::slack::error::failure;
use crate::terminal::console;
use crate::terminal::failure::Failure;

/// What Slack's support sees as our name, after the library's own.
const AGENT: &str = concat!("headshot/", env!("CARGO_PKG_VERSION"));

/// How requests go out.
#[derive(Clone)]
pub(crate) struct Network {
    proxy: Option<Proxy>,
    events: Events,
}

impl Network {
    /// Reads the proxy's address from `--proxy`, else from the environment. `events` are for the trace.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub(crate) fn new(named: Option<&str>, events: Events) -> Result<Network, Failure> {
        let proxy = proxy(named)?;
        Ok(Network { proxy, events })
    }

    /// For calls about tokens before a run can have a trace.
    ///
    /// # Errors
    /// When the address of the proxy cannot be used.
    pub(crate) fn untraced(named: Option<&str>) -> Result<Network, Failure> {
        Network::new(named, Events::default())
    }

    /// No proxy, whatever the environment says.
    pub(crate) fn direct(events: Events) -> Network {
        Network {
            proxy: None,
            events,
        }
    }

    /// A client's settings, except for rate limits and retries.
    pub(crate) fn settings(&self, base_url: &str) -> Settings {
        Settings {
            base_url: base_url.to_owned(),
            proxy: self.proxy.clone(),
            events: self.events.clone(),
            agent: Some(AGENT.to_owned()),
            ..Settings::default()
        }
    }

    /// Says which proxy is used, if one leads to any of these addresses.
    pub(crate) fn announce(&self, addresses: &[&str]) {
        if let Some(proxy) = &self.proxy
            && addresses.iter().any(|address| proxy.is_for(address))
        {
            console::remark(&format!("using the proxy {}", proxy.address()));
        }
    }
}

/// The proxy from `--proxy`, else from the environment; `NO_PROXY` applies to both.
fn proxy(flag: Option<&str>) -> Result<Option<Proxy>, Failure> {
    let named = |name: &str, error: Error| {
        let failure = failure(error);
        Failure {
            message: format!("{name}: {}", failure.message),
            ..failure
        }
    };
    match flag {
        Some(address) => {
            let proxy = Proxy::new(address).map_err(|error| named("--proxy", error))?;
            let except = env::var("no_proxy").or_else(|_| env::var("NO_PROXY"));
            Ok(Some(proxy.except(&except.unwrap_or_default())))
        }
        None => Proxy::from_environment().map_err(|error| named("HTTPS_PROXY", error)),
    }
}
