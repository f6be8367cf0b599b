"""Wells of what real logs were picked wrongly on: each shows its trouble, and its truth is what can be drawn."""

import numpy as np
import pytest

from geobfdt.borehole.geometry import sinusoid_from_plane
from geobfdt.experiments.wells.planes import FAINT_CONTRAST, PICKED_CONTRAST, draw_beds, with_thin_beds
from geobfdt.experiments.wells.tool import OffAxis, add_frames, add_wrong_rows
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES, HARD_CASES, bench_well

AZIMUTH_DEG = (np.arange(360) + 0.5) * 1.0


@pytest.mark.slow
@pytest.mark.parametrize("case", HARD_CASES)
def test_every_hard_case_has_wells_of_the_tools_that_show_it(case):
    for tool in HARD_CASES[case]:
        well = bench_well(tool, case, 2.0, 4)
        assert (len(well.picks) == 0) == (case in ("stripes", "seams"))
        assert well.log.columns == BENCH_TOOLS[tool].columns
    assert case not in CASES


def test_a_tool_on_the_axis_sees_the_wall_as_it_is():
    on_axis = OffAxis(0.0, 40.0)
    np.testing.assert_allclose(on_axis.wall_azimuth_deg(AZIMUTH_DEG), AZIMUTH_DEG)
    image = np.random.default_rng(0).normal(size=(5, 360)).astype(np.float32)
    np.testing.assert_allclose(on_axis.seen(image, AZIMUTH_DEG), image, atol=1e-5)


@pytest.mark.parametrize("towards_deg", [0.0, 130.0])
def test_off_the_axis_the_first_harmonic_keeps_the_dip_and_the_mean_moves(towards_deg):
    """A plane through the axis at 100 m whose trace is 1.2 m tall, seen by a tool 0.2 radii off."""
    e, radius_m = 0.2, 0.1
    a, b = (float(part) for part in sinusoid_from_plane(80.0, towards_deg))
    plane = np.array([[100.0, a, b]])
    off = OffAxis(e, towards_deg)
    ((depth_m, seen_a, seen_b),) = off.drawn(plane, radius_m, AZIMUTH_DEG)
    assert np.hypot(seen_a, seen_b) == pytest.approx(np.hypot(a, b), rel=e**2 / 4)
    amplitude_m = radius_m * np.hypot(a, b)
    assert depth_m - 100.0 == pytest.approx(amplitude_m * e / 2, rel=0.05)
    at = np.radians(off.wall_azimuth_deg(AZIMUTH_DEG))
    trace = 100.0 + radius_m * (a * np.cos(at) + b * np.sin(at))
    turn = np.radians(AZIMUTH_DEG - towards_deg)
    assert 2 * np.mean(trace * np.cos(2 * turn)) == pytest.approx(-amplitude_m * e / 2, rel=0.1)
    # What crest and trough alone would say is the plane's own depth and height, however far off the tool lies.
    assert (trace.max() + trace.min()) / 2 == pytest.approx(100.0, abs=1e-3)
    assert (trace.max() - trace.min()) / 2 == pytest.approx(amplitude_m, rel=1e-3)


def test_a_thin_bed_is_one_plane_in_the_middle_of_a_thick_one():
    rng = np.random.default_rng(2)
    levels = np.ones(3)
    plain = draw_beds(rng, 0.0, 40.0, 0.3, 0.1, np.array([-2.0, 0.0, 2.0]), levels)
    beds = with_thin_beds(rng, plain, (0.01, 0.028), 0.05, levels, 1.0)
    assert len(beds.thin_m) > 20
    assert len(beds.facies) == len(beds.top) == len(beds.base) == len(beds.boundary_m) + 1 == len(beds.picked) + 1
    assert (np.diff(beds.boundary_m) > 0).all()
    np.testing.assert_allclose(np.sort(np.concatenate([plain.boundary_m[plain.picked], beds.thin_m])), beds.picked_m)
    for middle in beds.thin_m:
        above = np.searchsorted(beds.boundary_m, middle) - 1
        thickness = beds.boundary_m[above + 1] - beds.boundary_m[above]
        assert 0.01 <= thickness <= 0.028
        assert not beds.picked[above : above + 2].any()
        others = np.delete(beds.picked_m, np.searchsorted(beds.picked_m, middle))
        assert np.abs(others - middle).min() >= 0.05 + thickness / 2 - 1e-9
        step = beds.top[above + 1] - beds.base[above]
        assert abs(step) >= PICKED_CONTRAST * 1.19
        assert beds.top[above + 2] - beds.base[above + 1] == pytest.approx(-step)
        assert beds.facies[above] == beds.facies[above + 1] == beds.facies[above + 2]
    assert PICKED_CONTRAST > FAINT_CONTRAST


def test_wrong_rows_are_few_and_leave_the_others_alone():
    depth_m = np.arange(0, 8.0, 0.004)
    before = np.random.default_rng(1).normal(size=(len(depth_m), 144)).astype(np.float32)
    after = before.copy()
    add_wrong_rows(np.random.default_rng(5), after, depth_m)
    wrong = (before != after).any(1)
    assert 3 <= wrong.sum() <= 60
    starts = np.flatnonzero(np.diff(wrong.astype(int)) == 1)
    assert 3 <= len(starts) <= 20


def test_frames_leave_a_step_at_their_seams_and_none_between():
    image = np.zeros((600, 144), np.float32)
    add_frames(np.random.default_rng(3), image)
    step = np.abs(np.diff(image[:, 0]))
    seams = np.flatnonzero(step > 5 * np.median(step))
    assert 8 < len(seams) < 150
    assert (image == image[:, :1]).all()
