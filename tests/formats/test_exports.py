"""Picks leave as their neighbours read them: golden files, ways back, and every convention that nobody named."""

from __future__ import annotations

import builtins
import resource
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from dlisio import dlis
from hypothesis import given, settings
from hypothesis import strategies as st

import geobfdt
from geobfdt import formats
from geobfdt.borehole.geometry import apparent_from_true, plane_from_pole, pole_angle_deg
from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Collar, Survey, with_true_dips
from geobfdt.errors import InputError, InputWarning

GOLDEN = Path(__file__).parents[1] / "golden" / "exports"

EASTWARD = Survey([0.0, 100.0], [90.0, 90.0], [90.0, 90.0])
COLLAR = Collar(1000.0, 2000.0, 50.0)
PICKS = with_true_dips(
    Picks(
        [10.0, 40.5],
        [45.0, np.degrees(np.arctan(np.sqrt(2)))],
        [0.0, 315.0],
        kind=["fracture", "bedding"],
        confidence=[0.5, np.nan],
        well="A 1",
    ),
    EASTWARD,
    "high_side",
)
"""The planes of the golden files, in a level hole that runs east from (1000, 2000) at 50 m above the datum.

By hand: seen downhole, high side is up and 90 degrees clockwise of it lies south. A plane crosses the wall at ``east =
depth + r tan(dip) cos(theta - azimuth)``, so that its normal in (east, north, up) is ``(1, tan(dip) sin(azimuth),
-tan(dip) cos(azimuth))``. The first, 45 degrees towards high side, has (1, 0, -1): turned upwards (-1, 0, 1), it dips
45 degrees to the west. The second, of tangent sqrt 2 towards 315, has (1, -1, -1): upwards (-1, 1, 1), it dips acos(1 /
sqrt 3) = 54.7356 degrees to the north-west. Both positions are the collar's but for their depths, added to its easting.
On the core alpha is 90 less the apparent dip, and the lower ends of the ellipses lie at 0 and 315 from the top, at 180
and 135 from the bottom. 10 m are 32.8084 ft.
"""

WRITTEN: dict[str, dict[str, Any]] = {
    "points.csv": {"profile": "points", "survey": EASTWARD, "collar": COLLAR},
    "orientations.csv": {"profile": "orientations", "survey": EASTWARD, "collar": COLLAR},
    "dips.txt": {"profile": "dips"},
    "dfnworks.dat": {"profile": "dfnworks", "survey": EASTWARD, "collar": COLLAR, "radius_m": 2.5},
    "core.csv": {"profile": "core", "reference": "high_side", "mark": "bottom"},
    "petrel.txt": {"profile": "petrel", "survey": EASTWARD, "collar": COLLAR},
    "picks_ft.csv": {"depth_unit": "ft"},
}


@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_worked_out_by_hand_is_what_is_written(tmp_path: Path, name: str) -> None:
    formats.write(PICKS, tmp_path / name, **WRITTEN[name])
    assert (tmp_path / name).read_text(encoding="utf-8") == (GOLDEN / name).read_text(encoding="utf-8")


def test_every_golden_file_is_one_that_is_written() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir()) == sorted(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_no_picks_are_a_file_too(tmp_path: Path, name: str) -> None:
    formats.write(Picks(), tmp_path / name, **WRITTEN[name])
    assert (tmp_path / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["points.csv", "picks_ft.csv"])
def test_our_own_reader_takes_points_and_feet_without_being_told_anything(name: str) -> None:
    back = formats.read_picks(GOLDEN / name)
    np.testing.assert_allclose(back.depth_m, PICKS.depth_m, atol=2e-5)
    np.testing.assert_allclose(back.true_azimuth_deg, PICKS.true_azimuth_deg, atol=5.1e-5)
    assert back.kind.tolist() == ["fracture", "bedding"]


angles = st.lists(st.tuples(st.floats(0, 89.9), st.floats(0, 359.9)), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(planes=angles, unit=st.sampled_from(["m", "ft"]), error=st.floats(0, 1))
def test_picks_in_feet_are_the_same_picks(
    tmp_path_factory: pytest.TempPathFactory, planes: list[tuple[float, float]], unit: Any, error: float
) -> None:
    dip, azimuth = np.array(planes).T
    picks = Picks(1000.0 + np.arange(len(dip)), dip, azimuth, depth_sd_m=error)
    path = tmp_path_factory.mktemp("feet") / "picks.csv"
    formats.write(picks, path, depth_unit=unit)
    back = formats.read_picks(path)
    np.testing.assert_allclose(back.depth_m, picks.depth_m, atol=6e-5)
    np.testing.assert_allclose(back.depth_sd_m, picks.depth_sd_m, atol=6e-5)


@settings(max_examples=40, deadline=None)
@given(planes=angles)
def test_normals_of_discs_have_unit_length_point_up_and_lead_back_to_their_dips(
    tmp_path_factory: pytest.TempPathFactory, planes: list[tuple[float, float]]
) -> None:
    dip, azimuth = np.array(planes).T
    picks = Picks(np.arange(len(dip)), 0.0 * dip, azimuth, true_dip_deg=dip, true_azimuth_deg=azimuth)
    path = tmp_path_factory.mktemp("discs") / "discs.dat"
    formats.write(picks, path, profile="dfnworks", survey=EASTWARD, collar=COLLAR, radius_m=1.0)
    words = path.read_text().split("Normal:")[1].split("Number_of_Vertices:")[0]
    normals = np.array([[float(part) for part in line.strip("{}").split(",")] for line in words.split("\n") if line])
    assert np.linalg.norm(normals, axis=1) == pytest.approx(1.0, abs=1e-8)
    assert (normals[:, 2] > 0).all()
    east, north, up = normals.T
    back = plane_from_pole(np.stack([-north, -east, up], axis=1))
    assert pole_angle_deg(*back, dip, azimuth).max() < 0.01


@settings(max_examples=40, deadline=None)
@given(planes=angles, mark=st.sampled_from(["top", "bottom"]))
def test_alpha_and_beta_lead_back_to_what_the_image_shows(
    tmp_path_factory: pytest.TempPathFactory, planes: list[tuple[float, float]], mark: Any
) -> None:
    dip, azimuth = np.array(planes).T
    path = tmp_path_factory.mktemp("core") / "core.csv"
    formats.write(Picks(np.arange(len(dip)), dip, azimuth), path, profile="core", reference="high_side", mark=mark)
    core = pd.read_csv(path)
    beta = core[f"beta_from_{mark}_deg"]
    assert ((beta >= 0) & (beta < 360)).all()
    assert ((core.alpha_deg > 0) & (core.alpha_deg <= 90)).all()
    from_top = beta - (180 if mark == "bottom" else 0)
    assert pole_angle_deg(90 - core.alpha_deg, from_top, dip, azimuth).max() < 0.01


@pytest.mark.parametrize(
    ("true_dip", "true_azimuth", "alpha", "beta_from_top"),
    [(0.0, 0.0, 60.0, 0.0), (90.0, 0.0, 30.0, 180.0), (90.0, 90.0, 0.0001, 90.0)],
)
def test_core_of_a_hole_that_plunges_60_degrees_to_the_north(
    tmp_path: Path, true_dip: float, true_azimuth: float, alpha: float, beta_from_top: float
) -> None:
    """A level plane meets the axis at the plunge, its ellipse lowest along the hole on the high side; an upright one
    across the hole at the complement, lowest on the low side; one that the hole runs in, not at all.
    """
    dip, azimuth = apparent_from_true(true_dip, true_azimuth, 30.0, 0.0)
    picks = Picks([5.0], [min(float(dip), 89.9999)], [float(azimuth) % 360])
    formats.write(picks, tmp_path / "core.csv", profile="core", reference="high_side", mark="top")
    core = pd.read_csv(tmp_path / "core.csv")
    assert core.alpha_deg[0] == pytest.approx(alpha, abs=2e-4)
    turn = 180 if alpha < 0.01 else 360  # a plane along the axis has two lowest ends
    assert (core.beta_from_top_deg[0] - beta_from_top + turn / 2) % turn == pytest.approx(turn / 2, abs=2e-4)


def test_orientations_load_into_pandas_with_seven_columns() -> None:
    table = pd.read_csv(GOLDEN / "orientations.csv")
    assert table.columns.tolist() == ["X", "Y", "Z", "azimuth", "dip", "polarity", "formation"]
    assert table.notna().all().all()


def test_a_table_for_dips_has_its_two_orientation_columns_first() -> None:
    table = pd.read_csv(GOLDEN / "dips.txt", sep="\t")
    assert table.columns[:3].tolist() == ["Dip", "Dip Direction", "Distance"]
    assert [column for column in table.columns[3:] if column != column.upper()] == []


def test_a_point_file_for_petrel_says_that_it_is_unverified_and_quotes_its_texts(tmp_path: Path) -> None:
    odd = replace(PICKS, well='A "1"\tb')
    formats.write(odd, tmp_path / "p.txt", **WRITTEN["petrel.txt"])
    head, body = (tmp_path / "p.txt").read_text().split("END HEADER\n")
    assert "Unverified" in head
    assert [line.split(" ", 6)[6] for line in body.splitlines()] == ['"fracture" "A \'1\' b"', '"bedding" "A \'1\' b"']


UNNAMED: dict[str, tuple[Picks, str, dict[str, Any], str]] = {
    "no collar": (PICKS, "p.csv", {"profile": "points", "survey": EASTWARD}, r"--survey FILE and --collar"),
    "no survey": (PICKS, "p.txt", {"profile": "petrel", "collar": COLLAR}, r"--survey FILE and --collar"),
    "no true dips": (
        replace(PICKS, true_dip_deg=[1.0, np.nan]), "p.txt", {"profile": "dips"},
        r"1 of 2 picks have none, the first at 40\.50 m; give --survey",
    ),
    "no radius": (PICKS, "p.dat", {**WRITTEN["dfnworks.dat"], "radius_m": None}, "its radius with --radius METRES"),
    "no such radius": (PICKS, "p.dat", {**WRITTEN["dfnworks.dat"], "radius_m": -1.0}, "above 0 with --radius"),
    "no mark": (PICKS, "p.csv", {"profile": "core", "reference": "high_side"}, "--mark top or --mark bottom"),
    "no reference": (PICKS, "p.csv", {"profile": "core", "mark": "top"}, "--reference high_side"),
    "from north": (PICKS, "p.csv", {"profile": "core", "mark": "top", "reference": "north"}, "these count from north"),
    "upright core": (replace(PICKS, hole_deviation_deg=0.1), "p.csv", WRITTEN["core.csv"], "has no high side there"),
    "several wells": (replace(PICKS, well=["A", "B"]), "p.csv", WRITTEN["points.csv"], "hold A, B; choose with --well"),
    "a suffix of others": (PICKS, "p.las", WRITTEN["points.csv"], r"the profile points come as \.csv, not as \.las"),
    "techlog as CSV": (PICKS, "p.csv", {"profile": "techlog"}, r"come as \.las, not as \.csv"),
    "feet in a LAS": (PICKS, "p.las", {"depth_unit": "ft"}, "--depth-unit ft goes with a file.csv"),
    "a collar for nothing": (PICKS, "p.csv", {"collar": COLLAR}, "--collar goes with --profile points"),
    "a mark for nothing": (PICKS, "p.csv", {"mark": "top"}, "--mark goes with --profile core"),
    "a radius for nothing": (PICKS, "p.csv", {"radius_m": 1.0}, "--radius goes with --profile dfnworks"),
    "no such mark": (PICKS, "p.csv", {"profile": "core", "mark": "left"}, "the mark must be one of top, bottom"),
    "no such unit": (PICKS, "p.csv", {"depth_unit": "in"}, "the depth unit must be one of m, ft"),
    "no such profile": (PICKS, "p.csv", {"profile": "gocad"}, "the profile must be one of numeric"),
    "several wells in a DLIS": (replace(PICKS, well=["A", "B"]), "p.dlis", {}, "these picks hold A, B"),
    "nothing in a DLIS": (Picks(), "p.dlis", {}, r"no frame without a row; write \.csv or \.las"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNNAMED)
def test_what_is_not_named_or_has_no_place_is_one_sentence(tmp_path: Path, case: str) -> None:
    picks, name, options, message = UNNAMED[case]
    with pytest.raises(InputError, match=message) as raised:
        formats.write(picks, tmp_path / name, **options)
    assert str(raised.value).startswith(str(tmp_path / name))
    assert list(tmp_path.iterdir()) == []


def test_a_survey_that_begins_deep_and_slanted_is_told(tmp_path: Path) -> None:
    late = Survey([500.0, 600.0], [30.0, 30.0], [0.0, 0.0])
    with pytest.warns(InputWarning, match="the survey begins at 500 m, 30.0 degrees off the vertical"):
        formats.write(PICKS, tmp_path / "p.csv", profile="points", survey=late, collar=COLLAR)
    with warnings.catch_warnings(action="error"):
        upright = Survey([500.0, 600.0], [0.0, 30.0], [0.0, 0.0])
        formats.write(PICKS, tmp_path / "p.csv", profile="points", survey=upright, collar=COLLAR)


def image(rows: int = 60, columns: int = 24, **more: Any) -> ImageLog:
    rng = np.random.default_rng(5)
    pixels = rng.normal(size=(rows, columns)).astype(np.float32)
    pixels[3, 4:9] = np.nan
    depth_m = 1000.1 + 0.00254 * np.arange(rows)
    return ImageLog(pixels, depth_m, 0.2159, **{"reference": "high_side", "well": "A 1", "name": "FMI_DYN", **more})


@pytest.mark.parametrize("first_azimuth_deg", [0.0, 7.3])
@pytest.mark.parametrize("caliper", [False, True])
def test_the_image_in_a_dlis_reads_back_as_it_was(tmp_path: Path, first_azimuth_deg: float, caliper: bool) -> None:
    log = image(first_azimuth_deg=first_azimuth_deg)
    if caliper:
        log = replace(log, caliper_m=np.where(np.arange(log.rows) == 7, np.nan, 0.21 + 1e-3 * np.arange(log.rows)))
    formats.write(PICKS, tmp_path / "p.dlis", log=log)
    back = geobfdt.read(tmp_path / "p.dlis")
    np.testing.assert_array_equal(back.image, log.image)
    np.testing.assert_array_equal(back.depth_m, log.depth_m)
    if log.caliper_m is None:
        assert back.caliper_m is None
    else:
        np.testing.assert_array_equal(back.caliper_m, log.caliper_m)
    told = ("hole_diameter_m", "reference", "first_azimuth_deg", "well", "name")
    assert [getattr(back, name) for name in told] == [getattr(log, name) for name in told]
    if first_azimuth_deg:
        with pytest.raises(InputError, match=r"column 0 begins at 7\.3 degrees, --first-azimuth says 0"):
            geobfdt.read(tmp_path / "p.dlis", reference="north", first_azimuth_deg=0.0)


def test_an_image_that_stays_in_its_file_and_is_named_like_a_depth_is_written_whole(tmp_path: Path) -> None:
    log = image()
    stored = replace(log, image=StoredImage(log.image.shape, lambda first, last: log.image[first:last]), name="TDEP")  # type: ignore[arg-type]
    formats.write(Picks(), tmp_path / "p.dlis", log=stored)
    back = geobfdt.read(tmp_path / "p.dlis")
    assert back.name == "IMAGE"
    np.testing.assert_array_equal(back.image, log.image)


def test_picks_in_a_dlis_are_there_to_the_last_bit_sorted_by_depth(tmp_path: Path) -> None:
    picks = replace(PICKS[::-1], depth_m=[40.123456789, 10.1], well="Süd-Жук")
    formats.write(picks, tmp_path / "p.dlis", parameters={"model": "bundled", "note": ""})
    with dlis.load(str(tmp_path / "p.dlis")) as (logical,):
        (frame,) = logical.frames
        rows = frame.curves()
        assert [(channel.name, channel.units or "") for channel in frame.channels] == [
            ("DEPT", "m"), ("DIP_TRU", "deg"), ("AZIMUTH", "deg"), ("DIP_APP", "deg"), ("AZI_APP", "deg"), ("TYPE", ""),
            ("QUALITY", ""), ("DEPT_SD", "m"), ("DIP_SD", "deg"), ("AZI_SD", "deg"), ("HAZI", "deg"), ("HDEV", "deg"),
        ]  # fmt: skip
        said = {parameter.name: parameter.values[0] for parameter in logical.parameters}
        assert logical.origins[0].well_name == "Sud-???"
    np.testing.assert_array_equal(rows["DEPT"], [10.1, 40.123456789])
    np.testing.assert_array_equal(rows["DIP_TRU"], PICKS.true_dip_deg)
    np.testing.assert_array_equal(rows["TYPE"], [1, 2])
    np.testing.assert_array_equal(rows["QUALITY"], [0.5, -999.25])
    assert said == {"TYPE_0": "unknown", "TYPE_1": "fracture", "TYPE_2": "bedding", "MODEL": "bundled", "NOTE": "none"}


def test_a_dlis_of_many_picks_takes_little_memory_and_says_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The writer's own buffer would take 4 GiB, and its bar the user's terminal."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    many = Picks(np.linspace(0, 100, 500), np.full(500, 20.0), np.full(500, 30.0))
    formats.write(many, tmp_path / "p.dlis")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000, "kilobytes"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("package", "use", "message"),
    [
        ("dliswriter", lambda folder: formats.write(PICKS, folder / "p.dlis"), r"p\.dlis: .* needs .*geobfdt\[dlis\]"),
        ("xarray", lambda _: image().to_xarray(), r"to_xarray\(\) needs .*geobfdt\[xarray\]"),
    ],
)  # fmt: skip
def test_a_package_that_is_missing_is_named_by_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, use: Any, message: str
) -> None:
    whole = builtins.__import__

    def without(name: str, *more: Any, **others: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return whole(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    for module in [name for name in sys.modules if name.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(InputError, match=message):
        use(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_image_log_becomes_an_array_with_depths_azimuths_and_units() -> None:
    pytest.importorskip("xarray")
    log = image(first_azimuth_deg=30.0, caliper_m=np.full(60, 0.22))
    array = log.to_xarray()
    assert (array.dims, array.name, array.shape) == (("depth_m", "azimuth_deg"), "FMI_DYN", (60, 24))
    np.testing.assert_array_equal(array.values, log.image)
    np.testing.assert_array_equal(array.depth_m, log.depth_m)
    np.testing.assert_array_equal(array.azimuth_deg, log.column_azimuths_deg)
    assert array.depth_m.attrs["units"] == array.caliper_m.attrs["units"] == "m"
    assert array.attrs["reference"] == "high_side"
    array[0, 0] = 1e9
    assert log.image[0, 0] != 1e9, "the log is left as it was"


def test_picks_go_to_pandas_and_back_by_either_name() -> None:
    assert Picks.from_pandas(PICKS.to_pandas()).to_frame().equals(PICKS.to_frame())
    assert Picks.from_frame(PICKS.to_frame()).to_pandas().equals(PICKS.to_pandas())


@given(st.text(max_size=300), st.text(max_size=300))
def test_what_logs_and_picks_show_of_themselves_fits_a_line(well: str, name: str) -> None:
    for shown in (repr(image(well=well, name=name)), repr(replace(PICKS, well=well)), repr(Picks())):
        assert len(shown.splitlines()) == 1
        assert len(shown) <= 160


def test_picks_show_what_they_are_and_a_notebook_shows_their_table() -> None:
    assert repr(PICKS) == "Picks(1 fracture, 1 bedding, 10.00 to 40.50 m, well A 1)"
    assert "2 wells" in repr(replace(PICKS, well=["A", "B"]))
    html = replace(PICKS, well="<b>")._repr_html_()
    assert "<table" in html
    assert "<b>" not in html
    assert "true_azimuth_deg" in html


def test_a_package_lists_all_that_it_gives() -> None:
    assert set(geobfdt.__all__) <= set(dir(geobfdt))
    assert geobfdt.Collar is Collar
