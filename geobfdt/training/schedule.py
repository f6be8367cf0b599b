"""The learning rate of every step, from the configuration and the step's number alone, so that a resumed run needs no
record of it."""

from __future__ import annotations

import math

from geobfdt.training.config import TrainConfig

RISE = 0.3
"""Part of a run over which one_cycle rises (Smith and Topin 2018, as torch's OneCycleLR has it)."""
FIRST, LAST = 1 / 25, 1e-4
"""What one_cycle starts from and ends with, as parts of the configured rate."""


def learning_rate(config: TrainConfig, step: int, steps_per_epoch: int) -> float:
    """The rate of a step, counted from 0 over the whole run.

    linear     constant, and a straight fall to zero over the last ``decay_epochs``
    cosine     half a cosine from the end of the warm-up to zero at the end of the run
    step       a tenth every ``step_epochs``
    one_cycle  half a cosine up over the first :data:`RISE` of the run and half a cosine down over the rest

    The first ``warmup_steps`` rise in a straight line, except those of one_cycle, which has a rise of its own. What is
    "the run" are its ``epochs``: where patience ends it early, it ends with a rate that has not fallen all the way.
    """
    steps = config.epochs * steps_per_epoch
    rate = config.learning_rate
    if config.schedule == "one_cycle":
        return rate * _cycle(step, steps)
    if step < config.warmup_steps:
        rate *= (step + 1) / config.warmup_steps
    if config.schedule == "linear" and config.decay_epochs:
        rate *= min(1.0, (steps - step) / (config.decay_epochs * steps_per_epoch))
    elif config.schedule == "cosine" and step >= config.warmup_steps:
        rate *= _between(1.0, 0.0, (step - config.warmup_steps) / (steps - config.warmup_steps))
    elif config.schedule == "step":
        rate *= 0.1 ** (step // steps_per_epoch // config.step_epochs)
    return rate


def never_acts(config: TrainConfig, steps_per_epoch: int) -> str | None:
    """What of the schedule lies beyond the end of the run, and the remedy; None where all of it takes place.

    A constant rate that nobody asked to change is none of these.
    """
    epochs, steps = config.epochs, config.epochs * steps_per_epoch
    if config.schedule == "step" and config.step_epochs >= epochs:
        return (
            f"the learning rate would fall first after {config.step_epochs} epochs, and the run has {epochs}: its "
            f"schedule never acts; lower step_epochs below {epochs}, or raise epochs"
        )
    if config.schedule != "one_cycle" and config.warmup_steps >= steps:
        return (
            f"the warm-up takes {config.warmup_steps} steps, and the run has {steps}: the learning rate never gets "
            f"beyond it; lower warmup_steps below {steps}, or raise epochs"
        )
    if config.schedule == "linear" and config.decay_epochs > epochs:
        return (
            f"the learning rate falls over {config.decay_epochs} epochs, and the run has {epochs}: it never has its "
            f"value; lower decay_epochs to {epochs} or less, or raise epochs"
        )
    return None


def _cycle(step: int, steps: int) -> float:
    top = RISE * steps - 1
    if step <= top:
        return _between(FIRST, 1.0, step / top)
    return _between(1.0, LAST, (step - top) / (steps - 1 - top))


def _between(start: float, end: float, part: float) -> float:
    """Half a cosine from start (part 0) to end (part 1)."""
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2
