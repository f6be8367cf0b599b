"""Sections along holes, against mplstereonet's apparent dips and wellpathpy's paths."""

import numpy as np
import pytest
import wellpathpy
from mplstereonet.analysis import apparent_dip

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.interpretation.cross_section import apparent_dip_deg, cross_section


def test_apparent_dips_are_those_of_mplstereonet_and_their_sign_tells_the_side():
    dip, off = np.array([30.0, 45.0, 60.0, 80.0]), np.array([0.0, 30.0, 60.0, 85.0])
    assert apparent_dip_deg(dip, 120 + off, 120.0) == pytest.approx(apparent_dip(dip, off))
    assert apparent_dip_deg(dip, 300 + off, 120.0) == pytest.approx(-apparent_dip(dip, off))
    assert apparent_dip_deg([45.0], [90.0], 30.0) == pytest.approx([26.565], abs=1e-3)  # atan(cos 60), by hand


def test_a_bent_hole_is_drawn_where_wellpathpy_puts_it():
    stations = np.array([0.0, 100.0, 200.0]), np.array([0.0, 30.0, 60.0]), np.array([40.0, 40.0, 40.0])
    picks = Picks([150.0], [10.0], [0.0], true_dip_deg=25.0, true_azimuth_deg=220.0)
    found = cross_section(picks, Survey(*stations), 0.0, 200.0)
    path = wellpathpy.deviation(*stations).minimum_curvature()
    assert found.azimuth_deg == pytest.approx(40.0)
    assert found.hole_down_m[-1] == pytest.approx(path.depth[-1])
    assert found.hole_along_m[-1] == pytest.approx(np.hypot(path.northing[-1], path.easting[-1]))
    middle = wellpathpy.deviation(*stations).minimum_curvature().resample([150.0])
    assert (found.along_m[0], found.down_m[0]) == pytest.approx(
        (np.hypot(middle.northing[0], middle.easting[0]), middle.depth[0])
    )
    assert found.apparent_dip_deg == pytest.approx([-25.0])
    assert found.off_deg == pytest.approx([0.0], abs=1e-9)


def test_the_section_of_an_upright_hole_runs_where_its_planes_dip_and_a_rising_hole_goes_up():
    picks = Picks([5.0, 6.0], 30.0, 0.0, true_dip_deg=30.0, true_azimuth_deg=[100.0, 120.0])
    assert cross_section(picks, Survey([0.0], [0.0], [0.0]), 0.0, 10.0).azimuth_deg == pytest.approx(110.0)
    rising = cross_section(picks, Survey([0.0], [150.0], [200.0]), 0.0, 10.0)
    assert rising.azimuth_deg == pytest.approx(200.0)
    assert (rising.hole_down_m[-1], rising.hole_along_m[-1]) == pytest.approx((-10 * np.cos(np.pi / 6), 5.0))
    assert cross_section(picks, Survey([0.0], [150.0], [200.0]), 0.0, 10.0, 20.0).hole_along_m[-1] == pytest.approx(-5)


def test_there_is_no_section_without_true_dips():
    with pytest.raises(InputError, match="--survey"):
        cross_section(Picks([1.0], [1.0], [1.0]), Survey([0.0], [10.0], [0.0]), 0.0, 10.0)
