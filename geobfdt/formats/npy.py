"""NumPy arrays: (rows, columns), one row a depth, one column a sector."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from geobfdt.errors import InputError
from geobfdt.formats.raster import check_interval, even_depths_m
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.units import without_nulls


def read_image(path: Path, top_m: float | None, base_m: float | None) -> RawImage:
    """Read an array whose first and last rows are centred at ``top_m`` and ``base_m`` metres along hole.

    NaN, -9999 and -999.25 are missing. Raises :class:`InputError` when the depths are not given or the array is not a
    two-dimensional one of numbers.
    """
    check_interval(path, top_m, base_m)
    try:
        # Never unpickle: an array from somewhere else could run code.
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = str(error).splitlines()[0].rstrip(".") or "cut short"
        raise InputError(
            f"{path}: is not a whole array of numbers ({reason}); save it again with numpy.save"
        ) from error
    if not isinstance(array, np.ndarray) or array.ndim != 2 or array.dtype.kind not in "fiub":
        shape = getattr(array, "shape", "several arrays")
        raise InputError(f"{path}: an image needs rows and columns of numbers, found {shape}; save a 2-D array")
    return RawImage(without_nulls(array), even_depths_m(path, array.shape[0], top_m, base_m), path.stem)
