//! Whether an address is this machine: only then is `http` allowed, and never through a proxy.

use std::net::IpAddr;

use reqwest::Url;

/// By name or number; a name that merely resolves to this machine does not count.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
