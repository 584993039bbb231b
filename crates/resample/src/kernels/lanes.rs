//! The shapes that the kernels work on, and the constants that determine them.

/// Bits of fraction between the passes. See [`kernels`](super).
pub(crate) const FRACTION: u32 = 7;

/// Samples processed at once.
pub(crate) const LANES: usize = 16;

/// Rows that the vertical pass makes at once. More would share what they read, but more rows would have
/// to be kept for them; eight are no faster.
pub(crate) const BATCH: usize = 4;

/// Units of a row that lie side by side in a slot of the ring. If it exceeds the cache, long runs are written faster;
/// eight are no faster.
pub(crate) const BLOCK: usize = 4;

/// Samples with their neighbors: the first of lane 0, the second of lane 0, the first of lane 1.
/// CPUs multiply both by their weights and add the products in one step.
pub(crate) type Pairs = [i16; 2 * LANES];

/// The same with the samples of a source without alpha, minus 128.
pub(crate) type BytePairs = [i8; 2 * LANES];

/// One sum for each lane.
pub(crate) type Sums = [i32; LANES];

/// Two weights, for the samples of a pair.
pub(crate) type Weights = [i16; 2];
