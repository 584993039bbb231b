"""Makes what the race needs with Pillow: photos of rare kinds, and references for a faithful avatar.

An order in JSON on each line, an answer for each. Started by src/python.rs.
"""

import io
import json
import sys

import pillow_heif
from PIL import Image, ImageCms, ImageMath, ImageOps, JpegImagePlugin, __version__

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None
SRGB = ImageCms.createProfile("sRGB")


def upright(path):
    """All of the photo: libjpeg-turbo's or libpng's pixels, turned upright, in sRGB, 8 bits."""
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    profile = image.info.get("icc_profile")
    if profile:
        mode = "RGBA" if "A" in image.getbands() else "RGB"
        image = ImageCms.profileToProfile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), SRGB, outputMode=mode)
    return image.convert("RGBA" if "A" in image.getbands() else "RGB")


def reference(order):
    """The photo's boxes at their positions on a black square, Lanczos3 in floating point, rounded once: on white and, if it has alpha, on black.

    Pictures are named by `to`, which has placeholders for the number of the box and for the paper.
    """
    image, side = upright(order["from"]), order["side"]
    left, top, width, height = order["place"]
    bands = [band.convert("F") for band in image.split()]
    alpha = bands.pop() if image.mode == "RGBA" else None
    if alpha:
        bands = [ImageMath.lambda_eval(lambda a: a["c"] * a["a"] / 255.0, c=band, a=alpha) for band in bands]
    for number, box in enumerate(order["boxes"]):

        def resize(band):
            return band.resize((width, height), Image.Resampling.LANCZOS, box=box)

        small = [resize(band) for band in bands]
        cover = resize(alpha) if alpha else None
        # White comes last: if it exists, everything does.
        for paper, light in (("black", 0.0), ("white", 255.0)) if alpha else (("white", 255.0),):
            if not alpha:
                flat = small
            else:
                flat = [
                    ImageMath.lambda_eval(
                        lambda v: v["min"](v["max"](v["c"], 0.0), v["max"](v["a"], 0.0))
                        + light * (255.0 - v["min"](v["max"](v["a"], 0.0), 255.0)) / 255.0,
                        c=band,
                        a=cover,
                    )
                    for band in small
                ]
            # The conversion drops the fraction.
            whole = [band.point(lambda value: value * 1.0 + 0.5).convert("L") for band in flat]
            square = Image.new("RGB", (side, side))
            square.paste(Image.merge("RGB", whole), (left, top))
            square.save(order["to"].format(number, paper), compress_level=1)
    return {}


def mosaic(order):
    """Parts of many photos side by side: the pixels of a large photo, and as much detail in each."""
    width, height = order["size"]
    columns, rows = order["grid"]
    tile = (-(-width // columns), -(-height // rows))
    picture = Image.new("RGB", (width, height))
    for number, path in enumerate(order["from"]):
        part = upright(path).convert("RGB")
        left, top = (part.width - tile[0]) // 2, (part.height - tile[1]) // 2
        part = part.crop((left, top, left + tile[0], top + tile[1]))
        picture.paste(part, (number % columns * tile[0], number // columns * tile[1]))
    picture.save(order["to"], compress_level=1)
    return {}


def variant(order):
    """The photo in another form: JPEG or PNG by the name of `to`, with the options of `save`."""
    image = upright(order["from"]).convert("RGB")
    if order.get("size"):
        image = ImageOps.fit(image, order["size"], Image.Resampling.LANCZOS)
    if order.get("palette"):
        image = image.quantize(256, Image.Quantize.MEDIANCUT)
    if order.get("alpha"):
        image.putalpha(Image.radial_gradient("L").resize(image.size).point(lambda value: min(255, 2 * (255 - value))))
    options = dict(order["save"])
    if "orientation" in order:
        exif = Image.Exif()
        exif[274] = order["orientation"]
        options["exif"] = exif
    image.save(order["to"], **options)
    return {}


def describe(order):
    """What kind of file it is, in a few words."""
    image = Image.open(order["from"])
    words = []
    if image.format == "JPEG":
        words.append("progressive" if image.info.get("progressive") else "baseline")
        sampling = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}.get(JpegImagePlugin.get_sampling(image), "gray")
        words.append(sampling)
    else:
        words.append({"P": "palette"}.get(image.mode, image.mode))
    if image.info.get("icc_profile"):
        words.append("profile")
    if image.getexif().get(274, 1) != 1:
        words.append("turned")
    return {"kind": ", ".join(words), "jpeg": image.format == "JPEG", "pixels": image.width * image.height}


def main():
    work = {work.__name__: work for work in (reference, mosaic, variant, describe)}
    print(json.dumps({"version": f"Pillow {__version__}"}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            print(json.dumps(work[order["make"]](order)), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
