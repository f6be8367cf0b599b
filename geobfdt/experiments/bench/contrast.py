"""Whether planes show at all: how much the image contrasts along each trace, against the same curve at other depths.

What nobody can see in the image nobody can pick, and no detector should be asked for it. How many planes of the bench
that is, and whether they are the ones that are missed, is what is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import Floats, trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.borehole.well import Well
from geobfdt.eval import TOLERANCE_M, match
from geobfdt.windows.grid import HEIGHT_RADII

EDGES = 1.0, 2.0, 4.0, 8.0
"""Between classes of contrast. Below the first a trace stands out no more than chance would have it."""
_BESIDE_RADII, _BESIDE_ROWS = 0.12, 2.0
"""How far off a trace the rock beside it is looked at: 1.3 cm in an 8.5 in hole, and two rows at least."""
_OFF_RADII = -0.04, 0.0, 0.04
"""No trace is quite a sinusoid: so far off it is looked for, and so are those that it is measured by."""
_ELSEWHERE, _NEAREST_RADII = 80, 0.3
"""At how many other depths, and how near they may be; a window's height is the furthest."""


@dataclass(frozen=True)
class Shown:
    """Of all planes of a kind those of a class of contrast, at least ``least`` and less than ``below``, None at the
    ends, and how many of them were found, right in depth and pole.
    """

    kind: str
    least: float | None
    below: float | None
    planes: int
    found: int


def shown(wells: Sequence[Well], found: Sequence[Picks], seed: int) -> list[Shown]:
    """Planes of wells by kind and :func:`contrasts`, every kind and class of :data:`EDGES`, and the found ones."""
    of_wells = list(_found(wells, found, np.random.default_rng(seed)))
    kind, contrast, hit = (np.concatenate(column) for column in zip(*of_wells, strict=True))
    of_class = np.searchsorted(EDGES, contrast, "right")
    return [
        Shown(name, least, below, int(inside.sum()), int((inside & hit).sum()))
        for name in KINDS
        for number, (least, below) in enumerate(pairwise((None, *EDGES, None)))
        for inside in [(kind == name) & (of_class == number)]
    ]


def _found(
    wells: Sequence[Well], found: Sequence[Picks], rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.str_], Floats, NDArray[np.bool_]]]:
    """Kind, contrast and whether it was found, of the planes of each well."""
    for well, picks in zip(wells, found, strict=True):
        hits = match(well.picks, picks, "joint", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m)
        hit = np.isin(np.arange(len(well.picks)), hits.ref)
        yield np.asarray(well.picks.kind), contrasts(well.log, well.picks, rng), hit


def contrasts(log: ImageLog, planes: Picks, rng: np.random.Generator) -> Floats:
    """(n,) by how many standard deviations the image contrasts more along each plane's trace than along the same curve
    at depths drawn around it: medians and absolute deviations, as other planes lie there as well.

    Contrast is the mean, around the hole, of what differs between the trace and the rock on both sides of it, or
    between these, whichever is greater, over the standard error of that mean.
    """
    image, radius_m = log.image[:], log.radius_m
    other_m = rng.uniform(_NEAREST_RADII, HEIGHT_RADII, (len(planes), _ELSEWHERE)) * radius_m
    other_m *= rng.choice([-1.0, 1.0], other_m.shape)
    beside_m = max(_BESIDE_RADII * radius_m, _BESIDE_ROWS * log.row_step_m)
    traces_m = trace_depths_m(
        planes.depth_m, planes.dip_deg, planes.azimuth_deg, log.diameters_m(planes.depth_m), log.column_azimuths_deg
    )
    standing_out = np.empty(len(planes))
    for number, trace_m in enumerate(traces_m):
        places_m = trace_m + np.concatenate([[0.0], other_m[number]])[:, None]
        contrast = np.max([_contrast(log, image, places_m + off * radius_m, beside_m) for off in _OFF_RADII], axis=0)
        usual = np.median(contrast[1:])
        scatter = 1.4826 * np.median(np.abs(contrast[1:] - usual))
        standing_out[number] = (contrast[0] - usual) / max(scatter, 1e-9)
    return standing_out


def _contrast(log: ImageLog, image: NDArray[np.float32], places_m: Floats, beside_m: float) -> Floats:
    """(k,) of curves at depths (k, columns); 0 of those that show on fewer than three columns."""
    above, on, below = (_values(log, image, places_m + off) for off in (-beside_m, 0.0, beside_m))
    line, step = on - (above + below) / 2, below - above
    known = np.isfinite(line)
    count = known.sum(1)
    greatest = np.zeros(len(places_m))
    for values in (line, step):
        total = np.where(known, values, 0.0)
        mean = total.sum(1) / np.maximum(count, 1)
        spread = np.sqrt(np.square(np.where(known, total - mean[:, None], 0.0)).sum(1) / np.maximum(count - 1, 1))
        error = spread / np.sqrt(np.maximum(count, 1))
        greatest = np.maximum(greatest, np.abs(mean) / np.maximum(error, 1e-12))
    return np.where(count < 3, 0.0, greatest)


def _values(log: ImageLog, image: NDArray[np.float32], places_m: Floats) -> Floats:
    """The image at depths (k, columns), linearly between rows; NaN beyond its ends and where nothing was measured."""
    row = np.interp(places_m, log.depth_m, np.arange(log.rows), left=np.nan, right=np.nan)
    inside = np.isfinite(row)
    above = np.where(inside, row, 0).astype(int)
    below = np.minimum(above + 1, log.rows - 1)
    column, share = np.arange(log.columns), row - above
    return np.asarray(image[above, column] * (1 - share) + image[below, column] * share)
