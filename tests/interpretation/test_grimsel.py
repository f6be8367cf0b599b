"""Sets and intensities of 591 real planes beside what their publication makes of them."""

import numpy as np
import pytest

from geobfdt.borehole.geometry import pole_angle_deg
from geobfdt.interpretation.intensity import overall
from tests.interpretation import grimsel

pytestmark = pytest.mark.skipif(not grimsel.FOLDER.is_dir(), reason="third-party picks are not beside this checkout")


def test_the_two_shear_zone_sets_of_the_publication_are_the_two_largest_sets_of_its_fractures():
    """The shear zones themselves were not sorted: they are of another kind. Krietsch et al. (2018) call one set S1 and
    the other S3; a reader of theirs gives S3 as striking N93E and dipping 65 degrees south.
    """
    found = grimsel.pooled()
    assert (len(found.picks), found.strays) == (412, pytest.approx(45, abs=3))
    assert [one.mean.count for one in found.sets] == [pytest.approx(count, abs=5) for count in (249, 92, 26)]
    first, second, _ = (one.mean for one in found.sets)
    assert (first.dip_deg, first.azimuth_deg) == (pytest.approx(77.7, abs=0.5), pytest.approx(158.1, abs=0.5))
    assert pole_angle_deg(second.dip_deg, second.azimuth_deg, 65.0, 183.0) < 8  # 6.6, and the cone is 4.7
    s1, s3 = grimsel.nearest(found, "S1 Shear-zone"), grimsel.nearest(found, "S3 Shear-zone")
    assert s1 == [pytest.approx(24, abs=1), pytest.approx(10, abs=1), 0]
    assert s3 == [pytest.approx(7, abs=1), pytest.approx(21, abs=1), 0]


def test_the_first_set_is_parallel_to_the_plane_through_the_model_s_crossings():
    """That plane owes nothing to a dip measured on a wall; it checks how collars, azimuths and gradients are read."""
    first = grimsel.pooled().sets[0].mean
    assert pole_angle_deg(*grimsel.through_crossings("S1.1"), first.dip_deg, first.azimuth_deg) < 5
    mean = grimsel.labelled("S1 Shear-zone")
    assert pole_angle_deg(*grimsel.through_crossings("S1.1"), mean.dip_deg, mean.azimuth_deg) < mean.alpha95_deg


def test_a_hole_along_its_fractures_shows_what_the_cut_hides():
    """GEO1 runs along most of its nine fractures, the other holes cut theirs more squarely."""
    total = {hole.name: overall(hole.log, hole.picks().of_kind("fracture")) for hole in grimsel.holes()}
    hidden = {name: 1 - one["P32, cut 15°"].value / one["P32, cut 1°"].value for name, one in total.items()}
    assert max(hidden, key=lambda name: hidden[name]) == "GEO1"
    assert hidden["GEO1"] > 0.7
    assert np.median(list(hidden.values())) < 0.1
