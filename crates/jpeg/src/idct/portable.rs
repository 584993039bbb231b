//! The transform in plain arithmetic, for machines without SSE2.

use super::fixed_point::*;

/// Dequantizes and transforms one block.
pub(super) fn samples(coefficients: &[i16; 64], quant: &[i16; 64], _used: usize) -> [[u8; 8]; 8] {
    let dequantized = std::array::from_fn(|y| {
        std::array::from_fn(|x| coefficients[8 * y + x].wrapping_mul(quant[8 * y + x]))
    });
    let columns = transpose(pass(dequantized, SHIFTS.0));
    let rows = transpose(pass(columns, SHIFTS.1));
    rows.map(|row| row.map(|sample| clamp(i32::from(sample))))
}

/// Dequantizes and transforms the lowest 4 x 4 coefficients of a block.
pub(super) fn halved(coefficients: &[i16; 64], quant: &[i16; 64]) -> [[u8; 4]; 4] {
    let pass = |rows: [[i16; 4]; 4], shift: u32| {
        let mut turned = [[0; 4]; 4];
        for (lane, turned) in turned.iter_mut().enumerate() {
            let [c0, c1, c2, c3] = rows.map(|row| row[lane]);
            let (even0, even1) = (dot(c0, 8192, c2, 8192), dot(c0, 8192, c2, -8192));
            let odd0 = dot(c1, F_0_541 + F_0_765, c3, F_0_541);
            let odd1 = dot(c1, F_0_541, c3, F_0_541 - F_1_847);
            let values = [
                even0.wrapping_add(odd0),
                even1.wrapping_add(odd1),
                even1.wrapping_sub(odd1),
                even0.wrapping_sub(odd0),
            ];
            *turned = values.map(|value| {
                let value = value.wrapping_add(1 << (shift - 1)) >> shift;
                value.clamp(-32768, 32767) as i16
            });
        }
        turned
    };
    let dequantized = std::array::from_fn(|y| {
        std::array::from_fn(|x| coefficients[8 * y + x].wrapping_mul(quant[8 * y + x]))
    });
    // Each pass transposes the block.
    let rows = pass(pass(dequantized, SHIFTS.0), SHIFTS.1);
    rows.map(|row| row.map(|sample| clamp(i32::from(sample))))
}

fn transpose(rows: [[i16; 8]; 8]) -> [[i16; 8]; 8] {
    std::array::from_fn(|y| std::array::from_fn(|x| rows[x][y]))
}

/// One-dimensional transforms down each of the eight columns, shifted down with rounding.
fn pass(rows: [[i16; 8]; 8], shift: u32) -> [[i16; 8]; 8] {
    let mut out = [[0; 8]; 8];
    for lane in 0..8 {
        let values = column(rows.map(|row| row[lane]));
        for (row, value) in out.iter_mut().zip(values) {
            let value = value.wrapping_add(1 << (shift - 1)) >> shift;
            row[lane] = value.clamp(-32768, 32767) as i16;
        }
    }
    out
}

fn dot(a: i16, x: i16, b: i16, y: i16) -> i32 {
    (i32::from(a) * i32::from(x)).wrapping_add(i32::from(b) * i32::from(y))
}

fn column(c: [i16; 8]) -> [i32; 8] {
    let even0 = dot(c[0], 8192, c[4], 8192);
    let even1 = dot(c[0], 8192, c[4], -8192);
    let even2 = dot(c[2], F_0_541, c[6], F_0_541 - F_1_847);
    let even3 = dot(c[2], F_0_541 + F_0_765, c[6], F_0_541);
    let (e0, e3) = (even0.wrapping_add(even3), even0.wrapping_sub(even3));
    let (e1, e2) = (even1.wrapping_add(even2), even1.wrapping_sub(even2));

    let (z3, z4) = (c[7].wrapping_add(c[3]), c[5].wrapping_add(c[1]));
    let y3 = dot(z3, F_1_175 - F_1_961, z4, F_1_175);
    let y4 = dot(z3, F_1_175, z4, F_1_175 - F_0_390);
    let odd0 = dot(c[7], F_0_298 - F_0_899, c[1], -F_0_899).wrapping_add(y3);
    let odd1 = dot(c[5], F_2_053 - F_2_562, c[3], -F_2_562).wrapping_add(y4);
    let odd2 = dot(c[5], -F_2_562, c[3], F_3_072 - F_2_562).wrapping_add(y3);
    let odd3 = dot(c[7], -F_0_899, c[1], F_1_501 - F_0_899).wrapping_add(y4);
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
