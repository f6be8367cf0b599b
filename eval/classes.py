"""Rock called by classes, one label a depth or a window, against an interpreter's labels.

What is counted are metres of hole, or windows. Every class has a sensitivity, a precision and an F1; a mean over the
classes is never shown without them, as it hides the class that is never found. Chance is what calling all rock the
commonest class earns: where one class fills nine tenths of a hole, an accuracy of 0.9 is nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassScore:
    """How much is truly of a class, was called so, and was rightly called so, in one unit. NaN over an empty side."""

    true: float
    called: float
    hits: float

    @property
    def sensitivity(self) -> float:
        """Share of the class that was called so, in [0, 1]."""
        return _ratio(self.hits, self.true)

    @property
    def precision(self) -> float:
        """Share of what was called so that is of the class, in [0, 1]."""
        return _ratio(self.hits, self.called)

    @property
    def f1(self) -> float:
        """``2 hits / (true + called)``, in [0, 1]."""
        return _ratio(2 * self.hits, self.true + self.called)


@dataclass(frozen=True, eq=False)
class ClassConfusion:
    """Class against class.

    names    of the n classes of either side
    amounts  (n, n + 1) metres, or windows, by the true class and by the one that they were called; the last column has
             what was called nothing, which is missed and nothing else
    """

    names: tuple[str, ...]
    amounts: NDArray[np.float64]

    @property
    def total(self) -> float:
        return float(self.amounts.sum())

    @property
    def accuracy(self) -> float:
        """Share of all that was called what it is, in [0, 1]; NaN without anything."""
        return _ratio(float(self.amounts.trace()), self.total)

    @property
    def scores(self) -> dict[str, ClassScore]:
        """By name."""
        true, called = self.amounts.sum(1), self.amounts.sum(0)
        return {
            name: ClassScore(float(true[k]), float(called[k]), float(self.amounts[k, k]))
            for k, name in enumerate(self.names)
        }

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the classes that truly occur, each counting alike; NaN without any."""
        scores = [score.f1 for score in self.scores.values() if score.true > 0]
        return float(np.mean(scores)) if scores else float("nan")

    @property
    def majority(self) -> str:
        """The commonest class, "" without any."""
        return self.names[int(self.amounts.sum(1).argmax())] if self.total else ""

    @property
    def chance(self) -> ClassConfusion:
        """What calling everything the commonest class would come to."""
        amounts = np.zeros_like(self.amounts)
        if self.total:
            amounts[:, self.names.index(self.majority)] = self.amounts.sum(1)
        return ClassConfusion(self.names, amounts)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
