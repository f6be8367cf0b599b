"""Bedding as a set: beds lie much as their neighbours do, and what is read off one trace alone scatters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.borehole.picks import Picks

ALONG_DEG, FEWEST_BEDS, MOST = 10.0, 3, 0.5
"""A plane whose pole lies so near to those of most sure beds around it is a bed: so many at least, and such a share."""
REACH_M, WITHIN_DEG = 1.5, 25.0
"""A bed's neighbours lie no further along the hole, and their poles no further off: planes that truly differ stay."""
SLACK_DEG = 12.0
"""How far the poles of neighbours are taken to differ in truth; a third of it draws folded beds off their own dip."""
LEAST_CONFIDENCE = 0.5
"""Of a neighbour: what is as likely wrong as right is drawn to the others and draws none."""
_LEAST_SD_DEG = 0.1


def as_a_set(picks: Picks) -> Picks:
    """Picks whose beds are seen together: what lies along the beds around it is one itself, a line across them is a
    fracture; and beds have the dip and azimuth of the mean pole of each and its neighbours.

    The weight of its own pole is the inverse of its stated variance, and that of a neighbour's that of its variance and
    of :data:`SLACK_DEG` squared, so that sure dips stay and doubtful ones are drawn to what lies around. Standard
    deviations of dip and azimuth shrink as the sum of weights says. Depths, and the dips of fractures and of picks that
    state no deviation, are left as they are. Which of the picks are kept afterwards changes none of the others.
    """
    return _drawn_together(_named(picks))


def _named(picks: Picks) -> Picks:
    """Picks with the fractures that lie along most sure beds around them called beds."""
    order = np.argsort(picks.depth_m, kind="stable")
    pole = poles(picks.dip_deg, picks.azimuth_deg)[order]
    bed = np.asarray(picks.kind)[order] == "bedding"
    sure = bed & (np.asarray(picks.confidence)[order] >= LEAST_CONFIDENCE)
    around, along = np.zeros(len(order)), np.zeros(len(order))
    for one, other, near in _pairs(picks.depth_m[order], pole, ALONG_DEG):
        for mine, theirs in ((one, other), (other, one)):
            around[mine] += sure[theirs] & near.reached
            along[mine] += sure[theirs] & near.alike
    renamed = ~bed & (around >= FEWEST_BEDS) & (along >= MOST * around)
    kind = np.asarray(picks.kind).copy()
    kind[order[renamed & (kind[order] == "fracture")]] = "bedding"
    return replace(picks, kind=kind)


def _drawn_together(picks: Picks) -> Picks:
    """Picks with the dips of beds that are drawn to their neighbours'."""
    order = np.argsort(picks.depth_m, kind="stable")
    order = order[(np.asarray(picks.kind)[order] == "bedding") & np.isfinite(_pole_sd_deg(picks)[order])]
    beds = picks[order]
    sd_deg = np.maximum(_pole_sd_deg(beds), _LEAST_SD_DEG)
    pole = poles(beds.dip_deg, beds.azimuth_deg)
    drawing = np.where(np.asarray(beds.confidence) >= LEAST_CONFIDENCE, 1 / (sd_deg**2 + SLACK_DEG**2), 0.0)
    weight = 1 / sd_deg**2
    mean = weight[:, None] * pole
    for one, other, near in _pairs(beds.depth_m, pole, WITHIN_DEG):
        for mine, theirs in ((one, other), (other, one)):
            drawn = near.alike * drawing[theirs]
            weight[mine] += drawn
            mean[mine] += drawn[:, None] * pole[theirs]
    dip_deg, azimuth_deg = plane_from_pole(mean)
    surer = 1 / np.sqrt(weight) / sd_deg
    return replace(
        picks,
        dip_deg=_put(picks.dip_deg, order, dip_deg),
        azimuth_deg=_put(picks.azimuth_deg, order, azimuth_deg),
        dip_sd_deg=_put(np.asarray(picks.dip_sd_deg), order, np.asarray(beds.dip_sd_deg) * surer),
        azimuth_sd_deg=_put(np.asarray(picks.azimuth_sd_deg), order, np.asarray(beds.azimuth_sd_deg) * surer),
    )


@dataclass(frozen=True)
class _Near:
    """Of n pairs, which lie within :data:`REACH_M` along the hole, and which of those have poles near each other."""

    reached: NDArray[np.bool_]
    alike: NDArray[np.bool_]


def _pairs(
    depth_m: NDArray[np.float64], pole: NDArray[np.float64], within_deg: float
) -> Iterator[tuple[slice, slice, _Near]]:
    """All pairs of n planes by depth (n,) that can be near each other, those as many planes apart at a time: the slices
    of the ones and of the others.
    """
    for apart in range(1, len(depth_m)):
        one, other = slice(None, -apart), slice(apart, None)
        reached = depth_m[other] - depth_m[one] <= REACH_M
        if not reached.any():
            return
        alike = reached & ((pole[one] * pole[other]).sum(1) >= np.cos(np.radians(within_deg)))
        yield one, other, _Near(reached, alike)


def _pole_sd_deg(picks: Picks) -> NDArray[np.float64]:
    """(n,) standard deviation of each pole along a direction, from those of its dip and azimuth."""
    across = np.sin(np.radians(picks.dip_deg)) * np.asarray(picks.azimuth_sd_deg)
    return np.asarray(np.sqrt((np.asarray(picks.dip_sd_deg) ** 2 + across**2) / 2))


def _put(column: NDArray[np.float64], rows: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    changed = np.array(column, np.float64)
    changed[rows] = values
    return changed
