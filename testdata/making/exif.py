"""Writes EXIF (a TIFF structure, CIPA DC-008) with an orientation, a location, a thumbnail and canary texts."""

import struct

CANARY = "CANARY"  # every private text in the test files contains this word, so that tests can search for leaks


def entry(order, tag, kind, value):
    """Returns (tag, kind, count, bytes)."""
    if kind == 2:
        data = value.encode() + b"\0"
        return tag, kind, len(data), data
    if kind == 3:
        return tag, kind, 1, struct.pack(order + "H", value)
    if kind == 4:
        return tag, kind, 1, struct.pack(order + "I", value)
    if kind == 5:
        return tag, kind, len(value), b"".join(struct.pack(order + "II", *v) for v in value)
    if kind == 1:
        return tag, kind, len(value), bytes(value)
    raise ValueError(kind)


def ifd(order, at, entries, next_ifd):
    """One directory at offset `at`; `next_ifd` is the offset of the following one or a function of this one's end."""
    head, tail = struct.pack(order + "H", len(entries)), b""
    tail_at = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, data in sorted(entries):
        head += struct.pack(order + "HHI", tag, kind, count)
        if len(data) <= 4:
            head += data.ljust(4, b"\0")
        else:
            head += struct.pack(order + "I", tail_at + len(tail))
            tail += data + bytes(len(data) % 2)
    return head + struct.pack(order + "I", next_ifd(tail_at + len(tail)) if callable(next_ifd) else next_ifd) + tail


def tiff(orientation, order="<", gps=False, thumbnail=None, thumbnail_orientation=1):
    """A TIFF structure; put `Exif\\0\\0` in front for a JPEG APP1, nothing for a PNG eXIf chunk."""
    out = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)

    def first(gps_at):
        entries = [entry(order, 0x010F, 2, f"{CANARY} maker"), entry(order, 0x0112, 3, orientation)]
        if gps:
            entries.append(entry(order, 0x8825, 4, gps_at))
        return entries

    place = [entry(order, 0, 1, (2, 3, 0, 0)),
             entry(order, 1, 2, "N"), entry(order, 2, 5, ((47, 1), (11, 1), (22, 1))),
             entry(order, 3, 2, "E"), entry(order, 4, 5, ((8, 1), (33, 1), (44, 1))),
             entry(order, 0x12, 2, f"{CANARY} place")]
    first_size = len(ifd(order, 8, first(0), 0))
    gps_at = 8 + first_size
    gps_ifd = ifd(order, gps_at, place, 0) if gps else b""
    second_at = gps_at + len(gps_ifd)
    out += ifd(order, 8, first(gps_at), second_at if thumbnail else 0) + gps_ifd
    if thumbnail:
        def second(thumbnail_at):
            return [entry(order, 0x0103, 3, 6), entry(order, 0x0112, 3, thumbnail_orientation),
                    entry(order, 0x0201, 4, thumbnail_at), entry(order, 0x0202, 4, len(thumbnail))]
        size = len(ifd(order, second_at, second(0), 0))
        out += ifd(order, second_at, second(second_at + size), 0) + thumbnail
    return out
