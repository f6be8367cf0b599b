"""What a detector finds in windows whose planes are known: the figures that training is steered by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.device import computing_in
from geobfdt.eval import Counts, match
from geobfdt.geometry import plane_from_sinusoid, sinusoid_from_plane
from geobfdt.model.detector import Detector
from geobfdt.picks import KINDS, UNKNOWN, Picks
from geobfdt.window_batch import WindowBatch
from geobfdt.windows import HEIGHT_RADII, merge_repeats

HOLE_DIAMETER_M = 0.2159
"""Windows have no size of their own: they are scored as if cut from an 8.5 in hole."""
TOLERANCE_M = 0.08
_APART_M = 100.0
APART_RADII = 2 * _APART_M / HOLE_DIAMETER_M
"""How far apart windows lie on the log that they are scored as."""
_THRESHOLDS = tuple(round(0.1 + 0.05 * step, 2) for step in range(17))


@dataclass(frozen=True)
class Validation:
    """Scores over the owned (middle) halves of windows, depth within 8 cm and poles within 10 degrees.

    counts are per kind and "all", at the threshold of :func:`chosen_threshold`. false_picks_per_m is over windows
    without any plane. collapse is None, or a sentence saying that the detector has stopped looking at its input.
    """

    threshold: float
    counts: dict[str, Counts]
    false_picks_per_m: float
    empty_predicted: float
    empty_true: float
    collapse: str | None

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


@torch.inference_mode()
def validate(detector: Detector, batches: Sequence[WindowBatch], precision: torch.dtype) -> Validation:
    """Score a detector, in evaluation mode, on batches of windows."""
    detector.eval()
    found: list[Picks] = []
    truth: list[Picks] = []
    scores_of_windows = []
    first = 0
    for batch in batches:
        with computing_in(precision, batch.windows.device):
            detections = detector(batch.windows)
        scores, kind = detections.scores.max(-1)
        window = torch.arange(first, first + len(batch), device=scores.device)[:, None]
        first += len(batch)
        owned = (detections.sinusoids[..., 0].abs() < HEIGHT_RADII / 4) & (scores >= _THRESHOLDS[0])
        found.append(_merged(_table(owned, detections.sinusoids, kind, scores, window)))
        real = batch.present & (batch.sinusoids[..., 0].abs() < HEIGHT_RADII / 4)
        truth.append(_table(real, batch.sinusoids, batch.kind, torch.ones_like(batch.kind, dtype=torch.float), window))
        scores_of_windows.append(scores.float().cpu().numpy())
    ref, est = Picks.concatenate(truth), Picks.concatenate(found)
    return _summary(ref, est, np.concatenate(scores_of_windows), [b.present.any(1).cpu().numpy() for b in batches])


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


def _summary(ref: Picks, est: Picks, scores: NDArray[np.float32], has_planes: list[NDArray[np.bool_]]) -> Validation:
    at = {threshold: _counts(ref, est.at_least(threshold)) for threshold in _THRESHOLDS}
    threshold = chosen_threshold(at)
    est = est.at_least(threshold)
    counts = {kind: _counts(ref.of_kind(kind), est.of_kind(kind)) for kind in KINDS} | {"all": at[threshold]}

    barren = ~np.concatenate(has_planes)
    window_of_pick = np.round(est.depth_m / _APART_M).astype(int)
    owned_m = HEIGHT_RADII / 2 * HOLE_DIAMETER_M / 2
    false_picks = int(barren[window_of_pick].sum())
    empty_predicted = 1 - len(np.unique(window_of_pick)) / len(barren)
    empty_true = 1 - len(np.unique(np.round(ref.depth_m / _APART_M))) / len(barren)
    return Validation(
        threshold,
        counts,
        false_picks / (barren.sum() * owned_m) if barren.any() else float("nan"),
        empty_predicted,
        empty_true,
        _collapse(scores, len(est), empty_true),
    )


def chosen_threshold(at: Mapping[float, Counts]) -> float:
    """The middle one of the thresholds whose F1 lies within a standard error of the best, that of a share of so many
    planes: what is between them is chance, and the best itself may stand at the edge of what is good.
    """
    f1 = {threshold: float(np.nan_to_num(counts.f1)) for threshold, counts in at.items()}
    best = max(f1.values())
    planes = max(1, next(iter(at.values())).n_ref)
    good = sorted(threshold for threshold in f1 if f1[threshold] >= best - math.sqrt(best * (1 - best) / planes))
    return good[(len(good) - 1) // 2]


def _collapse(scores: NDArray[np.float32], picks: int, empty_true: float) -> str | None:
    """Two ways to a fine loss and no use: calling every window empty, and saying the same of every window."""
    if picks == 0 and empty_true < 1:
        return f"the detector calls every window empty, while {1 - empty_true:.0%} of them hold planes"
    if len(scores) > 1 and float(scores.std(0).max()) < 1e-3:
        return "the detector gives every window the same scores: its output no longer depends on the image"
    return None
