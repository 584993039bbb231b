"""Avatars in Daft. `python -m headshot.daft IN OUT` makes one of every photo in a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Unpack

import pyarrow

from headshot import _job, _native, arrow
from headshot._options import Options

if TYPE_CHECKING:
    import daft

#: Photos that a worker takes at once.
BATCH = 16
#: Photos for each worker in one query on one machine: Daft keeps some 2 kB for each until a query ends.
QUERY = 500


def normalize(photos: daft.Expression, **options: Unpack[Options]) -> daft.Expression:
    """An expression of avatars from an expression of photos: structs as `headshot.arrow.normalize` makes them.

    >>> frame = daft.from_glob_path("s3://bucket/people/*.jpg")
    >>> frame = frame.with_column("avatar", headshot.daft.normalize(frame["path"].download(), fit="cover"))

    Args:
        photos: bytes of files.
        options: those of `headshot.normalize`. Invalid ones raise an exception here.
    """
    import daft

    _native.check(options)

    @daft.func.batch(return_dtype=daft.DataType.from_arrow_type(arrow.avatar_type(pyarrow.large_binary())), batch_size=BATCH)
    def headshot(photos: daft.Series) -> daft.Series:
        return daft.Series.from_arrow(arrow.normalize(photos.to_arrow(), **options))

    return headshot(photos)


def _run(job: _job.Job, names: list[str], workers: int | None) -> None:
    import daft

    # Threads of this process are enough: the work is done with the interpreter's lock released.
    @daft.cls(max_concurrency=workers, use_process=False)
    class Rows:
        @daft.method.batch(return_dtype=daft.DataType.from_arrow_type(_job.row_type()), unnest=True, batch_size=BATCH)
        def rows(self, photos: daft.Series) -> daft.Series:
            table = job.table({"photo": photos.to_arrow()})
            return daft.Series.from_arrow(table.to_struct_array().combine_chunks())

    rows: Any = Rows().rows
    size = QUERY * (workers or os.cpu_count() or 1)
    if daft.get_or_infer_runner_type() != "native":
        # Many machines would wait for the last of them at the end of each query.
        size = len(names)
    for start in range(0, len(names), size):
        photos = daft.from_pydict({"photo": names[start : start + size]})
        photos.select(rows(daft.col("photo"))).write_parquet(job.report, write_mode="append" if start else "overwrite")


if __name__ == "__main__":
    _job.main("python -m headshot.daft", _run)
