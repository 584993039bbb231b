"""The expected pixels: orientation, crop, resampling and letterbox in double precision, in as few words as possible.

Written from the definitions, not from the library under test: the goldens are the output of this file.
"""

import io

import numpy as np
from PIL import Image, ImageCms


def upright(pixels, orientation):
    """Turns stored pixels upright (EXIF 2.3, tag 274)."""
    flip_x, flip_y, swap = lambda p: p[:, ::-1], lambda p: p[::-1], lambda p: np.swapaxes(p, 0, 1)
    steps = {1: [], 2: [flip_x], 3: [flip_x, flip_y], 4: [flip_y],
             5: [swap], 6: [swap, flip_x], 7: [swap, flip_x, flip_y], 8: [swap, flip_y]}
    for step in steps[orientation]:
        pixels = step(pixels)
    return np.ascontiguousarray(pixels)


INVERSE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6}


def stored(pixels, orientation):
    """The reverse of `upright`."""
    return upright(pixels, INVERSE[orientation])


def lanczos3(x):
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


def catmull_rom(x):
    x = np.abs(x)
    return np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, np.where(x < 2, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2, 0))


def weights(source, target):
    """Rows: the weight of every source sample in each target sample. Samples outside the source do not exist."""
    kernel = lanczos3 if target < source else catmull_rom
    stretch = max(source / target, 1)
    centers = (np.arange(target)[:, None] + 0.5) * source / target
    w = kernel((np.arange(source)[None, :] + 0.5 - centers) / stretch)
    return w / w.sum(axis=1, keepdims=True)


def scale(pixels, w, h):
    """Floating-point samples of shape (h, w, channels) at another size; an axis of the right size is left alone."""
    if h != pixels.shape[0]:
        pixels = np.einsum("ij,jkc->ikc", weights(pixels.shape[0], h), pixels)
    if w != pixels.shape[1]:
        pixels = np.einsum("ij,kjc->kic", weights(pixels.shape[1], w), pixels)
    return pixels


def to8(values):
    return np.clip(np.floor(values + 0.5), 0, 255).astype(np.uint8)


def resize(pixels, w, h):
    """8-bit pixels at another size. A last channel of 2 or 4 is straight alpha and is multiplied in meanwhile."""
    if (w, h) == (pixels.shape[1], pixels.shape[0]):
        return pixels
    values = pixels.astype(float)
    if values.shape[2] in (2, 4):
        alpha = values[..., -1:] / 255
        values = scale(np.concatenate([values[..., :-1] * alpha, alpha], axis=2), w, h)
        alpha = np.clip(values[..., -1:], 0, 1)
        color = np.where(alpha > 1 / 512, values[..., :-1] / np.maximum(alpha, 1 / 512), 0)
        return np.concatenate([to8(color), to8(alpha * 255)], axis=2)
    return to8(scale(values, w, h))


def half_up(value):
    return int(np.floor(value + 0.5))


def same(pixels):
    return pixels


def contain(pixels, side, background=(0, 0, 0), color=same):
    """`color` takes the resized pixels to sRGB; the background is sRGB already."""
    h, w, _ = pixels.shape
    longest = max(w, h)
    inner_w, inner_h = max(1, half_up(w * side / longest)), max(1, half_up(h * side / longest))
    inner = color(resize(pixels, inner_w, inner_h))
    out = np.empty((side, side, inner.shape[2]), np.uint8)
    out[:] = background
    x, y = (side - inner_w) // 2, (side - inner_h) // 2
    out[y:y + inner_h, x:x + inner_w] = inner
    return out


def crop(pixels, x, y, width, side, color=same):
    """Exactly that square and nothing around it."""
    return color(resize(np.ascontiguousarray(pixels[y:y + width, x:x + width]), side, side))


def cover(pixels, side, color=same):
    h, w, _ = pixels.shape
    width = min(w, h)
    return crop(pixels, (w - width) // 2, (h - width) // 2, width, side, color)


def over(pixels, background):
    """RGBA laid on an opaque color."""
    alpha = pixels[..., 3:].astype(float) / 255
    return to8(pixels[..., :3] * alpha + np.array(background, float) * (1 - alpha))


def ink_to_rgb(ink):
    """CMYK without a profile: the rest of white after each ink, and after black."""
    left = 255 - ink.astype(float)
    return to8(left[..., :3] * left[..., 3:] / 255)


def gray_to_rgb(pixels):
    return np.repeat(pixels[..., :1], 3, axis=2)


MODES = {1: "L", 3: "RGB", 4: "CMYK"}


def to_srgb(pixels, profile):
    """Pixels of 1, 3 or 4 (ink) channels through littleCMS, relative colorimetric, 8 bit."""
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    image = Image.fromarray(pixels[..., 0] if channels == 1 and pixels.ndim == 3 else pixels, MODES[channels])
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    target = ImageCms.createProfile("sRGB")
    flags = ImageCms.Flags.NOOPTIMIZE | ImageCms.Flags.HIGHRESPRECALC
    intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
    return np.asarray(ImageCms.profileToProfile(image, source, target, renderingIntent=intent, outputMode="RGB", flags=flags))


def from_srgb(pixels, profile):
    """The reverse for RGB and gray profiles: how a picture gets into a profile's space."""
    mode = "L" if profile[16:20] == b"GRAY" else "RGB"
    target = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    image = Image.fromarray(pixels).convert("RGB")
    flags = ImageCms.Flags.NOOPTIMIZE | ImageCms.Flags.HIGHRESPRECALC
    return np.asarray(ImageCms.profileToProfile(
        image, ImageCms.createProfile("sRGB"), target,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode=mode, flags=flags))
