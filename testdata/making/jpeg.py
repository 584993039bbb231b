"""Makes JPEG variants: libjpeg-turbo (through Pillow and simplejpeg) encodes, and this file adds or changes markers."""

import io
import struct

import numpy as np
import simplejpeg
from PIL import Image


def encode(pixels, quality=92, **options):
    """Baseline through Pillow; `pixels` is (h, w) gray or (h, w, 3) RGB. Options are Pillow's."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def encode_sampled(pixels, sampling, quality=92):
    """For the samplings Pillow has no name for: '440' and '411'."""
    return simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=quality, colorsubsampling=sampling, fastdct=False)


def encode_ink(ink, quality=95, transform=0, **options):
    """Four inks (h, w, 4), 255 is full coverage. The Adobe convention stores them inverted, as Pillow does.

    Transform 2 is YCCK: the stored C, M, Y (inverted) are read as inverted R, G, B and turned to YCbCr. Pillow
    cannot ask libjpeg for that, so the transform is made here and the Adobe marker's last byte is changed.
    """
    if transform == 2:
        # libjpeg: stored (Y, Cb, Cr) -> RGB, then C' = 255 - R; C' is the inverted ink, so R is the ink itself.
        ycc = np.asarray(Image.fromarray(ink[..., :3].copy()).convert("YCbCr"))
        ink = np.concatenate([255 - ycc, ink[..., 3:]], axis=2)
    out = io.BytesIO()
    Image.fromarray(ink, "CMYK").save(out, "JPEG", quality=quality, **options)
    data = out.getvalue()
    at = data.index(b"\xff\xee\x00\x0eAdobe") + 2 + 2 + 5 + 6
    assert data[at] == 0
    return data[:at] + bytes([transform]) + data[at + 1:]


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def exif(tiff):
    return segment(0xE1, b"Exif\0\0" + tiff)


def xmp(text):
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + text.encode())


def comment(text):
    return segment(0xFE, text.encode())


def icc(profile, pieces=1, numbers=None):
    """APP2 segments. `numbers` overrides the (number, count) pair of each piece to get the numbering wrong."""
    step = -(-len(profile) // pieces)
    out = b""
    for i in range(pieces):
        number, count = numbers[i] if numbers else (i + 1, pieces)
        out += segment(0xE2, b"ICC_PROFILE\0" + bytes([number, count]) + profile[i * step:(i + 1) * step])
    return out


def insert(data, *segments):
    """Puts segments after SOI, and after a JFIF APP0 if there is one."""
    at = 2
    if data[2:4] == b"\xff\xe0":
        at += 2 + struct.unpack(">H", data[4:6])[0]
    return data[:at] + b"".join(segments) + data[at:]


def decode(data):
    """Pixels by libjpeg-turbo (accurate integer DCT, smooth chroma): (h, w), (h, w, 3), or ink as (h, w, 4)."""
    return np.asarray(Image.open(io.BytesIO(data)))
