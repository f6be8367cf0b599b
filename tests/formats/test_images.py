"""Image logs come out of files as they went in: planted images read back, and every bad file named in one sentence."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geobfdt import formats
from geobfdt.borehole.image_log import StoredImage
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import units
from geobfdt.formats.image_columns import find_images
from geobfdt.windows.cut import cut
from tests.formats.reading import read

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_real_data = pytest.mark.skipif(not DATA.is_dir(), reason="third-party logs are not beside this checkout")

SECTORS, ROWS = 6, 5
PLANTED = np.arange(ROWS * SECTORS, dtype=float).reshape(ROWS, SECTORS) + 0.25
DEPTHS = 100.0 + 0.5 * np.arange(ROWS)


def matrix(
    image: NDArray[np.float64] = PLANTED,
    depths: NDArray[np.float64] = DEPTHS,
    header: str = "DEPTH_m",
    separator: str = ",",
    name: str = "IMG[{}]",
) -> str:
    lines = [separator.join([header, *(name.format(k) for k in range(image.shape[1]))])]
    lines += [separator.join(f"{value:.4f}" for value in (z, *row)) for z, row in zip(depths, image, strict=True)]
    return "\n".join(lines) + "\n"


def flattened(unit: str = "m", image: NDArray[np.float64] = PLANTED, depths: NDArray[np.float64] = DEPTHS) -> str:
    lines = ["wellName,datasetName,TDEP,RES", f",,{unit},ohm.m"]
    lines += [f"001,run 3,{z:.4f},{v:.4f}" for z, row in zip(depths, image, strict=True) for v in row]
    return "\n".join(lines) + "\n"


def las(
    index: str = "DEPT.M",
    body: str | None = None,
    well: str = "001",
    params: str = "",
    name: str = "AWBK",
    start: str = "STRT.M",
) -> str:
    curves = "".join(f" {name}{k}.GAPI : sector {k}\n" for k in range(SECTORS))
    if body is None:
        body = "".join(" ".join(f"{v:.4f}" for v in (z, *row)) + "\n" for z, row in zip(DEPTHS, PLANTED, strict=True))
    return (
        "~V\n VERS. 2.0 : CWLS\n WRAP. NO : one line\n~W\n"
        f" {start} 100.0 : start\n STOP.M 102.0 : stop\n STEP.M 0.5 : step\n"
        f" NULL. -999.25 : null\n WELL. {well} : WELL\n~C\n {index} : depth\n{curves}~P\n{params}~A\n{body}"
    )


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".csv", matrix()),
        (".txt", matrix(separator="\t", header="Depth (m)")),
        (".csv", matrix(separator=";").replace(".", ",")),
        (".csv", matrix(header="DEPTH").replace("\n", "\nm" + ",ohm.m" * SECTORS + "\n", 1)),
        (".csv", matrix().replace("\n", "\r\n")),
        (".csv", "\ufeff# made by hand\n\n" + matrix()),
        (".csv", flattened()),
        (".las", las()),
        (".las", las(name="ABDC")),
    ],
)
def test_a_planted_image_reads_back_from_every_shape_of_text(tmp_path: Path, suffix: str, text: str) -> None:
    log = read(tmp_path / f"log{suffix}", text)
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    np.testing.assert_allclose(log.depth_m, DEPTHS, atol=1e-9)


@given(
    st.lists(st.floats(-1e4, 1e4, width=32), min_size=8, max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
)
def test_any_numbers_survive_any_separator_and_decimal_sign(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], separator: str, comma: bool
) -> None:
    image = np.array(values).reshape(2, 4).round(4)
    text = matrix(image, DEPTHS[:2], separator=separator)
    text = text.replace(".", ",") if comma and separator != "," else text
    log = read(tmp_path_factory.mktemp("any") / "log.csv", text)
    expected = np.where(np.isin(image, units.NULLS), np.nan, image).astype(np.float32)
    np.testing.assert_array_equal(log.image, expected)


@pytest.mark.parametrize(
    ("unit", "metres"), [("m", 1.0), ("ft", 0.3048), ("FEET", 0.3048), ("0.1 in", 0.00254), ("cm", 0.01), ("mm", 0.001)]
)
def test_depth_units_are_read_from_the_file(tmp_path: Path, unit: str, metres: float) -> None:
    np.testing.assert_allclose(read(tmp_path / "a.csv", flattened(unit)).depth_m, DEPTHS * metres, rtol=1e-12)
    np.testing.assert_allclose(
        read(tmp_path / "a.las", las(f"DEPT.{unit}", start="STRT.")).depth_m, DEPTHS * metres, rtol=1e-12
    )


def test_the_wireline_index_unit_of_a_tenth_of_an_inch_is_understood(tmp_path: Path) -> None:
    np.testing.assert_allclose(
        read(tmp_path / "a.las", las("X ..1IN  00 001", start="STRT.")).depth_m, DEPTHS * 0.00254, rtol=1e-12
    )


def test_a_las_index_without_unit_takes_that_of_strt(tmp_path: Path) -> None:
    np.testing.assert_allclose(read(tmp_path / "a.las", las("DEPT. 00 001")).depth_m, DEPTHS)


@pytest.mark.parametrize("separator", ["\t", ";", ","])
@pytest.mark.parametrize("trailing", ["", "filled"])
def test_televiewer_text_names_its_image_once_over_all_sectors(tmp_path: Path, separator: str, trailing: str) -> None:
    empty = separator * (PLANTED.shape[1] - 1) if trailing else ""
    lines = [f"Depth{separator}Amplitude{empty}", f"ft{separator}dB{empty}"]
    lines += [separator.join(map(str, [depth / 0.3048, *row])) for depth, row in zip(DEPTHS, PLANTED, strict=True)]
    log = read(tmp_path / "w.txt", "\n".join(lines))
    assert log.name == "Amplitude"
    assert log.depth_m == pytest.approx(DEPTHS)
    np.testing.assert_allclose(log.image, PLANTED, rtol=1e-6)


LAS_3 = """~Version
VERS.   3.0 : CWLS LOG ASCII STANDARD - VERSION 3.0
WRAP.    NO : one line per depth
DLM.  {name} : delimiter
~Well
STRT.M 1000 : first
STOP.M 1001 : last
STEP.M    0 : step
NULL. -9999 : null
WELL.   A-1 : well
~Parameter
BS.IN   8.5 : bit size {{F10.4}}
~Core_Definition
CORT.M      : core top {{F}}
~Core_Data | Core_Definition
1.0
~Log_Definition
DEPT.M      : depth {{F10.4}}
{curves}
~Log_Data | Log_Definition
{body}
~Tops_Data
3.0
"""


@pytest.mark.parametrize(("name", "delimiter"), [("COMMA", ","), ("SPACE", " "), ("TAB", "\t")])
def test_the_log_of_a_las_3_file_is_read_among_its_cores_and_tops(tmp_path: Path, name: str, delimiter: str) -> None:
    cells = [[f"{depth:g}", *map(str, row)] for depth, row in zip(DEPTHS, PLANTED, strict=True)]
    cells[1][2] = "" if name == "COMMA" else "-9999"
    curves = "\n".join(f"IMG[{k}].OHMM : sector {{F}}" for k in range(PLANTED.shape[1]))
    text = LAS_3.format(name=name, curves=curves, body="\n".join(delimiter.join(row) for row in cells))
    log = read(tmp_path / "3.las", text, hole_diameter_m=None)
    expected = PLANTED.astype(float)
    expected[1, 1] = np.nan
    np.testing.assert_allclose(log.image, expected, rtol=1e-6)
    assert (log.well, log.depth_m[0]) == ("A-1", pytest.approx(DEPTHS[0]))
    assert log.hole_diameter_m == pytest.approx(0.2159)


def test_nulls_and_empty_cells_are_missing(tmp_path: Path) -> None:
    text = matrix().replace("0.2500", "-9999", 1).replace("1.2500", "-999.25", 1).replace("2.2500", "", 1)
    assert np.isnan(read(tmp_path / "log.csv", text).image[0]).tolist() == [True, True, True, False, False, False]


def test_a_log_recorded_upwards_is_turned_over_and_said(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match="turned over"):
        log = read(tmp_path / "log.csv", matrix(PLANTED[::-1], DEPTHS[::-1]))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    np.testing.assert_array_equal(log.depth_m, DEPTHS)


def test_irregular_depths_stay_as_they_are(tmp_path: Path) -> None:
    depths = np.array([100.0, 100.1, 100.5, 100.51, 103.0])
    np.testing.assert_array_equal(read(tmp_path / "log.csv", matrix(depths=depths)).depth_m, depths)


def test_the_well_keeps_its_name_even_if_it_looks_like_a_number(tmp_path: Path) -> None:
    assert read(tmp_path / "log.csv", flattened()).well == "001"
    assert read(tmp_path / "log.las", las()).well == "001"
    assert read(tmp_path / "log.las", las(well="Ünïcode-7")).well == "Ünïcode-7"
    assert read(tmp_path / "stem.csv", matrix()).well == "stem"
    assert read(tmp_path / "log.csv", flattened(), well="given").well == "given"


def test_a_bit_size_with_a_unit_is_the_hole_diameter_unless_one_is_given(tmp_path: Path) -> None:
    text = las(params=" BS.IN 8.5 : bit size\n")
    assert read(tmp_path / "log.las", text, hole_diameter_m=None).hole_diameter_m == pytest.approx(0.2159)
    assert read(tmp_path / "log.las", text, hole_diameter_m=0.3).hole_diameter_m == 0.3
    with pytest.raises(InputError, match="--hole-diameter"):
        read(tmp_path / "log.las", las(params=" BS. 8.5 : bit size\n"), hole_diameter_m=None)


def test_several_images_are_listed_and_chosen_by_name(tmp_path: Path) -> None:
    two = "\n".join(
        ",".join((left, *right.split(",")[1:]))
        for left, right in zip(matrix().split(), matrix(-PLANTED[:, :4], name="GR{}").split(), strict=True)
    )
    with pytest.raises(InputError, match=r"IMG \(6 sectors\), GR \(4 sectors\); choose one with --image"):
        read(tmp_path / "log.csv", two)
    np.testing.assert_array_equal(read(tmp_path / "log.csv", image="gr").image, -PLANTED[:, :4].astype(np.float32))
    with pytest.raises(InputError, match="no image XYZ; it holds IMG"):
        read(tmp_path / "log.csv", image="XYZ")


def test_sectors_are_ordered_by_their_numbers_not_by_their_columns() -> None:
    (image,) = find_images(["GR", "IMG10", *(f"IMG{k}" for k in range(9, -1, -1)), "RES10", "RES20", "RES30", "RES60"])
    assert image.columns == tuple(f"IMG{k}" for k in range(11))
    assert image.name == "IMG"
    assert image.missing == ()


def test_top_and_bottom_choose_a_part_of_a_log_that_has_depths(tmp_path: Path) -> None:
    log = read(tmp_path / "log.csv", matrix(), top_m=100.5, base_m=101.5)
    np.testing.assert_array_equal(log.depth_m, [100.5, 101.0, 101.5])
    with pytest.raises(InputError, match=r"runs from 100\.00 to 102\.00 m"):
        read(tmp_path / "log.csv", top_m=500.0)


def test_an_array_reads_as_it_is(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.where(PLANTED == 0.25, -9999, PLANTED))
    log = read(tmp_path / "a.npy", top_m=100.0, base_m=102.0)
    assert np.isnan(log.image[0, 0])
    np.testing.assert_array_equal(log.image[1:], PLANTED[1:].astype(np.float32))


def _lines(text: str, *keep: slice) -> str:
    return "\n".join(line for part in keep for line in text.split("\n")[part])


BAD_FILES = {
    "empty": (".csv", "", "the file is empty"),
    "empty las": (".las", "", "the file is empty"),
    "binary": (".csv", "DEPTH_m,\0", "not plain text"),
    "header alone": (".csv", matrix().split("\n")[0], "no lines of data"),
    "one column": (".csv", "DEPTH_m\n1\n2\n", "one column"),
    "one sector": (".csv", matrix(PLANTED[:, :1]), "one line a depth"),
    "one column of text": (".csv", "DEPTH_m,NOTE\n1,a\n1,b\n2,c\n2,d\n", "no column of numbers"),
    "no depth": (".csv", matrix(header="HEIGHT"), "no depth column among HEIGHT"),
    "no unit": (".csv", matrix(header="DEPTH"), "DEPTH has no unit"),
    "wrong unit": (".csv", flattened("furlong"), "the units row gives 'furlong'"),
    "two units": (".csv", flattened("ft").replace("TDEP", "TDEP_m"), "make header and units row agree"),
    "no numeric depth": (".csv", matrix().replace("100.5000", "deep"), "line 3 has 'deep' in column DEPTH_m"),
    "no depth in a line": (".csv", matrix().replace("100.5000", ""), "line 3 has no depth"),
    "no number": (".csv", matrix().replace("7.2500", "dark"), r"line 3 has 'dark' in column IMG\[1\]"),
    "cut in a line": (".csv", matrix()[:-20], "line 6, the last one"),
    "cut between lines": (".csv", flattened()[:-27], r"102\.0000 m from line 27 has 5 sectors, not 6; the file is cut"),
    "uneven sectors": (".csv", flattened().replace("001,run 3,101.0000,14.2500\n", ""), "101.0000 m from line 15"),
    "surplus cells": (".csv", matrix().replace("7.2500", "7.25,8"), "more cells than the header"),
    "repeated depth": (".csv", matrix(depths=DEPTHS.clip(max=101.5)), "line 6 at 101.5000 m repeats"),
    "wild depths": (".csv", matrix(depths=DEPTHS[[0, 1, 3, 2, 4]]), "line 5 at 101.0000 m"),
    "all null": (".csv", matrix(np.full_like(PLANTED, -9999)), "every value of image IMG is null"),
    "missing sector": (".csv", matrix().replace("IMG[2]", "GR"), "IMG lacks sector 2"),
    "two wells": (".csv", flattened().replace("001", "002", 3), "holds the wells 001, 002"),
    "not las": (".las", matrix(), "not a LAS file"),
    "las without data": (".las", las().split("~A")[0], "no ~A section"),
    "las cut in a line": (".las", las()[:-20], "line 24 has 5 values for 7 curves; complete or remove it"),
    "las with text": (".las", las().replace("7.2500", "dark"), "AWBK1 holds text"),
    "las without image": (".las", las().replace("AWBK", "A").replace(" A3", " B3"), "A lacks sector 3"),
    "las of curves": (".las", las(name="RES9"), "no image"),
    "las without unit": (".las", las("DEPT.").replace("STRT.M", "STRT."), "DEPT has no unit"),
    "las with a wrong unit": (".las", las("DEPT.FURLONG"), "has the unit 'FURLONG'"),
    "las header damaged": (".las", las().replace("~C\n", "~C\nnonsense\n"), "not a whole LAS file|for 8 curves"),
    "no picture": (".png", "not a picture", "not a whole picture"),
    "no array": (".npy", "not an array", "not a whole array"),
    "no corpus": (".h5", "not HDF5", "damaged or no corpus"),
    "format": (".xyz", "", "image logs come as .csv"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_named_in_one_sentence(tmp_path: Path, case: str) -> None:
    suffix, text, message = BAD_FILES[case]
    path = tmp_path / f"bad{suffix}"
    depths = {"top_m": 0.0, "base_m": 1.0} if suffix in (".png", ".npy") else {}
    with pytest.raises(InputError, match=message) as raised:
        read(path, text, **depths)
    assert str(raised.value).startswith(str(path))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"hole_diameter_m": None}, "--hole-diameter"),
        ({"hole_diameter_m": 8.5}, "8.5 inches are 0.2159 m"),
        ({"reference": None}, "--reference north"),
        ({"reference": "south"}, "must be one of north, high_side"),
    ],
)
def test_what_the_file_does_not_say_is_asked_for(tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "log.csv", matrix(), **options)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for suffix in (".csv", ".las", ".png", ".npy", ".h5"):
        with pytest.raises(InputError, match="no such file"):
            read(tmp_path / f"gone{suffix}", top_m=0.0, base_m=1.0)


@needs_real_data
def test_a_real_lwd_resistivity_image() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log = read(DATA / "lwd_48_19a-C2" / "image_13375-13426ft.csv", hole_diameter_m=0.2159, reference="high_side")
    assert log.image.shape == (2040, 56)
    assert log.row_step_m == pytest.approx(0.00762)
    assert log.top_m == pytest.approx(13375 * 0.3048)
    assert (log.well, log.name) == ("48/19a-C2", "RES_BD_IMG")


@needs_real_data
def test_a_real_las_holds_two_sector_images() -> None:
    path = DATA / "nlog_sector_las" / "P11-A-02_Composite_MEM_Image_NF.las"
    with pytest.raises(InputError, match=r"ABDC \(16 sectors\), GRAS \(8 sectors\)"):
        read(path)
    log = read(path, image="ABDC")
    assert log.image.shape == (7361, 16)
    assert (log.well, log.top_m, log.base_m) == ("P11-A-02A", 1950.0, 2686.0)
    assert 1.5 < np.nanmedian(log.image) < 3.5  # g/cc


@needs_real_data
def test_real_televiewer_images() -> None:
    optical = read(DATA / "otv_wellcad" / "lineation_otv_53.00-56.00m.png", top_m=53.0, base_m=56.0)
    assert optical.image.shape == (3001, 360)
    assert optical.row_step_m == pytest.approx(0.001)
    acoustic = read(DATA / "atv_wellcad" / "breakout_atv_amplitude_106.50-109.50m.npy", top_m=106.5, base_m=109.5)
    assert acoustic.image.shape == (451, 144)
    assert acoustic.row_step_m == pytest.approx(0.02 / 3)


def test_a_large_array_stays_in_its_file_and_reads_like_a_small_one(tmp_path, monkeypatch):
    path = tmp_path / "well.npy"
    image = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
    image[40:60, 3] = -9999
    image[100] = np.inf
    np.save(path, image)
    options = {"hole_diameter_m": 0.2, "reference": "north", "top_m": 100.0, "base_m": 108.0}
    small = formats.read(path, **options)
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 0)
    large = formats.read(path, **options)
    assert isinstance(large.image, StoredImage)
    np.testing.assert_array_equal(np.asarray(large.image), small.image)
    np.testing.assert_array_equal(large.image[::700], small.image[::700])
    np.testing.assert_array_equal(large.slice(100.1, 100.3).image, small.slice(100.1, 100.3).image)
    for one, other in zip(cut(large, 4), cut(small, 4), strict=True):
        np.testing.assert_array_equal(one.windows, other.windows)


def test_a_large_array_of_nulls_alone_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 0)
    path = tmp_path / "null.npy"
    np.save(path, np.full((50, 24), -9999.0))
    with pytest.raises(InputError, match="null"):
        formats.read(path, hole_diameter_m=0.2, reference="north", top_m=1, base_m=2)
