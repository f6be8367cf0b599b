"""The grid of a log's windows: rows and columns as far apart as they are wide, in hole radii.

A plane of one dip draws one shape on it in every hole. Logs are resampled onto it by area where that coarsens. Its rows
count from depth 0, wherever a log begins: the same rows of a hole have the same windows however the log was cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import compress_decades, dynamic, static
from geobfdt.windows.resampling import REACH, Image, around_the_hole, averaging, interpolating

WindowUnit = Literal["radii", "metres"]
"""What windows are cut in: hole radii, or the published fixed metres."""
ImageForm = Literal["window", "static", "dynamic", "both"]
"""How grey values are laid on one scale: by each window's own spread, by one scale for the whole log, by one that
follows the log, or the last two as two channels."""

COLUMNS = 180
ROWS = 384
ROW_STEP_RADII = 2 * math.pi / COLUMNS
"""A column's arc: 3.8 mm in an 8.5 in hole, 1.7 mm in a 96 mm hole. Rows twice as tall hid most of the traces that are
as thin as a button, whatever their contrast."""
HEIGHT_RADII = ROWS * ROW_STEP_RADII
"""13.4 hole radii: the whole trace of an 80 degree plane takes 11.4."""
HALF = ROWS // 2

FIXED_DIAMETER_M = 0.2159
"""Windows of fixed metres, the published form, are those of an 8.5 in hole, whatever the hole."""


def as_cut(log: ImageLog, window: WindowUnit) -> ImageLog:
    """The log as its windows take it: of fixed metres, they know no hole but an 8.5 in one. Sinusoids found in them
    count in its radii.
    """
    if window == "radii":
        return log
    return replace(log, hole_diameter_m=FIXED_DIAMETER_M, caliper_m=log.diameters_m(log.depth_m))


def row_step_m(log: ImageLog) -> float:
    """Metres between the rows of a log's windows."""
    return ROW_STEP_RADII * log.radius_m


def window_starts(log: ImageLog) -> NDArray[np.int64]:
    """(n,) grid rows at which a log's windows start: half a window apart, those of which the parts that they own, each
    from a multiple of half a window to the next, hold rows of the log, and those between that show any. Where it has
    none for longer than a window, there is none, and a gap costs nothing.
    """
    step_m, half_row_m = row_step_m(log), log.row_step_m / 2
    first = math.floor((log.top_m - half_row_m) / step_m / HALF + 1e-9)
    last = math.ceil((log.base_m + half_row_m) / step_m / HALF - 1e-9) - 1
    reach_m = REACH * log.row_step_m
    least = np.floor(((log.depth_m - reach_m) / step_m + HALF // 2 - ROWS) / HALF).astype(np.int64) + 1
    most = np.floor(((log.depth_m + reach_m) / step_m + HALF // 2) / HALF).astype(np.int64)
    ends = np.flatnonzero(least[1:] > most[:-1] + 1)
    tops, bases = least[np.concatenate([[0], ends + 1])], most[np.concatenate([ends, [-1]])]
    runs = [np.arange(max(top, first), min(base, last) + 1) for top, base in zip(tops, bases, strict=True)]
    return np.asarray(np.concatenate(runs) * HALF - HALF // 2, np.int64)


def stretches(log: ImageLog) -> list[NDArray[np.int64]]:
    """:func:`window_starts`, parted where windows without rows are left out between them."""
    starts = window_starts(log)
    return np.split(starts, np.flatnonzero(np.diff(starts) > HALF) + 1)


def gridded(log: ImageLog) -> tuple[Image, Image, float]:
    """A whole log on its windows' grid, from the top of its first window to the base of its last, gaps included.

    Image and 0/1 validity, each (rows, 180), and the depth in metres of the upper edge of their first row.
    """
    (image, valid), top_m = gridded_channels(log)
    return image, valid, top_m


def gridded_channels(log: ImageLog, form: ImageForm = "window") -> tuple[Image, float]:
    """The channels of a log's windows (channels, rows, 180), see :func:`cut`, over the grid of :func:`gridded`, and the
    depth in metres of the upper edge of its first row.
    """
    starts = window_starts(log)
    first, last = int(starts[0]), int(starts[-1]) + ROWS
    return Grid.of(log, form).long_rows(first, last), first * row_step_m(log)


def gridded_stretches(log: ImageLog, form: ImageForm = "window") -> Iterator[tuple[int, Image]]:
    """The first grid row of each of a log's :func:`stretches`, and its windows' channels (channels, rows, 180)."""
    grid = Grid.of(log, form)
    for starts in stretches(log):
        yield int(starts[0]), grid.long_rows(int(starts[0]), int(starts[-1]) + ROWS)


@dataclass(frozen=True, eq=False)
class Grid:
    """A log on its windows' grid, read piece by piece: what lays its values on a scale is decided once over the log."""

    log: ImageLog
    form: ImageForm
    decades: Callable[[Image], Image]
    static: Callable[[Image], Image]

    @classmethod
    def of(cls, log: ImageLog, form: ImageForm) -> Grid:
        scale = static(log.image) if form in ("static", "both") else compress_decades(log.image)
        return cls(log, form, compress_decades(log.image) if form == "both" else scale, scale)

    def rows(self, first: int, last: int, turn: int = 0) -> Image:
        """Channels (channels, last - first, 180) of grid rows [first, last), from the image's column ``turn`` on."""
        return self.read(first, last)().channels(first, last, turn)

    def read(self, first: int, last: int) -> Callable[[], Rows]:
        """:class:`Rows` [first, last) in two steps: this one reads the log, which has to be done in the order of depth;
        what it returns does the rest, whenever and in whichever thread it is called.
        """
        # A row's dynamic scale is that of a window's height around it: no trace is taller, so none loses its contrast.
        around = HALF if self.form in ("dynamic", "both") else 0
        read = _Read.of(self.log, first - around, last + around)

        def rows() -> Rows:
            image = read.at_depths(self.static if self.form == "static" else self.decades)
            return Rows(self.form, first, image, read.at_depths(self.static) if self.form == "both" else None)

        return rows

    def long_rows(self, first: int, last: int) -> Image:
        """:meth:`rows` of so many rows that they are better read piece by piece."""
        parts = [self.rows(row, min(row + 50 * HALF, last)) for row in range(first, last, 50 * HALF)]
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a log's grid from row ``first`` on, in a form: at their depths, and still in the image's columns.

    image   the rows, and half a window's more above and below where a scale follows the log
    static  in the form "both" the same rows on the log's one scale
    """

    form: ImageForm
    first: int
    image: _AtDepths
    static: _AtDepths | None

    def channels(self, first: int, last: int, turn: int) -> Image:
        """(channels, last - first, 180) of grid rows [first, last), from the image's column ``turn`` on."""
        rows = slice(first - self.first, last - self.first)
        if self.form in ("window", "static"):
            return np.stack(self.image.around(rows, turn))
        image, valid = self.image.around(slice(rows.start, rows.stop + 2 * HALF), turn)
        followed = np.nan_to_num(dynamic(np.where(valid > 0, image, np.float32(np.nan)), ROWS))[HALF:-HALF]
        valid = valid[HALF:-HALF]
        if self.static is None:
            return np.stack([followed, valid])
        return np.stack([self.static.around(self._middle(rows), turn)[0], valid, followed])

    def first_column(self, first: int, last: int) -> int:
        """The column of the image where grid rows [first, last) peak, see :func:`first_column`."""
        rows = slice(first - self.first, last - self.first)
        return first_column(self.image.pixels(rows if self.form in ("window", "static") else self._middle(rows)))

    @staticmethod
    def _middle(rows: slice) -> slice:
        return slice(rows.start + HALF, rows.stop + HALF)


def first_column(image: Image) -> int:
    """The column of an image (rows, columns), NaN where it is missing, that its window begins with: where its first
    harmonic peaks.

    The image itself says where it is to be opened, so the windows of an image and of the same image turned by whole
    columns are the same, and what is found in them turns with it exactly.
    """
    there = np.isfinite(image)
    level = image[there].mean(dtype=np.float64) if there.any() else 0.0
    values = np.where(there, image - level, 0.0)
    # A whole trace adds the same to every column's mean, which alone would be blind to it; so deeper rows count more.
    weights = np.linspace(1.0, 2.0, len(image))
    columns = image.shape[1]
    harmonic = (weights @ values) @ np.exp(2j * np.pi * np.arange(columns) / columns)
    return int(round(float(np.angle(harmonic)) / (2 * np.pi) * columns) % columns)


@dataclass(frozen=True, eq=False)
class _Read:
    """Rows of a log's grid whose pixels were read: those of the log around them, and where both lie."""

    pixels: Image
    depth_m: NDArray[np.float64]
    grid_m: NDArray[np.float64]
    step_m: float
    row_step_m: float

    @classmethod
    def of(cls, log: ImageLog, first: int, last: int) -> _Read:
        """Rows [first, last)."""
        step_m = row_step_m(log)
        grid_m = np.asarray((np.arange(first, last) + 0.5) * step_m, np.float64)
        margin_m = 3 * max(step_m, log.row_step_m)
        top, base = np.searchsorted(log.depth_m, [grid_m[0] - margin_m, grid_m[-1] + margin_m])
        rows = slice(max(0, top - 2), base + 2)
        return cls(log.image[rows], log.depth_m[rows], grid_m, step_m, log.row_step_m)

    def at_depths(self, scaled: Callable[[Image], Image]) -> _AtDepths:
        """The rows on a scale; those beyond the log are invalid."""
        return _at_depths(scaled(self.pixels), self.depth_m, self.grid_m, self.step_m, self.row_step_m)


@dataclass(frozen=True, eq=False)
class _AtDepths:
    """An image brought to the depths of grid rows: total (rows, columns) of what each pixel took of the log's, and
    weight (rows, columns) or (rows, 1) of how much that was.
    """

    total: Image
    weight: Image

    def pixels(self, rows: slice) -> Image:
        """(n, columns) of some rows, NaN where less than half of a pixel is known."""
        total, weight = self.total[rows], self.weight[rows]
        return np.where(weight > HALF_KNOWN, total / np.maximum(weight, np.float32(1e-9)), np.float32(np.nan))

    def around(self, rows: slice, turn: int) -> tuple[Image, Image]:
        """Image and 0/1 validity, (n, 180), of some rows from column ``turn`` on: by area where that coarsens, linearly
        where it refines. A pixel is valid when half of what it covers is.
        """
        columns = around_the_hole(self.total.shape[1], COLUMNS).turned(turn, self.total.shape[1])

        def onto_grid(values: Image) -> Image:
            return columns.of(np.ascontiguousarray(values.T)).T

        total, weight = onto_grid(self.total[rows]), self.weight[rows]
        if weight.shape[1] > 1:
            weight = onto_grid(weight)
        valid = np.broadcast_to(weight > HALF_KNOWN, total.shape)
        return np.where(valid, total / np.maximum(weight, 1e-9), 0).astype(np.float32), valid.astype(np.float32)


HALF_KNOWN = 0.4999
"""Half, whichever way it was rounded."""


def _at_depths(
    image: Image, depth_m: NDArray[np.float64], grid_m: NDArray[np.float64], step_m: float, row_step_m: float
) -> _AtDepths:
    """Bring (rows, columns) with NaN for missing to grid depths: by area where that coarsens, else linearly."""
    there = np.isfinite(image)
    coarsens = step_m > 1.5 * row_step_m
    by_depth = (averaging if coarsens else interpolating)(depth_m, grid_m, step_m, row_step_m)
    if there.all():
        return _AtDepths(by_depth.of(image), by_depth.of(np.ones((len(image), 1), np.float32)))
    return _AtDepths(by_depth.of(np.where(there, image, np.float32(0))), by_depth.of(there.astype(np.float32)))
