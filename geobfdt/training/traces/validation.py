"""Which pixels a mask head finds in windows whose planes are known: the figures that its training is steered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.eval import TOLERANCE_M, Counts, match
from geobfdt.eval.metrics import chosen_threshold
from geobfdt.model.device import computing_in
from geobfdt.model.masks import CLASSES
from geobfdt.model.network import MaskNet
from geobfdt.prediction.traces import LEAST, THRESHOLD, traced_planes
from geobfdt.training.traces.masks import IGNORED, true_masks
from geobfdt.training.validation import apart, picks_of, true_planes
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.cut import OWNED_RADII
from geobfdt.windows.grid import FIXED_DIAMETER_M, HEIGHT_RADII

FITTED = 32
"""Windows that planes are fitted in: enough for a threshold, and a few seconds' work."""
_THRESHOLDS = tuple(round(LEAST + 0.05 * step, 2) for step in range(13))
Pairs = NDArray[np.int64]


@dataclass(frozen=True)
class MaskValidation:
    """Scores over all judged pixels of windows, a pixel being of its likeliest class.

    counts                 of pixels per class: true, found and rightly found ones
    foreground_predicted   share of pixels called a trace of either kind
    foreground_true        share of pixels that are on one
    spread                 standard deviation of the probability of a trace over all pixels
    threshold              on the confidence of planes fitted to traces, by
                           :func:`~geobfdt.eval.metrics.chosen_threshold`
    picks                  of those planes at that threshold, in the owned halves of the first :data:`FITTED` windows;
                           right within 8 cm and 10 degrees, whatever their kind
    """

    counts: dict[str, Counts]
    foreground_predicted: float
    foreground_true: float
    spread: float
    threshold: float
    picks: Counts

    @property
    def f1(self) -> float:
        """Mean over the kinds that occur. The background, nine pixels in ten, is not among them: it hides the rest.
        NaN without any trace.
        """
        scores = [self.counts[kind].f1 for kind in KINDS if self.counts[kind].n_ref]
        return float(np.mean(scores)) if scores else float("nan")

    @property
    def accuracy(self) -> float:
        """Share of all pixels that are right: what calling everything background has much of."""
        pixels = sum(counts.n_ref for counts in self.counts.values())
        return sum(counts.hits for counts in self.counts.values()) / max(1, pixels)

    def row(self) -> dict[str, float]:
        """The figures as columns of metrics.csv."""
        row = {"val_f1": self.f1, "threshold": self.threshold}
        for name, counts in self.counts.items():
            row |= {
                f"val_{name}_sensitivity": counts.sensitivity,
                f"val_{name}_precision": counts.precision,
                f"val_{name}_f1": counts.f1,
                f"val_{name}_iou": intersection_over_union(counts),
            }
        return row | {
            "val_picks_sensitivity": self.picks.sensitivity,
            "val_picks_precision": self.picks.precision,
            "val_picks_f1": self.picks.f1,
            "val_accuracy": self.accuracy,
            "val_foreground_predicted": self.foreground_predicted,
            "val_foreground_true": self.foreground_true,
            "val_spread": self.spread,
        }

    def line(self) -> str:
        """The figures that a person watches."""
        kinds = "  ".join(f"{kind} {self.counts[kind].f1:.3f}" for kind in KINDS)
        traces = f"{self.foreground_predicted:.1%} (truth {self.foreground_true:.1%})"
        return f"pixel F1 {kinds}  picks F1 {self.picks.f1:.3f}  traces {traces}"


def intersection_over_union(counts: Counts) -> float:
    """Of the true and the found pixels of a class, in [0, 1]; NaN without either."""
    union = counts.n_ref + counts.n_est - counts.hits
    return counts.hits / union if union else float("nan")


@torch.inference_mode()
def validate_masks(network: MaskNet, batches: Sequence[WindowBatch], precision: torch.dtype) -> MaskValidation:
    """Score a network, in evaluation mode, on batches of windows."""
    network.eval()
    pairs = np.zeros((len(CLASSES), len(CLASSES)), np.int64)  # true class, found class
    sums = np.zeros(2)
    ref, est = [Picks()], [Picks()]
    windows = 0
    for batch in batches:
        with computing_in(precision, batch.windows.device):
            logits = network(batch.windows)
        mask = true_masks(batch)
        judged = mask != IGNORED
        pairs += _confusion(mask[judged], logits.argmax(1)[judged])
        probability = logits.softmax(1)
        traces = 1 - probability[:, 0][judged].double()
        sums += [float(traces.sum()), float((traces**2).sum())]
        fitted = min(len(batch), FITTED - windows)
        ref.append(true_planes(batch.some(slice(fitted)), windows)[1])
        for k in range(fitted):
            est.append(_fitted_picks(probability[k, 1:], batch.windows[k, 1] > 0, windows + k))
        windows += fitted
    threshold, picks = _at_its_threshold(Picks.concatenate(ref), Picks.concatenate(est))
    true, found = pairs.sum(1), pairs.sum(0)
    pixels = max(1, int(pairs.sum()))
    mean, square = sums / pixels
    return MaskValidation(
        {name: Counts(int(true[k]), int(found[k]), int(pairs[k, k])) for k, name in enumerate(CLASSES)},
        float(found[1:].sum() / pixels),
        float(true[1:].sum() / pixels),
        float(np.sqrt(max(0.0, square - mean**2))),
        threshold,
        picks,
    )


def _confusion(truth: Tensor, found: Tensor) -> Pairs:
    counts = torch.bincount(truth * len(CLASSES) + found, minlength=len(CLASSES) ** 2)
    return np.asarray(counts.cpu().numpy().reshape(len(CLASSES), len(CLASSES)), np.int64)


def _fitted_picks(probability: Tensor, seen: Tensor, number: int) -> Picks:
    """The planes that are fitted to the traces (2, rows, columns) of a window, in its owned half."""
    planes = traced_planes([(probability.double().cpu().numpy(), seen.cpu().numpy())]).merged()
    planes.sinusoids[:, 0] -= HEIGHT_RADII / 2
    planes = planes[np.abs(planes.sinusoids[:, 0]) < OWNED_RADII]
    window = np.full(len(planes), number, np.int64)
    return picks_of(apart(planes.sinusoids, window), planes.kind, planes.score)


def _at_its_threshold(ref: Picks, est: Picks) -> tuple[float, Counts]:
    """The threshold that fits best and its counts; without planes to tell it by, the usual one."""

    def counts(threshold: float) -> Counts:
        found = est.at_least(threshold)
        pairs = match(ref, found, "joint", TOLERANCE_M, hole_diameter_m=FIXED_DIAMETER_M)
        return Counts(len(ref), len(found), len(pairs))

    threshold = THRESHOLD
    if len(ref) and len(est):
        threshold = chosen_threshold({value: counts(value) for value in _THRESHOLDS})
    return threshold, counts(threshold)
