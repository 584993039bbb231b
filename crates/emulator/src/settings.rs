//! What the emulator allows: every limit is a field with its default.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

/// The emulator's host name behind the proxy.
pub(crate) const PROXY_HOST: &str = "slack.test";

/// How strict the emulator is and where it listens.
///
/// Slack publishes neither a maximum of bytes nor one of frames: those defaults are ours.
/// There is nothing to keep consistent, so all fields are public. More may be added, so name what differs:
///
/// ```
/// use headshot_emulator::Settings;
/// let settings = Settings { max_frames: 10, ..Settings::default() };
/// assert_eq!(settings.max_dimension, 1024);
/// ```
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address to listen on. Default: 127.0.0.1. Anything but a loopback address lets others on the network in.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one. Default: 0.
    pub port: u16,
    /// Frames of an animated GIF, above which the answer is `too_many_frames`. Default: 100 (ours; Slack's is unpublished).
    pub max_frames: u32,
    /// Bytes of an image, above which the answer is `too_large`. Default: 8 MiB (ours; Slack's is unpublished).
    pub max_bytes: usize,
    /// Pixels of the longer side, above which the answer is `too_large`. Default: 1024, as the page of users.setPhoto asks.
    pub max_dimension: u32,
    /// Calls a minute of each Tier 2 method, above which the answer is status 429; `None` for no limit at all.
    /// Default: 20, Slack's Tier 2. Tiers 3 and 4 allow 2.5 and 5 times as many, as Slack's do.
    pub rate: Option<u32>,
    /// Bytes of a whole request body, above which the answer is status 413. Default: 32 MiB.
    pub max_body: usize,
    /// How long a photo that was submitted through SCIM takes to show; the person is locked meanwhile. Default: 2 s.
    pub scim_delay: Duration,
    /// How long OAuth's access tokens are valid; `None` for forever, and then without a refresh token, as for an app without
    /// token rotation. Default: 12 h, as on Slack.
    pub token_life: Option<Duration>,
    /// Silence of a client, after which its connection is closed. Default: 30 s.
    pub idle: Duration,
    /// Connections served at once; where there are more, the one that has been idle for longest is closed. Default: 4096.
    pub max_connections: usize,
    /// Port on which it is also an HTTP proxy, which leads to `https://slack.test/` by CONNECT and nowhere else; 0 takes a free one.
    /// That host is this emulator, and with a proxy every address that it names is there. Default: `None`, no proxy.
    pub proxy: Option<u16>,
    /// Members of the workspace besides the few that every workspace has, for `users.list`. Default: 20.
    pub members: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            max_frames: 100,
            max_bytes: 8 << 20,
            max_dimension: 1024,
            rate: Some(20),
            max_body: 32 << 20,
            scim_delay: Duration::from_secs(2),
            token_life: Some(Duration::from_secs(12 * 60 * 60)),
            idle: Duration::from_secs(30),
            max_connections: 4096,
            proxy: None,
            members: 20,
        }
    }
}
