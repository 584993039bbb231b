"""Writes spare.txt: small photos as libjpeg-turbo writes them, in hex. Needs Pillow."""

import io
import itertools
import pathlib

from PIL import Image, __version__, features

photo = Image.frombytes(
    "RGB", (67, 45), bytes((2 * x * (part + 1) + 3 * y + 60 * part) % 256 for y in range(45) for x in range(67) for part in range(3))
)
restarts = {"none": {}, "row": {"restart_marker_rows": 1}, "blocks": {"restart_marker_blocks": 7}}
lines = [f"# Pillow {__version__}, libjpeg-turbo {features.version('libjpeg_turbo')}."]
for mode, how, restart in itertools.product(["RGB", "L"], ["baseline", "optimize", "progressive"], restarts):
    for subsampling in ["4:2:0", "4:4:4"] if mode == "RGB" else ["4:4:4"]:
        file = io.BytesIO()
        options = restarts[restart] | {how: how != "baseline"}
        photo.convert(mode).save(file, "JPEG", quality=40, subsampling=subsampling, **options)
        lines.append(f"{mode}-{how}-{restart}-{subsampling} {file.getvalue().hex()}")
pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
