"""Which columns of a dip table name the wells and the kinds of its picks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks

DIP = np.array([21.5, 63.25, 8.0, 44.75, 35.5])
AZIMUTH = np.array([12.25, 297.5, 181.0, 88.5, 233.75])


def read(path: Path, names: Sequence[str], columns: Sequence[np.ndarray]) -> Picks:
    rows = zip(range(801, 806), *columns, strict=True)
    text = "\n".join([",".join(["depth_m", *names]), *(",".join(map(str, row)) for row in rows)])
    path.write_text(text + "\n", encoding="utf-8")
    return read_picks(path)


REFUSED = {
    "kinds at odds": (
        ["Dip", "Azimuth", "Structure", "Type"],
        [DIP, AZIMUTH, np.array(["Bedding"] * 5), np.array(["Bedding"] * 4 + ["Fracture"])],
        "Type and Structure say different kinds, first in line 6",
    ),
    "wells at odds": (
        ["Dip", "Azimuth", "Well", "Hole ID"],
        [DIP, AZIMUTH, np.array(list("AABBB")), np.array(list("12122"))],
        "Well and Hole ID divide its rows each in its own way; name the columns",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_columns_that_contradict_each_other_are_refused_by_both_names(tmp_path: Path, case: str) -> None:
    names, columns, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        read(tmp_path / "dips.csv", names, columns)


@pytest.mark.parametrize(
    "name", ["HOLEID", "Hole_ID", "BHID", "Well Name", "UWI", "idcode", "Borehole", "Drillhole", "DHID"]
)
def test_picks_keep_the_hole_they_are_of(tmp_path: Path, name: str) -> None:
    holes = np.array(["001", "001", "002", "002", "003"])
    twice = [np.full(5, 30.0), np.full(5, 40.0), holes]
    picks = read(tmp_path / "d.csv", ["Dip", "Azimuth", name], twice)
    assert picks.well.tolist() == holes.tolist()


def test_a_well_named_at_the_top_of_its_rows_is_that_of_all(tmp_path: Path) -> None:
    names, wells = ["Dip", "Azimuth", "Well"], np.array(["A", "", "B", "", ""])
    with pytest.warns(InputWarning, match="3 of 5 cells of column Well are blank and were taken for the name above"):
        picks = read(tmp_path / "d.csv", names, [DIP, AZIMUTH, wells])
    assert picks.well.tolist() == ["A", "A", "B", "B", "B"]


def test_of_a_well_and_its_sidetracks_the_sidetracks_count(tmp_path: Path) -> None:
    columns = [DIP, AZIMUTH, np.full(5, "A"), np.array(["A-1", "A-1", "A-2", "A-2", "A-2"])]
    picks = read(tmp_path / "d.csv", ["Dip", "Azimuth", "Well", "Wellbore"], columns)
    assert picks.well.tolist() == ["A-1", "A-1", "A-2", "A-2", "A-2"]


@pytest.mark.parametrize("name", ["Classification", "Fracture Type", "Dip Class", "Typ"])
def test_a_column_of_kinds_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    kinds = np.array(["Bedding", "Fracture", "Bedding", "", "Fracture"])
    remarks = np.array(["near fracture", "", "core loss", "", "see log"])
    picks = read(tmp_path / "d.csv", ["Dip", "Azimuth", name, "Remarks"], [DIP, AZIMUTH, kinds, remarks])
    assert picks.kind.tolist() == ["bedding", "fracture", "bedding", "unknown", "fracture"]
    with pytest.raises(InputError, match="unknown kinds Joint X"):
        read(tmp_path / "d.csv", ["Dip", "Azimuth", name], [DIP, AZIMUTH, np.array([*kinds[:4], "Joint X"])])
