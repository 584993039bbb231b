"""Turns any photo that a person hands in into a square avatar that a chat service accepts. Bytes in, bytes out.

>>> import headshot
>>> avatar = headshot.normalize(open("me.jpg", "rb").read(), fit="cover")
>>> avatar.format, avatar.side
('jpeg', 1024)

Many photos: `headshot.arrow` for columns of them, `headshot.daft`, `headshot.ray` and `headshot.dask` for clusters.
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
    """Makes an avatar out of a photo: JPEG, PNG, GIF or WebP, recognized by its bytes.

    It works on one thread with the interpreter's lock released: use threads for more. `bytes`, and views of them, are
    read where they lie; any other buffer can change meanwhile and is copied once.

    Args:
        photo: the bytes of the file, as any object with the buffer protocol.
        fit: "contain" letterboxes the whole photo, "cover" cuts the largest square out, "face" the one that frames the face.
        face_fallback: what a photo without a face gets, with a warning: "cover", "contain", or "auto", which is "cover" unless it is
            transparent or more than twice as long as wide; "refuse" raises `NoFace`.
        face: frames only this one of several faces, counted from the left from 1 on.
        gravity: where the square of "cover" lies: "center", "top", "bottom", "left", "right", or the point of the upright photo that
            is centered where the edges allow it, as in "50%,33.3%".
        crop: exactly this square: left, top, width, in pixels of the upright photo, after `rotate`.
        rotate: quarter turns clockwise in degrees, on top of the orientation that the file says: for a photo that says a wrong one or
            none. `gravity`, `crop` and faces are in the photo as it stands then.
        background: what lies in the bars and under transparent pixels: "auto", "transparent", the name of a CSS color,
            "#rgb" or "#rrggbb"; or "blur", the photo itself, blurred, or "edge", the colors of its edges, both in the
            bars of an opaque photo, and as "auto" where something is transparent.
        min_side: smallest side of the avatar in pixels.
        max_side: largest side of the avatar in pixels, at most 4096.
        small: what a photo smaller than `min_side` gets: it is enlarged with a warning, or raises `TooSmall`.
        format: "auto" stays with the format of the photo.
        quality: of a JPEG, 1 to 100. `None` is 90, and leaves the coding of a photo alone that complies already.
        frames: what an animation of more than `max_frames` gets.
        max_frames: the most frames of an animated avatar.
        damaged: whether a photo whose pixels are cut off raises `Damaged`, or is made of what there is.
        limits: what a photo may cost; what is left out has its default.

    Raises:
        Error: one of its subclasses, where the photo does not become an avatar.
        TypeError: `photo` is no buffer, or an option is not known.
        ValueError: an option has a value that it cannot have.
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
        Error: one of its subclasses, where it is no photo, or beyond the limits.
    """
    source: Source = json.loads(_native.probe(photo, {"limits": limits}))
    return source
