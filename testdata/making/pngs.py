"""still/*.png: every color type and depth, and the chunks that change what the pixels mean."""

import struct

import numpy as np

from . import exif, icc, photos, png, resample
from .jpegs import XMP


def quantized(gray, bits):
    """0..255 to the nearest of 2^bits levels, as samples 0..2^bits - 1."""
    top = (1 << bits) - 1
    return np.floor(gray.astype(float) * top / 255 + 0.5).astype(np.uint16)


def palette_of(rgb, colors):
    """Nearest colors of a fixed palette: levels of red, green and blue, the green ones the most."""
    levels = {2: (1, 2, 1), 4: (2, 2, 1), 16: (3, 5, 1), 256: (6, 7, 6)}[colors]
    axes = [np.linspace(40, 230, n).round() if n > 1 else np.array([60.0]) for n in levels]
    palette = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    distance = ((rgb[:, :, None, :].astype(float) - palette) ** 2).sum(axis=3)
    return distance.argmin(axis=2).astype(np.uint16), palette.astype(np.uint8)


def alpha_of(h, w):
    """A soft-edged ellipse a little right of the middle: all alpha values from 0 to 255 occur around its edge."""
    y, x = np.mgrid[0:h, 0:w]
    r = np.hypot((x - w * 0.53) / (w * 0.42), (y - h * 0.5) / (h * 0.47))
    return np.clip((1.15 - r) / 0.3, 0, 1)


def wide_samples(rgb):
    """8-bit samples to 16 bits whose low byte is not the high byte, so that rounding shows."""
    noise = np.random.default_rng(11).integers(-128, 128, rgb.shape)
    return np.clip(rgb.astype(int) * 257 + noise, 0, 65535)


def every_gray():
    """All 65,536 values once. 0x10FF is 16.93 and 0xEF00 is 238.07: cutting off the low byte gets both wrong, and
    adding 0x80 first gets 0x7F80 (127.00) wrong."""
    return np.arange(65536).reshape(256, 256)


def fringe():
    """A face cut out within one pixel, with loud green where nothing may be visible."""
    y, x = np.mgrid[0:120, 0:120]
    alpha = np.clip(50.5 - np.hypot(x - 62, y - 58), 0, 1)
    rgb = np.where(alpha[..., None] > 0, photos.face(), np.array([0, 255, 0]))
    return np.concatenate([rgb, np.round(alpha * 255)[..., None]], axis=2).astype(np.uint8)


def samples():
    """name -> (color type, depth, samples, more arguments of png.write)."""
    photo = photos.cat(48, 32)
    gray = photos.gray(photo)
    h, w = gray.shape
    alpha = alpha_of(h, w)
    alpha8, alpha16 = np.round(alpha * 255), np.round(alpha * 65535)
    gray16, rgb16 = wide_samples(gray), wide_samples(photo)
    out = {}
    for bits in (1, 2, 4, 8):
        out[f"gray{bits}"] = (png.GRAY, bits, quantized(gray, bits), {})
        index, palette = palette_of(photo, 1 << bits)
        out[f"palette{bits}"] = (png.PALETTE, bits, index, dict(palette=palette))
        # Fewer entries than the palette has: the rest is opaque.
        trns = bytes([0, 90, 180][: max(1, len(palette) // 2)])
        out[f"palette{bits}-trns"] = (png.PALETTE, bits, index, dict(palette=palette, trns=trns))
    out["gray16"] = (png.GRAY, 16, gray16, {})
    out["gray16-every-value"] = (png.GRAY, 16, every_gray(), {})
    out["rgb8"] = (png.RGB, 8, photo, {})
    out["rgb16"] = (png.RGB, 16, rgb16, {})
    out["la8"] = (png.GRAY_ALPHA, 8, np.dstack([gray, alpha8]), {})
    out["la16"] = (png.GRAY_ALPHA, 16, np.dstack([gray16, alpha16]), {})
    out["rgba8"] = (png.RGB_ALPHA, 8, np.dstack([photo, alpha8]), {})
    out["rgba16"] = (png.RGB_ALPHA, 16, np.dstack([rgb16, alpha16]), {})
    # One color is transparent: the value of a sample taken from the picture, so that it occurs.
    out["gray4-trns"] = (png.GRAY, 4, quantized(gray, 4), dict(trns=struct.pack(">H", int(quantized(gray, 4)[11, 22]))))
    out["gray8-trns"] = (png.GRAY, 8, gray, dict(trns=struct.pack(">H", int(gray[11, 22]))))
    # The 16-bit ones also hold neighbors that differ only in the low byte: those stay opaque.
    g16 = gray16.copy()
    g16[3:9, 5:25] = g16[11, 22] ^ 1
    g16[12:18, 5:25] = g16[11, 22]
    out["gray16-trns"] = (png.GRAY, 16, g16, dict(trns=struct.pack(">H", int(g16[11, 22]))))
    c8 = photo.copy()
    c8[3:9, 5:25] = c8[11, 22] ^ np.array([0, 0, 1], np.uint8)
    c8[12:18, 5:25] = c8[11, 22]
    out["rgb8-trns"] = (png.RGB, 8, c8, dict(trns=struct.pack(">3H", *map(int, c8[11, 22]))))
    c16 = rgb16.copy()
    c16[3:9, 5:25] = c16[11, 22] ^ np.array([0, 1, 0])
    c16[12:18, 5:25] = c16[11, 22]
    out["rgb16-trns"] = (png.RGB, 16, c16, dict(trns=struct.pack(">3H", *map(int, c16[11, 22]))))
    for name in ("gray1", "gray8", "palette4", "rgb8", "la8", "rgba16"):
        color, depth, data, more = out[name]
        out[f"interlaced-{name}"] = (color, depth, data, more | dict(interlaced=True))
    out["fringe"] = (png.RGB_ALPHA, 8, fringe(), {})
    out["small"] = (png.RGB, 8, photos.cat(40, 30), {})
    out["one-pixel"] = (png.RGB, 8, np.array([[[11, 22, 33]]]), {})
    out["extreme-1x60000"] = (png.RGB, 8, thin(), {})

    out["p3"] = (png.RGB, 8, resample.from_srgb(photos.coffee(48, 32), icc.P3), dict(icc=icc.P3))
    p3_16 = wide_samples(resample.from_srgb(photos.coffee(48, 32), icc.P3))
    out["p3-rgba16"] = (png.RGB_ALPHA, 16, np.dstack([p3_16, alpha16]), dict(icc=icc.P3))
    out["gray-profile"] = (png.GRAY, 8, resample.from_srgb(gray, icc.GRAY), dict(icc=icc.GRAY))
    out["palette-profile"] = (png.PALETTE, 8, *palette_with_profile())
    out["metadata"] = (png.RGB, 8, photo, dict(
        before=png.text("Author", "CANARY author") + png.modified(2024, 11, 22),
        after=png.compressed_text("Comment", "CANARY comment") + png.international_text("XML:com.adobe.xmp", XMP),
        exif=exif.tiff(1, gps=True)))
    turned = photos.coffee(45, 30)
    for n in range(1, 9):
        order = "<" if n % 2 else ">"
        out[f"orient-{n}"] = (png.RGB, 8, resample.stored(turned, n), dict(exif=exif.tiff(n, order=order)))
    return out


def palette_with_profile():
    index, palette = palette_of(photos.coffee(48, 32), 256)
    return index, dict(palette=palette, icc=icc.P3)


def thin():
    ramp = np.linspace(0, 255, 60000).round().astype(np.uint8)
    return np.stack([ramp, 255 - ramp, ramp // 2], axis=1)[:, None, :]


def decoded(color, depth, data, more):
    """The 8-bit pixels a reader must get: 1, 2, 3 or 4 channels, tRNS turned to alpha, 16 bits rounded."""
    data = np.asarray(data).astype(int)
    data = data.reshape(data.shape[0], data.shape[1], -1)
    trns = more.get("trns")
    if color == png.PALETTE:
        out = more["palette"][data[..., 0]]
        if trns:
            alpha = np.full(256, 255)
            alpha[: len(trns)] = list(trns)
            out = np.concatenate([out, alpha[data]], axis=2)
        return out.astype(np.uint8)
    top = (1 << depth) - 1
    out = (data * 255 + top // 2) // top
    if trns:
        key = np.array(struct.unpack(f">{len(trns) // 2}H", trns))
        opaque = (data != key).any(axis=2)
        out = np.concatenate([out, (opaque * 255)[..., None]], axis=2)
    return out.astype(np.uint8)


def files():
    out = {f"{name}.png": png.write(data, color, depth, **more) for name, (color, depth, data, more) in samples().items()}
    frames = [np.ascontiguousarray(np.roll(photos.cat(48, 32), 7 * i, axis=1)) for i in range(1, 4)]
    out["apng.png"] = png.animated(frames, 120)
    out["apng-default-image.png"] = png.animated(frames, 120, default_image=photos.cat(48, 32))
    return out
