//! Shared by every version of the transform: the constants, and the shifts of the results.

// The constants of `jidctint.c`, times 2^13.
pub(super) const F_0_298: i16 = 2446;
pub(super) const F_0_390: i16 = 3196;
pub(super) const F_0_541: i16 = 4433;
pub(super) const F_0_765: i16 = 6270;
pub(super) const F_0_899: i16 = 7373;
pub(super) const F_1_175: i16 = 9633;
pub(super) const F_1_501: i16 = 12299;
pub(super) const F_1_847: i16 = 15137;
pub(super) const F_1_961: i16 = 16069;
pub(super) const F_2_053: i16 = 16819;
pub(super) const F_2_562: i16 = 20995;
pub(super) const F_3_072: i16 = 25172;

/// The shift after a pass: the first leaves two extra bits for the second, which
/// also removes the factor of 8 of the two transforms.
pub(super) const SHIFTS: (u32, u32) = (11, 18);

/// Turns a result, centered on zero, into a sample.
pub(super) fn clamp(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}
