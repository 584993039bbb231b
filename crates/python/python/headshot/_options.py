"""The types of what goes into `normalize` and comes out of `probe`."""

from typing import Literal, TypedDict


class Limits(TypedDict, total=False):
    """What a photo may cost; a photo that exceeds a limit raises `LimitExceeded`. These are policies of the library; none of them is a number of Slack's."""

    bytes: int
    """Size of the file. Default: 64 MiB."""
    pixels: int
    """Width times height, whatever the format. Default: 300 million for a JPEG, 64 million for a PNG or GIF, 32 million for a WebP."""
    side: int
    """The longer side in pixels. Default: 32,767."""
    memory: int
    """Bytes held at once in addition to the photo's own. Default: 256 MiB."""
    scans: int
    """Scans of a progressive JPEG. Default: 100."""
    blocks: int
    """Blocks of 8 x 8 samples in all scans of a JPEG together. Default: 300 million."""
    canvases: int
    """Pixels of all frames of an animation together. Default: 400 million."""
    drawn: int
    """Pixels of all frames of an animated avatar together. Default: 500 million."""
    profile: int
    """Bytes of a color profile, inflated. A larger one is ignored with a warning. Default: 4 MiB."""
    time: float
    """Processor time for the photo, in seconds: the last resort, because it depends on the machine. Default: 120."""


class Options(TypedDict, total=False):
    """The keyword arguments of `headshot.normalize`, which says what they do."""

    fit: Literal["contain", "cover", "face"]
    face_fallback: Literal["auto", "cover", "contain", "refuse"]
    face: int | None
    gravity: str
    crop: tuple[int, int, int] | None
    rotate: Literal[0, 90, 180, 270]
    background: str
    min_side: int
    max_side: int
    small: Literal["enlarge", "refuse"]
    format: Literal["auto", "jpeg", "png"]
    quality: int | None
    frames: Literal["reject", "first", "truncate", "decimate"]
    max_frames: int
    damaged: Literal["refuse", "accept"]
    limits: Limits | None


class Source(TypedDict):
    """What a photo is, from its header."""

    format: Literal["jpeg", "png", "gif", "webp", "heic"]
    width: int
    """In upright pixels, like the height."""
    height: int
    orientation: int
    """The EXIF value, 1 to 8."""
    frames: int
    bytes: int
    duration: float | None
    """How long one play of an animation takes, in seconds."""
    loop_count: int | None
    """The repeats after the first play, as in the file: 0 is forever, `None` plays once."""
    color_profile: str | None
