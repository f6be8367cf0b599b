"""Windows seen upside down as well: what both views have in common, and nothing that hangs on which way is up."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.experiments.wells.well import bench_well
from geobfdt.model.config import ModelConfig
from geobfdt.prediction.both_ways import consensus, seen
from geobfdt.prediction.detect import detect, windows_of
from geobfdt.prediction.engine import engine_of
from geobfdt.prediction.found import FAINTEST, Answers
from geobfdt.windows.grid import as_cut

QUERIES = 5


def said(*planes, window_count=1, kind=0):
    """What one view says of windows: planes of (window, z0, a, b, score) of one kind."""
    sinusoids, score = np.zeros((window_count, QUERIES, 3)), np.zeros((window_count, QUERIES, 2), np.float32)
    for query, (window, *sinusoid, sure) in enumerate(planes):
        sinusoids[window, query], score[window, query, kind] = sinusoid, sure
    return Answers(sinusoids, score, np.log(np.maximum(score, 1e-3)).astype(float), np.full(sinusoids.shape, 0.1))


def planes_of(answers):
    """(window, z0, a, b, score) of what is found, by window and depth."""
    window, query = np.nonzero(answers.score.max(-1) > FAINTEST)
    rows = np.column_stack([window, answers.sinusoids[window, query], answers.score.max(-1)[window, query]])
    return rows[np.lexsort(rows[:, 1::-1].T)]


def test_what_both_views_have_is_one_plane_between_them_and_what_only_one_has_is_half_as_sure():
    straight, turned = said((0, 1.0, 0.5, 0.0, 0.8), (0, -2.0, 0.0, 1.0, 0.6)), said((0, 1.1, 0.5, 0.0, 0.4))
    wanted = np.array([[0, -2.0, 0.0, 1.0, 0.3], [0, 1.0 + 0.1 * 0.4 / 1.2, 0.5, 0.0, 0.6]])
    assert planes_of(consensus(straight, turned)) == pytest.approx(wanted)
    assert planes_of(consensus(turned, straight)) == pytest.approx(wanted)


def test_two_planes_of_one_view_stay_two_and_so_do_those_of_two_windows():
    near = said((0, 1.0, 0.5, 0.0, 0.8), (0, 1.1, 0.5, 0.0, 0.6))
    assert planes_of(consensus(near, said()))[:, 4] == pytest.approx([0.4, 0.3])
    assert planes_of(consensus(near, near))[:, 4] == pytest.approx([0.8, 0.6])
    one, other = (said((window, 1.0, 0.5, 0.0, 0.8), window_count=2) for window in (0, 1))
    assert planes_of(consensus(one, other))[:, 4] == pytest.approx([0.4, 0.4])


def test_kinds_are_those_of_both():
    fracture, bed = said((0, 1.0, 0.5, 0.0, 0.5)), said((0, 1.0, 0.5, 0.0, 0.9), kind=1)
    assert consensus(fracture, bed).score.max(1) == pytest.approx(np.array([[0.25, 0.45]]))


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(0.05, 1.0)), max_size=QUERIES))
def test_views_that_say_the_same_say_what_one_of_them_does(planes):
    view = said(*((0, depth, *plane) for depth, plane in enumerate(planes)))
    assert planes_of(consensus(view, view)) == pytest.approx(planes_of(view), abs=1e-6)


@pytest.fixture(scope="module")
def bundled():
    return engine_of()


@pytest.fixture(scope="module")
def windows(bundled):
    log = as_cut(bench_well("microresistivity_8_pads", "mixed", 2.0, 7).log, bundled.config.window)
    return np.concatenate([part.windows for part in windows_of(log, bundled)])


def test_a_log_is_picked_alike_whichever_way_is_up(bundled, windows):
    upside_down = np.ascontiguousarray(windows[:, :, ::-1])

    def picked(engine):
        straight, turned = engine.planes(windows)(), engine.planes(upside_down)()
        return planes_of(straight), planes_of(Answers(-turned.sinusoids, turned.score, turned.logit, turned.spread))

    straight, turned = picked(seen(bundled, both_ways=True))
    assert (straight[:, 4] > bundled.threshold).sum() > 5
    assert turned == pytest.approx(straight, abs=1e-5)
    straight, turned = picked(bundled)
    assert len(straight) != len(turned) or not np.allclose(straight, turned, atol=1e-3), "one view is not so"


@dataclass
class Shows:
    """An engine of masks that says what it is shown, and leans to the base of it."""

    config: ModelConfig

    def shares(self, windows):
        return windows + np.linspace(0, 0.1, windows.shape[2])[:, None]


def test_probabilities_are_those_of_their_pixels_and_lean_to_no_side(windows):
    shares = seen(Shows(ModelConfig()), both_ways=True).shares(windows)
    np.testing.assert_allclose(shares, windows + 0.05, atol=1e-6)


@pytest.mark.parametrize("name", ["onnx", "torch"])
def test_it_is_asked_for_and_had_of_either_engine(bundled, name):
    assert seen(bundled, both_ways=False) is bundled
    log, engine = bench_well("lwd_16_sectors", "mixed", 2.0, 7).log, engine_of(None, name, "cpu")
    once, twice = (detect(log, engine, both_ways=asked) for asked in (False, True))
    assert len(once.picks) > 0
    assert len(twice.picks) > 0
    assert not np.array_equal(once.picks.confidence, twice.picks.confidence)
    assert twice.threshold < once.threshold, "what both have in common scores less"
    assert detect(log, engine, both_ways=True, threshold=once.threshold).threshold == once.threshold
