//! Whether bars are met.

use std::fmt::Write as _;

/// A line of the verdict. A bar that was not measured is not met.
pub(crate) fn bar(out: &mut String, what: &str, found: &str, met: bool) {
    let _ = writeln!(
        out,
        "- {}: {what}: {found}",
        if met { "met" } else { "NOT met" }
    );
}
