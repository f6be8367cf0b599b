"""Windows seen upside down and in a mirror: what the views have in common, and nothing that hangs on the way up."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.errors import InputError
from geobfdt.experiments.wells.well import bench_well
from geobfdt.model.config import ModelConfig
from geobfdt.prediction.detect import detect, windows_of
from geobfdt.prediction.engine import engine_of
from geobfdt.prediction.found import Answers
from geobfdt.prediction.views import VIEWS, consensus, seen_from
from geobfdt.windows.grid import as_cut

SIDES = {"upside down": (..., slice(None, None, -1), slice(None)), "in a mirror": (..., slice(None, None, -1))}
QUERIES = 5


def said(*planes, window_count=1):
    """What one view says of windows: planes of (window, z0, a, b, score), all of them fractures."""
    sinusoids, score = np.zeros((window_count, QUERIES, 3)), np.zeros((window_count, QUERIES, 2), np.float32)
    for query, (window, *sinusoid, sure) in enumerate(planes):
        sinusoids[window, query], score[window, query, 0] = sinusoid, sure
    return Answers(sinusoids, score, np.log(np.maximum(score, 1e-3)).astype(float), np.full(sinusoids.shape, 0.1))


def planes_of(answers):
    """(window, z0, a, b, score) of what is found, by window and depth."""
    window, query = np.nonzero(answers.score.max(-1) > 0)
    rows = np.column_stack([window, answers.sinusoids[window, query], answers.score.max(-1)[window, query]])
    return rows[np.lexsort(rows[:, 1::-1].T)]


def test_a_plane_that_both_views_show_is_one_between_them_and_one_that_only_one_shows_is_half_as_sure():
    found = planes_of(
        consensus([said((0, 1.0, 0.5, 0.0, 0.8), (0, -2.0, 0.0, 1.0, 0.6)), said((0, 1.1, 0.5, 0.0, 0.4))])
    )
    assert found == pytest.approx(np.array([[0, -2.0, 0.0, 1.0, 0.3], [0, 1.1 - 0.1 * 0.8 / 1.2, 0.5, 0.0, 0.6]]))


def test_planes_of_one_view_stay_apart_and_so_do_those_of_two_windows():
    near = said((0, 1.0, 0.5, 0.0, 0.8), (0, 1.1, 0.5, 0.0, 0.6))
    assert len(planes_of(consensus([near, said()]))) == 2
    assert len(planes_of(consensus([near, near]))) == 2
    first, second = (said((window, 1.0, 0.5, 0.0, 0.8), window_count=2) for window in (0, 1))
    assert planes_of(consensus([first, second]))[:, 4] == pytest.approx([0.4, 0.4])


def test_the_surer_kind_is_that_of_the_sum():
    fracture, bed = said((0, 1.0, 0.5, 0.0, 0.5)), said((0, 1.0, 0.5, 0.0, 0.9))
    bed = Answers(bed.sinusoids, bed.score[..., ::-1], bed.logit[..., ::-1], bed.spread)
    assert consensus([fracture, bed]).score.max(1) == pytest.approx(np.array([[0.25, 0.45]]))


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.05, 1.0)), max_size=QUERIES))
def test_views_that_say_the_same_say_what_one_of_them_does(planes):
    view = said(*((0, depth, *plane) for depth, plane in enumerate(planes)))
    assert planes_of(consensus([view, view, view])) == pytest.approx(planes_of(view), abs=1e-6)


@pytest.fixture(scope="module")
def bundled():
    return engine_of()


@pytest.fixture(scope="module")
def windows(bundled):
    log = as_cut(bench_well("microresistivity_8_pads", "mixed", 2.0, 7).log, bundled.config.window)
    return np.concatenate([part.windows for part in windows_of(log, bundled)])


@pytest.mark.parametrize(("views", "side"), [(2, "upside down"), (4, "upside down"), (4, "in a mirror")])
def test_what_is_seen_from_another_side_is_picked_alike(bundled, windows, views, side):
    engine = seen_from(bundled, views)
    turned = {"upside down": [-1, -1, -1], "in a mirror": [1, 1, -1]}[side]
    straight, other = engine.planes(windows)(), engine.planes(np.ascontiguousarray(windows[SIDES[side]]))()
    back = Answers(other.sinusoids * turned, other.score, other.logit, other.spread)
    assert len(planes_of(straight)) > 10
    assert planes_of(back) == pytest.approx(planes_of(straight), abs=1e-5)
    alone = bundled.planes(windows)(), bundled.planes(np.ascontiguousarray(windows[SIDES[side]]))()
    assert not np.allclose(*(np.sort(one.score.max(-1), axis=1) for one in alone), atol=1e-3), "one view is not so"


@dataclass
class Shows:
    """An engine of masks that says what it is shown, but for the side that it leans to."""

    config: ModelConfig

    def shares(self, windows):
        return windows + np.linspace(0, 0.1, windows.shape[-1])


def test_probabilities_are_those_of_the_pixels_and_lean_to_no_side(windows):
    shares = seen_from(Shows(ModelConfig()), 4).shares(windows)
    np.testing.assert_allclose(shares, windows + 0.05, atol=1e-6)


def test_more_views_are_asked_for_by_number_and_three_are_refused(bundled, windows):
    assert seen_from(bundled, 1) is bundled
    log = bench_well("lwd_16_sectors", "mixed", 2.0, 7).log
    few, many = (detect(log, bundled, views=views).picks for views in (1, 4))
    assert len(few) > 0
    assert len(many) > 0
    assert not np.array_equal(few.confidence, many.confidence)
    for views in (0, 3, 8):
        with pytest.raises(InputError, match=rf"--views {views}: must be 1, 2 or 4"):
            detect(log, bundled, views=views)
    assert VIEWS == (1, 2, 4)
