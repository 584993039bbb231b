//! Eight numbers side by side: what the encoder's inner loops are written in.
//!
//! On x86-64 these are SSE2 registers, which every x86-64 has; elsewhere arrays, which the
//! compiler optimizes as it can. Both give the same numbers, so every machine writes the same file.

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use portable::{Lanes, Wide, nonzero, split_rgb, transpose};
#[cfg(target_arch = "x86_64")]
pub(super) use sse2::{Lanes, Wide, nonzero, split_rgb, transpose};

#[cfg(target_arch = "x86_64")]
#[cfg(test)]
mod tests {
    use super::{portable, sse2};

    /// Numbers of all magnitudes, including the extremes.
    fn numbers() -> impl FnMut() -> i16 {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            match seed >> 60 {
                0 => i16::MIN,
                1 => i16::MAX,
                2 => 0,
                shift => ((seed >> 40) as i16) >> shift,
            }
        }
    }

    #[test]
    fn twins_agree_on_every_operation() {
        let mut number = numbers();
        for _ in 0..20_000 {
            let a: [i16; 8] = std::array::from_fn(|_| number());
            let b: [i16; 8] = std::array::from_fn(|_| number());
            let (x, y) = (number(), number());
            macro_rules! both {
                ($name:ident => $result:expr) => {{
                    let ours = {
                        use sse2::Lanes as $name;
                        $result
                    };
                    let twin = {
                        use portable::Lanes as $name;
                        $result
                    };
                    assert_eq!(
                        ours,
                        twin,
                        "{} of {a:?}, {b:?}, {x}, {y}",
                        stringify!($result)
                    );
                }};
            }
            both!(L => L::splat(x).array());
            both!(L => L::centered(a.map(|number| number as u8)).array());
            both!(L => L::new(a).add(L::new(b)).array());
            both!(L => L::new(a).sub(L::new(b)).array());
            both!(L => L::new(a).xor(L::new(b)).array());
            both!(L => L::new(a).up::<2>().array());
            both!(L => L::new(a).down::<2>().array());
            both!(L => L::new(a).down::<15>().array());
            both!(L => L::new(a).high_product(L::new(b)).array());
            both!(L => L::new(a).pair_sums(L::new(b)).array());
            // As in the transform, the products' sum stays within 32 bits.
            let (x, y) = (x >> 1, y >> 1);
            both!(L => L::new(a).dot(L::new(b), x, y).narrow::<11>().array());
            both!(L => L::new(a).dot(L::new(b), x, y).narrow::<15>().array());
            both!(L => {
                let sum = L::new(a).dot(L::new(b), x >> 1, y >> 1);
                sum.add(L::new(b).dot(L::new(a), 77, -99)).add_each(-5555).shift::<16>().array()
            });
        }
    }

    #[test]
    fn twins_agree_on_blocks_and_pixels() {
        let mut number = numbers();
        for _ in 0..2000 {
            let rows: [[i16; 8]; 8] =
                std::array::from_fn(|_| std::array::from_fn(|_| number() & number() & number()));
            assert_eq!(
                sse2::transpose(rows.map(sse2::Lanes::new)).map(sse2::Lanes::array),
                portable::transpose(rows.map(portable::Lanes::new)).map(portable::Lanes::array),
            );
            assert_eq!(
                sse2::nonzero(rows.map(sse2::Lanes::new)),
                portable::nonzero(rows.map(portable::Lanes::new)),
            );
            let pixels: [u8; 48] = std::array::from_fn(|_| number() as u8);
            assert_eq!(
                sse2::split_rgb(&pixels).map(|half| half.map(sse2::Lanes::array)),
                portable::split_rgb(&pixels).map(|half| half.map(portable::Lanes::array)),
            );
        }
    }
}
