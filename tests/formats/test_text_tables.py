"""Delimited text: rows that lost a cell, signs that part thousands, headers in many places, words for nothing."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.decimals import Signs, signs_of
from geobfdt.formats.survey import read_survey
from geobfdt.formats.units import depth_name_and_unit
from tests.formats.reading import read as read_image
from tests.formats.reading import silently as image_silently

DEPTH_M, DIP, AZIMUTH = (1212.0, 1213.5, 1300.25), (24.5, 61.25, 7.0), (131.0, 302.5, 20.0)
ROWS = [f"{z},{dip},{azimuth}" for z, dip, azimuth in zip(DEPTH_M, DIP, AZIMUTH, strict=True)]
HEADER = "depth_m,dip,azimuth"


def read(path: Path, text: str, encoding: str = "utf-8", **options: object) -> Picks:
    path.write_bytes(text.encode(encoding))
    return read_picks(path, **options)  # type: ignore[arg-type]


def silently(path: Path, text: str, **options: object) -> Picks:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read(path, text, **options)  # type: ignore[arg-type]


def assert_planted(picks: Picks) -> None:
    np.testing.assert_allclose(picks.depth_m, DEPTH_M)
    np.testing.assert_allclose([picks.dip_deg, picks.azimuth_deg], [DIP, AZIMUTH])


# Headers


@pytest.mark.parametrize(
    "above",
    [
        HEADER,
        "# Depth (m),Dip,Azimuth",
        "# a remark\n#depth_m,dip,azimuth\n",
        f"{HEADER}\n-------,---,-------",
        f"{HEADER}\n=========",
        "Depth,Dip,Azimuth\n(m),(deg),[deg]",
        "Depth,Dip,Azimuth\nm,deg,deg\n---,---,---",
        '"Depth, m",Dip,Azimuth',
    ],
)
def test_a_header_is_found_wherever_programs_put_it(tmp_path: Path, above: str) -> None:
    assert_planted(silently(tmp_path / "p.csv", "\n".join([above, *ROWS]) + "\n"))


@pytest.mark.parametrize("separator", [",", ";", "\t", " ", "   "])
def test_a_table_without_a_header_keeps_its_first_row_once_its_columns_are_named(
    tmp_path: Path, separator: str
) -> None:
    text = "\n".join(row.replace(",", separator) for row in ROWS) + "\n"
    assert_planted(silently(tmp_path / "p.csv", text, columns=("depth_m", "dip_deg", "azimuth_deg")))
    with pytest.raises(InputError, match=r"has no header, its first line holds numbers; .* 3 columns with --col"):
        read(tmp_path / "p.csv", text)


def test_named_columns_keep_the_units_of_the_file(tmp_path: Path) -> None:
    text = f"a,b,c\nft,rad,rad\n1000,{np.radians(30)},{np.radians(200)}\n"
    picks = silently(tmp_path / "p.csv", text, columns=("depth_ft", "dip", "azimuth"))
    np.testing.assert_allclose([picks.depth_m[0], picks.dip_deg[0], picks.azimuth_deg[0]], [304.8, 30, 200])
    with pytest.raises(InputError, match="make header and units row agree"):
        read(tmp_path / "p.csv", text, columns=("depth_m", "dip", "azimuth"))
    with pytest.raises(InputError, match="--columns names dip twice"):
        read(tmp_path / "p.csv", text, columns=("depth_m", "dip", "dip"))


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *(("Depth (m MD)", "m"), ("Depth [mMD]", "m"), ("Depth MD (m)", "m"), ("Depth_MD_m", "m"), ("MD (m RKB)", "m")),
        *(("MDRT (m)", "m"), ("Depth (mbgl)", "m"), ("Depth(ftKB)", "ft"), ("MD (usft)", "usft"), ("Depth, m", "m")),
        *(("Depth in m", "m"), ("Depth:ft", "ft"), ("DEPTH.M", "m"), ("Log Depth (m)", "m"), ("Teufe [m]", "m")),
        *(("Profundidad (m)", "m"), ("Depth inches", "inches"), ("Depth (0.1 in)", "0.1 in")),
    ],
)
def test_depths_along_the_hole_are_known_by_their_words(name: str, unit: str) -> None:
    found = depth_name_and_unit(name)
    assert found is not None
    assert found[1].lower() == unit


@pytest.mark.parametrize(
    "name",
    ["Depth TVD (m)", "TVDSS (m)", "TVD", "Depth Error (m)", "depth_sd_m", "Water Depth (m)", "MDIP", "Depth (deg)"],
)
def test_other_depths_are_none(name: str) -> None:
    assert depth_name_and_unit(name) is None


# Rows


def test_blanks_do_not_say_which_cell_is_missing(tmp_path: Path) -> None:
    text = "Depth_m  Dip  Azimuth  HDev  HAzi\n212.31  24.5  131.0  12.0  200.0\n213.87  61.2         12.0  200.0\n"
    with pytest.raises(InputError, match="line 3 has 4 cells for 5 columns, and blanks do not say which is missing"):
        read(tmp_path / "p.txt", text + "214  1  2  3  4\n")
    (tmp_path / "s.txt").write_text("MD_m Inc Azi TVD\n0 0 0 0\n1000 10.5 998\n2000 20 30 1900\n")
    with pytest.raises(InputError, match="line 3 has 3 cells for 4 columns"):
        read_survey(tmp_path / "s.txt")


def test_columns_may_come_within_a_blank_of_each_other(tmp_path: Path) -> None:
    rows = [" MD(m)   INC    AZI   TVD(m)"]
    rows += [
        f"{z:8.2f} {inc:6.2f} {azi:6.2f} {tvd:8.2f}" for z, inc, azi, tvd in ((0, 0, 106.5, 0), (1000, 30.25, 110, 950))
    ]
    (tmp_path / "s.txt").write_text("\n".join(["Definitive survey of A-1", *rows]) + "\n")
    with pytest.warns(InputWarning, match="1 lines above it to be titles"):
        survey = read_survey(tmp_path / "s.txt")
    assert (survey.depth_m.tolist(), survey.deviation_deg.tolist()) == ([0, 1000], [0, 30.25])


def test_words_of_several_in_a_table_set_by_blanks_are_one_cell(tmp_path: Path) -> None:
    rows = ["Depth_m   Dip   Azimuth   Type", "  212.31   24.5   131.0   Bed boundary"]
    rows += ["  213.87   61.2    302   Open fracture", "  214.00    5.0     20   Fault"]
    picks = silently(tmp_path / "p.txt", "\n".join(rows) + "\n")
    assert picks.kind.tolist() == ["bedding", "fracture", "fracture"]
    assert picks.depth_m.tolist() == [212.31, 213.87, 214.0]


def test_a_well_trace_of_petrel_is_a_survey(tmp_path: Path) -> None:
    """Its unit stands in a remark, and a line of signs below its header."""
    (tmp_path / "trace.txt").write_text(
        "# WELL TRACE FROM PETREL\n# WELL NAME:              A-1\n"
        "# MD AND TVD ARE REFERENCED (=0) AT WELL DATUM AND INCREASE DOWNWARDS\n"
        "# ALL DATA IS GIVEN IN ft-UNITS\n"
        "#=================================================\n      MD              X              INCL    AZIM_TN\n"
        "#=================================================\n 0.0000000000 4000.00000 0.0000000000 0.0000000000\n"
        " 100.0000000 4000.00000 12.000000000 45.000000000\n"
    )
    survey = read_survey(tmp_path / "trace.txt")
    np.testing.assert_allclose(survey.depth_m, [0, 30.48])
    assert survey.azimuth_deg.tolist() == [0, 45]


def test_rows_shorter_than_the_header_are_counted_and_refused_where_all_are(tmp_path: Path) -> None:
    head = f"{HEADER},hazi\n"
    with pytest.warns(InputWarning, match="1 of 3 lines hold fewer cells than the header's 4, .* the first is line 3"):
        read(tmp_path / "p.csv", head + "1,20,30,5\n2,20,30\n3,20,30,5\n")
    with pytest.raises(InputError, match="its header names 4 columns and its lines hold 3 cells"):
        read(tmp_path / "p.csv", head + "1,20,30\n2,20,30\n3,20,31\n")
    image = ["DEPTH_m,GR," + ",".join(f"AMP[{k}]" for k in range(16))]
    image += [",".join([f"{100 + 0.01 * row:.2f}", *(f"{row * k % 7}" for k in range(16))]) for row in range(40)]
    with pytest.raises(InputError, match="its header names 18 columns and its lines hold 17 cells"):
        read_image(tmp_path / "i.csv", "\n".join(image) + "\n")


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    rows = ["1,2,3,a", '2,3,4,"open', "3,4,5,b", '4,5,6,c"', "5,6,7,d"]
    with pytest.raises(InputError, match="line 3 has a quote that is closed in line 5 only, with rows between"):
        read(tmp_path / "p.csv", "\n".join([f"{HEADER},comment", *rows]) + "\n")
    over = ["1,2,3,a", '2,3,4,"over', 'two lines"', "3,4,5,b"]
    assert len(silently(tmp_path / "p.csv", "\n".join([f"{HEADER},comment", *over]) + "\n")) == 3


def test_lines_are_numbered_past_blank_ones_and_remarks(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 7 has 'x' in column dip"), pytest.warns(InputWarning, match="with #"):
        read(tmp_path / "p.csv", f"{HEADER}\n1,2,3\n\n  \n# a remark\n2,3,4\n3,x,5\n")


def test_an_image_whose_header_only_names_it_may_lack_cells_in_its_first_row(tmp_path: Path) -> None:
    planted = np.random.default_rng(0).normal(100, 20, (60, 24)).round(1)
    rows = ["\t".join([f"{100 + 0.01 * k:.2f}", *map(str, row)]) for k, row in enumerate(planted)]
    rows[0] = "\t".join(rows[0].split("\t")[:20]) + "\t" * 5
    log = image_silently(tmp_path / "i.txt", "Depth [m]\tAmplitude\n" + "\n".join(rows) + "\n")
    np.testing.assert_allclose(log.image[1:], planted[1:], rtol=1e-6)
    assert np.isnan(log.image[0, 19:]).all()


# Numbers


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        (b"1;2;3", Signs()),
        (b"24,5;131", Signs(",")),
        (b"1212.31;24,5;131", Signs(",")),
        (b"212,310;24,500\n212,410;31,000\n", Signs(",")),
        (b"0,123;0,456\n", Signs(",")),
        (b"1,212.5\t24.5\n1,213\t30\n", Signs(".", ",")),
        (b"1.212,5;24,5\n1.213;30\n", Signs(",", ".")),
        (b"-0,5;12\n", Signs(",")),
        (b"9,1.10.2020\n", Signs()),
    ],
)
def test_all_numbers_tell_what_commas_and_points_are(text: bytes, signs: Signs) -> None:
    assert signs_of(text, "f") == signs


@pytest.mark.parametrize(
    "text",
    [
        b"1,212\t24.5\t131.0\n",
        b"1,000;2\n1,500;3\n",
        b"1.212;24,5;131,0\n",
        b"212.3100;13,688;99.5\n",
        b"212,3100;13.688;1.000\n",
        b"1,212;24;131\n",
    ],
)
def test_numbers_of_two_readings_are_refused_by_both(text: bytes) -> None:
    with pytest.raises(InputError, match=r"could be \d+\.000|could be \d+\.\d{3} or \d{4,}, as all numbers with a"):
        signs_of(text, "f")


@given(st.lists(st.integers(-(10**7), 10**7), min_size=3, max_size=30), st.integers(1, 4))
def test_decimal_commas_are_never_taken_for_thousands(numbers: list[int], digits: int) -> None:
    """Numbers as one format prints them: commas throughout, of one number of digits."""
    rows = [f"{number / 10**digits:.{digits}f}".replace(".", ",") for number in numbers]
    text = "\n".join(f"{row};{row}" for row in rows).encode() + b"\n"
    assert signs_of(text, "f") == Signs(",")


@given(st.lists(st.integers(1000, 10**8), min_size=1, max_size=20), st.booleans())
def test_thousands_are_never_taken_for_decimals(numbers: list[int], fraction: bool) -> None:
    rows = [f"{number:,}" + (".5" if fraction else "") + f"\t{k}" for k, number in enumerate(numbers)]
    text = "\n".join(rows).encode() + b"\n"
    if fraction:
        assert signs_of(text, "f") == Signs(".", ",")
    else:
        with pytest.raises(InputError, match="could be"):
            signs_of(text, "f")


def test_numbers_in_quotes_are_judged_as_others_are(tmp_path: Path) -> None:
    assert silently(tmp_path / "p.csv", f'{HEADER}\n"1,212.5",24.5,131\n').depth_m[0] == 1212.5
    assert silently(tmp_path / "p.csv", f'{HEADER}\n"1212,5","24,5",131\n').depth_m[0] == 1212.5


def test_words_for_nothing_are_counted_and_signs_of_degrees_left_off(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match=r"'\*' in 2 cells, '--' in 1 cells, taken for nothing measured"):
        picks = read(tmp_path / "p.csv", f"{HEADER},gr\n1,2,3,4\n2,*,*,5\n3,8,9,--\n")
    assert picks.depth_m.tolist() == [1, 3]
    picks = silently(tmp_path / "p.csv", "depth_m;dip;azimuth\n1;24,5°;131 º\n2;12°;5\n")
    np.testing.assert_allclose([picks.dip_deg, picks.azimuth_deg], [[24.5, 12], [131, 5]])


@pytest.mark.parametrize(
    ("depths", "message"),
    [
        ((-212.5, -213.5), r"line 3 has -213\.5 m in column depth_m, its depths are negative, as elevations are"),
        ((-999, 213.5), r"line 2 has -999 m in column depth_m, a depth above ground, or a null"),
    ],
)
def test_depths_above_ground_are_refused(tmp_path: Path, depths: tuple[float, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "p.csv", HEADER + "".join(f"\n{z},20,30" for z in depths) + "\n")
    assert silently(tmp_path / "p.csv", f"{HEADER}\n-0.75,20,30\n3,20,30\n").depth_m[0] == -0.75


def test_rows_of_json_without_a_depth_are_counted(tmp_path: Path) -> None:
    names = ("DATE", "DEPT", "DIP", "AZIMUTH")
    rows = [["2020-01-01", 100.5, 20, 30], [None, None, 5, 6], ["2020-01-02", 101.5, 21, 31]]
    curves = [{"name": name, "unit": "m" if name == "DEPT" else None} for name in names]
    (tmp_path / "p.json").write_text(json.dumps([{"header": {"well": "A"}, "curves": curves, "data": rows}]))
    with pytest.warns(InputWarning, match="1 of 3 rows without a number in DEPT were left out"):
        assert read_picks(tmp_path / "p.json").depth_m.tolist() == [100.5, 101.5]


def test_unicode_text_of_spreadsheets_is_text(tmp_path: Path) -> None:
    text = "\n".join(["depth_m\tdip\tazimuth", *(row.replace(",", "\t") for row in ROWS)]) + "\n"
    assert_planted(read(tmp_path / "p.txt", text, encoding="utf-16"))


def test_the_adjusted_of_two_lengths_of_core_is_the_depth_and_others_are_asked_about(tmp_path: Path) -> None:
    text = "secup (m),Adjusted secup (m),dip,azimuth\n10,10.5,2,3\n20,20.75,3,4\n"
    with pytest.warns(InputWarning, match=r"Adjusted secup \(m\) was taken for the depth, .* 0\.75 m off"):
        assert read(tmp_path / "p.csv", text).depth_m.tolist() == [10.5, 20.75]
    with pytest.raises(InputError, match=r"Depth \(m\)#2 could each be the depth, 1 m and 4 m in line 2"):
        read(tmp_path / "p.csv", "Depth (m),Depth (m),dip,azimuth\n1,4,2,3\n")
