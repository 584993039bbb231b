//! The lanes as arrays.

/// Eight numbers of 16 bits.
#[derive(Clone, Copy)]
pub(crate) struct Lanes([i16; 8]);

/// Eight numbers of 32 bits, the sums of products.
#[derive(Clone, Copy)]
pub(crate) struct Wide([i32; 8]);

impl Lanes {
    #[inline(always)]
    pub(crate) fn new(numbers: [i16; 8]) -> Self {
        Self(numbers)
    }

    /// Samples, which are numbers of 8 bits, centered on zero.
    #[inline(always)]
    pub(crate) fn centered(samples: [u8; 8]) -> Self {
        Self(samples.map(|sample| i16::from(sample) - 128))
    }

    #[inline(always)]
    pub(crate) fn splat(number: i16) -> Self {
        Self([number; 8])
    }

    #[inline(always)]
    pub(crate) fn array(self) -> [i16; 8] {
        self.0
    }

    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(i16, i16) -> i16) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }

    /// Wraps.
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        self.zip(other, i16::wrapping_add)
    }

    /// Wraps.
    #[inline(always)]
    pub(crate) fn sub(self, other: Self) -> Self {
        self.zip(other, i16::wrapping_sub)
    }

    #[inline(always)]
    pub(crate) fn xor(self, other: Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    #[inline(always)]
    pub(crate) fn up<const SHIFT: i32>(self) -> Self {
        Self(self.0.map(|a| a << SHIFT))
    }

    /// Keeps the sign.
    #[inline(always)]
    pub(crate) fn down<const SHIFT: i32>(self) -> Self {
        Self(self.0.map(|a| a >> SHIFT))
    }

    /// The upper 16 bits of the products of unsigned numbers.
    #[inline(always)]
    pub(crate) fn high_product(self, other: Self) -> Self {
        self.zip(other, |a, b| {
            ((u32::from(a as u16) * u32::from(b as u16)) >> 16) as i16
        })
    }

    /// `self * x + other * y`.
    #[inline(always)]
    pub(crate) fn dot(self, other: Self, x: i16, y: i16) -> Wide {
        let (x, y) = (i32::from(x), i32::from(y));
        Wide(std::array::from_fn(|i| {
            i32::from(self.0[i]) * x + i32::from(other.0[i]) * y
        }))
    }

    /// The sums of neighbors, those of `self` and then those of `next`; saturates.
    #[inline(always)]
    pub(crate) fn pair_sums(self, next: Self) -> Self {
        Self(std::array::from_fn(|i| {
            let from = if i < 4 { self.0 } else { next.0 };
            from[2 * i % 8].saturating_add(from[2 * i % 8 + 1])
        }))
    }
}

impl Wide {
    #[inline(always)]
    pub(crate) fn add(self, other: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] + other.0[i]))
    }

    #[inline(always)]
    pub(crate) fn add_each(self, number: i32) -> Self {
        Self(self.0.map(|a| a + number))
    }

    /// Shifts down, and saturates to 16 bits.
    #[inline(always)]
    pub(crate) fn shift<const SHIFT: i32>(self) -> Lanes {
        Lanes(
            self.0
                .map(|a| (a >> SHIFT).clamp(i16::MIN.into(), i16::MAX.into()) as i16),
        )
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
    std::array::from_fn(|x| Lanes(std::array::from_fn(|y| rows[y].0[x])))
}

/// One bit for each number that is not zero; bit 0 is the first of the first row.
#[inline(always)]
pub(crate) fn nonzero(rows: [Lanes; 8]) -> u64 {
    let mut bits = 0;
    for (index, &number) in rows.map(Lanes::array).as_flattened().iter().enumerate() {
        bits |= u64::from(number != 0) << index;
    }
    bits
}

/// Sixteen pixels to their red, green and blue, eight and eight.
#[inline(always)]
pub(crate) fn split_rgb(pixels: &[u8; 48]) -> [[Lanes; 2]; 3] {
    std::array::from_fn(|part| {
        std::array::from_fn(|half| {
            Lanes(std::array::from_fn(|i| {
                pixels[24 * half + 3 * i + part].into()
            }))
        })
    })
}
