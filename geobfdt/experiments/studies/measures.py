"""The figures that studies compare."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from geobfdt.eval.classes import ClassConfusion
from geobfdt.experiments.studies.outcome import Outcome, Tally, total
from geobfdt.experiments.studies.study import Measure
from geobfdt.model.masks import CLASSES
from geobfdt.training.traces.validation import intersection_over_union

Criterion = Literal["joint", "depth"]


def _share(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.nan


def found(
    criterion: Criterion, group: str = "all", figure: Literal["F1", "sensitivity", "precision"] = "F1"
) -> Measure:
    """Of picks at 8 cm."""

    def tally(outcome: Outcome) -> Tally:
        return total([getattr(well, criterion)[group] for well in outcome.wells])

    return Measure(
        f"{'' if group == 'all' else f'{group} '}{criterion} {figure}",
        lambda outcome: float(getattr(tally(outcome).counts, figure.lower())),
        chance=lambda outcome: float(getattr(tally(outcome).by_chance, figure.lower())),
    )


def intensity(group: str) -> Measure:
    """Dip-intensity accuracy, per cent: ``1 - sum over 1 m bins of |picks - reference picks| / reference picks``. The
    source names the figure and defines it nowhere; this is our definition.
    """

    def value(outcome: Outcome) -> float:
        planes = sum(well.depth[group].n_ref for well in outcome.wells)
        return 100 * (1 - _share(sum(well.off_by[group] for well in outcome.wells), planes))

    return Measure(f"{group} dip-intensity accuracy %", value, 1)


def _false_picks(outcome: Outcome) -> float:
    barren = [well for well in outcome.wells if not well.depth["all"].n_ref]
    return _share(sum(well.depth["all"].n_est for well in barren), sum(well.metres for well in barren))


def of_pixels(figure: Literal["F1", "precision", "recall", "IoU"], group: str) -> Measure:
    """Of one class of the mask head."""
    index = CLASSES.index(group)

    def value(outcome: Outcome) -> float:
        if outcome.pixels is None:
            return math.nan
        counts = outcome.pixels.counts(index)
        return {
            "F1": counts.f1,
            "precision": counts.precision,
            "recall": counts.sensitivity,
            "IoU": intersection_over_union(counts),
        }[figure]

    return Measure(f"{group} pixel {figure}", value)


def _mean_pixel_f1(outcome: Outcome) -> float:
    scores = [of_pixels("F1", kind).of(outcome) for kind in CLASSES[1:]]
    return math.nan if outcome.pixels is None else sum(0.0 if math.isnan(score) else score for score in scores) / 2


def of_labels(title: str, figure: Callable[[ClassConfusion], float]) -> Measure:
    """Of the head of classes; chance is what calling every window the commonest class earns."""

    def value(outcome: Outcome, by_chance: bool = False) -> float:
        if outcome.labels is None:
            return math.nan
        confusion = outcome.labels.confusion
        return figure(confusion.chance if by_chance else confusion)

    return Measure(title, value, chance=lambda outcome: value(outcome, by_chance=True))


def f1_of_label(name: str) -> Measure:
    return of_labels(f"{name} F1", lambda confusion: confusion.scores[name].f1)


ACCURACY = of_labels("accuracy", lambda confusion: confusion.accuracy)
MACRO_F1 = of_labels("macro F1", lambda confusion: confusion.macro_f1)
JOINT, DEPTH = found("joint"), found("depth")
JOINT_SENSITIVITY, JOINT_PRECISION = found("joint", figure="sensitivity"), found("joint", figure="precision")
DEPTH_SENSITIVITY, DEPTH_PRECISION = found("depth", figure="sensitivity"), found("depth", figure="precision")
CLASS_ERROR = Measure("class error %", lambda outcome: outcome.class_error, 2, "low")
HUNGARIAN_LOSS = Measure("Hungarian loss", lambda outcome: outcome.hungarian_loss, 3, "low")
PARAMETER_LOSS = Measure("parameter loss", lambda outcome: outcome.parameter_loss, 3, "low")
FALSE_PICKS = Measure("false picks/m in barren rock", _false_picks, 3, "low")
PARAMETERS = Measure("million parameters", lambda outcome: outcome.parameters / 1e6, 2, None)
PIXEL_F1 = Measure("mean pixel F1 of the kinds", _mean_pixel_f1)
FOREGROUND = Measure(
    "foreground %", lambda outcome: math.nan if outcome.pixels is None else 100 * outcome.pixels.foreground, 2, None
)
TRUE_FOREGROUND = Measure(
    "true foreground %",
    lambda outcome: math.nan if outcome.pixels is None else 100 * outcome.pixels.true_foreground,
    2,
    None,
)
PIXEL_ACCURACY = Measure(
    "pixel accuracy", lambda outcome: math.nan if outcome.pixels is None else outcome.pixels.accuracy, 3, None
)
