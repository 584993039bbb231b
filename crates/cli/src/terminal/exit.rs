//! The exit status of a run, folded from what became of every photo.

use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// 0: all that was asked for was done.
    Done,
    /// 3: nothing failed, but some photos were submitted and do not show yet; the same command looks again.
    Unsettled,
    /// 1: at least one photo or call failed; each was named.
    Failed,
    /// 75: stopped before its end by something that passes, such as a full disk; the same command goes on from there.
    Stopped,
    /// 130: stopped by Ctrl-C or SIGTERM; the same command goes on from there.
    Interrupted,
    /// 2: nothing could be started; nothing was changed.
    NotStarted,
}

impl Exit {
    /// The status of a run of several parts: the worst of them.
    pub(crate) fn worst(parts: impl IntoIterator<Item = Exit>) -> Exit {
        parts.into_iter().max().unwrap_or(Exit::Done)
    }

    /// The number that the shell sees.
    pub(crate) fn status(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::NotStarted => 2,
            Exit::Unsettled => 3,
            // EX_TEMPFAIL of sysexits.h.
            Exit::Stopped => 75,
            // What a shell makes of SIGINT.
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.status())
    }
}

#[cfg(test)]
mod tests {
    use super::Exit::{Done, Failed, Interrupted, NotStarted, Stopped, Unsettled};
    use super::*;

    #[test]
    fn one_failure_is_never_outvoted() {
        assert_eq!(Exit::worst([]), Done);
        assert_eq!(Exit::worst([Done, Done]), Done);
        assert_eq!(Exit::worst([Done, Failed, Done]), Failed);
        assert_eq!(Exit::worst([Failed, NotStarted, Done]), NotStarted);
        assert_eq!(Exit::worst([Unsettled, Done, Failed]), Failed);
        assert_eq!(Exit::worst([Stopped, Failed]), Stopped);
    }

    #[test]
    fn statuses_are_the_documented_ones() {
        let all = [Done, Failed, NotStarted, Unsettled, Stopped, Interrupted];
        assert_eq!(all.map(Exit::status), [0, 1, 2, 3, 75, 130]);
    }
}
