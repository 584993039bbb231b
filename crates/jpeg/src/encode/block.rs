//! The blocks that go through the encoder.

/// Eight rows of eight numbers.
pub(super) type Block = [[i16; 8]; 8];

/// The blocks of one MCU, as they follow each other in the file.
pub(super) type Mcu = [Block; 6];
