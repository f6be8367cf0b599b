"""The corpora that studies train on and score: synthetic wells of fixed seeds, made once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import torch

from geobfdt.borehole.well import Well
from geobfdt.experiments.studies.patches import patch_split, train_name
from geobfdt.formats.atomic import make_folder
from geobfdt.formats.corpus import iter_corpus, write_corpus
from geobfdt.synthetic.corpora import WellSet

WELLS, BARREN, CHANGING = "wells", "barren wells beside", "wells of changing rock"
ODD_PATCHES, EVEN_PATCHES = "patches of odd wells", "patches of even wells"
_BARREN_SEEDS = (10, 11, 12)  # of train, val and test wells; those of study_sets come before
_CHANGING_SEEDS = (20, 21, 22)
LEAST_CHANGING_M = 40.0
"""Of a well of changing rock: in the widest hole of its tools all four rocks take up to 37.3 m."""
_PATCH_SEED = 0
STUDY_TOOLS = ("microresistivity_8_pads", "acoustic_televiewer")


def study_sets(seed: int = 0, length_m: float = 12.0) -> tuple[WellSet, ...]:
    """The wells of the studies, in their order: 14 to train on, of two tools, each picked by an interpreter of its own;
    a 15th, whose interpreter picks every lamina; 2 to validate and 4 to test on, with exact truth.

    No two studies' seeds share a well.
    """
    alike = WellSet(length_m=length_m, tools=STUDY_TOOLS)
    return (
        replace(alike, wells=14, seed=4 * seed, picked="interpreters", split="train"),
        replace(alike, wells=1, seed=4 * seed + 1, picked="every_lamina", split="train"),
        replace(alike, wells=2, seed=4 * seed + 2, split="val"),
        replace(alike, wells=4, seed=4 * seed + 3, split="test"),
    )


def metres_of(name: str, well_m: float) -> float:
    """Of each well of a corpus, where those of others are of ``well_m``."""
    return max(well_m, LEAST_CHANGING_M) if name == CHANGING else well_m


def corpus_file(name: str, well_m: float, work: Path) -> Path:
    well_m = metres_of(name, well_m)
    return work / "corpora" / f"{name.replace(' ', '-')}-{well_m:g}m.h5"


def make_corpora(names: Collection[str], well_m: float, work: Path) -> None:
    """Write the corpora of these names that are not there yet, with wells of ``well_m`` metres.

    On one thread: how many share a sum decides its last digit, and trainings on wells that differ in it part ways.
    """
    make_folder(work / "corpora")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name in sorted(names):
            file = corpus_file(name, well_m, work)
            if not file.exists():
                write_corpus(file, _wells(name, well_m))
    finally:
        torch.set_num_threads(threads)


def _wells(name: str, well_m: float) -> list[Well]:
    if name in (ODD_PATCHES, EVEN_PATCHES):
        return _patches(name == ODD_PATCHES, well_m)
    return [well for wells in _sets(name, well_m) for well in wells.draw()]


def _sets(name: str, well_m: float) -> tuple[WellSet, ...]:
    """With barren wells, every second well to train on holds no plane, nor do two more to test on. The rock of wells of
    changing rock is labelled, exactly.
    """
    train, laminae, val, test = study_sets(length_m=metres_of(name, well_m))
    if name == CHANGING:
        return tuple(
            replace(wells, seed=seed, planes="changing", picked="exact")
            for wells, seed in zip((train, val, test), _CHANGING_SEEDS, strict=True)
        )
    if name == WELLS:
        return train, laminae, val, test
    barren = [
        replace(wells, wells=count, seed=seed, planes="none")
        for wells, count, seed in zip((train, val, test), (7, 1, 2), _BARREN_SEEDS, strict=True)
    ]
    return replace(train, wells=7), barren[0], val, barren[1], test, barren[2]


def _patches(odd: bool, well_m: float) -> list[Well]:
    """Patches to train on of every second well, and patches to test on of all."""
    train, _, val, _ = study_sets(length_m=well_m)
    split = patch_split(train.draw(), _PATCH_SEED)
    to_train = [well for well in split if well.split == "train"][0 if odd else 1 :: 2]
    return [*to_train, *val.draw(), *(well for well in split if well.split == "test")]


def trained_on(file: Path) -> set[str]:
    """Names of the wells of a corpus that are trained on."""
    return {well.log.well for well in iter_corpus(file, split="train")}


def is_seen(well: str, trained: Collection[str]) -> bool:
    """Whether other patches of a test well were trained on."""
    return train_name(well) in trained


def commands(well_m: float) -> list[str]:
    """The commands that write the corpora, but for the patches, which are cut from the first."""
    return [
        wells.command(corpus_file(name, well_m, Path()).name, append=number > 0)
        for name in (WELLS, BARREN, CHANGING)
        for number, wells in enumerate(_sets(name, well_m))
    ]
