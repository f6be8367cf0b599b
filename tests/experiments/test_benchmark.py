"""The public benchmark: the same planes on every machine, under a digest that never changes."""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from geobfdt.cli.training import BenchmarkName, synth
from geobfdt.errors import InputError, InputWarning
from geobfdt.experiments.benchmark import BENCHMARKS, images_digest, planes_digest
from geobfdt.formats.corpus import read_corpus

SHORT = replace(
    BENCHMARKS["v1"],
    cases=("mixed", "barren"),
    tools=("acoustic_televiewer", "lwd_56_sectors"),
    length_m=2.0,
    planes="e4fefbcab4d1f4a7bf1fe356a503223955639b54dd0efd5b636d948ef643d899",
)
"""Of the same code, in seconds."""


@pytest.fixture(scope="module")
def wells():
    return list(SHORT.draw())


def test_its_wells_are_those_that_the_digest_was_taken_of(wells):
    assert len(wells) == len(SHORT) == 4
    assert planes_digest(wells) == SHORT.planes
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SHORT.check(wells)


def test_a_plane_that_is_another_changes_the_digest_and_one_that_is_rounded_otherwise_does_not(wells):
    first, *others = wells
    moved = replace(first, picks=replace(first.picks, depth_m=first.picks.depth_m + 1e-9))
    assert planes_digest([moved, *others]) == SHORT.planes
    other = replace(first, picks=replace(first.picks, depth_m=first.picks.depth_m + 0.01))
    with pytest.warns(InputWarning, match="draws other wells"):
        SHORT.check([other, *others])
    assert planes_digest([first]) != planes_digest(others)


def test_images_have_a_digest_to_the_last_bit(wells):
    log = wells[0].log
    image = log.image.copy()
    row, column = np.argwhere(np.isfinite(image))[0]
    image[row, column] = np.nextafter(image[row, column], np.float32(np.inf))
    changed = replace(wells[0], log=replace(log, image=image))
    assert images_digest([changed, *wells[1:]]) != images_digest(wells)


def test_every_benchmark_has_a_command_and_its_bench(wells):
    assert set(get_args(BenchmarkName)) == set(BENCHMARKS)
    assert len(BENCHMARKS["v1"]) == 63
    assert all(well.split == "test" for well in wells)


@pytest.mark.parametrize("also", [{"seed": 3}, {"wells": 2}, {"append": True}, {"tool": ["lwd_56_sectors"]}])
def test_a_benchmark_is_not_mixed_with_other_wells(also, tmp_path):
    with pytest.raises(InputError, match="fixes its wells"):
        synth(tmp_path / "v1.h5", benchmark="v1", **also)
    assert not (tmp_path / "v1.h5").exists()


def test_the_page_of_the_benchmark_states_its_digest():
    page = (Path(__file__).parents[2] / "docs" / "benchmark.md").read_text(encoding="utf-8")
    assert f"`{BENCHMARKS['v1'].planes}`" in page


def test_the_command_says_both_digests(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(BENCHMARKS, "v1", SHORT)
    synth(tmp_path / "v1.h5", benchmark="v1")
    said = capsys.readouterr().out
    assert "4 wells" in said
    read = read_corpus(tmp_path / "v1.h5")
    assert SHORT.planes in said
    assert planes_digest(read) == SHORT.planes
    assert images_digest(read) in said
