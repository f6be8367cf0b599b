"""How many planes, and how much of their traces, every stretch of a well holds: counted from its picks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import LONGEST_M, ImageLog
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.errors import InputError

STRETCH_M = 0.05
"""Length of a stretch: a tenth of a window's height in the slimmest hole."""
TRACE_HALF_RADII = 0.05
"""How far a trace reaches to either side of its sinusoid, across it: three pixels in all, 1.1 cm in an 8.5 in hole.
Measured along depth a steep limb would be thinner than a pixel's diagonal, and torn."""
_COLUMNS = 180

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Density:
    """n stretches of a log, each of :data:`STRETCH_M` metres, from the upper edge of its first row down.

    top_m           depth of the upper edge of the first stretch
    planes          (n, 3) picks whose depth lies in the stretch: fractures, beddings, of unknown kind
    trace_share     (n,) share of the wall that traces cover, see :data:`TRACE_HALF_RADII`
    reviewed_share  (n,) share of the stretch that was reviewed

    Only picks inside the reviewed intervals count. Raises ValueError on arrays that do not fit each other and on values
    that no well has.
    """

    top_m: float
    planes: NDArray[np.int64]
    trace_share: Floats
    reviewed_share: Floats

    def __post_init__(self) -> None:
        n = len(self.trace_share)
        if self.planes.shape != (n, len(KINDS) + 1) or self.reviewed_share.shape != (n,) or (self.planes < 0).any():
            raise ValueError(f"{len(self.planes)} counts of planes for {n} stretches, or some below 0")
        for share in (self.trace_share, self.reviewed_share):
            if not ((share >= 0) & (share <= 1)).all():
                raise ValueError("a share is not in [0, 1]")

    def above(self, depth_m: Floats) -> tuple[Floats, Floats]:
        """Planes above depths (m,), and metres of wall covered by traces above them (times the hole's circumference);
        inside a stretch both grow evenly. The difference of two depths is what lies between them.
        """
        edges_m = self.top_m + np.arange(len(self.trace_share) + 1) * STRETCH_M
        planes = np.concatenate([[0.0], self.planes.sum(axis=1).cumsum()])
        traces_m = np.concatenate([[0.0], self.trace_share.cumsum() * STRETCH_M])
        return np.interp(depth_m, edges_m, planes), np.interp(depth_m, edges_m, traces_m)


def stretches(log: ImageLog) -> int:
    """How many stretches a log has; the last one may reach beyond its end."""
    return math.ceil((log.base_m - log.top_m + log.row_step_m) / STRETCH_M - 1e-9)


def density_of(log: ImageLog, picks: Picks, reviewed_m: Iterable[tuple[float, float]] = ()) -> Density:
    """Count the picks of a log, and measure their traces, inside the intervals (top, base) in metres that were
    reviewed; without any the whole log was. Raises :class:`InputError` on a log longer than any hole.
    """
    if log.base_m - log.top_m > LONGEST_M:
        raise InputError(
            f"well {log.well}: its depths run from {log.top_m:g} to {log.base_m:g} m, and no hole is so long; "
            "correct the depths, or read a part with --top and --bottom"
        )
    reviewed = np.asarray(list(reviewed_m), np.float64).reshape(-1, 2)
    if len(reviewed):
        picks = picks.within([(float(top), float(base)) for top, base in reviewed])
    n, top_m = stretches(log), log.top_m - log.row_step_m / 2
    edges_m = np.asarray(np.arange(n + 1) * STRETCH_M, np.float64)
    place = np.clip((picks.depth_m - top_m) // STRETCH_M, 0, n - 1).astype(np.int64)
    kind = np.array([(*KINDS, UNKNOWN).index(kind) for kind in picks.kind], np.int64)
    planes = np.zeros((n, len(KINDS) + 1), np.int64)
    np.add.at(planes, (place, kind), 1)
    share = np.ones(n)
    if len(reviewed):
        share = _covered(*_united(reviewed[:, :1] - top_m, reviewed[:, 1:] - top_m), edges_m)
    return Density(top_m, planes, _covered(*_traces(log, picks, top_m), edges_m) / _COLUMNS, share)


def _traces(log: ImageLog, picks: Picks, top_m: float) -> tuple[Floats, Floats]:
    """Upper and lower ends in metres below ``top_m`` of what traces cover at each of the columns, (picks, columns)."""
    azimuths_deg = (np.arange(_COLUMNS) + 0.5) * (360 / _COLUMNS) + log.first_azimuth_deg
    diameter_m = log.diameters_m(picks.depth_m)
    z = trace_depths_m(picks.depth_m - top_m, picks.dip_deg, picks.azimuth_deg, diameter_m, azimuths_deg)
    slope = np.tan(np.radians(picks.dip_deg))[:, None] * np.sin(np.radians(azimuths_deg - picks.azimuth_deg[:, None]))
    half_m = TRACE_HALF_RADII * log.radius_m * np.hypot(1.0, slope)
    return _united(z - half_m, z + half_m)


def _united(tops: Floats, bases: Floats) -> tuple[Floats, Floats]:
    """Intervals (m, columns) of every column without their overlaps: the same union, each point of it once."""
    order = np.argsort(tops, axis=0, kind="stable")
    tops, bases = np.take_along_axis(tops, order, 0), np.take_along_axis(bases, order, 0)
    bases = np.maximum.accumulate(bases, axis=0)
    return np.concatenate([tops[:1], np.maximum(tops[1:], bases[:-1])]), bases


def _covered(tops: Floats, bases: Floats, edges: Floats) -> Floats:
    """Share of every stretch between edges (n + 1,) that intervals (m, columns) cover, summed over the columns."""

    def above(points: Floats) -> Floats:
        """Sum over points of how far above each edge they lie."""
        points = np.sort(points, axis=None)
        count = np.searchsorted(points, edges)
        return np.asarray(count * edges - np.concatenate([[0.0], points.cumsum()])[count])

    covered = np.diff(above(tops) - above(bases)) / np.diff(edges)
    return np.asarray(np.clip(covered, 0.0, tops.shape[1]))
