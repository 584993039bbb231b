//! The blocks that pass through the encoder.

/// Eight rows of eight numbers.
pub(super) type Block = [[i16; 8]; 8];

/// The blocks of one MCU, in the order of the file.
pub(super) type Mcu = [Block; 6];
