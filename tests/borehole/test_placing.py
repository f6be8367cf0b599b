"""Picks of another well, or beside a log, are never taken in silence."""

import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.placing import check_overlap, picks_of_well, picks_on
from geobfdt.errors import InputError, InputWarning


def a_log(well="A-1"):
    return ImageLog(np.zeros((400, 8)), 500 + np.arange(400) * 0.01, 0.2, well=well)


def some(depth_m, well=""):
    return Picks(depth_m, 10.0, 0.0, well=np.array(well) if isinstance(well, list) else well)


def test_what_lies_in_the_image_is_kept_and_the_rest_is_told():
    with pytest.warns(InputWarning, match="1 of 3 lie outside the image"):
        assert picks_on(a_log(), some([500.0, 503.99, 510.0]), "p").depth_m.tolist() == [500.0, 503.99]
    assert len(picks_of_well(a_log(), some([500.0, 510.0]), "p")) == 2, "wherever they lie"


def test_of_several_wells_only_the_logs_own_are_taken_however_it_is_spelt():
    picks = some([500.0, 501.0, 502.0], ["A 1", "B", "a-1"])
    found = picks_of_well(a_log(), picks, "p")
    assert found.depth_m.tolist() == [500.0, 502.0]
    assert set(found.well) == {"A-1"}


def test_another_well_or_unit_is_refused_with_both_ranges():
    with pytest.raises(InputError, match=r"p: are of B, 500.50 to 501.00 m, and the log is of A-1, 500.00 to 503.99 m"):
        picks_of_well(a_log(), some([500.5, 501.0], "B"), "p")
    with pytest.raises(InputError, match=r"lie at 1641.00 to 1650.00 m, and the log at 500.00 to 503.99 m; check"):
        picks_of_well(a_log(), some([1641.0, 1650.0]), "p")
    with pytest.warns(InputWarning, match="taken as the same"):
        assert len(picks_of_well(a_log(), some([500.5], "B"), "p", named=False)) == 1


def test_no_picks_are_no_picks_of_another_well():
    assert len(picks_on(a_log(), Picks(), "p")) == 0


def test_two_sets_far_from_each_other_are_refused_and_neighbours_are_not():
    near = some([100.0, 105.0])
    check_overlap(near, some([106.0]))
    check_overlap(near, Picks())
    with pytest.raises(InputError, match=r"the picks lie at 328.08 to 344.49 m, and the interpreter's at 100.00"):
        check_overlap(near, some([328.08, 344.49]))
