//! The arguments of `emulator`: each limit of the emulator's settings, and its tokens and faults in `--help`.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use headshot_emulator::{FAULT_OPTIONS, FAULTS, RETRY_AFTER, Settings, TOKENS};

use crate::photo::number;

/// Run an emulator of Slack's users.* methods until Ctrl-C
#[derive(Debug, Args)]
#[command(after_help = tokens_and_faults())]
pub(crate) struct EmulatorArgs {
    /// Port to listen on; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Address to listen on
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Most frames, else too_many_frames [default: 100]
    #[arg(long, value_name = "N")]
    max_frames: Option<u32>,
    /// Most bytes of a photo, else too_large [default: 8388608]
    #[arg(long, value_name = "N")]
    max_bytes: Option<usize>,
    /// Longest side of a photo, else too_large [default: 1024]
    #[arg(long, value_name = "N")]
    max_dimension: Option<u32>,
    /// Tier 2 calls a minute, or off [default: 20/min]
    #[arg(long, value_name = "N/min", value_parser = rate)]
    rate: Option<Rate>,
    /// Most bytes of a request, else 413 [default: 33554432]
    #[arg(long, value_name = "N")]
    max_body: Option<usize>,
    /// Seconds until a SCIM photo shows [default: 2]
    #[arg(long, value_name = "S", value_parser = seconds)]
    scim_delay: Option<Duration>,
    /// Seconds a login is valid, or off [default: 43200]
    #[arg(long, value_name = "S", value_parser = life)]
    token_life: Option<Life>,
    /// Seconds until a silent connection closes [default: 30]
    #[arg(long, value_name = "S", value_parser = number::whole::<u64>(1, 86_400, "seconds"))]
    idle: Option<u64>,
    /// Most connections; idle ones are closed first [default: 4096]
    #[arg(long, value_name = "N", value_parser = number::whole::<usize>(1, 1_000_000, "connections"))]
    max_connections: Option<usize>,
    /// Also be an HTTP proxy to https://slack.test
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    proxy: Option<u16>,
    /// Additional members, for users.list [default: 20]
    #[arg(long, value_name = "N", value_parser = number::whole::<usize>(0, 100_000, "members"))]
    members: Option<usize>,
}

/// Calls a minute; `None` for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate(Option<u32>);

/// How long a login's token is valid; `None` for forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Life(Option<Duration>);

impl EmulatorArgs {
    /// The emulator's own defaults, except for what was asked.
    pub(crate) fn settings(&self) -> Settings {
        let default = Settings::default();
        Settings {
            host: self.host,
            port: self.port,
            max_frames: self.max_frames.unwrap_or(default.max_frames),
            max_bytes: self.max_bytes.unwrap_or(default.max_bytes),
            max_dimension: self.max_dimension.unwrap_or(default.max_dimension),
            rate: self.rate.map_or(default.rate, |Rate(rate)| rate),
            max_body: self.max_body.unwrap_or(default.max_body),
            scim_delay: self.scim_delay.unwrap_or(default.scim_delay),
            token_life: self
                .token_life
                .map_or(default.token_life, |Life(life)| life),
            idle: self.idle.map_or(default.idle, Duration::from_secs),
            max_connections: self.max_connections.unwrap_or(default.max_connections),
            proxy: self.proxy,
            members: self.members.unwrap_or(default.members),
        }
    }
}

fn rate(text: &str) -> Result<Rate, String> {
    if text == "off" {
        return Ok(Rate(None));
    }
    let number = text.strip_suffix("/min").unwrap_or(text);
    let number = number.parse().ok().map(|number| Rate(Some(number)));
    number.ok_or_else(|| "give calls a minute, as in 20/min, or off".to_owned())
}

/// `43200`, or `off`.
fn life(text: &str) -> Result<Life, String> {
    if text == "off" {
        return Ok(Life(None));
    }
    let seconds = text.parse::<u32>().ok();
    let life = seconds.map(|seconds| Life(Some(Duration::from_secs(seconds.into()))));
    life.ok_or_else(|| "give whole seconds, as in 43200, or off".to_owned())
}

/// `2`, `0.1`, `0`: seconds, an hour at most.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text
        .parse()
        .ok()
        .filter(|seconds| (0.0..=3600.0).contains(seconds));
    let seconds = seconds.map(Duration::from_secs_f64);
    seconds.ok_or_else(|| "give seconds, as in 2 or 0.1".to_owned())
}

/// The emulator's own tables.
fn tokens_and_faults() -> String {
    let mut text = "Example: headshot emulator --port 8080 --rate off\n\
        It prints its base URL, a token to use, and then each call. It stores nothing.\n\n\
        Tokens; add --LABEL to any of them for a workspace of its own:\n"
        .to_owned();
    table(&mut text, TOKENS);
    text.push_str(
        "\nTokens whose calls fail: xoxp-fault-NAME, then options, then --LABEL, as in\n\
        xoxp-fault-429-json-30-x2--mine. Calls of users.profile.get succeed. NAME is\n",
    );
    table(&mut text, FAULTS);
    text.push_str("\nOptions, in any order:\n");
    table(&mut text, FAULT_OPTIONS);
    text.push_str("\nFORM, how Retry-After looks:\n");
    table(&mut text, RETRY_AFTER);
    text.truncate(text.trim_end().len());
    text
}

/// Lines of a name and what it does, within 80 columns.
fn table(text: &mut String, rows: &[(&str, &str)]) {
    const WIDTH: usize = 80;
    let names = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, about) in rows {
        let mut line = format!("  {name:<names$} ");
        let begin = line.len();
        for word in about.split(' ') {
            if line.len() + 1 + word.len() > WIDTH && line.len() > begin {
                text.push_str(&format!("{line}\n"));
                line = " ".repeat(begin);
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&format!("{line}\n"));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    fn settings(arguments: &str) -> Result<Settings, String> {
        let arguments = format!("headshot emulator {arguments}");
        match Cli::try_parse_from(arguments.split_whitespace()).map(|cli| cli.command) {
            Ok(Command::Emulator(args)) => Ok(args.settings()),
            Ok(_) => unreachable!(),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn every_flag_reaches_its_setting_and_the_help_tells_the_defaults() {
        let all = "--port 11 --host ::1 --max-frames 22 --max-bytes 33 --max-dimension 44 --rate 55/min --max-body 66 \
            --scim-delay 0.5 --token-life 111 --idle 77 --members 88 --max-connections 99 --proxy=111";
        let expected = Settings {
            host: "::1".parse().unwrap(),
            port: 11,
            max_frames: 22,
            max_bytes: 33,
            max_dimension: 44,
            rate: Some(55),
            max_body: 66,
            scim_delay: Duration::from_millis(500),
            token_life: Some(Duration::from_secs(111)),
            idle: Duration::from_secs(77),
            members: 88,
            max_connections: 99,
            proxy: Some(111),
        };
        assert_eq!(
            format!("{:?}", settings(all).unwrap()),
            format!("{expected:?}")
        );
        let told = "--max-frames 100 --max-bytes 8388608 --max-dimension 1024 --rate 20/min --max-body 33554432 \
            --scim-delay 2 --token-life 43200 --idle 30 --members 20 --max-connections 4096";
        let default = format!("{:?}", Settings::default());
        assert_eq!(format!("{:?}", settings(told).unwrap()), default);
        assert_eq!(format!("{:?}", settings("").unwrap()), default);
    }

    #[test]
    fn rates_are_numbers_or_off() {
        assert_eq!(rate("20/min"), Ok(Rate(Some(20))));
        assert_eq!(rate("7"), Ok(Rate(Some(7))));
        assert_eq!(rate("off"), Ok(Rate(None)));
        for wrong in ["", "20/s", "-1", "none", "/min"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
        assert!(
            settings("--rate 20/s")
                .unwrap_err()
                .contains("as in 20/min")
        );
    }
}
