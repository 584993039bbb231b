"""The adapters inside the engines themselves, each from PyPI and with two workers."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest
from conftest import ANIMATED, BAD, STILLS, TESTDATA
from pyarrow import parquet

import headshot
import headshot.arrow

@pytest.fixture(scope="module")
def photos():
    return [path.read_bytes() for path in STILLS[:12] + ANIMATED + BAD[:6]] + [None]


@pytest.fixture(scope="module")
def wanted(photos):
    return headshot.arrow.normalize(pyarrow.array(photos, pyarrow.large_binary()), fit="cover").to_pylist()


@pytest.fixture
def ray():
    import ray

    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    yield ray
    ray.shutdown()


def test_daft(photos, wanted):
    import daft

    import headshot.daft

    frame = daft.from_pydict({"row": list(range(len(photos))), "photo": photos})
    made = frame.with_column("avatar", headshot.daft.normalize(daft.col("photo"), fit="cover")).sort("row").to_pydict()
    # Daft has no null structs in what a function returns: a row without a photo has a struct of nulls.
    nothing = dict.fromkeys(wanted[0])
    assert [row or nothing for row in made["avatar"]] == [row or nothing for row in wanted]
    with pytest.raises(ValueError, match="fit: stretch"):
        headshot.daft.normalize(daft.col("photo"), fit="stretch")


def test_dask(photos, wanted):
    import dask.dataframe
    import pandas

    import headshot.dask

    binary = pandas.ArrowDtype(pyarrow.large_binary())
    frame = dask.dataframe.from_pandas(pandas.DataFrame({"bytes": pandas.Series(photos, dtype=binary)}), npartitions=4)
    made = headshot.dask.normalize(frame, fit="cover")
    for scheduler in ("threads", "processes"):
        rows = made.compute(scheduler=scheduler, num_workers=2)
        assert list(rows.index) == list(range(len(photos)))
        assert pyarrow.array(rows["avatar"]).to_pylist() == wanted
    assert made.dtypes["avatar"] == rows.dtypes["avatar"]
    with pytest.raises(ValueError, match="fit: stretch"):
        headshot.dask.normalize(frame, fit="stretch")
    text = dask.dataframe.from_pandas(pandas.DataFrame({"bytes": [b"taken for text"]}), npartitions=1)
    with pytest.raises(TypeError, match="bytes: a column of text, but it must be binary"):
        headshot.dask.normalize(text)
    with dask.config.set({"dataframe.convert-string": False}):
        frame = dask.dataframe.from_pandas(pandas.DataFrame({"bytes": photos}), npartitions=2)
        rows = headshot.dask.normalize(frame, fit="cover").compute(scheduler="threads")
    assert pyarrow.array(rows["avatar"]).to_pylist() == wanted


def test_ray(photos, wanted, ray):
    import headshot.ray

    table = pyarrow.table({"row": range(len(photos)), "bytes": pyarrow.array(photos, pyarrow.large_binary())})
    made = ray.data.from_arrow(table).map_batches(headshot.ray.normalizer(fit="cover"), batch_format="pyarrow", batch_size=5)
    rows = sorted(made.take_all(), key=lambda row: row["row"])
    assert [row["avatar"] for row in rows] == wanted
    with pytest.raises(ValueError, match="fit: stretch"):
        headshot.ray.normalizer(fit="stretch")


def folder(where: Path) -> Path:
    """Photos in two folders, one that is cut off, one that is not a photo, and files to leave alone."""
    people = where / "people"
    (people / "more").mkdir(parents=True)
    for photo in STILLS[:8]:
        (people / photo.name).write_bytes(photo.read_bytes())
    for photo in ANIMATED:
        (people / "more" / photo.name).write_bytes(photo.read_bytes())
    (people / "more/cut.jpg").write_bytes((TESTDATA / "still/astronaut.jpg").read_bytes()[:2000])
    (people / "notes.txt").write_text("not a photo")
    (people / ".hidden.jpg").write_bytes(b"hidden")
    return people


@pytest.mark.parametrize("engine", ["headshot.daft", "headshot.ray"])
def test_a_folder_becomes_what_the_command_line_makes_of_it(engine, tmp_path, command_line):
    people = folder(tmp_path)
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-m", engine, people, out, "--workers", "2", "--fit", "cover"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "cut.jpg: the JPEG is damaged" in done.stderr
    avatars, told = command_line(people, "--fit", "cover")
    # The command line counts hidden files, which the engines do not list.
    assert told.pop(".hidden.jpg")["status"] == "skipped"
    rows = parquet.read_table(out / "_report").to_pylist()
    assert len(rows) == len(told) == 19
    for row in rows:
        record = told[Path(row["photo"]).name]
        assert list(row) == list(record), "the columns, in the order of the keys"
        if record["output"]:
            name = Path(record["output"]).relative_to(avatars)
            assert row["output"] == str(out / name)
            assert (out / name).read_bytes() == (avatars / name).read_bytes()
        if record["error"]:
            record["error"]["hint"] = None  # It speaks of flags.
        assert row | {"output": None} == record | {"output": None}
    made = {path for path in out.rglob("*") if path.is_file() and "_report" not in path.parts}
    assert made == {Path(row["output"]) for row in rows if row["output"]}
    # Once more over what is there: the report is that of this run alone.
    (people / "more/cut.jpg").unlink()
    again = subprocess.run([sys.executable, "-m", engine, people, out, "--workers", "2", "--fit", "cover"], capture_output=True, text=True, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert parquet.read_table(out / "_report").num_rows == 18


def test_many_photos_are_one_report(tmp_path):
    """More than Daft is asked for in one query."""
    from headshot.daft import QUERY

    people, out = tmp_path / "people", tmp_path / "out"
    people.mkdir()
    small = min((photo.read_bytes() for photo in STILLS if photo.suffix == ".jpg"), key=len)
    for number in range(QUERY + 100):
        (people / f"{number:04}.jpg").write_bytes(small)
    for _ in range(2):
        done = subprocess.run([sys.executable, "-m", "headshot.daft", people, out, "--workers", "1"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert f"photos: {QUERY + 100}, {QUERY + 100} " in done.stderr
        rows = parquet.read_table(out / "_report")["photo"].to_pylist()
        assert sorted(rows) == sorted(str(photo) for photo in people.iterdir())


def test_jobs_that_cannot_be_are_refused(tmp_path):
    people = folder(tmp_path)

    def refusal(*arguments):
        done = subprocess.run([sys.executable, "-m", "headshot.daft", *arguments], capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        return done.stderr

    assert "it lies within" in refusal(people, people / "out")
    assert "cannot be listed" in refusal(tmp_path / "nobody", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "there are no files in it" in refusal(tmp_path / "empty", tmp_path / "out")
    assert "fit: stretch" in refusal(people, tmp_path / "out", "--fit", "stretch")
    assert "--workers: 0, at least 1" in refusal(people, tmp_path / "out", "--workers", "0")
    rival = (people / STILLS[0].name).with_suffix(".gif")
    rival.write_bytes(ANIMATED[0].read_bytes())
    assert "rename one of the photos" in refusal(people, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_killed_worker_costs_no_photo_and_doubles_none(tmp_path, ray):
    """The first worker that reaches the marked photo kills itself, in the middle of its task."""
    from headshot import _job

    people, out, mark = tmp_path / "people", tmp_path / "out", tmp_path / "killed"
    people.mkdir()
    for number in range(60):
        (people / f"{number:02}.png").write_bytes((TESTDATA / "still/rgb8.png").read_bytes())
    job = _job.Job(str(people), str(out), str(out / "_report"), {"max_side": 512})

    def once_killed(batch):
        names = batch["photo"].to_pylist()
        if "37.png" in names and not mark.exists():
            mark.touch()
            job.table({"photo": batch["photo"].slice(0, names.index("37.png"))})
            os.kill(os.getpid(), signal.SIGKILL)
        return job.table(batch)

    names = job.names()
    photos = ray.data.from_items([{"photo": name} for name in names], override_num_blocks=6)
    photos.map_batches(once_killed, batch_format="pyarrow", batch_size=None).write_parquet(job.report)
    assert mark.exists()
    rows = parquet.read_table(job.report).to_pylist()
    assert sorted(row["photo"] for row in rows) == [str(people / name) for name in names]
    assert all(row["status"] == "ok" for row in rows)
    assert sorted(path.name for path in out.glob("*.png")) == names
