"""Which column of a dip table is what: azimuths from several norths and of other things than planes, strikes, units."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.units import angle_unit, degrees_per

DEPTH_M = np.array([801.0, 802.5, 804.25, 806.0, 809.5])
DIP = np.array([21.5, 63.25, 8.0, 44.75, 35.5])
AZIMUTH = np.array([12.25, 297.5, 181.0, 88.5, 233.75])
OTHER = np.array([77.0, 78.0, 77.5, 77.0, 76.5])


def read(path: Path, names: Sequence[str], columns: Sequence[np.ndarray], **options: object) -> Picks:
    rows = zip(DEPTH_M, *columns, strict=True)
    text = "\n".join([",".join(["depth_m", *names]), *(",".join(map(str, row)) for row in rows)])
    path.write_text(text + "\n", encoding="utf-8")
    return read_picks(path, **options)  # type: ignore[arg-type]


def assert_planted(picks: Picks) -> None:
    np.testing.assert_allclose([picks.depth_m, picks.dip_deg, picks.azimuth_deg], [DEPTH_M, DIP, AZIMUTH], atol=1e-3)


SILENT = {
    "one true azimuth": (["Dip", "True Azimuth"], [DIP, AZIMUTH]),
    "true north": (["Dip", "Azimuth (true north)"], [DIP, AZIMUTH]),
    "in brackets": (
        ["Dip", "Azimuth", "Dip (apparent)", "Azimuth (apparent)"],
        [OTHER, OTHER, DIP, AZIMUTH],
    ),
    "in brackets beside a unit": (["Dip (deg app)", "Azimuth (app deg)"], [DIP, AZIMUTH]),
    "the tool's": (["Dip", "Azimuth", "Relative Bearing", "P1AZ", "Toolface Azimuth"], [DIP, AZIMUTH, *[OTHER] * 3]),
    "poles": (["Dip", "Azimuth", "Pole Dip", "Pole Azimuth"], [DIP, AZIMUTH, 90 - DIP, (AZIMUTH + 180) % 360]),
    "poles as lines": (["Dip", "Azimuth", "Trend", "Plunge"], [DIP, AZIMUTH, (AZIMUTH + 180) % 360, 90 - DIP]),
    "stress": (["Dip", "Azimuth", "Breakout Azimuth", "SHmax Azimuth"], [DIP, AZIMUTH, OTHER, OTHER]),
    "statistics": (
        ["Dip", "Azimuth", "Dip Correlation", "Dip Residual", "Dips per metre"],
        [DIP, AZIMUTH, *[OTHER] * 3],
    ),
    "words run together": (["DIPANGLE", "DipDirn"], [DIP, AZIMUTH]),
    "a right hand's strikes": (["Dip", "Azimuth", "Strike"], [DIP, AZIMUTH, (AZIMUTH - 90) % 360]),
    "strikes as axes": (["Dip", "Azimuth", "Strike"], [DIP, AZIMUTH, (AZIMUTH - 90) % 180]),
    "dip bearing": (["Dip", "Dip Bearing"], [DIP, AZIMUTH]),
    "field": (["Dip", "Azimuth", "Mag Dip"], [DIP, AZIMUTH, OTHER]),
}


@pytest.mark.parametrize("case", SILENT)
def test_planes_are_found_beside_what_is_another_things(tmp_path: Path, case: str) -> None:
    names, columns = SILENT[case]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picks = read(tmp_path / "dips.csv", names, columns)
    assert_planted(picks)
    assert np.isnan(picks.hole_azimuth_deg).all()


@given(
    norths=st.lists(
        st.sampled_from(["Magnetic", "(mag)", "Grid", "TN", "True", "", "from high side"]),
        min_size=2,
        max_size=2,
        unique=True,
    ),
    order=st.permutations(range(3)),
)
def test_azimuths_from_two_norths_are_refused_by_both_names(
    tmp_path_factory: pytest.TempPathFactory, norths: list[str], order: list[int]
) -> None:
    names = ["Dip", *(f"Azimuth {north}".strip() for north in norths)]
    columns = [DIP, AZIMUTH, OTHER]
    with pytest.raises(InputError, match="could each be the azimuth") as refused:
        read(tmp_path_factory.mktemp("n") / "d.csv", [names[k] for k in order], [columns[k] for k in order])
    assert names[1] in str(refused.value)
    assert names[2] in str(refused.value)


REFUSED = {
    "a dip's bearing beside an azimuth": (
        ["Dip", "Dip Bearing", "Azimuth"],
        [DIP, AZIMUTH, OTHER],
        "Dip Bearing and Azimuth could",
    ),
    "poles alone": (["Pole Dip", "Pole Azimuth"], [DIP, AZIMUTH], "has no dip column"),
    "a breakout's azimuth": (["Dip", "Breakout Azimuth"], [DIP, OTHER], "has no azimuth column"),
    "a bearing": (
        ["Dip", "Bearing"],
        [DIP, OTHER],
        "no azimuth column for its dips in Dip, and Bearing may be another's",
    ),
    "strikes at odds": (
        ["Strike", "Dip", "Azimuth"],
        [(AZIMUTH - 90) % 360, DIP, OTHER],
        "cannot be azimuth and strike",
    ),
    "gon": (["Dip (gon)", "Azimuth (gon)"], [DIP, AZIMUTH], r"gives 'gon' for column Dip \(gon\); use deg or rad"),
    "per cent": (["Dip (%)", "Azimuth"], [DIP, AZIMUTH], "gives '%'"),
    "radians unsaid": (
        ["Dip", "Azimuth"],
        [np.radians(DIP), np.radians(AZIMUTH)],
        r"look like radians, .* Dip \(rad\)",
    ),
    "text": (["Dip", "Azimuth"], [DIP, np.array(["N45E"] * 5)], "Azimuth holds text such as 'N45E'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_names_and_values_leave_open_is_refused(tmp_path: Path, case: str) -> None:
    names, columns, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        read(tmp_path / "dips.csv", names, columns)


NOTED = {
    "magnetic": (["Dip", "Azimuth (MN)"], [DIP, AZIMUTH], "count from magnetic north, and no declination was added"),
    "high side": (["Dip", "Azimuth from high side"], [DIP, AZIMUTH], "count from the high side"),
    "a left hand's strikes": (["Dip", "Azimuth", "Strike"], [DIP, AZIMUTH, (AZIMUTH + 90) % 360], "to the left of the"),
    "a dip too many": (["Dip", "Azimuth", "RES_Dip_TRU"], [DIP, AZIMUTH, OTHER], "RES_Dip_TRU were left aside"),
    "an inclination from the horizontal": (
        ["Dip", "Azimuth", "Hole inclination from horizontal"],
        [DIP, AZIMUTH, OTHER],
        "counts from the horizontal and was left aside",
    ),
}


@pytest.mark.parametrize("case", NOTED)
def test_what_is_assumed_or_left_aside_is_said(tmp_path: Path, case: str) -> None:
    names, columns, message = NOTED[case]
    with pytest.warns(InputWarning, match=message):
        picks = read(tmp_path / "dips.csv", names, columns)
    assert_planted(picks)


@pytest.mark.parametrize("dip", ["Dip", "True Dip", "Dip (apparent)"])
@pytest.mark.filterwarnings("ignore::geobfdt.errors.InputWarning")
def test_strikes_stand_for_azimuths_of_any_dip_and_to_the_right_alone(tmp_path: Path, dip: str) -> None:
    strike = (AZIMUTH - 90) % 360
    assert_planted(read(tmp_path / "d.csv", [dip, "Strike"], [DIP, strike], strike=True))
    with pytest.raises(InputError, match="column Strike, and no azimuths; add --strike"):
        read(tmp_path / "d.csv", [dip, "Strike"], [DIP, strike])
    with pytest.raises(InputError, match="to the left of the strikes in Strike LHR"):
        read(tmp_path / "d.csv", [dip, "Strike LHR"], [DIP, strike], strike=True)


def test_quadrants_of_dip_must_agree_with_the_rule_of_strikes(tmp_path: Path) -> None:
    strike, names = (AZIMUTH - 90) % 360, ["Dip", "Strike", "Dip Quadrant"]
    agree, against = (np.array(text.split()) for text in ("N NW S E SW", "N NW S W SW"))
    assert_planted(read(tmp_path / "d.csv", names, [DIP, strike, agree], strike=True))
    with pytest.raises(InputError, match="contradict the quadrants in Dip Quadrant, first in line 5"):
        read(tmp_path / "d.csv", names, [DIP, strike, against], strike=True)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Dip (\u00ba)", "\u00ba"),
        ("Azimuth (degN)", "degN"),
        ("Azimuth [\u00b0N]", "\u00b0N"),
        ("Dip (deg.)", "deg."),
        ("Dip_deg", "deg"),
        ("Dip (deg, true)", "deg"),
        ("Azimuth (Grid)", ""),
        ("Inclination (from horizontal)", ""),
        ("Dip", ""),
    ],
)
def test_degrees_are_written_in_many_ways_and_words_in_brackets_are_no_units(name: str, unit: str) -> None:
    assert angle_unit(name) == unit
    assert degrees_per(unit) == 1.0


@pytest.mark.parametrize("unit", ["(rad)", "rad", "_rad", "(rad true)", "[radians]"])
def test_radians_are_turned_however_they_are_said(tmp_path: Path, unit: str) -> None:
    columns = [np.radians(DIP), np.radians(AZIMUTH)]
    true = "true" in unit
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if true else "error")
        assert_planted(read(tmp_path / "d.csv", [f"Dip {unit}", f"Azimuth {unit}"], columns))


def test_flat_beds_that_dip_north_are_degrees(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picks = read(tmp_path / "d.csv", ["Dip", "Azimuth"], [DIP / 60, np.full(5, 5.5)])
        read(tmp_path / "d.csv", ["Dip (deg)", "Azimuth (deg)"], [DIP / 60, AZIMUTH / 60])
    np.testing.assert_allclose(picks.azimuth_deg, 5.5)
