"""golden/*.png: the pixels an avatar must have, computed here and not by the library under test.

PNG and GIF pixels come straight from the arrays the files were written from; JPEG pixels from libjpeg-turbo, WebP pixels from libwebp. Everything
after that is resample.py and littleCMS. The cases are the same, by name, as in crates/core/tests/golden/cases.rs.
"""

import numpy as np

from . import gifs, icc, jpeg, photos, png, pngs, resample, webps
from .resample import contain, cover, crop


def rgb(pixels):
    """Converts gray to RGB, and gray and alpha to RGBA; others stay as they are."""
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] == 2:
        return np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), pixels[..., 1:]], axis=2)
    return pixels


def through(profile):
    """A color step: resized pixels with this profile to sRGB; alpha is left alone."""
    def step(pixels):
        if pixels.shape[2] == 4 and profile[16:20] == b"RGB ":
            return np.dstack([resample.to_srgb(np.ascontiguousarray(pixels[..., :3]), profile), pixels[..., 3]])
        return resample.to_srgb(pixels, profile)
    return step


def jpeg_cases(stills):
    def read(name, orientation=1):
        pixels = jpeg.decode(stills[f"{name}.jpg"])
        return resample.upright(pixels if pixels.ndim == 3 else pixels[..., None], orientation)

    out = {}
    for n in range(1, 9):
        out[f"jpg-orient-{n}"] = contain(read(f"orient-{n}", n), 64)
        out[f"jpg-orient-{n}-cover"] = cover(read(f"orient-{n}", n), 45)
    for name in ("plain", "progressive", "subsampling-444", "subsampling-422", "subsampling-440", "subsampling-411",
                 "rgb", "restart", "metadata", "srgb-profile", "profile-truncated", "profile-misnumbered", "profile-piece-missing", "profile-gray-on-rgb",
                 "exif-damaged", "exif-orientation-9"):
        out[f"jpg-{name}"] = contain(read(name), 95)
    for name in ("gray", "profile-rgb-on-gray"):
        out[f"jpg-{name}"] = contain(rgb(read(name)), 95)
    for name in ("exif-big-endian", "thumbnail-orientation"):
        out[f"jpg-{name}"] = contain(read(name, 6), 95)
    for name in ("cmyk", "ycck", "ycck-progressive"):
        out[f"jpg-{name}"] = contain(resample.ink_to_rgb(read(name)), 95)
    out["jpg-cmyk-profile"] = contain(read("cmyk-profile"), 95, color=through(icc.CMYK))
    out["jpg-p3"] = contain(read("p3"), 95, color=through(icc.P3))
    out["jpg-wide"] = contain(read("wide"), 95, color=through(icc.WIDE))
    out["jpg-profile-in-pieces"] = contain(read("profile-in-pieces"), 95, color=through(icc.WIDE))
    out["jpg-gray-profile"] = contain(read("gray-profile"), 95, color=through(icc.GRAY))

    person = read("astronaut", 6)
    out["jpg-astronaut"] = contain(person, 128, color=through(icc.P3))
    out["jpg-astronaut-crop"] = crop(person, 11, 22, 333, 96, color=through(icc.P3))
    out["jpg-astronaut-cover"] = cover(person, 96, color=through(icc.P3))
    out["jpg-crop"] = crop(read("large"), 11, 22, 333, 96)
    out["jpg-crop-untouched"] = crop(read("large"), 222, 33, 111, 111)
    out["jpg-cover"] = cover(read("large"), 97)
    out["jpg-contain-blue"] = contain(read("large"), 97, (11, 22, 233))
    out["jpg-contain-transparent"] = contain(np.dstack([read("plain"), np.full((63, 95), 255)]).astype(np.uint8), 64, (0, 0, 0, 0))
    out["jpg-to-jpg"] = contain(read("large"), 128)
    out["jpg-to-jpg-odd"] = contain(read("large"), 105)
    return out


def png_cases():
    out = {}
    made = pngs.samples()
    clear = (0, 0, 0, 0)
    for name, (color, depth, data, more) in made.items():
        pixels = pngs.decoded(color, depth, data, more)
        if name.startswith("orient-"):
            out[f"png-{name}"] = contain(resample.upright(pixels, int(name[-1])), 45)
            continue
        if name in ("fringe", "small", "one-pixel", "extreme-1x60000", "gray16-every-value"):
            continue
        convert = rgb
        if "icc" in more:
            convert = through(more["icc"])
        background = clear if pixels.shape[2] in (2, 4) else (0, 0, 0)
        out[f"png-{name}"] = contain(pixels, 48, background, color=convert)

    def read(name):
        return pngs.decoded(*made[name])

    out["png-gray16-every-value"] = rgb(read("gray16-every-value"))
    out["png-fringe"] = contain(read("fringe"), 50, clear)
    out["png-fringe-crop"] = crop(read("fringe"), 11, 22, 77, 40)
    out["png-fringe-on-blue"] = resample.over(contain(read("fringe"), 50, clear), (11, 22, 233))
    out["png-fringe-enlarged"] = crop(read("fringe"), 4, 9, 44, 99)
    out["png-palette4-trns-reduced"] = contain(read("palette4-trns"), 31, clear)
    out["png-small-enlarged"] = contain(read("small"), 96)
    out["png-small-enlarged-cover"] = cover(read("small"), 77)
    out["png-one-pixel"] = contain(read("one-pixel"), 9)
    out["png-extreme-1x60000"] = contain(read("extreme-1x60000"), 64)
    out["png-rgb16-reduced"] = cover(read("rgb16"), 23)
    # The first frame, whether it is the default image or not.
    out["png-apng"] = contain(np.ascontiguousarray(np.roll(photos.cat(48, 32), 7, axis=1)), 48)
    out["png-apng-default-image"] = out["png-apng"]
    return out


def gif_cases():
    out = {}
    for name, (_, pixels) in gifs.pictures().items():
        out[f"gif-{name}"] = contain(pixels, 63, (0, 0, 0, 0) if pixels.shape[2] == 4 else (0, 0, 0))
    return out


def webp_cases(stills):
    def read(name, orientation=1):
        return resample.upright(webps.decode(stills[f"{name}.webp"]), orientation)

    out = {}
    clear = (0, 0, 0, 0)
    for n in range(1, 9):
        out[f"webp-orient-{n}"] = contain(read(f"orient-{n}", n), 45)
    out["webp-orient-6-lossy"] = contain(read("orient-6-lossy", 6), 135)
    for name, side in (("lossy", 95), ("lossless", 95), ("lossless-palette", 47), ("metadata", 48), ("animated", 48)):
        out[f"webp-{name}"] = contain(read(name), side)
    for name in ("lossy-alpha", "lossless-alpha"):
        out[f"webp-{name}"] = contain(read(name), 95, clear)
    out["webp-p3"] = contain(read("p3"), 48, color=through(icc.P3))
    out["webp-p3-lossy"] = contain(read("p3-lossy"), 95, color=through(icc.P3))
    out["webp-fringe"] = contain(read("fringe"), 50, clear)
    out["webp-fringe-on-blue"] = resample.over(contain(read("fringe"), 50, clear), (11, 22, 233))
    out["webp-crop"] = crop(read("lossy-large"), 11, 22, 333, 96)
    out["webp-cover"] = cover(read("lossy-large"), 97)
    out["webp-to-jpg"] = contain(read("lossy-large"), 128)
    out["webp-to-jpg-odd"] = contain(read("lossy-large"), 105)
    out["webp-to-jpg-turned"] = contain(read("orient-6-lossy", 6), 128)
    out["webp-to-jpg-lossless"] = contain(read("lossless"), 64)
    return out


def files(stills):
    cases = jpeg_cases(stills) | png_cases() | gif_cases() | webp_cases(stills)
    return {f"{name}.png": png.write(p, png.RGB if p.shape[2] == 3 else png.RGB_ALPHA, 8) for name, p in cases.items()}
