"""Writes PNG chunk by chunk, so that every color type, depth, interlacing and odd chunk is possible."""

import itertools
import struct
import zlib
from typing import NamedTuple

import numpy as np

GRAY, RGB, PALETTE, GRAY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGB_ALPHA: 4}
KEEP, BACKGROUND, PREVIOUS = 0, 1, 2
SOURCE, OVER = 0, 1
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_rows(samples, depth):
    """Samples of shape (h, w, channels) to the bytes of each row, unfiltered."""
    h = samples.shape[0]
    if depth == 16:
        return samples.astype(">u2").reshape(h, -1).view(np.uint8)
    flat = samples.astype(np.uint8).reshape(h, -1)
    if depth == 8:
        return flat
    per = 8 // depth
    flat = np.pad(flat, ((0, 0), (0, -flat.shape[1] % per))).reshape(h, -1, per)
    shifts = np.arange(per - 1, -1, -1) * depth
    return (flat.astype(int) << shifts).sum(axis=2).astype(np.uint8)


def filtered(rows, bpp):
    """Each row with the filter of the smallest sum of absolute values, all five tried (PNG, section 9)."""
    out, above = b"", np.zeros(rows.shape[1], int)
    for row in rows.astype(int):
        left = np.concatenate([np.zeros(bpp, int), row[:-bpp]])[: len(row)]
        corner = np.concatenate([np.zeros(bpp, int), above[:-bpp]])[: len(row)]
        p = left + above - corner
        pa, pb, pc = abs(p - left), abs(p - above), abs(p - corner)
        paeth = np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, above, corner))
        tries = [row, row - left, row - above, row - (left + above) // 2, row - paeth]
        tries = [(t % 256).astype(np.uint8) for t in tries]
        best = min(range(5), key=lambda i: int(np.abs(tries[i].view(np.int8).astype(int)).sum()))
        out += bytes([best]) + tries[best].tobytes()
        above = row
    return out


def image_data(samples, depth, interlaced=False):
    bpp = max(1, samples.shape[2] * depth // 8)
    if not interlaced:
        return zlib.compress(filtered(pack_rows(samples, depth), bpp), 9)
    raw = b""
    for x, y, dx, dy in ADAM7:
        part = samples[y::dy, x::dx]
        if part.size:
            raw += filtered(pack_rows(part, depth), bpp)
    return zlib.compress(raw, 9)


def header(w, h, depth, color, interlaced=False):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, color, 0, 0, int(interlaced)))


def write(samples, color, depth, *, palette=None, trns=None, interlaced=False, before=b"", after=b"", exif=None, icc=None):
    """A whole PNG. `before` and `after` are finished chunks on either side of the image data."""
    samples = samples.reshape(samples.shape[0], samples.shape[1], CHANNELS[color])
    out = SIGNATURE + header(samples.shape[1], samples.shape[0], depth, color, interlaced)
    if icc:
        out += chunk(b"iCCP", b"profile\0\0" + zlib.compress(icc, 9))
    if palette is not None:
        out += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    if trns is not None:
        out += chunk(b"tRNS", trns)
    if exif:
        out += chunk(b"eXIf", exif)
    data = image_data(samples, depth, interlaced)
    out += before
    half = len(data) // 2  # two IDAT chunks: a reader has to join them
    out += chunk(b"IDAT", data[:half]) + chunk(b"IDAT", data[half:])
    return out + after + chunk(b"IEND", b"")


def text(keyword, value):
    return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + value.encode("latin-1"))


def compressed_text(keyword, value):
    return chunk(b"zTXt", keyword.encode("latin-1") + b"\0\0" + zlib.compress(value.encode("latin-1")))


def international_text(keyword, value):
    return chunk(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + value.encode())


def modified(year, month, day):
    return chunk(b"tIME", struct.pack(">HBBBBB", year, month, day, 12, 34, 56))


def animated(frames, delay_ms, default_image=None):
    """An APNG of whole RGB frames. With `default_image` the still picture is not part of the animation."""
    h, w = frames[0].shape[:2]
    out = SIGNATURE + header(w, h, 8, RGB) + chunk(b"acTL", struct.pack(">II", len(frames), 0))
    sequence = 0
    if default_image is not None:
        out += chunk(b"IDAT", image_data(default_image, 8))
    for i, frame in enumerate(frames):
        out += chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, w, h, 0, 0, delay_ms, 1000, 0, 0))
        sequence += 1
        if i == 0 and default_image is None:
            out += chunk(b"IDAT", image_data(frame, 8))
        else:
            out += chunk(b"fdAT", struct.pack(">I", sequence) + image_data(frame, 8))
            sequence += 1
    return out + chunk(b"IEND", b"")


class Frame(NamedTuple):
    """A frame of an APNG: samples, position, delay as a fraction of a second, dispose_op, blend_op."""

    samples: np.ndarray
    x: int = 0
    y: int = 0
    delay: tuple[int, int] = (1, 10)
    disposal: int = KEEP
    blend: int = SOURCE


def animation(frames, color, depth, *, plays=0, default_image=None, before=b"", interlaced=False):
    """An APNG. The first frame is the default image unless there is another. `before` are finished chunks ahead of the pixels."""
    h, w = (frames[0].samples if default_image is None else default_image).shape[:2]
    out = SIGNATURE + header(w, h, depth, color, interlaced) + chunk(b"acTL", struct.pack(">II", len(frames), plays)) + before
    if default_image is not None:
        out += chunk(b"IDAT", image_data(default_image, depth, interlaced))
    numbers = itertools.count()
    for i, frame in enumerate(frames):
        h, w = frame.samples.shape[:2]
        out += chunk(b"fcTL", struct.pack(">IIIIIHHBB", next(numbers), w, h, frame.x, frame.y, *frame.delay, frame.disposal, frame.blend))
        data = image_data(frame.samples, depth, interlaced)
        for part in data[:len(data) // 2], data[len(data) // 2:]:  # a reader has to join them
            if i == 0 and default_image is None:
                out += chunk(b"IDAT", part)
            else:
                out += chunk(b"fdAT", struct.pack(">I", next(numbers)) + part)
    return out + chunk(b"IEND", b"")
