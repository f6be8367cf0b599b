"""Pictures of the borehole wall: PNG, TIFF and BMP strips, one pixel row a depth, one pixel column a sector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError
from geobfdt.formats.raw_image import RawImage


def read_image(path: Path, top_m: float | None, base_m: float | None) -> RawImage:
    """Read a picture whose first and last pixel rows are centred at ``top_m`` and ``base_m`` metres along hole.

    Colour becomes luminance (ITU-R 601); transparent pixels are missing. Raises :class:`InputError` when the depths
    are not given or the file is no picture.
    """
    # Depths first: decoding a long strip only to refuse it would waste the user's time.
    check_interval(path, top_m, base_m)
    pixels = _pixels(path)
    return RawImage(pixels, even_depths_m(path, pixels.shape[0], top_m, base_m), path.stem)


def check_interval(path: Path, top_m: float | None, base_m: float | None) -> tuple[float, float]:
    """Both depths; :class:`InputError` when one is missing or they are upside down."""
    if top_m is None or base_m is None:
        raise InputError(
            f"{path}: holds no depths; give those of its first and last rows in metres with --top and --bottom"
        )
    if not top_m < base_m:
        raise InputError(f"{path}: --top {top_m:g} must lie above --bottom {base_m:g}; swap or correct them")
    return top_m, base_m


def even_depths_m(path: Path, rows: int, top_m: float | None, base_m: float | None) -> NDArray[np.float64]:
    """Evenly spaced row centres from ``top_m`` to ``base_m``, both included, shape (rows,)."""
    return np.linspace(*check_interval(path, top_m, base_m), rows)


def _pixels(path: Path) -> NDArray[np.float32]:
    from PIL import Image

    # A kilometre of televiewer image is a few hundred megapixels: no decompression bomb, but Pillow takes it for one.
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(path) as picture:
            picture.load()
            if picture.mode in ("L", "1", "F", "I") or picture.mode.startswith("I;16"):
                return np.asarray(picture, np.float32)
            alpha = np.asarray(picture.convert("RGBA").getchannel("A"))
            luminance = np.array(picture.convert("RGB").convert("F"), np.float32)
    except (OSError, SyntaxError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"{path}: is not a whole picture ({reason}); copy or export it again") from error
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    luminance[alpha == 0] = np.nan
    return luminance
