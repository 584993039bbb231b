//! The hosts that are reached without a proxy, as `NO_PROXY` lists them.

use std::net::IpAddr;

/// The hosts that are reached without the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    Everything,
    /// A name and all below it, at one port or any.
    Name(String, Option<u16>),
    /// Addresses whose first bits are these.
    Network(IpAddr, u8),
}

impl Exception {
    /// Those of a list that is separated by commas or blanks. Unreadable entries are ignored.
    pub(crate) fn list(list: &str) -> Vec<Exception> {
        let entries = list.split([',', ' ', '\t']);
        entries
            .filter_map(|entry| Exception::read(entry.trim()))
            .collect()
    }

    fn read(entry: &str) -> Option<Exception> {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return Some(Exception::Everything);
        }
        if let Some((address, bits)) = entry.split_once('/')
            && let (Ok(address), Ok(bits)) = (address.parse(), bits.parse())
        {
            return Some(Exception::Network(address, bits));
        }
        if let Ok(address) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Some(Exception::Network(address, 128));
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (&entry[..], None),
        };
        let name = name.trim_start_matches("*.").trim_matches(['.', '[', ']']);
        (!name.is_empty()).then(|| Exception::Name(name.to_owned(), port))
    }

    /// Whether a host in lower case is one of these.
    pub(crate) fn covers(&self, host: &str, port: u16) -> bool {
        match self {
            Exception::Everything => true,
            Exception::Name(name, only) => {
                let host = host.trim_matches(['[', ']']);
                let below = host.strip_suffix(&name[..]);
                let is_named = below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
                is_named && only.is_none_or(|only| only == port)
            }
            Exception::Network(address, bits) => {
                let host = host.trim_matches(['[', ']']).parse().ok();
                host.is_some_and(|host| is_within(host, *address, *bits))
            }
        }
    }
}

fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let differ = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => u128::from(a.to_bits() ^ b.to_bits()) << 96,
        (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() ^ b.to_bits(),
        _ => return false,
    };
    differ.leading_zeros() >= u32::from(bits).min(128)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_all_below_them_and_networks_for_their_addresses() {
        let covers = |list: &str, host: &str, port| {
            let list = Exception::list(list);
            list.iter().any(|except| except.covers(host, port))
        };
        for (list, host, port, expected) in [
            ("", "slack.com", 443, false),
            ("*", "slack.com", 443, true),
            ("slack.com", "slack.com", 443, true),
            ("Slack.com", "api.slack.com", 443, true),
            ("slack.com", "notslack.com", 443, false),
            (".slack.com", "slack.com", 443, true),
            ("a.test, *.slack.com", "files.slack.com", 443, true),
            ("slack.com:8443", "slack.com", 443, false),
            ("slack.com:8443", "slack.com", 8443, true),
            ("10.0.0.0/8", "10.11.22.33", 443, true),
            ("10.0.0.0/8", "11.11.22.33", 443, false),
            ("10.11.22.33", "10.11.22.34", 443, false),
            ("10.11.22.33", "10.11.22.33", 443, true),
            ("fd00::/8,", "[fd12::1]", 443, true),
            ("[fd12::2]", "[fd12::1]", 443, false),
            (",,:,x:y", "slack.com", 443, false),
        ] {
            assert_eq!(covers(list, host, port), expected, "{list} {host}:{port}");
        }
    }
}
