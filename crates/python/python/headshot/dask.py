"""Avatars in Dask dataframes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import pyarrow

from headshot import _native, arrow
from headshot._options import Options

if TYPE_CHECKING:
    import dask.dataframe
    import pandas


def normalize(
    frame: dask.dataframe.DataFrame, column: str = "bytes", into: str = "avatar", **options: Unpack[Options]
) -> dask.dataframe.DataFrame:
    """Adds a column with the avatars of the photos in `column` to a frame, by `map_partitions`.

    Args:
        frame: with a column of binary, as `pandas.ArrowDtype(pyarrow.large_binary())`. Dask treats a column of Python's `bytes` as
            text, and corrupts it, unless you call `dask.config.set({"dataframe.convert-string": False})` first.
        column: the column of photos.
        into: the new column, of structs as `headshot.arrow.normalize` makes them.
        options: those of `headshot.normalize`. Invalid ones raise an exception here.

    Raises:
        TypeError: the column is text.
    """
    import pandas

    _native.check(options)
    if isinstance(frame._meta[column].dtype, pandas.StringDtype):
        raise TypeError(
            f"{column}: a column of text, but it must be binary: if it was bytes, Dask has corrupted it; "
            'set "dataframe.convert-string" to False before it is read'
        )
    meta = frame._meta.assign(**{into: pandas.Series([], dtype=pandas.ArrowDtype(arrow.avatar_type(pyarrow.large_binary())))})
    return frame.map_partitions(_append, column, into, options, meta=meta)


def _append(part: pandas.DataFrame, column: str, into: str, options: Options) -> pandas.DataFrame:
    import pandas

    photos = pyarrow.array(part[column], type=pyarrow.large_binary(), from_pandas=True)
    made = arrow.normalize(photos, **options)
    return part.assign(**{into: pandas.Series(pandas.arrays.ArrowExtensionArray(made), index=part.index)})
