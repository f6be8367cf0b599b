"""What a detector finds in windows whose planes are known: the figures that training is steered by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.borehole.geometry import plane_from_sinusoid, sinusoid_from_plane
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.eval import Counts, match
from geobfdt.model.detector import Detector
from geobfdt.model.device import computing_in
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.repeats import merge_repeats

HOLE_DIAMETER_M = 0.2159
"""Windows have no size of their own: they are scored as if cut from an 8.5 in hole."""
TOLERANCE_M = 0.08
_APART_M = 100.0
APART_RADII = 2 * _APART_M / HOLE_DIAMETER_M
"""How far apart windows lie on the log that they are scored as."""
_THRESHOLDS = tuple(round(0.1 + 0.05 * step, 2) for step in range(17))


@dataclass(frozen=True)
class Responses:
    """How the queries respond to the windows, be it right or wrong: what guards judge.

    above         share of all queries of all windows whose score reaches the threshold, in [0, 1]
    logit_spread  standard deviation over the windows of a query's greater logit, of the query where it is greatest; 0
                  says that no score depends on the window, NaN that there is but one window
    depth_spread  the same of a query's depth, in hole radii
    found_per_m, true_per_m  picks and planes per metre of the owned halves
    """

    above: float
    logit_spread: float
    depth_spread: float
    found_per_m: float
    true_per_m: float


@dataclass(frozen=True)
class Validation:
    """Scores over the owned (middle) halves of windows, depth within 8 cm and poles within 10 degrees.

    counts are per kind and "all", at the threshold of :func:`chosen_threshold`. false_picks_per_m is over windows
    without any plane.
    """

    threshold: float
    counts: dict[str, Counts]
    false_picks_per_m: float
    empty_predicted: float
    empty_true: float
    responses: Responses

    @property
    def f1(self) -> float:
        """Mean over the kinds that occur: neither kind can hide behind the other."""
        scores = [self.counts[kind].f1 for kind in KINDS if self.counts[kind].n_ref]
        return float(np.mean(scores) if scores else self.counts["all"].f1)

    def row(self) -> dict[str, float]:
        """The figures as columns of metrics.csv."""
        row = {"val_f1": self.f1, "threshold": self.threshold}
        for group, counts in self.counts.items():
            row |= {
                f"val_{group}_sensitivity": counts.sensitivity,
                f"val_{group}_precision": counts.precision,
                f"val_{group}_f1": counts.f1,
            }
        return row | {
            "val_false_picks_per_m": self.false_picks_per_m,
            "val_empty_predicted": self.empty_predicted,
            "val_empty_true": self.empty_true,
            "val_above_threshold": self.responses.above,
            "val_logit_spread": self.responses.logit_spread,
            "val_depth_spread": self.responses.depth_spread,
            "val_found_per_m": self.responses.found_per_m,
            "val_true_per_m": self.responses.true_per_m,
        }

    def line(self) -> str:
        """The figures that a person watches."""
        kinds = "  ".join(f"{kind} {counts.f1:.3f}" for kind, counts in self.counts.items())
        empty = f"{self.empty_predicted:.2f} (truth {self.empty_true:.2f})"
        return f"F1 {kinds}  false picks/m {self.false_picks_per_m:.3f}  empty {empty}"


def picks_of(
    sinusoids: NDArray[np.float64], kind: NDArray[np.int64], score: NDArray[np.float64], window: NDArray[np.int64]
) -> Picks:
    """Planes of many windows as one table: windows lie 100 m apart, in an 8.5 in hole."""
    dip, azimuth = plane_from_sinusoid(sinusoids[:, 1], sinusoids[:, 2])
    depth = window * _APART_M + sinusoids[:, 0] * HOLE_DIAMETER_M / 2
    names = np.array([*KINDS, UNKNOWN])
    return Picks(depth, np.minimum(dip, 89.9), azimuth, kind=names[kind], confidence=score)


@dataclass(frozen=True, eq=False)
class Seen:
    """What lies in the owned halves of windows and what a detector finds there.

    truth, found   planes as by :func:`picks_of`; of found ones, those that reach the lowest threshold
    logits, depths, scores  (windows, queries): greater logit, depth in hole radii from the window's centre, score
    """

    truth: Picks
    found: Picks
    logits: NDArray[np.float32]
    depths: NDArray[np.float32]
    scores: NDArray[np.float32]


@torch.inference_mode()
def look(detector: Detector, batch: WindowBatch, precision: torch.dtype, first: int = 0) -> Seen:
    """Show windows, numbered from ``first``, to a detector in evaluation mode."""
    detector.eval()
    with computing_in(precision, batch.windows.device):
        detections = detector(batch.windows)
    scores, kind = detections.scores.max(-1)
    depths = detections.sinusoids[..., 0]
    window = torch.arange(first, first + len(batch), device=scores.device)[:, None]
    owned = (depths.abs() < HEIGHT_RADII / 4) & (scores >= _THRESHOLDS[0])
    real = batch.present & (batch.sinusoids[..., 0].abs() < HEIGHT_RADII / 4)
    certain = torch.ones_like(batch.kind, dtype=torch.float)
    return Seen(
        _table(real, batch.sinusoids, batch.kind, certain, window),
        _merged(_table(owned, detections.sinusoids, kind, scores, window)),
        *(values.float().cpu().numpy() for values in (detections.logits[-1].max(-1).values, depths, scores)),
    )


def validate(detector: Detector, batches: Sequence[WindowBatch], precision: torch.dtype) -> Validation:
    """Score a detector on batches of windows."""
    firsts = accumulate(map(len, batches[:-1]), initial=0)
    seen = [look(detector, batch, precision, first) for batch, first in zip(batches, firsts, strict=True)]
    return _summary(seen, np.concatenate([batch.present.any(1).cpu().numpy() for batch in batches]))


def _table(mask: torch.Tensor, sinusoids: torch.Tensor, *columns: torch.Tensor) -> Picks:
    kind, score, window = (column.expand(mask.shape)[mask].cpu().numpy() for column in columns)
    return picks_of(sinusoids[mask].double().cpu().numpy(), kind, score.astype(float), window)


def _merged(found: Picks) -> Picks:
    """Found planes with repeats merged, as a prediction does."""
    radius = HOLE_DIAMETER_M / 2
    a, b = sinusoid_from_plane(found.dip_deg, found.azimuth_deg)
    sinusoids = np.stack([found.depth_m / radius, a, b], axis=-1)
    window = np.round(found.depth_m / _APART_M).astype(np.int64)
    kept, merged = merge_repeats(sinusoids, np.asarray(found.confidence), window)
    dip, azimuth = plane_from_sinusoid(merged[:, 1], merged[:, 2])
    return replace(found, depth_m=merged[:, 0] * radius, dip_deg=dip, azimuth_deg=azimuth)[kept]


def _counts(ref: Picks, est: Picks) -> Counts:
    pairs = match(ref, est, "joint", TOLERANCE_M, hole_diameter_m=HOLE_DIAMETER_M)
    return Counts(len(ref), len(est), len(pairs))


def _summary(seen: Sequence[Seen], has_planes: NDArray[np.bool_]) -> Validation:
    ref, est = (Picks.concatenate([getattr(part, name) for part in seen]) for name in ("truth", "found"))
    at = {threshold: _counts(ref, est.at_least(threshold)) for threshold in _THRESHOLDS}
    threshold = chosen_threshold(at)
    est = est.at_least(threshold)
    counts = {kind: _counts(ref.of_kind(kind), est.of_kind(kind)) for kind in KINDS} | {"all": at[threshold]}

    barren = ~has_planes
    window_of_pick = np.round(est.depth_m / _APART_M).astype(int)
    owned_m = HEIGHT_RADII / 2 * HOLE_DIAMETER_M / 2
    false_picks = int(barren[window_of_pick].sum())
    empty_predicted = 1 - len(np.unique(window_of_pick)) / len(barren)
    empty_true = 1 - len(np.unique(np.round(ref.depth_m / _APART_M))) / len(barren)
    logits, depths, scores = (
        np.concatenate([getattr(part, name) for part in seen]) for name in ("logits", "depths", "scores")
    )
    responses = Responses(
        float((scores >= threshold).mean()),
        _spread(logits),
        _spread(depths),
        len(est) / (len(barren) * owned_m),
        len(ref) / (len(barren) * owned_m),
    )
    return Validation(
        threshold,
        counts,
        false_picks / (barren.sum() * owned_m) if barren.any() else float("nan"),
        empty_predicted,
        empty_true,
        responses,
    )


def _spread(values: NDArray[np.float32]) -> float:
    """Greatest standard deviation down the columns; NaN of a single row, which differs from no other."""
    return float(values.std(0, dtype=np.float64).max()) if len(values) > 1 else float("nan")


def chosen_threshold(at: Mapping[float, Counts]) -> float:
    """The middle one of the thresholds whose F1 lies within a standard error of the best, that of a share of so many
    planes: what is between them is chance, and the best itself may stand at the edge of what is good.
    """
    f1 = {threshold: float(np.nan_to_num(counts.f1)) for threshold, counts in at.items()}
    best = max(f1.values())
    planes = max(1, next(iter(at.values())).n_ref)
    good = sorted(threshold for threshold in f1 if f1[threshold] >= best - math.sqrt(best * (1 - best) / planes))
    return good[(len(good) - 1) // 2]
