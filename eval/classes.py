"""Rock called by classes, one label a depth or a window, against an interpreter's labels.

What is counted are metres of hole, or windows. Every class has a sensitivity, a precision and an F1; a mean over the
classes is never shown without them, as it hides the class that is never found. Chance is what calling all rock the
commonest class earns: where one class fills nine tenths of a hole, an accuracy of 0.9 is nothing.

Intervals are compared depth by depth, without any tolerance: a border that is half a metre off costs half a metre. Only
depths count that the interpreter gave a label; there, what was called nothing is missed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.intervals import Intervals
from geobfdt.errors import InputError

NOTHING = "nothing"
"""What the column of what was not labelled is called."""


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
    def macro_sensitivity(self) -> float:
        """Mean sensitivity of the classes that truly occur; NaN without any."""
        scores = [score.sensitivity for score in self.scores.values() if score.true > 0]
        return float(np.mean(scores)) if scores else float("nan")

    @property
    def macro_precision(self) -> float:
        """Mean precision of the classes that truly occur, 0 of those that nothing was called; NaN without any."""
        scores = [score.precision if score.called else 0.0 for score in self.scores.values() if score.true > 0]
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

    def to_dict(self) -> dict[str, object]:
        """Everything as plain values for JSON, None for NaN; amounts are metres."""
        chance = self.chance
        columns = (*self.names, NOTHING)
        return {
            "confusion_m": {
                name: dict(zip(columns, row, strict=True))
                for name, row in zip(self.names, np.round(self.amounts, 4).tolist(), strict=True)
            },
            "classes": {
                name: {
                    "sensitivity": _plain(score.sensitivity),
                    "precision": _plain(score.precision),
                    "f1": _plain(score.f1),
                    "metres": round(score.true, 4),
                }
                for name, score in self.scores.items()
            },
            "mean": self._means(),
            "accuracy": _plain(self.accuracy),
            "chance": {"class": self.majority, "accuracy": _plain(chance.accuracy), "mean": chance._means()},
        }

    def _means(self) -> dict[str, float | None]:
        means = {"sensitivity": self.macro_sensitivity, "precision": self.macro_precision, "f1": self.macro_f1}
        return {name: _plain(value) for name, value in means.items()}

    def to_text(self) -> str:
        """Two plain tables: metres by class against class, then the scores of each class, their mean, and chance."""
        wide = max(map(len, (*self.names, f"all {self.majority}", "interpreter")))
        columns = [max(len(name), 9) for name in (*self.names, NOTHING)]
        heads = [f"{name:>{width}}" for name, width in zip((*self.names, NOTHING), columns, strict=True)]
        lines = [f"{'interpreter':{wide}}  {'  '.join(heads)}   metres called so"]
        for name, row in zip(self.names, self.amounts.tolist(), strict=True):
            cells = [f"{value:{width}.2f}" for value, width in zip(row, columns, strict=True)]
            lines.append(f"{name:{wide}}  {'  '.join(cells)}")
        lines += ["", f"{'class':{wide}}  sensitivity  precision     F1   metres"]
        for name, score in self.scores.items():
            lines.append(f"{name:{wide}}  {_line(score.sensitivity, score.precision, score.f1)}  {score.true:7.2f}")
        chance = self.chance
        lines.append(f"{'mean':{wide}}  {_line(self.macro_sensitivity, self.macro_precision, self.macro_f1)}")
        means = _line(chance.macro_sensitivity, chance.macro_precision, chance.macro_f1)
        lines.append(f"{'all ' + self.majority:{wide}}  {means}   chance")
        lines += ["", f"accuracy {self.accuracy:.3f}, all {self.majority} {chance.accuracy:.3f}, of {self.total:.2f} m"]
        return "\n".join(line.rstrip() for line in lines)


def compared(ref: Intervals, est: Intervals) -> ClassConfusion:
    """Metres by the label that an interpreter gave and by the one that was found, of one well.

    Raises :class:`InputError` where the interpreter's intervals hold none of the depths of the others.
    """
    names = tuple(sorted({*ref.names, *est.names}))
    edges = np.unique(np.concatenate([ref.top_m, ref.base_m, est.top_m, est.base_m]))
    middle_m, metres = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    true, called = (side.classes_at(middle_m, names) for side in (ref, est))
    if not ((true >= 0) & (called >= 0)).any():
        raise InputError("the two tables have no depth in common; check that they are of one well, and their units")
    counted = true >= 0
    amounts = np.zeros((len(names), len(names) + 1))
    np.add.at(amounts, (true[counted], called[counted]), metres[counted])  # -1, called nothing, is the last column
    return ClassConfusion(names, amounts)


def _line(sensitivity: float, precision: float, f1: float) -> str:
    shares = ((sensitivity, 11), (precision, 9), (f1, 5))
    return "  ".join(f"{'-' if math.isnan(share) else f'{share:.3f}':>{width}}" for share, width in shares)


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else value


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
