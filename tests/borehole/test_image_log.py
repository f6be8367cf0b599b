"""Depths that no hole has are refused with the rows that do it."""

import re

import numpy as np
import pytest

from geobfdt.borehole.image_log import LONGEST_M, ImageLog
from geobfdt.errors import InputError


def of_depths(*depth_m):
    return ImageLog(np.ones((len(depth_m), 8)), np.array(depth_m), 0.2)


@pytest.mark.parametrize("far_m", [1.1 * LONGEST_M, 1e6, 1e9])
def test_a_jump_longer_than_any_hole_is_refused_with_its_rows(far_m):
    said = re.escape(f"jump from 101 m in row 2 to {far_m:g} m in row 3, and no hole is so long; correct the depths")
    with pytest.raises(InputError, match=said):
        of_depths(100.0, 101.0, far_m, far_m + 1)


def test_a_gap_as_long_as_a_hole_is_none():
    assert of_depths(100.0, 101.0, 10_101.0, 10_102.0).rows == 4
