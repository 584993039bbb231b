"""Makes the files of the WebP race with Pillow: webp.py OUT PHOTO...

Each photo becomes a lossy WebP and a PNG of the pixels that libwebp makes of it. Every second photo of up to 8 megapixels also becomes
a lossless one, and one with alpha of either kind. Existing files stay.
"""

import sys
from pathlib import Path

from PIL import Image, ImageOps

Image.MAX_IMAGE_PIXELS = None


def save(image, path, **options):
    """A WebP, and next to it the PNG of its pixels."""
    png = path.with_suffix(".png")
    if png.exists():
        return
    image.save(path, "WEBP", **options)
    Image.open(path).save(png, compress_level=6)


def name(source):
    """A wallpaper is named for its size, and its folder for what it shows."""
    return source.parts[-4] if "contents" in source.parts else source.stem


def holed(image):
    """A soft disc, transparent around it."""
    radial = Image.radial_gradient("L").resize(image.size)
    image = image.copy()
    image.putalpha(radial.point(lambda distance: max(0, min(255, 3 * (200 - distance)))))
    return image


out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
for number, source in enumerate(map(Path, sys.argv[2:])):
    image = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
    if image.width * image.height > 16_000_000:
        continue
    save(image, out / f"{name(source)}-lossy.webp", quality=80)
    if number % 2 == 0 and image.width * image.height <= 8_000_000:
        save(image, out / f"{name(source)}-lossless.webp", lossless=True, method=1)
        save(holed(image), out / f"{name(source)}-lossy-alpha.webp", quality=80)
        save(holed(image), out / f"{name(source)}-lossless-alpha.webp", lossless=True, method=1)
