"""`headshot.arrow.normalize`: columns in, columns out, errors as values."""

import _thread
import io
import signal
import threading

import pyarrow
import pytest
from conftest import ANIMATED, BAD, STILLS, TESTDATA
from PIL import Image

import headshot
import headshot.arrow

COLUMNS = ["avatar", "format", "side", "frames", "warnings", "error_kind", "error_message"]


@pytest.fixture(scope="module")
def photos():
    return [path.read_bytes() for path in STILLS + ANIMATED + BAD]


def one_by_one(photos, **options):
    """What the rows must be, from `headshot.normalize`."""
    for photo in photos:
        if photo is None:
            yield None
            continue
        try:
            made = headshot.normalize(photo, **options)
            values = [made.bytes, made.format, made.side, made.frames, made.report["warnings"], None, None]
        except headshot.Error as error:
            values = [None, None, None, None, None, error.kind, str(error)]
        yield dict(zip(COLUMNS, values, strict=True))


@pytest.mark.parametrize("kind", [pyarrow.binary(), pyarrow.large_binary(), pyarrow.binary_view()])
@pytest.mark.parametrize("threads", [1, 2])
def test_one_row_in_one_row_out(photos, kind, threads):
    photos = [None, *photos, None]
    column = pyarrow.array(photos, type=kind)
    made = headshot.arrow.normalize(column, threads=threads, fit="cover", max_side=555)
    made.validate(full=True)
    assert [field.name for field in made.type] == COLUMNS
    wanted = pyarrow.binary() if kind == pyarrow.binary() else pyarrow.large_binary()
    assert made.type.field("avatar").type == wanted
    assert made.to_pylist() == list(one_by_one(photos, fit="cover", max_side=555))
    assert made.null_count == 2


def test_slices_and_chunks_are_the_rows_that_they_are(photos):
    column = pyarrow.array([photos[0], None, *photos[1:6]], type=pyarrow.binary())
    part = headshot.arrow.normalize(column[1:5])
    assert part.to_pylist() == list(one_by_one([None, *photos[1:4]]))
    chunks = pyarrow.chunked_array([column[:2], column[2:2], column[4:6]])
    made = headshot.arrow.normalize(chunks)
    assert isinstance(made, pyarrow.ChunkedArray)
    assert [len(chunk) for chunk in made.chunks] == [2, 0, 2]
    assert made.to_pylist() == list(one_by_one([photos[0], None, *photos[3:5]]))
    assert headshot.arrow.normalize(column[:0]).to_pylist() == []
    assert headshot.arrow.normalize(pyarrow.chunked_array([], type=pyarrow.binary())).to_pylist() == []


class Foreign:
    """An array of a library that is not PyArrow."""

    def __init__(self, array):
        self.array = array

    def __arrow_c_array__(self, requested_schema=None):
        return self.array.__arrow_c_array__(requested_schema)


def test_any_library_of_arrow_is_served(photos):
    made = headshot.arrow.normalize(Foreign(pyarrow.array(photos[:3])))
    assert hasattr(made, "__arrow_c_array__")
    assert pyarrow.array(made).to_pylist() == list(one_by_one(photos[:3]))


@pytest.mark.parametrize("column", [pyarrow.array(["me.jpg"]), pyarrow.array([11, 22]), pyarrow.array([[b"a"]])])
def test_columns_of_something_else_are_refused(column):
    with pytest.raises(TypeError, match="photos: an Arrow array of .*, but it must be binary"):
        headshot.arrow.normalize(column)


def test_wrong_options_are_refused_before_any_photo(photos):
    column = pyarrow.array(photos)
    with pytest.raises(ValueError, match="fit: stretch"):
        headshot.arrow.normalize(column, fit="stretch")
    with pytest.raises(TypeError, match="fitt: no such option"):
        headshot.arrow.normalize(column, fitt="cover")
    with pytest.raises(ValueError, match="threads: 0, at least 1"):
        headshot.arrow.normalize(column, threads=0)


def test_a_bad_photo_among_ten_thousand_is_one_row():
    good = io.BytesIO()
    Image.new("RGB", (20, 20), (11, 122, 233)).save(good, "PNG")
    photos = [good.getvalue()] * 10_000
    photos[7_777] = photos[7_777][: len(photos[0]) // 2]
    made = headshot.arrow.normalize(pyarrow.array(photos), min_side=16, max_side=16, threads=2)
    kinds = made.field("error_kind").to_pylist()
    assert (len(made), kinds.index("damaged"), sum(kind is not None for kind in kinds)) == (10_000, 7_777, 1)
    assert made.field("avatar").null_count == 1


def test_ctrl_c_is_seen_between_photos():
    """The column would take many minutes; the interrupt comes after a tenth of a second."""
    column = pyarrow.array([(TESTDATA / "still/one-pixel.png").read_bytes()] * 1_000_000)
    # A shell that starts the tests in the background has it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.1, _thread.interrupt_main)
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            headshot.arrow.normalize(column)
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)
