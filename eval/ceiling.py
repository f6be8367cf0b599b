"""What a second interpreter would score against the first: what scores above it has learned one person's habits.

Nobody has published how well interpreters of borehole images agree, so this is an assumption, and is simulated: the
second one has a share of the first one's planes, a little displaced, and as many others instead of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.borehole.picks import Picks
from geobfdt.eval.lines import POOLED
from geobfdt.eval.matching import CRITERIA, Criterion
from geobfdt.eval.report import TOLERANCES_M, score
from geobfdt.eval.wells import Intervals

SHARES = 0.7, 0.8
"""Of the planes that the two have in common."""
DEPTH_SD_M, POLE_SD_DEG = 0.02, 3.0
"""Standard deviations between their depths, and between their poles along either direction."""
DRAWS = 10


@dataclass(frozen=True)
class Ceiling:
    """F1 of one who shares the first of :data:`SHARES`, and of one who shares the second, mean over draws."""

    criterion: Criterion
    tolerance_m: float
    low: float
    high: float


def ceiling(
    ref: Picks,
    *,
    hole_diameter_m: float | Mapping[str, float],
    tolerances_m: Sequence[float] = TOLERANCES_M,
    intervals_m: Intervals | Mapping[str, Intervals | None] | None = None,
    seed: int = 0,
) -> tuple[Ceiling, ...]:
    """Of an interpreter's picks, for every criterion and tolerance, all kinds together. Raises as
    :func:`geobfdt.eval.score` does.
    """
    rng = np.random.default_rng(seed)
    f1: dict[tuple[Criterion, float], list[list[float]]] = {}
    for _ in range(DRAWS):
        for number, share in enumerate(SHARES):
            report = score(
                ref,
                second_interpreter(ref, share, rng),
                hole_diameter_m=hole_diameter_m,
                tolerances_m=tolerances_m,
                intervals_m=intervals_m,
                chance_draws=0,
            )
            for criterion in CRITERIA:
                for tolerance_m in tolerances_m:
                    drawn = f1.setdefault((criterion, tolerance_m), [[], []])
                    drawn[number].append(report.get(POOLED, criterion, tolerance_m).counts.f1)
    return tuple(Ceiling(*line, *(float(np.mean(part)) for part in drawn)) for line, drawn in f1.items())


def second_interpreter(ref: Picks, share: float, rng: np.random.Generator) -> Picks:
    """As many picks of each well as there are: a share of them near the first one's, the others anywhere between the
    well's first and last, with the orientations of planes there.
    """
    parts = []
    for name in np.unique(ref.well).tolist():
        picks = ref[np.asarray(ref.well) == name]
        n = len(picks)
        common = rng.uniform(size=n) < share
        pole = poles(picks.dip_deg, picks.azimuth_deg)
        off = np.tan(np.radians(POLE_SD_DEG)) * rng.normal(size=(n, 3))
        off -= (off * pole).sum(1, keepdims=True) * pole  # along the sphere
        dip_deg, azimuth_deg = plane_from_pole(pole + off)
        anywhere = rng.uniform(picks.depth_m.min(), picks.depth_m.max(), n)
        depth_m = np.where(common, picks.depth_m + DEPTH_SD_M * rng.normal(size=n), anywhere)
        parts.append(replace(picks, depth_m=depth_m, dip_deg=dip_deg, azimuth_deg=azimuth_deg))
    return Picks.concatenate(parts) if parts else ref


def ceiling_text(lines: Sequence[Ceiling]) -> str:
    """A sentence, and a line a criterion."""
    tolerances = list(dict.fromkeys(line.tolerance_m for line in lines))
    head = (
        f"Assumed ceiling, simulated: F1 of a second interpreter who shares {SHARES[0]:.0%} to {SHARES[1]:.0%} of the "
        f"planes,\n{100 * DEPTH_SD_M:g} cm and {POLE_SD_DEG:g} degrees off; nobody has measured it."
    )
    rows = [f"{'criterion':<9} " + " ".join(f"{100 * tolerance_m:>8.4g} cm" for tolerance_m in tolerances)]
    for criterion in CRITERIA:
        of_criterion = [line for line in lines if line.criterion == criterion]
        rows.append(f"{criterion:<9} " + " ".join(f"{line.low:>6.2f}-{line.high:.2f}" for line in of_criterion))
    return "\n".join([head, *rows])
