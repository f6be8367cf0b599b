"""What a detector finds in windows whose planes are known: the figures that training is steered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.borehole.geometry import plane_from_sinusoid
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.eval import TOLERANCE_M, Counts, match
from geobfdt.eval.metrics import chosen_threshold
from geobfdt.model.detector import Detections, Detector
from geobfdt.model.device import computing_in
from geobfdt.prediction.by_torch import answers_of
from geobfdt.prediction.found import Found, found_in
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.cut import OWNED_RADII
from geobfdt.windows.grid import FIXED_DIAMETER_M, HEIGHT_RADII

_APART_M = 100.0  # windows have no size of their own: they are scored as if cut from an 8.5 in hole
APART_RADII = 2 * _APART_M / FIXED_DIAMETER_M
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

    counts are per kind and "all", at the threshold of
    :func:`~geobfdt.eval.metrics.chosen_threshold`. false_picks_per_m is over windows
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
        """Mean over the kinds that occur: neither kind can hide behind the other. NaN without any plane, be something
        found or not.
        """
        if not self.counts["all"].n_ref:
            return float("nan")
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


def picks_of(sinusoids: NDArray[np.float64], kind: NDArray[np.int64], score: NDArray[np.float64]) -> Picks:
    """Planes (n, 3) in radii along one log, kind -1 where nobody said it, as picks in an 8.5 in hole."""
    dip, azimuth = plane_from_sinusoid(sinusoids[:, 1], sinusoids[:, 2])
    names = np.array([*KINDS, UNKNOWN])
    return Picks(
        sinusoids[:, 0] * FIXED_DIAMETER_M / 2, np.minimum(dip, 89.9), azimuth, kind=names[kind], confidence=score
    )


def apart(sinusoids: NDArray[np.float64], window: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sinusoids (n, 3) of windows (n,), z0 from the centre of each, along one log on which windows lie 100 m apart."""
    return np.asarray(sinusoids + window[:, None] * np.array([APART_RADII, 0.0, 0.0]))


def found_apart(detections: Detections, batch: WindowBatch, first: int) -> Found:
    """What is found in the owned halves of a batch's windows, numbered from ``first``, merged as in a prediction, along
    one log as by :func:`apart`.
    """
    found = found_in(answers_of(detections), batch.windows[:, 1].cpu().numpy())
    found = found[np.abs(found.sinusoids[:, 0]) < OWNED_RADII]
    window = first + found.window
    return replace(found, sinusoids=apart(found.sinusoids, window), window=window).merged()


def true_planes(batch: WindowBatch, first: int) -> tuple[NDArray[np.float64], Picks]:
    """Sinusoids (n, 3) and picks of the planes in the owned halves of a batch's windows, along the same log."""
    window = first + batch.owned.nonzero()[:, 0].cpu().numpy()
    sinusoids = apart(batch.sinusoids[batch.owned].double().cpu().numpy(), window)
    return sinusoids, picks_of(sinusoids, batch.kind[batch.owned].cpu().numpy(), np.ones(len(window)))


@dataclass(frozen=True, eq=False)
class Answer:
    """What lies in the owned halves of windows and what a detector finds there.

    truth, found   planes as by :func:`picks_of`, found ones of any score
    logits, depths, scores  (windows, queries): greater logit, depth in hole radii from the window's centre, score
    """

    truth: Picks
    found: Picks
    logits: NDArray[np.float32]
    depths: NDArray[np.float32]
    scores: NDArray[np.float32]


@torch.inference_mode()
def answer(detector: Detector, batch: WindowBatch, precision: torch.dtype, first: int = 0) -> Answer:
    """What a detector in evaluation mode answers to windows, numbered from ``first``."""
    detector.eval()
    with computing_in(precision, batch.windows.device):
        detections = detector(batch.windows)
    found = found_apart(detections, batch, first)
    logits, depths = detections.logits[-1].max(-1).values, detections.sinusoids[..., 0]
    scores = detections.scores.max(-1).values
    return Answer(
        true_planes(batch, first)[1],
        picks_of(found.sinusoids, found.kind, found.score),
        *(values.float().cpu().numpy() for values in (logits, depths, scores)),
    )


def validate(detector: Detector, batches: Sequence[WindowBatch], precision: torch.dtype) -> Validation:
    """Score a detector on batches of windows."""
    firsts = accumulate(map(len, batches[:-1]), initial=0)
    answers = [answer(detector, batch, precision, first) for batch, first in zip(batches, firsts, strict=True)]
    return _summary(answers, np.concatenate([batch.present.any(1).cpu().numpy() for batch in batches]))


def _counts(ref: Picks, est: Picks) -> Counts:
    pairs = match(ref, est, "joint", TOLERANCE_M, hole_diameter_m=FIXED_DIAMETER_M)
    return Counts(len(ref), len(est), len(pairs))


def _summary(answers: Sequence[Answer], has_planes: NDArray[np.bool_]) -> Validation:
    ref, est = (Picks.concatenate([getattr(part, name) for part in answers]) for name in ("truth", "found"))
    at = {threshold: _counts(ref, est.at_least(threshold)) for threshold in _THRESHOLDS}
    threshold = chosen_threshold(at)
    est = est.at_least(threshold)
    counts = {kind: _counts(ref.of_kind(kind), est.of_kind(kind)) for kind in KINDS} | {"all": at[threshold]}

    barren = ~has_planes
    window_of_pick = np.round(est.depth_m / _APART_M).astype(int)
    owned_m = HEIGHT_RADII / 2 * FIXED_DIAMETER_M / 2
    false_picks = int(barren[window_of_pick].sum())
    empty_predicted = 1 - len(np.unique(window_of_pick)) / len(barren)
    empty_true = 1 - len(np.unique(np.round(ref.depth_m / _APART_M))) / len(barren)
    logits, depths, scores = (
        np.concatenate([getattr(part, name) for part in answers]) for name in ("logits", "depths", "scores")
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
