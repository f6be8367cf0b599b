"""What a study is: rows that differ in one thing, the figures that are compared, and the claims that they test."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from geobfdt.experiments.studies.corpora import WELLS
from geobfdt.experiments.studies.outcome import Outcome

Scored = Literal["all", "seen", "unseen"]
Origin = Literal["", "bundled"]
SURE = 2.0
"""Standard errors of a difference beyond which seeds alone do not explain it."""


@dataclass(frozen=True)
class Measure:
    """A figure of a trial. ``better`` says which way is good, None where neither is; ``chance`` what the same picks
    earn at random depths, where that is a question.
    """

    title: str
    of: Callable[[Outcome], float]
    digits: int = 3
    better: Literal["high", "low"] | None = "high"
    chance: Callable[[Outcome], float] | None = None


@dataclass(frozen=True)
class Row:
    """What one row of a study does differently.

    changes    ``section.key=value`` against the budget's configuration
    corpora    names of the corpora that it is trained on, one trial each; their test wells are pooled
    scored     which of the test wells count: all, or those that are, or are not, of wells that were trained on
    published  the figures of the source, as text
    shape      bundled: the network is of the shape of the bundled weights, not of the budget's
    init       bundled: it starts from the bundled weights; their shape is to fit
    """

    label: str
    changes: tuple[str, ...] = ()
    corpora: tuple[str, ...] = (WELLS,)
    scored: Scored = "all"
    published: str = ""
    shape: Origin = ""
    init: Origin = ""


@dataclass(frozen=True)
class Claim:
    """A published claim, as: one row is better than another by a measure."""

    text: str
    better: str
    worse: str
    measure: Measure


@dataclass(frozen=True)
class Study:
    """A question, its rows and its figures, of which the first is drawn first; ``note`` says what has to be known."""

    name: str
    question: str
    rows: tuple[Row, ...]
    measures: tuple[Measure, ...]
    claims: tuple[Claim, ...]
    note: str = ""


@dataclass(frozen=True)
class Spread:
    """A figure over the seeds; values that are not known (NaN) are left out."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(tuple(value for value in values if math.isfinite(value)))

    @property
    def mean(self) -> float:
        return fmean(self.values) if self.values else math.nan

    @property
    def deviation(self) -> float:
        """Standard deviation over the seeds; NaN of fewer than two."""
        return stdev(self.values) if len(self.values) > 1 else math.nan

    @property
    def error(self) -> float:
        """Standard error of the mean; without bound where a single seed says nothing of it."""
        return self.deviation / math.sqrt(len(self.values)) if len(self.values) > 1 else math.inf

    def text(self, digits: int) -> str:
        if not self.values:
            return "-"
        return f"{self.mean:.{digits}f} ± {self.deviation:.{digits}f}"


@dataclass(frozen=True)
class Verdict:
    """What became of a claim."""

    claim: Claim
    word: Literal["held", "contradicted", "undecided"]
    sentence: str


def judged(claim: Claim, better: Spread, worse: Spread) -> Verdict:
    """Whether the one row is better than the other by more than :data:`SURE` standard errors of their difference
    (held), worse by as much (contradicted), or neither.
    """
    sign = -1.0 if claim.measure.better == "low" else 1.0
    difference = sign * (better.mean - worse.mean)
    error = math.hypot(better.error, worse.error)
    word: Literal["held", "contradicted", "undecided"] = "undecided"
    if difference > SURE * error:
        word = "held"
    elif difference < -SURE * error:
        word = "contradicted"
    digits = claim.measure.digits
    figures = (
        f"{claim.measure.title} {better.text(digits)} ({claim.better}) against {worse.text(digits)} ({claim.worse})"
    )
    known = better.values and worse.values
    said = {
        "held": "held",
        "contradicted": "is contradicted",
        "undecided": "is undecided: "
        + ("the difference lies within the spread of the seeds" if known else "one of the figures does not exist"),
    }[word]
    return Verdict(claim, word, f"“{claim.text}” {said}: {figures}.")
