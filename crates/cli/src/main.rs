//! headshot.
fn main() {}
