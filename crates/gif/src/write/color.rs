//! The space in which colors are compared.

/// A point in the space in which colors are compared: sRGB values, each scaled by its visibility.
pub(crate) type Color = [f32; 3];

/// Green is the most visible, blue the least.
pub(crate) const SCALE: Color = [1.0, 1.25, 0.75];

pub(crate) fn to_color(rgb: [u8; 3]) -> Color {
    std::array::from_fn(|c| f32::from(rgb[c]) * SCALE[c])
}

pub(crate) fn to_rgb(color: Color) -> [u8; 3] {
    std::array::from_fn(|c| (color[c] / SCALE[c]).round().clamp(0.0, 255.0) as u8)
}

pub(crate) fn distance(a: Color, b: Color) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}
