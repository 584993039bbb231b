"""Writes full_size.txt: the pixels that libjpeg-turbo makes of the photos of full_size.rs. Needs Pillow."""

import pathlib

from PIL import Image, __version__, features

PHOTOS = "astronaut gray large orient-6 plain progressive restart rgb subsampling-411 subsampling-422 subsampling-440 subsampling-444"


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


here = pathlib.Path(__file__)
lines = [f"# Pillow {__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}. Photo, width, height, hash."]
for name in PHOTOS.split():
    image = Image.open(here.parents[4] / "testdata/still" / f"{name}.jpg")
    lines.append(f"{name} {image.width} {image.height} {fnv(image.tobytes()):08x}")
here.with_suffix(".txt").write_text("\n".join(lines) + "\n")
