"""Where training windows come from: endless synthetic ones, or a corpus of picked wells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import chain, islice
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.augment import augment
from geobfdt.augment.draw import seed_of
from geobfdt.borehole.geometry import sinusoid_from_plane
from geobfdt.borehole.picks import KINDS, UNKNOWN, within
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.formats.corpus import iter_corpus
from geobfdt.model.config import ModelConfig
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.config import TrainConfig
from geobfdt.training.ranks import ALONE, Ranks
from geobfdt.training.sampling import AUGMENT, TRAIN, VALIDATION, Part, Passes, draws_a_pass, expected_draws
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.cut import OWNED_RADII
from geobfdt.windows.grid import (
    HALF,
    HEIGHT_RADII,
    ROW_STEP_RADII,
    ROWS,
    as_cut,
    gridded_stretches,
    row_step_m,
    stretches,
)

VALIDATION_BATCH = 64
FEWEST_HELD_OUT = 50
"""Picks of val wells that a threshold can be chosen on: on fewer, chance chooses it."""


class Batches(Protocol):
    """Gives training windows by epoch and step; the same two numbers always give the same windows."""

    def batch(self, epoch: int, step: int) -> WindowBatch: ...


class WindowSource(Batches, Protocol):
    """:class:`Batches` that know how many make an epoch, and others to validate on. One that has an ``identity``, a
    text, is told from others where a run is resumed.
    """

    steps_per_epoch: int

    def validation(self) -> list[WindowBatch]: ...


class SyntheticWindows:
    """Endless windows generated on the training device, every rank its own, validated on windows of seeds that training
    never draws.
    """

    def __init__(self, config: TrainConfig, device: torch.device, ranks: Ranks = ALONE) -> None:
        if config.model.head == "classes":
            raise InputError(
                "model.head classes: synthetic windows are of no class of rock; train on wells with intervals"
            )
        if config.model.image != "window":
            raise InputError(
                f"model.image {config.model.image}: synthetic windows have no log around them to be scaled by; train "
                "on a corpus, or set it to window"
            )
        if config.data.barren == 1:
            raise InputError(
                "data.barren 1: no synthetic window would hold a plane, and there would be none to learn; lower it"
            )
        self.config, self.device, self.ranks = config, device, ranks
        self.steps_per_epoch = config.steps_per_epoch

    @property
    def identity(self) -> str:
        return "synthetic"

    def batch(self, epoch: int, step: int) -> WindowBatch:
        seed = self.ranks.seed(TRAIN, self.config.seed, epoch, step)
        windows = training_windows(
            self.config.batch, seed, self.config.data.barren, self.device, self.config.model.window
        )
        return augmented(_of_kinds(windows, self.config.data.kinds), self.config, epoch, step, self.ranks)

    def validation(self) -> list[WindowBatch]:
        data, window = self.config.data, self.config.model.window
        batches = [
            training_windows(
                min(VALIDATION_BATCH, data.validation_windows - first),
                seed_of(VALIDATION, first),
                data.barren,
                self.device,
                window,
            )
            for first in range(0, data.validation_windows, VALIDATION_BATCH)
        ]
        return [_of_kinds(batch, data.kinds) for batch in batches]


class CorpusWindows:
    """Windows of a corpus: every half window of its "train" wells once a pass, shifted anew each time; with another
    ``data.sampling`` as often as :func:`geobfdt.training.sampling.expected_draws` says. An epoch is one pass; where the
    configuration asks for synthetic windows beside them, it is as many steps as with those alone.

    With ``data.epoch`` steps, passes follow each other without regard to epochs, and batches are full: one may hold the
    end of a pass and the beginning of the next. With ``augment.factor`` k, pass number p is pass number p mod k, its
    order, shifts and augmentation: after k passes the very same windows come again. (Beside synthetic windows, which
    stay endless, passes then follow each other as with steps.)

    What no interpreter reviewed is hidden: its pixels are invalid and its picks do not count, so that an unpicked
    stretch teaches nothing. Raises :class:`InputError` when the corpus has no wells to train on, fewer than
    ``data.wells``, windows without any plane to train or to validate on, or no window that the sampling lets through.

    held_out   picks of the "val" wells that have a window; with fewer than :data:`FEWEST_HELD_OUT`, those that train
               validate too
    """

    def __init__(self, path: str | Path, config: TrainConfig, device: torch.device, ranks: Ranks = ALONE) -> None:
        self.config, self.device, self.ranks = config, device, ranks
        data = config.data
        wells = [_gridded_well(well, config) for well in islice(iter_corpus(path, split="train"), data.wells or None)]
        self.train = list(chain.from_iterable(wells))
        self.validate_on = [part for well in iter_corpus(path, split="val") for part in _gridded_well(well, config)]
        self.held_out = sum(len(well.kind) for well in self.validate_on if well.starts())
        if self.held_out < FEWEST_HELD_OUT:
            self.validate_on += self.train
        self.places = [(well, start) for well in self.train for start in well.starts()]
        self._check(path, len(wells))
        self.drawn = min(round(data.synthetic * config.batch), config.batch - 1)
        self.size = config.batch - self.drawn
        self.expected = self._expected(path)
        one_pass = draws_a_pass(self.expected)
        self.runs_on = data.epoch == "steps" or (config.augment.factor > 0 and self.drawn > 0)
        by_steps = self.runs_on or self.drawn > 0
        self.steps_per_epoch = config.steps_per_epoch if by_steps else -(-one_pass // (self.size * ranks.world))
        self.passes = Passes(
            self.expected,
            seed=config.seed,
            # Beside synthetic windows a round is an epoch.
            length=self.steps_per_epoch * self.size * ranks.world if self.drawn and not self.runs_on else one_pass,
            repeats=config.augment.factor,
            ranks=ranks,
        )
        # A batch that takes the beginning of a chunk leaves the rest of it to the next one.
        self._chunk = lru_cache(maxsize=2)(self._cut)

    @property
    def identity(self) -> str:
        """A digest of the pixels and planes of the wells that train and validate."""
        digest = hashlib.sha256()
        for well in [*self.train, *self.validate_on]:
            for array in (well.channels, well.planes, well.kind):
                digest.update(np.ascontiguousarray(array).tobytes())
        return f"corpus {digest.hexdigest()}"

    def _check(self, path: str | Path, wells: int) -> None:
        wanted = self.config.data.wells
        if not wells:
            raise InputError(f"{path}: holds no train well; add one with geobfdt import ... --split train")
        if wells < wanted:
            raise InputError(
                f"{path}: holds {wells} train wells, and data.wells asks for {wanted}; lower it, or add wells"
            )
        if not self.places:
            raise InputError(f"{path}: no reviewed part of its train wells fills half a window")
        self._check_planes(path)
        image = self.config.model.image
        if self.config.data.synthetic and image != "window":
            raise InputError(f"model.image {image}: set it to window, or data.synthetic to 0: they have no log")

    def _check_planes(self, path: str | Path) -> None:
        data = self.config.data
        plane = "plane" if data.kinds == "both" else f"{data.kinds} (data.kinds {data.kinds})"
        remedy = "add a well with picks, geobfdt import ... --picks FILE"
        vain = "and without any no weights are better than others"
        if not any(len(well.kind) for well in self.validate_on):
            raise InputError(f"{path}: its train and val wells hold no {plane}, {vain}; {remedy}")
        if not any(well.holds(OWNED_RADII) for well in self.validate_on):
            raise InputError(
                f"{path}: no window of the wells that validate holds a {plane} in its middle, {vain}; review, with "
                "--reviewed, half a window and more around the picks"
            )
        drawn = data.synthetic > 0 and data.barren < 1
        if not drawn and not any(well.holds(HEIGHT_RADII / 2) for well in self.train):
            raise InputError(
                f"{path}: no window of its train wells holds a {plane}, and there is none to learn; {remedy} --split "
                "train, or set data.synthetic to have synthetic windows beside them"
            )

    def _expected(self, path: str | Path) -> NDArray[np.float64]:
        """(places,) how often each window is drawn in a pass."""
        data = self.config.data
        held = np.array([well.content(start) for well, start in self.places])
        expected = expected_draws(data.sampling, held[:, 0], held[:, 1], data.least_trace_share)
        if not expected.any():
            raise InputError(
                f"{path}: in no window do traces cover {data.least_trace_share:g} of the pixels, the most is "
                f"{held[:, 1].max():.3f}; lower data.least_trace_share, or choose another data.sampling"
            )
        return expected

    def batch(self, epoch: int, step: int) -> WindowBatch:
        config = self.config
        number = epoch * self.steps_per_epoch + step
        parts = self.passes.running_on(number, self.size) if self.runs_on else [Part(epoch, step)]
        batch = reduce(WindowBatch.joined, [self._chunk(part.round, part.chunk).some(part.windows) for part in parts])
        if not self.drawn:
            return batch
        seed = self.ranks.seed(TRAIN, config.seed, epoch, step)
        drawn = training_windows(self.drawn, seed, config.data.barren, self.device, config.model.window)
        return WindowBatch.joined(batch, _of_kinds(drawn, config.data.kinds))

    def _cut(self, number: int, chunk: int) -> WindowBatch:
        """A chunk of a round, at most a batch of windows, augmented together."""
        least = self.config.data.least_trace_share if self.config.data.sampling == "filtered" else 0.0
        drawn = []
        for place, shift in self.passes.chunk(number, chunk, self.size):
            well, start = self.places[place]
            shifted = well.clipped(start + shift)
            drawn.append((well, shifted if well.content(shifted)[1] >= least else start))
        windows = stacked(drawn).to(self.device)
        return augmented(windows, self.config, self.passes.repeated(number), chunk, self.ranks)

    def validation(self) -> list[WindowBatch]:
        return _batches(self.validate_on, self.device)


def _of_kinds(batch: WindowBatch, kinds: Literal["both", "fracture", "bedding"]) -> WindowBatch:
    """The batch with the planes of these kinds alone; those whose kind nobody said stay."""
    if kinds == "both":
        return batch
    return batch.packed(batch.present & ((batch.kind == KINDS.index(kinds)) | (batch.kind < 0)))


def augmented(batch: WindowBatch, config: TrainConfig, epoch: int, step: int, ranks: Ranks) -> WindowBatch:
    """A batch as the configuration has it changed, seeded by two numbers and the rank, in its order."""
    if config.augment.geometric == config.augment.radiometric == 0:
        return batch
    seed = ranks.seed(AUGMENT, config.seed, epoch, step)
    return augment(batch, seed, geometric=config.augment.geometric, radiometric=config.augment.radiometric)


@dataclass(frozen=True, eq=False)
class Gridded:
    """A stretch of a well on its windows' grid: channels (channels, rows, 180), planes (n, 3) in radii below row 0,
    kind (n,), and which row of the log's grid its row 0 is.
    """

    channels: NDArray[np.float32]
    planes: NDArray[np.float64]
    kind: NDArray[np.int64]
    first: int
    above: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
    """Planes, and rows' worth of pixels that traces cover, above the upper edge of each row, each (rows + 1,); None
    where the sampling disregards them."""

    @classmethod
    def of(cls, well: Well, model: ModelConfig) -> Iterator[Gridded]:
        """All stretches of a well that have rows; each pick is in one of them."""
        log = as_cut(well.log, model.window)
        picks = well.picks.within(well.reviewed_or_all_m)
        # Windows count azimuth from the left edge of the log's first column.
        a, b = sinusoid_from_plane(picks.dip_deg, picks.azimuth_deg - log.first_azimuth_deg)
        scale = log.diameters_m(picks.depth_m) / log.hole_diameter_m
        kind = np.array([KINDS.index(kind) if kind in KINDS else -1 for kind in picks.kind], np.int64)
        tops_m = [int(starts[0]) * row_step_m(log) for starts in stretches(log)]
        part_of = np.searchsorted(tops_m[1:], picks.depth_m, side="right")
        for part, (first, channels) in enumerate(gridded_stretches(log, model.image)):
            row_m = np.asarray(tops_m[part] + (np.arange(channels.shape[1]) + 0.5) * row_step_m(log), np.float64)
            channels[1] *= within(row_m, well.reviewed_or_all_m)[:, None]
            planes = np.stack([(picks.depth_m - tops_m[part]) / log.radius_m, a * scale, b * scale], axis=-1)
            yield cls(channels, planes[part_of == part], kind[part_of == part], first)

    def starts(self) -> list[int]:
        """First rows of windows half a window apart of which at least half the rows were reviewed."""
        seen = np.asarray(self.channels[1].any(1))
        starts = range(0, len(seen) - ROWS + 1, HALF)
        return [start for start in starts if seen[start : start + ROWS].mean() >= 0.5]

    def holds(self, within: float) -> bool:
        """Whether any of its windows holds a plane so many hole radii around its centre."""
        centres = (np.array(self.starts()) + ROWS / 2) * ROW_STEP_RADII
        return bool((np.abs(self.planes[:, :1] - centres) < within).any())

    def content(self, start: int) -> tuple[float, float]:
        """How many planes a window from its first row on holds, and the share of its pixels that traces cover."""
        if self.above is None:
            return 0.0, 0.0
        planes, traces = (float(above[start + ROWS] - above[start]) for above in self.above)
        return planes, traces / ROWS

    def clipped(self, start: int) -> int:
        """The nearest first row of a window on the grid."""
        return int(min(max(start, 0), self.channels.shape[1] - ROWS))


def well_windows(wells: Iterable[Well], config: TrainConfig, device: torch.device) -> list[WindowBatch]:
    """Every half window of wells, in batches, unaugmented."""
    return _batches([part for well in wells for part in _gridded_well(well, config)], device)


def _batches(wells: Iterable[Gridded], device: torch.device) -> list[WindowBatch]:
    places = [(well, start) for well in wells for start in well.starts()]
    return [
        stacked(places[first : first + VALIDATION_BATCH]).to(device)
        for first in range(0, len(places), VALIDATION_BATCH)
    ]


def _gridded_well(well: Well, config: TrainConfig) -> list[Gridded]:
    """A well on its windows' grid, with the planes that the configuration asks for and what its sampling goes by."""
    kinds = config.data.kinds
    if kinds != "both":
        well = replace(well, picks=well.picks[np.isin(well.picks.kind, (kinds, UNKNOWN))])
    parts = list(Gridded.of(well, config.model))
    if config.data.sampling == "as_is":
        return parts
    log = as_cut(well.log, config.model.window)
    step_m = row_step_m(log)

    def above(part: Gridded) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        rows = part.first + np.arange(part.channels.shape[1] + 1)
        planes, traces_m = well.density.above(np.asarray(rows * step_m, np.float64))
        return planes, traces_m / step_m

    return [replace(part, above=above(part)) for part in parts]


def stacked(places: Iterable[tuple[Gridded, int]]) -> WindowBatch:
    """Windows of wells from their first rows, on the CPU."""
    images = []
    planes: list[tuple[NDArray[np.float64], NDArray[np.int64]]] = []
    for well, start in places:
        images.append(well.channels[:, start : start + ROWS])
        z0 = well.planes[:, 0] - (start + ROWS / 2) * ROW_STEP_RADII
        inside = np.abs(z0) < HEIGHT_RADII / 2
        planes.append((np.column_stack([z0, well.planes[:, 1:]])[inside], np.asarray(well.kind[inside])))
    most = max(1, max(len(of_kind) for _, of_kind in planes))
    sinusoids, kinds = np.zeros((len(planes), most, 3), np.float32), np.zeros((len(planes), most), np.int64)
    present = np.zeros((len(planes), most), bool)
    for i, (sinusoid, of_kind) in enumerate(planes):
        n = len(of_kind)
        sinusoids[i, :n], kinds[i, :n], present[i, :n] = sinusoid, of_kind, True
    windows = torch.from_numpy(np.stack(images))
    return WindowBatch(windows, torch.from_numpy(sinusoids), torch.from_numpy(kinds), torch.from_numpy(present))
