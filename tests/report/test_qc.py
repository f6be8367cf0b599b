"""Quality: every defect that is planted is found where it lies, and a sound log has none."""

import numpy as np
import pytest

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.report.qc import quality

ROWS, COLUMNS, STEP_M = 2000, 36, 0.005


@pytest.fixture
def image():
    """Rock whose rows resemble their neighbours."""
    noise = np.random.default_rng(0).normal(size=(ROWS + 60, COLUMNS))
    return np.stack([noise[k : k + ROWS] for k in range(60)]).mean(0).astype(np.float32)


def log_of(image, depth_m=None, **more):
    return ImageLog(image, 100 + np.arange(len(image)) * STEP_M if depth_m is None else depth_m, 0.2, **more)


def only(findings, check):
    assert [finding.check for finding in findings] == [check], [str(finding) for finding in findings]
    return findings[0]


def test_nothing_is_wrong_with_a_sound_log(image):
    assert quality(log_of(image), Picks([101.0, 102.0], 10.0 + np.zeros(2), np.zeros(2))) == []


def test_rows_that_are_missing_are_a_gap(image):
    depth = 100 + np.arange(ROWS) * STEP_M
    depth[1200:] += 0.5
    found = only(quality(log_of(image, depth)), "gap")
    assert (found.top_m, found.base_m) == (pytest.approx(depth[1199]), pytest.approx(depth[1200]))
    assert "0.5" in found.found


def test_uneven_steps_are_named_with_where_they_lie(image):
    depth = 100 + np.arange(ROWS) * STEP_M
    depth[301:400:2] += 0.001
    found = only(quality(log_of(image, depth)), "depth step")
    assert (found.top_m, found.base_m) == (pytest.approx(depth[300]), pytest.approx(depth[400]))


def test_a_tool_that_stuck_is_found_and_two_equal_rows_are_not(image):
    image[500:520] = image[500]
    image[900] = image[901]
    found = only(quality(log_of(image)), "stuck")
    assert (found.top_m, found.base_m) == (pytest.approx(102.5), pytest.approx(102.595))
    assert found.found == "20 equal rows"


def test_a_jerky_stretch_is_found_and_a_bed_boundary_is_not(image):
    image[1500:] += 5.0
    for row in range(600, 900, 6):
        image[row : row + 3] = image[row + 30 : row + 33]
    found = only(quality(log_of(image)), "jerks")
    assert 102.0 < found.top_m < 103.2
    assert 104.2 < found.base_m < 105.2


def test_a_stretch_of_which_little_was_seen_is_missing(image):
    image[400:1000, :30] = np.nan
    found = only(quality(log_of(image)), "missing")
    assert found.top_m == pytest.approx(102.0, abs=0.4)
    assert found.base_m == pytest.approx(105.0, abs=0.4)
    assert "83% of the wall" in found.found


def test_dead_missing_and_mismatched_columns_are_told_apart(image):
    image[:, 4:6] = 1.0
    image[:, 9] = np.nan
    image[:, 20] *= 5.0
    found = {finding.found: finding.check for finding in quality(log_of(image))}
    assert found == {
        "columns 4-5 are constant": "columns",
        "columns 9 are never seen": "columns",
        "the contrast of columns 20 is more than 2 times off that of the others": "gain",
    }


def test_a_pad_brighter_than_the_others_is_found_and_a_bright_side_of_the_hole_is_not(image):
    theta = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    eccentric = image + 4 * image.std() * np.cos(theta).astype(np.float32)
    assert quality(log_of(eccentric)) == []
    eccentric[:, 12:14] += 6 * image.std()
    assert only(quality(log_of(eccentric)), "offset").found.startswith("columns 12-13 are brighter or darker")


def with_fractures(image, brightness, depths, dip_deg=40.0):
    """The image with traces of that brightness drawn on it, and their picks."""
    picks = Picks(depths, np.full(len(depths), dip_deg), np.linspace(0, 330, len(depths)), ["fracture"] * len(depths))
    drawn = image.copy()
    log = log_of(image)
    at = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, 0.2, log.column_azimuths_deg)
    rows = np.round((at - 100) / STEP_M).astype(int)
    for trace in rows:
        drawn[trace, np.arange(COLUMNS)] += brightness * image.std()
    return drawn, picks


def test_fractures_that_are_nearly_all_bright_ask_for_the_polarity(image):
    depths = np.linspace(100.5, 109.3, 12)
    bright, picks = with_fractures(image, 8.0, depths)
    assert "100% of 12 fractures are brighter" in only(quality(log_of(bright), picks), "polarity").found
    dark, picks = with_fractures(image, -8.0, depths)
    assert quality(log_of(dark), picks) == []
    assert quality(log_of(bright), picks[np.arange(5)]) == [], "five say little"


def test_azimuths_from_the_high_side_of_a_vertical_stretch_say_nothing(image):
    survey = Survey([90.0, 104.0, 106.0], [0.0, 0.0, 30.0], [0.0, 0.0, 45.0])
    log = log_of(image, reference="high_side")
    found = [finding for finding in quality(log, survey=survey) if finding.check == "orientation"]
    assert found[0].top_m == pytest.approx(100.0)
    assert 104.0 <= found[0].base_m < 104.1
    assert quality(log_of(image), survey=survey) == []


def test_an_image_far_below_the_last_station_is_said(image):
    short = Survey([0.0, 60.0], [1.0, 2.0], [0.0, 0.0])
    assert "below the last station" in only(quality(log_of(image), survey=short), "survey").found


def test_clipped_and_coarse_values_are_found(image):
    clipped = only(quality(log_of(np.minimum(image, 0.15))), "clipped")
    assert "greatest value" in clipped.found
    grey = np.clip(np.round(7.5 + 20 * image), 0, 15)
    assert {finding.check for finding in quality(log_of(grey))} >= {"values"}


def test_a_washed_out_hole_is_found(image):
    caliper = np.full(ROWS, 0.2)
    caliper[100:200] = 0.26
    found = only(quality(log_of(image, caliper_m=caliper)), "caliper")
    assert (found.top_m, found.base_m) == (pytest.approx(100.5), pytest.approx(100.995))


def test_picks_outside_the_image_and_picks_made_twice_are_found(image):
    picks = Picks([90.0, 101.0, 101.002, 103.0], [20.0, 30, 30.2, 40], [10.0, 359.8, 0.3, 90])
    found = {finding.check: finding.found for finding in quality(log_of(image), picks)}
    assert found == {"picks outside": "1 of 4 picks lie outside the image", "picks twice": "1 picks repeat another one"}


def test_a_log_that_stays_on_disk_is_read_in_runs_with_the_same_result(image):
    whole = np.tile(image, (5, 1))
    whole[4090:4103] = whole[4090]
    stored = StoredImage(whole.shape, lambda first, last: whole[first:last])
    in_memory, on_disk = (quality(log_of(kept, 100 + np.arange(5 * ROWS) * STEP_M)) for kept in (whole, stored))
    assert [str(finding) for finding in in_memory] == [str(finding) for finding in on_disk]
    assert any(finding.found == "13 equal rows" for finding in in_memory)


def test_pixels_are_counted_once_however_many_runs_a_log_is_read_in(image):
    """A share of exactly a fiftieth at the least value is no clipping, whichever rows begin a run."""
    whole = np.tile(image, (5, 1))
    whole[::50] = -9.0
    whole[4095], whole[8190] = -9.0, -9.0
    whole[50], whole[100] = image[1], image[2]
    assert "clipped" not in {found.check for found in quality(log_of(whole, 100 + np.arange(5 * ROWS) * STEP_M))}
