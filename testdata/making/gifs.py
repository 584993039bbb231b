"""still/*.gif: one picture each."""

import numpy as np

from . import gif, photos, pngs


def indexed(w, h):
    """The cat with 252 colors, and room in the palette for a transparent one."""
    index, palette = pngs.palette_of(photos.cat(w, h), 256)
    return index.astype(np.uint8), palette


def pictures():
    """name -> (GIF bytes, the RGB or RGBA pixels on the canvas)."""
    index, palette = indexed(63, 42)
    h, w = index.shape
    colors = palette[index]
    out = {}
    canvas = gif.start(w, h, palette)
    out["plain"] = canvas + gif.comment("CANARY comment") + gif.frame(index, 8) + gif.END, colors
    out["interlaced"] = canvas + gif.frame(index, 8, interlaced=True) + gif.END, colors

    clear = len(palette)
    full = np.concatenate([palette, [[255, 0, 255]]]).astype(np.uint8)
    holes = np.where(pngs.alpha_of(h, w) < 0.5, clear, index)
    shown = np.dstack([full[holes], np.where(holes == clear, 0, 255)]).astype(np.uint8)
    out["transparent"] = gif.start(w, h, full) + gif.frame(holes, 8, transparent=clear) + gif.END, shown

    # The area that the frame does not cover is transparent, as in every browser; the background color is not used.
    part = index[5:33, 11:50]
    around = np.zeros((h, w, 4), np.uint8)
    around[5:33, 11:50] = np.dstack([palette[part], np.full(part.shape, 255)])
    out["small-frame"] = gif.start(w, h, palette, background=9) + gif.frame(part, 8, x=11, y=5) + gif.END, around

    out["local-palette"] = gif.start(w, h) + gif.frame(index, 8, palette=palette) + gif.END, colors
    few, few_palette = pngs.palette_of(photos.cat(w, h), 16)
    wrong = np.full((16, 3), 200, np.uint8)
    out["both-palettes"] = (gif.start(w, h, wrong) + gif.frame(few.astype(np.uint8), 4, palette=few_palette) + gif.END,
                            few_palette[few])
    return out


def files():
    return {f"{name}.gif": data for name, (data, _) in pictures().items()}
