"""heic/: small HEICs, each next to what libheif makes of it: upright, and in sRGB by littleCMS if there is a profile.

The pixels are coded by x265, through pillow-heif. The boxes around them are written here, so that a file has only what a test
needs: tiles, turns, cuts, alpha, colors.
"""

import io
import struct

import numpy as np
import pillow_heif
from PIL import Image

from . import exif, icc, photos, resample

ALPHA = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"


def box(kind, *parts):
    content = b"".join(parts)
    return struct.pack(">I", 8 + len(content)) + kind + content


def full(kind, version, flags, *parts):
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data):
    """Kind and content of each box."""
    while data:
        size, kind = struct.unpack(">I4s", data[:8])
        yield kind, data[8:size]
        data = data[size:]


def coded(pixels, mode=None, chroma=444, quality=95, **nclx):
    """The parameters, the size and the bytes of a coded picture. An odd side is coded with one pixel more."""
    mode = mode or {2: "L", 3: "RGB"}[pixels.ndim]
    height, width = pixels.shape[:2]
    file = io.BytesIO()
    picture = pillow_heif.from_bytes(mode, (width, height), np.ascontiguousarray(pixels).tobytes())
    picture.save(file, quality=quality, chroma=chroma, **nclx)
    top = dict(boxes(file.getvalue()))
    meta = dict(boxes(top[b"meta"][4:]))
    known = dict(boxes(dict(boxes(meta[b"iprp"]))[b"ipco"]))
    return box(b"hvcC", known[b"hvcC"]), box(b"ispe", known[b"ispe"]), top[b"mdat"]


def ispe(width, height):
    return full(b"ispe", 0, 0, struct.pack(">II", width, height))


def irot(quarters):
    return box(b"irot", bytes([quarters]))


def imir(axis):
    return box(b"imir", bytes([axis]))


def clap(width, height, across, down):
    """Width and height, and the offset of the middle, in halves."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, across, 2, down, 2))


def nclx(primaries, transfer, matrix, full_range):
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, full_range << 7))


def profile(data):
    return box(b"colr", b"prof", data)


class Writer:
    """A file with items; the first is the picture that is shown."""

    def __init__(self):
        self.items, self.references, self.known = [], [], []

    def item(self, kind, data, *properties, inside=False):
        """Adds an item, with its bytes inside the meta box or after it."""
        indices = []
        for given in properties:
            if given not in self.known:
                self.known.append(given)
            indices.append(1 + self.known.index(given))
        self.items.append((kind, data, indices, inside))
        return len(self.items)

    def refer(self, kind, source, *targets):
        self.references.append(box(kind, struct.pack(">HH", source, len(targets)), *(struct.pack(">H", n) for n in targets)))

    def file(self, brand=b"heic"):
        head = box(b"ftyp", brand, struct.pack(">I", 0), b"mif1", b"heic")
        # Once to learn how long it is.
        start = len(head + self.meta(0)) + 8
        data = b"".join(data for _, data, _, inside in self.items if not inside)
        return head + self.meta(start) + box(b"mdat", data)

    def meta(self, start):
        within, idat, entries, infos, associations = start, b"", b"", b"", b""
        for number, (kind, data, indices, inside) in enumerate(self.items, 1):
            at = len(idat) if inside else within
            entries += struct.pack(">HHHHII", number, int(inside), 0, 1, at, len(data))
            infos += full(b"infe", 2, 0, struct.pack(">HH4s", number, 0, kind), b"\0")
            associations += struct.pack(">HB", number, len(indices)) + bytes(0x80 | index for index in indices)
            if inside:
                idat += data
            else:
                within += len(data)
        count = len(self.items)
        return full(
            b"meta", 0, 0,
            full(b"hdlr", 0, 0, bytes(4), b"pict", bytes(13)),
            full(b"pitm", 0, 0, struct.pack(">H", 1)),
            full(b"iloc", 1, 0, bytes([0x44, 0]), struct.pack(">H", count), entries),
            full(b"iinf", 0, 0, struct.pack(">H", count), infos),
            full(b"iref", 0, 0, *self.references),
            box(b"iprp", box(b"ipco", *self.known), full(b"ipma", 0, 0, struct.pack(">I", count), associations)),
            box(b"idat", idat),
        )


def single(pixels, *properties, chroma=444, mode=None, **options):
    """A file with one picture."""
    writer = Writer()
    parameters, size, data = coded(pixels, mode, chroma, **options)
    height, width = pixels.shape[:2]
    if size != ispe(width, height):
        properties = (clap(width, height, -(width % 2), -(height % 2)), *properties)
    writer.item(b"hvc1", data, parameters, size, *properties)
    return writer


def tiles(pixels, side):
    """Squares that cover a picture, row by row; beyond its edges they are gray."""
    height, width = pixels.shape[:2]
    rows, columns = -(-height // side), -(-width // side)
    larger = np.full((rows * side, columns * side, 3), 119, np.uint8)
    larger[:height, :width] = pixels
    cut = [larger[y * side:][:side, x * side:][:, :side] for y in range(rows) for x in range(columns)]
    return rows, columns, cut


def grid(pixels, side, *properties, chroma=420):
    """A file with a grid of squares."""
    height, width = pixels.shape[:2]
    rows, columns, parts = tiles(pixels, side)
    writer = Writer()
    says = struct.pack(">BBBBHH", 0, 0, rows - 1, columns - 1, width, height)
    writer.item(b"grid", says, ispe(width, height), *properties, inside=True)
    numbers = []
    for part in parts:
        parameters, size, data = coded(part, chroma=chroma)
        numbers.append(writer.item(b"hvc1", data, parameters, size))
    writer.refer(b"dimg", 1, *numbers)
    return writer


def with_alpha(pixels, alpha):
    writer = single(pixels)
    parameters, size, data = coded(alpha)
    number = writer.item(b"hvc1", data, parameters, size, full(b"auxC", 0, 0, ALPHA))
    writer.refer(b"auxl", number, 1)
    return writer


def with_others(pixels):
    """EXIF data that says to turn it, and a thumbnail that shows something else."""
    writer = single(pixels, irot(3))
    number = writer.item(b"Exif", struct.pack(">I", 0) + exif.tiff(6, gps=True))
    writer.refer(b"cdsc", number, 1)
    parameters, size, data = coded(np.zeros((64, 64, 3), np.uint8))
    number = writer.item(b"hvc1", data, parameters, size)
    writer.refer(b"thmb", number, 1)
    return writer


def expected(data, through=None):
    """What libheif makes of it, as a PNG."""
    picture = pillow_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    picture.info.clear()
    if through:
        picture = Image.fromarray(resample.to_srgb(np.asarray(picture), through))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def writers():
    cup = photos.coffee(96, 64)
    wide = photos.coffee(160, 96)
    ramp = np.linspace(0, 255, 96).round().astype(np.uint8)
    full_range = dict(color_primaries=1, transfer_characteristics=13, full_range_flag=1)
    limited = full_range | dict(full_range_flag=0)
    sixteen = (cup.astype(np.uint16) * 257 + np.arange(96, dtype=np.uint16)[None, :, None]).clip(0, 65535).astype(np.uint16)
    return {
        "single": single(photos.coffee(95, 63), nclx(1, 13, 6, 1), matrix_coefficients=6, **full_range),
        "halved": single(photos.coffee(95, 63), nclx(1, 13, 6, 1), chroma=420, matrix_coefficients=6, **full_range),
        "halved-across": single(cup, nclx(1, 13, 6, 1), chroma=422, matrix_coefficients=6, **full_range),
        "limited": single(cup, nclx(1, 13, 6, 0), matrix_coefficients=6, **limited),
        "bt709": single(cup, nclx(1, 13, 1, 1), matrix_coefficients=1, **full_range),
        "bt709-limited": single(cup, nclx(1, 13, 1, 0), chroma=420, matrix_coefficients=1, **limited),
        "by-coding": single(cup, matrix_coefficients=1, **limited),
        "gray": single(photos.gray(cup)),
        "ten-bits": single(sixteen, nclx(1, 13, 6, 1), mode="RGB;16", matrix_coefficients=6, **full_range),
        "turned": single(cup, irot(1)),
        "mirrored": single(cup, imir(1)),
        "turned-and-mirrored": single(cup, irot(3), imir(0)),
        "mirrored-and-turned": single(cup, imir(0), irot(3)),
        "cut": single(cup, clap(51, 32, -5, 8)),
        "cut-and-turned": single(cup, clap(50, 32, 6, -8), irot(1), chroma=420),
        "turned-and-cut": single(cup, irot(1), clap(32, 50, 6, -8)),
        "grid": grid(wide, 64),
        "grid-turned": grid(wide, 64, irot(3), nclx(1, 13, 6, 0), chroma=444),
        "alpha": with_alpha(cup, np.tile(ramp, (64, 1))),
        "profile": single(cup, profile(icc.P3)),
        "others": with_others(cup),
    }


def files():
    pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    out = {}
    for name, writer in writers().items():
        data = writer.file()
        out[f"{name}.heic"] = data
        out[f"{name}.png"] = expected(data, icc.P3 if name == "profile" else None)
    # Only for refusals and warnings, not for pixels.
    cup = photos.coffee(96, 64)
    out["pq.heic"] = single(cup, nclx(9, 16, 9, 1)).file()
    out["p3-by-numbers.heic"] = single(cup, nclx(12, 13, 6, 1)).file()
    return out
