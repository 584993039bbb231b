"""Why a photo did not become an avatar: the cases of the Rust library, each with its numbers."""


class Error(Exception):
    """The photo did not become an avatar. The message says what is wrong and what to do about it."""

    kind: str
    """A fixed word in snake case, like `error.kind` in a report."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.__dict__.update(values)


class UnknownFormat(Error):
    """The bytes are not a JPEG, PNG, GIF or WebP. Choose another file, or convert this one."""

    found: str
    """What the bytes look like, with its article: "an AVIF image"."""


class Unsupported(Error):
    """This kind of photo is not supported. Saving it again from another program helps."""

    format: str
    what: str
    """The feature, as a noun: "arithmetic coding"."""


class Damaged(Error):
    """The bytes break the rules of their format, often because the file is cut off. A fresh copy of the file helps."""

    format: str


class LimitExceeded(Error):
    """The photo exceeds one of the limits."""

    which: str
    """The limit, by its name in `limits=`."""
    found: int
    """In the unit of the limit, or milliseconds for time; so is `max`."""
    max: int


class CropOutside(Error):
    """The crop box does not lie inside the photo."""

    crop: tuple[int, int, int]
    """The requested box: left, top, width, in upright pixels."""
    width: int
    """Of the upright photo in pixels, like the height."""
    height: int


class TooSmall(Error):
    """The photo is smaller than `min_side`, and `small="refuse"` is set."""

    found: int
    """The side that the avatar would have without enlarging, in pixels."""
    min: int


class TooManyFrames(Error):
    """The animation has more than `max_frames`, and `frames="reject"` is set."""

    found: int
    max: int


class NoFace(Error):
    """No face was found, and `face_fallback="refuse"` is set or `face` chose one by its number."""

    best: float | None
    """The best score of anything that resembled a face; a face has at least 0.8."""


class Crowd(Error):
    """The faces do not fit in one square, and `face_fallback="refuse"` is set."""

    faces: int


class NoSuchFace(Error):
    """No face has the number that `face` asks for."""

    number: int
    found: int


class TransparentJpeg(Error):
    """A transparent background was requested for a JPEG, which has no alpha."""


class EncodeFailed(Error):
    """The avatar could not be encoded. This is a bug of the library: please report it."""

    format: str


class Internal(Error):
    """Something happened that must not. This is a bug of the library: please report it."""
