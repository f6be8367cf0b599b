"""Pictures of the borehole wall: PNG, TIFF, BMP and JPEG strips, one pixel row a depth, one pixel column a sector.

A plane shows in one number a pixel. Of a coloured picture that is the principal component of its colours over the whole
log: the sum of red, green and blue, weighted, in which the wall varies most. Weathered, red and green rock of one
brightness part in it, which no channel and no luminance promises. The colours themselves are kept for pictures.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning, quiet, reason_of
from geobfdt.formats.raw_image import RawImage

CHANNELS = ("principal", "luminance", "red", "green", "blue")
_WEIGHTS = {"luminance": (0.299, 0.587, 0.114), "red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}
"""Of red, green and blue in a channel; luminance after ITU-R BT.601."""
_LEVEL = 1 / 16
"""Weighted sums are rounded to this, so that white is exactly 255 in all of them, and grey what it was."""
_SAMPLE_ROWS = 2000
FORMATS = ("PNG", "TIFF", "BMP", "DIB", "JPEG")
"""What is tried, whatever a file is called: other formats that Pillow knows run programs or hold no picture."""
MOST_COLUMNS = 4096
MOST_PIXELS = 1_500_000_000
"""A kilometre of optical televiewer at 1 mm and 1,440 columns; more than that is no strip, but a decompression bomb."""
MANY_PIXELS, MOST_PIXELS_PER_BYTE = 25_000_000, 50
"""A picture of so many pixels that has so many a byte is a bomb too: rock does not compress to a fiftieth."""

_ORIENTATION, _PHOTOMETRIC, _GDAL_NODATA = 274, 262, 42113
"""Tags of EXIF and TIFF."""
_TURNED = {2: "mirrored", 3: "turned by 180 degrees", 4: "turned upside down"}
"""What an orientation makes of a picture and leaves rows rows."""
_DEEP = ("F", "I", "I;16", "I;16L", "I;16B", "I;16N")
"""Pillow's names for grey levels of more than 8 bits."""


@dataclass(frozen=True, eq=False)
class _Strip:
    """Pixels (rows, columns), the channel they were taken from, "" of a picture in grey, whether they are levels of
    8 bits, and the colours (rows, columns, 3), None in grey.
    """

    pixels: NDArray[np.float32]
    channel: str
    grey: bool
    colours: NDArray[np.uint8] | None = None


def read_image(path: Path, image: str | None, top_m: float | None, base_m: float | None) -> RawImage:
    """Read a picture whose first and last pixel rows are centred at ``top_m`` and ``base_m`` metres along hole.

    Of a coloured picture the channel named by ``image`` is taken, one of :data:`CHANNELS`, or when it names none the
    principal component, with a warning that gives its weights; the colours are kept. Transparent pixels are missing,
    as are those of the value that a TIFF declares for them. A picture that its file says is upside down or mirrored is
    put right, with a warning. The pages of a TIFF stand one below the other, with a warning. Raises
    :class:`InputError` when the depths are not given, the file is no picture or no strip of a wall.
    """
    # Depths first: decoding a long strip only to refuse it would waste the user's time.
    check_interval(path, top_m, base_m)
    strip = _pixels(path, image)
    depth_m = even_depths_m(path, len(strip.pixels), top_m, base_m)
    name = strip.channel or path.stem
    return RawImage(strip.pixels, depth_m, name, picture=strip.grey, around=True, colours=strip.colours)


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


def _pixels(path: Path, channel: str | None) -> _Strip:
    """The pixels of one channel of all pages, one below the other."""
    from PIL import Image

    if channel is not None and channel.lower() not in CHANNELS:
        raise InputError(f"{path}: --image {channel}: a picture has the channels {', '.join(CHANNELS)}")
    try:
        with quiet(MAX_IMAGE_PIXELS=(Image, None)), Image.open(path, formats=FORMATS) as picture:
            blurred = picture.format == "JPEG"
            pages = _pages(picture, path)
    except InputError:
        raise
    except Exception as error:  # Pillow fails on damaged files, and on their later pages, in many ways
        reason = reason_of(error)
        raise InputError(f"{path}: is not a whole picture ({reason}); copy or export it again") from error
    _say(path, len(pages), blurred, pages[0].info[_ORIENTATION])
    if pages[0].mode in _DEEP or pages[0].mode in ("L", "1"):
        pixels = np.concatenate([_grey(page) for page in pages])
        return _Strip(pixels, "", grey=pages[0].mode not in _DEEP)
    return _of_colours(pages, channel, path)


def _grey(page: Any) -> NDArray[np.float32]:
    """The pixels of a page without colours, NaN for those that its file declares missing."""
    pixels = np.array(page, np.float32)
    declared = [page.info.get("transparency"), page.info.get(_GDAL_NODATA)]
    missing = [pixels == (bool(v) if page.mode == "1" else v) for v in declared if isinstance(v, int | float)]
    if page.info.get(_PHOTOMETRIC) == 0 and page.mode.startswith("I;16"):  # white is 0, which Pillow minds in 8 bits
        pixels = 65535 - pixels
    for where in missing:
        pixels[where] = np.nan
    return pixels


def _of_colours(pages: list[Any], channel: str | None, path: Path) -> _Strip:
    """The pixels and colours of pages in colour; grey where their colours are no others."""
    missing = np.concatenate([np.asarray(page.convert("RGBA").getchannel("A")) == 0 for page in pages])
    colours = np.concatenate([np.asarray(page.convert("RGB")) for page in pages])
    if all((colours[..., 0] == colours[..., k]).all() for k in (1, 2)):
        grey = colours[..., 0].astype(np.float32)
        grey[missing] = np.nan
        return _Strip(grey, "luminance", grey=True)
    name = channel.lower() if channel else "principal"
    weights = np.array(_WEIGHTS[name]) if name in _WEIGHTS else _principal(colours, missing, path)
    pixels = np.empty(colours.shape[:2], np.float32)
    for row in range(0, len(colours), _SAMPLE_ROWS):  # a long strip in floating point would be four times itself
        pixels[row : row + _SAMPLE_ROWS] = np.round(colours[row : row + _SAMPLE_ROWS] @ weights / _LEVEL) * _LEVEL
    pixels[missing] = np.nan
    return _Strip(pixels, name, grey=True, colours=colours)


def _pages(picture: Any, path: Path) -> list[Any]:
    """The pages of a picture, decoded; :class:`InputError` when they are too large or do not fit below each other."""
    pages, rows = [], 0
    for page in range(getattr(picture, "n_frames", 1)):
        picture.seek(page)
        rows += picture.size[1]
        _check_size(picture.size[0], rows, path)
        pages.append(_upright(picture, path))
    for number, page in enumerate(pages[1:], 2):
        if (page.width, page.mode) != (pages[0].width, pages[0].mode):
            raise InputError(
                f"{path}: has {len(pages)} pages, of which page 1 is {pages[0].width} pixels wide ({pages[0].mode}) "
                f"and page {number} is {page.width} ({page.mode}); save the strip as one page"
            )
    if len(pages) > 1 and picture.format != "TIFF":
        raise InputError(f"{path}: has {len(pages)} frames, as a film has; save the strip as one picture")
    return pages


def _upright(picture: Any, path: Path) -> Any:
    """The page at hand, decoded, as its file says that it is to be shown, with what its TIFF declares of it."""
    from PIL import ImageOps

    orientation = picture.getexif().get(_ORIENTATION, 1)
    tags = getattr(picture, "tag_v2", {})
    if orientation in (5, 6, 7, 8):
        raise InputError(
            f"{path}: by its EXIF orientation {orientation} it is to be turned by a quarter; save it with depth "
            "downwards and without orientation"
        )
    picture.load()
    page = picture.copy() if orientation not in _TURNED else ImageOps.exif_transpose(picture)
    declared: dict[Any, Any] = {_PHOTOMETRIC: tags.get(_PHOTOMETRIC), _GDAL_NODATA: _number(tags.get(_GDAL_NODATA))}
    declared[_ORIENTATION] = orientation
    page.info = {**picture.info, **declared}
    return page


def _number(text: object) -> float | None:
    try:
        return float(str(text).strip("\0 "))
    except ValueError:
        return None


def _check_size(columns: int, rows: int, path: Path) -> None:
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


def _say(path: Path, pages: int, blurred: bool, orientation: int) -> None:
    """What the user should know of how a picture was made."""
    if orientation in _TURNED:
        warnings.warn(
            f"{path}: was {_TURNED[orientation]}, as its EXIF orientation {orientation} says",
            InputWarning,
            stacklevel=2,
        )
    if pages > 1:
        warnings.warn(
            f"{path}: its {pages} pages were put one below the other in their order", InputWarning, stacklevel=2
        )
    if blurred:
        warnings.warn(
            f"{path}: is a JPEG, which blurs thin traces and fills in what is missing; use PNG or TIFF where you can",
            InputWarning,
            stacklevel=2,
        )


def _principal(colours: NDArray[np.uint8], missing: NDArray[np.bool_], path: Path) -> NDArray[np.float64]:
    """The weights of red, green and blue in whose sum the picture varies most, their sizes adding up to 1 and bright
    staying bright. The user is told.
    """
    every = max(1, len(colours) // _SAMPLE_ROWS)
    sample = colours[::every][~missing[::every]]
    if len(sample) < 2 or (sample == sample[0]).all():
        return np.array(_WEIGHTS["luminance"])
    variances, directions = np.linalg.eigh(np.cov(sample.T.astype(np.float64)))
    weights: NDArray[np.float64] = directions[:, -1] / np.abs(directions[:, -1]).sum()
    weights *= np.sign(weights[np.argmax(np.abs(weights))])
    parts = " ".join(f"{weight:+.2f} {name}" for weight, name in zip(weights, CHANNELS[2:], strict=True))
    share = variances[-1] / variances.sum()
    warnings.warn(
        f"{path}: of its colours the principal component was taken, {parts}, {share:.0%} of their variance; --image "
        f"chooses {', '.join(CHANNELS[1:-1])} or {CHANNELS[-1]}",
        InputWarning,
        stacklevel=2,
    )
    return weights
