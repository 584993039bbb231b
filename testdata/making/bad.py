"""bad/: files that must be refused, each with a message that says what it is."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from . import gif, jpeg, photos, png, webps


def saved(kind, **options):
    out = io.BytesIO()
    Image.fromarray(photos.cat(32, 21)).save(out, kind, **options)
    return out.getvalue()


def gigapixel_jpeg():
    """A JPEG whose header promises 65500x65500 pixels."""
    small = jpeg.encode(np.full((8, 8, 3), 99, np.uint8), 50)
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", 65500, 65500) + small[at + 4:]


def gigapixel_png():
    return (png.SIGNATURE + png.header(100000, 100000, 8, png.RGB) + png.chunk(b"IDAT", zlib.compress(bytes(300)))
            + png.chunk(b"IEND", b""))


def files(stills):
    photo = stills["rgb8.png"]
    flipped = bytearray(photo)
    flipped[len(photo) // 2] ^= 0x55
    empty_ifd = bytes(8)
    return {
        "truncated.jpg": stills["plain.jpg"][: len(stills["plain.jpg"]) * 6 // 10],
        "truncated-progressive.jpg": stills["progressive.jpg"][: len(stills["progressive.jpg"]) * 8 // 10],
        "truncated-header.jpg": stills["plain.jpg"][:100],
        "truncated.png": photo[: len(photo) * 6 // 10],
        "truncated.gif": stills["plain.gif"][: len(stills["plain.gif"]) * 6 // 10],
        "truncated.webp": stills["lossy.webp"][: len(stills["lossy.webp"]) * 6 // 10],
        "gigapixel.jpg": gigapixel_jpeg(),
        "gigapixel.png": gigapixel_png(),
        "gigapixel.gif": (gif.start(65500, 65500, np.array([[0, 0, 0], [9, 9, 9]], np.uint8))
                          + gif.frame(np.zeros((1, 1), np.uint8), 1) + gif.END),
        "gigapixel.webp": webps.gigapixel(),
        "zero-width.png": png.SIGNATURE + png.header(0, 22, 8, png.RGB) + png.chunk(b"IDAT", b"") + png.chunk(b"IEND", b""),
        "wrong-checksum.png": bytes(flipped),
        "not-an-image.txt": b"This is a text about a photo, not a photo.\n",
        "empty.jpg": b"",
        "photo.avif": saved("AVIF", quality=50),
        "photo.bmp": saved("BMP"),
        "photo.tiff": saved("TIFF"),
        "header.heic": struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + struct.pack(">I", 16) + b"meta" + empty_ifd,
        "header.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
        "drawing.svg": b'<?xml version="1.0" encoding="UTF-8"?>\n'
                       b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><circle cx="32" cy="32" r="22"/></svg>\n',
    }
