"""What watches a training run: ways to fail that a falling loss hides, each warned of once, with the remedy.

A guard is a function from figures to a sentence, None where all is well. The detector's are judged once it has had
``guard_epochs`` to learn, or at the end of a shorter run: before that most of them are true of every run.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from geobfdt.borehole.picks import KINDS
from geobfdt.errors import InputError, TrainingWarning
from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.training.classes.validation import ClassValidation
from geobfdt.training.config import TrainConfig
from geobfdt.training.schedule import never_acts
from geobfdt.training.traces.validation import MaskValidation
from geobfdt.training.validation import Responses, Validation
from geobfdt.windows.batch import WindowBatch

AnyValidation = Validation | MaskValidation | ClassValidation
"""What an epoch ends with, by the head."""

FEWEST_FOUND, MOST_FOUND = 0.02, 5.0
"""Picks by the number of planes: with fewer a detector calls all rock empty, with more it calls all of it planes."""
LEAST_LOGIT_SPREAD = 1e-2
"""Over windows, of the query that varies most. Weights that have learnt something have 2.5 and more, and two steps from
scratch bring 0.08 already."""
LEAST_DEPTH_SPREAD = 1e-2
"""Hole radii, likewise: a millimetre in an 8.5 in hole. Weights that have learnt something have 1 and more."""
LEAST_TRACE_SPREAD = 1e-3
"""Over pixels, of the probability of a trace."""
MOST_FOREGROUND = 0.99
"""Share of pixels called traces. A loss can look fine beside it: 99.88 % went with a Dice loss of 0.56."""
MOST_SKIPPED = 20
"""Steps in a row that may be without a finite loss before a run is given up."""


def empty_predictions(responses: Responses) -> str | None:
    if responses.found_per_m >= FEWEST_FOUND * responses.true_per_m:
        return None
    return (
        f"the detector finds {responses.found_per_m:.2g} planes per metre where there are {responses.true_per_m:.2g}: "
        "it calls the windows empty; train longer, raise loss.focal_alpha, or lower learning_rate"
    )


def boundless_predictions(responses: Responses) -> str | None:
    if not 0 < MOST_FOUND * responses.true_per_m < responses.found_per_m:
        return None
    return (
        f"the detector finds {responses.found_per_m:.2g} planes per metre where there are {responses.true_per_m:.2g}, "
        f"{responses.above:.0%} of its queries hold one: it calls all rock planes; train longer, lower "
        "loss.focal_alpha, or raise data.barren"
    )


def constant_predictions(responses: Responses) -> str | None:
    alike = {
        "scores": responses.logit_spread < LEAST_LOGIT_SPREAD,
        "depths": responses.depth_spread < LEAST_DEPTH_SPREAD,
    }
    if not any(alike.values()):
        return None
    return (
        f"the detector gives every window the same {' and '.join(what for what, same in alike.items() if same)}: they "
        "do not depend on the image; lower learning_rate, or see whether the windows show anything (geobfdt qc LOG)"
    )


def collapsed_traces(validation: MaskValidation) -> str | None:
    predicted, true = validation.foreground_predicted, validation.foreground_true
    remedy = "take traces.loss dice with traces.penalty squared_variance, train longer, or lower learning_rate"
    if predicted > MOST_FOREGROUND:
        return f"the mask head calls {predicted:.2%} of all pixels traces, while {true:.1%} of them are; {remedy}"
    if validation.spread < LEAST_TRACE_SPREAD:
        return f"the mask head gives every pixel the same probability, which does not depend on the image; {remedy}"
    if not predicted and true:
        return f"the mask head calls no pixel a trace, while {true:.1%} of them are; {remedy}"
    return None


def one_class(validation: ClassValidation) -> str | None:
    called = [name for name, score in validation.confusion.scores.items() if score.called]
    if len(called) != 1 or validation.confusion.scores[called[0]].true == validation.confusion.total:
        return None
    return (
        f"the head calls every window {called[0]}, while {1 - validation.confusion.chance.accuracy:.0%} of them are "
        f"not of the commonest class, {validation.confusion.majority}; train longer, lower learning_rate, or see "
        "whether the classes can be told apart in the image (geobfdt plot LOG)"
    )


def missed_class(name: str, windows: float, sensitivities: Sequence[float]) -> str | None:
    """``windows`` of the class validate, and ``sensitivities`` are those of the last epochs."""
    if not windows or any(found > 0 for found in sensitivities):
        return None
    return (
        f"no window was called {name} in {len(sensitivities)} epochs, though {windows:g} of those that validate are; "
        "add wells with intervals of it, or leave it out of model.classes"
    )


def missed_kind(kind: str, planes: int, sensitivities: Sequence[float]) -> str | None:
    """``planes``, or pixels of a mask head, are those of the kind in the validation windows; ``sensitivities`` those
    of the last epochs, to all of which it must have stayed unknown.
    """
    if not planes or any(found > 0 for found in sensitivities):
        return None
    return (
        f"no {kind} was found in {len(sensitivities)} epochs, though the validation windows hold some; train on more "
        f"windows with planes of that kind, or ask for the other kind alone (data.kinds)"
    )


class Guards:
    """Tells of a run in ``run`` what is wrong with it, by :class:`TrainingWarning`; ``strict`` ends it instead.

    warned   what each guard that has spoken said first, by its name, which a resumed run must find again
    skipped  steps in a row, up to the last one, that were without a finite loss
    silent   whether another process of the run tells of it
    """

    def __init__(self, config: TrainConfig, run: Path, strict: bool, *, silent: bool = False) -> None:
        self.config, self.run, self.strict, self.silent = config, run, strict, silent
        self.warned: dict[str, str] = {}
        self.skipped = 0
        self._noted: dict[str, str] = {}

    def look_ahead(self, steps_per_epoch: int) -> None:
        """Before the first step: will the schedule ever act?"""
        self._note("schedule", never_acts(self.config, steps_per_epoch))

    def look_at_windows(self, batches: Sequence[WindowBatch]) -> None:
        """Before the first step: can those that validate tell good weights from bad ones?"""
        unjudged = None
        planes = not any(isinstance(batch, LabelledBatch) for batch in batches)
        if planes and not any(bool(batch.owned.any()) for batch in batches):
            unjudged = (
                "no validation window holds a plane: F1 will be no number, and the newest weights will count as the "
                "best; raise data.validation_windows, or lower data.barren"
            )
        self._note("unjudged", unjudged)

    def look_at_step(self, epoch: int, step: int, finite: bool) -> None:
        """Raises :class:`InputError` once :data:`MOST_SKIPPED` steps in a row have been skipped."""
        self.skipped = 0 if finite else self.skipped + 1
        if finite:
            return
        remedy = "lower learning_rate, look for values in the data that are no numbers, or set precision to float32"
        where = f"step {step + 1} of epoch {epoch + 1}"
        if self.skipped >= MOST_SKIPPED:
            raise InputError(
                f"{self.run}: the loss or its gradient was not finite in {self.skipped} steps in a row up to {where}; "
                f"{remedy}"
            )
        self._note("finite", f"the loss of {where}, or its gradient, is not finite, and the step was skipped; {remedy}")
        if not self.strict:
            self.warn()

    def look_at_epoch(self, validation: AnyValidation, rows: Sequence[Mapping[str, float]], over: bool) -> None:
        """``rows`` are those of metrics.csv up to this epoch, ``over`` says that the run ends with it."""
        if len(rows) < self.config.guard_epochs and not over:
            return
        if isinstance(validation, ClassValidation):
            if self._note("classes", one_class(validation)):
                return
            last = rows[-self.config.guard_epochs :]
            for name, score in validation.confusion.scores.items():
                sensitivities = [row[f"val_{name}_sensitivity"] for row in last]
                self._note(f"class {name}", missed_class(name, score.true, sensitivities))
            return
        if isinstance(validation, MaskValidation):
            failed = [self._note("traces", collapsed_traces(validation))]
        else:
            failed = [
                self._note("empty", empty_predictions(validation.responses)),
                self._note("boundless", boundless_predictions(validation.responses)),
                self._note("constant", constant_predictions(validation.responses)),
            ]
        if any(failed):  # then there is little to say of kinds
            return
        last = rows[-self.config.guard_epochs :]
        for kind in KINDS:
            sensitivities = [row[f"val_{kind}_sensitivity"] for row in last]
            self._note(kind, missed_kind(kind, validation.counts[kind].n_ref, sensitivities))

    def warn(self) -> None:
        """Say what was noted since the last time. Raises the first of it as an :class:`InputError` if strict."""
        sentences = list(self._noted.values())
        self._noted.clear()
        for sentence in sentences[self.strict :]:
            warnings.warn(TrainingWarning(sentence), stacklevel=2)
        if self.strict and sentences:
            raise InputError(sentences[0])

    def _note(self, guard: str, sentence: str | None) -> bool:
        """Whether there is something to warn of: it is, once in a run, and in a strict one whenever it is true."""
        if sentence is None:
            return False
        if not self.silent and (self.strict or guard not in self.warned):
            self._noted.setdefault(guard, f"{self.run}: {sentence}")
        self.warned.setdefault(guard, sentence)
        return True
