//! The lanes as SSE2 registers. The intrinsics come through `safe_arch`, which makes them safe
//! to call where the target has them.

use safe_arch::*;

/// Eight numbers of 16 bits.
#[derive(Clone, Copy)]
pub(crate) struct Lanes(m128i);

/// Eight numbers of 32 bits, the sums of products.
#[derive(Clone, Copy)]
pub(crate) struct Wide(m128i, m128i);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(numbers: [i16; 8]) -> Self {
        Self(numbers.into())
    }

    /// Samples, which are numbers of 8 bits, centered on zero.
    #[inline(always)]
    pub(crate) fn centered(samples: [u8; 8]) -> Self {
        let bytes = set_i64_m128i_s(i64::from_le_bytes(samples));
        Self(unpack_low_i8_m128i(bytes, zeroed_m128i())).sub(Self::splat(128))
    }

    #[inline(always)]
    pub(crate) fn splat(number: i16) -> Self {
        Self(set_splat_i16_m128i(number))
    }

    #[inline(always)]
    pub(crate) fn array(self) -> [i16; 8] {
        self.0.into()
    }

    /// Wraps.
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(add_i16_m128i(self.0, other.0))
    }

    /// Wraps.
    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        Self(sub_i16_m128i(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        Self(bitxor_m128i(self.0, other.0))
    }

    #[inline(always)]
    pub(crate) fn up<const SHIFT: i32>(self) -> Self {
        Self(shl_imm_u16_m128i::<SHIFT>(self.0))
    }

    /// Keeps the sign.
    #[inline(always)]
    pub(crate) fn down<const SHIFT: i32>(self) -> Self {
        Self(shr_imm_i16_m128i::<SHIFT>(self.0))
    }

    /// The upper 16 bits of the products of unsigned numbers.
    #[inline(always)]
    pub(crate) fn high_product(self, other: Self) -> Self {
        Self(mul_u16_keep_high_m128i(self.0, other.0))
    }

    /// `self * x + other * y`.
    #[inline(always)]
    pub(crate) fn dot(self, other: Self, x: i16, y: i16) -> Wide {
        let factors = m128i::from([x, y, x, y, x, y, x, y]);
        Wide(
            mul_i16_horizontal_add_m128i(unpack_low_i16_m128i(self.0, other.0), factors),
            mul_i16_horizontal_add_m128i(unpack_high_i16_m128i(self.0, other.0), factors),
        )
    }

    /// The sums of neighbors, those of `self` and then those of `next`; saturates.
    #[inline(always)]
    pub(crate) fn pair_sums(self, next: Self) -> Self {
        let sums = |pairs| mul_i16_horizontal_add_m128i(pairs, set_splat_i16_m128i(1));
        Self(pack_i32_to_i16_m128i(sums(self.0), sums(next.0)))
    }
}

impl Wide {
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(
            add_i32_m128i(self.0, other.0),
            add_i32_m128i(self.1, other.1),
        )
    }

    #[inline(always)]
    pub(crate) fn add_each(self, number: i32) -> Self {
        let number = set_splat_i32_m128i(number);
        self.add(Self(number, number))
    }

    /// Shifts down, and saturates to 16 bits.
    #[inline(always)]
    pub(crate) fn shift<const SHIFT: i32>(self) -> Lanes {
        Lanes(pack_i32_to_i16_m128i(
            shr_imm_i32_m128i::<SHIFT>(self.0),
            shr_imm_i32_m128i::<SHIFT>(self.1),
        ))
    }

    /// Shifts down with rounding, and saturates to 16 bits.
    #[inline(always)]
    pub(crate) fn narrow<const SHIFT: i32>(self) -> Lanes {
        self.add_each(1 << (SHIFT - 1)).shift::<SHIFT>()
    }
}

/// Rows to columns.
#[inline(always)]
pub(crate) fn transpose(rows: [Lanes; 8]) -> [Lanes; 8] {
    let r = rows.map(|row| row.0);
    let words = |a, b| (unpack_low_i16_m128i(a, b), unpack_high_i16_m128i(a, b));
    let pairs = |a, b| (unpack_low_i32_m128i(a, b), unpack_high_i32_m128i(a, b));
    let quads = |a, b| [unpack_low_i64_m128i(a, b), unpack_high_i64_m128i(a, b)];
    let ((a0, a1), (b0, b1)) = (words(r[0], r[1]), words(r[2], r[3]));
    let ((c0, c1), (d0, d1)) = (words(r[4], r[5]), words(r[6], r[7]));
    let ((e0, e1), (f0, f1)) = (pairs(a0, b0), pairs(c0, d0));
    let ((g0, g1), (h0, h1)) = (pairs(a1, b1), pairs(c1, d1));
    let ([o0, o1], [o2, o3]) = (quads(e0, f0), quads(e1, f1));
    let ([o4, o5], [o6, o7]) = (quads(g0, h0), quads(g1, h1));
    [o0, o1, o2, o3, o4, o5, o6, o7].map(Lanes)
}

/// One bit for each number that is not zero; bit 0 is the first of the first row.
#[inline(always)]
pub(crate) fn nonzero(rows: [Lanes; 8]) -> u64 {
    let zero = zeroed_m128i();
    let pair = |y: usize| {
        let bytes = pack_i16_to_i8_m128i(rows[y].0, rows[y + 1].0);
        let zeros = move_mask_i8_m128i(cmp_eq_mask_i8_m128i(bytes, zero));
        u64::from(!zeros as u16) << (8 * y)
    };
    pair(0) | pair(2) | pair(4) | pair(6)
}

/// Sixteen pixels to their red, green and blue, eight and eight.
#[inline(always)]
pub(crate) fn split_rgb(pixels: &[u8; 48]) -> [[Lanes; 2]; 3] {
    let (parts, _) = pixels.as_chunks::<16>();
    let mut a = load_unaligned_m128i(&parts[0]);
    let mut b = load_unaligned_m128i(&parts[1]);
    let mut c = load_unaligned_m128i(&parts[2]);
    // Each step moves every byte to twice its place, modulo 47; four of them sort the colors.
    for _ in 0..4 {
        let upper = |a| unpack_high_i64_m128i(a, a);
        (a, b, c) = (
            unpack_low_i8_m128i(a, upper(b)),
            unpack_low_i8_m128i(upper(a), c),
            unpack_low_i8_m128i(b, upper(c)),
        );
    }
    let zero = zeroed_m128i();
    [a, b, c].map(|bytes| {
        [
            Lanes(unpack_low_i8_m128i(bytes, zero)),
            Lanes(unpack_high_i8_m128i(bytes, zero)),
        ]
    })
}
