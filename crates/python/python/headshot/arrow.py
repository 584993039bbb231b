"""Whole columns of photos, through the Arrow C data interface. It needs PyArrow, which every engine brings."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Unpack

import pyarrow

from headshot import _native
from headshot._options import Options


def avatar_type(binary: pyarrow.DataType) -> pyarrow.DataType:
    """The type of the avatars for photos of this type: if the photos may exceed 2 GiB together, so may the avatars."""
    if binary in (pyarrow.large_binary(), pyarrow.binary_view()):
        binary = pyarrow.large_binary()
    elif binary != pyarrow.binary():
        raise TypeError(f"photos: an Arrow array of {binary}, but it must be binary, large_binary or binary_view: cast it")
    text, number = pyarrow.string(), pyarrow.int32()
    return pyarrow.struct(
        {
            "avatar": binary,
            "format": text,
            "side": number,
            "frames": number,
            "warnings": pyarrow.list_(text),
            "error_kind": text,
            "error_message": text,
        }
    )


def normalize(photos: Any, *, threads: int = 1, **options: Unpack[Options]) -> Any:
    """Makes an avatar of each photo of a column: one row in, one row out, in the same order.

    A refused photo is a row as well, never an exception. Ctrl-C takes effect between two photos.

    Args:
        photos: an array of binary, large_binary or binary_view of any library: anything with `__arrow_c_array__`, or, in
            chunks, `__arrow_c_stream__`.
        threads: how many photos to work on at once, in threads of this call alone. Engines already run several workers:
            leave this at 1 there.
        options: those of `headshot.normalize`.

    Returns:
        A PyArrow array, chunked if `photos` is, of structs `{avatar: binary, format: string, side: int32, frames: int32,
        warnings: list<string>, error_kind: string, error_message: string}`. `error_kind` is null if there is an avatar,
        the first five are null if there is none, and the struct is null if the photo is. `avatar` is large_binary
        unless `photos` is binary.

    Raises:
        TypeError: `photos` is of another type, or an option is unknown.
        ValueError: an option has an invalid value.
        OverflowError: the avatars of an array of binary exceed 2 GiB.
    """
    _native.check(options)
    if threads < 1:
        raise ValueError(f"threads: {threads}, at least 1")
    if hasattr(photos, "__arrow_c_array__"):
        return _array(pyarrow.array(photos), threads, options)
    if hasattr(photos, "__arrow_c_stream__"):
        column = pyarrow.chunked_array(photos)
        made = avatar_type(column.type)
        return pyarrow.chunked_array([_array(chunk, threads, options) for chunk in column.chunks], made)
    raise TypeError(f"photos: it must be an Arrow array, not {type(photos).__name__}")


def _array(photos: pyarrow.Array, threads: int, options: Options) -> pyarrow.Array:
    made = avatar_type(photos.type)

    def row(photo: pyarrow.Scalar) -> tuple[Any, ...]:
        return _native.row(photo.as_buffer(), options) if photo.is_valid else (None,) * len(made)

    rows: list[tuple[Any, ...]]
    if threads == 1:
        rows = [row(photo) for photo in photos]
    else:
        pool = ThreadPoolExecutor(threads)
        try:
            rows = list(pool.map(row, photos))
        finally:
            pool.shutdown(cancel_futures=True)
    columns = [pyarrow.array([row[place] for row in rows], field.type) for place, field in enumerate(made)]
    if isinstance(columns[0], pyarrow.ChunkedArray):
        raise OverflowError("avatars: more than 2147483647 bytes in one array of binary: pass fewer photos at a time, or large_binary")
    return pyarrow.StructArray.from_arrays(columns, fields=list(made), mask=photos.is_null())


def append(batch: Any, column: str, into: str, **options: Unpack[Options]) -> Any:
    """Adds a column of avatars to a PyArrow table or record batch of photos, for engines that pass tables.

    Args:
        batch: a `pyarrow.Table` or a `pyarrow.RecordBatch`.
        column: the name of the column of photos.
        into: the name of the new column. An existing column of this name is replaced.
        options: those of `headshot.normalize`.
    """
    made = normalize(batch[column], **options)
    place = batch.schema.get_field_index(into)
    if place < 0:
        return batch.append_column(into, made)
    return batch.set_column(place, into, made)
