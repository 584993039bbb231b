//! Turns the network's maps into faces, as OpenCV's `FaceDetectorYN` does.

use crate::face::Face;
use crate::map::Map;

/// If two faces share more than this of their combined area, the better one stays.
const OVERLAP: f64 = 0.3;

/// At most this many are compared with each other, the best ones. OpenCV takes as many.
const MOST: usize = 5000;

/// The faces of at least this score in maps with these strides in pixels, best first. Among equals the finer map comes first, and within
/// it row after row.
pub(crate) fn faces(maps: &[Map], strides: &[u16], threshold: f32) -> Vec<Face> {
    let mut candidates = Vec::new();
    for (map, &stride) in maps.iter().zip(strides) {
        for y in 0..map.height {
            for (x, lanes) in map.row(y).iter().enumerate() {
                let face = read(&lanes.0, [x as f32, y as f32], f32::from(stride));
                if face.score >= threshold {
                    candidates.push(face);
                }
            }
        }
    }
    // The sort keeps the order of equals.
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    candidates.truncate(MOST);
    let mut faces: Vec<Face> = Vec::new();
    for face in candidates {
        if faces.iter().all(|better| overlap(better, &face) <= OVERLAP) {
            faces.push(face);
        }
    }
    faces
}

/// The 16 channels at a column and row of a map.
fn read(channels: &[f32; 16], [x, y]: [f32; 2], stride: f32) -> Face {
    let [class, object, dx, dy, log_width, log_height, landmarks @ ..] = channels;
    let certainty = sigmoid(*class) * sigmoid(*object);
    let [width, height] = [log_width, log_height].map(|log| exp((*log).into()) as f32 * stride);
    let landmarks = landmarks.as_chunks().0;
    Face {
        score: certainty.sqrt() as f32,
        x: (x + dx) * stride - width / 2.0,
        y: (y + dy) * stride - height / 2.0,
        width,
        height,
        landmarks: std::array::from_fn(|i| {
            let [dx, dy]: [f32; 2] = landmarks[i];
            [(x + dx) * stride, (y + dy) * stride]
        }),
    }
}

fn sigmoid(x: f32) -> f64 {
    1.0 / (1.0 + exp(-f64::from(x)))
}

/// e to the power of `x`, which is clamped to -80 to 80. The platform's function has other last bits elsewhere.
fn exp(x: f64) -> f64 {
    let x = x.clamp(-80.0, 80.0);
    let twos = (x * std::f64::consts::LOG2_E).round();
    let rest = x - twos * std::f64::consts::LN_2;
    // Taylor's series: 0.35 to the power of 14 is nothing compared with 14!.
    let mut sum = 1.0;
    for n in (1..=13).rev() {
        sum = 1.0 + sum * rest / f64::from(n);
    }
    sum * f64::from_bits(((1023 + twos as i64) as u64) << 52)
}

/// The shared area of two boxes as a part of their combined area.
fn overlap(a: &Face, b: &Face) -> f64 {
    let [a, b] = [a, b].map(|face| [face.x, face.y, face.width, face.height].map(f64::from));
    let shared = |axis: usize| {
        let end = (a[axis] + a[axis + 2]).min(b[axis] + b[axis + 2]);
        (end - a[axis].max(b[axis])).max(0.0)
    };
    let both = shared(0) * shared(1);
    both / (a[2] * a[3] + b[2] * b[3] - both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_the_exponential_function() {
        for i in -8000..=8000 {
            let x = f64::from(i) / 100.0;
            let relative = exp(x) / x.exp() - 1.0;
            assert!(relative.abs() < 2e-14, "{x}: {relative}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(1e300), exp(80.0));
        assert_eq!(exp(-1e300), exp(-80.0));
    }

    #[test]
    fn a_face_is_read_where_its_channels_say() {
        let half = f32::ln(2.0);
        let mut channels = [0.0; 16];
        // Class 3 to 1, object certain.
        (channels[0], channels[1]) = (f32::ln(3.0), 60.0);
        (channels[2], channels[3]) = (0.25, 0.75);
        (channels[4], channels[5]) = (half, 2.0 * half);
        for (i, channel) in channels[6..].iter_mut().enumerate() {
            *channel = i as f32 / 8.0;
        }
        let face = read(&channels, [3.0, 5.0], 16.0);
        assert!((face.score - 0.75_f32.sqrt()).abs() < 1e-6);
        assert_eq!((face.width, face.height), (32.0, 64.0));
        assert_eq!((face.x, face.y), (3.25 * 16.0 - 16.0, 5.75 * 16.0 - 32.0));
        let landmarks = [0.0, 1.0, 2.0, 3.0, 4.0].map(|i| [48.0 + 4.0 * i, 82.0 + 4.0 * i]);
        assert_eq!(face.landmarks, landmarks);
    }

    #[test]
    fn of_faces_that_overlap_the_best_stays() {
        let mut map = Map::new(5, 2, 1).unwrap();
        for (x, score) in [(0, 1.0), (1, 2.0), (3, 1.5), (4, 1.0)] {
            let channels = &mut map.row_mut(1)[x].0;
            // Boxes twice as wide as the stride: neighbors share a third.
            (channels[0], channels[1]) = (score, 60.0);
            channels[4] = f32::ln(2.0);
        }
        let found = faces(&[map], &[8], 0.8);
        let places: Vec<f32> = found.iter().map(|face| face.x).collect();
        assert_eq!(places, [0.0, 16.0]);
        assert!(found[0].score > found[1].score);
    }
}
