"""LAS files whose rows or indices are not what their headers say: refused by the line, or read with a word."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.survey import read_survey

CURVES = ("DEPT.M", "DIP_APP.DEG", "AZI_APP.DEG", "HDEV.DEG")
ROWS = ("100.5 20 200 5", "101.5 30 210 5", "102.5 40 220 5", "103.5 50 230 5")
FIRST_ROW = 16
"""Line of the first row of :func:`las` with four curves."""


def las(
    rows: Sequence[str] = ROWS, curves: Sequence[str] = CURVES, start: str = "STRT.M 100.5", wrap: str = "NO"
) -> str:
    entries = "\n".join(f"{curve} :" for curve in curves)
    return (
        f"~V\nVERS. 2.0 :\nWRAP. {wrap} :\n~W\n{start} :\nSTOP.M 103.5 :\nSTEP.M 0 :\nNULL. -999.25 :\nWELL. A :\n~C\n"
        f"{entries}\n~A\n" + "\n".join(rows) + "\n"
    )


def read(path: Path, text: str, **options: object) -> Picks:
    path.write_text(text)
    return read_picks(path, **options)  # type: ignore[arg-type]


def silently(path: Path, text: str, **options: object) -> Picks:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(path, text, **options)


def assert_planted(picks: Picks) -> None:
    assert picks.depth_m.tolist() == [100.5, 101.5, 102.5, 103.5]
    assert picks.dip_deg.tolist() == [20, 30, 40, 50]
    assert picks.azimuth_deg.tolist() == [200, 210, 220, 230]


@pytest.mark.parametrize("row", range(4))
@pytest.mark.parametrize("values", ["101.5 30 210", "101.5 30 210 5 7", "101.5"])
def test_a_row_that_is_short_or_long_is_named_by_its_line(tmp_path: Path, row: int, values: str) -> None:
    """lasio would move the values of the rows behind it."""
    rows = list(ROWS)
    rows[row] = values
    message = rf"line {FIRST_ROW + row} has {len(values.split())} values for 4 curves"
    with pytest.raises(InputError, match=message):
        read(tmp_path / "p.las", las(rows))


def test_short_and_long_rows_that_make_up_for_each_other_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"line {FIRST_ROW + 1} has 3 values for 4 curves"):
        read(tmp_path / "p.las", las([ROWS[0], "101.5 30 210", "5 102.5 40 220 5", ROWS[3]]))


def test_a_curve_that_is_not_declared_moves_no_other(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"line {FIRST_ROW - 1} has 4 values for 3 curves"):
        read(tmp_path / "p.las", las(curves=(CURVES[0], *CURVES[2:])))


def test_all_rows_short_alike_are_not_taken_for_wrapped(tmp_path: Path) -> None:
    """Three values a row make twelve, as three rows of four would."""
    with pytest.raises(InputError, match="has 3 values for 4 curves"):
        read(tmp_path / "p.las", las([row.rsplit(" ", 1)[0] for row in ROWS]))


@pytest.mark.parametrize("breaks", [(1,), (2,), (1, 2, 3), (3,)])
def test_rows_over_several_lines_are_read_as_wrapped_where_each_begins_one(
    tmp_path: Path, breaks: Sequence[int]
) -> None:
    lines = []
    for row in ROWS:
        values = row.split()
        lines += [" ".join(part) for part in np.split(np.array(values), breaks)]
    with pytest.warns(InputWarning, match="for 4 curves, and were read as wrapped"):
        assert_planted(read(tmp_path / "p.las", las(lines)))
    assert_planted(silently(tmp_path / "p.las", las(lines, wrap="YES")))


@pytest.mark.parametrize("sign", [",", "\t"])
def test_cells_left_empty_between_signs_are_null(tmp_path: Path, sign: str) -> None:
    rows = [row.replace(" ", sign) for row in ROWS]
    rows[1] = sign.join(["101.5", "", "210", "5"])
    with pytest.warns(InputWarning, match="1 of 4 lines without a dip or an azimuth were left out"):
        picks = read(tmp_path / "p.las", las(rows))
    assert picks.depth_m.tolist() == [100.5, 102.5, 103.5]
    assert picks.azimuth_deg.tolist() == [200, 220, 230]


def test_thousands_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"1,100 could be 1\.100 or 1100"):
        read(tmp_path / "p.las", las(["1,100 20.5 200 5", "1,101 30 210 5"]))
    rows = [row.replace("100.5", "100,5") for row in ROWS]
    assert_planted(silently(tmp_path / "p.las", las(rows)))


# The index


def test_depths_along_the_hole_go_before_an_index_that_is_none(tmp_path: Path) -> None:
    """Vertical depths, times and running numbers stand first in files of programs that think nothing of it."""
    for index, start in (("TVD.M", "STRT.M 50"), ("NO.", "STRT.M 1"), ("ETIM.S", "STRT.S 1"), ("TIME.", "STRT.M 1")):
        rows = [f"{50 + k} {row}" for k, row in enumerate(ROWS)]
        text = las(rows, (index, *CURVES), start)
        name = index.split(".")[0]
        with pytest.warns(InputWarning, match=f"its index {name} is no depth along the hole; DEPT was taken"):
            assert_planted(read(tmp_path / "p.las", text))


def test_a_survey_by_vertical_depth_takes_the_measured_one(tmp_path: Path) -> None:
    rows = ("0 0 0 0", "90 100 30 45", "150 200 60 45")
    (tmp_path / "s.las").write_text(las(rows, ("TVD.M", "MD.M", "DEVI.DEG", "HAZI.DEG"), "STRT.M 0"))
    with pytest.warns(InputWarning, match="MD was taken"):
        assert read_survey(tmp_path / "s.las").depth_m.tolist() == [0, 100, 200]


def test_vertical_depths_alone_are_said_to_be_such(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="TVD is a vertical depth, taken for the depth along the hole"):
        assert_planted(read(tmp_path / "p.las", las(curves=("TVD.M", *CURVES[1:]))))


@pytest.mark.parametrize("index", ["ETIM", "NO", "INDEX", "TIME"])
def test_an_index_that_names_no_depth_inherits_no_unit(tmp_path: Path, index: str) -> None:
    with pytest.raises(InputError, match=f"index curve {index} has no unit"):
        read(tmp_path / "p.las", las(curves=(f"{index}.", *CURVES[1:])))
    assert_planted(silently(tmp_path / "p.las", las(curves=("DEPT.", *CURVES[1:]))))


def test_feet_and_metres_that_contradict_each_other_by_their_ratio_are_refused(tmp_path: Path) -> None:
    """STRT is 100.50 m rounded, or the first index times 0.3048: one of the units is wrong."""
    curves = ("DEPT.FT", *CURVES[1:])
    for start in ("STRT.M 100.5", "STRT.M 100.50", "STRT.M 100", "STRT.M 101"):
        with pytest.raises(InputError, match="correct the unit that is wrong"):
            read(tmp_path / "p.las", las(curves=curves, start=start))
    assert len(silently(tmp_path / "p.las", las(curves=curves, start="STRT.M 30.6324"))) == 4
    with pytest.raises(InputError, match="correct the unit that is wrong"):
        read(tmp_path / "p.las", las(start="STRT.M 30.6324"))


def test_columns_of_a_las_can_be_named(tmp_path: Path) -> None:
    text = las(curves=("DEPT.M", "A.RAD", "B.RAD", "C."))
    picks = silently(
        tmp_path / "p.las",
        text.replace(" 20 200 ", " 0.5 3 ")
        .replace(" 30 210 ", " 1 2 ")
        .replace(" 40 220 ", " 1 2 ")
        .replace(" 50 230 ", " 1 2 "),
        columns=("depth_m", "dip", "azimuth", "-"),
    )
    assert picks.depth_m[0] == 100.5
    np.testing.assert_allclose([picks.dip_deg[0], picks.azimuth_deg[0]], np.degrees([0.5, 3]))
    with pytest.raises(InputError, match="its first column is its depths; name it depth_m in --columns"):
        read(tmp_path / "p.las", las(), columns=("dip_deg", "azimuth_deg", "x", "y"))
