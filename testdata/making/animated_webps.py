"""animated/*.webp: small animated WebPs, put together chunk by chunk (RFC 9649, section 2.7.1.1), and what libwebp shows of them.

Pictures come from libwebp's encoder, through Pillow; positions, durations and ways to blend and dispose are written here, so that all of them
are possible.
"""

import io
import struct

import numpy as np
from PIL import Image

from . import exif, photos, png
from .apngs import disc, flat, halves, quarters

KEEP, BACKGROUND = 0, 1
OVER, SOURCE = 0, 2


def chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def number(value):
    return struct.pack("<I", value)[:3]


def coded(pixels, **more):
    """The chunks of a picture without the surrounding ones."""
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels).astype(np.uint8)).save(out, "WEBP", **more)
    data, kept = out.getvalue()[12:], b""
    while data:
        kind, length = data[:4], struct.unpack("<I", data[4:8])[0]
        if kind in (b"VP8 ", b"VP8L", b"ALPH"):
            kept += chunk(kind, data[8:8 + length])
        data = data[8 + length + length % 2:]
    return kept


def frame(pixels, x, y, milliseconds, flags, **more):
    h, w = np.asarray(pixels).shape[:2]
    head = number(x // 2) + number(y // 2) + number(w - 1) + number(h - 1) + number(milliseconds) + bytes([flags])
    return chunk(b"ANMF", head + coded(pixels, **more))


def animation(w, h, loops, frames, orientation=None):
    # Its background is a loud color, which no browser shows.
    flags = 0x12 | (8 if orientation else 0)
    out = chunk(b"VP8X", bytes([flags, 0, 0, 0]) + number(w - 1) + number(h - 1))
    out += chunk(b"ANIM", bytes([255, 0, 255, 255]) + struct.pack("<H", loops)) + b"".join(frames)
    if orientation:
        out += chunk(b"EXIF", exif.tiff(orientation))
    return b"RIFF" + struct.pack("<I", 4 + len(out)) + b"WEBP" + out


def lossless():
    """Alpha of all kinds, both ways to blend and to dispose; too short and odd durations."""
    exact = {"lossless": True, "exact": True}
    stripe = np.zeros((56, 72, 4), int)
    stripe[20:30] = [250, 250, 40, 210]
    four = [[200, 30, 40, 255], [20, 160, 60, 255], [30, 50, 210, 255], [240, 200, 20, 255]]
    return animation(72, 56, 3, [
        frame(quarters(60, 50, four, 6), 6, 4, 333, KEEP | OVER, **exact),
        frame(disc(12, [255, 255, 255, 200], [9, 9, 9, 0]), 10, 8, 233, KEEP | OVER, **exact),
        frame(halves(20, 16, [0, 200, 200, 60], [0, 90, 200, 255]), 30, 20, 0, BACKGROUND | SOURCE, **exact),
        frame(disc(10, [250, 0, 250, 255], [0, 255, 0, 0]), 40, 30, 10, BACKGROUND | OVER, **exact),
        frame(halves(22, 18, [77, 77, 77, 0], [120, 60, 10, 220]), 0, 0, 27, KEEP | SOURCE, **exact),
        frame(flat(2, 2, [255, 0, 0, 255]), 70, 54, 250, KEEP | OVER, **exact),
        frame(stripe, 0, 0, 11, BACKGROUND | OVER, **exact),
        frame(disc(9, [10, 240, 120, 160], [0, 0, 0, 0]), 22, 10, 17, KEEP | OVER, **exact),
    ])


def mixed():
    """A lossy photo without alpha, over it one with alpha and a lossless one; forever, and turned by EXIF data."""
    cup, cat = photos.coffee(64, 48), photos.cat(32, 32)
    y, x = np.mgrid[0:32, 0:32]
    alpha = np.clip(300 - 18 * np.hypot(x - 15.5, y - 15.5), 0, 255)[..., None]
    return animation(64, 48, 0, [
        frame(cup, 0, 0, 100, KEEP | OVER, quality=90),
        frame(np.concatenate([cat, alpha], axis=2), 8, 12, 100, BACKGROUND | OVER, quality=90, alpha_quality=100),
        frame(flat(20, 12, [30, 60, 220, 255]), 40, 2, 100, KEEP | SOURCE, lossless=True),
        frame(np.ascontiguousarray(cup[:, ::-1]), 0, 0, 100, KEEP | SOURCE, quality=90),
    ], orientation=6)


def files():
    return {"lossless.webp": lossless(), "mixed.webp": mixed()}


def screens():
    """What libwebp composites, stored as it is: not turned."""
    out = {}
    for name, data in files().items():
        with Image.open(io.BytesIO(data)) as image:
            shown = []
            for i in range(image.n_frames):
                image.seek(i)
                shown.append(np.asarray(image.convert("RGBA")))
        # Invisible pixels have no color.
        pixels = np.concatenate(shown).copy()
        pixels[pixels[..., 3] == 0] = 0
        out[name.replace(".webp", "-webp.png")] = png.write(pixels, png.RGB_ALPHA, 8)
    return out
