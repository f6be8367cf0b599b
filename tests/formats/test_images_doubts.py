"""What is no image of the wall is not picked unasked, and no row, page or depth is lost without a word."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from geobfdt import formats
from geobfdt.borehole.image_log import StoredImage
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.candidates import Candidate, check_seam, choose
from geobfdt.formats.raw_image import RawImage, image_log
from geobfdt.formats.row_order import in_order
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well
from tests.formats.reading import read, silently

ROWS, SECTORS = 48, 16
PLANTED = np.random.default_rng(5).normal(100, 20, (ROWS, SECTORS)).round(1)


def matrix(names: list[str], depths: list[str], image: NDArray[np.float64]) -> str:
    lines = [",".join(["DEPTH_m", *names])]
    lines += [",".join([z, *(f"{v:g}" for v in row)]) for z, row in zip(depths, image, strict=True)]
    return "\n".join(lines) + "\n"


def las(names: list[str], unit: str) -> str:
    image = np.random.default_rng(2).normal(100, 20, (ROWS, len(names)))
    curves = "".join(f"{name}.{unit} : curve\n" for name in names)
    rows = "".join(" ".join(f"{v:.2f}" for v in (1200 + 0.01 * k, *row)) + "\n" for k, row in enumerate(image))
    return (
        "~V\nVERS. 2.0 : LAS\nWRAP. NO : one line\n~W\nSTRT.M 1200 : start\nSTOP.M 1201 : stop\nSTEP.M 0 : step\n"
        f"NULL. -999.25 : null\nWELL. A-1 : well\n~C\nDEPT.M : depth\n{curves}~A\n{rows}"
    )


# What is no image


@pytest.mark.parametrize(
    ("name", "count", "unit", "doubt"),
    [
        ("TT{}", 4, "US", "transit times"),
        ("TT{}", 8, "", "transit times"),
        ("DT{}", 12, "US/F", "slowness"),
        ("STC{}", 12, "us/ft", "slowness"),
        ("CALI{}", 6, "", "caliper arms"),
        ("FING{}", 40, "IN", "caliper arms"),
        ("R{}", 24, "mm", "radii of a caliper"),
        ("T2_{}", 30, "v/v", "NMR distribution"),
        ("A{}", 30, "ms", "times"),
        ("LLD{}", 12, "OHMM", "laterolog"),
        ("RES{}", 5, "OHMM", "few for an image"),
        ("COND{}", 16, "mmho/m", "conductivities"),
        ("PAD1_{}", 16, "", "one pad"),
    ],
)
def test_what_is_no_image_is_named_with_the_doubt_and_read_when_asked_for(
    tmp_path: Path, name: str, count: int, unit: str, doubt: str
) -> None:
    path = tmp_path / "x.las"
    with pytest.raises(InputError, match=rf"may be no image of the wall: .*{doubt}.*; .*--image") as raised:
        read(path, las([name.format(k) for k in range(1, count + 1)], unit))
    asked = str(raised.value).rpartition("--image ")[2]
    assert silently(path, image=asked).columns == count


@pytest.mark.parametrize(
    ("name", "count", "unit"),
    [("TT{}", 144, "us"), ("AWBK[{}]", 8, "GAPI"), ("IMG{}", 6, ""), ("RHOB_{}", 16, "g/cc"), ("AMP{}", 72, "mV")],
)
def test_an_image_of_the_wall_is_read_without_a_word(tmp_path: Path, name: str, count: int, unit: str) -> None:
    assert silently(tmp_path / "x.las", las([name.format(k) for k in range(count)], unit)).columns == count


def test_pads_of_one_tool_are_no_images_in_a_table_either(tmp_path: Path) -> None:
    names = [f"P{pad}_{k}" for pad in (1, 2, 3, 4) for k in range(16)]
    with pytest.raises(InputError, match=r"P1 \(16 sectors\), .* single pads .* --image NAME"):
        read(tmp_path / "p.las", las(names, ""))
    assert silently(tmp_path / "p.las", image="P2").columns == 16


def test_siblings_are_pads_only_where_they_are_narrow_and_several() -> None:
    with pytest.raises(InputError, match="single pads"):
        choose([Candidate(f"1B/BTN_{k}", 24) for k in "ABCDEF"], None, Path("a"))
    for same in ([Candidate(f"DYN{k}", 360) for k in "123"], [Candidate(f"DYN{k}", 16) for k in "12"]):
        with pytest.raises(InputError, match=r"holds . images"):
            choose(same, None, Path("a"))


def _bins(columns: int, seed: int) -> NDArray[np.float32]:
    """A smooth distribution over bins that has two ends, as of relaxation times."""
    rng = np.random.default_rng(seed)
    at = rng.normal(size=(120, columns + 24))
    kernel = np.hanning(25)
    return np.stack([np.convolve(row, kernel, "valid") for row in at]).astype(np.float32)


def test_an_array_with_two_ends_is_not_taken_for_one_that_goes_around(tmp_path: Path) -> None:
    smooth = _bins(40, 1)
    depths = [f"{1000 + 0.1 * k:.1f}" for k in range(len(smooth))]
    names = [f"X[{k}]" for k in range(40)]
    with pytest.raises(InputError, match=r"X may be no image of the wall: .*its last and first are not .*--image X"):
        read(tmp_path / "b.csv", matrix(names, depths, smooth.astype(float)))
    assert silently(tmp_path / "b.csv", image="X").columns == 40
    around = np.hstack([smooth, smooth[:, ::-1]])
    check_seam(around, "X", Path("a"))


@pytest.mark.parametrize("tool", sorted(SYNTHETIC_TOOLS))
@given(seed=st.integers(0, 1000))
@settings(max_examples=4, deadline=None)
def test_images_of_every_tool_go_around_the_hole(tool: str, seed: int) -> None:
    log = synthetic_well("a", 2.0, seed, tool=tool).log
    check_seam(log.image, "IMG", Path("a"))
    raw = RawImage(log.image.copy(), log.depth_m)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = image_log(raw, Path("a"), hole_diameter_m=0.2, reference="north", first_azimuth_deg=None, well=None)
    np.testing.assert_array_equal(again.image, log.image)


def test_a_seam_is_judged_in_a_stored_image_too() -> None:
    smooth = np.tile(_bins(40, 3), (50, 1))
    stored = StoredImage(smooth.shape, lambda first, last: smooth[first:last])
    with pytest.raises(InputError, match="did not go around"):
        check_seam(stored, "X", Path("a"))  # type: ignore[arg-type]


# Depths that stand still


@given(
    st.floats(0.0012, 0.0088),
    st.sampled_from([0.01, 0.01 * 0.3048, 0.1]),
    st.floats(0, 3000),
    st.integers(30, 400),
    st.sampled_from([np.round, np.floor]),
    st.sampled_from([1, -1]),
)
@settings(deadline=None)
def test_an_even_sampling_under_too_few_decimals_is_restored_to_within_the_last_of_them(
    step: float, decimal: float, top: float, rows: int, lose: object, way: int
) -> None:
    true = top + step * 100 * decimal * np.arange(rows)
    written = (lose(true / decimal) * decimal)[::way]  # type: ignore[operator]
    if len(np.unique(written)) < 4 or len(np.unique(written)) > 0.94 * rows:
        return
    with pytest.warns(InputWarning, match=rf"{rows - len(np.unique(written))} of {rows} rows repeat .* spread evenly"):
        order = in_order(written, Path("a"), lambda row: f"row {row + 1}")
    assert order.kept is None
    assert np.abs(order.depth_m - true[::way]).max() <= decimal * 1.01


def test_an_image_with_depths_of_two_decimals_keeps_all_of_its_rows(tmp_path: Path) -> None:
    depths = [f"{1200 + 0.0025 * k:.2f}" for k in range(ROWS)]
    with pytest.warns(InputWarning, match="for want of decimals; all were spread evenly, 2.5"):
        log = read(tmp_path / "d.csv", matrix([f"IMG[{k}]" for k in range(SECTORS)], depths, PLANTED))
    assert log.depth_m == pytest.approx(1200 + 0.0025 * np.arange(ROWS), abs=0.005)
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


@pytest.mark.parametrize("way", [1, -1])
def test_a_few_rows_that_stand_still_or_step_back_are_left_out_and_counted(tmp_path: Path, way: int) -> None:
    depth = 1200 + 0.01 * np.arange(ROWS)[::way]
    depth[20] = depth[18]
    depth[40] = depth[41]
    text = matrix([f"IMG[{k}]" for k in range(SECTORS)], [f"{z:.4f}" for z in depth], PLANTED)
    with pytest.warns(InputWarning, match=r"depths of 2 of 48 rows stand still or step back, the first .* line 22"):
        log = read(tmp_path / "s.csv", text)
    kept = np.delete(PLANTED, [20, 41], axis=0)[::way]
    np.testing.assert_array_equal(log.image, kept.astype(np.float32))


def test_one_wild_depth_costs_one_row_wherever_it_goes(tmp_path: Path) -> None:
    for wild in (9999.0, 3.0):
        depth = 1200 + 0.01 * np.arange(ROWS)
        depth[44] = wild
        text = matrix([f"IMG[{k}]" for k in range(SECTORS)], [f"{z:.4f}" for z in depth], PLANTED)
        with pytest.warns(InputWarning, match="depths of 1 of 48 rows"):
            log = read(tmp_path / "w.csv", text)
        np.testing.assert_array_equal(log.image, np.delete(PLANTED, 44, axis=0).astype(np.float32))


def test_many_rows_that_stand_still_or_go_back_are_refused_with_the_way_out(tmp_path: Path) -> None:
    jerky = np.round(1200 + 0.01 * np.arange(ROWS) + 0.02 * np.sin(np.arange(ROWS) ** 2.0), 2)
    still = np.maximum.accumulate(jerky)
    names = [f"IMG[{k}]" for k in range(SECTORS)]
    with pytest.raises(InputError, match=r"repeats the depth of the row before, as \d+ of 48 rows do; .*more decimals"):
        read(tmp_path / "j.csv", matrix(names, [f"{z:.2f}" for z in still], PLANTED))
    twice = np.tile(1200 + 0.01 * np.arange(ROWS // 2), 2)
    with pytest.raises(InputError, match=r"see line 26 .*step back 1 times in 48 rows"):
        read(tmp_path / "t.csv", matrix(names, [f"{z:.2f}" for z in twice], PLANTED))


def test_rows_are_left_out_of_a_stored_image_as_of_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    depth = 1200 + 0.01 * np.arange(ROWS)
    depth[20] = depth[19]
    pixels = PLANTED.astype(np.float32)
    stored = StoredImage(pixels.shape, lambda first, last: pixels[first:last].copy())
    with pytest.warns(InputWarning, match="1 of 48 rows"):
        log = image_log(
            RawImage(stored, depth, caliper_m=0.2 + 0 * depth),  # type: ignore[arg-type]
            Path("a"),
            hole_diameter_m=0.2,
            reference="north",
            first_azimuth_deg=None,
            well=None,
        )
    np.testing.assert_array_equal(np.asarray(log.image), np.delete(pixels, 20, axis=0))
    np.testing.assert_array_equal(log.image[18:22], np.delete(pixels, 20, axis=0)[18:22])
    assert log.caliper_m is not None
    assert len(log.caliper_m) == ROWS - 1


# Pictures


def _pages(path: Path, *pages: Image.Image) -> Path:
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


def test_pages_of_one_width_stand_one_below_the_other_and_are_counted(tmp_path: Path) -> None:
    grey = np.random.default_rng(0).integers(0, 256, (180, 90)).astype(np.uint8)
    path = _pages(tmp_path / "p.tif", *(Image.fromarray(part) for part in np.vsplit(grey, [60, 100])))
    with pytest.warns(InputWarning, match="its 3 pages were put one below the other"):
        log = read(path, top_m=10.0, base_m=11.79)
    np.testing.assert_array_equal(log.image, grey)
    colours = np.random.default_rng(1).integers(0, 256, (100, 90, 3)).astype(np.uint8)
    path = _pages(tmp_path / "c.tif", *(Image.fromarray(part) for part in np.vsplit(colours, [30])))
    with pytest.warns(InputWarning, match="its 2 pages"):
        np.testing.assert_array_equal(read(path, top_m=1.0, base_m=2.0, image="green").image, colours[..., 1])


def test_pages_that_do_not_fit_below_each_other_are_refused(tmp_path: Path) -> None:
    options = {"top_m": 10.0, "base_m": 10.59}
    path = _pages(tmp_path / "p.tif", Image.new("L", (90, 60)), Image.new("L", (45, 30)))
    with pytest.raises(InputError, match=r"2 pages, of which page 1 is 90 pixels wide .* page 2 is 45"):
        read(path, **options)
    path = _pages(tmp_path / "m.tif", Image.new("L", (90, 60)), Image.new("RGB", (90, 60)))
    with pytest.raises(InputError, match=r"page 2 is 90 .RGB"):
        read(path, **options)
    path = _pages(tmp_path / "f.png", Image.new("L", (90, 60)), Image.new("L", (90, 60), 9))
    with pytest.raises(InputError, match="2 frames, as a film has"):
        read(path, **options)


@pytest.mark.parametrize("suffix", [".jpg", ".jpeg", ".JPG", ".png"])
def test_a_jpeg_is_read_under_any_of_its_names_and_said_to_blur(tmp_path: Path, suffix: str) -> None:
    across = np.linspace(0, 2 * np.pi, 90)
    grey = np.round(128 + 60 * np.sin(across + 0.05 * np.arange(60)[:, None])).astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / f"strip{suffix}", format="JPEG", quality=95)
    with pytest.warns(InputWarning, match="is a JPEG, which blurs"):
        log = read(tmp_path / f"strip{suffix}", top_m=10.0, base_m=10.59)
    np.testing.assert_allclose(log.image, grey, atol=8)


@pytest.mark.parametrize("suffix", [".wcl", ".WAX", ".hed"])
def test_closed_formats_are_refused_with_the_way_to_export_them(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(b"\0closed")
    for reader in (formats.read, formats.read_picks, formats.contents):
        with pytest.raises(InputError, match=r"closed format .* as DLIS, LAS or CSV .* PNG"):
            reader(tmp_path / f"a{suffix}")


# Rows without a depth


@pytest.mark.parametrize("null", ["-999.25", "-9999", ""])
@pytest.mark.parametrize("rows", [[0], [20], [47, 5]])
def test_a_few_rows_without_a_depth_are_left_out_of_an_image_and_counted(
    tmp_path: Path, null: str, rows: list[int]
) -> None:
    depths = [null if k in rows else f"{1200 + 0.01 * k:.2f}" for k in range(ROWS)]
    kept = [k for k in range(ROWS) if k not in rows]
    said = rf"{len(rows)} of 48 rows have no depth, the first of them line {min(rows) + 2}; they were left out"
    with pytest.warns(InputWarning, match=said):
        log = read(tmp_path / "w.csv", matrix([f"AMP[{k}]" for k in range(SECTORS)], depths, PLANTED))
    np.testing.assert_array_equal(log.image, PLANTED[kept].astype(np.float32))
    np.testing.assert_allclose(log.depth_m, 1200 + 0.01 * np.array(kept))
    lines = ["DEPTH_m,SECTOR,AMP"]
    lines += [f"{z},{k},{v:g}" for z, row in zip(depths, PLANTED, strict=True) for k, v in enumerate(row)]
    said = rf"{len(rows) * SECTORS} of 768 rows have no depth, the first of them line {min(rows) * SECTORS + 2};"
    with pytest.warns(InputWarning, match=said):
        log = read(tmp_path / "l.csv", "\n".join(lines) + "\n")
    np.testing.assert_array_equal(log.image, PLANTED[kept].astype(np.float32))
    assert formats.contents(tmp_path / "w.csv")[0].base_m == pytest.approx(1200 + 0.01 * max(kept))


def test_a_las_image_and_many_rows_without_a_depth(tmp_path: Path) -> None:
    text = las([f"IMG[{k}]" for k in range(SECTORS)], "DB").replace("\n1200.20 ", "\n-999.25 ")
    with pytest.warns(InputWarning, match="1 of 48 rows have no depth, the first of them line"):
        assert read(tmp_path / "a.las", text).image.shape == (ROWS - 1, SECTORS)
    for lost in (3, ROWS):
        depths = ["" if k < lost else f"{1200 + 0.01 * k:.2f}" for k in range(ROWS)]
        with pytest.raises(InputError, match="line 2 has no depth; remove or mend it"):
            read(tmp_path / "m.csv", matrix([f"AMP[{k}]" for k in range(SECTORS)], depths, PLANTED))
    picks = tmp_path / "p.csv"
    picks.write_text("depth_m,dip_deg,azimuth_deg\n100,20,30\n-999.25,20,30\n")
    with pytest.raises(InputError, match="line 3 has no depth in column depth_m"):
        formats.read_picks(picks)
