"""Raw pads of a microresistivity imager become an oriented image of the wall.

A pad presses rows of buttons against the wall, and its file holds each row as a channel of its own: in tool order, at
the depth of the tool rather than of the row, each button with a gain and an offset of its own. :func:`assemble` moves
the rows to the depth of the wall they measured, makes the buttons comparable, and lays them where the pad was. What is
known of the tools stands in :mod:`geobfdt.borehole.pad_tools`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.geometry import Floats, azimuth_difference_deg
from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.normalize import Image, decades_floor
from geobfdt.borehole.pad_tools import ButtonRow, PadTool

COLUMNS = 360
"""Columns of an assembled image: in an 8.5 in hole 1.9 mm, finer than the 2.5 mm between buttons."""

FLAT = 0.05
"""A button whose readings spread less than this share of the others' sees no rock: it is dead."""
LEAST_KNOWN = 0.5
"""A button with less than this share of the readings of the best one is dead."""

_BLOCK_ROWS = 2048
_SAMPLE_ROWS, _SAMPLES = 256, 64
"""Rows of a run, and how many runs spread evenly along a log, from which gains are told."""
_GAP_STEPS = 3.0
"""Rows further apart than so many median steps have a gap between them, which nothing is interpolated across."""


def assemble(
    buttons: Mapping[str, Image],
    depth_m: Floats,
    pad_one_azimuth_deg: Floats,
    hole_diameter_m: ArrayLike,
    tool: PadTool,
    columns: int = COLUMNS,
) -> Image:
    """The image of the wall (rows, columns) that raw pads measured; column k looks at (k + 0.5) * 360 / columns.

    buttons              by channel, (rows, buttons of that row), any unit, missing readings NaN; arrays or StoredImages
    depth_m              (rows,) at which they are recorded, increasing or decreasing
    pad_one_azimuth_deg  (rows,) towards which the middle of pad 1 looks at that moment, from whatever the image shall
                         count from; rows where it is NaN are missing
    hole_diameter_m      metres, one or (rows,): it says how many degrees a button's place across the pad is

    Row i of the image is the wall at ``depth_m[i]``; rows of buttons come there by linear interpolation in depth. Dead
    buttons (constant, nearly so, or mostly null) are left out, and all others get the gain and offset that give them
    the median and the 10-90 % spread over the whole log that live buttons have in the middle, of logarithms where
    values are positive and span decades. Values stay in the tool's unit, but a difference between sides of the hole
    that lasts all along the log is lost. Within a pad or flap pixels are interpolated between the two buttons beside
    them, where the nearest one is alive; everything further than half a button step from a pad is NaN. Where pads
    overlap the first stands. Large images are assembled as they are read, a StoredImage.
    """
    recording = _Recording.of(buttons, depth_m, pad_one_azimuth_deg, hole_diameter_m, tool)
    responses = recording.responses()
    shape = (len(recording.down_m), columns)

    def read(first: int, last: int) -> Image:
        image = np.full((last - first, columns), np.nan, np.float32)
        for row in range(first, last, _BLOCK_ROWS):
            end = min(row + _BLOCK_ROWS, last)
            for plate in recording.plates():
                _lay(image[row - first : end - first], *recording.at_wall(plate, responses, row, end))
        return image

    if math.prod(shape) * 4 < StoredImage.SMALL_BYTES:
        return read(0, shape[0])
    return cast("Image", StoredImage(shape, read))


def recorded_in_depth(buttons: Mapping[str, Image], depth_m: Floats, tool: PadTool) -> bool:
    """Whether the rows of each pad agree better as they are recorded than moved by their depth offsets.

    Then someone has moved them already, as processed files have it. Arguments as in :func:`assemble`.
    """
    recording = _Recording.of(buttons, depth_m, np.zeros(len(depth_m)), 1.0, tool)
    responses = recording.responses()
    agreement = np.zeros(2)
    for plate in recording.plates():
        if len({row.depth_offset_m for row in plate}) < 2:
            continue
        for first, last in _sample_runs(len(recording.down_m)):
            for k, offsets in enumerate(([row.depth_offset_m for row in plate], [0.0] * len(plate))):
                traces = [
                    _mean(responses[row.channel].comparable(recording.row(row.channel, offset, first, last)))
                    for row, offset in zip(plate, offsets, strict=True)
                ]
                # Steps from row to row, for the slow part of a log agrees at any offset.
                agreement[k] += _correlation(np.diff(traces[0]), np.diff(traces[1]))
    return bool(agreement[1] > agreement[0])


@dataclass(frozen=True, eq=False)
class _Response:
    """What makes the buttons of a row comparable with all others: gain and offset (buttons,), NaN for dead ones.

    floor   the least value that counts where they apply to logarithms, None where to the values themselves
    """

    gain: Floats
    offset: Floats
    floor: float | None

    def comparable(self, values: Image) -> Floats:
        """Equalised values or logarithms (rows, buttons)."""
        part = np.asarray(values, np.float64)
        return (part if self.floor is None else np.log10(np.maximum(part, self.floor))) * self.gain + self.offset

    def equalised(self, values: Image) -> Floats:
        """Equalised values in the tool's unit (rows, buttons)."""
        comparable = self.comparable(values)
        return comparable if self.floor is None else np.asarray(10.0**comparable)


@dataclass(frozen=True, eq=False)
class _Recording:
    """Rows of buttons with where the tool was; ``down_m`` (rows,) grows from row to row even in a log run upwards."""

    buttons: Mapping[str, Image]
    down_m: Floats
    upwards: bool
    azimuth_deg: Floats
    diameter_m: Floats
    tool: PadTool

    @classmethod
    def of(
        cls, buttons: Mapping[str, Image], depth_m: Floats, azimuth_deg: Floats, diameter_m: ArrayLike, tool: PadTool
    ) -> _Recording:
        depth = np.asarray(depth_m, np.float64)
        upwards = len(depth) > 1 and bool(depth[-1] < depth[0])
        diameter = np.broadcast_to(np.asarray(diameter_m, np.float64), depth.shape)
        return cls(buttons, -depth if upwards else depth, upwards, np.asarray(azimuth_deg, float), diameter, tool)

    def plates(self) -> Iterator[list[ButtonRow]]:
        """The rows of each pad and of each flap: what touches one piece of the wall together."""
        for _, rows in groupby(self.tool.rows, key=lambda row: (row.pad, row.flap)):
            yield list(rows)

    def responses(self) -> dict[str, _Response]:
        """How each row's buttons are made comparable, by channel: from what all of them read of the same wall."""
        deepest = max(row.depth_offset_m for row in self.tool.rows)
        runs = list(_sample_runs(len(self.down_m)))
        shared = np.concatenate([np.isfinite(self.moments(deepest, *run)[1]) for run in runs])
        shared |= not shared.any()  # a log shorter than the tool
        samples = [
            np.concatenate([self.row(row.channel, row.depth_offset_m, *run) for run in runs])[shared]
            for row in self.tool.rows
        ]
        gain, offset, floor = _equalising(np.concatenate(samples, axis=1).astype(np.float32))
        ends = np.cumsum([sample.shape[1] for sample in samples])[:-1]
        parts = zip(self.tool.rows, np.split(gain, ends), np.split(offset, ends), strict=True)
        return {row.channel: _Response(gains, offsets, floor) for row, gains, offsets in parts}

    def row(self, channel: str, offset_m: float, first: int, last: int) -> Image:
        """What a row of buttons read at the wall beside rows [first, last), (rows, buttons)."""
        if offset_m == 0.0:
            return np.asarray(self.buttons[channel][first:last])
        before, share = self.moments(offset_m, first, last)
        start, stop = int(before.min()), int(before.max()) + 2
        values = np.asarray(self.buttons[channel][start:stop], np.float64)
        one, other = values[before - start], values[before - start + 1]
        share = share[:, None]
        mixed = (1.0 - share) * one + share * other
        # A reading beside a null one stands, where it is at the very depth: 0 times NaN is NaN.
        return np.asarray(np.where(share < 1e-6, one, np.where(share > 1.0 - 1e-6, other, mixed)))

    def moments(self, offset_m: float, first: int, last: int) -> tuple[NDArray[np.intp], Floats]:
        """When buttons so much deeper than the tool's depth passed rows [first, last): the recorded row before, and the
        share of the way to the next one, NaN outside the log and within its gaps; both (rows,).
        """
        wanted = self.down_m[first:last] + (offset_m if self.upwards else -offset_m)
        before = np.clip(np.searchsorted(self.down_m, wanted, side="right") - 1, 0, len(self.down_m) - 2)
        step = np.maximum(self.down_m[before + 1] - self.down_m[before], 1e-9)
        share = (wanted - self.down_m[before]) / step
        share[(share < -1e-6) | (share > 1.0 + 1e-6) | (step > _GAP_STEPS * self._step_m())] = np.nan
        return before, share

    def at_wall(
        self, plate: list[ButtonRow], responses: Mapping[str, _Response], first: int, last: int
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """What a pad or flap read at the wall beside rows [first, last): places across it (places,), readings
        (rows, places), azimuth of the middle of its pad (rows,) and degrees of azimuth in a metre of wall (rows,).
        """
        rows = [responses[r.channel].equalised(self.row(r.channel, r.depth_offset_m, first, last)) for r in plate]
        across = np.concatenate([r.across_m(part.shape[1]) for r, part in zip(plate, rows, strict=True)])
        places, place = np.unique(np.round(across, 6), return_inverse=True)
        offset = float(np.mean([row.depth_offset_m for row in plate]))
        before, share = np.arange(first, last), np.zeros(last - first)
        if offset:
            before, share = self.moments(offset, first, last)
        after = np.minimum(before + 1, len(self.down_m) - 1)
        turn = np.where(share > 0, share * azimuth_difference_deg(self.azimuth_deg[after], self.azimuth_deg[before]), 0)
        azimuth = self.azimuth_deg[before] + turn + (plate[0].pad - 1) * 360.0 / self.tool.pads
        azimuth[np.isnan(share)] = np.nan
        readings = _merged(np.concatenate(rows, axis=1), place)
        return places, readings, azimuth, 360.0 / (np.pi * self.diameter_m[first:last])

    def _step_m(self) -> float:
        return float(np.median(np.diff(self.down_m[: _SAMPLES * _SAMPLE_ROWS])))


def _sample_runs(rows: int) -> Iterator[tuple[int, int]]:
    """Runs of rows, first and last of each, spread evenly along a log; all of a short one."""
    if rows <= _SAMPLE_ROWS * _SAMPLES:
        yield 0, rows
        return
    for first in np.linspace(0, rows - _SAMPLE_ROWS, _SAMPLES).astype(int):
        yield int(first), int(first) + _SAMPLE_ROWS


def _equalising(sample: Image) -> tuple[Floats, Floats, float | None]:
    """Gain and offset of each button (buttons,), NaN for dead ones, from readings (rows, buttons) along the log, and
    the least value that counts where they apply to logarithms.
    """
    gain, offset = np.full((2, sample.shape[1]), np.nan)
    known = np.isfinite(sample).mean(0)
    live = np.flatnonzero(known >= max(LEAST_KNOWN * known.max(), 1e-9))
    live = live[_seeing(sample[:, live])]
    floor = decades_floor(sample[:, live])
    comparable = sample[:, live] if floor is None else np.log10(np.maximum(sample[:, live], np.float32(floor)))
    seeing = _seeing(comparable)
    live, comparable = live[seeing], comparable[:, seeing]
    if len(live):
        low, middle, high = np.nanpercentile(comparable, [10, 50, 90], axis=0)
        gain[live] = np.median(high - low) / (high - low)
        offset[live] = np.median(middle) - gain[live] * middle
    return gain, offset, floor


def _seeing(sample: Image) -> NDArray[np.bool_]:
    """Which buttons (buttons,) of readings (rows, buttons) change along the log about as much as the others."""
    if not sample.size:
        return np.zeros(sample.shape[1], bool)
    low, high = np.nanpercentile(sample, [10, 90], axis=0)
    spread = high - low
    changing = spread[spread > 0]
    return np.asarray(spread > (FLAT * np.median(changing) if len(changing) else 0.0))


def _merged(readings: Floats, place: NDArray[np.intp]) -> Floats:
    """Readings (rows, buttons) of buttons at places (buttons,) as the mean at each place, (rows, places)."""
    there = (place[:, None] == np.arange(place.max() + 1)).astype(np.float64)
    known = np.isfinite(readings)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.where(known, readings, 0.0) @ there) / (known @ there))


def _lay(image: Image, places: Floats, readings: Floats, azimuth_deg: Floats, deg_per_m: Floats) -> None:
    """Put a pad's readings (rows, places) on those pixels of the image (rows, columns) that are missing yet."""
    columns = image.shape[1]
    step_deg = 360.0 / columns
    half = 0.5 * float(np.median(np.diff(places))) if len(places) > 1 else 0.0
    low, high = places[0] - half, places[-1] + half
    seen = np.flatnonzero(np.isfinite(azimuth_deg) & np.isfinite(deg_per_m))
    if not len(seen):
        return
    azimuth, per_m = azimuth_deg[seen, None], deg_per_m[seen, None]
    first = np.ceil((azimuth + low * per_m) / step_deg - 0.5).astype(int)
    width = min(columns, int(np.ceil((high - low) * per_m.max() / step_deg)) + 1)
    column = first + np.arange(width)
    across = ((column + 0.5) * step_deg - azimuth) / per_m
    after = np.clip(np.searchsorted(places, across), 1, max(1, len(places) - 1)) if len(places) > 1 else 0 * column
    before = np.maximum(after - 1, 0)
    share = np.clip((across - places[before]) / np.maximum(places[after] - places[before], 1e-9), 0.0, 1.0)
    one = np.take_along_axis(readings[seen], before, axis=1)
    other = np.take_along_axis(readings[seen], after, axis=1)
    nearest = np.where(share < 0.5, one, other)
    mixed = (1.0 - share) * one + share * other
    value = np.where(np.isfinite(mixed), mixed, nearest)
    row, column = np.broadcast_to(seen[:, None], column.shape), column % columns
    put = (across <= high) & np.isfinite(value) & np.isnan(image[row, column])
    image[row[put], column[put]] = value[put]


def _mean(values: Floats) -> Floats:
    """The mean of each row (rows,) over the buttons that are alive, NaN where one of them has no reading."""
    live = np.isfinite(values).any(0)
    return np.asarray(values[:, live].mean(1)) if live.any() else np.full(len(values), np.nan)


def _correlation(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 3 or not np.std(one[both]) * np.std(other[both]):
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])
