"""The rows of the matrix: each fault of the emulator, and what a client must tell its caller about it."""

from dataclasses import dataclass

# What a row is about, and so which answers are right.
OPEN = "Nobody says what became of the upload"
REFUSED = "Slack refuses"
STATUS = "Somebody in between refuses"
REDIRECT = "Redirects"
LIMIT = "Too many requests"
PASSING = "Success, oddly worded"
LATE = "The upload takes effect after the answer"
EARLY = "Refused before the photo is read"
DOWN = "Nobody there"


@dataclass(frozen=True)
class Row:
    """One fault, as the emulator's token spells it."""

    group: str
    fault: str
    # The code or status that the caller must get to see.
    says: str | int | None = None
    # For LIMIT: how many seconds the reply asks for; None where it does not make sense.
    wait: float | None = None

    @property
    def applied(self):
        """Whether the upload works although the reply goes wrong."""
        return "-applied" in self.fault or self.fault == "gzip" or self.group in [PASSING, LATE]

    @property
    def alone(self):
        """Whether a foreign client meets it in a process of its own: it may have to be stopped for its memory, or be in
        the way of others, or others in its own (Node.js may forget the end of a request once it has collected garbage).
        """
        return self.fault.startswith(("endless", "gigantic", "nested", "slow"))


STATUSES = [102, 202, 204, 206, 302, 304]
BEFORE_BODY = ["refuse", "reset-before"]
LOST = [
    "reset-after", "close-after", "cut-head", "cut", "silence", "slow", "slow-head", "endless", "gigantic", "nested",
    "408", "html-500", "html-502", "html-503", "html-504", "empty-200", "html-200", "array-200", "object-200",
    "okstring-200", "error-internal_error", "error-fatal_error",
]  # fmt: skip
# The fault strikes once and then passes; the profile cannot be read; the profile goes wrong as well.
VARIANTS = [
    "reset-after-x1", "html-503-x1", "error-fatal_error-x1", "close-after-applied-x1", "html-500-applied-x1",
    "408-applied-x1", "reset-after-applied-noread", "html-502-applied-noread", "html-503-noread",
    "empty-200-applied-everywhere", "error-internal_error-applied-everywhere",
]  # fmt: skip
CODES = [
    "bad_image", "too_large", "too_many_frames", "missing_scope", "invalid_auth", "token_revoked",
    "not_allowed_token_type", "service_unavailable", "request_timeout", "a_code_of_next_year",
]  # fmt: skip
LIMITS = [
    ("429-json-x1", 1), ("429-text-x1", 1), ("429-envoy-x1", None), ("429-json-30-x1", 30), ("429-json-date-x1", 30),
    ("429-json-past-x1", None), ("429-json-absent-x1", None), ("429-json-negative-x1", None),
    ("429-json-absurd-x1", None), ("429-json-fraction-x1", 1), ("429-json-garbage-x1", None),
    ("error-ratelimited-x1", None), ("early-429-x1", 1),
]  # fmt: skip

ROWS = [
    *(Row(OPEN, fault) for fault in BEFORE_BODY),
    *(Row(OPEN, fault + applied) for fault in LOST for applied in ["", "-applied"]),
    *(Row(OPEN, f"status-{status}{applied}") for status in STATUSES for applied in ["", "-applied"]),
    Row(OPEN, "gzip"),
    *(Row(OPEN, fault) for fault in VARIANTS),
    *(Row(LATE, fault) for fault in ["late-1", "late-3"]),
    Row(EARLY, "early-413", says=413),
    Row(EARLY, "early-bad_image", says="bad_image"),
    *(Row(REFUSED, f"error-{code}", says=code) for code in CODES),
    Row(REFUSED, "control"),
    *(Row(STATUS, f"html-{status}", says=status) for status in [400, 401, 403, 404, 413]),
    *(Row(REDIRECT, f"redirect-{status}") for status in [301, 302, 303, 307, 308]),
    *(Row(LIMIT, fault, wait=wait) for fault, wait in LIMITS),
    Row(PASSING, "warnings"),
    Row(PASSING, "bare"),
    *(Row(PASSING, fault) for fault in ["idle-close-0", "idle-close-50"]),
    Row(DOWN, "down"),
]
assert len(ROWS) == 113 and len({row.fault for row in ROWS}) == 113
