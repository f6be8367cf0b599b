"""Which pixels a trace head finds in windows whose planes are known: the figures that its training is steered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from geobfdt.device import computing_in
from geobfdt.eval import Counts
from geobfdt.eval.traced import THRESHOLD
from geobfdt.model.network import TraceNet
from geobfdt.model.traces import CLASSES
from geobfdt.picks import KINDS
from geobfdt.trace_masks import IGNORED, trace_masks
from geobfdt.window_batch import WindowBatch


@dataclass(frozen=True)
class TraceValidation:
    """Scores over all judged pixels of windows, a pixel being of its likeliest class.

    counts                 of pixels per class: true, found and rightly found ones
    foreground_predicted   share of pixels called a trace of either kind
    foreground_true        share of pixels that are on one
    spread                 standard deviation of the probability of a trace over all pixels
    threshold              on the confidence of a pick, for the weights; pixels do not choose it
    """

    counts: dict[str, Counts]
    foreground_predicted: float
    foreground_true: float
    spread: float
    threshold: float = THRESHOLD

    @property
    def f1(self) -> float:
        """Mean over the kinds that occur. The background, nine pixels in ten, is not among them: it hides the rest."""
        scores = [self.counts[kind].f1 for kind in KINDS if self.counts[kind].n_ref]
        return float(np.mean(scores)) if scores else 0.0

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
            "val_accuracy": self.accuracy,
            "val_foreground_predicted": self.foreground_predicted,
            "val_foreground_true": self.foreground_true,
            "val_spread": self.spread,
        }

    def line(self) -> str:
        """The figures that a person watches."""
        kinds = "  ".join(f"{kind} {self.counts[kind].f1:.3f}" for kind in KINDS)
        return f"pixel F1 {kinds}  traces {self.foreground_predicted:.1%} (truth {self.foreground_true:.1%})"


def intersection_over_union(counts: Counts) -> float:
    """Of the true and the found pixels of a class, in [0, 1]; NaN without either."""
    union = counts.n_ref + counts.n_est - counts.hits
    return counts.hits / union if union else float("nan")


@torch.inference_mode()
def validate_traces(network: TraceNet, batches: Sequence[WindowBatch], precision: torch.dtype) -> TraceValidation:
    """Score a network, in evaluation mode, on batches of windows."""
    network.eval()
    pairs = np.zeros((len(CLASSES), len(CLASSES)), np.int64)  # true class, found class
    sums = np.zeros(2)
    for batch in batches:
        with computing_in(precision, batch.windows.device):
            logits = network(batch.windows)
        mask = trace_masks(batch)
        judged = mask != IGNORED
        pairs += _confusion(mask[judged], logits.argmax(1)[judged])
        traces = 1 - logits.softmax(1)[:, 0][judged].double()
        sums += [float(traces.sum()), float((traces**2).sum())]
    return _summary(pairs, sums)


def _confusion(truth: Tensor, found: Tensor) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    counts = torch.bincount(truth * len(CLASSES) + found, minlength=len(CLASSES) ** 2)
    return counts.cpu().numpy().reshape(len(CLASSES), len(CLASSES))


def _summary(pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]], sums: np.ndarray) -> TraceValidation:
    true, found = pairs.sum(1), pairs.sum(0)
    counts = {name: Counts(int(true[k]), int(found[k]), int(pairs[k, k])) for k, name in enumerate(CLASSES)}
    pixels = max(1, int(pairs.sum()))
    mean, square = sums / pixels
    return TraceValidation(
        counts,
        float(found[1:].sum() / pixels),
        float(true[1:].sum() / pixels),
        float(np.sqrt(max(0.0, square - mean**2))),
    )
