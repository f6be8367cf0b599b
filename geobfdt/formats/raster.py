"""Pictures of the borehole wall: PNG, TIFF and BMP strips, one pixel row a depth, one pixel column a sector."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.raw_image import RawImage

CHANNELS = ("luminance", "red", "green", "blue")
_LUMINANCE = (0.299, 0.587, 0.114)
FORMATS = ("PNG", "TIFF", "BMP", "DIB", "JPEG")
"""What is tried, whatever a file is called: other formats that Pillow knows run programs or hold no picture."""
MOST_COLUMNS = 4096
MOST_PIXELS = 1_500_000_000
"""A kilometre of optical televiewer at 1 mm and 1,440 columns; more than that is no strip, but a decompression bomb."""
MANY_PIXELS, MOST_PIXELS_PER_BYTE = 25_000_000, 50
"""A picture of so many pixels that has so many a byte is a bomb too: rock does not compress to a fiftieth."""


def read_image(path: Path, image: str | None, top_m: float | None, base_m: float | None) -> RawImage:
    """Read a picture whose first and last pixel rows are centred at ``top_m`` and ``base_m`` metres along hole.

    Of a coloured picture the channel named by ``image`` is taken, one of :data:`CHANNELS` (luminance after ITU-R 601),
    or when it names none the one with the widest spread, with a warning that says which. Transparent pixels are
    missing. Raises :class:`InputError` when the depths are not given, the file is no picture or no strip of a wall.
    """
    # Depths first: decoding a long strip only to refuse it would waste the user's time.
    check_interval(path, top_m, base_m)
    pixels, channel = _pixels(path, image)
    return RawImage(pixels, even_depths_m(path, pixels.shape[0], top_m, base_m), channel or path.stem)


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


def _pixels(path: Path, channel: str | None) -> tuple[NDArray[np.float32], str]:
    """The pixels (rows, columns) of one channel, and its name, "" of a picture in grey."""
    from PIL import Image

    if channel is not None and channel.lower() not in CHANNELS:
        raise InputError(f"{path}: --image {channel}: a picture has the channels {', '.join(CHANNELS)}")
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=FORMATS) as picture:
            columns, rows = picture.size
            if columns > MOST_COLUMNS or rows * columns > MOST_PIXELS:
                raise InputError(
                    f"{path}: has {columns} x {rows} pixels; a strip has one column a sector, at most {MOST_COLUMNS}, "
                    f"and {MOST_PIXELS:,} pixels in all; cut it into pieces"
                )
            if rows * columns > max(MANY_PIXELS, MOST_PIXELS_PER_BYTE * path.stat().st_size):
                raise InputError(
                    f"{path}: declares {columns} x {rows} pixels in {path.stat().st_size} bytes, more than rock can be "
                    "compressed to; export it again"
                )
            picture.load()
            if picture.mode in ("L", "1", "F", "I") or picture.mode.startswith("I;16"):
                return np.asarray(picture, np.float32), ""
            missing = np.asarray(picture.convert("RGBA").getchannel("A")) == 0
            colours = picture.convert("RGB")
    except (OSError, SyntaxError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise InputError(f"{path}: is not a whole picture ({reason}); copy or export it again") from error
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    name = channel.lower() if channel else _richest(colours, missing, path)
    chosen = colours.convert("F") if name == "luminance" else colours.getchannel(CHANNELS.index(name) - 1)
    pixels = np.array(chosen, np.float32)
    pixels[missing] = np.nan
    return pixels, name


def _richest(colours: Any, missing: NDArray[np.bool_], path: Path) -> str:
    """The channel that carries the most contrast, which the user is told; of a picture without colour its luminance."""
    every = max(1, missing.shape[0] // 2000)
    seen = ~missing[::every]
    sample = np.asarray(colours)[::every][seen].astype(np.float32)
    if not len(sample) or (sample == sample[:, :1]).all():
        return "luminance"
    spreads = [float((sample @ np.array(_LUMINANCE, np.float32)).std()), *sample.std(0).tolist()]
    name = CHANNELS[int(np.argmax(spreads))]
    warnings.warn(
        f"{path}: of its colours the {name} has the most contrast and was taken; --image chooses another",
        InputWarning,
        stacklevel=2,
    )
    return name
