"""The requirements for a client, and whether it met them."""

from dataclasses import dataclass, field

from faults import LATE, LIMIT, PASSING, REDIRECT, Row

# Anything that takes longer than this, or more memory, is stopped.
SECONDS = 60
MEBIBYTES = 512

# How precisely the time of a call is known, in seconds.
PRINTED_EVERY = 0.2

REQUIREMENTS = {
    "no false success": "if the caller is told that the photo is set, it is set",
    "no second upload": "an upload that worked is not made again",
    "ends": f"the call ends within {SECONDS} s and {MEBIBYTES} MiB",
    "error kind": "an error is of a kind that the library documents, or one of the language's own network errors",
    "no false failure": "after an upload that worked, the caller is told that it worked or may have worked",
    "right word": "the caller gets to see the code, the status, the wait or the warnings; a redirect is not followed",
    "no secret": "neither the token nor a control character is in the error as it prints itself",
}


@dataclass
class Seen:
    """What became of one call."""

    # "set", "error", "hanging" or "memory".
    outcome: str
    # The error: its type, whether that type is to be expected, and whether it leaves the outcome of the upload open.
    kind: str = ""
    foreseen: bool = True
    open: bool = False
    code: str | None = None
    status: int | None = None
    # The error says that there were too many requests.
    limited: bool = False
    # It says so, and for how long.
    retry_after: float | str | None = None
    text: str = ""
    secret: bool = False
    warnings: list = field(default_factory=list)
    # By the emulator's own account: uploads that changed the photo, whether a redirect was followed, and the seconds
    # between the first two uploads.
    applied: int = 0
    followed: bool = False
    pause: float = 0.0


def unmet(row: Row, seen: Seen) -> list[str]:
    """The requirements that were not met."""
    is_set, is_error = seen.outcome == "set", seen.outcome == "error"
    met = {
        "no false success": not is_set or seen.applied > 0,
        "no second upload": seen.applied <= 1,
        "ends": is_set or is_error,
        "error kind": not is_error or seen.foreseen,
        "no false failure": not (is_error and seen.applied) or seen.open,
        "right word": right_word(row, seen),
        "no secret": not seen.secret,
    }
    assert met.keys() == REQUIREMENTS.keys()
    return [name for name, ok in met.items() if not ok]


def right_word(row: Row, seen: Seen) -> bool:
    if seen.outcome not in ["set", "error"]:
        return True  # It has failed already.
    if row.group == LATE:
        return seen.outcome == "set" or seen.open
    if row.group == PASSING:
        wanted = {"superfluous_charset", "second_warning"} if row.fault == "warnings" else set()
        return seen.outcome == "set" and wanted <= set(seen.warnings)
    if row.group == LIMIT:
        if seen.outcome == "set":
            # If the reply makes no sense, at least a second counts as waiting.
            return seen.pause >= (row.wait or 1) - PRINTED_EVERY
        return seen.limited and (row.wait is None or seen.retry_after is not None)
    if row.group == REDIRECT:
        return seen.outcome == "error" and not seen.followed
    return row.says is None or seen.outcome == "error" and row.says in [seen.code, seen.status]
