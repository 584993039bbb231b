"""Any bytes may be passed: there is an avatar or one of the package's errors, never another exception or an abort."""

import os
from pathlib import Path

import pyarrow
import pytest
from conftest import ANIMATED, STILLS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import headshot
import headshot.arrow

VALID = [path.read_bytes() for path in STILLS + ANIMATED]
CORPORA = Path(os.environ.get("HEADSHOT_CORPORA", "/nonexistent"))
#: Small, and quick to make.
SMALL = {"min_side": 16, "max_side": 32}


def survives(photo: bytes) -> None:
    try:
        assert headshot.normalize(photo, **SMALL).side in range(16, 33)
    except headshot.Error as error:
        assert not isinstance(error, (headshot.Internal, headshot.EncodeFailed)), error


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(some.binary(max_size=300), some.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]))
def test_noise(tail, head):
    survives(head + tail)


@settings(max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.data())
def test_photos_that_were_damaged_on_the_way(data):
    photo = bytearray(data.draw(some.sampled_from(VALID)))
    for _ in range(data.draw(some.integers(1, 8))):
        photo[data.draw(some.integers(0, len(photo) - 1))] = data.draw(some.integers(0, 255))
    survives(bytes(photo[: data.draw(some.integers(1, len(photo)))]))


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(some.dictionaries(some.sampled_from(sorted(headshot.Options.__annotations__)), some.none() | some.integers() | some.floats() | some.text() | some.tuples(some.integers(), some.integers(), some.integers()) | some.dictionaries(some.text(), some.integers())))
def test_options_of_any_type(options):
    try:
        headshot.normalize(VALID[0], **options)
    except (headshot.Error, TypeError, ValueError):
        pass


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not at hand: they are under many licenses")
def test_thousands_of_files_made_to_break_decoders():
    lines = (CORPORA / "MANIFEST.tsv").read_text().splitlines()
    rows = [dict(zip(lines[0].split("\t"), line.split("\t"), strict=False)) for line in lines[1:]]
    photos = [(CORPORA / row["path"]).read_bytes() for row in rows]
    made = headshot.arrow.normalize(pyarrow.array(photos, type=pyarrow.large_binary()), threads=2, **SMALL)
    assert len(made) == len(rows) > 1000
    kinds = made.field("error_kind").to_pylist()
    assert not {"internal", "encode"} & set(kinds)
    assert made.field("avatar").null_count == sum(kind is not None for kind in kinds)
