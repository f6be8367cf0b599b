"""What a network calls windows whose classes are known: the figures that its training is steered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from geobfdt.eval.classes import ClassConfusion
from geobfdt.model.device import computing_in
from geobfdt.model.network import ClassNet
from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.windows.batch import WindowBatch


@dataclass(frozen=True)
class ClassValidation:
    """Windows by their true class and by the likeliest one, beside what calling all of them the commonest comes to."""

    confusion: ClassConfusion

    threshold: ClassVar[float] = 0.0
    """The likeliest class counts, however likely it is."""

    @property
    def f1(self) -> float:
        """Mean over the classes that occur, by which the best weights are told."""
        return self.confusion.macro_f1

    def row(self) -> dict[str, float]:
        """The figures as columns of metrics.csv."""
        chance = self.confusion.chance
        row = {"val_f1": self.f1, "val_accuracy": self.confusion.accuracy}
        # Named so that no name of a class makes a column of theirs.
        row |= {"val_f1_majority": chance.macro_f1, "val_accuracy_majority": chance.accuracy}
        for name, score in self.confusion.scores.items():
            row |= {
                f"val_{name}_sensitivity": score.sensitivity,
                f"val_{name}_precision": score.precision,
                f"val_{name}_f1": score.f1,
            }
        return row

    def line(self) -> str:
        """The figures that a person watches."""
        confusion, chance = self.confusion, self.confusion.chance
        each = "  ".join(f"{name} {score.f1:.3f}" for name, score in confusion.scores.items())
        return (
            f"F1 {each}  mean {self.f1:.3f} (all {confusion.majority} {chance.macro_f1:.3f})  "
            f"accuracy {confusion.accuracy:.3f} (all {confusion.majority} {chance.accuracy:.3f})"
        )


@torch.inference_mode()
def validate_classes(network: ClassNet, batches: Sequence[WindowBatch], precision: torch.dtype) -> ClassValidation:
    """Score a network, in evaluation mode, on batches of windows with labels."""
    network.eval()
    names = network.config.classes
    amounts = np.zeros((len(names), len(names) + 1))
    for batch in batches:
        assert isinstance(batch, LabelledBatch)
        with computing_in(precision, batch.windows.device):
            called = network(batch.windows).argmax(1)
        np.add.at(amounts, (batch.label.cpu().numpy(), called.cpu().numpy()), 1.0)
    return ClassValidation(ClassConfusion(names, amounts))
