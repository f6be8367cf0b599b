"""What a trial leaves behind: counts of its test wells, losses, pixels of the mask head, and what it cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict

from geobfdt.borehole.picks import KINDS
from geobfdt.eval import Counts
from geobfdt.eval.classes import ClassConfusion

GROUPS = ("all", *KINDS)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


class Tally(_Record):
    """Counts of one group of picks under one criterion at 8 cm, with the hits that chance earns."""

    n_ref: int
    n_est: int
    hits: int
    chance_hits: float

    @property
    def counts(self) -> Counts:
        return Counts(self.n_ref, self.n_est, self.hits)

    @property
    def by_chance(self) -> Counts:
        return Counts(self.n_ref, self.n_est, self.chance_hits)


class WellTally(_Record):
    """One test well. joint and depth by group: all, fracture, bedding.

    off_by  sum over bins of a metre of the absolute difference between the numbers of picks and of reference picks, by
            group: what the dip-intensity accuracy is made of
    """

    well: str
    seen: bool  # whether other parts of it were trained on
    metres: float
    joint: dict[str, Tally]
    depth: dict[str, Tally]
    off_by: dict[str, int]


class Pixels(_Record):
    """Of the mask head on windows of the test wells: pixels of each class, background first, that are right, wrongly
    given, and missed; share of the pixels that traces cover as predicted and in truth.
    """

    right: tuple[int, ...]
    wrong: tuple[int, ...]
    missed: tuple[int, ...]

    def counts(self, index: int) -> Counts:
        """Of the class at a place of :data:`~geobfdt.model.masks.CLASSES`."""
        right, wrong, missed = self.right[index], self.wrong[index], self.missed[index]
        return Counts(right + missed, right + wrong, right)

    @property
    def foreground(self) -> float:
        total = sum(self.right) + sum(self.missed)
        return 1 - (self.right[0] + self.wrong[0]) / total if total else math.nan

    @property
    def true_foreground(self) -> float:
        total = sum(self.right) + sum(self.missed)
        return 1 - (self.right[0] + self.missed[0]) / total if total else math.nan

    @property
    def accuracy(self) -> float:
        total = sum(self.right) + sum(self.missed)
        return sum(self.right) / total if total else math.nan


class Labels(_Record):
    """Of the head of classes on windows of the test wells: how many by true class, and in it by the one called."""

    names: tuple[str, ...]
    windows: tuple[tuple[int, ...], ...]

    @property
    def confusion(self) -> ClassConfusion:
        """Every window is called something."""
        return ClassConfusion(self.names, np.pad(np.array(self.windows, np.float64), ((0, 0), (0, 1))))


class Outcome(_Record):
    """Of one trial. class_error, hungarian_loss and parameter_loss are those of DETR's code on windows of the test
    wells, the last two as the published recipe weighs them; NaN without queries. seconds are those of its training
    since it was last stopped, warnings those of the guards; thin_beds says whether the synthetic rock could hold any.
    """

    wells: tuple[WellTally, ...]
    class_error: float = math.nan
    hungarian_loss: float = math.nan
    parameter_loss: float = math.nan
    pixels: Pixels | None = None
    labels: Labels | None = None
    threshold: float = math.nan
    parameters: int
    windows: int
    seconds: float
    machine: str
    warnings: tuple[str, ...] = ()
    thin_beds: bool = False  # outcomes that were recorded earlier do not say it


def pooled(outcomes: Sequence[Outcome], seen: bool | None = None) -> Outcome:
    """One outcome of several trials: their wells together, of which ``seen`` keeps those that were, or were not,
    trained on; means of their losses; sums of what they cost.
    """
    wells = [well for outcome in outcomes for well in outcome.wells if seen is None or well.seen == seen]
    if len(outcomes) == 1:
        return outcomes[0].model_copy(update={"wells": tuple(wells)})
    means = {
        name: sum(getattr(outcome, name) for outcome in outcomes) / len(outcomes)
        for name in ("class_error", "hungarian_loss", "parameter_loss", "threshold")
    }
    return Outcome(
        wells=tuple(wells),
        parameters=outcomes[0].parameters,
        machine=outcomes[0].machine,
        windows=sum(outcome.windows for outcome in outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
        thin_beds=all(outcome.thin_beds for outcome in outcomes),
        warnings=tuple(dict.fromkeys(warning for outcome in outcomes for warning in outcome.warnings)),
        **means,
    )


def total(tallies: Sequence[Tally]) -> Tally:
    return Tally(
        n_ref=sum(tally.n_ref for tally in tallies),
        n_est=sum(tally.n_est for tally in tallies),
        hits=sum(tally.hits for tally in tallies),
        chance_hits=sum(tally.chance_hits for tally in tallies),
    )
