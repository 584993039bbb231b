"""still/*.webp: lossy and lossless, with alpha, profiles and EXIF data. libwebp (through Pillow) encodes, and decodes what the goldens hold."""

import io
import struct

import numpy as np
from PIL import Image

from . import exif, icc, photos, pngs, resample
from .jpegs import XMP


def encode(pixels, **options):
    """`pixels` is (h, w, 3) RGB or (h, w, 4) RGBA. Options are Pillow's; method 6 is the slowest and smallest."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(out, "WEBP", method=6, **options)
    return out.getvalue()


def decode(data):
    """What libwebp makes of the first picture: RGBA if it has alpha, otherwise RGB."""
    image = Image.open(io.BytesIO(data))
    image.seek(0)
    return np.asarray(image)


def lossless(pixels, **options):
    """Colors of transparent pixels stay what they are."""
    return encode(pixels, lossless=True, exact=True, **options)


def gigapixel():
    """A lossless picture whose header promises 16384x16384 pixels."""
    small = bytearray(lossless(np.full((8, 8, 3), 99, np.uint8)))
    at = small.index(b"VP8L") + 8
    small[at + 1:at + 5] = struct.pack("<I", 0x3FFF | 0x3FFF << 14)
    return bytes(small)


def animated():
    frames = [Image.fromarray(np.ascontiguousarray(np.roll(photos.cat(48, 32), 7 * i, axis=1))) for i in range(3)]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=120, loop=0, lossless=True, method=6)
    return out.getvalue()


def files():
    photo = photos.cat(95, 63)
    h, w, _ = photo.shape
    alpha = np.round(pngs.alpha_of(h, w) * 255).astype(np.uint8)
    soft = np.dstack([photo, alpha])
    out = {
        # Odd sides: the last column and row of chroma cover half a sample.
        "lossy.webp": encode(photo, quality=80),
        "lossy-large.webp": encode(photos.coffee(), quality=60),
        "lossy-alpha.webp": encode(soft, quality=80),
        "lossy-alpha-large.webp": encode(np.dstack([photos.coffee(), speckled(600, 400)]), quality=20),
        "lossless.webp": lossless(photo),
        "lossless-alpha.webp": lossless(soft),
        "lossless-palette.webp": lossless(few_colors()),
        "fringe.webp": lossless(pngs.fringe()),
        "p3.webp": lossless(resample.from_srgb(photos.coffee(48, 32), icc.P3), icc_profile=icc.P3),
        "p3-lossy.webp": encode(resample.from_srgb(photos.coffee(95, 63), icc.P3), quality=90, icc_profile=icc.P3),
        "metadata.webp": lossless(photos.cat(48, 32), exif=exif.tiff(1, gps=True), xmp=XMP.encode()),
        "animated.webp": animated(),
    }
    turned = photos.coffee(45, 30)
    for n in range(1, 9):
        order = "<" if n % 2 else ">"
        out[f"orient-{n}.webp"] = lossless(resample.stored(turned, n), exif=exif.tiff(n, order=order))
    out["orient-6-lossy.webp"] = encode(resample.stored(photos.coffee(135, 90), 6), quality=90, exif=exif.tiff(6))
    return out


def speckled(w, h):
    """Alpha that takes more memory to decode than most."""
    y, x = np.mgrid[0:h, 0:w]
    return ((x * 7 + y * 13) % 251 + 5).astype(np.uint8)


def few_colors():
    """Nine colors, for a palette that stores two pixels in one."""
    index, palette = pngs.palette_of(photos.coffee(47, 31), 16)
    return palette[index]
