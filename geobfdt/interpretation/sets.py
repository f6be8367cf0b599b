"""Sets of planes: which picks belong together by their poles, and what can be said of each set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import pole_angle_deg, poles
from geobfdt.borehole.picks import UNKNOWN, Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.bands import Estimate, estimate
from geobfdt.interpretation.intensity import CUT_DEG
from geobfdt.interpretation.mixture import MOST, sets_of
from geobfdt.interpretation.spacing import Spacing, spacing
from geobfdt.interpretation.statistics import FisherMean, fisher_mean, terzaghi_weights
from geobfdt.interpretation.zones import has_true_dips, orientations

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FractureSet:
    """A set of planes, numbered from 1 on, the one of most planes in the rock first.

    mean     mean plane, kappa and 95 % cone, poles weighed by Terzaghi
    share    of the planes in the rock, that is of all weights
    p10      planes per metre of hole as counted, with its Poisson band
    p32      area per volume, m2/m3, by Terzaghi with the cut of 15 degrees, with its band
    spacing  along the mean pole
    cosine   of the angle between hole and mean pole
    """

    number: int
    mean: FisherMean
    share: float
    p10: Estimate
    p32: Estimate
    spacing: Spacing
    cosine: float

    @property
    def name(self) -> str:
        return f"set {self.number}"


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of n picks.

    picks    those that were sorted: fractures, or what is of unknown kind where nothing is called a fracture
    member   (n,) number of the set of each, 0 of strays
    sets     as they are numbered; none in a rock whose planes have no direction in common
    length_m  of hole that they were counted in
    by_hand  whether the number of sets was asked for
    """

    picks: Picks
    member: NDArray[np.int64]
    sets: tuple[FractureSet, ...]
    length_m: float
    by_hand: bool

    @property
    def strays(self) -> int:
        return int((self.member == 0).sum())

    def of(self, number: int) -> Picks:
        return self.picks[self.member == number]

    def members(self, picks: Picks, other: int = 0) -> NDArray[np.int64]:
        """(m,) number of the set of each of all the picks that these sets were found among, 0 of strays; ``other`` of
        those that were not sorted.
        """
        member = np.full(len(picks), other, np.int64)
        member[_sorted(picks)] = self.member
        return member


def fractures_of(picks: Picks) -> Picks:
    """The fractures among picks; where nothing is called one, those of unknown kind. Beds make no sets."""
    return picks[_sorted(picks)]


def _sorted(picks: Picks) -> NDArray[np.bool_]:
    kind = np.asarray(picks.kind)
    return np.asarray(kind == ("fracture" if "fracture" in kind else UNKNOWN))


def find_sets(picks: Picks, length_m: float, number: int | None = None, seed: int = 0) -> Sets:
    """Sets of the fractures among picks over a length of hole, see :func:`geobfdt.interpretation.mixture.sets_of`.

    Poles are true where all true dips are known, else those of the image, and weigh ``1 / cos(dip against the hole)``
    (Terzaghi 1965), as a hole cuts few of the planes that run along it. They are sorted with a cut at 15 degrees, a
    weight of 3.86, because heavier ones leave so little of the sample that near sets merge. Mean planes, kappa and
    cones are of weights up to 11.47, a cut at 5 degrees: with the other the mean poles of sets along the hole turn
    towards it, out of their 95 % cones in more than half of wells (``tests/interpretation/test_sets.py``).

    The most sets that are looked for is :data:`geobfdt.interpretation.mixture.MOST`. Raises :class:`InputError` on a
    length or a number that is none.
    """
    if not length_m > 0:
        raise InputError(f"sets need a length of hole, found {length_m:g} m")
    if number is not None and not 0 <= number <= MOST:
        raise InputError(f"{number} sets cannot be told apart; ask for 1 to {MOST}")
    chosen = fractures_of(picks)
    if not len(chosen):
        return Sets(chosen, np.zeros(0, np.int64), (), length_m, number is not None)
    weight = terzaghi_weights(chosen.dip_deg, 90 - CUT_DEG)
    found = sets_of(poles(*orientations(chosen)), weight, number, seed)
    member = found.member + 1
    share = [float(weight[member == k].sum() / weight.sum()) for k in range(1, len(found.axes) + 1)]
    order = np.argsort(-np.array(share), kind="stable")
    place = np.append(0, np.argsort(order) + 1)
    member = np.asarray(place[member], np.int64)
    sets = [
        _described(k, chosen[member == k], sorted(share, reverse=True)[k - 1], length_m)
        for k in range(1, len(order) + 1)
    ]
    return Sets(chosen, member, tuple(sets), length_m, number is not None)


def _described(number: int, picks: Picks, share: float, length_m: float) -> FractureSet:
    mean = fisher_mean(*orientations(picks), terzaghi_weights(picks.dip_deg))
    cosine = hole_cosine(picks, mean)
    weight = terzaghi_weights(picks.dip_deg, 90 - CUT_DEG)
    return FractureSet(
        number,
        mean,
        share,
        estimate(np.ones(len(picks))) / length_m,
        estimate(weight, float(weight.max())) / length_m,
        spacing(picks.depth_m, cosine),
        cosine,
    )


def hole_cosine(picks: Picks, mean: FisherMean) -> float:
    """Cosine of the acute angle between the hole where picks lie and the pole of their mean plane.

    Where true dips are known and the hole's direction is not, it is that by which Terzaghi's weights mend their number.
    """
    pole = poles(mean.dip_deg, mean.azimuth_deg)
    if not has_true_dips(picks):
        return float(abs(pole[2]))
    deviation, azimuth = np.radians(picks.hole_deviation_deg), np.radians(picks.hole_azimuth_deg)
    if np.isfinite(deviation).all() and np.isfinite(azimuth).all():
        level = np.sin(deviation)
        hole = np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.cos(deviation)], axis=1)
        return float(np.abs(hole @ pole).mean())
    return float(len(picks) / terzaghi_weights(picks.dip_deg, 90 - CUT_DEG).sum())


@dataclass(frozen=True)
class SetInZone:
    """A set between two depths: planes per metre with their band, whether the whole log's number lies outside it, the
    angle between its mean poles here and in the whole log, and the 95 % cone here; NaN of none.
    """

    number: int
    top_m: float
    base_m: float
    count: int
    p10: Estimate
    differs: bool
    angle_deg: float
    alpha95_deg: float


def through_depth(found: Sets, intervals_m: Sequence[tuple[float, float]]) -> list[SetInZone]:
    """Every set in each of the intervals (top, base), in metres."""
    rows = []
    for top, base in intervals_m:
        for one in found.sets:
            inside = found.of(one.number).within([(top, base)])
            p10 = estimate(np.ones(len(inside))) / (base - top)
            angle, cone = float("nan"), float("nan")
            if len(inside):
                mean = fisher_mean(*orientations(inside), terzaghi_weights(inside.dip_deg))
                angle = float(pole_angle_deg(mean.dip_deg, mean.azimuth_deg, one.mean.dip_deg, one.mean.azimuth_deg))
                cone = mean.alpha95_deg
            differs = not p10.holds(one.p10.value)
            rows.append(SetInZone(one.number, top, base, len(inside), p10, differs, angle, cone))
    return rows


@dataclass(frozen=True)
class SetAgainst:
    """A set beside that of the interpreter whose mean pole is nearest: numbers of both, the angle between their mean
    poles, the interpreter's 95 % cone, which it should lie in, and both numbers of planes per metre.
    """

    number: int
    reference: int
    angle_deg: float
    alpha95_deg: float
    p10: Estimate
    reference_p10: Estimate

    @property
    def inside(self) -> bool:
        return self.angle_deg <= self.alpha95_deg


def against(found: Sets, reference: Sets) -> list[SetAgainst]:
    """Every set of an interpreter beside the one found that its mean pole is nearest to; nothing where none was."""
    rows = []
    for theirs in reference.sets:
        angles = [
            float(pole_angle_deg(one.mean.dip_deg, one.mean.azimuth_deg, theirs.mean.dip_deg, theirs.mean.azimuth_deg))
            for one in found.sets
        ]
        if angles:
            ours = found.sets[int(np.argmin(angles))]
            rows.append(
                SetAgainst(ours.number, theirs.number, min(angles), theirs.mean.alpha95_deg, ours.p10, theirs.p10)
            )
    return rows
