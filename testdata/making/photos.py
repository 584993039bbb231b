"""The source photos (scikit-image's data folder) at the sizes the test files need, as sRGB arrays."""

import numpy as np
import skimage.data
from PIL import Image


def reduced(pixels, w, h):
    return np.asarray(Image.fromarray(pixels).resize((w, h), Image.Resampling.LANCZOS))


def astronaut():
    """Upright 410x512: about 4:5, nothing enlarged, the face a little above the middle."""
    return np.ascontiguousarray(skimage.data.astronaut()[:, 20:430, :3])


def face():
    """120x120 around the face."""
    return reduced(np.ascontiguousarray(skimage.data.astronaut()[0:240, 105:345, :3]), 120, 120)


def coffee(w=600, h=400):
    """A red cup on brown wood with a spoon at the right: no symmetry, strong colors."""
    whole = skimage.data.coffee()[..., :3]
    return whole if (w, h) == (600, 400) else reduced(whole, w, h)


def cat(w=95, h=63):
    return reduced(np.ascontiguousarray(skimage.data.chelsea()[:, :, :3]), w, h)


def gray(rgb):
    return np.asarray(Image.fromarray(rgb).convert("L"))


def ink(rgb):
    """RGB as four inks, 0..255 of coverage, with three quarters of the gray moved to black."""
    cmy = 255 - rgb.astype(float)
    k = 0.75 * cmy.min(axis=2, keepdims=True)
    cmy = (cmy - k) / np.maximum(255 - k, 1) * 255
    return np.clip(np.round(np.concatenate([cmy, k], axis=2)), 0, 255).astype(np.uint8)
