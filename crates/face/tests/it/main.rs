//! Through the public API: faces against OpenCV's, framing against the rule.

mod detect;
mod framing;
mod framing_everywhere;
