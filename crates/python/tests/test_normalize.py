"""`headshot.normalize` and `headshot.probe`, as a program of somebody else calls them."""

import hashlib
import io
import pickle
import threading

import numpy
import pyarrow
import pytest
from conftest import ANIMATED, BAD, STILLS, TESTDATA
from PIL import Image, ImageOps

import headshot


def test_an_avatar_is_what_it_says(astronaut):
    avatar = headshot.normalize(astronaut, fit="cover", format="png", min_side=100, max_side=333)
    picture = Image.open(io.BytesIO(avatar.bytes))
    assert (picture.format, picture.size) == ("PNG", (333, 333))
    assert (avatar.format, avatar.side, avatar.frames) == ("png", 333, 1)
    assert repr(avatar) == f"<headshot.Avatar: png, 333 x 333, frames 1, bytes {len(avatar.bytes)}>"


def test_reports_are_those_of_the_command_line(command_line):
    for folder, count in ((TESTDATA / "still", 70), (TESTDATA / "animated", 3)):
        avatars, told = command_line(folder, "--collisions", "suffix")
        photos = sorted(folder.iterdir())
        assert len(photos) == len(told) >= count
        for photo in photos:
            record = told[photo.name]
            if record["status"] == "failed":
                with pytest.raises(headshot.Error) as raised:
                    headshot.normalize(photo.read_bytes())
                assert (raised.value.kind, str(raised.value)) == (record["error"]["kind"], record["error"]["message"])
                continue
            avatar = headshot.normalize(photo.read_bytes())
            output = record["output"]
            assert list(avatar.report) == list(record), "the keys, in their order"
            assert avatar.report == record | {"photo": None, "output": None}
            assert avatar.bytes == (avatars / output.rpartition("/avatars/")[2]).read_bytes()
            assert headshot.probe(photo.read_bytes()) == record["source"]
            assert hashlib.sha256(avatar.bytes).hexdigest() == avatar.report["avatar"]["sha256"]


def test_bad_photos_are_told_as_by_the_command_line(command_line):
    _, told = command_line(TESTDATA / "bad", "--collisions", "suffix", "--max-pixels", "5000000")
    seen = set()
    for photo in BAD:
        record = told[photo.name]
        if record["status"] != "failed":
            continue
        with pytest.raises(headshot.Error) as raised:
            headshot.normalize(photo.read_bytes(), limits={"pixels": 5_000_000})
        error = record["error"]
        assert (raised.value.kind, str(raised.value)) == (error["kind"], error["message"])
        seen.add(type(raised.value))
    assert {headshot.UnknownFormat, headshot.Damaged, headshot.LimitExceeded} <= seen


@pytest.mark.parametrize(
    ("make", "exception", "values"),
    [
        (lambda photo: headshot.normalize(photo, crop=(11, 22, 555)), headshot.CropOutside, {"crop": (11, 22, 555), "width": 410, "height": 512, "kind": "crop_outside"}),
        (lambda photo: headshot.normalize(photo, limits={"bytes": 1234}), headshot.LimitExceeded, {"which": "bytes", "found": 59337, "max": 1234, "kind": "limit"}),
        (lambda photo: headshot.normalize(photo, limits={"pixels": 1235}), headshot.LimitExceeded, {"which": "pixels", "found": 410 * 512, "max": 1235}),
        (lambda photo: headshot.normalize(photo, limits={"side": 511}), headshot.LimitExceeded, {"which": "side", "found": 512, "max": 511}),
        (lambda photo: headshot.normalize(photo, fit="cover", small="refuse"), headshot.TooSmall, {"found": 410, "min": 512}),
        (lambda photo: headshot.normalize(photo, fit="face", face=2), headshot.NoSuchFace, {"number": 2, "found": 1, "kind": "no_such_face"}),
        (lambda photo: headshot.normalize(ANIMATED[1].read_bytes(), fit="face", face_fallback="refuse"), headshot.NoFace, {"best": None, "kind": "no_face"}),
        (lambda photo: headshot.normalize(photo[:1000]), headshot.Damaged, {"format": "jpeg"}),
        (lambda photo: headshot.normalize(b""), headshot.UnknownFormat, {"found": "an empty file"}),
        (lambda photo: headshot.normalize(ANIMATED[1].read_bytes(), max_frames=2), headshot.TooManyFrames, {"max": 2}),
        (lambda photo: headshot.probe(b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"), headshot.UnknownFormat, {"found": "an AVIF image"}),
        (lambda photo: headshot.probe(b"\0\0\0\x18ftypheic\0\0\0\0"), headshot.UnknownFormat, {"found": "a HEIC photo"}),
    ],
)
def test_exceptions_have_their_numbers(astronaut, make, exception, values):
    with pytest.raises(exception) as raised:
        make(astronaut)
    error = raised.value
    assert isinstance(error, headshot.Error)
    assert {name: getattr(error, name) for name in values} == values
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


def test_every_exception_of_the_package_is_one_of_its_errors():
    classes = {name for name in headshot.__all__ if isinstance(getattr(headshot, name), type) and issubclass(getattr(headshot, name), Exception)}
    assert len(classes) == 14
    for name in classes:
        assert issubclass(getattr(headshot, name), headshot.Error)
        assert getattr(headshot, name).__doc__


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fit": "stretch"}, 'fit: stretch, but it must be "contain" or "cover" or "face"'),
        ({"face": 2}, 'for fit="face"'),
        ({"face": 0, "fit": "face"}, "face: 0, but it must be at least 1"),
        ({"fit": "face", "crop": (1, 2, 3)}, 'contradicts fit="face"'),
        ({"fit": "face", "face_fallback": "guess"}, "face_fallback: guess"),
        ({"fit": "cover", "crop": (1, 2, 3)}, "contradicts"),
        ({"gravity": "top"}, 'what fit="cover" keeps'),
        ({"gravity": "top", "crop": (1, 2, 3)}, 'what fit="cover" keeps'),
        ({"gravity": "north", "fit": "cover"}, "gravity: north, but it must be center, top"),
        ({"gravity": "11,22", "fit": "cover"}, "as in 50%,33.3%"),
        ({"crop": (1, 2)}, "as in (11, 22, 333)"),
        ({"crop": (1, 2, 0)}, "as in (11, 22, 333)"),
        ({"crop": (-1, 2, 3)}, "as in (11, 22, 333)"),
        ({"rotate": 45}, "rotate: 45, but it must be 0, 90, 180 or 270"),
        ({"rotate": -90}, "not negative"),
        ({"background": "336699"}, "'#336699'"),
        ({"background": "#+12345"}, "'#336699'"),
        ({"background": "purpel"}, "background: purpel, but it must be auto, transparent, blur, edge"),
        ({"quality": 0}, "quality: 0, but it must be a whole number from 1 to 100"),
        ({"quality": 101}, "from 1 to 100"),
        ({"quality": "best"}, "quality: best"),
        ({"format": "png", "quality": 77}, "a PNG has none"),
        ({"format": "jpeg", "background": "transparent"}, "cannot be transparent"),
        ({"min_side": 2000}, "2000 to 1024"),
        ({"max_side": 5000}, "<= 4096"),
        ({"max_frames": 0}, "at least 1"),
        ({"max_frames": -3}, "not negative"),
        ({"limits": {"pixels": -1}}, "limits: pixels: -1"),
    ],
)
def test_wrong_values_say_what_is_right(astronaut, options, message):
    with pytest.raises(ValueError) as raised:
        headshot.normalize(astronaut, **options)
    assert message in str(raised.value)


@pytest.mark.parametrize("name", sorted(headshot.Limits.__annotations__))
def test_every_limit_is_known(astronaut, name):
    headshot.normalize(astronaut, limits={name: 1_000_000_000})
    with pytest.raises(ValueError, match=f"limits: {name}: -1, but it must be a "):
        headshot.normalize(astronaut, limits={name: -1})


def test_time_is_in_seconds(astronaut):
    with pytest.raises(headshot.LimitExceeded) as raised:
        headshot.normalize(astronaut, limits={"time": 0.0})
    assert (raised.value.which, raised.value.max) == ("time", 0)


def test_damaged_photos_are_accepted_on_request(astronaut):
    cut = astronaut[: len(astronaut) * 2 // 3]
    with pytest.raises(headshot.Damaged):
        headshot.normalize(cut)
    assert headshot.normalize(cut, damaged="accept").side == 512


@pytest.mark.parametrize("limits", [{"pixel": 11}, {"frames": 11}, [("pixels", 11)]])
def test_limits_that_do_not_exist_are_named(astronaut, limits):
    with pytest.raises(TypeError, match="limits: "):
        headshot.normalize(astronaut, limits=limits)


def test_every_option_reaches_the_library(astronaut):
    made = headshot.normalize(astronaut, crop=(11, 22, 333), min_side=44, max_side=222, format="jpeg", quality=77)
    assert made.report["steps"][-3:] == [
        'reduced from 333 x 333 to 222 x 222 (Lanczos3)',
        made.report["steps"][-2],
        "encoded as JPEG, quality 77, without metadata",
    ]
    assert any("cropped to 333 x 333 at 11,22" in step for step in made.report["steps"])
    above = headshot.normalize(astronaut, fit="cover", gravity="50%,11%").report["steps"]
    assert any("cropped to 410 x 410 at 0,0" in step for step in above)
    below = headshot.normalize(astronaut, fit="cover", gravity="bottom").report["steps"]
    assert any("cropped to 410 x 410 at 0,102" in step for step in below)
    lying = headshot.normalize(astronaut, crop=(11, 22, 333), min_side=333, rotate=270, format="png")
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(astronaut))).transpose(Image.Transpose.ROTATE_90)
    assert lying.report["steps"][1] == "turned by 270 degrees clockwise, as asked for"
    shown = numpy.asarray(Image.open(io.BytesIO(lying.bytes)).convert("RGB"), float)
    wanted = numpy.asarray(upright.crop((11, 22, 344, 355)).convert("RGB"), float)
    # The photo has another profile than sRGB, so colors differ a little.
    assert abs(shown - wanted).mean() < 12 < abs(shown[::-1, ::-1] - wanted).mean()
    framed = headshot.normalize(astronaut, fit="face", min_side=64).report
    assert framed["face"]["found"] == 1 and framed["face"]["crop"]["side"] < 300
    assert any("framed the face" in step for step in framed["steps"])
    assert made.report["face"] is None
    blurred = headshot.normalize(astronaut, background="blur").report["steps"]
    assert any("on the photo, blurred" in step for step in blurred)
    red = headshot.normalize(astronaut, background="#ff1122", format="png")
    assert Image.open(io.BytesIO(red.bytes)).convert("RGB").getpixel((0, 256)) == (255, 17, 34)
    first = headshot.normalize(ANIMATED[1].read_bytes(), max_frames=2, frames="truncate")
    assert (first.format, first.frames) == ("gif", 2)
    assert headshot.normalize(ANIMATED[1].read_bytes(), max_frames=2, frames="first").frames == 1


def test_any_buffer_is_a_photo(astronaut):
    wanted = headshot.normalize(astronaut).bytes
    padded = b"x" * 11 + astronaut + b"y" * 22
    spread = numpy.zeros((len(astronaut), 2), numpy.uint8)
    spread[:, 0] = numpy.frombuffer(astronaut, numpy.uint8)
    for photo in (
        bytearray(astronaut),
        memoryview(astronaut),
        memoryview(padded)[11:-22],
        memoryview(padded)[11:][:-22],
        memoryview(bytearray(padded))[11:-22],
        numpy.frombuffer(astronaut, numpy.uint8),
        numpy.frombuffer(astronaut, numpy.int8).copy(),
        spread[:, 0],
        pyarrow.py_buffer(astronaut),
        pyarrow.scalar(astronaut).as_buffer(),
        io.BytesIO(astronaut).getbuffer(),
    ):
        assert headshot.normalize(photo).bytes == wanted, type(photo)
    # A view that runs backward is not a part of its base.
    with pytest.raises(headshot.UnknownFormat):
        headshot.normalize(memoryview(astronaut)[::-1])


@pytest.mark.parametrize("photo", [None, "me.jpg", 17, object(), ["a"], STILLS[0]])
def test_what_is_no_buffer_is_a_type_error(photo):
    with pytest.raises(TypeError, match="photo: it must be the bytes of a file, not .*: read the file first"):
        headshot.normalize(photo)


def test_pixels_are_not_taken_for_a_file():
    for pixels in (numpy.zeros((33, 44, 3), numpy.uint8), numpy.zeros(44, numpy.uint16)):
        with pytest.raises(ValueError, match="pass the bytes of the file, not its pixels"):
            headshot.normalize(pixels)


def test_what_is_huge_is_refused_unread():
    for photo in (bytes(65 << 20), bytearray(65 << 20), numpy.zeros(65 << 20, numpy.uint8)):
        with pytest.raises(headshot.LimitExceeded) as raised:
            headshot.normalize(photo)
        assert (raised.value.which, raised.value.found, raised.value.max) == ("bytes", 65 << 20, 64 << 20)


def test_avatars_go_through_pickle(astronaut):
    avatar = headshot.normalize(astronaut)
    copy = pickle.loads(pickle.dumps(avatar))
    again = pickle.loads(pickle.dumps(copy))
    for other in (copy, again):
        assert (other.bytes, other.format, other.side, other.frames) == (avatar.bytes, avatar.format, avatar.side, avatar.frames)
        assert other.report == avatar.report


def test_other_threads_run_meanwhile():
    """A photo that takes long is worked on while this thread counts: it could not, if the lock were held."""
    noise = numpy.random.default_rng(7).integers(0, 255, (3000, 3000, 3), numpy.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).save(file, "JPEG", quality=95)
    began, ended = threading.Event(), threading.Event()

    def work():
        began.set()
        headshot.normalize(file.getvalue())
        ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    counted = 0
    while not ended.is_set():
        counted += 1
    thread.join()
    assert counted > 1000


def test_the_signature_is_there_to_be_read():
    import inspect

    parameters = inspect.signature(headshot.normalize).parameters
    assert list(parameters)[0] == "photo"
    assert set(parameters) - {"photo"} == set(headshot.Options.__annotations__)
    defaults = {name: parameter.default for name, parameter in parameters.items() if name != "photo"}
    headshot.normalize((TESTDATA / "still/astronaut.jpg").read_bytes(), **defaults)
