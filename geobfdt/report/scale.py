"""The depths of a report: its strips, which break at round depths, its unit and its true scale."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole import DepthUnit
from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCALES = (10, 20, 50, 100, 200, 500)
"""The scales of depth that logs are printed at: 1:20 shows a metre as 5 cm."""
METRES = {"m": 1.0, "ft": 0.3048}
STRIP_LENGTHS = {"m": (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0), "ft": (5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)}
LABEL_STEPS = {
    "m": {10: 0.5, 20: 0.5, 50: 1.0, 100: 2.0, 200: 5.0, 500: 10.0},
    "ft": {10: 1.0, 20: 1.0, 50: 5.0, 100: 5.0, 200: 10.0, 500: 50.0},
}
"""How far apart labelled depths are at a scale, in the unit: at least a centimetre of paper."""
GAP_STEPS = 10
"""Usual steps between rows from which on a longer one is a gap that may be left out of pictures."""
MOST_STRIPS = 120
MOST_PAPER_M = 24.0
"""Metres of paper, some 120 pages, from which on a log is drawn smaller where nobody says a scale."""


@dataclass(frozen=True)
class DepthScale:
    """How depth is drawn: 1:``ratio``, in ``unit``. Raises :class:`InputError` on a ratio that is not in use."""

    ratio: int = 20
    unit: DepthUnit = "m"

    def __post_init__(self) -> None:
        if self.ratio not in SCALES:
            raise InputError(f"a scale of 1:{self.ratio}: give one of {', '.join(map(str, SCALES))}")

    @classmethod
    def fitting(cls, length_m: float, unit: DepthUnit = "m") -> DepthScale:
        """1:20, or the largest scale at which a log of that length takes no more than :data:`MOST_PAPER_M` of paper."""
        enough = [ratio for ratio in SCALES[1:] if length_m / ratio <= MOST_PAPER_M]
        return cls(enough[0] if enough else SCALES[-1], unit)

    @property
    def metres(self) -> float:
        """Metres of one unit."""
        return METRES[self.unit]

    @property
    def label_step_m(self) -> float:
        """Metres between depths that are labelled."""
        return LABEL_STEPS[self.unit][self.ratio] * self.metres

    def told(self, depth_m: float, decimals: int = 2) -> str:
        """A depth in the unit, without it."""
        return f"{depth_m / self.metres:.{decimals}f}"

    def mm(self, length_m: float) -> float:
        """Millimetres of paper that a length is drawn as."""
        return 1000.0 * length_m / self.ratio


METRIC = DepthScale()
"""Depths in metres, of figures that are drawn by themselves."""


def label_depths(axis: Axes, scale: DepthScale, **style: float) -> None:
    """Say what the upright axis of a figure is, which lies in metres and has its limits, and label it at depths that
    are round in the scale's unit.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

    axis.set_ylabel(f"depth along hole ({scale.unit})", **style)  # type: ignore[arg-type]
    if scale.unit != "m":
        top, base = sorted(limit / scale.metres for limit in axis.get_ylim())
        round_ones = MaxNLocator(8, steps=[1, 2, 2.5, 5, 10]).tick_values(top, base)
        axis.yaxis.set_major_locator(FixedLocator([at * scale.metres for at in round_ones]))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda depth_m, _: f"{depth_m / scale.metres:.10g}"))


@dataclass(frozen=True)
class Strip:
    """A piece of a log between two round depths, in metres; the image may begin lower and end higher."""

    top_m: float
    base_m: float

    @property
    def length_m(self) -> float:
        return self.base_m - self.top_m

    def share(self, depth_m: float) -> float:
        """Where a depth lies in it, 0 at its top and 1 at its base."""
        return (depth_m - self.top_m) / self.length_m


def strips_of(
    log: ImageLog, scale: DepthScale, length_m: float | None = None, fine_m: float | None = None
) -> list[Strip]:
    """The strips of a log, cut at multiples of one round length (the least that gives no more than
    :data:`MOST_STRIPS` of them, or what ``length_m`` says); none where it has no rows for longer than a strip. The
    first begins, and the last ends, at a multiple of ``fine_m``, by default a tenth of that.
    """
    total = log.base_m - log.top_m
    if length_m is None:
        lengths = [length * scale.metres for length in STRIP_LENGTHS[scale.unit]]
        length_m = next(
            (one for one in lengths if total / one <= MOST_STRIPS and one >= min(total / 8, 5)), lengths[-1]
        )
    steps = np.diff(log.depth_m)
    ends = np.flatnonzero(steps > max(length_m, GAP_STEPS * np.median(steps)))
    found = []
    fine_m = fine_m or length_m / 10
    for run in np.split(log.depth_m, ends + 1):
        edge_m = 1e-6  # a first row at a round depth reaches over it by a half, which is no reason for a tenth more
        top_m = np.floor((run[0] + edge_m) / fine_m) * fine_m
        base_m = max(np.ceil((run[-1] - edge_m) / fine_m) * fine_m, top_m + fine_m)  # of one row, too
        first = np.floor(top_m / length_m + 1e-6) + 1
        inner = np.arange(first, np.ceil(base_m / length_m - 1e-6)) * length_m
        edges = [float(edge) for edge in (top_m, *inner, base_m)]
        found += [Strip(top, base) for top, base in pairwise(edges) if base - top > 1e-6]
    return found
