from collections.abc import Mapping
from typing import Any, Literal

from typing_extensions import Buffer

class Avatar:
    """A finished avatar: square, upright, sRGB, without metadata. It can be pickled."""

    @property
    def bytes(self) -> bytes:
        """The encoded file."""

    @property
    def format(self) -> Literal["jpeg", "png", "gif"]:
        """The format of the bytes."""

    @property
    def side(self) -> int:
        """Width and height in pixels."""

    @property
    def frames(self) -> int:
        """How many frames it has: 1 for a still."""

    @property
    def report(self) -> dict[str, Any]:
        """What the photo was, what was done to it, and what you should know: the object of the command line's `--json`,
        with `None` for `photo` and `output`."""

def check(options: Mapping[str, object]) -> None: ...
def normalize(photo: Buffer, options: Mapping[str, object]) -> Avatar: ...
def probe(photo: Buffer, options: Mapping[str, object]) -> str: ...
def record(photo: Buffer, options: Mapping[str, object]) -> tuple[Avatar | None, str]: ...
def row(
    photo: Buffer, options: Mapping[str, object]
) -> tuple[bytes | None, str | None, int | None, int | None, list[str] | None, str | None, str | None]: ...
