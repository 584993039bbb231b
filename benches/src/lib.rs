//! What the figures in `docs/` are made with: sources, an independent judge of fidelity, and the other side of the race.

pub mod fidelity;
pub mod machine;
mod pack;
pub mod sharp;
pub mod sources;
