"""Surveys: which columns are the hole's inclination and azimuth, what they count, and of which hole they are."""

import warnings

import numpy as np
import pytest

from geobfdt.cli.options import SurveyOptions
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.survey import read_survey

DEPTH_M = np.array([0.0, 400.0, 800.0, 1200.0])
DEVIATION = np.array([0.0, 3.0, 12.5, 34.0])
AZIMUTH = np.array([0.0, 15.0, 118.0, 121.5])
OTHER = np.array([9.0, 9.5, 10.0, 9.0])


def write(path, names, columns, depth_m=DEPTH_M):
    rows = zip(depth_m, *columns, strict=True)
    path.write_text("\n".join([",".join(["MD_m", *names]), *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


def assert_planted(survey):
    np.testing.assert_allclose(survey.depth_m, DEPTH_M)
    np.testing.assert_allclose(survey.deviation_deg, DEVIATION)
    np.testing.assert_allclose(survey.azimuth_deg, AZIMUTH)


@pytest.mark.parametrize(
    ("deviation", "azimuth", "others"),
    [
        ("Inclination", "Azimuth", ["Relative Bearing"]),
        ("Inc", "Azi", ["High Side Bearing", "Closure Azi", "Target Azimuth"]),
        ("Inclination", "Azimuth", ["Planned Hole Azimuth", "Planned Inclination"]),
        ("Inc", "Azm", ["Inc Rate", "Inc Uncertainty"]),
        ("DEVI", "HAZI", ["P1AZ", "RB", "AZI"]),
        ("Inc", "Azi", ["Mag Dip", "Toolface Azimuth"]),
        ("Hole Deviation", "Hole Azimuth", ["Magnetic Inclination"]),
        ("Tilt", "Azimuth", ["Roll"]),
        ("Drift", "Direction", []),
        ("Drift Angle", "Drift Direction", []),
        ("Inc (\u00ba)", "Azi (degN)", []),
    ],
)
def test_the_holes_columns_are_found_beside_those_of_other_things(tmp_path, deviation, azimuth, others):
    path = write(tmp_path / "s.csv", [*others, azimuth, deviation], [*[OTHER] * len(others), AZIMUTH, DEVIATION])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_planted(read_survey(path))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["Inclination", "Azimuth", "Bearing"], "Azimuth and Bearing could each be"),
        (["Inclination", "Azimuth", "Trend"], "Azimuth and Trend could each be"),
        (["Inclination", "Hole Azimuth", "Azimuth"], "Hole Azimuth and Azimuth could each be"),
        (["Inclination", "Azimuth", "Azimuth (magnetic)"], r"Azimuth and Azimuth \(magnetic\) could each be"),
        (["Inclination", "AZIM_TN", "AZIM_GN"], "AZIM_TN and AZIM_GN could each be"),
        (["Inclination", "Magnetic Hole Azimuth", "True Azimuth"], "could each be the azimuth of the hole"),
    ],
)
def test_azimuths_that_could_each_be_the_holes_are_settled_by_naming_the_columns(tmp_path, names, message):
    path = write(tmp_path / "s.csv", names, [DEVIATION, AZIMUTH, OTHER])
    with pytest.raises(InputError, match=message) as refused:
        read_survey(path)
    assert "--survey-columns" in str(refused.value)
    named = ["MD_m", "inclination_deg", "azimuth_deg", "-"]
    assert_planted(read_survey(path, columns=named))
    assert_planted(SurveyOptions(survey=path, survey_columns=", ".join(named)).read())


@pytest.mark.parametrize("name", ["P1AZ", "Relative Bearing", "High Side Azimuth"])
def test_where_the_tool_looks_is_not_where_the_hole_goes(tmp_path, name):
    with pytest.raises(InputError, match="has no azimuth column of the hole"):
        read_survey(write(tmp_path / "s.csv", ["DEVI", name], [DEVIATION, OTHER]))


@pytest.mark.parametrize("name", ["Inclination from horizontal", "Inclination (from horizontal)", "Upward inclination"])
def test_an_inclination_from_the_horizontal_says_so(tmp_path, name):
    path = write(tmp_path / "s.csv", [name, "Azimuth"], [90 - DEVIATION, AZIMUTH])
    with pytest.raises(InputError, match="counts from the horizontal; say which way with --inclination"):
        read_survey(path)
    assert_planted(read_survey(path, "dip_down"))


def test_a_steady_dip_is_that_of_the_earths_field(tmp_path):
    names = ["Inc", "Azi", "Dip"]
    with pytest.warns(InputWarning, match="Dip is much the same at all stations and was taken for"):
        assert_planted(read_survey(write(tmp_path / "s.csv", names, [DEVIATION, AZIMUTH, OTHER + 60])))
    with pytest.raises(InputError, match="azimuths in Azi go with the planes' dips in Dip"):
        read_survey(write(tmp_path / "s.csv", names, [DEVIATION, AZIMUTH, OTHER * 2 + DEVIATION]))


def test_magnetic_azimuths_ask_for_a_declination(tmp_path):
    path = write(tmp_path / "s.csv", ["Inc", "Azimuth Magnetic"], [DEVIATION, AZIMUTH])
    with pytest.warns(InputWarning, match="give the declination with --azimuth-correction"):
        assert_planted(read_survey(path))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_survey(path, correction_deg=2.5)


@pytest.mark.parametrize(("tvd", "sign"), [("TVD", 1), ("TVD (ft)", 1 / 0.3048), ("True Vertical Depth", -1)])
def test_vertical_depths_tell_what_inclinations_count(tmp_path, tvd, sign):
    right = read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], [DEVIATION, AZIMUTH]))
    tvd_m = (right.true_vertical_depth_m(DEPTH_M) + 31.0) * sign
    names, remedies = ["Inc", "Azi", tvd], "count from the horizontal; say so with --inclination"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_planted(read_survey(write(tmp_path / "s.csv", names, [DEVIATION, AZIMUTH, tvd_m])))
    flipped = write(tmp_path / "s.csv", names, [90 - DEVIATION, AZIMUTH, tvd_m])
    with pytest.raises(InputError, match=remedies):
        read_survey(flipped)
    assert_planted(read_survey(flipped, "dip_down"))
    with pytest.raises(InputError, match=r"may be in radians; write \(rad\)"):
        read_survey(write(tmp_path / "s.csv", names, [np.radians(DEVIATION), AZIMUTH, tvd_m]))
    with pytest.warns(InputWarning, match="compare the columns"):
        read_survey(write(tmp_path / "s.csv", names, [DEVIATION, AZIMUTH, np.zeros(4)]))


def test_radians_are_named_or_refused(tmp_path):
    columns = [np.radians(DEVIATION), np.radians(AZIMUTH)]
    with pytest.raises(InputError, match="have no unit and look like radians"):
        read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], columns))
    assert_planted(read_survey(write(tmp_path / "s.csv", ["Inc (rad)", "Azi (rad)"], columns)))


@pytest.mark.parametrize("name", ["HOLEID", "Hole_ID", "BHID", "Well Name", "UWI", "idcode"])
def test_stations_of_two_holes_are_told_apart_by_their_names(tmp_path, name):
    depth_m = np.concatenate([DEPTH_M, DEPTH_M + 50])
    columns = [[*DEVIATION, *OTHER], [*AZIMUTH, *OTHER], ["001"] * 4 + ["002"] * 4]
    path = write(tmp_path / "s.csv", ["Inc", "Azi", name], columns, depth_m)
    with pytest.raises(InputError, match="holds the holes 001, 002; choose one with --survey-hole"):
        read_survey(path)
    assert_planted(read_survey(path, hole="001"))


def test_a_hole_named_at_the_top_of_its_stations_is_that_of_all(tmp_path):
    depth_m = np.concatenate([DEPTH_M, DEPTH_M])
    columns = [[*DEVIATION, *OTHER], [*AZIMUTH, *OTHER], ["A", "", "", "", "B", "", "", ""]]
    path = write(tmp_path / "s.csv", ["Inc", "Azi", "Well"], columns, depth_m)
    with pytest.warns(InputWarning, match="6 of 8 cells of column Well are blank"):
        assert_planted(read_survey(path, hole="A"))


def test_depths_that_begin_anew_on_another_course_are_those_of_another_hole(tmp_path):
    depth_m = np.concatenate([DEPTH_M, DEPTH_M[:3] + 50])
    other = [[*DEVIATION, 30, 31, 32], [*AZIMUTH, 300, 301, 302]]
    with pytest.raises(InputError, match="its depths begin anew at 50 m"):
        read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], other, depth_m))
    order = [0, 2, 1, 3]
    columns = [DEVIATION[order], AZIMUTH[order]]
    with pytest.warns(InputWarning, match="fall back 1 times, first to 400 m; they were put in order"):
        assert_planted(read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], columns, DEPTH_M[order])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # recorded upwards
        path = write(tmp_path / "s.csv", ["Inc", "Azi"], [DEVIATION[::-1], AZIMUTH[::-1]], DEPTH_M[::-1])
        assert_planted(read_survey(path))


def test_what_leaves_no_course_or_the_wrong_one_is_said(tmp_path):
    blank = np.full(4, "")
    with pytest.raises(InputError, match="none of its 4 stations has both an inclination and an azimuth"):
        read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], [DEVIATION, blank]))
    with pytest.raises(InputError, match=r"Inc goes down to -90 degrees; .* --inclination dip"):
        read_survey(write(tmp_path / "s.csv", ["Inc", "Azi"], [DEVIATION - 90, AZIMUTH]))
    with pytest.warns(InputWarning, match="with --inclination dip_down the hole goes upwards at all stations"):
        read_survey(write(tmp_path / "s.csv", ["Dip", "Azimuth"], [DEVIATION - 90, AZIMUTH]), "dip_down")


def two_sets(second):
    body = "\n".join(f"{z},{inc},{azi}" for z, inc, azi in zip(DEPTH_M, DEVIATION, AZIMUTH, strict=True))
    other = "\n".join(f"{z},{inc},{azi}" for z, inc, azi in zip(DEPTH_M, *second, strict=True))
    return (
        "~Version\nVERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n~Well\nSTRT.M 0 :\nSTOP.M 1200 :\nSTEP.M 0 :\n"
        "NULL. -999.25 :\nWELL. A-7 :\n~Log_Definition\nDEPT.M : {F}\nDEVI.DEG : {F}\nHAZI.DEG : {F}\n"
        f"~Log_Data | Log_Definition\n{body}\n"
        "~Inclinometry_Definition\nMD.M : {F}\nINCL.DEG : {F}\nAZIM.DEG : {F}\n"
        f"~Inclinometry_Data | Inclinometry_Definition\n{other}\n"
    )


def test_two_surveys_in_a_las_file_must_agree(tmp_path):
    path = tmp_path / "s.las"
    path.write_text(two_sets((DEVIATION + 0.5, AZIMUTH + 1)))
    assert_planted(read_survey(path))
    path.write_text(two_sets((OTHER, OTHER)))
    with pytest.raises(InputError, match=r"holds two surveys, of the columns DEPT_m, DEVI, HAZI, .* degrees apart"):
        read_survey(path)


@pytest.mark.parametrize(
    ("deviation", "azimuth"),
    [
        *(("Hole Dev", "Hole Azi"), ("Well Dev (deg)", "Well Azi (deg)"), ("BOREHOLE_DEV", "BOREHOLE_AZ")),
        *(("WDEV", "WAZI"), ("DEV", "DEVAZ"), ("Borehole Tilt", "Borehole Azimuth"), ("Bh_Dev", "Bh_Az")),
    ],
)
def test_short_names_of_the_holes_angles_are_known_among_those_of_planes(tmp_path, deviation, azimuth):
    """What an image shows of true dips is computed from them."""
    (tmp_path / "p.csv").write_text(f"DEPTH_m,Dip_TRU,Azim_TRU,{deviation},{azimuth}\n1000,24.5,131,35,106.5\n")
    with pytest.warns(InputWarning, match="was computed from its columns of the hole's deviation and azimuth"):
        picks = read_picks(tmp_path / "p.csv")
    assert picks.dip_deg[0] == pytest.approx(58.07, abs=0.01)
    (tmp_path / "s.csv").write_text(f"MD_m,{deviation},{azimuth}\n0,0,0\n0,0,45\n100,35,106.5\n")
    with pytest.warns(InputWarning, match="1 repeated stations were dropped"):
        assert read_survey(tmp_path / "s.csv").deviation_deg.tolist() == [0, 35]
