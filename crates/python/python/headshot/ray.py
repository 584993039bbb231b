"""Avatars in Ray Data. `python -m headshot.ray IN OUT` makes one of every photo in a folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Unpack

from headshot import _job, _native, arrow
from headshot._options import Options

if TYPE_CHECKING:
    import pyarrow

#: Photos per task: a second or so of work, so that scheduling costs little, and little is lost with a worker.
TASK = 64


def normalizer(column: str = "bytes", into: str = "avatar", **options: Unpack[Options]) -> Callable[[pyarrow.Table], pyarrow.Table]:
    """A callable for `Dataset.map_batches`, which adds a column of avatars, as `headshot.arrow.normalize` makes them.

    >>> photos = ray.data.read_binary_files("s3://bucket/people/")
    >>> photos.map_batches(headshot.ray.normalizer(fit="cover"), batch_format="pyarrow", batch_size=32)

    Args:
        column: the column of photos; `read_binary_files` calls it "bytes".
        into: the column of avatars. It may be `column`, which is then replaced, so that photos go no further.
        options: those of `headshot.normalize`. Invalid ones raise an exception here.
    """
    _native.check(options)
    return lambda table: arrow.append(table, column, into, **options)


def _run(job: _job.Job, names: list[str], workers: int | None) -> None:
    import ray
    from ray.data import SaveMode, TaskPoolStrategy

    # A cluster named by RAY_ADDRESS already has its workers.
    if "RAY_ADDRESS" in os.environ:
        ray.init()
    else:
        ray.init(num_cpus=workers, include_dashboard=False)
    photos = ray.data.from_items([{"photo": name} for name in names], override_num_blocks=-(-len(names) // TASK) or 1)
    pool = TaskPoolStrategy(size=workers) if workers else None
    rows = photos.map_batches(job.table, batch_format="pyarrow", batch_size=None, compute=pool)
    # With the same limit Ray fuses both into one step; otherwise it keeps half of the processors for writing.
    rows.write_parquet(job.report, mode=SaveMode.OVERWRITE, concurrency=workers)


if __name__ == "__main__":
    _job.main("python -m headshot.ray", _run)
