"""pyvips or Pillow behind a pipe: an order in JSON on each line, an answer for each. Started by src/python.rs."""

import io
import json
import re
import sys
import time


def peak():
    """The most memory this process has held, in bytes, if the system tells (Linux)."""
    try:
        with open("/proc/self/status") as status:
            return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])
    except OSError:
        return None


def with_pyvips():
    import pyvips

    pyvips.cache_set_max(0)

    def work(photo, order):
        side = order["side"]
        # If sRGB is requested, it also converts pixels that are sRGB already, at a great cost.
        tagged = pyvips.Image.new_from_buffer(photo, "").get_typeof("icc-profile-data")
        color = {"export_profile": "srgb"} if tagged else {}
        if order["fit"] == "contain":
            image = pyvips.Image.thumbnail_buffer(photo, side, height=side, **color)
            image = image.gravity("centre", side, side, extend="black")
        else:
            image = pyvips.Image.thumbnail_buffer(photo, side, height=side, crop="centre", **color)
        if order["format"] == "png":
            return image.pngsave_buffer(keep="none")
        return image.jpegsave_buffer(Q=order["quality"], keep="none")

    vips = ".".join(str(pyvips.version(part)) for part in range(3))
    return f"pyvips {pyvips.__version__}, libvips {vips}", work


def with_pillow():
    import pillow_heif
    from PIL import Image, ImageCms, ImageOps, __version__

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    srgb = ImageCms.createProfile("sRGB")

    def work(photo, order):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(photo)))
        if image.mode == "P":
            image = image.convert("RGBA" if "transparency" in image.info else "RGB")
        side = order["side"]
        fill = ImageOps.pad if order["fit"] == "contain" else ImageOps.fit
        image = fill(image, (side, side), Image.Resampling.LANCZOS)
        profile = image.info.get("icc_profile")
        if profile:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, source, srgb, outputMode="RGBA" if image.mode == "RGBA" else "RGB")
        avatar = io.BytesIO()
        if order["format"] == "png":
            image.save(avatar, "PNG", icc_profile=None)
        else:
            image.save(avatar, "JPEG", quality=order["quality"], icc_profile=None)
        return avatar.getvalue()

    heif = pillow_heif.libheif_version()
    return f"Pillow {__version__}, libheif {heif}", work


def main():
    version, work = {"pyvips": with_pyvips, "pillow": with_pillow}[sys.argv[1]]()
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            with open(order["from"], "rb") as file:
                photo = file.read()
            start = time.perf_counter()
            avatar = work(photo, order)
            ms = 1000 * (time.perf_counter() - start)
            with open(order["to"], "wb") as file:
                file.write(avatar)
            print(json.dumps({"ms": ms, "peak": peak()}), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
