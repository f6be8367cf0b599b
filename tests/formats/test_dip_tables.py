"""Dip tables as vendors write them: the same planes under many names, and what is refused because it could be two."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt import formats
from geobfdt.borehole.geometry import pole_angle_deg, true_from_apparent
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import read_picks
from geobfdt.formats.kind_names import known_kind

DEPTH_M = np.array([1200.5, 1201.25, 1203.0, 1207.75, 1210.0])
APPARENT = np.array([30.0, 55.0, 12.5, 71.0, 44.0]), np.array([10.0, 350.0, 181.0, 95.5, 270.0])
DEVIATION, BEARING = np.full(5, 35.0), np.full(5, 106.5)
TRUE = true_from_apparent(APPARENT[0], APPARENT[1] - BEARING, DEVIATION, BEARING)
ALL = (*APPARENT, *TRUE, DEVIATION, BEARING)


def csv(names: Sequence[str], columns: Sequence[np.ndarray] = ALL, separator: str = ",") -> str:
    rows = zip(DEPTH_M, *columns, strict=True)
    lines = [separator.join(names), *(separator.join(f"{value:.4f}" for value in row) for row in rows)]
    return "\n".join(lines) + "\n"


def las(names: Sequence[str], columns: Sequence[np.ndarray] = ALL, index: str = "DEPT.M") -> str:
    curves = "".join(f"{name}.DEG :\n" if "." not in name else f"{name} :\n" for name in names)
    body = "\n".join(" ".join(f"{v:.4f}" for v in row) for row in zip(DEPTH_M, *columns, strict=True))
    return (
        "~Version\nVERS. 2.0 :\nWRAP. NO :\n~Well\nSTRT.M 1200.5 :\nSTOP.M 1210 :\nSTEP.M 0 :\nNULL. -999.25 :\n"
        f"WELL. A-7 :\n~Curve\n{index} :\n{curves}~A\n{body}\n"
    )


def read(path: Path, text: str, **options: object) -> Picks:
    path.write_text(text, encoding="utf-8")
    return read_picks(path, **options)  # type: ignore[arg-type]


def assert_planted(picks: Picks, true: bool = True) -> None:
    np.testing.assert_allclose(picks.depth_m, DEPTH_M)
    np.testing.assert_allclose([picks.dip_deg, picks.azimuth_deg], APPARENT, atol=1e-3)
    if true:
        np.testing.assert_allclose([picks.true_dip_deg, picks.true_azimuth_deg], TRUE, atol=1e-3)


VENDORS = {
    "both said of both": ("DIP_APP", "AZI_APP", "DIP_TRU", "AZI_TRU", "HDEV", "HAZI"),
    "azimuth cut to azim": ("Dip_APP", "Azim_APP", "Dip_TRU", "Azim_TRU", "HDev", "HAzi"),
    "mnemonics": ("DPAP", "DPAA", "DPTR", "DPAZ", "DEVI", "HAZIM"),
    "words": ("Apparent Dip", "Apparent Azimuth", "True Dip", "True Azimuth", "Borehole Deviation", "Borehole Azimuth"),
    "dip direction": (
        "dip_app",
        "dip direction app",
        "dip_true",
        "dip direction true",
        "Inclination",
        "Hole Direction",
    ),
    "the image's name in its columns": ("RES_Dip_APP", "RES_Azimuth", "Dip_TRU", "Azimuth", "HDEV", "HAZI"),
    "true ones plain": ("Dip_APP", "Azim_APP", "Dip", "Azim", "HDEV", "HAZI"),
}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("suffix", [".csv", ".las"])
def test_planes_are_read_under_each_vendors_names(tmp_path: Path, vendor: str, suffix: str) -> None:
    names = VENDORS[vendor]
    in_las = [name.replace(" ", "_") for name in names]
    text = las(in_las) if suffix == ".las" else csv(["depth_m", *names])
    picks = read(tmp_path / f"dips{suffix}", text)
    assert_planted(picks)
    np.testing.assert_allclose([picks.hole_deviation_deg, picks.hole_azimuth_deg], [DEVIATION, BEARING])


@pytest.mark.slow
@given(order=st.permutations(range(6)), vendor=st.sampled_from(sorted(VENDORS)))
def test_the_order_of_the_columns_says_nothing(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], vendor: str
) -> None:
    names = VENDORS[vendor]
    text = csv(["depth_m", *(names[k] for k in order)], [ALL[k] for k in order])
    assert_planted(read(tmp_path_factory.mktemp("order") / "dips.csv", text))


@pytest.mark.parametrize("names", [("Dip (deg)", "Azimuth (deg)"), ("Dip[deg]", "Azi [deg]"), ("dip_deg", "dipdir")])
def test_units_may_stand_in_the_names(tmp_path: Path, names: tuple[str, str]) -> None:
    assert_planted(read(tmp_path / "dips.csv", csv(["Depth (m)", *names], APPARENT)), true=False)
    radians = csv(["Depth (m)", "Dip (rad)", "Azimuth (rad)"], [np.radians(APPARENT[0]), np.radians(APPARENT[1])])
    np.testing.assert_allclose(read(tmp_path / "radians.csv", radians).dip_deg, APPARENT[0], atol=0.01)


PLAIN = csv(["depth_m", "dip_deg", "azimuth_deg"], APPARENT)
SHAPES = {
    "a spreadsheet's empty rows": (PLAIN + ",,\n" * 40, ""),
    "a line that names the separator": ("sep=;\n" + PLAIN.replace(",", ";"), ""),
    "the same in quotes": ('"sep=;"\n' + PLAIN.replace(",", ";"), ""),
    "titles": ("Dips of the well A-7\nInterpreted, second pass\n" + PLAIN, "header was taken to be line 3"),
    "titles with separators": ("Well,A-7\nDate,2021-03-04,\n" + PLAIN, "header was taken to be line 3"),
    "blanks": (PLAIN.replace(",", "   "), ""),
    "single blanks": (PLAIN.replace(",", " "), ""),
    "two depths that agree": (csv(["depth_m", "MD_m", "dip", "azimuth"], [DEPTH_M + 0.001, *APPARENT]), ""),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_is_found_in_what_programs_put_around_it(tmp_path: Path, shape: str) -> None:
    text, told = SHAPES[shape]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert_planted(read(tmp_path / "dips.txt", text), true=False)
    assert [str(one.message) for one in caught if told not in str(one.message)] == []
    assert len(caught) == bool(told)


REFUSED = {
    "two apparent dips": (["depth_m", "A_APP", "B_APP", "azimuth"], "A_APP and B_APP could each be the apparent dip"),
    "three dips": (["depth_m", "Dip", "Dip_APP", "Dip_TRU"], "Dip and Dip_APP and Dip_TRU could each be"),
    "two azimuths alike": (["depth_m", "Dip", "A_Azimuth", "B_Azimuth"], "A_Azimuth and B_Azimuth could each be"),
    "one azimuth for two dips": (["depth_m", "Dip_APP", "Dip_TRU", "Azimuth"], "Dip_APP and Dip_TRU could each be the"),
    "two depths": (
        ["MD_m", "depth_m", "dip", "azimuth"],
        "depth_m and MD_m could each be the depth, 12.5 m and 1203 m in line 4",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_two_things_is_refused_by_both_names(tmp_path: Path, case: str) -> None:
    names, message = REFUSED[case]
    columns = (APPARENT[0], TRUE[0], APPARENT[1])
    with pytest.raises(InputError, match=message):
        read(tmp_path / "dips.csv", csv(names, columns))


def test_a_choice_of_columns_settles_what_names_leave_open(tmp_path: Path) -> None:
    text = csv(["depth_m", "A_APP", "B_APP", "azimuth"], (APPARENT[0], TRUE[0], APPARENT[1]))
    names = ["depth_m", "dip_deg", "-", "azimuth_deg"]
    assert_planted(read(tmp_path / "dips.csv", text, columns=names), true=False)


@pytest.mark.parametrize(
    ("name", "cells", "kept", "confidence"),
    [
        ("Quality", ("A", "B", "", "C2", "4"), ("A", "B", "", "C2", "4"), None),
        ("QUAF", ("20", "20", "10", "-999.25", "3.5"), ("20", "20", "10", "", "3.5"), None),
        ("Quality", ("1", "0", "1", "1", "1"), ("",) * 5, (1, 0, 1, 1, 1)),
        ("Quality", ("0.2", "0.9", "1", "0", "0.5"), ("",) * 5, (0.2, 0.9, 1, 0, 0.5)),
        ("ICCO", ("0.2", "0.9", "1", "0", "0.5"), ("0.2", "0.9", "1", "0", "0.5"), None),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_an_interpreters_grades_are_kept_and_qualities_up_to_1_are_confidences(
    tmp_path: Path,
    name: str,
    cells: tuple[str, ...],
    kept: tuple[str, ...],
    confidence: Sequence[float] | None,
    suffix: str,
) -> None:
    rows = [f"{z},{dip},{azimuth},{cell}" for z, dip, azimuth, cell in zip(DEPTH_M, *APPARENT, cells, strict=True)]
    picks = read(tmp_path / "graded.csv", "\n".join([f"depth_m,dip,azimuth,{name}", *rows]) + "\n")
    formats.write(picks, tmp_path / f"again{suffix}", well="A")
    for found in (picks, read_picks(tmp_path / f"again{suffix}")):
        assert tuple(found.quality.tolist()) == kept
        np.testing.assert_array_equal(found.confidence, confidence or np.full(5, np.nan))


PETREL = """# Petrel well tops
# Unit in X and Y direction: m
# Unit in depth: FT
VERSION 2
BEGIN HEADER
X
Y
Z
MD
STRING,Type
Surface
Well
FLOAT,Dip angle
FLOAT,Dip azimuth
END HEADER
456323.18 6782711.06 -1936.44 1000 "Open fracture" "F 1" "99/1-1 A" 35.2 120.4
456323.18 6782711.06 -1946.44 1010 Bedding Top 99/1-1 5.2 12.5
"""


def test_a_petrel_block_names_the_columns_below_it_and_its_dips_are_true(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="holds true dips alone"):
        picks = read(tmp_path / "tops.txt", PETREL)
    np.testing.assert_allclose(picks.depth_m, [304.8, 307.848])
    np.testing.assert_allclose([picks.true_dip_deg, picks.true_azimuth_deg], [[35.2, 5.2], [120.4, 12.5]])
    assert picks.kind.tolist() == ["fracture", "bedding"]
    assert picks.well.tolist() == ["99/1-1 A", "99/1-1"]
    with pytest.raises(InputError, match="no line END HEADER"):
        read(tmp_path / "cut.txt", PETREL[: PETREL.index("END HEADER")])
    with pytest.raises(InputError, match="MD has no unit"):
        read(tmp_path / "unsaid.txt", PETREL.replace("# Unit in depth: FT\n", ""))


@pytest.mark.parametrize("suffix", [".csv", ".las", ".txt"])
def test_a_table_without_rows_is_named_as_such(tmp_path: Path, suffix: str) -> None:
    text = las(VENDORS["mnemonics"]).split("~A\n")[0] + "~A\n" if suffix == ".las" else "depth_m,dip,azimuth\n"
    with pytest.warns(InputWarning, match="holds no picks, its table of dips has no rows"):
        assert len(read(tmp_path / f"none{suffix}", text)) == 0


def test_heights_qualities_and_corrections_are_no_dips(tmp_path: Path) -> None:
    names = ["depth_m", "Dip quality", "Dip set number", "dip", "azimuth", "Azimuth correction"]
    noise = np.arange(5.0)
    assert_planted(read(tmp_path / "dips.csv", csv(names, (noise, noise, *APPARENT, noise))), true=False)


def test_true_dips_alone_become_what_the_image_shows_where_the_hole_is_known(tmp_path: Path) -> None:
    text = csv(["depth_m", "Dip_TRU", "Azimuth_TRU", "HDEV", "HAZI"], (*TRUE, DEVIATION, BEARING))
    with pytest.warns(InputWarning, match="was computed from its columns"):
        assert_planted(read(tmp_path / "dips.csv", text))


def test_true_dips_of_a_vertical_hole_need_no_word(tmp_path: Path) -> None:
    text = csv(["depth_m", "Dip_TRU", "Azimuth_TRU", "HDEV", "HAZI"], (*APPARENT, DEVIATION * 0 + 0.2, BEARING))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_planted(read(tmp_path / "dips.csv", text), true=False)


def test_rows_without_a_plane_are_left_out_and_counted(tmp_path: Path) -> None:
    text = PLAIN + "1211,,20\n1212,30,\n1213,90,20\n1214,40,50\n"
    with pytest.warns(InputWarning) as caught:
        picks = read(tmp_path / "dips.csv", text)
    assert picks.depth_m.tolist() == [*DEPTH_M, 1214]
    assert [str(one.message).partition(": ")[2] for one in caught] == [
        "2 of 9 lines without a dip or an azimuth were left out, the first is line 7",
        "1 of 9 lines of planes along the hole, which dip 90 degrees against it, were left out, the first is line 9",
    ]


def test_what_is_no_plane_is_left_out_and_counted_by_name(tmp_path: Path) -> None:
    kinds = ["Bed Boundary", "Drilling Induced Fracture", "BREAKOUT", "Conductive_Fracture", "Breakout"]
    rows = zip(DEPTH_M, *APPARENT, kinds, strict=True)
    text = "depth_m,dip,azimuth,type\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    with pytest.warns(InputWarning, match="3 of 5 picks are called BREAKOUT, Breakout, Drilling Induced Fracture"):
        picks = read(tmp_path / "dips.csv", text)
    assert picks.kind.tolist() == ["bedding", "fracture"]
    kept = read(tmp_path / "dips.csv", text, kinds={"breakout": "unknown", "drilling induced fracture": "fracture"})
    assert kept.kind.tolist() == ["bedding", "fracture", "unknown", "fracture", "unknown"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Discontinuous Conductive Fracture", "fracture"),
        ("RESISTIVE_FRACTURE", "fracture"),
        ("Minor Fault", "fracture"),
        ("bed_boundary_high_confidence", "bedding"),
        ("Cross Bedding S2", "bedding"),
        ("DRILL_INDUCED_FRAC", "ignore"),
        ("Conductive Fract", "fracture"),
        ("", "unknown"),
        ("-999.25", "unknown"),
        ("Quartz", None),
        ("high", None),
        ("fracture bedding", None),
    ],
)
def test_words_of_interpreters_mean_a_kind_or_ask(name: str, kind: str | None) -> None:
    assert known_kind(name) == kind


SLOPPY = {
    "titles above the header": lambda text: "Exported 3 May\nby hand\n" + text,
    "sections in lower case": lambda text: text.replace("~Curve", "~curve").replace("~A\n", "~ascii\n"),
    "control-Z at the end": lambda text: text + "\x1a\n",
    "units in brackets": lambda text: text.replace(".DEG", ".[DEG]").replace("DEPT.M", "DEPT.(M)"),
    "capital units": lambda text: text.replace("STRT.M", "STRT.METRES"),
}


@pytest.mark.parametrize("case", SLOPPY)
def test_a_sloppy_las_file_reads_as_a_tidy_one(tmp_path: Path, case: str) -> None:
    assert_planted(read(tmp_path / "dips.las", SLOPPY[case](las(VENDORS["mnemonics"]))))


def test_stars_stand_for_a_null(tmp_path: Path) -> None:
    text = las(["GR.GAPI", *VENDORS["mnemonics"]], [np.full(5, 7.25), *ALL])
    assert_planted(read(tmp_path / "dips.las", text.replace(" 7.2500 ", " ******* ")))


def body(separator: str = " ", end: str = "\n") -> str:
    return end.join(separator.join(f"{v:.4f}" for v in row) for row in zip(DEPTH_M, *ALL, strict=True)) + end


WRITTEN = {
    "wrapped to one value a line": (body("\n"), "YES", ""),
    "wrapped with the depth alone": (body().replace(" ", "\n", 1), "YES", ""),
    "wrapped without a word": (body("\n"), "NO", "hold up to 1 values for 7 curves, and were read as wrapped"),
    "commas": (body(","), "NO", ""),
    "commas and blanks": (body(", "), "NO", ""),
    "comments between": (body().replace("\n", "\n# a break\n", 1), "NO", ""),
    "line ends of other systems": (body(end="\r\n"), "NO", ""),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_the_data_of_a_las_file_may_be_set_in_many_ways(tmp_path: Path, case: str) -> None:
    data, wrap, told = WRITTEN[case]
    text = las(VENDORS["mnemonics"]).replace("WRAP. NO", f"WRAP. {wrap}")
    text = text[: text.index("~A")] + "~A\n" + data
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert_planted(read(tmp_path / "dips.las", text))
    assert [told in str(one.message) for one in caught] == [True] * bool(told)


def test_nulls_that_run_into_the_column_before_are_taken_apart(tmp_path: Path) -> None:
    text = las([*VENDORS["mnemonics"], "GR.GAPI"], [*ALL, np.full(5, -999.25)])
    assert " -999.25" in text
    assert_planted(read(tmp_path / "dips.las", text.replace(" -999.25", "-999.25")))


def test_a_word_at_the_end_is_no_row_and_cells_left_out_are_empty(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="line 7, 'End of file', was taken for no row"):
        assert_planted(read(tmp_path / "dips.csv", PLAIN + "End of file\n"), true=False)
    assert_planted(read(tmp_path / "dips.csv", PLAIN.replace("azimuth_deg", "azimuth_deg,comment", 1)), true=False)


def test_lines_of_a_remark_are_passed_over_and_counted(tmp_path: Path) -> None:
    text = las(VENDORS["mnemonics"]).replace("WELL. A-7 :\n", "WELL. A-7 :\nREM. first line :\nsecond line of it\n")
    with pytest.warns(InputWarning, match="1 lines of its header are no entries"):
        assert_planted(read(tmp_path / "dips.las", text))


def test_the_index_of_a_las_file_is_its_depth_whatever_else_is_called_so(tmp_path: Path) -> None:
    names = ["TDEP.FT", *VENDORS["mnemonics"]]
    assert_planted(read(tmp_path / "dips.las", las(names, [DEPTH_M / 0.3048 + 3.0, *ALL])))


def test_units_of_start_and_index_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    text = las(VENDORS["mnemonics"])
    with pytest.raises(InputError, match=r"DEPT is in M and STRT in FT, and both begin with 1200.5"):
        read(tmp_path / "dips.las", text.replace("STRT.M", "STRT.FT"))
    # The same start in another unit is no contradiction.
    assert_planted(read(tmp_path / "dips.las", text.replace("STRT.M 1200.5", f"STRT.FT {1200.5 / 0.3048:.4f}")))


def test_dips_are_found_among_the_sets_of_a_las_3_file(tmp_path: Path) -> None:
    body = "\n".join(",".join(f"{v:.4f}" for v in row) for row in zip(DEPTH_M, *APPARENT, strict=True))
    text = (
        "~Version\nVERS. 3.0 :\nWRAP. NO :\nDLM. COMMA :\n~Well\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 0 :\nNULL. -999.25 :\n"
        "WELL. A-7 :\n~Log_Definition\nDEPT.M : {F}\nGR.GAPI : {F}\n~Log_Data | Log_Definition\n1.0,50\n2.0,60\n"
        "~Dips_Definition\nDEPT.M : {F}\nDPAP.DEG : {F}\nDPAA.DEG : {F}\n"
        f"~Dips_Data | Dips_Definition\n{body}\n"
    )
    assert_planted(read(tmp_path / "dips.las", text), true=False)


@pytest.mark.parametrize(
    ("file", "picks", "grade"),
    [
        ("1AA063409108W400_Dip_Scour_Surface.las", 37, "20"),
        ("1AA072209208W400_WL_0477502_Dip_Cross_Bedding.las", 588, "20"),
        ("WL_0486896_AA-03-08-092-07W4-00_CMI_DIPS_ALL_V3.las", 261, ""),
        ("WL_0492309_AA-04-07-093-04W4-00_DIP_v3_all.las", 804, "1"),
    ],
)
@pytest.mark.filterwarnings("ignore::geobfdt.errors.InputWarning")
def test_real_interpreted_dips_agree_with_themselves(shared_data: Path, file: str, picks: int, grade: str) -> None:
    """The vendors' true dips follow from the apparent ones we took and the hole's columns, where a file has both."""
    path = shared_data / "real2" / "dips" / file
    if not path.is_file():
        pytest.skip(f"no {file}")
    found = read_picks(path)
    assert len(found) == picks
    assert set(found.quality.tolist()) == {grade}
    hole = found.hole_deviation_deg, found.hole_azimuth_deg
    if np.isfinite([found.true_dip_deg, *hole]).all():
        for turn in (0.0, found.hole_azimuth_deg):
            computed = true_from_apparent(found.dip_deg, found.azimuth_deg - turn, *hole)
            off = pole_angle_deg(*computed, found.true_dip_deg, found.true_azimuth_deg)
            if np.median(off) < 0.5:
                break
        assert np.median(off) < 0.5


def test_a_raw_dipmeter_log_holds_no_interpreted_dips(shared_data: Path) -> None:
    path = shared_data / "real2" / "dips" / "1AA072209208W400_WL_0477502_star.las"
    if not path.is_file():
        pytest.skip("no dipmeter log")
    with pytest.raises(InputError, match="has no dip column"):
        read_picks(path)
