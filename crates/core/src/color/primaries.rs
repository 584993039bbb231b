//! Where a color space has its red, green, blue and white, and the matrix from one to another.

/// Three rows of three numbers.
pub(crate) type Matrix = [[f64; 3]; 3];

/// Chromaticities of a color space: x and y of CIE 1931.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Primaries {
    pub(crate) white: [f64; 2],
    pub(crate) red: [f64; 2],
    pub(crate) green: [f64; 2],
    pub(crate) blue: [f64; 2],
}

const D65: [f64; 2] = [0.3127, 0.329];

impl Primaries {
    pub(crate) const SRGB: Primaries =
        Primaries::new(D65, [0.64, 0.33], [0.30, 0.60], [0.15, 0.06]);
    pub(crate) const BT2020: Primaries =
        Primaries::new(D65, [0.708, 0.292], [0.170, 0.797], [0.131, 0.046]);
    pub(crate) const DISPLAY_P3: Primaries =
        Primaries::new(D65, [0.680, 0.320], [0.265, 0.690], [0.150, 0.060]);
    pub(crate) const ADOBE_RGB: Primaries =
        Primaries::new(D65, [0.64, 0.33], [0.21, 0.71], [0.15, 0.06]);

    const fn new(white: [f64; 2], red: [f64; 2], green: [f64; 2], blue: [f64; 2]) -> Primaries {
        Primaries {
            white,
            red,
            green,
            blue,
        }
    }

    /// The primaries of a code point, with their name (ITU-T H.273, table 2).
    pub(crate) fn of_code(code: u8) -> Option<(Primaries, &'static str)> {
        const C: [f64; 2] = [0.310, 0.316];
        Some(match code {
            1 => (Primaries::SRGB, "BT.709"),
            4 => (
                Primaries::new(C, [0.67, 0.33], [0.21, 0.71], [0.14, 0.08]),
                "BT.470 M",
            ),
            5 => (
                Primaries::new(D65, [0.64, 0.33], [0.29, 0.60], [0.15, 0.06]),
                "BT.470 BG",
            ),
            6 | 7 => (
                Primaries::new(D65, [0.630, 0.340], [0.310, 0.595], [0.155, 0.070]),
                "BT.601",
            ),
            8 => (
                Primaries::new(C, [0.681, 0.319], [0.243, 0.692], [0.145, 0.049]),
                "film",
            ),
            9 => (Primaries::BT2020, "BT.2020"),
            11 => (
                Primaries {
                    white: [0.314, 0.351],
                    ..Primaries::DISPLAY_P3
                },
                "DCI-P3",
            ),
            12 => (Primaries::DISPLAY_P3, "Display P3"),
            22 => (
                Primaries::new(D65, [0.630, 0.340], [0.295, 0.605], [0.155, 0.077]),
                "EBU 3213",
            ),
            _ => return None,
        })
    }

    /// Whether they are equal up to rounding.
    pub(crate) fn is_near(&self, other: &Primaries) -> bool {
        let points = |p: &Primaries| [p.white, p.red, p.green, p.blue];
        let (a, b) = (points(self), points(other));
        let mut pairs = a.as_flattened().iter().zip(b.as_flattened());
        pairs.all(|(a, b)| (a - b).abs() < 0.002)
    }

    /// From linear colors of `self` to those of `other`, with white becoming white; `None` if the points make no color space.
    pub(crate) fn matrix_to(&self, other: &Primaries) -> Option<Matrix> {
        let adapted = multiply(&adaptation(self.white, other.white)?, &self.to_xyz()?);
        let matrix = multiply(&inverse(&other.to_xyz()?)?, &adapted);
        let is_sane = |value: &f64| value.abs() < 100.0;
        matrix.as_flattened().iter().all(is_sane).then_some(matrix)
    }

    /// How much each component of a linear color adds to its luminance.
    pub(crate) fn luminance(&self) -> Option<[f64; 3]> {
        self.to_xyz().map(|[_, luminance, _]| luminance)
    }

    /// To CIE XYZ, where white has a luminance of 1 (SMPTE RP 177).
    fn to_xyz(self) -> Option<Matrix> {
        let [r, g, b] = [xyz(self.red)?, xyz(self.green)?, xyz(self.blue)?];
        let columns = [0, 1, 2].map(|row| [r[row], g[row], b[row]]);
        let amounts = apply(&inverse(&columns)?, xyz(self.white)?);
        Some(columns.map(|row| [0, 1, 2].map(|i| row[i] * amounts[i])))
    }
}

/// A chromaticity with a luminance of 1.
fn xyz([x, y]: [f64; 2]) -> Option<[f64; 3]> {
    (y > 1e-6).then(|| [x / y, 1.0, (1.0 - x - y) / y])
}

/// Turns one white into another, by Bradford's cone responses (ICC.1:2022, annex E).
fn adaptation(from: [f64; 2], to: [f64; 2]) -> Option<Matrix> {
    const BRADFORD: Matrix = [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ];
    let (from, to) = (apply(&BRADFORD, xyz(from)?), apply(&BRADFORD, xyz(to)?));
    let scaled = [0, 1, 2].map(|row| BRADFORD[row].map(|cone| cone * to[row] / from[row]));
    Some(multiply(&inverse(&BRADFORD)?, &scaled))
}

fn apply(matrix: &Matrix, vector: [f64; 3]) -> [f64; 3] {
    matrix.map(|[a, b, c]| a * vector[0] + b * vector[1] + c * vector[2])
}

fn multiply(left: &Matrix, right: &Matrix) -> Matrix {
    left.map(|row| [0, 1, 2].map(|column| (0..3).map(|i| row[i] * right[i][column]).sum()))
}

/// By cofactors; `None` if there is no inverse.
fn inverse(m: &Matrix) -> Option<Matrix> {
    let cofactor = |row: usize, column: usize| {
        let [r0, r1] = [(row + 1) % 3, (row + 2) % 3];
        let [c0, c1] = [(column + 1) % 3, (column + 2) % 3];
        m[r0][c0] * m[r1][c1] - m[r0][c1] * m[r1][c0]
    };
    let determinant: f64 = (0..3)
        .map(|column| m[0][column] * cofactor(0, column))
        .sum();
    let rows = [0, 1, 2].map(|row| [0, 1, 2].map(|column| cofactor(column, row) / determinant));
    (determinant.abs() > 1e-9).then_some(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_are_those_of_the_standards() {
        // BT.2087, from BT.709 to BT.2020.
        let expected = [
            [0.6274, 0.3293, 0.0433],
            [0.0691, 0.9195, 0.0114],
            [0.0164, 0.0880, 0.8956],
        ];
        let matrix = Primaries::SRGB.matrix_to(&Primaries::BT2020).unwrap();
        for (found, expected) in matrix.as_flattened().iter().zip(expected.as_flattened()) {
            assert!((found - expected).abs() < 1e-4, "{matrix:?}");
        }
        let [r, g, b] = Primaries::BT2020.luminance().unwrap();
        assert!(
            (r - 0.2627).abs() < 1e-4 && (g - 0.6780).abs() < 1e-4,
            "{r} {g} {b}"
        );
    }

    #[test]
    fn white_becomes_white_and_nonsense_nothing() {
        for code in [4, 8, 11, 22] {
            let (primaries, name) = Primaries::of_code(code).unwrap();
            let matrix = primaries.matrix_to(&Primaries::SRGB).unwrap();
            let white = apply(&matrix, [1.0; 3]);
            assert!(
                white.iter().all(|sample| (sample - 1.0).abs() < 1e-6),
                "{name}"
            );
        }
        assert_eq!(Primaries::of_code(2), None);
        let line = Primaries {
            green: Primaries::SRGB.red,
            ..Primaries::SRGB
        };
        assert_eq!(line.matrix_to(&Primaries::SRGB), None);
        let dark = Primaries {
            white: [0.3, 0.0],
            ..Primaries::SRGB
        };
        assert_eq!(dark.matrix_to(&Primaries::SRGB), None);
    }
}
