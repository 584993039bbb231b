//! The cases: which photo becomes which golden picture, and how far it may differ.

use headshot_core::{Background, CropBox, Fit, Limits, Options, SideRange, StillFormat};

use crate::compare::Tolerance;

/// One golden picture, `testdata/golden/<name>.png`.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// In `testdata/still`.
    pub(crate) photo: &'static str,
    pub(crate) options: Options,
    pub(crate) tolerance: Tolerance,
}

/// Lossless, nothing resampled, nothing converted: there is only one right answer.
const EXACT: Tolerance = Tolerance { max: 0, mean: 0.0 };

/// Two passes with 8 bits in between, against floating point: a rounding step each way, and more where an overshoot is
/// clipped between the passes. Bilinear or bicubic instead of Lanczos is off by 0.6 on average, half a pixel by 1.2.
const RESAMPLED: Tolerance = Tolerance { max: 6, mean: 0.25 };

/// The same for a picture of sixteen colors, where every pixel is an edge and overshoots.
const RESAMPLED_EDGES: Tolerance = Tolerance {
    max: 24,
    mean: 0.25,
};

/// T.81 lets decoders differ by one in each sample. YCbCr to RGB turns that into 3, smooth chroma into 4. Chroma without
/// interpolation is off by 0.8 on average, an inaccurate inverse transform by 0.5.
const JPEG: Tolerance = Tolerance { max: 5, mean: 0.15 };

/// The same if four samples become one: libjpeg repeats it, which is off by 36.
const SUBSAMPLED_411: Tolerance = Tolerance { max: 40, mean: 1.2 };

/// Resampled as YCbCr, which can hold colors outside RGB around hard edges; the goldens clip them earlier.
const RESAMPLED_JPEG: Tolerance = Tolerance {
    max: 24,
    mean: 0.45,
};

/// Two color engines with 8 bits in and out. An ignored profile is off by at least 2.3 on average.
const PROFILE: Tolerance = Tolerance { max: 3, mean: 0.4 };

/// Differences of decoding and resampling, amplified by the conversion of saturated colors.
const JPEG_PROFILE: Tolerance = Tolerance { max: 12, mean: 0.7 };

/// There is more than one way to interpolate in four dimensions.
const CMYK_PROFILE: Tolerance = Tolerance { max: 6, mean: 0.6 };

/// What 4:2:0 at quality 90 loses, measured with libjpeg-turbo: 38 and 2.35 at 128 pixels. At quality 75 it is 56 and 3.3.
const ENCODED: Tolerance = Tolerance { max: 52, mean: 2.7 };

/// How many goldens there are: a list that shrinks by accident must fail.
pub(crate) const COUNT: usize = 142;

/// A golden and a photo with the same stored pixels whose result must differ.
pub(crate) const MUST_DIFFER: [(&str, &str); 5] = [
    ("jpg-wide", "profile-truncated.jpg"),
    ("jpg-profile-in-pieces", "profile-misnumbered.jpg"),
    ("jpg-cmyk-profile", "cmyk.jpg"),
    ("png-rgb8-trns", "rgb8.png"),
    ("jpg-orient-5", "orient-6.jpg"),
];

pub(crate) fn all() -> Vec<Case> {
    vec![
        contain("jpg-orient-1", "orient-1.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-2", "orient-2.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-3", "orient-3.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-4", "orient-4.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-5", "orient-5.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-6", "orient-6.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-7", "orient-7.jpg", 64, RESAMPLED_JPEG),
        contain("jpg-orient-8", "orient-8.jpg", 64, RESAMPLED_JPEG),
        cover("jpg-orient-1-cover", "orient-1.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-2-cover", "orient-2.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-3-cover", "orient-3.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-4-cover", "orient-4.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-5-cover", "orient-5.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-6-cover", "orient-6.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-7-cover", "orient-7.jpg", 45, RESAMPLED_JPEG),
        cover("jpg-orient-8-cover", "orient-8.jpg", 45, RESAMPLED_JPEG),
        contain("jpg-plain", "plain.jpg", 95, JPEG),
        contain("jpg-progressive", "progressive.jpg", 95, JPEG),
        contain("jpg-restart", "restart.jpg", 95, JPEG),
        contain("jpg-rgb", "rgb.jpg", 95, JPEG),
        contain("jpg-subsampling-444", "subsampling-444.jpg", 95, JPEG),
        contain("jpg-subsampling-422", "subsampling-422.jpg", 95, JPEG),
        contain("jpg-subsampling-440", "subsampling-440.jpg", 95, JPEG),
        contain(
            "jpg-subsampling-411",
            "subsampling-411.jpg",
            95,
            SUBSAMPLED_411,
        ),
        contain("jpg-gray", "gray.jpg", 95, JPEG),
        contain("jpg-cmyk", "cmyk.jpg", 95, JPEG),
        contain("jpg-ycck", "ycck.jpg", 95, JPEG),
        contain("jpg-ycck-progressive", "ycck-progressive.jpg", 95, JPEG),
        contain("jpg-cmyk-profile", "cmyk-profile.jpg", 95, CMYK_PROFILE),
        contain("jpg-p3", "p3.jpg", 95, JPEG_PROFILE),
        contain("jpg-wide", "wide.jpg", 95, JPEG_PROFILE),
        contain(
            "jpg-profile-in-pieces",
            "profile-in-pieces.jpg",
            95,
            JPEG_PROFILE,
        ),
        contain("jpg-gray-profile", "gray-profile.jpg", 95, JPEG_PROFILE),
        contain("jpg-srgb-profile", "srgb-profile.jpg", 95, JPEG),
        contain("jpg-profile-truncated", "profile-truncated.jpg", 95, JPEG),
        contain(
            "jpg-profile-misnumbered",
            "profile-misnumbered.jpg",
            95,
            JPEG,
        ),
        contain(
            "jpg-profile-piece-missing",
            "profile-piece-missing.jpg",
            95,
            JPEG,
        ),
        contain(
            "jpg-profile-rgb-on-gray",
            "profile-rgb-on-gray.jpg",
            95,
            JPEG,
        ),
        contain(
            "jpg-profile-gray-on-rgb",
            "profile-gray-on-rgb.jpg",
            95,
            JPEG,
        ),
        contain("jpg-exif-big-endian", "exif-big-endian.jpg", 95, JPEG),
        contain(
            "jpg-thumbnail-orientation",
            "thumbnail-orientation.jpg",
            95,
            JPEG,
        ),
        contain("jpg-exif-damaged", "exif-damaged.jpg", 95, JPEG),
        contain("jpg-exif-orientation-9", "exif-orientation-9.jpg", 95, JPEG),
        contain("jpg-metadata", "metadata.jpg", 95, JPEG),
        contain("jpg-astronaut", "astronaut.jpg", 128, JPEG_PROFILE),
        crop(
            "jpg-astronaut-crop",
            "astronaut.jpg",
            (11, 22, 333),
            96,
            JPEG_PROFILE,
        ),
        cover("jpg-astronaut-cover", "astronaut.jpg", 96, JPEG_PROFILE),
        crop("jpg-crop", "large.jpg", (11, 22, 333), 96, RESAMPLED_JPEG),
        crop("jpg-crop-untouched", "large.jpg", (222, 33, 111), 111, JPEG),
        cover("jpg-cover", "large.jpg", 97, RESAMPLED_JPEG),
        Case {
            options: Options {
                background: Background::Color([11, 22, 233]),
                ..side(97)
            },
            ..contain("jpg-contain-blue", "large.jpg", 97, RESAMPLED_JPEG)
        },
        Case {
            options: Options {
                background: Background::Transparent,
                ..side(64)
            },
            ..contain("jpg-contain-transparent", "plain.jpg", 64, RESAMPLED_JPEG)
        },
        as_jpeg("jpg-to-jpg", "large.jpg", 128),
        as_jpeg("jpg-to-jpg-odd", "large.jpg", 105),
        contain("png-orient-1", "orient-1.png", 45, EXACT),
        contain("png-orient-2", "orient-2.png", 45, EXACT),
        contain("png-orient-3", "orient-3.png", 45, EXACT),
        contain("png-orient-4", "orient-4.png", 45, EXACT),
        contain("png-orient-5", "orient-5.png", 45, EXACT),
        contain("png-orient-6", "orient-6.png", 45, EXACT),
        contain("png-orient-7", "orient-7.png", 45, EXACT),
        contain("png-orient-8", "orient-8.png", 45, EXACT),
        contain("png-gray1", "gray1.png", 48, EXACT),
        contain("png-gray2", "gray2.png", 48, EXACT),
        contain("png-gray4", "gray4.png", 48, EXACT),
        contain("png-gray8", "gray8.png", 48, EXACT),
        contain("png-gray16", "gray16.png", 48, EXACT),
        contain("png-rgb8", "rgb8.png", 48, EXACT),
        contain("png-rgb16", "rgb16.png", 48, EXACT),
        contain("png-la8", "la8.png", 48, EXACT),
        contain("png-la16", "la16.png", 48, EXACT),
        contain("png-rgba8", "rgba8.png", 48, EXACT),
        contain("png-rgba16", "rgba16.png", 48, EXACT),
        contain("png-palette1", "palette1.png", 48, EXACT),
        contain("png-palette2", "palette2.png", 48, EXACT),
        contain("png-palette4", "palette4.png", 48, EXACT),
        contain("png-palette8", "palette8.png", 48, EXACT),
        contain("png-palette1-trns", "palette1-trns.png", 48, EXACT),
        contain("png-palette2-trns", "palette2-trns.png", 48, EXACT),
        contain("png-palette4-trns", "palette4-trns.png", 48, EXACT),
        contain("png-palette8-trns", "palette8-trns.png", 48, EXACT),
        contain("png-gray4-trns", "gray4-trns.png", 48, EXACT),
        contain("png-gray8-trns", "gray8-trns.png", 48, EXACT),
        contain("png-gray16-trns", "gray16-trns.png", 48, EXACT),
        contain("png-rgb8-trns", "rgb8-trns.png", 48, EXACT),
        contain("png-rgb16-trns", "rgb16-trns.png", 48, EXACT),
        contain("png-interlaced-gray1", "interlaced-gray1.png", 48, EXACT),
        contain("png-interlaced-gray8", "interlaced-gray8.png", 48, EXACT),
        contain("png-interlaced-la8", "interlaced-la8.png", 48, EXACT),
        contain(
            "png-interlaced-palette4",
            "interlaced-palette4.png",
            48,
            EXACT,
        ),
        contain("png-interlaced-rgb8", "interlaced-rgb8.png", 48, EXACT),
        contain("png-interlaced-rgba16", "interlaced-rgba16.png", 48, EXACT),
        contain("png-metadata", "metadata.png", 48, EXACT),
        contain("png-apng", "apng.png", 48, EXACT),
        contain(
            "png-apng-default-image",
            "apng-default-image.png",
            48,
            EXACT,
        ),
        contain(
            "png-gray16-every-value",
            "gray16-every-value.png",
            256,
            EXACT,
        ),
        contain("png-p3", "p3.png", 48, PROFILE),
        contain("png-p3-rgba16", "p3-rgba16.png", 48, PROFILE),
        contain("png-palette-profile", "palette-profile.png", 48, PROFILE),
        contain("png-gray-profile", "gray-profile.png", 48, PROFILE),
        contain(
            "png-palette4-trns-reduced",
            "palette4-trns.png",
            31,
            RESAMPLED_EDGES,
        ),
        cover("png-rgb16-reduced", "rgb16.png", 23, RESAMPLED),
        contain("png-fringe", "fringe.png", 50, RESAMPLED_EDGES),
        crop(
            "png-fringe-crop",
            "fringe.png",
            (11, 22, 77),
            40,
            RESAMPLED_EDGES,
        ),
        crop(
            "png-fringe-enlarged",
            "fringe.png",
            (4, 9, 44),
            99,
            RESAMPLED_EDGES,
        ),
        Case {
            options: Options {
                background: Background::Color([11, 22, 233]),
                ..side(50)
            },
            ..contain("png-fringe-on-blue", "fringe.png", 50, RESAMPLED_EDGES)
        },
        contain("png-small-enlarged", "small.png", 96, RESAMPLED),
        cover("png-small-enlarged-cover", "small.png", 77, RESAMPLED),
        contain("png-one-pixel", "one-pixel.png", 9, EXACT),
        Case {
            options: Options {
                limits: Limits {
                    side: 60_000,
                    ..Limits::default()
                },
                ..side(64)
            },
            ..contain("png-extreme-1x60000", "extreme-1x60000.png", 64, RESAMPLED)
        },
        contain("gif-plain", "plain.gif", 63, EXACT),
        contain("gif-interlaced", "interlaced.gif", 63, EXACT),
        contain("gif-transparent", "transparent.gif", 63, EXACT),
        contain("gif-small-frame", "small-frame.gif", 63, EXACT),
        contain("gif-local-palette", "local-palette.gif", 63, EXACT),
        contain("gif-both-palettes", "both-palettes.gif", 63, EXACT),
        contain("webp-orient-1", "orient-1.webp", 45, EXACT),
        contain("webp-orient-2", "orient-2.webp", 45, EXACT),
        contain("webp-orient-3", "orient-3.webp", 45, EXACT),
        contain("webp-orient-4", "orient-4.webp", 45, EXACT),
        contain("webp-orient-5", "orient-5.webp", 45, EXACT),
        contain("webp-orient-6", "orient-6.webp", 45, EXACT),
        contain("webp-orient-7", "orient-7.webp", 45, EXACT),
        contain("webp-orient-8", "orient-8.webp", 45, EXACT),
        contain("webp-orient-6-lossy", "orient-6-lossy.webp", 135, EXACT),
        contain("webp-lossy", "lossy.webp", 95, EXACT),
        contain("webp-lossless", "lossless.webp", 95, EXACT),
        contain("webp-lossless-palette", "lossless-palette.webp", 47, EXACT),
        contain("webp-metadata", "metadata.webp", 48, EXACT),
        contain("webp-animated", "animated.webp", 48, EXACT),
        contain("webp-lossy-alpha", "lossy-alpha.webp", 95, EXACT),
        contain("webp-lossless-alpha", "lossless-alpha.webp", 95, EXACT),
        contain("webp-p3", "p3.webp", 48, PROFILE),
        contain("webp-p3-lossy", "p3-lossy.webp", 95, PROFILE),
        contain("webp-fringe", "fringe.webp", 50, RESAMPLED_EDGES),
        Case {
            options: Options {
                background: Background::Color([11, 22, 233]),
                ..side(50)
            },
            ..contain("webp-fringe-on-blue", "fringe.webp", 50, RESAMPLED_EDGES)
        },
        crop(
            "webp-crop",
            "lossy-large.webp",
            (11, 22, 333),
            96,
            RESAMPLED,
        ),
        cover("webp-cover", "lossy-large.webp", 97, RESAMPLED),
        as_jpeg("webp-to-jpg", "lossy-large.webp", 128),
        as_jpeg("webp-to-jpg-odd", "lossy-large.webp", 105),
        as_jpeg("webp-to-jpg-turned", "orient-6-lossy.webp", 128),
        as_jpeg("webp-to-jpg-lossless", "lossless.webp", 64),
    ]
}

/// PNG, so that the compared pixels have not been through a lossy encoder.
fn side(side: u32) -> Options {
    Options {
        side: SideRange::new(side, side).expect("a side from 1 to 4096"),
        format: StillFormat::Png,
        ..Options::default()
    }
}

fn contain(name: &'static str, photo: &'static str, length: u32, tolerance: Tolerance) -> Case {
    Case {
        name,
        photo,
        options: side(length),
        tolerance,
    }
}

/// In the default format for such a photo.
fn as_jpeg(name: &'static str, photo: &'static str, length: u32) -> Case {
    Case {
        options: Options {
            format: StillFormat::default(),
            ..side(length)
        },
        ..contain(name, photo, length, ENCODED)
    }
}

fn cover(name: &'static str, photo: &'static str, length: u32, tolerance: Tolerance) -> Case {
    Case {
        options: Options {
            fit: Fit::Cover,
            ..side(length)
        },
        ..contain(name, photo, length, tolerance)
    }
}

/// The box is x, y and side in upright pixels.
fn crop(
    name: &'static str,
    photo: &'static str,
    (x, y, width): (u32, u32, u32),
    length: u32,
    tolerance: Tolerance,
) -> Case {
    let crop = CropBox { x, y, side: width };
    Case {
        options: Options {
            fit: Fit::Crop(crop),
            ..side(length)
        },
        ..contain(name, photo, length, tolerance)
    }
}
