"""animated/*.gif: small animations with the three ways of disposal, local palettes, odd delays and loop counts."""

import numpy as np

from . import gif, photos, pngs

SIDE = 72


def opaque():
    """Eight whole frames, 120 ms each, forever: the view moves across the coffee cup."""
    wide = photos.coffee(150, 100)
    index, palette = pngs.palette_of(wide, 256)
    out = gif.start(SIDE + 8, SIDE, palette) + gif.loops(0)
    for i in range(8):
        out += gif.frame(index[3 * i:3 * i + SIDE, 9 * i:9 * i + SIDE + 8].astype(np.uint8), 8, delay=12)
    return out + gif.END


def disc(cx, cy, radius, index, clear):
    """A filled disc in its own box: (indices, x, y)."""
    y, x = np.mgrid[-radius:radius + 1, -radius:radius + 1]
    return np.where(x * x + y * y <= radius * radius, index, clear).astype(np.uint8), cx - radius, cy - radius


COLORS = np.array([[200, 30, 30], [30, 160, 40], [40, 60, 210], [230, 190, 20], [255, 0, 255]], np.uint8)
CLEAR = 4


def background():
    """Six frames on a transparent canvas, each wiped before the next; delays 0, 1, 2, 10, 50, 200 (hundredths)."""
    out = gif.start(SIDE, SIDE, COLORS) + gif.loops(3)
    for i, delay in enumerate([0, 1, 2, 10, 50, 200]):
        picture, x, y = disc(14 + 9 * i, 20 + 6 * i, 11, i % 4, CLEAR)
        out += gif.frame(picture, 3, x=x, y=y, transparent=CLEAR, delay=delay, disposal=gif.BACKGROUND)
    return out + gif.END


def previous():
    """A photo that stays, then five discs over it, each removed again; frames with their own palettes; no loop."""
    index, palette = pngs.palette_of(photos.face(), 256)
    index = index[::1][24:96, 24:96].astype(np.uint8)
    out = gif.start(SIDE, SIDE, palette) + gif.frame(index, 8, delay=8, disposal=gif.KEEP)
    for i in range(5):
        picture, x, y = disc(13 + 11 * i, 52 - 7 * i, 9, i % 4, CLEAR)
        out += gif.frame(picture, 3, x=x, y=y, palette=COLORS, transparent=CLEAR, delay=8, disposal=gif.PREVIOUS)
    return out + gif.END


def files():
    return {"opaque.gif": opaque(), "background.gif": background(), "previous.gif": previous()}
