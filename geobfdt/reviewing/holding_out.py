"""Which reviewed metres teach and which are kept to judge by: no window of the one shows a pixel of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.windows.grid import HEIGHT_RADII

Stretches = tuple[tuple[float, float], ...]
"""(top, base) depths in metres."""

SHARE = 0.25
"""Of a reviewed stretch, its deepest part, that is held out."""
GAP_HEIGHTS = 0.75
"""Window heights between the two that serve neither. The window that owns a depth has its centre within a quarter of
its height, and so shows up to three quarters above the depth: no pixel of what was taught."""
LEAST_HEIGHTS = 3.0
"""Window heights, 40 hole radii, of the shortest stretch that is parted; shorter ones teach, whole."""
TAUGHT_HEIGHTS = 4.0
"""Window heights that have to teach, 54 radii or 5.8 m in an 8.5 in hole."""
FEWEST_TAUGHT, FEWEST_HELD_OUT = 20, 10
"""Picks that have to teach and to judge by. On a real LWD log 300 steps on 67 picks in 9.3 m bettered joint F1 on 29
that were held out from 0.62 to 0.71 (chance 0.47 and 0.55), and on 39 in 5.9 m from 0.62 to 0.74 on 20 (chance 0.46 and
0.52); 100 steps on the same 39 did not, 0.59. With 10 to judge by, F1 is known within 0.2 either way, no better.
"""


@dataclass(frozen=True)
class Parted:
    """Reviewed metres that teach, and that are held out; what lies between is neither."""

    taught_m: Stretches
    held_out_m: Stretches


def parted(reviewed_m: Sequence[tuple[float, float]], radius_m: float) -> Parted:
    """Part reviewed (top, base) depths in metres, disjoint, in a hole of a radius in metres: of each stretch that is
    high enough its last quarter is held out.
    """
    height_m = HEIGHT_RADII * radius_m
    taught, held_out = [], []
    for top, base in sorted(reviewed_m):
        if base - top < LEAST_HEIGHTS * height_m:
            taught.append((top, base))
            continue
        kept = base - SHARE * (base - top)
        held_out.append((kept, base))
        taught.append((top, kept - GAP_HEIGHTS * height_m))
    # Stretches may lie close to each other: nothing that teaches comes nearer to what judges.
    gap_m = GAP_HEIGHTS * height_m
    for top, base in held_out:
        taught = [part for one in taught for part in _without(one, top - gap_m, base + gap_m)]
    return Parted(tuple(taught), tuple(held_out))


def _without(stretch: tuple[float, float], top: float, base: float) -> list[tuple[float, float]]:
    """What of a stretch lies outside another one."""
    parts = [(stretch[0], min(stretch[1], top)), (max(stretch[0], base), stretch[1])]
    return [part for part in parts if part[1] > part[0]]


def check_enough(picks: Picks, parts: Parted, radius_m: float) -> None:
    """Raise :class:`InputError`, which says how much is needed, where it is too little to teach with or to judge by."""
    height_m = HEIGHT_RADII * radius_m
    taught_m = sum(base - top for top, base in parts.taught_m)
    taught, held_out = (len(picks.within(part)) for part in (parts.taught_m, parts.held_out_m))
    if not parts.held_out_m:
        raise InputError(
            f"to judge by, a stretch of {LEAST_HEIGHTS * height_m:.1f} m and more has to be reviewed in one piece, of "
            "which the last quarter is held out; review on"
        )
    if taught < FEWEST_TAUGHT or taught_m < TAUGHT_HEIGHTS * height_m:
        raise InputError(
            f"{taught} accepted picks in {taught_m:.1f} reviewed m are too few to teach: it takes {FEWEST_TAUGHT} in "
            f"{TAUGHT_HEIGHTS * height_m:.1f} m, beside the last quarter of each stretch, which is held out; review on"
        )
    if held_out < FEWEST_HELD_OUT:
        raise InputError(
            f"{held_out} accepted picks in the last quarter of what was reviewed are too few to judge by: it takes "
            f"{FEWEST_HELD_OUT}; review on"
        )
