"""The classical baseline: edges, a Hough transform for sinusoids, RANSAC; no network.

What a learned detector has to beat, and made as well as the classical way goes:

1. Edges. Gaussian derivatives across a trace (missing pixels are filled by normalised convolution and never vote): the
   second answers to thin lines, which are fractures, the first to steps, which are beds. Weighed against what is usual
   around them they become *votes* in (-1, 1), so that no bright spot makes a plane.
2. Hough transform. Each plane of a grid, even across the traces, sums the votes along its trace: of edges that run as
   the trace does and have one sign.
3. Peaks, the best first. The edge points near a peak are fitted by RANSAC (:func:`skimage.measure.ransac`) and the
   trace is rated; if it holds, its edges are erased, so that they support no other plane.

This is how sinusoids were picked before networks; Costes et al. 2021 (10.1190/geo2020-0392.1) is such a Hough
transform with an a-contrario threshold. Lengths here are hole radii, rows and columns those of
:func:`geobfdt.windows.gridded`; edges and sums are made for one chunk of the log at a time.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, maximum_filter1d
from scipy.spatial import KDTree
from skimage.measure import ransac

from geobfdt.geometry import plane_from_sinusoid
from geobfdt.image_log import ImageLog
from geobfdt.picks import KINDS, Picks, wrap_azimuth_deg
from geobfdt.windows import COLUMNS, ROW_STEP_RADII, gridded, merge_repeats

Floats = NDArray[np.float64]
Votes = NDArray[np.float32]
Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

THRESHOLD = 0.4
"""Least confidence of a pick: of the best F1 (8 cm and 10 degrees) on the wells that :data:`RATING` was fitted on."""
STEEPEST = float(np.tan(np.radians(80.0)))
SIGMA = 0.1
"""Width of the edge filters, 1.1 cm in an 8.5 in hole: traces are about as wide, beds thicker."""
USUAL_WITHIN = 1.0
"""Reach (standard deviation) of what is usual around an edge: contrast changes from layer to layer."""
FAINTEST = (0.3, 0.005)
"""Nothing is usual below these shares of a chunk's median edge and of the image's range: empty stretches stay empty."""
DIRECTIONS_RAD = np.radians(np.arange(-75.0, 76.0, 15.0))
"""Slopes of a trace that edges are told apart by: 7.5 degrees off costs a filter 2 percent."""

OWNED, MARGIN = 192, 12
"""Rows whose planes a chunk finds, and rows above and below where it looks for planes that may explain its edges."""
REACH = int(np.ceil(STEEPEST / ROW_STEP_RADII)) + 8
"""Rows above and below these, so that the steepest trace is seen whole."""
GRID_STEP = 0.09
"""Distance of neighbouring planes of the Hough grid, across their traces: about a filter's width."""
EVERY = 3
"""Every which column votes in the Hough transform; the filters reach as far."""
HOUGH_LEAST, VOTE_LEAST, PEAKS_MOST = 0.25, 0.22, 120
"""Peaks below this are not looked at; traces whose votes are fewer by now are explained; no chunk shows more planes."""

OFFSETS = np.linspace(-0.2, 0.2, 9)
"""Where edge points are looked for across a trace."""
POINT_LEAST, POINTS_LEAST = 0.2, 20
"""Votes that make an edge point, and points that make a plane."""
INLIER, TRIALS = 0.07, 20
"""A row off the trace is an inlier. RANSAC starts from all points, so few trials do."""
WELL_SPREAD = 0.3
"""Of 6.75 for azimuths evenly spread: below, three points lie too near each other to bear a sinusoid."""
ERASED, ERASED_BESIDE_LINES = 0.15, 0.3
"""Half width of the steps that a bed explains; and of all else, because lines have flanks and echoes beside them."""
RATING = (-13.3, 13.9, 2.4, -0.3, 3.4)
"""Logistic weights of :func:`_confidence`: fitted on the top of 20 wells of geobfdt.synthetic, seeds 5100 to 5119."""

THETA = (np.arange(COLUMNS) + 0.5) * 2 * np.pi / COLUMNS
WAVES = np.stack([np.ones(COLUMNS), np.cos(THETA), np.sin(THETA)])
"""(3, columns): a sinusoid (z0, a, b) times this is its trace."""
LINE, STEP = KINDS.index("fracture"), KINDS.index("bedding")


def classical_picks(log: ImageLog, *, seed: int = 0) -> Picks:
    """Pick the planes of an image log the classical way; an image without contrast has none.

    Depths in metres along hole, dips and azimuths in degrees as the image shows them, kinds "fracture" and "bedding",
    confidence in [:data:`THRESHOLD`, 1]. ``seed`` is that of RANSAC's samples: the same seed, the same picks.
    """
    image, valid, top_m = gridded(log)
    low, high = np.percentile(image[valid > 0], [0.1, 99.9]) if valid.any() else (0.0, 0.0)
    if not high - low > 1e-5 * max(abs(low), abs(high)):  # less is rounding, even of a constant image
        return Picks()
    scaled = np.clip((np.asarray(image, np.float64) - low) / (high - low), 0.0, 1.0)
    rng = np.random.default_rng(seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No inliers found", UserWarning)  # no plane is an answer
        found = [
            (kind, chunk, confidence, *sinusoid)
            for chunk, first in enumerate(range(0, len(image), OWNED))
            for kind, confidence, sinusoid in _planes(scaled, valid, first, rng)
        ]
    table = np.array(found, float).reshape(-1, 6)
    kept, merged = merge_repeats(table[:, 3:], table[:, 2], table[:, 1].astype(np.int64))
    depth_m = top_m + merged[:, 0] * log.radius_m
    kept &= (depth_m >= log.top_m - log.row_step_m / 2) & (depth_m <= log.base_m + log.row_step_m / 2)
    dip_deg, azimuth_deg = plane_from_sinusoid(merged[kept, 1], merged[kept, 2])
    return Picks(
        depth_m[kept],
        dip_deg,
        wrap_azimuth_deg(azimuth_deg + log.first_azimuth_deg),
        kind=np.array(KINDS)[table[kept, 0].astype(np.int64)],
        confidence=table[kept, 2],
        well=log.well,
    ).sorted()


def _planes(image: Floats, valid: Votes, first: int, rng: np.random.Generator) -> Iterator[tuple[int, float, Floats]]:
    """Kind, confidence and sinusoid, z0 from the top of the image, of the planes whose z0 lies in a chunk's rows."""
    above = first - MARGIN - REACH
    rows = OWNED + 2 * MARGIN
    place = np.arange(above, above + rows + 2 * REACH)
    inside = (place >= 0) & (place < len(image))
    place = np.clip(place, 0, len(image) - 1)
    votes, seen = _votes(image[place], valid[place] * inside[:, None])
    if not seen.any():
        return
    for kind, peak in _peaks(votes, seen, rows):
        if abs(_beside(votes[kind], peak, np.array([-0.05, 0.0, 0.05])).mean()) < VOTE_LEAST:
            continue
        sinusoid = _fitted(votes[kind], peak, rng)
        confidence = 0.0 if sinusoid is None else _confidence(votes[kind], seen, sinusoid)
        if sinusoid is None or confidence < THRESHOLD:
            continue
        across = np.abs((np.arange(len(place)) + 0.5)[:, None] * ROW_STEP_RADII - sinusoid @ WAVES) / _stretch(sinusoid)
        votes[LINE] *= across > ERASED_BESIDE_LINES
        votes[STEP] *= across > (ERASED if kind == STEP else ERASED_BESIDE_LINES)
        if first <= sinusoid[0] / ROW_STEP_RADII + above < first + OWNED:
            sinusoid[0] += above * ROW_STEP_RADII
            yield kind, confidence, sinusoid


def _votes(image: Floats, valid: NDArray[np.floating]) -> tuple[Votes, Mask]:
    """Edges of (rows, columns) by kind and direction, (2, directions, rows, columns), and where they can be seen."""
    pixels = np.array([ROW_STEP_RADII, 2 * np.pi / COLUMNS])
    sigma = SIGMA / pixels
    there = valid > 0
    around = _smooth(image * there, 3 * sigma) / np.maximum(_smooth(valid, 3 * sigma), 1e-6)
    filled = np.where(there, image, around)
    seen = there & (_smooth(valid, 0.7 * sigma) > 0.7)
    z, t, zz, zt, tt = (
        _smooth(filled, sigma, order) * sigma[0] ** order[0] * sigma[1] ** order[1]
        for order in ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    )
    cos, sin = np.cos(DIRECTIONS_RAD)[:, None, None], np.sin(DIRECTIONS_RAD)[:, None, None]
    edges = np.empty((2, len(DIRECTIONS_RAD), *image.shape), np.float32)
    edges[LINE] = cos**2 * zz - 2 * cos * sin * zt + sin**2 * tt
    edges[STEP] = cos * z - sin * t
    edges *= seen
    size = np.abs(edges).mean(1)
    weight = np.maximum(_smooth(seen, USUAL_WITHIN / pixels), 1e-3)
    usual = np.stack([_smooth(kind, USUAL_WITHIN / pixels) / weight for kind in size])
    median = np.median(size[:, seen], axis=1) if seen.any() else np.zeros(2)
    usual = np.maximum(usual, np.maximum(FAINTEST[0] * median, FAINTEST[1])[:, None, None])
    return np.asarray(edges / (np.abs(edges) + usual[:, None]), np.float32), seen


def _smooth(image: NDArray[np.generic], sigma: Floats, order: tuple[int, int] = (0, 0)) -> Floats:
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
    return _Grid(slopes, neighbours, _direction(slopes)[:, columns], shift)


def _rises(sinusoid: Floats) -> Floats:
    """dz/dtheta of sinusoids (..., 2 or 3) at each column, (..., columns)."""
    return np.asarray(sinusoid[..., -1:] * WAVES[1] - sinusoid[..., -2:-1] * WAVES[2])


def _stretch(sinusoid: Floats) -> Floats:
    """Length along depth of a unit across the trace, (..., columns)."""
    return np.hypot(1.0, _rises(sinusoid))


def _direction(sinusoid: Floats) -> Indices:
    step = DIRECTIONS_RAD[1] - DIRECTIONS_RAD[0]
    index = np.rint((np.arctan(_rises(sinusoid)) - DIRECTIONS_RAD[0]) / step).astype(np.int64)
    return np.asarray(np.clip(index, 0, len(DIRECTIONS_RAD) - 1))


def _peaks(votes: Votes, seen: Mask, rows: int) -> Iterator[tuple[int, Floats]]:
    """Kind and sinusoid, z0 from the top of the chunk, of the peaks of the Hough transform, the highest first."""
    grid = _grid()
    share = _sums(np.broadcast_to(seen, votes.shape[1:]).astype(np.float32), rows)
    peaks = np.empty((0, 4))
    for kind in (LINE, STEP):
        # Random votes add up like the root of their number, so this ranks full traces and those with gaps alike.
        height = np.abs(_sums(votes[kind], rows)) / np.sqrt(np.maximum(share, 0.25))
        nearby = np.asarray(maximum_filter1d(height, 5, axis=1, mode="constant"))
        highest = nearby.copy()
        for neighbour in grid.neighbours.T:
            np.maximum(highest, nearby[neighbour], out=highest)
        plane, row = np.nonzero((height >= highest) & (height > HOUGH_LEAST))
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


def _beside(votes: NDArray[np.generic], sinusoid: Floats, offsets: Floats) -> Floats:
    """Votes (directions, rows, columns) at offsets across a trace, (offsets, columns); none beyond the chunk."""
    z = sinusoid @ WAVES + offsets[:, None] * _stretch(sinusoid)
    row = np.floor(z / ROW_STEP_RADII).astype(np.int64)
    inside = (row >= 0) & (row < votes.shape[1])
    near = votes[_direction(sinusoid), np.clip(row, 0, votes.shape[1] - 1), np.arange(COLUMNS)]
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


def _fitted(votes: Votes, peak: Floats, rng: np.random.Generator) -> Floats | None:
    """The sinusoid through the edge points near a peak, or None when they bear none."""
    points = _edge_points(_beside(votes, peak, OFFSETS), peak)
    if len(points) < POINTS_LEAST or not _well_spread(points):
        return None
    everything = np.ones(len(points), bool)
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


def _edge_points(profile: Floats, sinusoid: Floats) -> Floats:
    """Points (n, 5) where the votes (offsets, columns) beside a trace are strongest, between two weaker ones."""
    middle = len(OFFSETS) // 2
    if profile[middle - 1 : middle + 2].sum() < 0:
        profile = -profile
    best = profile.argmax(0)
    j = np.nonzero((profile.max(0) > POINT_LEAST) & (best > 0) & (best < len(OFFSETS) - 1))[0]
    before, peak, after = (profile[best[j] + step, j] for step in (-1, 0, 1))
    vertex = np.clip(0.5 * (before - after) / np.minimum(before - 2 * peak + after, -1e-6), -0.5, 0.5)
    stretch = _stretch(sinusoid)[j]
    z = sinusoid @ WAVES[:, j] + (OFFSETS[best[j]] + vertex * (OFFSETS[1] - OFFSETS[0])) * stretch
    return np.column_stack([WAVES[:, j].T, z, 1 / stretch])


def _confidence(votes: Votes, seen: Mask, sinusoid: Floats) -> float:
    """How sure a trace is a plane, in [0, 1]: from the mean of its votes, how steady they are, how much of the wall is
    seen, and the dip, because rock is full of flat streaks that are no plane.
    """
    there = _beside(np.broadcast_to(seen, votes.shape), sinusoid, np.zeros(1))[0] > 0
    if not there.any():
        return 0.0
    along = _beside(votes, sinusoid, np.array([-0.04, 0.0, 0.04])).mean(0)[there]
    mean = abs(float(along.mean()))
    steady = np.log(max(mean / (float(along.std()) + 0.05), 0.05))
    evidence = (1.0, mean, steady, np.log(there.mean() + 0.05), np.arctan(np.hypot(*sinusoid[1:])))
    return float(1 / (1 + np.exp(-np.dot(RATING, evidence))))
