"""Synthetic wells as interpreters pick them: a little off, not everything, and each in a way of one's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from geobfdt.borehole.geometry import plane_from_sinusoid, sinusoid_from_plane, trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import compress_decades
from geobfdt.borehole.picks import Picks, wrap_azimuth_deg

LAMINA_RADII = 0.2
"""Laminae are picked no closer than this, 2.2 cm in an 8.5 in hole: the wavelength of the texture's fine lamination."""
SECTORS, SURE = 12, 2.5
"""A lamina's boundary is one where the image steps alike all around: in so many sectors of the hole, the mean step
being so many times its standard error over them. What noise or mottles do in one sector they undo in another."""
LEAST_SECTORS = 4
"""Sectors that must hold valid pixels."""
FAINTEST_STEP = 0.03
"""In standard deviations of the image; fainter ones nobody sees."""
STEEPEST_DEG = 89.0

# Streams of draws, apart from each other's: who picks, and what comes of it.
_WHO, _PICKS, _HOW_MANY = 1, 2, 3

PROFESSIONAL_PER_M = 2.0, 15.0
"""Picks a metre of four professionals in one formation: 2.1 to 14.5."""


@dataclass(frozen=True)
class Interpreter:
    """How someone picks.

    depth_sd_m, dip_sd_deg, azimuth_sd_deg   standard deviations of the errors of single picks
    depth_bias_m   error of the depth that all picks share, positive down
    missed         share of the planes that are not picked, at most a half: the faintest are missed twice as often as
                   the average, the strongest never
    every_lamina   whether the boundaries that are too faint for others are picked, too, and every lamina
    most_per_m     picks a metre of log that are never exceeded, the strongest planes first
    least_apart_m  depths between two picks, of which the weaker is left out where they lie closer
    all_beds       whether every plane is called bedding
    """

    depth_sd_m: float = 0.0
    dip_sd_deg: float = 0.0
    azimuth_sd_deg: float = 0.0
    depth_bias_m: float = 0.0
    missed: float = 0.0
    every_lamina: bool = False
    most_per_m: float = math.inf
    least_apart_m: float = 0.0
    all_beds: bool = False


@dataclass(frozen=True, eq=False)
class Truth:
    """What was drawn into a synthetic well.

    planes    (n,) every plane whose depth lies in the image, by depth
    strength  (n,) how much each stands out, the size of a bed boundary's step or of a fracture's trace; comparable
              within a kind
    picked    (n,) bool: the planes of the exact truth; the others are too faint to be picked
    """

    planes: Picks
    strength: NDArray[np.float64]
    picked: NDArray[np.bool_]


def draw_interpreter(seed: int, every_lamina: bool = False) -> Interpreter:
    """Someone to pick a well: depths by one or two centimetres off, one to three planes in twenty missed. Who picks
    every lamina misses nothing.
    """
    rng = np.random.default_rng((seed, _WHO))
    return Interpreter(
        depth_sd_m=rng.uniform(0.01, 0.02),
        dip_sd_deg=rng.uniform(0.5, 2.0),
        azimuth_sd_deg=rng.uniform(2.0, 6.0),
        depth_bias_m=rng.uniform(-0.015, 0.015),
        missed=0.0 if every_lamina else rng.uniform(0.05, 0.15),
        every_lamina=every_lamina,
    )


def draw_professional(seed: int) -> Interpreter:
    """Someone who picks as the well is wanted: as an interpreter, and 2 to 15 planes a metre, as professionals do in
    one formation, up to a decimetre apart; one in four names beds alone.
    """
    rng = np.random.default_rng((seed, _HOW_MANY))
    return replace(
        draw_interpreter(seed),
        most_per_m=float(np.exp(rng.uniform(*np.log(PROFESSIONAL_PER_M)))),
        least_apart_m=rng.uniform(0.0, 0.1),
        all_beds=bool(rng.random() < 0.25),
    )


def interpreted(truth: Truth, log: ImageLog, interpreter: Interpreter, seed: int) -> Picks:
    """The picks that an interpreter makes on a log whose planes are known, sorted by depth, all inside the image.

    Equal seeds give equal picks; the image is only looked at for laminae.
    """
    rng = np.random.default_rng((seed, _PICKS))
    noticed = truth.picked | interpreter.every_lamina
    noticed = noticed & (rng.uniform(size=len(truth.planes)) >= _chance_to_miss(truth, interpreter.missed))
    picks = truth.planes[_worth_it(truth, noticed, interpreter, log.rows * log.row_step_m)]
    if interpreter.all_beds:
        picks = replace(picks, kind="bedding")
    if interpreter.every_lamina:
        picks = Picks.concatenate([picks, laminae(log, truth.planes.of_kind("bedding"))])
    n = len(picks)
    depth_m = picks.depth_m + interpreter.depth_bias_m + interpreter.depth_sd_m * rng.normal(size=n)
    dip_deg = picks.dip_deg + interpreter.dip_sd_deg * rng.normal(size=n)
    azimuth_deg = picks.azimuth_deg + interpreter.azimuth_sd_deg * rng.normal(size=n)
    azimuth_deg = wrap_azimuth_deg(np.where(dip_deg < 0, azimuth_deg + 180.0, azimuth_deg))  # dips the other way
    dip_deg = np.minimum(np.abs(dip_deg), STEEPEST_DEG)
    made = replace(picks, depth_m=depth_m, dip_deg=dip_deg, azimuth_deg=azimuth_deg)
    return made.within([(log.top_m, log.base_m)]).sorted()


def _worth_it(truth: Truth, noticed: NDArray[np.bool_], interpreter: Interpreter, length_m: float) -> NDArray[np.int64]:
    """Rows of the planes that are picked of those noticed (n,), by depth: the strongest of their kind first, as long as
    there are few enough, and none too close to a stronger one.
    """
    order = np.flatnonzero(noticed)
    order = order[np.argsort(-_rank(truth)[order], kind="stable")]
    if interpreter.least_apart_m > 0:
        kept: list[int] = []
        for row in order:
            apart_m = np.abs(truth.planes.depth_m[kept] - truth.planes.depth_m[row])
            if (apart_m >= interpreter.least_apart_m).all():
                kept.append(int(row))
        order = np.array(kept, np.int64)
    return np.sort(order[: int(min(len(order), interpreter.most_per_m * length_m))])


def _rank(truth: Truth) -> NDArray[np.float64]:
    """(n,) share of the planes of its kind that each is stronger than, in (0, 1)."""
    rank = np.zeros(len(truth.planes))
    for kind in np.unique(truth.planes.kind):
        of_kind = np.flatnonzero(truth.planes.kind == kind)
        rank[of_kind[np.argsort(truth.strength[of_kind], kind="stable")]] = (np.arange(len(of_kind)) + 0.5) / len(
            of_kind
        )
    return rank


def _chance_to_miss(truth: Truth, missed: float) -> NDArray[np.float64]:
    """(n,) chances that planes are missed, of the given mean in either kind, falling with the rank of strength."""
    chance = np.zeros(len(truth.planes))
    for kind in np.unique(truth.planes.kind[truth.picked]):
        of_kind = np.flatnonzero(truth.picked & (truth.planes.kind == kind))
        rank = np.empty(len(of_kind))
        rank[np.argsort(truth.strength[of_kind], kind="stable")] = (np.arange(len(of_kind)) + 0.5) / len(of_kind)
        chance[of_kind] = 2 * missed * (1 - rank)
    return chance


def laminae(log: ImageLog, beds: Picks) -> Picks:
    """Boundaries of laminae, planes of kind "bedding": wherever the image, averaged along planes parallel to the beds
    around them, steps from one grey to another; or along level ones, if those are more. None lies on the boundary of a
    bed.

    The rock's lamination is texture, drawn without planes, along its beds or level. So its laminae are found where the
    image shows them, and none are laid where it shows none.
    """
    level = np.zeros(log.rows)
    if not len(beds):
        return _laminae_along(log, beds, level, level)
    beds = beds.sorted()
    a, b = sinusoid_from_plane(beds.dip_deg, beds.azimuth_deg)
    dipping = plane_from_sinusoid(*(np.interp(log.depth_m, beds.depth_m, part) for part in (a, b)))
    return max(_laminae_along(log, beds, *dipping), _laminae_along(log, beds, level, level), key=len)


def _laminae_along(log: ImageLog, beds: Picks, dip_deg: NDArray[np.float64], azimuth_deg: NDArray[np.float64]) -> Picks:
    """Those that dip by (rows,) towards (rows,)."""
    spacing_m = LAMINA_RADII * log.radius_m
    reach = max(1, round(spacing_m / 2 / log.row_step_m))
    step, sure = _steps_along(log, dip_deg, azimuth_deg, reach)
    rows, _ = find_peaks(np.where(sure, step, 0.0), height=FAINTEST_STEP, distance=2 * reach)
    edge_m = log.depth_m - log.row_step_m / 2  # a step lies above the first row below it
    if len(beds):
        rows = rows[np.abs(edge_m[rows, None] - beds.depth_m).min(axis=1) > spacing_m / 2]
    return Picks(edge_m[rows], dip_deg[rows], azimuth_deg[rows], kind="bedding", well=log.well)


def _steps_along(
    log: ImageLog, dip_deg: NDArray[np.float64], azimuth_deg: NDArray[np.float64], reach: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How much the image differs, in its standard deviations, between the ``reach`` rows above the upper edge of each
    row and those below it, averaged along the plane of dip and azimuth (rows,) through that row; and whether it does so
    all around. (rows,) each.
    """
    image = np.asarray(compress_decades(log.image)(log.image), np.float64)
    image = (image - np.nanmean(image)) / np.nanstd(image)
    traces = trace_depths_m(log.depth_m, dip_deg, azimuth_deg, log.hole_diameter_m, log.column_azimuths_deg)
    row = np.rint((traces - log.top_m) / log.row_step_m).astype(np.int64)
    values = image[np.clip(row, 0, log.rows - 1), np.arange(log.columns)]
    values[(row < 0) | (row >= log.rows)] = np.nan
    edges = np.unique(np.linspace(0, log.columns, SECTORS + 1).astype(int)[:-1])
    seen = np.isfinite(values)

    def sums_above(parts: NDArray[np.float64]) -> NDArray[np.float64]:
        """(rows + 1, sectors) sums over each sector's pixels above the upper edge of each row."""
        return np.pad(np.add.reduceat(parts, edges, axis=1).cumsum(axis=0), ((1, 0), (0, 0)))

    total, count = sums_above(np.where(seen, values, 0.0)), sums_above(seen.astype(np.float64))
    middle = np.arange(log.rows)
    above, below = np.maximum(middle - reach, 0), np.minimum(middle + reach, log.rows)
    counts = np.stack([count[middle] - count[above], count[below] - count[middle]])
    means = np.stack([total[middle] - total[above], total[below] - total[middle]]) / np.maximum(counts, 1)
    known = counts.min(axis=0) > 0
    step = np.where(known, means[1] - means[0], 0.0)
    sectors = np.maximum(known.sum(axis=1), 1)
    mean = step.sum(axis=1) / sectors
    variance = (np.where(known, step - mean[:, None], 0.0) ** 2).sum(axis=1) / np.maximum(sectors - 1, 1)
    sure = (np.abs(mean) > SURE * np.sqrt(variance / sectors)) & (sectors >= LEAST_SECTORS)
    return np.abs(mean), sure & (middle >= reach) & (middle <= log.rows - reach)
