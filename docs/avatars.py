#!/usr/bin/env python3
"""Makes docs/avatars.webp, the picture in the README: four photos of testdata, and the avatars that headshot makes of them.

    cargo build --release && pip install pillow==13.0.0 && python docs/avatars.py [HEADSHOT]

HEADSHOT is the command, by default target/release/headshot.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
COMMAND = sys.argv[1] if len(sys.argv) > 1 else ROOT / "target/release/headshot"
SIDE, GAP, CAPTION, RADIUS = 240, 24, 34, 48
GRAY = (128, 128, 128, 255)  # readable on white and on black

COLUMNS = [
    ("still/astronaut.jpg", ["--fit", "face"]),
    ("still/large.jpg", ["--fit", "cover"]),
    ("still/lossy-large.webp", ["--background", "blur"]),
    ("animated/opaque.gif", ["--fit", "cover"]),
]


def avatar(photo, options):
    """The avatar as Slack shows it, with rounded corners."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([COMMAND, "normalize", photo, "-o", folder, *options], check=True, stdout=subprocess.DEVNULL)
        (made,) = [path for path in Path(folder).iterdir() if path.is_file()]
        picture = Image.open(made).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    corners = Image.new("L", (SIDE * 4, SIDE * 4))
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, SIDE * 4 - 1, SIDE * 4 - 1), RADIUS * 4, fill=255)
    picture.putalpha(corners.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return picture


def as_stored(photo):
    """The photo as the file stores it: a phone's portrait lies on its side."""
    picture = Image.open(photo).convert("RGBA")
    scale = SIDE / max(picture.size)
    return picture.resize([max(1, round(length * scale)) for length in picture.size], Image.Resampling.LANCZOS)


def main():
    font = ImageFont.load_default(17)
    page = Image.new("RGBA", (len(COLUMNS) * (SIDE + GAP) - GAP, 2 * SIDE + GAP + CAPTION))
    draw = ImageDraw.Draw(page)
    for column, (name, options) in enumerate(COLUMNS):
        left = column * (SIDE + GAP)
        photo = as_stored(ROOT / "testdata" / name)
        page.alpha_composite(photo, (left + (SIDE - photo.width) // 2, (SIDE - photo.height) // 2))
        page.alpha_composite(avatar(ROOT / "testdata" / name, options), (left, SIDE + GAP))
        words = " ".join(options) + (" (plays)" if name.endswith(".gif") else "")
        draw.text((left + SIDE // 2, 2 * SIDE + GAP + CAPTION // 2 + 4), words, GRAY, font, anchor="mm")
    page.save(ROOT / "docs/avatars.webp", quality=86, method=6)


if __name__ == "__main__":
    main()
