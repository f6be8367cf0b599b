"""ImageLog: an unwrapped image of the borehole wall with what is needed to measure on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from textwrap import shorten
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from geobfdt.borehole import REFERENCES, Reference
from geobfdt.borehole.geometry import column_azimuths_deg
from geobfdt.borehole.names import clean_name
from geobfdt.errors import InputError, missing_extra

if TYPE_CHECKING:
    import xarray

DIAMETER_RANGE_M = (0.03, 2.0)
"""Holes outside this range do not exist; a diameter of 8.5 is inches given as metres."""

LONGEST_M = 50_000.0
"""No hole is three times as long as the longest one, of 15 km."""


def check_hole_diameter_m(diameter_m: float) -> float:
    """The diameter itself, or :class:`InputError` when no hole can have it."""
    low, high = DIAMETER_RANGE_M
    if not low <= diameter_m <= high:
        inches = 2 <= diameter_m <= 48
        hint = f": {diameter_m:g} inches are {diameter_m * 0.0254:.4f} m" if inches else ""
        raise InputError(f"hole diameter of {diameter_m:g} m is outside {low:g} to {high:g} m; give metres{hint}")
    return float(diameter_m)


class StoredImage:
    """An image (rows, columns) that stays in its file: a slice of it reads those rows, as float32 with NaN for missing,
    or its colours (rows, columns, 3), as levels of 8 bits.

    It stands wherever an array of an image does, so that a log may be longer than memory is large. NumPy's functions
    read it whole.
    """

    SMALL_BYTES = 100e6
    """What is smaller than this is better read into memory at once."""

    def __init__(
        self, shape: tuple[int, ...], read: Callable[[int, int], NDArray[Any]], dtype: DTypeLike = np.float32
    ) -> None:
        """``read(first, last)`` returns the rows [first, last)."""
        self.shape, self.ndim, self.size, self.dtype = shape, len(shape), math.prod(shape), np.dtype(dtype)
        self._read = read

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        first, last, step = rows.indices(len(self))
        if step == 1:
            return self._read(first, max(first, last))
        wanted = [self._read(row, row + 1) for row in range(first, last, step)]
        return np.concatenate([np.empty((0, *self.shape[1:]), self.dtype), *wanted])

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype)


def as_pixels(values: ArrayLike) -> NDArray[np.float32]:
    """Values of an image as a new float32 array, NaN where they are infinite or too large for one."""
    with np.errstate(over="ignore", invalid="ignore"):
        return finite(np.array(values, np.float32))


def finite(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same array, in which NaN has taken the place of what is infinite."""
    for row in range(0, len(pixels), 128):  # blocks that stay in the processor's cache
        block = pixels[row : row + 128]
        infinite = np.isinf(block)
        if infinite.any():
            block[infinite] = np.nan
    return pixels


def holds_values(image: NDArray[np.float32], rows_at_once: int = 4096) -> bool:
    """Whether any pixel of an image is valid; read from the top only as far as the first one."""
    return any(np.isfinite(image[row : row + rows_at_once]).any() for row in range(0, len(image), rows_at_once))


MOST_INVESTIGATION_M = 0.1
"""Imagers see less; a depth of 0.25 is inches given as metres."""


def check_depth_of_investigation_m(depth_m: float) -> float:
    """The depth of investigation in metres; :class:`InputError` when it is none of an imager, inches perhaps."""
    if not 0 <= depth_m <= MOST_INVESTIGATION_M:
        raise InputError(
            f"depth of investigation of {depth_m:g} m: must be 0 to {MOST_INVESTIGATION_M:g} metres on each side; "
            "0.25 in is 0.00635"
        )
    return depth_m


@dataclass(frozen=True, eq=False)
class ImageLog:
    """An image log of one well.

    image              (rows, columns) float32, any unit, missing pixels NaN; a :class:`StoredImage` stays on disk
    depth_m            (rows,) metres along hole of each row's centre, strictly increasing
    hole_diameter_m    metres
    reference          what azimuths count from: "north" or "high_side"; never guessed
    first_azimuth_deg  azimuth of the left edge of column 0; column k looks at
                       ``first_azimuth_deg + (k + 0.5) * 360 / columns``, clockwise seen downhole
    well, name         name of the well and of the image channel
    caliper_m          (rows,) metres, diameter of the hole at each row where it is known to vary, NaN where it is not
                       known; None: ``hole_diameter_m`` everywhere
    ovality            (rows, 2), how an oval hole departs from a round one of the same mean diameter (see
                       :func:`geobfdt.borehole.geometry.in_round_hole`), azimuths counting as those of the image; NaN
                       where it is not known; None: taken for round
    colours            (rows, columns, 3) uint8, red, green and blue as an optical televiewer saw them, which pictures
                       of the log show; what is measured is ``image``. None: it has none

    Raises :class:`InputError` when the fields do not fit each other.
    """

    image: NDArray[np.float32]
    depth_m: NDArray[np.float64]
    hole_diameter_m: float
    reference: Reference = "north"
    first_azimuth_deg: float = 0.0
    well: str = ""
    name: str = ""
    caliper_m: NDArray[np.float64] | None = None
    ovality: NDArray[np.float64] | None = None
    colours: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.image, StoredImage):
            object.__setattr__(self, "image", np.asarray(self.image, np.float32))
        object.__setattr__(self, "depth_m", np.asarray(self.depth_m, np.float64))
        for name in ("well", "name"):  # cells of a table come as NumPy text, too, which HDF5 and JSON refuse
            object.__setattr__(self, name, clean_name(getattr(self, name)))
        check_hole_diameter_m(self.hole_diameter_m)
        if self.image.ndim != 2 or self.image.shape[1] < 4:
            raise InputError(f"an image needs at least 4 columns around the hole, found shape {self.image.shape}")
        if self.depth_m.shape != self.image.shape[:1]:
            raise InputError(f"{len(self.depth_m)} depths for {self.image.shape[0]} image rows")
        if len(self.depth_m) < 2:
            raise InputError(f"an image needs at least 2 rows, found {len(self.depth_m)}")
        if not np.isfinite(self.depth_m).all():
            raise InputError(f"row {int(np.argmin(np.isfinite(self.depth_m))) + 1} has no depth")
        if not np.isfinite(self.first_azimuth_deg):
            raise InputError(f"the first azimuth must be a number of degrees, found {self.first_azimuth_deg}")
        if not np.all(np.diff(self.depth_m) > 0):
            row = int(np.argmin(np.diff(self.depth_m) > 0))
            raise InputError(f"depths must increase downwards, but row {row + 2} lies at {self.depth_m[row + 1]:g} m")
        if np.max(np.diff(self.depth_m)) > LONGEST_M:
            row = int(np.argmax(np.diff(self.depth_m)))
            raise InputError(
                f"depths jump from {self.depth_m[row]:g} m in row {row + 1} to {self.depth_m[row + 1]:g} m in row "
                f"{row + 2}, and no hole is so long; correct the depths, or leave out the rows on one side of the jump"
            )
        if self.reference not in REFERENCES:
            raise InputError(f"reference must be one of {', '.join(REFERENCES)}, found {self.reference!r}")
        if self.caliper_m is not None:
            object.__setattr__(self, "caliper_m", np.asarray(self.caliper_m, np.float64))
            if self.caliper_m.shape != self.depth_m.shape:
                raise InputError(f"{self.caliper_m.size} caliper readings for {len(self.depth_m)} image rows")
            for extreme in (np.fmin.reduce(self.caliper_m), np.fmax.reduce(self.caliper_m)):
                if not np.isnan(extreme):
                    check_hole_diameter_m(float(extreme))
        if self.ovality is not None:
            object.__setattr__(self, "ovality", np.asarray(self.ovality, np.float64))
            if self.ovality.shape != (self.rows, 2):
                raise InputError(f"ovality of shape {self.ovality.shape} for {self.rows} image rows")
        shape = (*self.image.shape, 3)
        if self.colours is not None and (self.colours.shape != shape or self.colours.dtype != np.uint8):
            found = f"{self.colours.dtype} of shape {self.colours.shape}"
            raise InputError(f"colours must be uint8 of shape {shape}, found {found}")
        if not holds_values(self.image):
            raise InputError("the image holds no valid pixel: every value is null")

    def __repr__(self) -> str:
        named = shorten(" ".join(filter(None, (self.well, self.name))), 50, placeholder="...") or "unnamed"
        size, depths = f"{self.rows} rows x {self.columns} columns", f"{self.top_m:.2f} to {self.base_m:.2f} m"
        hole = f"hole {self.hole_diameter_m:.4g} m, azimuths from {self.reference}"
        return f"ImageLog({named}: {size}, {depths}, {hole})"

    @property
    def rows(self) -> int:
        return len(self.image)

    @property
    def columns(self) -> int:
        return int(self.image.shape[1])

    @property
    def row_step_m(self) -> float:
        """Median distance between rows in metres."""
        return float(np.median(np.diff(self.depth_m)))

    @property
    def radius_m(self) -> float:
        return self.hole_diameter_m / 2.0

    def diameters_m(self, depth_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Diameter of the hole in metres at depths (n,) in metres: by the caliper, where there is one."""
        known = np.isfinite(self.caliper_m) if self.caliper_m is not None else np.zeros(0, bool)
        if self.caliper_m is None or not known.any():
            return np.full(np.shape(depth_m), self.hole_diameter_m)
        return np.interp(depth_m, self.depth_m[known], self.caliper_m[known])

    def ovality_at(self, depth_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """How oval the hole is at depths (n,) in metres, (n, 2), zero where that is not known."""
        known = np.isfinite(self.ovality).all(1) if self.ovality is not None else np.zeros(0, bool)
        if self.ovality is None or not known.any():
            return np.zeros((len(depth_m), 2))
        parts = [np.interp(depth_m, self.depth_m[known], part) for part in self.ovality[known].T]
        return np.stack(parts, axis=1)

    @property
    def top_m(self) -> float:
        return float(self.depth_m[0])

    @property
    def base_m(self) -> float:
        return float(self.depth_m[-1])

    @property
    def column_azimuths_deg(self) -> NDArray[np.float64]:
        """Azimuth of each column's centre, shape (columns,)."""
        return column_azimuths_deg(self.columns, self.first_azimuth_deg)

    def slice(self, top_m: float, base_m: float) -> ImageLog:
        """The rows between two depths in metres, both included."""
        first, last = np.searchsorted(self.depth_m, [top_m, base_m + 1e-9])
        return replace(
            self,
            image=self.image[first:last],
            depth_m=self.depth_m[first:last],
            caliper_m=None if self.caliper_m is None else self.caliper_m[first:last],
            ovality=None if self.ovality is None else self.ovality[first:last],
            colours=None if self.colours is None else self.colours[first:last],
        )

    def seen_inside(self, depth_of_investigation_m: float) -> ImageLog:
        """The log on the cylinder that a tool sees which looks so many metres into the rock, on each side: a plane's
        trace is as high as on a hole twice that wider. Raises :class:`InputError` on a depth that no imager looks to.

        Source: dip = atan(height / (caliper + 2 depth)), Techlog wellbore imaging training 2011.1.
        """
        deeper = check_depth_of_investigation_m(depth_of_investigation_m)
        if deeper == 0.0:
            return self
        shrunk = None
        if self.ovality is not None:  # the same departure in metres from a larger circle
            diameter = np.full(self.rows, self.hole_diameter_m) if self.caliper_m is None else self.caliper_m
            shrunk = self.ovality * (diameter / (diameter + 2 * deeper))[:, None]
        return replace(
            self,
            hole_diameter_m=self.hole_diameter_m + 2 * deeper,
            caliper_m=None if self.caliper_m is None else self.caliper_m + 2 * deeper,
            ovality=shrunk,
        )

    def to_xarray(self) -> xarray.DataArray:
        """The image as an array with the dimensions ``depth_m`` and ``azimuth_deg``, the centres of rows and columns;
        one that is stored is read whole.

        Diameters of a caliper stand beside the depths as ``caliper_m``; the rest, but for ovality and
        colours, is attributes.
        Raises :class:`InputError` where xarray is not installed.
        """
        try:
            import xarray
        except ImportError:
            raise missing_extra("to_xarray()", "xarray") from None
        along = {"units": "m", "long_name": "depth along hole", "positive": "down"}
        around = {"units": "degrees", "long_name": f"azimuth from {self.reference.replace('_', ' ')}"}
        array = xarray.DataArray(
            np.array(self.image),
            dims=("depth_m", "azimuth_deg"),
            coords={
                "depth_m": ("depth_m", self.depth_m, along),
                "azimuth_deg": ("azimuth_deg", self.column_azimuths_deg, around),
            },
            name=self.name or "image",
            attrs={
                "well": self.well,
                "hole_diameter_m": self.hole_diameter_m,
                "reference": self.reference,
                "first_azimuth_deg": self.first_azimuth_deg,
            },
        )
        if self.caliper_m is not None:
            units = {"units": "m", "long_name": "diameter of the hole"}
            array = array.assign_coords(caliper_m=("depth_m", self.caliper_m, units))
        return array
