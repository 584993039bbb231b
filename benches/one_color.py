"""Photos of one color, which identifies their owner: for the benches of people."""

import struct
import zlib


def png(color):
    """A PNG of 512 x 512 pixels of red, green and blue."""
    row = b"\0" + bytes(color) * 512
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", 512, 512, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * 512)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def first(photo):
    """The filter and the first color of such a PNG."""
    data, place = b"", 8
    while place < len(photo):
        length, kind = struct.unpack(">I4s", photo[place:place + 8])
        if kind == b"IDAT":
            data += photo[place + 8:place + 8 + length]
        place += 12 + length
    return zlib.decompress(data)[:4]
