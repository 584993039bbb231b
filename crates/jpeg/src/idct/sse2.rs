//! The transform on eight lanes of SSE2, which every x86-64 has. The intrinsics come
//! through `safe_arch`, which makes them safe to call where the target has them.

use safe_arch::*;

use super::fixed_point::*;

const FIRST: i32 = SHIFTS.0 as i32;
const SECOND: i32 = SHIFTS.1 as i32;

/// Dequantizes and transforms one block. Coefficients at zigzag positions of `used` and above are
/// zero.
#[inline]
pub(super) fn samples(coefficients: &[i16; 64], quant: &[i16; 64], used: usize) -> [[u8; 8]; 8] {
    let row = |y| mul_i16_keep_low_m128i(load(coefficients, y), load(quant, y));
    let zero = zeroed_m128i();
    if used <= 10 {
        // The first ten zigzag positions lie in the top left quarter, so half of the rows and then half of the columns are zero.
        let rows = [row(0), row(1), row(2), row(3), zero, zero, zero, zero];
        let left = half::<FIRST>(rows, unpack_low_i16_m128i);
        let [c0, c1, c2, c3, ..] = transpose(left.map(|left| pack_i32_to_i16_m128i(left, zero)));
        return bytes(pass::<SECOND>([c0, c1, c2, c3, zero, zero, zero, zero]));
    }
    let columns = pass::<FIRST>([
        row(0),
        row(1),
        row(2),
        row(3),
        row(4),
        row(5),
        row(6),
        row(7),
    ]);
    bytes(pass::<SECOND>(transpose(columns)))
}

/// Dequantizes and transforms the lowest 4 x 4 coefficients of a block.
#[inline]
pub(super) fn halved(coefficients: &[i16; 64], quant: &[i16; 64]) -> [[u8; 4]; 4] {
    let row = |y| mul_i16_keep_low_m128i(load(coefficients, y), load(quant, y));
    let words = |a, b| (unpack_low_i16_m128i(a, b), unpack_high_i16_m128i(a, b));
    let (c02, c13) = (
        unpack_low_i16_m128i(row(0), row(2)),
        unpack_low_i16_m128i(row(1), row(3)),
    );
    let (top, bottom) = four::<FIRST>(c02, c13);
    // Rows become columns, and these are put in pairs.
    let (even, odd) = words(top, bottom);
    let (left, right) = words(even, odd);
    let (c02, c13) = words(left, right);
    let (left, right) = four::<SECOND>(c02, c13);
    let columns = pack_i16_to_i8_m128i(left, right);
    let turned = |bytes| unpack_low_i8_m128i(bytes, unpack_high_i64_m128i(bytes, bytes));
    let rows = bitxor_m128i(turned(turned(columns)), set_splat_i8_m128i(-128));
    let rows: [u8; 16] = rows.into();
    let (rows, _) = rows.as_chunks();
    [rows[0], rows[1], rows[2], rows[3]]
}

/// One-dimensional transforms of four points down each of four columns, whose coefficients come in pairs: 0 and 2, 1 and 3. The
/// results are shifted down with rounding, and come in pairs, too: 0 and 1, 2 and 3.
#[inline(always)]
fn four<const SHIFT: i32>(c02: m128i, c13: m128i) -> (m128i, m128i) {
    let dot = |values, x: i16, y: i16| {
        mul_i16_horizontal_add_m128i(values, m128i::from([x, y, x, y, x, y, x, y]))
    };
    let (add, sub) = (add_i32_m128i, sub_i32_m128i);
    let round = set_splat_i32_m128i(1 << (SHIFT - 1));
    let even0 = add(dot(c02, 8192, 8192), round);
    let even1 = add(dot(c02, 8192, -8192), round);
    let odd0 = dot(c13, F_0_541 + F_0_765, F_0_541);
    let odd1 = dot(c13, F_0_541, F_0_541 - F_1_847);
    let narrow =
        |a, b| pack_i32_to_i16_m128i(shr_imm_i32_m128i::<SHIFT>(a), shr_imm_i32_m128i::<SHIFT>(b));
    (
        narrow(add(even0, odd0), add(even1, odd1)),
        narrow(sub(even1, odd1), sub(even0, odd0)),
    )
}

#[inline(always)]
fn load(values: &[i16; 64], y: usize) -> m128i {
    let v: &[i16] = &values[8 * y..8 * y + 8];
    m128i::from([v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7]])
}

/// One-dimensional transforms down each of the eight columns, shifted down with rounding.
#[inline(always)]
fn pass<const SHIFT: i32>(rows: [m128i; 8]) -> [m128i; 8] {
    let left = half::<SHIFT>(rows, unpack_low_i16_m128i);
    let right = half::<SHIFT>(rows, unpack_high_i16_m128i);
    std::array::from_fn(|y| pack_i32_to_i16_m128i(left[y], right[y]))
}

/// The four columns that `pair` selects.
#[inline(always)]
fn half<const SHIFT: i32>(c: [m128i; 8], pair: impl Fn(m128i, m128i) -> m128i) -> [m128i; 8] {
    let dot = |values, x: i16, y: i16| {
        mul_i16_horizontal_add_m128i(values, m128i::from([x, y, x, y, x, y, x, y]))
    };
    let (add, sub) = (add_i32_m128i, sub_i32_m128i);
    let round = set_splat_i32_m128i(1 << (SHIFT - 1));

    let (c04, c26) = (pair(c[0], c[4]), pair(c[2], c[6]));
    let even0 = add(dot(c04, 8192, 8192), round);
    let even1 = add(dot(c04, 8192, -8192), round);
    let even2 = dot(c26, F_0_541, F_0_541 - F_1_847);
    let even3 = dot(c26, F_0_541 + F_0_765, F_0_541);
    let (e0, e3) = (add(even0, even3), sub(even0, even3));
    let (e1, e2) = (add(even1, even2), sub(even1, even2));

    let z34 = pair(add_i16_m128i(c[7], c[3]), add_i16_m128i(c[5], c[1]));
    let (c71, c53) = (pair(c[7], c[1]), pair(c[5], c[3]));
    let y3 = dot(z34, F_1_175 - F_1_961, F_1_175);
    let y4 = dot(z34, F_1_175, F_1_175 - F_0_390);
    let odd0 = add(dot(c71, F_0_298 - F_0_899, -F_0_899), y3);
    let odd1 = add(dot(c53, F_2_053 - F_2_562, -F_2_562), y4);
    let odd2 = add(dot(c53, -F_2_562, F_3_072 - F_2_562), y3);
    let odd3 = add(dot(c71, -F_0_899, F_1_501 - F_0_899), y4);
    [
        add(e0, odd3),
        add(e1, odd2),
        add(e2, odd1),
        add(e3, odd0),
        sub(e3, odd0),
        sub(e2, odd1),
        sub(e1, odd2),
        sub(e0, odd3),
    ]
    .map(shr_imm_i32_m128i::<SHIFT>)
}

#[inline(always)]
fn transpose(r: [m128i; 8]) -> [m128i; 8] {
    let words = |a, b| (unpack_low_i16_m128i(a, b), unpack_high_i16_m128i(a, b));
    let pairs = |a, b| (unpack_low_i32_m128i(a, b), unpack_high_i32_m128i(a, b));
    let quads = |a, b| [unpack_low_i64_m128i(a, b), unpack_high_i64_m128i(a, b)];
    let ((a0, a1), (b0, b1)) = (words(r[0], r[1]), words(r[2], r[3]));
    let ((c0, c1), (d0, d1)) = (words(r[4], r[5]), words(r[6], r[7]));
    let ((e0, e1), (f0, f1)) = (pairs(a0, b0), pairs(c0, d0));
    let ((g0, g1), (h0, h1)) = (pairs(a1, b1), pairs(c1, d1));
    let ([o0, o1], [o2, o3]) = (quads(e0, f0), quads(e1, f1));
    let ([o4, o5], [o6, o7]) = (quads(g0, h0), quads(g1, h1));
    [o0, o1, o2, o3, o4, o5, o6, o7]
}

/// Columns of samples, centered on zero and saturated, to rows of bytes.
#[inline(always)]
fn bytes(c: [m128i; 8]) -> [[u8; 8]; 8] {
    let bytes = |a, b| (unpack_low_i8_m128i(a, b), unpack_high_i8_m128i(a, b));
    let words = |a, b| (unpack_low_i16_m128i(a, b), unpack_high_i16_m128i(a, b));
    let (c01, c23) = bytes(
        pack_i16_to_i8_m128i(c[0], c[2]),
        pack_i16_to_i8_m128i(c[1], c[3]),
    );
    let (c45, c67) = bytes(
        pack_i16_to_i8_m128i(c[4], c[6]),
        pack_i16_to_i8_m128i(c[5], c[7]),
    );
    let ((top03, bottom03), (top47, bottom47)) = (words(c01, c23), words(c45, c67));
    let rows = [
        unpack_low_i32_m128i(top03, top47),
        unpack_high_i32_m128i(top03, top47),
        unpack_low_i32_m128i(bottom03, bottom47),
        unpack_high_i32_m128i(bottom03, bottom47),
    ];
    let mut out = [[0; 8]; 8];
    for (pair, two) in out.chunks_exact_mut(2).zip(rows) {
        let two = bitxor_m128i(two, set_splat_i8_m128i(-128));
        pair[0] = get_i64_from_m128i_s(two).to_le_bytes();
        pair[1] = get_i64_from_m128i_s(unpack_high_i64_m128i(two, two)).to_le_bytes();
    }
    out
}
