"""The classical baseline: edges, a Hough transform for sinusoids, RANSAC; no network.

What a learned detector has to beat, and made as well as the classical way goes:

1. Edges. Gaussian derivatives across a trace (missing pixels are filled by normalised convolution and never vote): the
   second answers to thin lines, which are fractures, the first to steps, which are beds. Weighed against what is usual
   around them they become *votes* in (-1, 1), so that no bright spot makes a plane.
2. A Hough transform of the votes, and RANSAC at its peaks: see :mod:`geobfdt.prediction.hough`.

This is how sinusoids were picked before networks; Costes et al. 2021 (10.1190/geo2020-0392.1) is such a Hough
transform with an a-contrario threshold. Lengths here are hole radii, rows and columns those of
:func:`geobfdt.windows.grid.gridded_stretches`; edges and sums are made for one chunk of the log at a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.prediction.found import Found
from geobfdt.prediction.hough import (
    CONTEXT,
    DIRECTIONS_RAD,
    OWNED,
    Floats,
    Mask,
    Rules,
    Votes,
    beside,
    planes_in,
    smooth,
)
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII, gridded_stretches

THRESHOLD = 0.4
"""Least confidence of a pick: of the best F1 (8 cm and 10 degrees) on the wells that :data:`RATING` was fitted on."""
SIGMA = 0.1
"""Width of the edge filters, 1.1 cm in an 8.5 in hole: traces are about as wide, beds thicker."""
USUAL_WITHIN = 1.0
"""Reach (standard deviation) of what is usual around an edge: contrast changes from layer to layer."""
FAINTEST = (0.3, 0.005)
"""Nothing is usual below these shares of a chunk's median edge and of the image's range: empty stretches stay empty."""
ERASED, ERASED_BESIDE_LINES = 0.15, 0.3
"""Half width of the steps that a bed explains; and of all else, because lines have flanks and echoes beside them."""
RATING = (-13.3, 13.9, 2.4, -0.3, 3.4)
"""Logistic weights of :func:`_confidence`: fitted on the top of 20 wells of geobfdt.synthetic, seeds 5100 to 5119."""

LINE, STEP = KINDS.index("fracture"), KINDS.index("bedding")


def classical_picks(log: ImageLog, *, seed: int = 0) -> Picks:
    """Pick the planes of an image log the classical way; an image without contrast has none.

    Depths in metres along hole, dips and azimuths in degrees as the image shows them, kinds "fracture" and "bedding",
    confidence in [:data:`THRESHOLD`, 1]. ``seed`` is that of RANSAC's samples: the same seed, the same picks.
    """
    parts = list(gridded_stretches(log))
    shown = np.concatenate([image[valid > 0] for _, (image, valid) in parts])
    low, high = np.percentile(shown, [0.1, 99.9]) if len(shown) else (0.0, 0.0)
    if not high - low > 1e-5 * max(abs(low), abs(high)):  # less is rounding, even of a constant image
        return Picks()
    rng = np.random.default_rng(seed)
    found = []
    for top, (image, valid) in parts:
        scaled = np.clip((np.asarray(image, np.float64) - low) / (high - low), 0.0, 1.0)
        for first in range(0, len(image), OWNED):
            for kind, confidence, sinusoid in _planes(scaled, valid, first, rng):
                sinusoid[0] += top * ROW_STEP_RADII
                found.append(((top - parts[0][0] + first) // OWNED, kind, confidence, sinusoid))
    planes = Found.of(found)
    return planes.merged().inside(log).picks(log)


def _planes(
    image: Floats, valid: NDArray[np.float32], first: int, rng: np.random.Generator
) -> Iterator[tuple[int, float, Floats]]:
    """Kind, confidence and sinusoid, z0 from the top of the image, of the planes whose z0 lies in a chunk's rows."""
    above = first - CONTEXT
    place = np.arange(above, above + OWNED + 2 * CONTEXT)
    inside = (place >= 0) & (place < len(image))
    place = np.clip(place, 0, len(image) - 1)
    votes, seen = _votes(image[place], valid[place] * inside[:, None])
    for kind, confidence, sinusoid in planes_in(votes, seen, RULES, rng):
        sinusoid[0] += above * ROW_STEP_RADII
        yield kind, confidence, sinusoid


def _votes(image: Floats, valid: NDArray[np.floating]) -> tuple[Votes, Mask]:
    """Edges of (rows, columns) by kind and direction, (2, directions, rows, columns), and where they can be seen."""
    pixels = np.array([ROW_STEP_RADII, 2 * np.pi / COLUMNS])
    sigma = SIGMA / pixels
    there = valid > 0
    around = smooth(image * there, 3 * sigma) / np.maximum(smooth(valid, 3 * sigma), 1e-6)
    filled = np.where(there, image, around)
    seen = there & (smooth(valid, 0.7 * sigma) > 0.7)
    z, t, zz, zt, tt = (
        smooth(filled, sigma, order) * sigma[0] ** order[0] * sigma[1] ** order[1]
        for order in ((1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    )
    cos, sin = np.cos(DIRECTIONS_RAD)[:, None, None], np.sin(DIRECTIONS_RAD)[:, None, None]
    edges = np.empty((2, len(DIRECTIONS_RAD), *image.shape), np.float32)
    edges[LINE] = cos**2 * zz - 2 * cos * sin * zt + sin**2 * tt
    edges[STEP] = cos * z - sin * t
    edges *= seen
    size = np.abs(edges).mean(1)
    weight = np.maximum(smooth(seen, USUAL_WITHIN / pixels), 1e-3)
    usual = np.stack([smooth(kind, USUAL_WITHIN / pixels) / weight for kind in size])
    median = np.median(size[:, seen], axis=1) if seen.any() else np.zeros(2)
    usual = np.maximum(usual, np.maximum(FAINTEST[0] * median, FAINTEST[1])[:, None, None])
    return np.asarray(edges / (np.abs(edges) + usual[:, None]), np.float32), seen


def _confidence(votes: Votes, seen: Mask, sinusoid: Floats) -> float:
    """How sure a trace is a plane, in [0, 1]: from the mean of its votes, how steady they are, how much of the wall is
    seen, and the dip, because rock is full of flat streaks that are no plane.
    """
    there = beside(np.broadcast_to(seen, votes.shape), sinusoid, np.zeros(1))[0] > 0
    if not there.any():
        return 0.0
    along = beside(votes, sinusoid, np.array([-0.04, 0.0, 0.04])).mean(0)[there]
    mean = abs(float(along.mean()))
    steady = np.log(max(mean / (float(along.std()) + 0.05), 0.05))
    evidence = (1.0, mean, steady, np.log(there.mean() + 0.05), np.arctan(np.hypot(*sinusoid[1:])))
    return float(1 / (1 + np.exp(-np.dot(RATING, evidence))))


_BESIDE_LINES = (ERASED_BESIDE_LINES, ERASED_BESIDE_LINES)
RULES = Rules(_confidence, THRESHOLD, 0.25, 0.22, 0.2, (_BESIDE_LINES, (ERASED_BESIDE_LINES, ERASED)))
