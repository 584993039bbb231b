"""Why a photo did not become an avatar: the cases of the Rust library, each with its numbers."""


class Error(Exception):
    """A photo that did not become an avatar. The message says what is wrong and what to do about it."""

    kind: str
    """A fixed word in snake case, as `error.kind` in a report."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.__dict__.update(values)


class UnknownFormat(Error):
    """The bytes are no JPEG, PNG, GIF or WebP. Another file must be chosen, or this one converted."""

    found: str
    """What the bytes look like, with its article: "an AVIF image"."""


class Unsupported(Error):
    """The photo is of a kind that is not decoded. Saving it again from another program helps."""

    format: str
    what: str
    """The feature, as a noun: "arithmetic coding"."""


class Damaged(Error):
    """The bytes break the rules of their format, often because they are cut off. A fresh copy of the file helps."""

    format: str


class LimitExceeded(Error):
    """The photo exceeds one of the limits."""

    which: str
    """The limit, by its name in `limits=`."""
    found: int
    """In the unit of the limit, and time in milliseconds, as is `max`."""
    max: int


class CropOutside(Error):
    """The crop box does not lie inside the photo."""

    crop: tuple[int, int, int]
    """Left, top, width, in upright pixels, as it was asked for."""
    width: int
    """Of the upright photo in pixels, as is the height."""
    height: int


class TooSmall(Error):
    """The photo is smaller than `min_side`, and `small="refuse"` was asked for."""

    found: int
    """The side that the avatar would have without enlarging, in pixels."""
    min: int


class TooManyFrames(Error):
    """The animation has more than `max_frames`, and `frames="reject"` is in force."""

    found: int
    max: int


class NoFace(Error):
    """No face was found, and `face_fallback="refuse"` is in force, or `face` chose one by its number."""

    best: float | None
    """The best score of what resembled one; a face has 0.8 at least."""


class Crowd(Error):
    """The faces fit no square together, and `face_fallback="refuse"` is in force."""

    faces: int


class NoSuchFace(Error):
    """No face has the number that `face` asks for."""

    number: int
    found: int


class TransparentJpeg(Error):
    """A transparent background was asked for in a JPEG, which has no alpha."""


class EncodeFailed(Error):
    """The avatar could not be encoded. This is a bug of the library: please report it."""

    format: str


class Internal(Error):
    """Something that must not happen did. This is a bug of the library: please report it."""
