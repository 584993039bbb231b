//! headshot-core.
