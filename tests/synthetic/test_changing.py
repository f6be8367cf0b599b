"""Rock that changes down a hole: every stretch is what its label says, and lies where its interval says."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.errors import InputError
from geobfdt.formats.corpus import read_corpus
from geobfdt.synthetic.changing import LEAST_RADII, MOST_RADII, ROCKS, changing_well
from geobfdt.synthetic.corpora import WellSet
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well

HELD = {
    "bedded and fractured": {"bedding", "fracture"},
    "bedded": {"bedding"},
    "fractured": {"fracture"},
    "massive": set(),
}


@pytest.fixture(scope="module")
def well():
    return changing_well("one", 24.0, 5, tool="acoustic_televiewer", top_m=200.0)


def test_every_stretch_holds_the_kinds_of_planes_that_its_label_says(well):
    assert set(well.intervals.names) == set(ROCKS) == set(HELD)
    for top_m, base_m, label in zip(well.intervals.top_m, well.intervals.base_m, well.intervals.label, strict=True):
        assert set(well.picks.within([(top_m, base_m)]).kind.tolist()) == HELD[label], f"{top_m:.2f} m, {label}"
    assert (well.picks.well == "one").all()


def test_stretches_follow_each_other_from_the_top_of_the_image_to_its_base(well):
    log, intervals = well.log, well.intervals
    np.testing.assert_allclose(intervals.top_m[1:], intervals.base_m[:-1])
    assert intervals.top_m[0] == 200.0
    assert intervals.base_m[-1] == pytest.approx(log.base_m + log.row_step_m / 2)
    np.testing.assert_allclose(np.diff(log.depth_m), SYNTHETIC_TOOLS["acoustic_televiewer"].row_step_m)
    assert log.base_m - log.top_m == pytest.approx(24.0, abs=0.1)
    assert (np.diff(well.picks.depth_m) >= 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_stretches_are_30_to_60_radii_long_and_all_rocks_come_before_one_comes_again(seed):
    well = changing_well("one", 30.0, seed, tool="lwd_56_sectors" if seed else "optical_televiewer")
    radii = (well.intervals.base_m - well.intervals.top_m) / well.log.radius_m
    rounded = 2 * well.log.row_step_m / well.log.radius_m
    assert LEAST_RADII - rounded <= radii.min()
    assert radii.max() <= MOST_RADII + rounded
    labels = well.intervals.label.tolist()
    assert all(one != other for one, other in pairwise(labels))
    for first in range(0, len(labels), len(ROCKS)):
        assert max(Counter(labels[first : first + len(ROCKS)]).values()) == 1


def test_a_bed_boundary_is_seen_where_its_pick_says_in_whatever_stretch():
    """Depths that were off by a stretch would show as no step: the image changes across a boundary, not beside it."""
    well = changing_well("one", 24.0, 7, tool="optical_televiewer")
    log = well.log
    for label in ("bedded", "bedded and fractured"):
        parts = well.intervals.by_label()[label]
        picks = well.picks.within(zip(parts.top_m, parts.base_m, strict=True)).of_kind("bedding")
        z = trace_depths_m(
            picks.depth_m, picks.dip_deg, picks.azimuth_deg, log.hole_diameter_m, log.column_azimuths_deg
        )

        def step_across(z):
            row = np.rint((z - log.top_m) / log.row_step_m).astype(int)
            inside = ((row > 4) & (row < log.rows - 4)).all(1)
            columns = np.arange(log.columns)
            steps = log.image[row[inside] + 2, columns] - log.image[row[inside] - 2, columns]
            return np.median(np.abs(np.nanmean(steps, 1)))

        assert step_across(z) > 1.5 * step_across(z + 0.012), label


def test_a_seed_fixes_the_well_and_another_one_makes_another():
    one, same, other = (changing_well("one", 10.0, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.log.image, same.log.image)
    np.testing.assert_array_equal(one.picks.depth_m, same.picks.depth_m)
    assert one.intervals.label.tolist() == same.intervals.label.tolist()
    assert one.log.image.shape != other.log.image.shape or not np.array_equal(one.log.image, other.log.image)


def test_a_hole_that_is_given_changes_nothing_where_it_would_have_been_drawn():
    drawn = synthetic_well("one", 2.0, 3, tool="acoustic_televiewer")
    given = synthetic_well("one", 2.0, 3, tool="acoustic_televiewer", hole_diameter_m=drawn.log.hole_diameter_m)
    np.testing.assert_array_equal(drawn.log.image, given.log.image)
    np.testing.assert_array_equal(drawn.picks.depth_m, given.picks.depth_m)
    wide = synthetic_well("one", 2.0, 3, tool="acoustic_televiewer", hole_diameter_m=0.3)
    assert wide.log.hole_diameter_m == 0.3


def test_interpreters_pick_the_same_labelled_image():
    alike = {"wells": 1, "length_m": 8.0, "seed": 4, "tools": ("acoustic_televiewer",), "planes": "changing"}
    (exact,), (picked,) = (list(WellSet(**alike, picked=how).draw()) for how in ("exact", "interpreters"))
    np.testing.assert_array_equal(exact.log.image, picked.log.image)
    assert exact.intervals.label.tolist() == picked.intervals.label.tolist()
    assert not np.array_equal(exact.picks.depth_m, picked.picks.depth_m)


def test_what_is_too_short_to_change_is_a_sentence():
    with pytest.raises(InputError, match=r"--length 0.5: the rock of a hole of [\d.]+ m changes after [\d.]+ m"):
        changing_well("one", 0.5, 0)
    with pytest.raises(InputError, match="no such tool"):
        changing_well("one", 20.0, 0, tool="hammer")


def test_synth_writes_labelled_wells(run, tmp_path):
    file = tmp_path / "rock.h5"
    words = ("--planes", "changing", "--length", 8, "--seed", 4, "--tool", "acoustic_televiewer", "--split", "train")
    code, _, err = run("synth", file, *words)
    assert code == 0, err
    (well,) = read_corpus(file)
    (drawn,) = WellSet(1, 8.0, 4, ("acoustic_televiewer",), "changing", split="train").draw()
    assert well.split == "train"
    assert well.intervals.label.tolist() == drawn.intervals.label.tolist()
    np.testing.assert_array_equal(well.intervals.top_m, drawn.intervals.top_m)
