"""Picks come out of files as they went in, under whatever names, and every bad file is named in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.geometry import pole_angle_deg, true_from_apparent
from geobfdt.borehole.picks import COLUMNS, DEVIATIONS, TEXTS, UNKNOWN, Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.kind_names import kind_map

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_real_data = pytest.mark.skipif(not DATA.is_dir(), reason="third-party picks are not beside this checkout")

PLANTED = Picks(
    depth_m=np.array([1012.3456, 1000.0001, 1000.0002]),
    dip_deg=np.array([0.0, 45.1234, 89.9999]),
    azimuth_deg=np.array([0.0, 359.9999, 181.5]),
    kind=np.array(["bedding", "fracture", "unknown"]),
    confidence=np.array([0.9876, np.nan, 1.0]),
    depth_sd_m=np.array([0.0123, np.nan, 0.0]),
    dip_sd_deg=np.array([1.5, np.nan, 123.4567]),
    azimuth_sd_deg=np.array([400.0, np.nan, 0.0001]),
    true_dip_deg=np.array([12.5, np.nan, 0.0001]),
    true_azimuth_deg=np.array([300.25, np.nan, 7.0]),
    hole_deviation_deg=np.array([88.7, np.nan, 0.0]),
    hole_azimuth_deg=np.array([131.8563, np.nan, 0.0]),
    quality=np.array(["A", "", "4"]),
    well="001",
)


def read(path: Path, text: str, **kinds: str) -> Picks:
    path.write_text(text, encoding="utf-8")
    return formats.read_picks(path, kinds=kinds)


def assert_same(found: Picks, expected: Picks, atol: float = 1e-9) -> None:
    assert len(found) == len(expected)
    for column in COLUMNS:
        one, other = getattr(found, column), getattr(expected, column)
        if column in TEXTS:
            assert one.tolist() == other.tolist()
        else:
            np.testing.assert_allclose(one, other, rtol=0, atol=atol, err_msg=column)


def test_apparent_dips_go_before_true_ones(tmp_path: Path) -> None:
    picks = read(
        tmp_path / "dips.csv",
        "TDEP,Dip_TRU,Azimuth,IMG_Azimuth,X_APP,Type,Quality\nft,dega,dega,dega,dega,,\n1000,51,3.7,315,60,NONE,0.3\n",
    )
    expected = Picks(
        np.array([304.8]), np.array([60.0]), np.array([315.0]), UNKNOWN, 0.3, true_dip_deg=51, true_azimuth_deg=3.7
    )
    assert_same(picks, expected)


def test_true_dips_alone_are_used_with_a_warning(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="vertical hole only"):
        picks = read(tmp_path / "dips.csv", "DEPT (m);Dip_TRU;Azimuth\n10,5;51;3,7\n")
    assert_same(
        picks, Picks(np.array([10.5]), np.array([51.0]), np.array([3.7]), true_dip_deg=51, true_azimuth_deg=3.7)
    )


def test_azimuths_are_folded_and_radians_converted(tmp_path: Path) -> None:
    picks = read(tmp_path / "dips.csv", f"MD\tDip\tAzimuth\nm\trad\tdeg\n1\t{np.pi / 4}\t439.6\n2\t0\t360\n")
    np.testing.assert_allclose(picks.dip_deg, [45, 0])
    np.testing.assert_allclose(picks.azimuth_deg, [79.6, 0])


@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_negative_standard_deviation_is_a_mistake(name: str) -> None:
    planes = {"depth_m": np.ones(3), "dip_deg": np.ones(3), "azimuth_deg": np.ones(3)}
    with pytest.raises(InputError, match=rf"picks: {name} must not be negative, found -0\.1 in pick 3 of 3"):
        Picks(**planes, **{name: np.array([0.0, np.nan, -0.1])})


@pytest.mark.parametrize(
    "text",
    [
        "DEPTH,DIP,AZIMUTH,DEPT_SD,DIP_SD,AZI_SD\nft,deg,deg,mm,rad,\n1000,20,30,10,0.5,7\n",
        "DEPT_SD,DIP_SD,AZI_SD,DEPTH,DIP,AZIMUTH\nmm,rad,,ft,deg,deg\n10,0.5,7,1000,20,30\n",
    ],
)
def test_standard_deviations_are_taken_for_nothing_else(tmp_path: Path, text: str) -> None:
    picks = read(tmp_path / "dips.csv", text)
    expected = Picks(
        np.array([304.8]), np.array([20.0]), np.array([30.0]),
        depth_sd_m=0.01, dip_sd_deg=np.degrees(0.5), azimuth_sd_deg=7.0,
    )  # fmt: skip
    assert_same(picks, expected)


def test_standard_deviations_of_a_las_in_feet(tmp_path: Path) -> None:
    picks = read(
        tmp_path / "dips.las",
        "~V\n VERS. 2.0 :\n WRAP. NO :\n~W\n NULL. -999.25 :\n WELL. W :\n~C\n DEPT.FT : \n DEPT_SD.FT :\n"
        " DIP_SD.DEG :\n AZI_SD.DEG :\n DIP.DEG :\n AZIMUTH.DEG :\n"
        "~A\n 10 0.1 1 2 20 30\n 11 -999.25 -999.25 -999.25 21 31\n",
    )
    expected = Picks(
        np.array([3.048, 3.3528]), np.array([20.0, 21.0]), np.array([30.0, 31.0]), well="W",
        depth_sd_m=np.array([0.03048, np.nan]), dip_sd_deg=np.array([1.0, np.nan]),
        azimuth_sd_deg=np.array([2.0, np.nan]),
    )  # fmt: skip
    assert_same(picks, expected)


def test_a_column_that_can_be_no_standard_deviation_is_none(tmp_path: Path) -> None:
    """Grades and negative values are something else; the rest of the file is read."""
    picks = read(
        tmp_path / "dips.csv",
        "depth_m,dip_deg,azimuth_deg,depth_sd_m,dip_sd_deg,azimuth_sd_deg\n1,2,3,-0.1,good,5\n4,5,6,0.1,poor,\n",
    )
    azimuths = np.array([3.0, 6.0])
    assert_same(picks, Picks(np.array([1.0, 4.0]), azimuths - 1, azimuths, azimuth_sd_deg=np.array([5.0, np.nan])))


def test_exact_repeats_are_dropped_and_counted(tmp_path: Path) -> None:
    line = "1.5,20,30\n"
    with pytest.warns(InputWarning, match="4 repeated picks were dropped"):
        picks = read(tmp_path / "dips.csv", "depth_m,dip_deg,azimuth_deg\n" + 3 * line + "2,20,30\n" + 2 * line)
    np.testing.assert_array_equal(picks.depth_m, [1.5, 2.0])


def test_kind_names_are_understood_case_blind_and_the_users_words_go_first(tmp_path: Path) -> None:
    names = ["FRACTURE", "Bedding_Plane", "joint", "NONE", "", "-9999", "Foliation", "vein"]
    lines = "".join(f"{k},1,1,{name}\n" for k, name in enumerate(names))
    picks = read(
        tmp_path / "dips.csv", "depth_m,dip_deg,azimuth_deg,Type\n" + lines, foliation="bedding", VEIN="unknown"
    )
    assert picks.kind.tolist() == [
        "fracture", "bedding", "fracture", "unknown", "unknown", "unknown", "bedding", "unknown",
    ]  # fmt: skip


def test_numeric_kinds_of_a_foreign_las_need_names(tmp_path: Path) -> None:
    text = (
        "~V\n VERS. 2.0 :\n WRAP. NO :\n~W\n NULL. -999.25 :\n WELL. 7 :\n~C\n DEPT.FT : \n DIP.DEG :\n AZIMUTH.DEG :\n"
        " TYPE. :\n~A\n 10 20 30 1\n 11 20 30 2\n 12 20 30 -999.25\n"
    )
    with pytest.raises(InputError, match="unknown kinds 1, 2; say what each is with --kind"):
        read(tmp_path / "dips.las", text)
    picks = read(tmp_path / "dips.las", text, **{"1": "bedding", "2": "fracture"})
    assert picks.kind.tolist() == ["bedding", "fracture", "unknown"]
    np.testing.assert_allclose(picks.depth_m, np.array([10, 11, 12]) * 0.3048)
    assert set(picks.well) == {"7"}


HEADER = "depth_m,dip_deg,azimuth_deg,Type\n"
BAD_FILES = {
    "no dip": ("depth_m,azimuth_deg\n1,2\n", "no dip column among depth_m, azimuth_deg; name it dip_deg"),
    "no azimuth": ("depth_m,dip_deg\n1,2\n", "no azimuth column"),
    "no unit": ("Depth,Dip,Azimuth\n1,2,3\n", "Depth has no unit"),
    "wrong units row": ("Depth,Dip,Azimuth\nm,percent,deg\n1,2,3\n", "gives 'percent' for column Dip"),
    "shifted units row": ("Depth,Dip,Azimuth\ndeg,m,deg\n1,2,3\n", "gives 'deg' for depth column Depth"),
    "depth errors in no unit": ("depth_m,Dip,Azimuth,DEPT_SD\n1,2,3,4\n", "DEPT_SD has no unit; name it depth_sd_m"),
    "depth errors in an angle": ("MD,Dip,Azimuth,DEPT_SD\nm,,,deg\n1,2,3,4\n", "gives 'deg' for column DEPT_SD"),
    "steep": (HEADER + "1,2,3,\n2,90.5,3,\n", r"line 3 has a dip outside 0 to 90 degrees \(90.5\)"),
    "upward": (HEADER + "1,-2,3,\n", "line 2 has a dip outside"),
    "no azimuth in any line": (HEADER + "1,2,,\n2,2,,\n", "none of its 2 lines has both a dip and an azimuth"),
    "no depth in a line": (HEADER + "1,2,3,\n-9999,2,3,\n", "line 3 has no depth"),
    "text": (HEADER + "1,2,3,\n1,steep,3,\n", "line 3 has 'steep' in column dip_deg"),
    "cut": (HEADER + "1,2,3,\n1,2", "line 3, the last one, has fewer cells"),
    "kinds": (
        HEADER + "1,2,3,Quartz\n1,2,4,Wormhole\n",
        "unknown kinds Quartz, Wormhole; say what each is with --kind",
    ),
    "two apparent dips": (
        "depth_m,A_APP,B_APP,X_Azimuth\n1,2,3,4\n",
        "A_APP and B_APP could each be the apparent dip; name the columns with --columns",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_named_in_one_sentence(tmp_path: Path, case: str) -> None:
    text, message = BAD_FILES[case]
    with pytest.raises(InputError, match=message) as raised:
        read(tmp_path / "bad.csv", text)
    assert str(raised.value).startswith(str(tmp_path / "bad.csv"))
    assert "\n" not in str(raised.value)


def test_a_kind_that_does_not_exist_cannot_be_given(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kind quartz=vein: must be one of fracture, bedding, unknown"):
        read(tmp_path / "dips.csv", HEADER + "1,2,3,quartz\n", quartz="vein")


def test_formats_that_do_not_exist_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"picks to write come as \.csv \.las \.json \.dlis, not as \.xlsx"):
        formats.write(PLANTED, tmp_path / "picks.xlsx")
    with pytest.raises(InputError, match=r"picks come as \.csv"):
        formats.read_picks(tmp_path / "picks.png")


def test_strikes_are_taken_for_azimuths_on_request_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text("depth_m,dip,strike\n10,30,0\n11,60,300\n")
    with pytest.raises(InputError, match=r"has strikes, column strike, and no azimuths; add --strike"):
        formats.read_picks(path)
    assert formats.read_picks(path, strike=True).azimuth_deg.tolist() == [90.0, 30.0]
    path.write_text("depth_m,dip,azimuth,strike\n10,30,17,107\n")
    assert formats.read_picks(path, strike=True).azimuth_deg.tolist() == [17.0], "an azimuth stays one"


def test_a_kind_map_says_what_a_vendor_s_names_mean_and_leaves_some_out(tmp_path: Path) -> None:
    (tmp_path / "map.csv").write_text("name,kind\nCond_FTCC,fracture\nDITF,ignore\nLaminae,Bedding\n")
    (tmp_path / "p.csv").write_text("DEPTH_m,Dip,Azimuth,Type\n1,2,3,cond_ftcc\n2,80,3,DITF\n3,4,5,Laminae\n")
    picks = formats.read_picks(tmp_path / "p.csv", kinds=kind_map(tmp_path / "map.csv"))
    assert list(zip(picks.depth_m, picks.kind, strict=True)) == [(1.0, "fracture"), (3.0, "bedding")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,kind\na,fracture\nb,crack\n", "line 3 has the kind 'crack'"),
        ("class,kind\na,fracture\n", "needs the columns name and kind"),
    ],
)
def test_a_wrong_kind_map_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "map.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        kind_map(tmp_path / "map.csv")


@needs_real_data
def test_real_picks_of_a_deviated_well_repeated_fourteen_times() -> None:
    with pytest.warns(InputWarning, match="1326 repeated picks"):
        picks = formats.read_picks(DATA / "lwd_48_19a-C2" / "dips_13375-13426ft.csv")
    assert len(picks) == 102
    assert picks.depth_m[0] == pytest.approx(13380.4281239747 * 0.3048)
    assert (picks.dip_deg[0], picks.azimuth_deg[0]) == (60.36961, 315.2664)
    assert (picks.true_dip_deg[0], picks.true_azimuth_deg[0]) == (51.04794, 3.732219)
    assert (picks.hole_deviation_deg[0], picks.hole_azimuth_deg[0]) == (88.68559, 131.8563)
    assert set(picks.kind) == {"unknown"}
    assert set(picks.well) == {"48/19a-C2"}


VOLVE_COLUMNS = (
    *("depth_m", "hole_deviation_deg", "hole_azimuth_deg"),
    *("true_dip_deg", "true_azimuth_deg", "dip_deg", "azimuth_deg"),
)


@needs_real_data
def test_real_picks_whose_names_were_lost_read_once_they_are_named() -> None:
    """Seven files of dips that a converter robbed of their names; in two of them it shifted the columns as well."""
    kinds = {name: "bedding" for name in ("Bed Boundary", "Unconformable Surface", "Unconformable", "Possible Fault")}
    read_rows = 0
    for path in sorted((DATA / "volve_dips").glob("*.json")):
        with pytest.raises(InputError, match="no depth column"):
            formats.read_picks(path)
        shifted = path.stem.endswith(("MWD_2", "MWD_4"))
        more = ["-"] if shifted else ["kind"] if path.stem.endswith(("ENCL_8", "MWD_1")) else []
        columns = [*VOLVE_COLUMNS, *more]
        if shifted:
            with pytest.raises(InputError, match="its columns look shifted"):
                formats.read_picks(path, kinds=kinds, columns=columns)
            continue
        picks = formats.read_picks(path, kinds=kinds, columns=columns)
        dip, azimuth = true_from_apparent(
            picks.dip_deg, picks.azimuth_deg, picks.hole_deviation_deg, picks.hole_azimuth_deg
        )
        off = pole_angle_deg(dip, azimuth, picks.true_dip_deg, picks.true_azimuth_deg)
        assert off.max() < 0.01, path.stem
        read_rows += len(picks)
    assert read_rows == 750


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"header": {}, "curves": [], "data": []}', '[{"data": 3}]', "[" * 5000]
)
def test_what_is_no_json_well_log_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(InputError, match=r"p\.json: (is no JSON Well Log|holds no data|the file is empty)"):
        formats.read_picks(tmp_path / "p.json")


def test_a_json_well_log_with_names_needs_no_others(tmp_path: Path) -> None:
    curves = [{"name": n, "unit": u} for n, u in (("DEPT", "ft"), ("Dip", "deg"), ("Azimuth", "deg"))]
    (tmp_path / "p.json").write_text(
        json.dumps([{"header": {"well": "A"}, "curves": curves, "data": [[1000.0, 10, 370.0]]}])
    )
    picks = formats.read_picks(tmp_path / "p.json")
    assert (picks.depth_m[0], picks.azimuth_deg[0], picks.well[0]) == (pytest.approx(304.8), 10.0, "A")


@needs_real_data
def test_real_picks_with_the_users_kinds() -> None:
    path = DATA / "geothermal_picks" / "testdata-fractures.csv"
    with pytest.raises(InputError, match="Cond_FTCC, Cond_FTS, Cond_PTCC, Cond_PTS, Cond_PTT"):
        formats.read_picks(path)
    kinds = {f"Cond_{code}": "fracture" for code in ("FTCC", "FTS", "PTCC", "PTS", "PTT")}
    assert len(formats.read_picks(path, kinds=kinds).of_kind("fracture")) == 1142

    kinds = dict.fromkeys(("Foliation", "Quartz", "Biotite Band", "S1 Shear-zone", "S3 Shear-zone"), "unknown")
    kinds["minor ductile shear-zone"] = "unknown"
    folder = DATA / "grimsel_structures"
    picks = Picks.concatenate(formats.read_picks(p, kinds=kinds) for p in sorted(folder.glob("*_structures.txt")))
    assert len(picks) == 591
    assert len(picks.of_kind("fracture")) == 412
