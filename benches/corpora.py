#!/usr/bin/env python3
"""Checks that every photo of a corpus that must be decoded looks as it does in Pillow or in libvips.

    cargo build --release -p headshot-cli
    target/race/venv/bin/python benches/corpora.py FOLDER

FOLDER has a `MANIFEST.tsv` with columns `path` and `expect`. Each photo with `must-decode` becomes a PNG of 256 pixels; the photo on it
must have the shape of the upright photo, and match the result of one of the two at that size to 30 dB. Both ignore the colors that a
PNG declares without a profile, so that is removed before; `interop/run colors` compares it with a browser. It needs `pillow` and
`pyvips` (with `pyvips-binary`); the race installs both into its environment. It exits with 1 if a photo differs that EXCEPTIONS does not
explain.
"""

import argparse
import csv
import io
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import pyvips
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

ROOT = Path(__file__).resolve().parent.parent
SIDE = 256
GRAY = 128
LEAST = 30.0

# Areas that no frame of a GIF covers are transparent, as in browsers. Without a transparent color in the frame Pillow fills them with the
# background color, and libvips with black.
UNCOVERED = "what no frame covers is transparent, as in browsers"

# Photos that differ from both, and why that is right.
EXCEPTIONS = {
    "image-rs-image/tests/images/gif/anim/border_touching_layers.gif": UNCOVERED,
    "synthetic-exotic/gif/gifar-js.gif": UNCOVERED,
    "image-rs-jpeg-decoder/tests/reftest/images/lossless/1/jpeg_lossless_sel1-8bit.jpg": "lossless coding is refused",
}


def plain(photo):
    """A PNG without declarations of its colors other than a profile; any other photo as it is."""
    if not photo.startswith(b"\x89PNG"):
        return photo
    kept, at = photo[:8], 8
    while at + 8 <= len(photo):
        end = at + 12 + int.from_bytes(photo[at : at + 4])
        if photo[at + 4 : at + 8] not in (b"cICP", b"gAMA", b"cHRM"):
            kept += photo[at:end]
        at = end
    return kept + photo[at:]


def content(size):
    """Where a photo of this size lies on the square, and how large it is."""
    longer = max(size)
    width, height = (max(1, (2 * length * SIDE + longer) // (2 * longer)) for length in size)
    left, top = (SIDE - width) // 2, (SIDE - height) // 2
    return left, top, left + width, top + height


def pillow(photo):
    """The upright size, and a function that makes RGB of a size."""
    image = Image.open(io.BytesIO(photo))
    image.seek(0)
    image.load()
    icc = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = image.point(lambda value: value / 257.0).convert("L")
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    alpha = image.convert("RGBA").getchannel("A") if has_alpha else None
    if image.mode not in ("RGB", "L", "CMYK"):
        image = image.convert("RGB")
    if icc:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
            image = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except ImageCms.PyCMSError:
            pass
    image = image.convert("RGB")

    def made(size):
        # Pillow's bicubic filter is Catmull-Rom.
        how = Image.Resampling.LANCZOS if size[0] < image.size[0] else Image.Resampling.BICUBIC
        if alpha is None:
            return image.resize(size, how)
        image.putalpha(alpha)
        resized = image.resize(size, how)
        ground = Image.new("RGBA", size, (GRAY, GRAY, GRAY, 255))
        return Image.alpha_composite(ground, resized).convert("RGB")

    return image.size, made


def vips(photo):
    """The same."""
    image = pyvips.Image.new_from_buffer(photo, "", access="random").autorot()

    def made(size):
        small = pyvips.Image.thumbnail_buffer(
            photo, size[0], height=size[1], size="force", output_profile="srgb", intent="relative"
        )
        if small.hasalpha():
            small = small.flatten(background=[GRAY])
        small = small.colourspace("srgb").cast("uchar")
        return Image.frombytes("RGB", (small.width, small.height), small.write_to_memory())

    return (image.width, image.height), made


def psnr(one, other):
    square = sum(ImageStat.Stat(ImageChops.difference(one, other)).sum2) / (3 * one.width * one.height)
    return 99.0 if square == 0 else 10 * math.log10(255 * 255 / square)


def compare(photo, avatar):
    """The best match: decibels, or why there are none, and whose it is."""
    best = (-1.0, "neither decodes it")
    for peer in (pillow, vips):
        try:
            size, made = peer(photo)
            place = content(size)
            found = avatar.crop(place)
            bars = avatar.copy()
            bars.paste((GRAY,) * 3, place)
            if any(low != GRAY or high != GRAY for low, high in bars.getextrema()):
                best = max(best, (0.0, f"{peer.__name__} has another shape: {size[0]} x {size[1]}"))
                continue
            best = max(best, (psnr(found, made(found.size)), peer.__name__))
        except (OSError, SyntaxError, ValueError, EOFError, pyvips.Error, Image.DecompressionBombError) as error:
            best = max(best, (-1.0, f"{peer.__name__}: {str(error).splitlines()[0]}"))
        if best[0] >= LEAST:
            break
    return best


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--headshot", type=Path, default=ROOT / "target/release/headshot")
    options = options.parse_args()
    Image.MAX_IMAGE_PIXELS = None
    with (options.folder / "MANIFEST.tsv").open(newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    paths = [row["path"] for row in rows if row["expect"] == "must-decode"]
    bad, excused, lowest = [], 0, 99.0
    with tempfile.TemporaryDirectory() as scratch:
        photos, avatars = Path(scratch) / "photos", Path(scratch) / "avatars"
        photos.mkdir()
        for number, path in enumerate(paths):
            suffix = Path(path).suffix.lower()
            (photos / f"{number:05}{suffix if suffix else '.png'}").write_bytes(plain((options.folder / path).read_bytes()))
        command = [options.headshot, "normalize", photos, "-o", avatars, "--side", str(SIDE), "--format", "png"]
        command += ["--background", f"#{GRAY:02x}{GRAY:02x}{GRAY:02x}", "--quiet"]
        subprocess.run(command, stderr=subprocess.DEVNULL)
        for number, path in enumerate(paths):
            avatar = avatars / f"{number:05}.png"
            if avatar.exists():
                found, whose = compare(plain((options.folder / path).read_bytes()), Image.open(avatar).convert("RGB"))
            else:
                found, whose = -1.0, "there is no avatar"
            if found >= LEAST:
                lowest = min(lowest, found)
            elif path in EXCEPTIONS:
                excused += 1
                print(f"exception: {path}: {EXCEPTIONS[path]} ({found:.1f} dB, {whose})")
            else:
                bad.append(f"{path}: {found:.1f} dB, {whose}")
    print("\n".join(bad))
    print(f"{len(paths)} photos, {excused} of them exceptions, {len(bad)} bad; the others are within {lowest:.1f} dB")
    sys.exit(1 if bad or not paths else 0)


if __name__ == "__main__":
    main()
