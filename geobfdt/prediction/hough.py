"""Planes from votes: a Hough transform for sinusoids, its peaks, and a RANSAC fit of each.

Votes say, pixel by pixel and for each slope that a trace may have, how much looks like a trace: edges of the image do
(:mod:`geobfdt.prediction.classical`), and so do probabilities that a network gives (:mod:`geobfdt.prediction.traces`).

1. Hough transform. Each plane of a grid, even across the traces, sums the votes along its trace: of edges that run as
   the trace does and have one sign.
2. Peaks, the best first. The points of most votes near a peak are fitted by RANSAC (:func:`skimage.measure.ransac`) and
   the trace is rated; if it holds, its votes are erased, so that they support no other plane.

Lengths are hole radii, rows and columns those of :func:`geobfdt.windows.grid.gridded`; one chunk of a log is seen at a
time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter1d
from scipy.spatial import KDTree
from skimage.measure import ransac

from geobfdt.borehole.geometry import column_azimuths_deg, traces
from geobfdt.errors import quiet
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII

Floats = NDArray[np.float64]
Votes = NDArray[np.float32]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

STEEPEST = float(np.tan(np.radians(80.0)))
DIRECTIONS_RAD = np.radians(np.arange(-75.0, 76.0, 15.0))
"""Slopes of a trace that votes are told apart by: 7.5 degrees off costs a filter 2 percent."""

OWNED, MARGIN = 192, 12
"""Rows whose planes a chunk finds, and rows above and below where it looks for planes that may explain its votes."""
REACH = int(np.ceil(STEEPEST / ROW_STEP_RADII)) + 8
"""Rows above and below these, so that the steepest trace is seen whole."""
CONTEXT = MARGIN + REACH
"""Rows of a chunk above and below those that it owns."""
GRID_STEP = 0.09
"""Distance of neighbouring planes of the Hough grid, across their traces: about a filter's width."""
EVERY = 3
"""Every which column votes in the Hough transform; the filters reach as far."""
PEAKS_MOST = 120
"""No chunk shows more planes."""

OFFSETS = np.linspace(-0.2, 0.2, 9)
"""Where points of a trace are looked for across it."""
POINTS_LEAST = 20
"""Points that make a plane."""
INLIER, TRIALS = 0.07, 20
"""A row off the trace is an inlier. RANSAC starts from all points, so few trials do."""
WELL_SPREAD = 0.3
"""Of 6.75 for azimuths evenly spread: below, three points lie too near each other to bear a sinusoid."""

WAVES = traces(np.eye(3), column_azimuths_deg(COLUMNS))
"""(3, columns): a sinusoid (z0, a, b) times this is its trace."""


@dataclass(frozen=True)
class Rules:
    """What differs between votes of edges and of probabilities.

    confidence  of votes (directions, rows, columns), where they can be seen (rows, columns) and a sinusoid: how sure it
                is a plane, in [0, 1]
    least       confidence of a plane
    peak_least, trace_least, point_least   mean votes below which a peak is not looked at, a trace is taken for
                explained, and a pixel is no point of a trace
    erased      [k][j] half width, across the trace, of the votes of sort j that a plane found by sort k explains
    """

    confidence: Callable[[Votes, Mask, Floats], float]
    least: float
    peak_least: float
    trace_least: float
    point_least: float
    erased: tuple[tuple[float, ...], ...]


def planes_in(votes: Votes, seen: Mask, rules: Rules, rng: np.random.Generator) -> Iterator[tuple[int, float, Floats]]:
    """Sort of votes, confidence and sinusoid of the planes of a chunk whose z0 lies in the rows that it owns.

    Votes (sorts, directions, rows, columns) in [-1, 1], which are erased as planes are found, and where they can be
    seen (rows, columns); rows are :data:`OWNED` and :data:`CONTEXT` above and below. z0 is from the chunk's upper edge.
    """
    if not seen.any():
        return
    rows = votes.shape[2]
    for sort, peak in _peaks(votes, seen, rules.peak_least):
        if abs(beside(votes[sort], peak, np.array([-0.05, 0.0, 0.05])).mean()) < rules.trace_least:
            continue
        sinusoid = _fitted(votes[sort], peak, rules.point_least, rng)
        confidence = 0.0 if sinusoid is None else rules.confidence(votes[sort], seen, sinusoid)
        if sinusoid is None or confidence < rules.least:
            continue
        off = (np.arange(rows) + 0.5)[:, None] * ROW_STEP_RADII - sinusoid @ WAVES
        across = np.abs(off) / stretch_of(sinusoid)
        for other, width in enumerate(rules.erased[sort]):
            votes[other] *= across > width
        if CONTEXT <= sinusoid[0] / ROW_STEP_RADII < CONTEXT + OWNED:
            yield sort, confidence, sinusoid


def smooth(image: NDArray[np.generic], sigma: Floats, order: tuple[int, int] = (0, 0)) -> Floats:
    """Gaussian filter or its derivative of (rows, columns), closed around the hole."""
    return np.asarray(gaussian_filter(image.astype(np.float64), sigma, order=order, mode=("nearest", "wrap")))


@dataclass(frozen=True, eq=False)
class _Grid:
    """The n planes of the Hough transform.

    slopes      (n, 2) a and b
    neighbours  (n, 8) the planes next to each
    direction   (n, columns that vote) index into DIRECTIONS_RAD of the trace
    shift       (n, columns that vote) rows of the trace below z0
    """

    slopes: Floats
    neighbours: Indices
    direction: Indices
    shift: Indices


@cache
def _grid() -> _Grid:
    """Rings of planes: a change of dip by d(asinh(tan dip)) or of azimuth by d / sin(dip) moves limbs by d across."""
    rings = []
    for rise in np.arange(0.0, np.arcsinh(STEEPEST) + GRID_STEP / 2, GRID_STEP):
        number = max(1, round(2 * np.pi * np.tanh(rise) / GRID_STEP))
        azimuth = (np.arange(number) + 0.5) * 2 * np.pi / number
        rings.append(np.stack([rise * np.cos(azimuth), rise * np.sin(azimuth)], axis=1))
    even = np.concatenate(rings)
    rise = np.hypot(even[:, :1], even[:, 1:])
    slopes = even * np.sinh(rise) / np.maximum(rise, 1e-9)
    neighbours = np.asarray(KDTree(even).query(even, 9)[1], np.int64)[:, 1:]
    columns = slice(EVERY // 2, None, EVERY)
    shift = np.rint(slopes @ WAVES[1:, columns] / ROW_STEP_RADII).astype(np.int64)
    return _Grid(slopes, neighbours, direction_of(slopes)[:, columns], shift)


def _rises(sinusoid: Floats) -> Floats:
    """dz/dtheta of sinusoids (..., 2 or 3) at each column, (..., columns)."""
    return np.asarray(sinusoid[..., -1:] * WAVES[1] - sinusoid[..., -2:-1] * WAVES[2])


def stretch_of(sinusoid: Floats) -> Floats:
    """Length along depth of a unit across the trace, (..., columns)."""
    return np.hypot(1.0, _rises(sinusoid))


def direction_of(sinusoid: Floats) -> Indices:
    step = DIRECTIONS_RAD[1] - DIRECTIONS_RAD[0]
    index = np.rint((np.arctan(_rises(sinusoid)) - DIRECTIONS_RAD[0]) / step).astype(np.int64)
    return np.asarray(np.clip(index, 0, len(DIRECTIONS_RAD) - 1))


def _peaks(votes: Votes, seen: Mask, least: float) -> Iterator[tuple[int, Floats]]:
    """Sort of votes and sinusoid, z0 from the top of the chunk, of the Hough transform's peaks, the highest first."""
    grid = _grid()
    rows = votes.shape[2] - 2 * REACH
    share = _sums(np.broadcast_to(seen, votes.shape[1:]).astype(np.float32), rows)
    peaks = np.empty((0, 4))
    for kind in range(len(votes)):
        # Random votes add up like the root of their number, so this ranks full traces and those with gaps alike.
        height = np.abs(_sums(votes[kind], rows)) / np.sqrt(np.maximum(share, 0.25))
        nearby = np.asarray(maximum_filter1d(height, 5, axis=1, mode="constant"))
        highest = nearby.copy()
        for neighbour in grid.neighbours.T:
            np.maximum(highest, nearby[neighbour], out=highest)
        plane, row = np.nonzero((height >= highest) & (height > least))
        peaks = np.vstack([peaks, np.stack([height[plane, row], np.full(len(row), kind), plane, row], axis=1)])
    for _, kind, plane, row in peaks[np.argsort(-peaks[:, 0], kind="stable")][:PEAKS_MOST]:
        yield int(kind), np.array([(row + REACH + 0.5) * ROW_STEP_RADII, *grid.slopes[int(plane)]])


def _sums(votes: Votes, rows: int) -> Votes:
    """Mean votes (directions, rows + 2 REACH, columns) along every plane of the grid at every row, (planes, rows)."""
    grid = _grid()
    columns = np.ascontiguousarray(votes[:, :, EVERY // 2 :: EVERY].transpose(2, 0, 1))
    total = np.zeros((len(grid.slopes), rows), np.float32)
    for j, column in enumerate(sliding_window_view(columns, rows, axis=2)):
        total += column[grid.direction[:, j], grid.shift[:, j] + REACH]
    return np.asarray(total / len(columns), np.float32)


def beside(votes: NDArray[np.generic], sinusoid: Floats, offsets: Floats) -> Floats:
    """Votes (directions, rows, columns) at offsets across a trace, (offsets, columns); none beyond the chunk."""
    z = sinusoid @ WAVES + offsets[:, None] * stretch_of(sinusoid)
    row = np.floor(z / ROW_STEP_RADII).astype(np.int64)
    inside = (row >= 0) & (row < votes.shape[1])
    near = votes[direction_of(sinusoid), np.clip(row, 0, votes.shape[1] - 1), np.arange(COLUMNS)]
    return np.asarray(near * inside, np.float64)


class SinusoidModel:
    """``z = z0 + a cos(theta) + b sin(theta)`` for :func:`skimage.measure.ransac`.

    Points (n, 5): 1, cos(theta), sin(theta), z, and how far a unit of z is across the trace.
    """

    def __init__(self) -> None:
        self.sinusoid: Floats = np.zeros(3)

    def estimate(self, points: Floats) -> bool:
        """Least squares across the trace (scikit-image before 0.26 asks for this); False where it has no answer."""
        weighted = (points[:, :3] * points[:, 4:] ** 2).T
        try:
            self.sinusoid = np.asarray(np.linalg.solve(weighted @ points[:, :3], weighted @ points[:, 3]), np.float64)
        except np.linalg.LinAlgError:
            return False
        return True

    @classmethod
    def from_estimate(cls, points: Floats) -> SinusoidModel | None:
        """The same for scikit-image from 0.26 on; None where there is no answer."""
        model = cls()
        return model if model.estimate(points) else None

    def residuals(self, points: Floats) -> Floats:
        """Distances (n,) across the trace."""
        return np.asarray((points[:, 3] - points[:, :3] @ self.sinusoid) * points[:, 4])


def _well_spread(points: Floats) -> bool:
    """Whether points lie all around the hole, and not on one piece of it that many sinusoids fit."""
    return bool(np.linalg.det(points[:, :3].T @ points[:, :3] * 3 / len(points)) > WELL_SPREAD)


def _fitted(votes: Votes, peak: Floats, point_least: float, rng: np.random.Generator) -> Floats | None:
    """The sinusoid through the points of most votes near a peak, or None when they bear none."""
    points = _points(beside(votes, peak, OFFSETS), peak, point_least)
    if len(points) < POINTS_LEAST or not _well_spread(points):
        return None
    everything = np.ones(len(points), bool)
    with quiet(message="No inliers found"):  # no plane is an answer
        model, _ = ransac(  # type: ignore[no-untyped-call]
            points,
            SinusoidModel,
            min_samples=3,
            residual_threshold=INLIER,
            is_data_valid=_well_spread,
            max_trials=TRIALS,
            rng=rng,
            initial_inliers=everything,
        )
    good = model is not None and np.hypot(*model.sinusoid[1:]) < 1.1 * STEEPEST
    return np.asarray(model.sinusoid) if good else None


def _points(profile: Floats, sinusoid: Floats, least: float) -> Floats:
    """Points (n, 5) where the votes (offsets, columns) beside a trace are strongest, between two weaker ones."""
    middle = len(OFFSETS) // 2
    if profile[middle - 1 : middle + 2].sum() < 0:
        profile = -profile
    best = profile.argmax(0)
    j = np.nonzero((profile.max(0) > least) & (best > 0) & (best < len(OFFSETS) - 1))[0]
    before, peak, after = (profile[best[j] + step, j] for step in (-1, 0, 1))
    vertex = np.clip(0.5 * (before - after) / np.minimum(before - 2 * peak + after, -1e-6), -0.5, 0.5)
    stretch = stretch_of(sinusoid)[j]
    z = sinusoid @ WAVES[:, j] + (OFFSETS[best[j]] + vertex * (OFFSETS[1] - OFFSETS[0])) * stretch
    return np.column_stack([WAVES[:, j].T, z, 1 / stretch])
