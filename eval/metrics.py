"""What is counted and measured once picks are matched."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import AZIMUTH_MIN_DIP_DEG, azimuth_difference_deg, pole_angle_deg
from geobfdt.borehole.picks import Picks
from geobfdt.eval.matching import within_angle
from geobfdt.eval.planes import SCORED_KINDS, Planes

DIP_TOLERANCE_DEG = 3.0
AZIMUTH_TOLERANCE_DEG = 15.0
_TYPICAL_AND_WORST = (50, 95)

CONFUSION_KINDS = SCORED_KINDS
"""Rows (reference) and columns (estimate) of a class confusion."""


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


@dataclass(frozen=True)
class Counts:
    """Numbers of reference picks, estimated picks and hits; hits may be a mean over random draws.

    An empty side is no evidence: sensitivity is NaN without reference picks, precision is NaN without estimated picks
    and F1 is NaN without either. With one side empty F1 is 0.
    """

    n_ref: int
    n_est: int
    hits: float

    @property
    def sensitivity(self) -> float:
        """Share of the reference picks that were found ("recall"), in [0, 1]."""
        return _ratio(self.hits, self.n_ref)

    @property
    def precision(self) -> float:
        """Share of the estimated picks that are in the reference, in [0, 1]."""
        return _ratio(self.hits, self.n_est)

    @property
    def f1(self) -> float:
        """Harmonic mean of sensitivity and precision, ``2 hits / (n_ref + n_est)``, in [0, 1]."""
        return _ratio(2 * self.hits, self.n_ref + self.n_est)

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.n_ref + other.n_ref, self.n_est + other.n_est, self.hits + other.hits)


def skill(f1: float, chance_f1: float) -> float:
    """How far an F1 has come from chance (0) to perfection (1); NaN where chance is perfect or unknown."""
    return _ratio(f1 - chance_f1, 1.0 - chance_f1)


@dataclass(frozen=True)
class HitErrors:
    """How well the hits of a matching are measured; NaN where no hit can tell.

    hits                      number of hits
    azimuth_hits              hits whose reference dip is at least 5 degrees: all azimuth figures are of these alone
    dip_within_3deg           share of hits whose dip is within 3 degrees
    azimuth_within_15deg      share of azimuth hits whose azimuth is within 15 degrees
    depth_bias_m              median of ``est - ref`` depth in metres: positive is too deep
    depth_*_m, dip_*_deg      median and 95th percentile (linear interpolation) of the unsigned errors
    azimuth_*_deg, pole_*_deg the same for azimuth and for the angle between poles
    """

    hits: int
    azimuth_hits: int
    dip_within_3deg: float
    azimuth_within_15deg: float
    depth_bias_m: float
    depth_median_m: float
    depth_p95_m: float
    dip_median_deg: float
    dip_p95_deg: float
    azimuth_median_deg: float
    azimuth_p95_deg: float
    pole_median_deg: float
    pole_p95_deg: float


def hit_errors(ref_hits: Picks | Planes, est_hits: Picks | Planes) -> HitErrors:
    """Errors of n hits, given as two tables of n picks where row k of one was matched with row k of the other."""
    depth_m = est_hits.depth_m - ref_hits.depth_m
    dip_deg = np.abs(est_hits.dip_deg - ref_hits.dip_deg)
    has_azimuth = ref_hits.dip_deg >= AZIMUTH_MIN_DIP_DEG
    azimuth_deg = np.abs(azimuth_difference_deg(est_hits.azimuth_deg, ref_hits.azimuth_deg))[has_azimuth]
    pole_deg = pole_angle_deg(ref_hits.dip_deg, ref_hits.azimuth_deg, est_hits.dip_deg, est_hits.azimuth_deg)
    depth_median_m, depth_p95_m = _percentiles(np.abs(depth_m), _TYPICAL_AND_WORST)
    dip_median_deg, dip_p95_deg = _percentiles(dip_deg, _TYPICAL_AND_WORST)
    azimuth_median_deg, azimuth_p95_deg = _percentiles(azimuth_deg, _TYPICAL_AND_WORST)
    pole_median_deg, pole_p95_deg = _percentiles(pole_deg, _TYPICAL_AND_WORST)
    return HitErrors(
        hits=len(ref_hits),
        azimuth_hits=len(azimuth_deg),
        dip_within_3deg=_ratio(int(within_angle(dip_deg, DIP_TOLERANCE_DEG).sum()), len(dip_deg)),
        azimuth_within_15deg=_ratio(int(within_angle(azimuth_deg, AZIMUTH_TOLERANCE_DEG).sum()), len(azimuth_deg)),
        depth_bias_m=_percentiles(depth_m, (50,))[0],
        depth_median_m=depth_median_m,
        depth_p95_m=depth_p95_m,
        dip_median_deg=dip_median_deg,
        dip_p95_deg=dip_p95_deg,
        azimuth_median_deg=azimuth_median_deg,
        azimuth_p95_deg=azimuth_p95_deg,
        pole_median_deg=pole_median_deg,
        pole_p95_deg=pole_p95_deg,
    )


def _percentiles(values: NDArray[np.float64], percents: tuple[int, ...]) -> list[float]:
    """All in one pass: numpy's own preparations are most of what a percentile of few values takes."""
    return list(np.percentile(values, percents).tolist()) if len(values) else [float("nan")] * len(percents)


def calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_], bins: int = 10) -> float:
    """How far n picks' confidences in [0, 1] are from the share of them that is right: the expected calibration error.

    Picks are sorted into equal bins of confidence; of each bin the difference between its mean confidence and its share
    of right picks counts by its number of picks (Guo et al. 2017, "On calibration of modern neural networks"). NaN
    without picks, and for picks that state no confidence (NaN).
    """
    if not len(confidence) or np.isnan(confidence).any():
        return float("nan")
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    surplus = np.bincount(which, weights=confidence - correct, minlength=bins)
    return float(np.abs(surplus).sum() / len(confidence))


def class_confusion(ref_hits: Planes, est_hits: Planes) -> tuple[tuple[int, ...], ...]:
    """Hits by kind: row by reference kind, column by estimated kind, both in the order of ``CONFUSION_KINDS``."""
    kinds = len(CONFUSION_KINDS)
    counts = np.bincount(ref_hits.kind.astype(np.intp) * kinds + est_hits.kind, minlength=kinds**2)
    return tuple(tuple(int(count) for count in row) for row in counts.reshape(kinds, kinds))


def chosen_threshold(at: Mapping[float, Counts]) -> float:
    """The middle one of the thresholds whose F1 lies within a standard error of the best, that of a share of so many
    planes: what is between them is chance, and the best itself may stand at the edge of what is good.
    """
    f1 = {threshold: float(np.nan_to_num(counts.f1)) for threshold, counts in at.items()}
    best = max(f1.values())
    planes = max(1, next(iter(at.values())).n_ref)
    good = sorted(threshold for threshold in f1 if f1[threshold] >= best - math.sqrt(best * (1 - best) / planes))
    return good[(len(good) - 1) // 2]
