//! The tools behind the figures in `docs/`: sources, an independent judge of fidelity, and the other side of the race.

pub mod allowed;
pub mod crates;
pub mod fidelity;
pub mod graphics;
pub mod hostile;
pub mod judge;
pub mod machine;
pub mod made;
pub mod mean;
pub mod ours;
mod pack;
pub mod peer;
pub mod photos;
pub mod python;
pub mod sharp;
pub mod sources;
