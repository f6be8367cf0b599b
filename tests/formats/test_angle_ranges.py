"""Angles that can be none are nulls, folded with a count, or refused by their line."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.survey import read_survey

NAMES = ("depth_m", "true_dip", "true_azimuth", "app_dip", "app_azimuth", "hole_deviation", "hole_azimuth")
ROW = (1000.5, 24.5, 131.0, 30.0, 120.0, 5.0, 200.0)


def text(column: str, value: object, rows: int = 3) -> str:
    """A table in which one value stands in the second row of a column."""
    lines = [",".join(NAMES)]
    for row in range(rows):
        cells = [*map(str, (ROW[0] + row, *ROW[1:]))]
        if row == 1:
            cells[NAMES.index(column)] = str(value)
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def read(path: Path, content: str) -> Picks:
    path.write_text(content)
    return read_picks(path)


@pytest.mark.parametrize("null", [-999, 999.25, -9999.25, -99999, 32767, -32768, 1e30])
@pytest.mark.parametrize("column", NAMES[1:])
def test_what_programs_write_for_nothing_is_no_angle(tmp_path: Path, column: str, null: float) -> None:
    with pytest.warns(InputWarning, match=rf"1 of 3 values in column {column} are .*, taken for nothing measured"):
        picks = read(tmp_path / "p.csv", text(column, null))
    shown = column.startswith("app")
    assert len(picks) == (2 if shown else 3)
    if not shown:
        fields = {"true_dip": "true_dip_deg", "true_azimuth": "true_azimuth_deg"}
        known = np.isfinite(getattr(picks, fields.get(column, f"{column}_deg")))
        assert known.tolist() == [True, False, True]


@pytest.mark.parametrize("value", [-10, 370.5, 719])
@pytest.mark.parametrize("column", ["app_azimuth", "true_azimuth", "hole_azimuth"])
def test_azimuths_beyond_a_turn_are_folded_and_counted(tmp_path: Path, column: str, value: float) -> None:
    with pytest.warns(InputWarning, match=rf"1 of 3 azimuths in column {column} lie outside 0 to 360 .* were folded"):
        picks = read(tmp_path / "p.csv", text(column, value))
    field = {"app_azimuth": "azimuth_deg", "true_azimuth": "true_azimuth_deg"}.get(column, "hole_azimuth_deg")
    assert getattr(picks, field)[1] == value % 360
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read(tmp_path / "p.csv", text(column, 360)).depth_m[1] == 1001.5


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("app_azimuth", 1200, "line 3 has 1200 in column app_azimuth, outside -360 to 1080"),
        ("hole_azimuth", -500, "line 3 has -500 in column hole_azimuth, outside -360 to 1080"),
        ("hole_deviation", -60, "line 3 has -60 in column hole_deviation, outside 0 to 180 .* count from the vertical"),
        ("true_dip", 95, "line 3 has 95 in column true_dip, outside 0 to 90"),
        ("app_dip", 95, "line 3 has a dip outside 0 to 90"),
    ],
)
def test_angles_of_no_plane_or_hole_are_refused_by_their_line(
    tmp_path: Path, column: str, value: float, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "p.csv", text(column, value))


def test_stations_of_a_survey_are_judged_alike(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("MD_m,Inc,Azi\n0,10,20\n100,12,-999\n200,14,-30\n")
    with pytest.warns(InputWarning) as told:
        survey = read_survey(tmp_path / "s.csv")
    assert (survey.depth_m.tolist(), survey.azimuth_deg[-1] % 360) == ([0, 200], 330)
    notes = [str(one.message) for one in told]
    assert [any(words in note for note in notes) for words in ("are -999", "were folded", "were left out")] == [
        True
    ] * 3
