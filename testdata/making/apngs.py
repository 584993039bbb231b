"""animated/*.png: small APNGs with every way to blend and dispose, and screens/*.png: what each shows, frame below frame.

What is on screen is computed here, in floating point, from the arrays that the files are written from. The colors are few, so
that a GIF can hold them all. FFmpeg 7 and UPNG.js 2.1 show the same, except for a disposal to the background before one to the previous content.
"""

import numpy as np

from . import exif, icc, png, resample
from .png import BACKGROUND, KEEP, OVER, PREVIOUS, SOURCE, Frame


def flat(w, h, color):
    return np.broadcast_to(np.array(color), (h, w, len(color))).copy()


def quarters(w, h, colors, border=0):
    """Four colors around the middle, and as many pixels of zeros around them."""
    out = np.zeros((h, w, len(colors[0])), int)
    for i, color in enumerate(colors):
        y, x = divmod(i, 2)
        out[y * h // 2:(y + 1) * h // 2, x * w // 2:(x + 1) * w // 2] = color
    if border:
        out[:border] = out[-border:] = 0
        out[:, :border] = out[:, -border:] = 0
    return out


def disc(radius, color, around):
    y, x = np.mgrid[-radius:radius + 1, -radius:radius + 1]
    return np.where((x * x + y * y <= radius * radius)[..., None], color, around)


def halves(w, h, left, right):
    out = flat(w, h, left)
    out[:, w // 2:] = right
    return out


def blend():
    """RGBA: alpha of all kinds, both ways to blend, all three to dispose; delays with odd denominators, none, and too short ones."""
    stripe = np.zeros((56, 72, 4), int)
    stripe[20:30] = [250, 250, 40, 210]
    return [
        Frame(quarters(72, 56, [[200, 30, 40, 255], [20, 160, 60, 255], [30, 50, 210, 255], [240, 200, 20, 255]], 6), delay=(1, 3)),
        Frame(disc(12, [255, 255, 255, 200], [9, 9, 9, 0]), 10, 8, (7, 30), KEEP, OVER),
        Frame(halves(20, 16, [0, 200, 200, 60], [0, 90, 200, 255]), 30, 20, (0, 0), BACKGROUND, SOURCE),
        Frame(disc(10, [250, 0, 250, 255], [0, 255, 0, 0]), 40, 30, (5, 1000), PREVIOUS, OVER),
        Frame(halves(22, 18, [77, 77, 77, 0], [120, 60, 10, 220]), 0, 0, (3, 0), KEEP, SOURCE),
        Frame(flat(1, 1, [255, 0, 0, 255]), 71, 55, (250, 1000), KEEP, OVER),
        Frame(stripe, 0, 0, (1, 100), BACKGROUND, OVER),
        Frame(disc(9, [10, 240, 120, 160], [0, 0, 0, 0]), 22, 11, (17, 1000), KEEP, OVER),
    ]


PALETTE = np.array([[0, 0, 0], [230, 60, 40], [50, 200, 90], [40, 80, 220], [240, 230, 60], [120, 20, 140], [250, 250, 250], [90, 90, 90]], np.uint8)
ALPHAS = bytes([0, 255, 255, 70])


def palette():
    """Four bits with a palette in which one color is transparent and one partly."""
    index = lambda pixels: pixels[..., :1]
    return [
        Frame(index(quarters(40, 48, [[1], [2], [4], [6]])), delay=(33, 1000)),
        Frame(index(disc(8, [5], [0])), 3, 9, (33, 1000), PREVIOUS, OVER),
        Frame(index(disc(8, [7], [0])), 19, 20, (33, 1000), BACKGROUND, SOURCE),
        Frame(index(halves(16, 10, [3], [5])), 20, 2, (33, 1000), PREVIOUS, OVER),
        Frame(index(halves(16, 10, [0], [3])), 2, 36, (33, 1000), KEEP, SOURCE),
        Frame(index(flat(4, 4, [2])), 36, 44, (33, 1000), KEEP, OVER),
    ]


def wide(level, alpha):
    """16 bits of gray and alpha whose low bytes differ from the high ones."""
    return [level * 257 + 100, alpha * 257 - (100 if alpha else 0)]


def gray16():
    """Gray and alpha of 16 bits, interlaced; the default image is not a frame, and the first frame does not cover the canvas."""
    return [
        Frame(quarters(30, 21, [wide(200, 255), wide(90, 255), wide(30, 255), wide(150, 200)]), 7, 5, (1, 7), PREVIOUS, SOURCE),
        Frame(disc(9, wide(250, 255), wide(0, 0)), 20, 11, (1, 7), KEEP, OVER),
        Frame(flat(13, 27, wide(120, 170)), 25, 2, (1, 7), KEEP, OVER),
    ]


def turned():
    """Display P3, and turned by EXIF data; it repeats forever."""
    return [
        Frame(quarters(56, 40, [[230, 20, 20], [20, 220, 30], [30, 40, 230], [200, 200, 200]]), delay=(1, 2)),
        Frame(flat(14, 9, [250, 120, 0]), 3, 28, (1, 2), KEEP, SOURCE),
        Frame(flat(11, 22, [0, 90, 60]), 44, 3, (3, 2), KEEP, OVER),
    ]


DEFAULT = np.array([[wide(255, 255), wide(0, 255)]]).repeat(32, axis=0).repeat(22, axis=1)


def files():
    before = png.chunk(b"PLTE", PALETTE.tobytes()) + png.chunk(b"tRNS", ALPHAS)
    display = png.chunk(b"iCCP", b"profile\0\0" + png.zlib.compress(icc.P3, 9)) + png.chunk(b"eXIf", exif.tiff(6))
    return {
        "blend.png": png.animation(blend(), png.RGB_ALPHA, 8, plays=3),
        "palette.png": png.animation(palette(), png.PALETTE, 4, plays=1, before=before),
        "gray16.png": png.animation(gray16(), png.GRAY_ALPHA, 16, plays=2, default_image=DEFAULT, interlaced=True),
        "turned.png": png.animation(turned(), png.RGB, 8, before=display),
    }


def composited(frames, w, h):
    """What is on screen for frames with RGBA samples of 0..255 (PNG, third edition, 11.3.6.2)."""
    canvas, out = np.zeros((h, w, 4)), []
    for frame in frames:
        fh, fw = frame.samples.shape[:2]
        before = canvas.copy()
        part = canvas[frame.y:frame.y + fh, frame.x:frame.x + fw]
        above = frame.samples.astype(float)
        if frame.blend == OVER:
            alpha, under = above[..., 3:] / 255, part[..., 3:] / 255
            all_ = alpha + under * (1 - alpha)
            colors = (above[..., :3] * alpha + part[..., :3] * under * (1 - alpha)) / np.where(all_ == 0, 1, all_)
            above = np.concatenate([colors, all_ * 255], axis=2)
        part[:] = above
        part[part[..., 3] == 0] = 0
        out.append(resample.to8(canvas))
        if frame.disposal == BACKGROUND:
            part[:] = 0
        elif frame.disposal == PREVIOUS:
            canvas = before
    return out


def rgba(pixels):
    return np.concatenate([pixels, np.full(pixels.shape[:2] + (1,), 255)], axis=2)


def screens():
    alphas = np.array(list(ALPHAS) + [255] * (len(PALETTE) - len(ALPHAS)))
    colors = np.concatenate([PALETTE, alphas[:, None]], axis=1)
    looked_up = [f._replace(samples=colors[f.samples[..., 0]]) for f in palette()]
    narrow = [f._replace(samples=np.round(f.samples[..., [0, 0, 0, 1]] / 257)) for f in gray16()]
    def converted(pixels):
        srgb = resample.to_srgb(np.ascontiguousarray(pixels[..., :3]), icc.P3)
        return resample.upright(rgba(srgb), 6)
    opaque = [f._replace(samples=rgba(f.samples)) for f in turned()]
    shown = {
        "blend": composited(blend(), 72, 56),
        "palette": composited(looked_up, 40, 48),
        "gray16": composited(narrow, 44, 32),
        "turned": [converted(screen) for screen in composited(opaque, 56, 40)],
    }
    return {f"{name}.png": png.write(np.concatenate(pixels), png.RGB_ALPHA, 8) for name, pixels in shown.items()}
