"""Geometry: round trips, values worked out elsewhere, and a real deviated well whose true dips a vendor computed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.geometry import (
    apparent_from_true,
    azimuth_difference_deg,
    column_azimuths_deg,
    height_m,
    in_round_hole,
    interpolated_azimuth_deg,
    mean_trace_distance,
    plane_from_sinusoid,
    pole_angle_deg,
    poles,
    sinusoid_from_plane,
    trace_depths_m,
    true_from_apparent,
    without_structural_dip,
)

REAL_WELL = Path(__file__).parents[3] / "shared" / "data" / "lwd_48_19a-C2" / "dips_13375-13426ft.csv"

dips = st.floats(0.0, 89.0)
azimuths = st.floats(0.0, 360.0, exclude_max=True)
coefficients = st.floats(-20.0, 20.0)


@settings(deadline=None)
@given(st.floats(0.01, 89.0), azimuths)
def test_plane_to_sinusoid_and_back(dip: float, azimuth: float) -> None:
    dip_again, azimuth_again = plane_from_sinusoid(*sinusoid_from_plane(dip, azimuth))
    assert dip_again == pytest.approx(dip, abs=1e-9)
    assert azimuth_difference_deg(azimuth_again, azimuth) == pytest.approx(0.0, abs=1e-9)


@settings(deadline=None)
@given(coefficients, coefficients)
def test_sinusoid_to_plane_and_back(a: float, b: float) -> None:
    dip, azimuth = plane_from_sinusoid(a, b)
    assert 0 <= dip < 90
    assert 0 <= azimuth < 360
    np.testing.assert_allclose(sinusoid_from_plane(dip, azimuth), (a, b), atol=1e-10)


def test_azimuths_just_below_north_stay_below_360() -> None:
    _, azimuth = plane_from_sinusoid([1.0, 1.0, 1.0], [-1e-18, 0.0, -1e-6])
    assert azimuth[:2].tolist() == [0.0, 0.0]
    assert 359.9999 < azimuth[2] < 360.0


def test_a_flat_plane_has_a_defined_azimuth() -> None:
    assert [float(value) for value in plane_from_sinusoid(0.0, 0.0)] == [0.0, 0.0]


@settings(deadline=None)
@given(st.floats(0.0, 80.0), azimuths, st.floats(0.05, 0.5))
def test_the_trace_is_deepest_in_the_dip_direction(dip: float, azimuth: float, diameter: float) -> None:
    at = azimuth + np.array([0.0, 90.0, 180.0, 270.0])
    deepest, side, highest, other_side = trace_depths_m(1000.0, dip, azimuth, diameter, at)
    half = np.tan(np.radians(dip)) * diameter / 2
    np.testing.assert_allclose([deepest, side, highest, other_side], 1000.0 + half * np.array([1, 0, -1, 0]), atol=1e-9)
    assert height_m(dip, diameter) == pytest.approx(2 * half)


def test_traces_of_many_planes_in_holes_of_their_own() -> None:
    depths = trace_depths_m([10.0, 20.0], [45.0, 45.0], [0.0, 90.0], [0.2, 0.4], [0.0, 90.0, 180.0])
    np.testing.assert_allclose(depths, [[10.1, 10.0, 9.9], [20.0, 20.2, 20.0]])


def test_columns_look_at_their_own_middle() -> None:
    assert column_azimuths_deg(4).tolist() == [45.0, 135.0, 225.0, 315.0]
    assert column_azimuths_deg(4, first_azimuth_deg=180.0).tolist() == [225.0, 315.0, 45.0, 135.0]
    assert column_azimuths_deg(180)[0] == 1.0


@settings(deadline=None)
@given(azimuths, azimuths)
def test_azimuth_differences_take_the_short_way(azimuth: float, other: float) -> None:
    difference = float(azimuth_difference_deg(azimuth, other))
    assert -180 <= difference < 180
    turned = np.radians([other + difference, azimuth])
    np.testing.assert_allclose(np.exp(1j * turned[0]), np.exp(1j * turned[1]), atol=1e-9)


def test_azimuth_differences_cross_the_seam() -> None:
    assert azimuth_difference_deg([359.0, 1.0, 180.0], [1.0, 359.0, 0.0]).tolist() == [-2.0, 2.0, -180.0]


def test_azimuths_between_two_take_the_short_way_and_are_unknown_outside() -> None:
    found = interpolated_azimuth_deg([0.0, 0.5, 1.5, 2.5, 3.5, 9.0], [0.0, 1.0, 2.0, 3.0], [350.0, 10.0, 30.0, np.nan])
    np.testing.assert_allclose(found[[0, 2]], [350.0, 20.0])
    assert azimuth_difference_deg(found[1], 0.0) == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(found[3:]).all()


def test_pole_angles_worked_out_by_hand() -> None:
    assert pole_angle_deg(30.0, 40.0, 50.0, 40.0) == pytest.approx(20.0)
    assert pole_angle_deg(30.0, 40.0, 30.0, 220.0) == pytest.approx(60.0)
    # Poles are axes: two planes that lean 80 degrees to opposite sides are 20 degrees apart, not 160.
    assert pole_angle_deg(80.0, 0.0, 80.0, 180.0) == pytest.approx(20.0)
    assert pole_angle_deg(30.0, 359.9, 30.0, 0.1) == pytest.approx(0.1, rel=1e-4)
    assert pole_angle_deg(0.0, 17.0, 0.0, 243.0) == pytest.approx(0.0)


def test_small_pole_angles_keep_their_digits() -> None:
    assert pole_angle_deg(30.0, 40.0, 30.0 + 1e-9, 40.0) == pytest.approx(1e-9, rel=1e-4)


@settings(deadline=None)
@given(dips, azimuths, dips, azimuths)
def test_pole_angles_are_symmetric_and_at_most_right(dip: float, azimuth: float, other: float, turned: float) -> None:
    angle = float(pole_angle_deg(dip, azimuth, other, turned))
    assert 0 <= angle <= 90
    assert angle == pytest.approx(float(pole_angle_deg(other, turned, dip, azimuth)), abs=1e-9)
    by_cosine = np.degrees(np.arccos(np.clip(abs(poles(dip, azimuth) @ poles(other, turned)), 0, 1)))
    assert angle == pytest.approx(float(by_cosine), abs=2e-6)


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_mean_trace_distance_is_the_integral(dz0: float, da: float, db: float) -> None:
    theta = np.radians(column_azimuths_deg(20_000))
    integral = np.abs(dz0 + da * np.cos(theta) + db * np.sin(theta)).mean()
    assert mean_trace_distance(dz0, da, db) == pytest.approx(float(integral), abs=1e-6)


def test_mean_trace_distance_at_its_edges() -> None:
    np.testing.assert_allclose(mean_trace_distance([0, 1, -1, 0], [0, 0, 0, 1], 0.0), [0, 1, 1, 2 / np.pi])
    assert mean_trace_distance(1.0, 1.0, 0.0) == pytest.approx(1.0)


def test_true_dip_of_a_worked_example() -> None:
    dip, azimuth = true_from_apparent(60.3696, 315.2664, 88.6856, 131.8563)
    assert dip == pytest.approx(51.0479, abs=1e-4)
    assert azimuth == pytest.approx(3.7322, abs=1e-4)


@settings(deadline=None)
@given(st.floats(0.1, 85.0), azimuths, st.floats(0.0, 120.0), azimuths)
def test_apparent_to_true_and_back(dip: float, azimuth: float, deviation: float, hole_azimuth: float) -> None:
    true = true_from_apparent(dip, azimuth, deviation, hole_azimuth)
    again = apparent_from_true(*true, deviation, hole_azimuth)
    # Compared as poles, because an azimuth says nothing where the true dip is next to 0.
    assert pole_angle_deg(*again, dip, azimuth) == pytest.approx(0.0, abs=1e-5)


@settings(deadline=None)
@given(st.floats(1.0, 85.0), azimuths, azimuths)
def test_in_a_vertical_hole_only_the_frame_turns(dip: float, azimuth: float, hole_azimuth: float) -> None:
    true_dip, true_azimuth = true_from_apparent(dip, azimuth, 0.0, hole_azimuth)
    assert true_dip == pytest.approx(dip, abs=1e-6)
    assert azimuth_difference_deg(true_azimuth, azimuth + hole_azimuth) == pytest.approx(0.0, abs=1e-6)


def test_a_plane_square_to_a_deviated_hole_dips_as_the_hole_deviates() -> None:
    dip, azimuth = true_from_apparent(0.0, 0.0, 30.0, 70.0)
    assert dip == pytest.approx(30.0)
    assert azimuth == pytest.approx(250.0)


@pytest.mark.skipif(not REAL_WELL.is_file(), reason="the real well is not beside this checkout")
def test_true_dips_of_a_real_deviated_well_are_reproduced() -> None:
    table = pd.read_csv(REAL_WELL, skiprows=[1]).drop_duplicates()
    apparent = table["RES_BD_IMG_DipPiking_JK_APP"].to_numpy(), table["RES_BD_IMG_Azimuth"].to_numpy()
    hole = table["HDev"].to_numpy(), table["HAzi"].to_numpy()
    vendors = table["DipPiking_JK_TRU"].to_numpy(), table["Azimuth"].to_numpy()
    assert len(table) == 102
    true = true_from_apparent(*apparent, *hole)
    # The file has seven digits; azimuths lose some of them where beds lie flat.
    np.testing.assert_allclose(true[0], vendors[0], atol=1e-4)
    np.testing.assert_allclose(azimuth_difference_deg(true[1], vendors[1]), 0.0, atol=1e-3)
    assert pole_angle_deg(*apparent_from_true(*vendors, *hole), *apparent).max() < 1e-4


@settings(deadline=None)
@given(st.floats(0.0, 80.0), azimuths, st.floats(0.0, 80.0), azimuths, st.floats(0.0, 80.0), azimuths)
def test_without_structural_dip_the_beds_are_level_and_angles_between_planes_stay(
    dip: float, azimuth: float, other: float, other_azimuth: float, beds: float, beds_azimuth: float
) -> None:
    level, _ = without_structural_dip(beds, beds_azimuth, beds, beds_azimuth)
    assert level == pytest.approx(0.0, abs=1e-5)
    one = without_structural_dip(dip, azimuth, beds, beds_azimuth)
    two = without_structural_dip(other, other_azimuth, beds, beds_azimuth)
    before = pole_angle_deg(dip, azimuth, other, other_azimuth)
    assert pole_angle_deg(*one, *two) == pytest.approx(float(before), abs=1e-6)


def test_a_plane_that_dips_more_than_the_beds_the_same_way_keeps_the_difference() -> None:
    dip, azimuth = without_structural_dip(30.0, 270.0, 12.0, 270.0)
    assert (float(dip), float(azimuth)) == (pytest.approx(18.0), pytest.approx(270.0))


@pytest.mark.parametrize("long_axis_deg", [0.0, 35.0, 120.0])
@pytest.mark.parametrize("azimuth_deg", [0.0, 80.0, 250.0])
def test_a_plane_in_an_oval_hole_is_told_from_the_first_harmonic_of_its_trace(long_axis_deg, azimuth_deg):
    oval, theta = 0.15, np.radians(np.arange(360.0))
    a, b = sinusoid_from_plane(55.0, azimuth_deg)
    radius = 1 + oval * np.cos(2 * (theta - np.radians(long_axis_deg)))
    trace = radius * (a * np.cos(theta) + b * np.sin(theta))
    seen_a, seen_b = (2 * np.mean(trace * wave(theta)) for wave in (np.cos, np.sin))
    twice = np.radians(2 * long_axis_deg)
    found = in_round_hole([seen_a], [seen_b], [[oval * np.cos(twice), oval * np.sin(twice)]])
    dip, azimuth = plane_from_sinusoid(*found)
    assert dip[0] == pytest.approx(55.0)
    assert azimuth_difference_deg(azimuth[0], azimuth_deg) == pytest.approx(0.0, abs=1e-6)
    assert mean_trace_distance(0, seen_a - a, seen_b - b) > 0.03, "a round hole would be wrong"
