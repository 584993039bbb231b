//! Random numbers that are the same everywhere.

/// A small generator of numbers that are the same everywhere (xorshift).
pub(super) struct Dice(pub(super) u32);

impl Dice {
    pub(super) fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}
