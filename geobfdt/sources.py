"""Where training windows come from: endless synthetic ones, or a corpus of picked wells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from geobfdt.augment import augment
from geobfdt.config import ModelConfig, TrainConfig
from geobfdt.corpus import Well, iter_corpus
from geobfdt.errors import InputError
from geobfdt.geometry import sinusoid_from_plane
from geobfdt.picks import KINDS
from geobfdt.synthetic import training_windows
from geobfdt.window_batch import WindowBatch
from geobfdt.windows import HALF, HEIGHT_RADII, ROW_STEP_RADII, ROWS, as_cut, gridded_channels, row_step_m

# First number of a seed: training and validation never draw the same windows.
_TRAIN, _VALIDATION, _AUGMENT = 0, 1, 2
VALIDATION_BATCH = 64
FEWEST_HELD_OUT = 50
"""Picks of val wells that a threshold can be chosen on: on fewer, chance chooses it."""


class WindowSource(Protocol):
    """Gives training windows by epoch and step; the same two numbers always give the same windows."""

    steps_per_epoch: int

    def batch(self, epoch: int, step: int) -> WindowBatch: ...

    def validation(self) -> list[WindowBatch]: ...


def seed_of(*numbers: int) -> int:
    """One seed from several numbers; unlike sums of them, no two steps or epochs share one."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)


class SyntheticWindows:
    """Endless windows generated on the training device, validated on windows of seeds that training never draws."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        if config.model.image != "window":
            raise InputError(
                f"model.image {config.model.image}: synthetic windows have no log around them to be scaled by; train "
                "on a corpus, or set it to window"
            )
        self.config, self.device = config, device
        self.steps_per_epoch = config.steps_per_epoch

    def batch(self, epoch: int, step: int) -> WindowBatch:
        seed = seed_of(_TRAIN, self.config.seed, epoch, step)
        windows = training_windows(
            self.config.batch, seed, self.config.data.barren, self.device, self.config.model.window
        )
        return _augmented(windows, self.config, epoch, step)

    def validation(self) -> list[WindowBatch]:
        data, window = self.config.data, self.config.model.window
        return [
            training_windows(
                min(VALIDATION_BATCH, data.validation_windows - first),
                seed_of(_VALIDATION, first),
                data.barren,
                self.device,
                window,
            )
            for first in range(0, data.validation_windows, VALIDATION_BATCH)
        ]


class CorpusWindows:
    """Windows of a corpus: every half window of its "train" wells once a pass, shifted anew each time. An epoch is one
    pass; where the configuration asks for synthetic windows beside them, it is as many steps as with those alone.

    What no interpreter reviewed is hidden: its pixels are invalid and its picks do not count, so that an unpicked
    stretch teaches nothing. Raises :class:`InputError` when the corpus has no wells to train on.

    held_out   picks of the "val" wells; with fewer than :data:`FEWEST_HELD_OUT`, the wells that train validate too
    """

    def __init__(self, path: str | Path, config: TrainConfig, device: torch.device) -> None:
        self.config, self.device = config, device
        self.train = [_Gridded.of(well, config.model) for well in iter_corpus(path, split="train")]
        self.validate_on = [_Gridded.of(well, config.model) for well in iter_corpus(path, split="val")]
        self.held_out = sum(len(well.kind) for well in self.validate_on)
        if self.held_out < FEWEST_HELD_OUT:
            self.validate_on += self.train
        self.places = [(well, start) for well in self.train for start in well.starts()]
        if not self.train:
            raise InputError(f"{path}: holds no train well; add one with geobfdt import ... --split train")
        if not self.places:
            raise InputError(f"{path}: no reviewed part of its train wells fills half a window")
        if config.data.synthetic and config.model.image != "window":
            raise InputError(f"model.image {config.model.image}: set it to window, or data.synthetic to 0")
        self.drawn = min(round(config.data.synthetic * config.batch), config.batch - 1)
        self.size = config.batch - self.drawn
        self.steps_per_epoch = config.steps_per_epoch if self.drawn else -(-len(self.places) // self.size)

    def batch(self, epoch: int, step: int) -> WindowBatch:
        config = self.config
        rng = np.random.default_rng(seed_of(_TRAIN, config.seed, epoch))
        windows = self.steps_per_epoch * self.size if self.drawn else len(self.places)
        passes = -(-windows // len(self.places))
        order = np.concatenate([rng.permutation(len(self.places)) for _ in range(passes)])[:windows]
        shift = rng.integers(HALF, size=len(order)) - HALF // 2
        places = []
        for k in range(step * self.size, min((step + 1) * self.size, len(order))):
            well, start = self.places[order[k]]
            places.append((well, well.clipped(start + int(shift[k]))))
        batch = _augmented(_stacked(places).to(self.device), config, epoch, step)
        if not self.drawn:
            return batch
        seed = seed_of(_TRAIN, config.seed, epoch, step)
        drawn = training_windows(self.drawn, seed, config.data.barren, self.device, config.model.window)
        return WindowBatch.joined(batch, drawn)

    def validation(self) -> list[WindowBatch]:
        return _batches(self.validate_on, self.device)


def _augmented(batch: WindowBatch, config: TrainConfig, epoch: int, step: int) -> WindowBatch:
    if config.augment.geometric == config.augment.radiometric == 0:
        return batch
    seed = seed_of(_AUGMENT, config.seed, epoch, step)
    return augment(batch, seed, geometric=config.augment.geometric, radiometric=config.augment.radiometric)


@dataclass(frozen=True, eq=False)
class _Gridded:
    """A well on its windows' grid: channels (channels, rows, 180), planes (n, 3) in radii below row 0, kind (n,)."""

    channels: NDArray[np.float32]
    planes: NDArray[np.float64]
    kind: NDArray[np.int64]

    @classmethod
    def of(cls, well: Well, model: ModelConfig) -> _Gridded:
        log = as_cut(well.log, model.window)
        channels, top_m = gridded_channels(log, model.image)
        rows = channels.shape[1]
        row_m = top_m + (np.arange(rows) + 0.5) * row_step_m(log)
        reviewed = np.zeros(rows, np.float32)
        for first_m, last_m in well.reviewed_or_all_m:
            reviewed[(row_m >= first_m) & (row_m <= last_m)] = 1.0
        picks = well.picks.within(well.reviewed_or_all_m)
        # Windows count azimuth from the left edge of the log's first column.
        a, b = sinusoid_from_plane(picks.dip_deg, picks.azimuth_deg - log.first_azimuth_deg)
        scale = log.diameters_m(picks.depth_m) / log.hole_diameter_m
        planes = np.stack([(picks.depth_m - top_m) / log.radius_m, a * scale, b * scale], axis=-1)
        kind = np.array([KINDS.index(kind) if kind in KINDS else -1 for kind in picks.kind], np.int64)
        channels[1] *= reviewed[:, None]
        return cls(channels, planes, kind)

    def starts(self) -> list[int]:
        """First rows of windows half a window apart of which at least half the rows were reviewed."""
        seen = np.asarray(self.channels[1].any(1))
        starts = range(0, len(seen) - ROWS + 1, HALF)
        return [start for start in starts if seen[start : start + ROWS].mean() >= 0.5]

    def clipped(self, start: int) -> int:
        """The nearest first row of a window on the grid."""
        return int(min(max(start, 0), self.channels.shape[1] - ROWS))


def well_windows(wells: Iterable[Well], config: TrainConfig, device: torch.device) -> list[WindowBatch]:
    """Every half window of wells, in batches, unaugmented."""
    return _batches([_Gridded.of(well, config.model) for well in wells], device)


def _batches(wells: Iterable[_Gridded], device: torch.device) -> list[WindowBatch]:
    places = [(well, start) for well in wells for start in well.starts()]
    return [
        _stacked(places[first : first + VALIDATION_BATCH]).to(device)
        for first in range(0, len(places), VALIDATION_BATCH)
    ]


def _stacked(places: Iterable[tuple[_Gridded, int]]) -> WindowBatch:
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
