//! Where restart markers are due.

use crate::bits::{Bits, Left};
use crate::error::Flaw;

/// Counts MCUs up to the next restart marker (T.81, E.2.4).
#[derive(Clone, Copy)]
pub(crate) struct Restarts {
    pub(crate) interval: u32,
    left: u32,
    number: u8,
    /// Whether there was one.
    pub(crate) has_come: bool,
    /// The data left before them.
    before: Left,
}

impl Restarts {
    pub(crate) fn new(interval: u32) -> Self {
        Restarts {
            interval,
            left: interval,
            number: 0,
            has_come: false,
            before: Left::NOTHING,
        }
    }

    /// Call before each MCU: passes a restart marker if one is due, and says so.
    #[inline(always)]
    pub(crate) fn due(&mut self, bits: &mut Bits) -> Result<bool, Flaw> {
        if self.interval == 0 {
            return Ok(false);
        }
        if self.left > 0 {
            self.left -= 1;
            return Ok(false);
        }
        // A value whose address is taken leaves the registers.
        let mut behind = *bits;
        self.before.add(behind.restart(self.number)?);
        *bits = behind;
        self.has_come = true;
        self.number = (self.number + 1) & 7;
        self.left = self.interval - 1;
        Ok(true)
    }

    /// The data left before all of them and at the end.
    pub(crate) fn left_at_end(&self, bits: &Bits) -> Left {
        let mut left = self.before;
        left.add(bits.left_at_end());
        left
    }

    /// After `due`: passes up to `count` MCUs, including the current one, and returns how many.
    pub(crate) fn pass(&mut self, count: u32) -> u32 {
        if self.interval == 0 {
            return count;
        }
        let passed = count.min(self.left + 1);
        self.left -= passed - 1;
        passed
    }
}
