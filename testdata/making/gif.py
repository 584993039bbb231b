"""Writes GIF89a block by block, so that offsets, palettes, interlacing and disposal can be chosen freely."""

import struct

import numpy as np

KEEP, BACKGROUND, PREVIOUS = 1, 2, 3


def lzw(indices, bits):
    """Variable-length codes as in appendix F of the GIF89a specification, in sub-blocks."""
    clear, end = 1 << bits, (1 << bits) + 1
    out, held, count = bytearray(), 0, 0

    def put(code, width):
        nonlocal held, count
        held |= code << count
        count += width
        while count >= 8:
            out.append(held & 255)
            held >>= 8
            count -= 8

    def fresh():
        return {(i,): i for i in range(1 << bits)}, end + 1, bits + 1

    table, following, width = fresh()
    put(clear, width)
    run = ()
    for index in indices:
        longer = run + (index,)
        if longer in table:
            run = longer
            continue
        put(table[run], width)
        if following < 4096:
            table[longer] = following
            if following == 1 << width and width < 12:
                width += 1
            following += 1
        else:
            put(clear, width)
            table, following, width = fresh()
        run = (index,)
    put(table[run], width)
    put(end, width)
    if count:
        out.append(held & 255)
    blocks = b"".join(bytes([len(out[i:i + 255])]) + bytes(out[i:i + 255]) for i in range(0, len(out), 255))
    return bytes([bits]) + blocks + b"\0"


def palette_bits(palette):
    return max(1, int(np.ceil(np.log2(len(palette)))))


def palette_bytes(palette):
    full = np.zeros((1 << palette_bits(palette), 3), np.uint8)
    full[: len(palette)] = palette
    return full.tobytes()


def start(w, h, palette=None, background=0):
    packed = 0x70 | (0x80 | (palette_bits(palette) - 1) if palette is not None else 0)
    return (b"GIF89a" + struct.pack("<HHBBB", w, h, packed, background, 0)
            + (palette_bytes(palette) if palette is not None else b""))


def loops(count):
    return b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", count) + b"\0"


def comment(text):
    return b"\x21\xfe" + bytes([len(text)]) + text.encode() + b"\0"


def frame(indices, bits, *, x=0, y=0, palette=None, transparent=None, delay=0, disposal=0, interlaced=False):
    """One image with its graphic control; `delay` in hundredths of a second."""
    h, w = indices.shape
    packed = disposal << 2 | (transparent is not None)
    out = b"\x21\xf9\x04" + struct.pack("<BHBB", packed, delay, transparent or 0, 0)
    local = 0x80 | (palette_bits(palette) - 1) if palette is not None else 0
    out += b"\x2c" + struct.pack("<HHHHB", x, y, w, h, local | (0x40 if interlaced else 0))
    if palette is not None:
        out += palette_bytes(palette)
        bits = palette_bits(palette)
    if interlaced:
        indices = np.concatenate([indices[0::8], indices[4::8], indices[2::4], indices[1::2]])
    return out + lzw(indices.flatten().tolist(), max(2, bits))


END = b"\x3b"
