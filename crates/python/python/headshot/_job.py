"""One batch job for every engine: photos of a folder or bucket become avatars in another, with a report.

Engines run this in many processes at once, and again if a worker has died. So each photo is independent, and making
its avatar twice gives the same result as once.
"""

from __future__ import annotations

import argparse
import json
import os
import posixpath
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow
from pyarrow import compute, dataset, fs

from headshot import _native
from headshot._options import Options

EXTENSIONS = {"jpeg": ".jpg", "png": ".png", "gif": ".gif"}
PICTURES = set(".jpg .jpeg .jpe .jfif .png .gif .webp .heic .heif .avif .bmp .tif .tiff .jxl .jp2".split())
FLAGS: dict[str, Callable[[str], Any]] = {
    "fit": str,
    "face_fallback": str,
    "face": int,
    "gravity": str,
    "rotate": int,
    "background": str,
    "min_side": int,
    "max_side": int,
    "small": str,
    "format": str,
    "quality": int,
    "frames": str,
    "max_frames": int,
    "damaged": str,
}
MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")


def row_type() -> pyarrow.DataType:
    """The columns of a report, as in docs/report.md."""
    text, number, size = pyarrow.string(), pyarrow.int32(), pyarrow.int64()
    source = {"format": text, "width": number, "height": number, "orientation": number, "frames": number, "bytes": size}
    source |= {"duration": pyarrow.float64(), "loop_count": number, "color_profile": text}
    avatar = {"format": text, "side": number, "frames": number, "bytes": size, "sha256": text, "damaged": pyarrow.bool_()}
    box = pyarrow.struct({"x": number, "y": number, "width": number, "height": number})
    seen = {"score": pyarrow.float64(), "box": box, "eyes": pyarrow.list_(pyarrow.list_(number))}
    crop = pyarrow.struct({"x": number, "y": number, "side": number})
    face = {"found": number} | seen | {"crop": crop, "faces": pyarrow.list_(pyarrow.struct(seen))}
    return pyarrow.struct(
        {
            "schema": number,
            "photo": text,
            "status": text,
            "source": pyarrow.struct(source),
            "avatar": pyarrow.struct(avatar),
            "face": pyarrow.struct(face),
            "output": text,
            "steps": pyarrow.list_(text),
            "warnings": pyarrow.list_(text),
            "error": pyarrow.struct({"kind": text, "message": text, "hint": text, "code": text}),
        }
    )


class Refused(Exception):
    """What is wrong with the job as a whole. Nothing was written."""


@dataclass(frozen=True)
class Job:
    """What all photos share. It is sent to the workers, so it holds no open files."""

    source: str
    """A folder, or a URI that PyArrow can read; the same goes for the output."""
    out: str
    report: str
    options: Options

    def names(self) -> list[str]:
        """The photos, relative to the source and in order, without hidden files and links.

        Raises:
            Refused: two of them would become one file, or avatars would lie among the photos.
        """
        files, root = _place(self.source)
        _, out = _place(self.out)
        if f"{out}/".startswith(f"{root}/"):
            raise Refused(f"{self.out}: it lies within {self.source}: choose a folder of its own, so that avatars are not taken for photos")
        try:
            found = files.get_file_info(fs.FileSelector(root, recursive=True))
        except OSError as error:
            raise Refused(f"{self.source}: it cannot be listed: {error}") from error
        names = [posixpath.relpath(entry.path, root) for entry in found if entry.type == fs.FileType.File]
        names = sorted(name for name in names if not any(part.startswith(".") for part in name.split("/")))
        if isinstance(files, fs.LocalFileSystem):
            names = [name for name in names if not os.path.islink(f"{root}/{name}")]
        if not names:
            raise Refused(f"{self.source}: there are no files in it: choose another folder")
        alike = defaultdict(list)
        for name in names:
            alike[posixpath.splitext(name)[0]].append(name)
        for stem, rivals in alike.items():
            rivals = [name for name in rivals if len(rivals) > 1 and _is_meant(files, root, name)]
            if len(rivals) > 1:
                raise Refused(f"{rivals[0]} and {rivals[1]}: both avatars would be called {stem}: rename one of the photos")
        return names

    def table(self, batch: Mapping[str, Any]) -> pyarrow.Table:
        """Makes a batch of avatars, and returns their rows of the report."""
        rows = [self.row(name.as_py()) for name in batch["photo"]]
        return pyarrow.Table.from_pylist(rows, schema=pyarrow.schema(list(row_type())))

    def row(self, name: str) -> dict[str, Any]:
        """Makes one avatar, and returns its row of the report."""
        files, root = _place(self.source)
        row: dict[str, Any] = {"schema": 1, "status": "failed"}
        try:
            if not _is_meant(files, root, name):
                row |= {"status": "skipped", "steps": [], "warnings": ["not a photo, by its name and by its first bytes"]}
            else:
                row = self._make(files, f"{root}/{name}", name)
        except OSError as error:
            row |= {"steps": [], "warnings": [], "error": {"kind": "unreadable", "message": str(error)}}
        return row | {"photo": posixpath.join(self.source, name)}

    def _make(self, files: fs.FileSystem, photo: str, name: str) -> dict[str, Any]:
        with files.open_input_stream(photo) as stream:
            avatar, report = _native.record(stream.read(), self.options)
        row: dict[str, Any] = json.loads(report)
        if avatar is not None:
            target = posixpath.splitext(name)[0] + EXTENSIONS[avatar.format]
            row["output"] = posixpath.join(self.out, target)
            try:
                _write(self.out, target, avatar.bytes)
            except OSError as error:
                row |= {"status": "failed", "avatar": None, "output": None}
                row["error"] = {"kind": "output", "message": str(error), "hint": None, "code": None}
        return row


def _place(where: str) -> tuple[fs.FileSystem, str]:
    files, path = fs.FileSystem.from_uri(where if "://" in where else os.path.abspath(where))
    return files, path.rstrip("/")


def _is_meant(files: fs.FileSystem, root: str, name: str) -> bool:
    """Whether a file is a photo, or would be missed if it were skipped: by its name, or else by its first bytes."""
    if posixpath.splitext(name)[1].lower() in PICTURES:
        return True
    with files.open_input_stream(f"{root}/{name}", buffer_size=None) as stream:
        return stream.read(4).startswith(MAGIC)


def _write(out: str, target: str, avatar: bytes) -> None:
    """Puts a whole file in place, or nothing."""
    files, root = _place(out)
    path = f"{root}/{target}"
    if not isinstance(files, fs.LocalFileSystem):
        # A store shows an object only when it is complete.
        with files.open_output_stream(path) as stream:
            stream.write(avatar)
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{os.path.dirname(path)}/.headshot-{uuid.uuid4().hex}.part"
    try:
        with open(part, "xb") as file:
            file.write(avatar)
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


def _sweep(out: str) -> None:
    """Removes half-written files of killed workers."""
    files, root = _place(out)
    if isinstance(files, fs.LocalFileSystem):
        for folder, _, names in os.walk(root):
            for name in names:
                if name.startswith(".headshot-") and name.endswith(".part"):
                    os.remove(os.path.join(folder, name))


def main(program: str, run: Callable[[Job, list[str], int | None], None]) -> None:
    """The command line of a job. Exits with 0 if all is done, 1 if a photo failed, 2 if nothing could be started."""
    parser = argparse.ArgumentParser(prog=program, description="Makes an avatar of every photo in a folder or bucket.", allow_abbrev=False)
    parser.add_argument("source", metavar="IN", help="folder of photos, or s3://, gs:// and other URIs that PyArrow can read")
    parser.add_argument("out", metavar="OUT", help="folder of avatars, which mirrors IN")
    parser.add_argument("--report", metavar="FOLDER", help="where the report goes, as Parquet files [default: OUT/_report]")
    parser.add_argument("--workers", metavar="N", type=int, help="photos to work on at once [default: the engine's choice]")
    for name, kind in FLAGS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="X", type=kind, help="as for `headshot normalize`")
    given = vars(parser.parse_args())
    options: Any = {name: given[name] for name in FLAGS if given[name] is not None}
    job = Job(given["source"], given["out"], given["report"] or posixpath.join(given["out"], "_report"), options)
    workers = given["workers"]
    try:
        _native.check(options)
        if workers is not None and workers < 1:
            raise Refused(f"--workers: {workers}, at least 1")
        names = job.names()
    except (Refused, ValueError) as error:
        parser.error(str(error))
    run(job, names, workers)
    _sweep(job.out)
    sys.exit(_tell(job))


def _tell(job: Job) -> int:
    """Prints on standard error what became of the photos, with the first failures by name."""
    files, root = _place(job.report)
    rows = dataset.dataset(root, filesystem=files, format="parquet").to_table(columns=["photo", "status", "error"])
    counts = {count["values"]: count["counts"] for count in rows["status"].value_counts().to_pylist()}
    failed = rows.filter(compute.equal(rows["status"], "failed"))
    for row in failed.slice(0, 20).to_pylist():
        print(f"{row['photo']}: {row['error']['message']}", file=sys.stderr)
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    print(f"photos: {rows.num_rows}{', ' if told else ''}{told}; report: {job.report}", file=sys.stderr)
    return 1 if failed.num_rows else 0
