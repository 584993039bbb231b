//! The inverse cosine transform: bit for bit that of libjpeg's `jidctint.c` ("islow"), after
//! Loeffler, Ligtenberg and Moschytz, with 13-bit constants.
//!
//! Coefficients so large that no encoder makes them wrap or saturate, as in libjpeg-turbo's SSE2
//! version; they never panic.

/// Dequantizes and transforms one block, and writes its 8 rows of 8 samples into `out`, `stride`
/// apart.
///
/// `coefficients` and `quant` are in natural order. Coefficients at zigzag places of `used` and
/// above are zero.
#[inline]
pub(crate) fn transform(
    coefficients: &[i16; 64],
    quant: &[i16; 64],
    used: usize,
    out: &mut [u8],
    stride: usize,
) {
    if used <= 1 {
        return flat(coefficients[0].wrapping_mul(quant[0]), out, stride);
    }
    full(coefficients, quant, out, stride);
}

/// A block of one value.
fn flat(dc: i16, out: &mut [u8], stride: usize) {
    // Both passes' shifts together: 2 bits up, then 5 down with rounding.
    let value = clamp((i32::from(dc) + 4) >> 3);
    for row in out.chunks_mut(stride).take(8) {
        row[..8].fill(value);
    }
}

fn clamp(value: i32) -> u8 {
    (value + 128).clamp(0, 255) as u8
}

fn full(coefficients: &[i16; 64], quant: &[i16; 64], out: &mut [u8], stride: usize) {
    let mut rows = [[0i16; 8]; 8];
    for (row, (c, q)) in rows
        .iter_mut()
        .zip(coefficients.chunks_exact(8).zip(quant.chunks_exact(8)))
    {
        for lane in 0..8 {
            row[lane] = c[lane].wrapping_mul(q[lane]);
        }
    }
    let columns = transpose(pass::<11>(rows));
    let samples = transpose(pass::<18>(columns));
    for (row, samples) in out.chunks_mut(stride).zip(samples) {
        for lane in 0..8 {
            row[lane] = clamp(i32::from(samples[lane]));
        }
    }
}

fn transpose(rows: [[i16; 8]; 8]) -> [[i16; 8]; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| rows[x][y]))
}

/// One-dimensional transforms down each of the eight columns, shifted down by `SHIFT` with
/// rounding.
fn pass<const SHIFT: u32>(rows: [[i16; 8]; 8]) -> [[i16; 8]; 8] {
    let mut out = [[0i16; 8]; 8];
    for lane in 0..8 {
        let [c0, c1, c2, c3, c4, c5, c6, c7] = rows.map(|row| row[lane]);
        let column = column(c0, c1, c2, c3, c4, c5, c6, c7);
        for (row, value) in out.iter_mut().zip(column) {
            let value = value.wrapping_add(1 << (SHIFT - 1)) >> SHIFT;
            row[lane] = value.clamp(-32768, 32767) as i16;
        }
    }
    out
}

#[allow(clippy::too_many_arguments)]
#[inline(always)]
fn column(c0: i16, c1: i16, c2: i16, c3: i16, c4: i16, c5: i16, c6: i16, c7: i16) -> [i32; 8] {
    let dot = |a: i16, x: i32, b: i16, y: i32| {
        (i32::from(a).wrapping_mul(x)).wrapping_add(i32::from(b).wrapping_mul(y))
    };
    let even2 = dot(c2, F_0_541, c6, F_0_541 - F_1_847);
    let even3 = dot(c2, F_0_541 + F_0_765, c6, F_0_541);
    let even0 = dot(c0, 8192, c4, 8192);
    let even1 = dot(c0, 8192, c4, -8192);
    let [e0, e3] = [even0.wrapping_add(even3), even0.wrapping_sub(even3)];
    let [e1, e2] = [even1.wrapping_add(even2), even1.wrapping_sub(even2)];

    let (z3, z4) = (c7.wrapping_add(c3), c5.wrapping_add(c1));
    let y3 = dot(z3, F_1_175 - F_1_961, z4, F_1_175);
    let y4 = dot(z3, F_1_175, z4, F_1_175 - F_0_390);
    let odd0 = dot(c7, F_0_298 - F_0_899, c1, -F_0_899).wrapping_add(y3);
    let odd1 = dot(c5, F_2_053 - F_2_562, c3, -F_2_562).wrapping_add(y4);
    let odd2 = dot(c5, -F_2_562, c3, F_3_072 - F_2_562).wrapping_add(y3);
    let odd3 = dot(c7, -F_0_899, c1, F_1_501 - F_0_899).wrapping_add(y4);
    [
        e0.wrapping_add(odd3),
        e1.wrapping_add(odd2),
        e2.wrapping_add(odd1),
        e3.wrapping_add(odd0),
        e3.wrapping_sub(odd0),
        e2.wrapping_sub(odd1),
        e1.wrapping_sub(odd2),
        e0.wrapping_sub(odd3),
    ]
}

// The constants of `jidctint.c`, times 2^13.
const F_0_298: i32 = 2446;
const F_0_390: i32 = 3196;
const F_0_541: i32 = 4433;
const F_0_765: i32 = 6270;
const F_0_899: i32 = 7373;
const F_1_175: i32 = 9633;
const F_1_501: i32 = 12299;
const F_1_847: i32 = 15137;
const F_1_961: i32 = 16069;
const F_2_053: i32 = 16819;
const F_2_562: i32 = 20995;
const F_3_072: i32 = 25172;
