"""How many picks are kept: by a density, or as an interpreter would keep them."""

import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.prediction.selection import FEWEST_REVIEWED, density_threshold, threshold_like

HOLE_M = 0.2159
LOG = ImageLog(np.zeros((2000, 16), np.float32), 100 + 0.01 * np.arange(2000), HOLE_M)


def picks(confidence, top_m=100.25):
    """A pick every half metre."""
    count = len(confidence)
    return Picks(top_m + 0.5 * np.arange(count), np.full(count, 30.0), np.full(count, 90.0), confidence=confidence)


@pytest.mark.parametrize(("per_m", "kept"), [(0.5, 10), (1.0, 20), (1.9, 38), (2.0, 40), (7.0, 40)])
def test_the_surest_so_many_a_metre_are_kept(per_m, kept):
    found = picks(np.random.default_rng(0).permutation(np.linspace(0.1, 0.9, 40)))
    threshold = density_threshold(found, LOG, per_m)
    left = found.at_least(threshold)
    assert len(left) == kept
    assert sorted(left.confidence) == sorted(found.confidence)[40 - kept :]


def test_nothing_is_kept_of_a_density_below_one_pick():
    found = picks(np.linspace(0.1, 0.9, 40))
    assert len(found.at_least(density_threshold(found, LOG, 0.01))) == 0


@pytest.mark.parametrize("least", [0.2, 0.5, 0.8])
def test_picks_are_like_those_of_an_interpreter_who_leaves_out_what_is_faint(least):
    found = picks(np.random.default_rng(1).permutation(np.linspace(0.03, 0.97, 400)))
    threshold, counts = threshold_like(found, found.at_least(least), [(100.0, 300.0)], HOLE_M)
    assert threshold == pytest.approx(least, abs=0.06)
    assert counts.f1 > 0.9


def test_what_was_not_reviewed_says_nothing():
    """Of the lower half the interpreter looked at none, and has none of its planes."""
    found = picks(np.random.default_rng(2).permutation(np.linspace(0.03, 0.97, 400)))
    upper = found.at_least(0.3).within([(100.0, 200.0)])
    threshold, counts = threshold_like(found, upper, [(100.0, 200.0)], HOLE_M)
    assert threshold == pytest.approx(0.3, abs=0.06)
    assert counts.n_ref == len(upper)


def test_a_threshold_is_not_fitted_to_a_handful():
    found = picks(np.full(FEWEST_REVIEWED - 1, 0.9))
    with pytest.raises(InputError, match=f"{FEWEST_REVIEWED - 1} picks lie in the reviewed intervals"):
        threshold_like(found, found, [(0.0, 1000.0)], HOLE_M)
