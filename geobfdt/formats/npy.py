"""NumPy arrays: (rows, columns), one row a depth, one column a sector."""

from __future__ import annotations

import tokenize
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import StoredImage, as_pixels
from geobfdt.errors import InputError, quiet, reason_of
from geobfdt.formats.raster import check_interval, even_depths_m
from geobfdt.formats.raw_image import RawImage


def read_image(path: Path, top_m: float | None, base_m: float | None) -> RawImage:
    """Read an array whose first and last rows are centred at ``top_m`` and ``base_m`` metres along hole.

    NaN is missing, and other nulls as they are told from readings everywhere. Raises :class:`InputError` when the
    depths are not given or the array is not a two-dimensional one of numbers.
    """
    check_interval(path, top_m, base_m)
    try:
        with quiet(message="Reading `.npy`"):  # what NumPy tolerates, as headers written by Python 2, is no concern
            # Never unpickle: an array from somewhere else could run code. Mapped, not read: it may not fit into memory.
            array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, TypeError, OverflowError, EOFError, tokenize.TokenError) as error:
        reason = reason_of(error)
        raise InputError(
            f"{path}: is not a whole array of numbers ({reason}); save it again with numpy.save"
        ) from error
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "fiub":
        shape = getattr(array, "shape", "several arrays")
        raise InputError(f"{path}: an image needs rows and columns of numbers, found {shape}; save a 2-D array")
    depth_m = even_depths_m(path, array.shape[0], top_m, base_m)
    return RawImage(_stored(path, array), depth_m, path.stem, around=True)


def _stored(path: Path, array: NDArray[Any]) -> NDArray[np.float32]:
    """A mapped array left in its file, unless it is small.

    Rows are then read, not mapped: pages of a map stay in memory once they were looked at.
    """
    if not isinstance(array, np.memmap) or not array.flags.c_contiguous or array.size * 4 < StoredImage.SMALL_BYTES:
        return as_pixels(array)
    columns, dtype, start = array.shape[1], array.dtype, array.offset

    def read(first: int, last: int) -> NDArray[np.float32]:
        offset = start + first * columns * dtype.itemsize
        values = np.fromfile(path, dtype, (last - first) * columns, offset=offset).reshape(-1, columns)
        return as_pixels(values)

    return cast("NDArray[np.float32]", StoredImage((len(array), columns), read))
