"""From what a file holds to an :class:`ImageLog`: the steps that every image format shares."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import Reference
from geobfdt.borehole.image_log import ImageLog, StoredImage, as_pixels, holds_values
from geobfdt.errors import InputError, InputWarning


@dataclass(frozen=True, eq=False)
class RawImage:
    """An image as its file holds it, nulls NaN and depths in metres, but in the file's order.

    image            (rows, columns), or a StoredImage
    depth_m          (rows,)
    name, well       of the channel and of the well, "" when the file has none
    hole_diameter_m  metres, None when the file has none
    first_line       line of the file where row 0 starts, 0 when the file has no lines
    lines_per_row    lines that one row takes
    caliper_m        (rows,) metres, diameter of the hole at each row, None when the file has none
    ovality          (rows, 2), of an oval hole as in ImageLog, None when it is taken for round
    reference        what azimuths count from, None when the file does not say
    first_azimuth_deg   azimuth of the left edge of column 0
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
    first_azimuth_deg: float = 0.0

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
) -> ImageLog:
    """The ImageLog of a raw image; what the caller gives goes before what the file holds.

    Raises :class:`InputError` when hole diameter or reference are neither given nor found, and when the depths do not
    run one way.
    """
    diameter = hole_diameter_m if hole_diameter_m is not None else raw.hole_diameter_m
    if diameter is None:
        raise InputError(f"{path}: holds no hole diameter; give it in metres with --hole-diameter, as in 0.2159")
    reference = reference or raw.reference
    if reference is None:
        raise InputError(
            f"{path}: does not say what azimuths count from; give --reference north or --reference high_side"
        )
    ordered = _downwards(raw, path)
    image = ordered.image
    if not isinstance(image, StoredImage):
        image = as_pixels(image)
    if not holds_values(image):
        named = f"image {raw.name}" if raw.name else "the image"
        raise InputError(f"{path}: every value of {named} is null; export it again or choose another with --image")
    try:
        return ImageLog(
            image=image,
            depth_m=ordered.depth_m,
            hole_diameter_m=diameter,
            reference=reference,
            first_azimuth_deg=raw.first_azimuth_deg if first_azimuth_deg is None else first_azimuth_deg,
            well=well or raw.well or path.stem,
            name=raw.name,
            caliper_m=ordered.caliper_m,
            ovality=ordered.ovality,
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def falling(depth_m: NDArray[np.float64], path: Path, place: Callable[[int], str]) -> bool:
    """Whether depths (rows,) fall from row to row rather than rise; :class:`InputError` naming the place of a row where
    they do neither, or where there is none.
    """
    if not np.isfinite(depth_m).all():
        row = int(np.argmin(np.isfinite(depth_m)))
        raise InputError(f"{path}: {place(row)} has no depth; remove or mend it")
    steps = np.diff(depth_m)
    if not len(steps) or (steps > 0).all() or (steps < 0).all():
        return bool(len(steps) and steps[0] < 0)
    rising = np.median(steps) > 0
    row = int(np.argmax(steps <= 0 if rising else steps >= 0)) + 1
    where = f"{place(row)} at {depth_m[row]:.4f} m"
    if steps[row - 1] == 0:
        raise InputError(f"{path}: {where} repeats the depth of the row before; keep one row a depth")
    raise InputError(f"{path}: depths neither rise nor fall throughout, see {where}; sort the rows by depth")


def _downwards(raw: RawImage, path: Path) -> RawImage:
    """The same image with depths that increase; a log recorded upwards is turned over and the user told."""
    if not falling(raw.depth_m, path, raw.place):
        return raw
    warnings.warn(f"{path}: depths fall, the log was turned over", InputWarning, stacklevel=2)
    return replace(
        raw,
        image=_turned_over(raw.image),
        depth_m=raw.depth_m[::-1],
        caliper_m=None if raw.caliper_m is None else raw.caliper_m[::-1],
        ovality=None if raw.ovality is None else raw.ovality[::-1],
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
