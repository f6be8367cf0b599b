"""Surveys: which way a hole runs between its stations, and the true dips that follow from it."""

import json
import re

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geobfdt.borehole import INCLINATIONS
from geobfdt.borehole.geometry import apparent_from_true, pole_angle_deg
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey, with_true_dips
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.survey import read_survey

HOLES = {"vertical": (0.0, 0.0), "deviated": (40.0, 210.0), "horizontal": (90.0, 75.0), "up-going": (130.0, 350.0)}


def straight(deviation, azimuth):
    return Survey([0.0], [deviation], [azimuth])


def test_a_hole_turns_evenly_from_one_station_to_the_next():
    bend = Survey([100.0, 200.0], [0.0, 60.0], [0.0, 90.0])
    deviation, azimuth = bend.at([50.0, 100.0, 125.0, 150.0, 200.0, 300.0])
    assert deviation == pytest.approx([0, 0, 15, 30, 60, 60])
    assert azimuth[2:] == pytest.approx([90, 90, 90, 90])


def test_a_hole_that_turns_across_north_does_not_turn_the_long_way():
    deviation, azimuth = Survey([0.0, 10.0], [90.0, 90.0], [350.0, 10.0]).at([5.0])
    assert deviation == pytest.approx([90])
    assert (azimuth + 180) % 360 == pytest.approx([180])


def test_a_quarter_circle_gains_its_radius_in_vertical_depth():
    radius = 200.0
    arc = Survey([0.0, np.pi / 2 * radius], [0.0, 90.0], [30.0, 30.0])
    assert arc.true_vertical_depth_m([np.pi / 6 * radius, np.pi / 2 * radius, 500.0]) == pytest.approx([100, 200, 200])
    assert straight(60.0, 0.0).true_vertical_depth_m([100.0]) == pytest.approx([50])


@pytest.mark.parametrize("reference", ["north", "high_side"])
@pytest.mark.parametrize("hole", HOLES)
@given(dip=st.floats(1, 85), azimuth=st.floats(0, 359.9))
def test_true_dips_lead_back_to_what_the_image_shows(reference, hole, dip, azimuth):
    survey, picks = straight(*HOLES[hole]), Picks([10.0], [dip], [azimuth])
    if hole == "vertical" and reference == "high_side":
        return
    true = with_true_dips(picks, survey, reference)
    way = true.hole_deviation_deg, true.hole_azimuth_deg
    back_dip, from_high_side = apparent_from_true(true.true_dip_deg, true.true_azimuth_deg, *way)
    back_azimuth = from_high_side + (true.hole_azimuth_deg if reference == "north" else 0.0)
    assert pole_angle_deg(back_dip, back_azimuth, dip, azimuth)[0] < 1e-6


@given(dip=st.floats(1, 85), azimuth=st.floats(0, 359.9), bearing=st.floats(0, 359.9))
def test_in_a_vertical_hole_what_the_image_shows_is_true(dip, azimuth, bearing):
    true = with_true_dips(Picks([10.0], [dip], [azimuth]), straight(0.0, bearing), "north")
    assert pole_angle_deg(true.true_dip_deg, true.true_azimuth_deg, dip, azimuth)[0] < 1e-6


def test_a_vertical_hole_has_no_high_side():
    with pytest.raises(InputError, match=r"vertical at 10.00 m and has no high side"):
        with_true_dips(Picks([10.0], [30.0], [0.0]), straight(0.2, 0.0), "high_side")


@pytest.mark.parametrize(
    ("inclination", "written"), [("from_vertical", 58), ("dip", -32), ("dip_down", 32), ("gradient", -32)]
)
def test_an_inclination_is_what_the_user_names_it(tmp_path, inclination, written):
    (tmp_path / "s.csv").write_text(f"MD_ft;Inclination;Azimuth\n0;{written};357,5\n100;{written};357,5\n")
    survey = read_survey(tmp_path / "s.csv", inclination, correction_deg=4.0)
    assert survey.depth_m == pytest.approx([0, 30.48])
    assert survey.deviation_deg == pytest.approx([58, 58])
    assert survey.azimuth_deg == pytest.approx([1.5, 1.5])


def test_a_survey_comes_out_of_las_curves_and_leaves_empty_stations_out(tmp_path):
    lines = ["~V", "VERS. 2.0:", "WRAP. NO:", "~W", "NULL. -999.25:", "~C", "DEPT.M:", "DEVI.DEG:", "HAZI.DEG:", "~A"]
    body = ["100 10 80", "200 -999.25 81", "300 12 440"]
    (tmp_path / "s.las").write_text("\n".join([*lines, *body]) + "\n")
    with pytest.warns(InputWarning, match="1 of 3 stations without inclination or azimuth were left out, .* at 200 m"):
        survey = read_survey(tmp_path / "s.las")
    assert survey.depth_m.tolist() == [100, 300]
    assert survey.azimuth_deg == pytest.approx([80, 80])


@pytest.mark.parametrize(
    "header",
    [
        "MD (m),Inc (deg),Azi (deg)",
        "measured depth_m,Inclination,Azimuth",
        "Depth[m],Deviation[deg],Hole Azimuth[deg]",
        "depth_m,hole_deviation_deg,hole_azimuth_deg",
        "TDEP_m,HDEV,HAZI",
    ],
)
def test_stations_are_read_under_many_names(tmp_path, header):
    (tmp_path / "s.csv").write_text(f"{header}\n0,1,200\n50,2,210\n")
    survey = read_survey(tmp_path / "s.csv")
    assert (survey.depth_m.tolist(), survey.deviation_deg.tolist()) == ([0, 50], [1, 2])
    assert survey.azimuth_deg.tolist() == [200, 210]


@given(order=st.permutations(["Dip_TRU", "Azimuth", "HDEV", "HAZI"]))
def test_the_azimuths_of_planes_are_not_the_holes(tmp_path_factory, order):
    path = tmp_path_factory.mktemp("planes") / "s.csv"
    cells = {"Dip_TRU": "50", "Azimuth": "350", "HDEV": "35", "HAZI": "106.5"}
    row = ",".join(cells[name] for name in order)
    path.write_text(f"depth_m,{','.join(order)}\n100,{row}\n200,{row}\n")
    survey = read_survey(path)
    assert survey.azimuth_deg == pytest.approx([106.5, 106.5])
    assert survey.deviation_deg == pytest.approx([35, 35])


@pytest.mark.parametrize("first_row", ["0,0,", "0,0.3,"])
def test_a_vertical_station_needs_no_azimuth(tmp_path, first_row):
    (tmp_path / "s.csv").write_text(f"MD_m,Inc,Azi\n{first_row}\n100,5,120\n")
    survey = read_survey(tmp_path / "s.csv")
    assert survey.depth_m.tolist() == [0, 100]
    assert survey.azimuth_deg == pytest.approx([120, 120])


def test_a_station_that_is_there_twice_counts_once(tmp_path):
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,1,20\n100,5,120\n100,5,120\n")
    with pytest.warns(InputWarning, match="1 repeated stations were dropped"):
        assert read_survey(tmp_path / "s.csv").depth_m.tolist() == [0, 100]


def test_picks_beyond_the_stations_are_counted(tmp_path):
    survey = Survey([100.0, 200.0], [10.0, 12.0], [90.0, 90.0])
    picks = Picks(np.array([90.0, 150.0, 250.0]), np.full(3, 30.0), np.zeros(3))
    with pytest.warns(InputWarning) as told:
        with_true_dips(picks, survey, "north")
    assert [str(one.message) for one in told] == [
        "survey: 1 of 3 picks lie above the first station, at 100 m, up to 10.00 m off; the hole is taken to run on as "
        "it does there",
        "survey: 1 of 3 picks lie below the last station, at 200 m, up to 50.00 m off; the hole is taken to run on as "
        "it does there",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("MD_m,Inc,Azi\n0,10,20\n0,11,21\n", "two stations at 0 m, deviation / azimuth 10 / 20 and 11 / 21"),
        ("MD_m,Inc,Azi\n0,10,20\n9,190,21\n", "station 2 deviates 190"),
        ("MD_m,Azi\n0,10\n", "has no inclination column"),
        ("MD_m,Inc\n0,10\n", "has no azimuth column"),
        ("MD,Inc,Azi\n0,10,20\n", "has no unit"),
        ("MD_m,Dip_TRU,Inc,Azimuth\n0,10,20,30\n", "azimuths in Azimuth go with the planes' dips in Dip_TRU"),
        ("MD_m,Dip,Azimuth\n0,10,20\n", "Dip holds dips of planes; name it .* --inclination"),
        (
            "MD_m,Inc,Azi,well\n0,10,20,A-1\n9,10,20,A-2\n",
            "holds the holes A-1, A-2; choose one with --survey-hole NAME",
        ),
        ("MD_m,Inc,Azi_A,Azi_B\n0,10,20,30\n", "Azi_A and Azi_B could each be the azimuth"),
        ("MD_m,Inc,Azi\n", "holds no station"),
    ],
)
def test_a_wrong_survey_is_named(tmp_path, text, message):
    (tmp_path / "s.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_survey(tmp_path / "s.csv")


def test_the_stations_of_one_hole_are_taken_from_a_survey_of_several(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("MD_m,Inc,Azi,well\n0,10,20,001\n0,30,40,A-2\n100,12,25,001\n100,35,45,A-2\n")
    assert read_survey(path, hole="001").deviation_deg == pytest.approx([10, 12])
    assert read_survey(path, hole="A-2").azimuth_deg == pytest.approx([40, 45])
    with pytest.raises(InputError, match="holds the holes 001, A-2; correct or leave out --survey-hole 1"):
        read_survey(path, hole="1")
    path.write_text("MD_m,Inc,Azi\n0,10,20\n")
    with pytest.raises(InputError, match="names no hole; correct or leave out --survey-hole A"):
        read_survey(path, hole="A")


def test_an_inclination_nobody_knows_lists_those_there_are(tmp_path):
    with pytest.raises(InputError, match=INCLINATIONS[0]):
        read_survey(tmp_path / "s.csv", "steep")


def test_a_real_survey_reaches_the_vertical_depths_of_its_operator(shared_data):
    path = shared_data / "geothermal_picks" / "testdata-survey.csv"
    stations = np.genfromtxt(path, delimiter=",", names=True)
    survey = read_survey(path)
    assert survey.true_vertical_depth_m(survey.depth_m) == pytest.approx(stations["TVD_mRF"], abs=0.01)


def test_real_dips_of_deviated_wells_come_out_as_their_operator_has_them(shared_data):
    """Operators of Volve picked against high side; their files state deviation and azimuth of the hole at every dip."""
    log = json.loads((shared_data / "volve_dips" / "15_9-F-14_WL_COMPUTED_DIP_MWD_1.json").read_text())[0]
    # The last cell runs into the name of the kind.
    rows = np.array([[*row[:6], re.match(r"[\d.]+", row[6])[0]] for row in log["data"]], float)
    _, first = np.unique(rows[:, 0], return_index=True)
    depth, deviation, azimuth, true_dip, true_azimuth, dip, apparent = rows[first].T
    true = with_true_dips(Picks(depth, dip, apparent % 360), Survey(depth, deviation, azimuth), "high_side")
    off = pole_angle_deg(true.true_dip_deg, true.true_azimuth_deg, true_dip, true_azimuth)
    assert off.max() < 0.01


ARC_M = 200.0
"""Radius of the bend of a hole that is built by hand: 100 m down, a quarter circle towards 30 degrees, then level."""
END_OF_ARC_M = 100.0 + np.pi / 2 * ARC_M
BEND = Survey([0.0, 100.0, END_OF_ARC_M, 1000.0], [0.0, 0.0, 90.0, 90.0], [0.0, 30.0, 30.0, 30.0])
COLLAR = Collar(500000.0, 6700000.0, 120.0)


def test_three_stations_lie_where_geometry_puts_them_one_of_them_in_the_horizontal_part():
    """In the upright part; where the arc has turned by 60 degrees; 300 m along the level part."""
    away = [0.0, ARC_M * (1 - np.cos(np.pi / 3)), ARC_M + 300.0]
    below = [40.0, 100.0 + ARC_M * np.sin(np.pi / 3), 100.0 + ARC_M]
    x, y, z = BEND.positions([40.0, 100.0 + np.pi / 3 * ARC_M, END_OF_ARC_M + 300.0], COLLAR)
    assert x == pytest.approx(500000.0 + np.sin(np.pi / 6) * np.array(away), abs=1e-3)
    assert y == pytest.approx(6700000.0 + np.cos(np.pi / 6) * np.array(away), abs=1e-3)
    assert z == pytest.approx(120.0 - np.array(below), abs=1e-3)


def test_the_collar_is_depth_0_and_the_hole_is_straight_beyond_its_stations():
    slanted = Survey([50.0, 80.0], [60.0, 60.0], [90.0, 90.0])
    for survey in (slanted, straight(60.0, 90.0)):
        x, y, z = survey.positions([0.0, 30.0, 100.0, -10.0], COLLAR)
        along = np.array([0.0, 30.0, 100.0, -10.0])
        assert x == pytest.approx(500000.0 + np.sin(np.pi / 3) * along, abs=1e-6)
        assert y == pytest.approx(np.full(4, 6700000.0), abs=1e-6)
        assert z == pytest.approx(120.0 - 0.5 * along, abs=1e-6)


def test_no_depths_have_no_positions():
    assert [part.shape for part in BEND.positions([], COLLAR)] == [(0,)] * 3
    assert BEND.true_vertical_depth_m([]).shape == (0,)


@settings(max_examples=50, deadline=None)
@given(
    stations=st.lists(st.tuples(st.floats(5, 100), st.floats(0, 150), st.floats(0, 359.9)), min_size=2, max_size=6),
    share=st.floats(0, 1.2),
)
@example(stations=[(5.0, 0.0, 0.0), (6.0, 0.0, 0.0), (5.0, 1e-9, 300.0), (5.0, 0.0, 0.0)], share=0.5)  # hardly bent
def test_positions_are_the_sum_of_all_directions_on_the_way(stations, share):
    """Along what :meth:`Survey.at` says, summed in 20,000 steps."""
    steps, deviation, azimuth = np.array(stations).T
    survey = Survey(np.cumsum(steps) - steps[0], deviation, azimuth)
    towards = survey._directions()
    assume(((towards[1:] * towards[:-1]).sum(1) > -0.9).all())  # about-turns bend any way round
    to = share * survey.depth_m[-1]
    edges = np.unique(np.concatenate([np.linspace(0, to, 20001), survey.depth_m[survey.depth_m <= to]]))
    deviation, azimuth = np.radians(survey.at((edges[1:] + edges[:-1]) / 2))
    step = np.diff(edges)
    x, y, z = survey.positions([to], Collar(0.0, 0.0, 0.0))
    assert x[0] == pytest.approx((step * np.sin(deviation) * np.sin(azimuth)).sum(), abs=1e-3)
    assert y[0] == pytest.approx((step * np.sin(deviation) * np.cos(azimuth)).sum(), abs=1e-3)
    assert z[0] == pytest.approx(-(step * np.cos(deviation)).sum(), abs=1e-3)


def test_a_collar_that_is_nowhere_is_refused():
    with pytest.raises(InputError, match="must be numbers of metres"):
        Collar(1.0, float("nan"), 0.0)
