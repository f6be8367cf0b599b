"""From what a file holds to an :class:`ImageLog`: the steps that every image format shares."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast, overload

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import Reference
from geobfdt.borehole.image_log import ImageLog, StoredImage, as_pixels, finite, holds_values
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import apart_deg
from geobfdt.formats.candidates import check_pixels
from geobfdt.formats.nulls import without_nulls_of
from geobfdt.formats.row_order import in_order

Fact = TypeVar("Fact", float, Reference)
COARSE_DEG = 1.0
"""Half a column, from which on it matters whether azimuths are of the middles of columns or of their edges."""
FAR = 1.5
"""Times as wide as the bit, or as the hole said to be, holes are washed out at most over most of their length."""
HEIGHTS_M = -10.0
"""Depths may begin this far above what they count from, no more."""
SAME = 0.005
"""Numbers that differ by no more of themselves are one number, rounded: 8.5 in as 0.216 m."""


@dataclass(frozen=True, eq=False)
class RawImage:
    """An image as its file holds it, depths in metres, but in the file's order and with the values that mean null.

    image              (rows, columns), or a StoredImage
    depth_m            (rows,)
    name, well         of the channel and of the well, "" when the file has none
    hole_diameter_m    metres, None when the file has none
    first_line         line of the file where row 0 starts, 0 when the file has no lines
    lines_per_row      lines that one row takes
    caliper_m          (rows,) metres, diameter of the hole at each row, None when the file has none
    ovality            (rows, 2), of an oval hole as in ImageLog, None when it is taken for round
    reference          what azimuths count from, None when the file does not say
    first_azimuth_deg  azimuth of the left edge of column 0, None when the file does not say
    edges              the file gives that edge itself; else its azimuths were taken for those of the columns' middles
    null               the value that the header of the file declares to be null, None when it declares none
    picture            the values are grey levels of 8 bits
    colours            (rows, columns, 3) uint8 of a coloured picture, None of what has none
    around             nothing but an image of the wall can be meant, as of a picture or an assembled one
    """

    image: NDArray[np.floating]
    depth_m: NDArray[np.float64]
    name: str = ""
    well: str = ""
    hole_diameter_m: float | None = None
    first_line: int = 0
    lines_per_row: int = 1
    caliper_m: NDArray[np.float64] | None = None
    ovality: NDArray[np.float64] | None = None
    reference: Reference | None = None
    first_azimuth_deg: float | None = None
    edges: bool = False
    null: float | None = None
    picture: bool = False
    colours: NDArray[np.uint8] | None = None
    around: bool = False

    def place(self, row: int) -> str:
        """Where a row stands in the file, in words."""
        return f"line {self.first_line + row * self.lines_per_row}" if self.first_line else f"row {row + 1}"


def image_log(
    raw: RawImage,
    path: Path,
    *,
    hole_diameter_m: float | None,
    reference: Reference | None,
    first_azimuth_deg: float | None,
    well: str | None,
    nulls: Sequence[float] | None = None,
    asked: bool = False,
) -> ImageLog:
    """The ImageLog of a raw image; what the caller gives goes before what the file holds, except where azimuths of its
    own contradict the first one given.

    ``nulls`` as in :func:`geobfdt.formats.nulls.without_nulls_of`; ``asked`` says that the user chose the image by its
    name. Raises :class:`InputError` when hole diameter or reference are neither given nor found, when the depths do
    not run one way, when a value may be a null and when the image may be none.
    """
    diameter = chosen(path, "hole diameter", raw.hole_diameter_m, hole_diameter_m)
    if diameter is None and raw.reference is None and reference is None:
        raise InputError(
            f"{path}: holds no hole diameter and does not say what azimuths count from; give --hole-diameter in "
            "metres, as in 0.2159, and --reference north or --reference high_side"
        )
    if diameter is None:
        raise InputError(f"{path}: holds no hole diameter; give it in metres with --hole-diameter, as in 0.2159")
    reference = chosen(path, "reference", raw.reference, reference)
    if reference is None:
        raise InputError(
            f"{path}: does not say what azimuths count from; give --reference north or --reference high_side"
        )
    _tell_of_caliper(raw, path, diameter)
    azimuth_deg = _first_azimuth_deg(raw, path, first_azimuth_deg)
    ordered = _downwards(_in_order(raw, path), path)
    image = _pixels(ordered, path, nulls)
    check_pixels(image, raw.name or "the image", path, certain=asked or raw.around, picture=raw.picture)
    try:
        return ImageLog(
            image=image,
            depth_m=ordered.depth_m,
            hole_diameter_m=diameter,
            reference=reference,
            first_azimuth_deg=azimuth_deg,
            well=well or raw.well or path.stem,
            name=raw.name,
            caliper_m=ordered.caliper_m,
            ovality=ordered.ovality,
            colours=ordered.colours,
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


@overload
def chosen(path: Path, what: str, in_file: Fact, given: Fact | None) -> Fact: ...
@overload
def chosen(path: Path, what: str, in_file: Fact | None, given: Fact | None) -> Fact | None: ...
def chosen(path: Path, what: str, in_file: Fact | None, given: Fact | None) -> Fact | None:
    """What the user gives, else what the file says; where they contradict each other, both in a warning."""
    if given is None or in_file is None:
        return in_file if given is None else given
    if isinstance(given, float | int) and isinstance(in_file, float | int):
        differs = abs(given - in_file) > SAME * max(abs(given), abs(in_file))
        texts = f"{in_file:g}", f"{given:g}"
    else:
        differs, texts = given != in_file, (str(in_file), str(given))
    if differs:
        warnings.warn(
            f"{path}: the {what} is {texts[0]} by the file and {texts[1]} as given, which was taken; leave it out if "
            "the file is right",
            InputWarning,
            stacklevel=3,
        )
    return given


def _tell_of_caliper(raw: RawImage, path: Path, diameter_m: float) -> None:
    """Warn of a caliper that is far from the diameter of the hole, as a radius is."""
    known = np.empty(0) if raw.caliper_m is None else raw.caliper_m[np.isfinite(raw.caliper_m)]
    if not len(known):
        return
    median = float(np.median(known))
    if not 1 / FAR <= median / diameter_m <= FAR:
        warnings.warn(
            f"{path}: its caliper says {median:.4g} m in the middle, and the hole diameter is {diameter_m:.4g} m; dips "
            "are measured on the caliper, correct what is wrong",
            InputWarning,
            stacklevel=3,
        )


def _first_azimuth_deg(raw: RawImage, path: Path, given_deg: float | None) -> float:
    """The azimuth of the left edge of column 0, 0 where nobody says.

    Azimuths of columns are taken for those of their middles, and the user is told where that is no matter of course
    and columns are coarse; one given half a column beside says that they are of edges.
    """
    if raw.first_azimuth_deg is None:
        return given_deg or 0.0
    first, half = raw.first_azimuth_deg, 180.0 / raw.image.shape[1]
    if given_deg is None:
        # Middles half a column from the reference leave an edge towards it, which edges would not.
        at_edge = apart_deg(first, 2 * half * round(first / (2 * half))) <= 0.01
        if not raw.edges and not at_edge and half > COARSE_DEG:
            warnings.warn(
                f"{path}: its azimuths were taken for those of the middles of columns, so that column 0 begins at "
                f"{first:g} degrees; if they are left edges, give --first-azimuth {(first + half) % 360:g}",
                InputWarning,
                stacklevel=3,
            )
        return first
    meant = [first] if raw.edges else [first, (first + half) % 360.0, (first - half) % 360.0]
    if not any(apart_deg(azimuth_deg, given_deg) <= 0.01 for azimuth_deg in meant):  # and not a number neither
        of_edges = "" if raw.edges else f", give {meant[1]:g} or {meant[2]:g} if they are of left or right edges"
        raise InputError(
            f"{path}: by the azimuths in the file column 0 begins at {first:g} degrees, --first-azimuth says "
            f"{given_deg:g}; leave it out{of_edges}, or correct the azimuths"
        )
    return given_deg


def _pixels(raw: RawImage, path: Path, nulls: Sequence[float] | None) -> NDArray[np.float32]:
    """The pixels (rows, columns), NaN where they are null; :class:`InputError` when all are."""
    image = raw.image
    if not isinstance(image, StoredImage):
        own = image.dtype == np.float32 and image.flags.c_contiguous and image.flags.writeable
        image = finite(cast("NDArray[np.float32]", image)) if own else as_pixels(image)
    source = f"{path}: image {raw.name}" if raw.name else str(path)
    image = without_nulls_of(image, source, nulls, declared=raw.null, picture=raw.picture)
    if not holds_values(image):
        named = f"image {raw.name}" if raw.name else "the image"
        raise InputError(f"{path}: every value of {named} is null; export it again or choose another with --image")
    return image


def _in_order(raw: RawImage, path: Path) -> RawImage:
    """The same image with depths that rise or fall throughout, the rows that do not left out and the user told."""
    order = in_order(raw.depth_m, path, raw.place)
    if len(order.depth_m) and order.depth_m.max() < 0 and order.depth_m.min() < HEIGHTS_M:
        raise InputError(
            f"{path}: all of its depths are negative, {order.depth_m[0]:.4f} to {order.depth_m[-1]:.4f} m, as heights "
            "are; export depths along the hole, which grow downwards, or take the signs away if they are depths"
        )
    kept = order.kept
    if kept is None:
        return replace(raw, depth_m=order.depth_m)
    return replace(
        raw,
        image=_rows(raw.image, kept),
        depth_m=order.depth_m,
        caliper_m=None if raw.caliper_m is None else raw.caliper_m[kept],
        ovality=None if raw.ovality is None else raw.ovality[kept],
        colours=None if raw.colours is None else raw.colours[kept],
    )


def _rows(image: NDArray[np.floating], kept: NDArray[np.intp]) -> NDArray[np.floating]:
    """Those rows of an image, increasing; one that is stored stays where it is."""
    if not isinstance(image, StoredImage):
        return image[kept]

    def read(first: int, last: int) -> NDArray[np.float32]:
        rows = kept[first:last]
        return image[rows[0] : rows[-1] + 1][rows - rows[0]] if len(rows) else image[0:0]

    return cast("NDArray[np.floating]", StoredImage((len(kept), image.shape[1]), read))


def _downwards(raw: RawImage, path: Path) -> RawImage:
    """The same image with depths that increase; a log recorded upwards is turned over and the user told."""
    if len(raw.depth_m) < 2 or raw.depth_m[0] < raw.depth_m[-1]:
        return raw
    warnings.warn(f"{path}: depths fall, the log was turned over", InputWarning, stacklevel=2)
    return replace(
        raw,
        image=_turned_over(raw.image),
        depth_m=raw.depth_m[::-1],
        caliper_m=None if raw.caliper_m is None else raw.caliper_m[::-1],
        ovality=None if raw.ovality is None else raw.ovality[::-1],
        colours=None if raw.colours is None else raw.colours[::-1],
    )


def _turned_over(image: NDArray[np.floating]) -> NDArray[np.floating]:
    """The same image from its last row to its first; one that is stored stays where it is."""
    if not isinstance(image, StoredImage):
        return image[::-1]
    rows = len(image)
    return cast(
        "NDArray[np.floating]",
        StoredImage(image.shape, lambda first, last: image[rows - last : rows - first][::-1]),
    )
