"""Splits by patch instead of by well, which leak: neighbours of what is scored were trained on. For the study that
measures by how much, and for nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geobfdt.borehole import Split
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError

PATCH_M = 2.2
_TRAIN, _TEST = " train patches", " test patches"


def patch_split(wells: Iterable[Well], seed: int, *, patch_m: float = PATCH_M, test_share: float = 0.2) -> list[Well]:
    """Of every "train" well two, of one image and disjoint reviewed intervals: "NAME train patches" to train on and
    "NAME test patches" to test on. Wells of other splits stay as they are.

    What was reviewed of a well is cut into patches of ``patch_m`` metres from its top down, the last of an interval
    being what is left; a share ``test_share`` of them, drawn from the seed, one at least, is for testing. Each of the
    two holds the picks of its own patches. Raises :class:`InputError` on a well of fewer than two patches.
    """
    rng = np.random.default_rng(seed)
    split: list[Well] = []
    for well in wells:
        split += _two_of(well, rng, patch_m, test_share) if well.split == "train" else [well]
    return split


def train_name(test_name: str) -> str:
    """The name of the well that holds the patches to train on, of the one that holds those to test on."""
    return test_name.removesuffix(_TEST) + _TRAIN


def _two_of(well: Well, rng: np.random.Generator, patch_m: float, test_share: float) -> list[Well]:
    patches = [patch for interval in _joined(sorted(well.reviewed_or_all_m)) for patch in _patches(*interval, patch_m)]
    if len(patches) < 2:
        raise InputError(f"well {well.log.well}: is too short to be split into patches of {patch_m:g} m; leave it out")
    tests = min(max(1, round(test_share * len(patches))), len(patches) - 1)
    tested = np.isin(np.arange(len(patches)), rng.permutation(len(patches))[:tests])
    # A pick on the edge of two patches belongs to the lower one.
    tops = np.array([top for top, _ in patches])
    patch_of_pick = np.searchsorted(tops, well.picks.depth_m, side="right") - 1
    inside = (patch_of_pick >= 0) & (well.picks.depth_m <= np.array([base for _, base in patches])[patch_of_pick])
    parts = []
    splits: tuple[tuple[Split, str, bool], ...] = (("train", _TRAIN, False), ("test", _TEST, True))
    for part, suffix, is_test in splits:
        name = well.log.well + suffix
        picks = well.picks[inside & (tested[patch_of_pick] == is_test)]
        intervals = [patch for patch, test in zip(patches, tested, strict=True) if test == is_test]
        log = replace(well.log, well=name)
        parts.append(Well(log, replace(picks, well=name), _joined(intervals), part))
    return parts


def _patches(top_m: float, base_m: float, patch_m: float) -> list[tuple[float, float]]:
    count = max(1, int(np.ceil((base_m - top_m) / patch_m - 1e-9)))
    edges = [top_m + number * patch_m for number in range(count)]
    return list(zip(edges, [*edges[1:], base_m], strict=True))


def _joined(intervals: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Intervals by depth that touch or overlap as one: what runs across an edge between patches is seen whole."""
    joined: list[tuple[float, float]] = []
    for top, base in intervals:
        if joined and top <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(base, joined[-1][1]))
        else:
            joined.append((top, base))
    return tuple(joined)
