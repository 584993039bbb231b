"""Turns any photo into a square avatar that a chat service accepts. Bytes in, bytes out.

>>> import headshot
>>> avatar = headshot.normalize(open("me.jpg", "rb").read(), fit="cover")
>>> avatar.format, avatar.side
('jpeg', 1024)

For many photos: `headshot.arrow` for columns of them, `headshot.daft`, `headshot.ray` and `headshot.dask` for clusters.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from headshot import _native
from headshot._errors import (
    CropOutside,
    Crowd,
    Damaged,
    EncodeFailed,
    Error,
    Internal,
    LimitExceeded,
    NoFace,
    NoSuchFace,
    TooManyFrames,
    TooSmall,
    TransparentJpeg,
    UnknownFormat,
    Unsupported,
)
from headshot._native import Avatar
from headshot._options import Limits, Options, Source

if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = [
    "Avatar",
    "CropOutside",
    "Crowd",
    "Damaged",
    "EncodeFailed",
    "Error",
    "Internal",
    "LimitExceeded",
    "Limits",
    "NoFace",
    "NoSuchFace",
    "Options",
    "Source",
    "TooManyFrames",
    "TooSmall",
    "TransparentJpeg",
    "UnknownFormat",
    "Unsupported",
    "normalize",
    "probe",
]


def normalize(
    photo: Buffer,
    *,
    fit: Literal["contain", "cover", "face"] = "contain",
    face_fallback: Literal["auto", "cover", "contain", "refuse"] = "auto",
    face: int | None = None,
    gravity: str = "center",
    crop: tuple[int, int, int] | None = None,
    rotate: Literal[0, 90, 180, 270] = 0,
    background: str = "auto",
    min_side: int = 512,
    max_side: int = 1024,
    small: Literal["enlarge", "refuse"] = "enlarge",
    format: Literal["auto", "jpeg", "png"] = "auto",
    quality: int | None = None,
    frames: Literal["reject", "first", "truncate", "decimate"] = "reject",
    max_frames: int = 100,
    damaged: Literal["refuse", "accept"] = "refuse",
    limits: Limits | None = None,
) -> Avatar:
    """Makes an avatar from a photo: JPEG, PNG, GIF or WebP, recognized by its bytes.

    It works on one thread with the interpreter's lock released: use threads for more. `bytes`, and views of them, are
    read in place; any other buffer could change meanwhile and is copied once.

    Args:
        photo: the bytes of the file, as any object with the buffer protocol.
        fit: "contain" letterboxes the whole photo, "cover" cuts out the largest square, "face" the square that frames the face.
        face_fallback: what to do, with a warning, if no face is found: "cover", "contain", or "auto", which is "cover" unless the photo
            is transparent or has one side more than twice the other; "refuse" raises `NoFace`.
        face: frames only this one of several faces, counted from the left, starting at 1; raises `NoFace` if no face is found, unless
            `face_fallback` says what to do.
        gravity: where the square of "cover" lies: "center", "top", "bottom", "left", "right", or a point of the upright photo that
            is centered as far as the edges allow, as in "50%,33.3%".
        crop: exactly this square: left, top, width, in pixels of the upright photo, after `rotate`.
        rotate: quarter turns clockwise in degrees, on top of the orientation in the file: for a photo with a wrong orientation or
            none. `gravity`, `crop` and faces refer to the turned photo.
        background: what the bars show, and what lies under transparent pixels: "auto", "transparent", the name of a CSS color,
            "#rgb" or "#rrggbb"; or "blur", the photo itself, blurred, or "edge", the colors of its edges. The last two
            work for an opaque photo; one with transparent pixels gets "auto".
        min_side: smallest side of the avatar in pixels.
        max_side: largest side of the avatar in pixels, at most 4096.
        small: what to do with a photo smaller than `min_side`: "enlarge" it with a warning, or "refuse" it with `TooSmall`.
        format: "auto" keeps the format of the photo.
        quality: of a JPEG, 1 to 100. `None` is 90, and does not encode a photo again that complies already.
        frames: what to do with an animation of more than `max_frames`.
        max_frames: the most frames of an animated avatar.
        damaged: whether a photo whose pixels are cut off raises `Damaged`, or becomes an avatar of the rest.
        limits: what a photo may cost; omitted limits have their defaults.

    Raises:
        Error: one of its subclasses, if the photo does not become an avatar.
        TypeError: `photo` is not a buffer, or an option is unknown.
        ValueError: an option has an invalid value.
    """
    options = {
        "fit": fit,
        "face_fallback": face_fallback,
        "face": face,
        "gravity": gravity,
        "crop": crop,
        "rotate": rotate,
        "background": background,
        "min_side": min_side,
        "max_side": max_side,
        "small": small,
        "format": format,
        "quality": quality,
        "frames": frames,
        "max_frames": max_frames,
        "damaged": damaged,
        "limits": limits,
    }
    return _native.normalize(photo, options)


def probe(photo: Buffer, *, limits: Limits | None = None) -> Source:
    """What a photo is, from its header, without decoding it: the `source` of a report.

    Raises:
        Error: one of its subclasses, if it is not a photo, or exceeds a limit.
    """
    source: Source = json.loads(_native.probe(photo, {"limits": limits}))
    return source
