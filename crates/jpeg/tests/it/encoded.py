"""Writes encoded.txt: what libjpeg-turbo makes of the pictures of encode.rs, with our tables. Needs Pillow."""

import io
import pathlib

from PIL import Image, __version__, features


def picture(width, height):
    """Slopes with noise, as in encode.rs."""
    seed = 1000 * width + height
    out = bytearray()
    for y in range(height):
        for x in range(width):
            for part in range(3):
                seed = (seed * 1664525 + 1013904223) % 2**32
                noise = (seed >> 24) % (4 + 20 * part)
                out.append((40 + 5 * x + (part + 1) * y + 60 * part + noise) % 256)
    return bytes(out)


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


def tables(quality):
    """Those of libjpeg at this quality, from base tables whose DC is three quarters."""
    plain = io.BytesIO()
    # At quality 50 the tables are the base tables.
    Image.new("RGB", (8, 8)).save(plain, "JPEG", quality=50)
    found = Image.open(plain).quantization
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    bases = [12, *found[0][1:]], [13, *found[1][1:]]
    return [[min(max((base * percent + 50) // 100, 1), 255) for base in table] for table in bases]


rows = []
for width in range(1, 41):
    row = []
    for height in range(1, 41):
        image = Image.frombytes("RGB", (width, height), picture(width, height))
        file = io.BytesIO()
        quality = 1 + (41 * width + 7 * height) % 100
        image.save(file, "JPEG", qtables=tables(quality), optimize=True, subsampling="4:2:0")
        row.append(f"{fnv(file.getvalue()):08x}")
    rows.append(" ".join(row))
turbo = features.version("libjpeg_turbo")
head = f"# Pillow {__version__}, libjpeg-turbo {turbo}. A line for each width, a hash for each height."
path = pathlib.Path(__file__).with_suffix(".txt")
path.write_text("\n".join([head, *rows]) + "\n")
