"""A split by patch gives every metre of a well to one side, and never to both."""

import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well, well_from
from geobfdt.errors import InputError
from geobfdt.experiments.studies.patches import PATCH_M, patch_split


def well(name="W", length_m=30.0, reviewed=(), split="train"):
    rows = round(length_m / 0.01)
    log = ImageLog(np.random.default_rng(0).normal(size=(rows, 12)), 500 + np.arange(rows) * 0.01, 0.2, well=name)
    depths = np.linspace(log.top_m, log.base_m, 200)
    return well_from(log, Picks(depths, np.full(200, 20.0), np.zeros(200), "bedding", well=name), reviewed, split)


@pytest.mark.parametrize("reviewed", [(), [(502.0, 511.5), (515.0, 516.0)], [(515.0, 520.0), (503.0, 516.0)]])
def test_patches_cover_what_was_reviewed_and_share_none_of_it(reviewed):
    made = well(reviewed=reviewed)
    train, test = patch_split([made], 4)
    assert (train.split, test.split) == ("train", "test")
    assert (train.log.well, test.log.well) == ("W train patches", "W test patches")
    at_m = np.arange(500.005, 530, 0.01)

    def inside(intervals):
        return np.any([(at_m > top) & (at_m < base) for top, base in intervals], axis=0)

    in_train, in_test = inside(train.reviewed_m), inside(test.reviewed_m)
    assert not (in_train & in_test).any()
    np.testing.assert_array_equal(in_train | in_test, inside(made.reviewed_or_all_m))
    assert train.log.image is test.log.image is made.log.image
    picks = np.concatenate([train.picks.depth_m, test.picks.depth_m])
    np.testing.assert_array_equal(np.sort(picks), made.picks.within(made.reviewed_or_all_m).depth_m)
    for part in (train, test):
        assert len(part.picks.within(part.reviewed_m)) == len(part.picks) > 0
        assert set(part.picks.well) == {part.log.well}


def test_a_fifth_of_the_patches_is_tested_on_and_other_seeds_take_others():
    made = well(length_m=66.0)
    tested = [patch_split([made], seed)[1] for seed in (0, 0, 1)]
    for test in tested:
        assert sum(base - top for top, base in test.reviewed_m) == pytest.approx(6 * PATCH_M, abs=0.02)
    assert tested[0].reviewed_m == tested[1].reviewed_m != tested[2].reviewed_m
    one, other = (part for part in patch_split([well("A", 66.0), well("B", 66.0)], 0) if part.split == "test")
    assert one.reviewed_m != other.reviewed_m


def test_wells_to_validate_and_test_on_stay_and_short_ones_are_refused():
    held: list[Well] = [well("V", split="val"), well("T", split="test")]
    assert patch_split(held, 0) == held
    assert len(patch_split([well(length_m=3.0)], 0)) == 2
    with pytest.raises(InputError, match="too short to be split into patches"):
        patch_split([well(length_m=2.0)], 0)
