"""Training windows of wells whose rock is described by intervals."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import iter_corpus
from geobfdt.training.classes.batch import LabelledBatch
from geobfdt.training.config import TrainConfig
from geobfdt.training.ranks import ALONE, Ranks
from geobfdt.training.sampling import Part, Passes
from geobfdt.training.sources import VALIDATION_BATCH, Gridded, augmented, stacked
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import HALF, as_cut, row_step_m

OWNED_ALIKE = 0.75
"""Least share of a window's owned half that is of the label at its centre: where a border crosses it further in, one
label would be half a lie."""


@dataclass(frozen=True, eq=False)
class Described:
    """A stretch of a well on its windows' grid and the class of every row (rows,), -1 where there is none."""

    part: Gridded
    classes: NDArray[np.int64]

    @classmethod
    def of(cls, well: Well, config: TrainConfig) -> Iterator[Described]:
        """All stretches of a well. What was reviewed for planes is nothing to its rock: all of the image is shown."""
        step_m = row_step_m(as_cut(well.log, config.model.window))
        for part in Gridded.of(replace(well, picks=Picks(), reviewed_m=()), config.model):
            depth_m = (part.first + np.arange(part.channels.shape[1]) + 0.5) * step_m
            yield cls(part, well.intervals.classes_at(np.asarray(depth_m, np.float64), config.model.classes))

    def label(self, start: int) -> int:
        """The class that a window from its first row on is taught, -1 for none: that of its centre, where at least
        :data:`OWNED_ALIKE` of the half that it owns are of it.
        """
        owned = self.classes[start + HALF // 2 : start + HALF // 2 + HALF]
        centre = int(self.classes[start + HALF])
        return centre if (owned == centre).mean() >= OWNED_ALIKE else -1

    def starts(self) -> list[int]:
        """First rows of windows half a window apart that are taught and of which half the rows are seen."""
        return [start for start in self.part.starts() if self.label(start) >= 0]


class IntervalWindows:
    """Windows of a corpus: every half window of its "train" wells once a pass that an interval says the class of,
    shifted anew each time as far as that stays true. An epoch is one pass, or with ``data.epoch`` steps
    ``steps_per_epoch`` of full batches; ``augment.factor`` counts as in
    :class:`~geobfdt.training.sources.CorpusWindows`.

    Labels that the configuration's ``classes`` do not name teach nothing, with a warning. Raises :class:`InputError`
    when the corpus has no train well, fewer than ``data.wells``, or no window of one of the classes, and where the
    configuration asks for synthetic windows or a sampling by planes, which know nothing of intervals.

    held_out   windows of the "val" wells; without any, those that train validate too
    """

    def __init__(self, path: str | Path, config: TrainConfig, device: torch.device, ranks: Ranks = ALONE) -> None:
        self.config, self.device, self.ranks = config, device, ranks
        _check_config(config)
        wells = list(islice(iter_corpus(path, split="train"), config.data.wells or None))
        held_out = list(iter_corpus(path, split="val"))
        _check_wells(path, wells, held_out, config)
        self.train = [part for well in wells for part in Described.of(well, config)]
        self.validate_on = [part for well in held_out for part in Described.of(well, config)]
        self.held_out = sum(len(part.starts()) for part in self.validate_on)
        if not self.held_out:
            self.validate_on = self.train
        self.places = [(part, start) for part in self.train for start in part.starts()]
        self._check_taught(path, wells)
        self.size = config.batch
        self.runs_on = config.data.epoch == "steps"
        one_pass = -(-len(self.places) // (self.size * ranks.world))
        self.steps_per_epoch = config.steps_per_epoch if self.runs_on else one_pass
        self.passes = Passes(
            np.ones(len(self.places)),
            seed=config.seed,
            length=len(self.places),
            repeats=config.augment.factor,
            ranks=ranks,
        )
        self._chunk = lru_cache(maxsize=2)(self._cut)

    @property
    def identity(self) -> str:
        """A digest of the pixels and classes of the wells that train and validate."""
        digest = hashlib.sha256(repr(self.config.model.classes).encode())
        for part in [*self.train, *self.validate_on]:
            for array in (part.part.channels, part.classes):
                digest.update(np.ascontiguousarray(array).tobytes())
        return f"intervals {digest.hexdigest()}"

    def _check_taught(self, path: str | Path, wells: Iterable[Well]) -> None:
        taught = {part.label(start) for part, start in self.places}
        names = self.config.model.classes
        if lacking := [name for k, name in enumerate(names) if k not in taught]:
            there = sorted({name for well in wells for name in well.intervals.names})
            raise InputError(
                f"{path}: no window of its train wells is of {' or of '.join(lacking)}, and their intervals are of "
                f"{', '.join(there)}; correct model.classes, or add wells (of a window's middle half, 6.7 hole "
                "radii, three quarters must be of one label)"
            )

    def batch(self, epoch: int, step: int) -> LabelledBatch:
        number = epoch * self.steps_per_epoch + step
        parts = self.passes.running_on(number, self.size) if self.runs_on else [Part(epoch, step)]
        return reduce(LabelledBatch.joined, [self._chunk(part.round, part.chunk).some(part.windows) for part in parts])

    def _cut(self, number: int, chunk: int) -> LabelledBatch:
        """A chunk of a round, at most a batch of windows, augmented together."""
        drawn = []
        for place, shift in self.passes.chunk(number, chunk, self.size):
            part, start = self.places[place]
            shifted = part.part.clipped(start + shift)
            drawn.append((part, shifted if part.label(shifted) >= 0 else start))
        batch = _labelled(drawn, self.device)
        changed = augmented(batch, self.config, self.passes.repeated(number), chunk, self.ranks)
        return LabelledBatch.of(changed, batch.label)

    def validation(self) -> list[WindowBatch]:
        return [*_batches(self.validate_on, self.device)]


def labelled_windows(wells: Iterable[Well], config: TrainConfig, device: torch.device) -> list[LabelledBatch]:
    """Every half window of wells that an interval says the class of, in batches, unaugmented."""
    return _batches([part for well in wells for part in Described.of(well, config)], device)


def _batches(parts: Iterable[Described], device: torch.device) -> list[LabelledBatch]:
    places = [(part, start) for part in parts for start in part.starts()]
    firsts = range(0, len(places), VALIDATION_BATCH)
    return [_labelled(places[first : first + VALIDATION_BATCH], device) for first in firsts]


def _labelled(places: list[tuple[Described, int]], device: torch.device) -> LabelledBatch:
    """Windows from their first rows, with their classes."""
    batch = stacked((part.part, start) for part, start in places)
    label = torch.tensor([part.label(start) for part, start in places])
    return LabelledBatch.of(batch, label).to(device)


def _check_config(config: TrainConfig) -> None:
    data = config.data
    if data.synthetic:
        raise InputError(f"data.synthetic {data.synthetic:g}: synthetic windows are of no class of rock; set it to 0")
    if data.sampling != "as_is":
        raise InputError(f"data.sampling {data.sampling}: goes by planes, and classes have none; set it to as_is")


def _check_wells(path: str | Path, wells: list[Well], held_out: list[Well], config: TrainConfig) -> None:
    remedy = "add one with geobfdt import ... --intervals FILE --split train"
    if not wells:
        raise InputError(f"{path}: holds no train well; {remedy}")
    if len(wells) < config.data.wells:
        raise InputError(
            f"{path}: holds {len(wells)} train wells, and data.wells asks for {config.data.wells}; lower it, or add "
            "wells"
        )
    if not any(len(well.intervals) for well in wells):
        raise InputError(f"{path}: none of its train wells has intervals; {remedy}")
    there = {name for well in [*wells, *held_out] for name in well.intervals.names}
    if unnamed := sorted(there - set(config.model.classes)):
        warnings.warn(
            f"{path}: intervals of {', '.join(unnamed)} teach nothing, as model.classes does not name them",
            InputWarning,
            stacklevel=3,
        )
