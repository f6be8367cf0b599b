"""No image is read wrongly without a word: where its columns look, and which of its values are none."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from geobfdt import formats
from geobfdt.borehole.image_log import StoredImage
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.nulls import without_nulls_of
from tests.formats.reading import read, silently

ROWS, SECTORS = 48, 16
CENTRES = (np.arange(SECTORS) + 0.5) * 360 / SECTORS
PLANTED = np.random.default_rng(5).normal(100, 20, (ROWS, SECTORS)).round(1)
DEPTHS = 1200 + 0.01 * np.arange(ROWS)
STRIP = {"top_m": 10.0, "base_m": 10.59}


def matrix(
    names: list[str] | None = None,
    image: NDArray[np.float64] = PLANTED,
    depths: list[str] | None = None,
    separator: str = ",",
) -> str:
    names = names or [f"AMP[{k}]" for k in range(image.shape[1])]
    depths = depths or [f"{z:.4f}" for z in DEPTHS[: len(image)]]
    lines = [separator.join(["DEPTH_m", *names])]
    lines += [separator.join([z, *(f"{v:g}" for v in row)]) for z, row in zip(depths, image, strict=True)]
    return "\n".join(lines) + "\n"


def las(names: list[str], unit: str, image: NDArray[np.float64] = PLANTED, null: str = "-999.25") -> str:
    curves = "".join(f"{name}.{unit} : curve\n" for name in names)
    rows = "".join(" ".join(f"{v:g}" for v in (z, *row)) + "\n" for z, row in zip(DEPTHS, image, strict=False))
    return (
        f"~V\nVERS. 2.0 : LAS\nWRAP. NO : one line\n~W\nSTRT.M 1200 : start\nSTOP.M 1201 : stop\nSTEP.M 0 : step\n"
        f"NULL. {null} : null\nWELL. A-1 : well\n~C\nDEPT.M : depth\n{curves}~A\n{rows}"
    )


def long(cells: list[tuple[object, ...]], header: str) -> str:
    return "\n".join([header, *(",".join(map(str, line)) for line in cells)]) + "\n"


def directed(azimuths: NDArray[np.float64] = CENTRES, order: object = None) -> list[tuple[object, ...]]:
    """A line a depth and sector with its azimuth, in an order of the sectors."""
    sectors = range(SECTORS) if order is None else order
    return [(f"{DEPTHS[row]:.4f}", azimuths[k], PLANTED[row, k]) for row in range(ROWS) for k in sectors]  # type: ignore[attr-defined]


# Azimuths beside the pixels


@pytest.mark.parametrize("name", ["AZIMUTH_deg", "Azimuth [deg]", "AZI", "theta", "Angle (degrees)", "Rel_Azimuth"])
@pytest.mark.parametrize(
    "order",
    [np.r_[8:16, 0:8], np.arange(16)[::-1], np.random.default_rng(0).permutation(16)],
    ids=["from the south", "anticlockwise", "in disorder"],
)
def test_pixels_stand_where_their_azimuths_say(tmp_path: Path, name: str, order: NDArray[np.intp]) -> None:
    log = silently(tmp_path / "a.csv", long(directed(order=order), f"DEPTH_m,{name},AMP"))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    assert (log.name, log.first_azimuth_deg) == ("AMP", 0.0)


def test_azimuths_come_in_radians_sector_after_sector_and_from_anywhere(tmp_path: Path) -> None:
    radians = [(z, f"{np.radians(a):.6f}", v) for z, a, v in directed()]  # type: ignore[call-overload]
    for header in ("DEPTH_m,AZIMUTH_rad,AMP", "DEPTH_m,AZIMUTH,AMP"):
        log = silently(tmp_path / "r.csv", long(radians, header))
        np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
        assert log.first_azimuth_deg == pytest.approx(0, abs=1e-3)
    lines = sorted(directed((CENTRES + 3) % 360), key=lambda line: float(str(line[1])))
    with pytest.warns(InputWarning, match=r"middles of columns, so that column 0 begins at 3 degrees; .* 14\.25"):
        log = read(tmp_path / "s.csv", long(lines, "DEPTH_m,AZIMUTH_deg,AMP"))
    assert log.first_azimuth_deg == pytest.approx(3.0)
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


def test_sectors_are_ordered_by_the_column_of_their_numbers(tmp_path: Path) -> None:
    lines = directed(np.arange(1, 17), order=np.arange(16)[::-1])
    log = silently(tmp_path / "n.csv", long(lines, "DEPTH_m,SECTOR_NO,AMP"))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    with pytest.warns(InputWarning, match="column WHERE has the same values at every depth and was taken for azimuths"):
        log = read(tmp_path / "w.csv", long(directed(order=np.r_[8:16, 0:8]), "DEPTH_m,WHERE,AMP"))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


@pytest.mark.parametrize(
    ("lines", "header", "options", "message"),
    [
        (directed(CENTRES / 2), "AZIMUTH_deg", {}, "do not go evenly around the hole: 16 of them from 5.625 to 174"),
        (directed(np.r_[CENTRES[:15], 11.25]), "AZIMUTH_deg", {}, "twice|other values"),
        (
            directed(),
            "AZIMUTH_deg",
            {"first_azimuth_deg": 90.0},
            "column 0 begins at 0 degrees, --first-azimuth says 90",
        ),
        (directed(), "AZIMUTH_deg", {"image": "AZIMUTH_deg"}, "holds no image AZIMUTH_deg; it holds AMP"),
        ([*directed()[:-1], (DEPTHS[-1], 5, 1)], "AZIMUTH_deg", {}, "other values at 1200.4700 m, from line 754"),
        (directed()[:-1], "AZIMUTH_deg", {}, "has 15 sectors, not 16; the file is cut short"),
        (
            directed(np.arange(16) * 24.0),
            "AZIMUTH",
            {},
            "gives one direction twice, .* in 48 of 48 rows",
        ),
        (directed(np.arange(16) * 382.5), "AZIMUTH", {}, "go more than once around the hole"),
        (directed(np.arange(16) * 2), "SECTOR", {}, "numbers sectors from 0 to 30, 16 of them"),
    ],
)
def test_azimuths_that_cannot_be_right_are_refused(
    tmp_path: Path, lines: list[tuple[object, ...]], header: str, options: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        read(tmp_path / "a.csv", long(lines, f"DEPTH_m,{header},AMP"), **options)


def test_lines_in_no_order_at_all_are_placed_by_depth_and_azimuth(tmp_path: Path) -> None:
    lines = directed()
    mixed = [lines[k] for k in np.random.default_rng(0).permutation(len(lines))]
    log = silently(tmp_path / "m.csv", long(mixed, "DEPTH_m,AZIMUTH_deg,AMP"))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    np.testing.assert_allclose(log.depth_m, DEPTHS)


def test_depths_of_too_few_decimals_do_not_mix_sectors_that_have_azimuths(tmp_path: Path) -> None:
    lines = [(f"{1200 + 0.0025 * row:.2f}", CENTRES[k], PLANTED[row, k]) for row in range(ROWS) for k in range(SECTORS)]
    with pytest.warns(InputWarning, match="35 of 48 rows repeat .* spread evenly"):
        log = read(tmp_path / "d.csv", long(lines, "DEPTH_m,AZIMUTH_deg,AMP"))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


def test_of_two_columns_that_say_where_a_sector_lies_neither_is_taken(tmp_path: Path) -> None:
    lines = [(z, a, a, v) for z, a, v in directed()]
    with pytest.raises(InputError, match="columns AZIMUTH and ANGLE could both say where a sector lies"):
        read(tmp_path / "two.csv", long(lines, "DEPTH_m,AZIMUTH,ANGLE,AMP"))


@pytest.mark.parametrize(
    ("names", "columns", "first_deg"),
    [
        ([f"{22.5 * k:.2f} deg" for k in range(16)], 16, 348.75),
        ([f"{c:g}" for c in CENTRES], 16, 0.0),
        ([f"{24 * k}" for k in range(15)], 15, 348.0),
        ([f"{22.5 * k:.0f}" for k in range(16)], 16, 348.75),
        ([f"AMP_{c:g}deg" for c in CENTRES], 16, 0.0),
        ([f"{round(1.5 * k)}" for k in range(240)], 240, 359.25),
        ([f"{k} deg" for k in range(360)], 360, 359.5),
        (["AMP"] * 16, 16, 0.0),
        ([f"{k}" for k in range(16)], 16, 0.0),
    ],
)
def test_a_header_of_azimuths_or_of_one_name_is_an_image(
    tmp_path: Path, names: list[str], columns: int, first_deg: float
) -> None:
    image = np.random.default_rng(1).normal(100, 20, (14, columns)).round(1)
    told = {} if first_deg in (0.0, 359.25, 359.5) else {"first_azimuth_deg": first_deg}  # where edges could be meant
    log = silently(tmp_path / "h.csv", matrix(names, image), **told)
    np.testing.assert_array_equal(log.image, image.astype(np.float32))
    assert log.first_azimuth_deg == pytest.approx(first_deg, abs=0.3)


def test_azimuths_in_a_header_order_the_columns(tmp_path: Path) -> None:
    order = np.r_[8:16, 0:8]
    log = silently(tmp_path / "o.csv", matrix([f"{CENTRES[k]:g}" for k in order], PLANTED[:, order]))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


def test_a_header_of_labels_that_leave_a_part_of_the_hole_open_is_read_in_its_order_with_a_word(tmp_path: Path) -> None:
    text = matrix([f"{20 * k}" for k in range(16)])
    for first, options in ((0, {}), (11, {"first_azimuth_deg": 11.0})):
        with pytest.warns(InputWarning, match=f"60 degrees open .* 16 columns .* the first from {first} degrees on"):
            log = read(tmp_path / "h.csv", text, **options)
        np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
        assert log.first_azimuth_deg == first


def test_uneven_azimuths_in_a_header_are_refused_unless_told(tmp_path: Path) -> None:
    text = matrix([f"{20 * k + (k > 7)}" for k in range(16)])
    with pytest.raises(InputError, match=r"do not go evenly around the hole.* with --first-azimuth"):
        read(tmp_path / "h.csv", text)
    with pytest.warns(InputWarning, match="its 16 columns were spread evenly all around the hole in their order"):
        log = read(tmp_path / "h.csv", text, first_azimuth_deg=0.0)
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


@pytest.mark.parametrize("first", [0, 1])
def test_half_a_degree_in_a_header_of_360_numbers_needs_no_word(tmp_path: Path, first: int) -> None:
    image = np.random.default_rng(1).normal(100, 20, (14, 360)).round(1)
    text = matrix([str(k) for k in range(first, first + 360)], image)
    assert silently(tmp_path / "h.csv", text).first_azimuth_deg == 0
    assert silently(tmp_path / "h.csv", first_azimuth_deg=-0.5).first_azimuth_deg == -0.5


def test_columns_that_are_numbered_twice_are_refused(tmp_path: Path) -> None:
    names = [f"{k}" for k in range(16)] * 2
    with pytest.raises(InputError, match="column 0 occurs twice"):
        read(tmp_path / "t.csv", matrix(names, np.hstack([PLANTED, PLANTED])))


# Nulls


@pytest.mark.parametrize("null", [-999, -9999.25, -99999, -999999, -32768, 1e30, -1e30, -999.99])
@pytest.mark.parametrize("suffix", [".csv", ".las", ".npy"])
def test_a_common_null_is_taken_for_one_and_said(tmp_path: Path, null: float, suffix: str) -> None:
    image = PLANTED.copy()
    image[:, 3::4] = null
    options: dict[str, object] = {"top_m": 1200.0, "base_m": 1201.0} if suffix == ".npy" else {}
    path, text = tmp_path / f"n{suffix}", None
    if suffix == ".npy":
        np.save(path, image)
    else:
        text = matrix(image=image) if suffix == ".csv" else las([f"IMG[{k}]" for k in range(SECTORS)], "DB", image)
    with pytest.warns(InputWarning, match=r"stands in 192 of 768 values, .*taken for null"):
        log = read(path, text, **options)
    np.testing.assert_array_equal(np.isnan(log.image), image == null)
    kept = silently(path, nulls=(), image=None, **options)
    np.testing.assert_array_equal(kept.image, image.astype(np.float32))
    said = silently(path, nulls=(null,), **options)
    np.testing.assert_array_equal(said.image, log.image)


@pytest.mark.parametrize("null", [-1000.0, 777777.0, 9999.0, 32767.0, -500.5, 0.0, -1.0])
def test_any_other_value_far_outside_is_asked_about(tmp_path: Path, null: float) -> None:
    image = PLANTED.copy()
    image[:, 3::4] = null
    path = tmp_path / "n.csv"
    with pytest.raises(InputError, match=rf"{null:g} stands in 192 of 768 values, .* give --null {null:g} .* none"):
        read(path, matrix(image=image))
    assert np.isnan(silently(path, nulls=(null,)).image).sum() == 192
    np.testing.assert_array_equal(silently(path, nulls=()).image, image.astype(np.float32))
    with pytest.warns(InputWarning, match="taken for readings as --null does not name them"):
        np.testing.assert_array_equal(read(path, nulls=(-7,)).image, image.astype(np.float32))


@given(
    st.sampled_from(["normal", "lognormal", "uniform", "integers", "grey", "two levels"]),
    st.floats(0.1, 1e4),
    st.floats(0.02, 0.98),
    st.integers(0, 10**6),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_readings_clipped_anywhere_among_themselves_are_never_taken_for_nulls(
    kind: str, scale: float, clip: float, seed: int
) -> None:
    """Saturated pixels are repeated thousands of times, at the end of what the rest reaches. Where noise is clipped,
    any readings stand beside them, as beside gaps, which may be told.
    """
    rng = np.random.default_rng(seed)
    image = {
        "normal": lambda: rng.normal(5 * scale, scale, (60, 90)),
        "lognormal": lambda: scale * rng.lognormal(0, 1.5, (60, 90)),
        "uniform": lambda: rng.uniform(-scale, scale, (60, 90)),
        "integers": lambda: rng.integers(-2000, 2000, (60, 90)),
        "grey": lambda: np.where(rng.random((60, 90)) < clip, 0, rng.integers(190, 256, (60, 90))),
        "two levels": lambda: rng.integers(0, 2, (60, 90)) * scale,
    }[kind]().astype(np.float32)
    if kind in ("normal", "lognormal", "uniform"):
        image = np.clip(image, *np.quantile(image, sorted((0.01, clip))))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("default", "a: .* stands in .* taken for readings", InputWarning)
        np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)


@given(st.sampled_from([-999.0, -99999.0, 1e30, -32768.0]), st.floats(1.0, 500.0), st.integers(0, 10**6))
@settings(deadline=None)
def test_a_null_among_readings_that_scatter_is_found_whatever_their_scale(null: float, scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = scale * rng.lognormal(0, 0.6, (60, 90)).astype(np.float32)
    holes = rng.random(image.shape) < 0.8  # a tool of four pads in a wide hole sees a quarter
    with pytest.warns(InputWarning, match="taken for null"):
        found = without_nulls_of(np.where(holes, np.float32(null), image), "a", None)
    np.testing.assert_array_equal(np.isnan(found), holes)


@given(st.floats(0.01, 0.3), st.integers(0, 10**6))
@settings(deadline=None)
def test_an_amplitude_clipped_at_nothing_is_a_reading(share: float, seed: int) -> None:
    image = np.random.default_rng(seed).normal(0, 1, (60, 90))
    image = np.maximum(image - np.quantile(image, share), 0).astype(np.float32)
    np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)


def test_resistivity_clipped_far_above_most_of_it_is_no_null() -> None:
    image = np.random.default_rng(0).uniform(0.2, 40, (60, 90)).astype(np.float32)
    image[:20, :10] = 2000.0
    np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)


def test_a_common_null_amid_the_readings_is_asked_about_only_when_it_is_repeated_as_no_reading_is() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(-3000, 3000, (60, 90)).astype(np.float32)
    np.testing.assert_array_equal(without_nulls_of(image.copy(), "a", None), image)
    image[::2] = -999
    with pytest.raises(InputError, match=r"-999 stands in .* give --null -999 .* or --null none"):
        without_nulls_of(image, "a", None)


def test_nulls_in_the_data_that_the_header_does_not_name_are_said(tmp_path: Path) -> None:
    image = PLANTED.copy()
    image[:, 3] = -9999
    with pytest.warns(InputWarning, match=r"its header names -999.25 as null; -9999 stands in 48 of 768 values"):
        log = read(tmp_path / "h.las", las([f"IMG[{k}]" for k in range(SECTORS)], "DB", image))
    assert np.isnan(log.image[:, 3]).all()
    amid = PLANTED * 300 - 30000
    amid[4, 4] = -9999
    with pytest.warns(InputWarning, match="-9999 stands in 1 of 768 values, among the readings"):
        log = read(tmp_path / "i.csv", matrix(image=amid))
    assert np.isnan(log.image[4, 4])


def test_grey_levels_are_readings_and_other_depths_of_colour_are_judged(tmp_path: Path) -> None:
    grey = np.where(np.arange(60)[:, None] < 9, 0, np.random.default_rng(0).integers(200, 256, (60, 90)))
    Image.fromarray(grey.astype(np.uint8)).save(tmp_path / "g.png")
    with pytest.warns(InputWarning, match=r"0 stands in 810 of 5400 values, .* taken for readings, give --null 0 if"):
        assert np.isfinite(read(tmp_path / "g.png", **STRIP).image).all()
    assert np.isfinite(silently(tmp_path / "g.png", nulls=(), **STRIP).image).all()
    assert np.isnan(silently(tmp_path / "g.png", nulls=(0,), **STRIP).image[:9]).all()
    Image.fromarray((grey * 100).astype(np.uint16)).save(tmp_path / "d.tif")
    with pytest.raises(InputError, match="give --null 0"):
        read(tmp_path / "d.tif", **STRIP)


def test_a_stored_image_is_judged_by_a_sample_and_cleared_as_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = np.random.default_rng(0).normal(100, 20, (60_000, 24)).astype(np.float32)
    image[:, 5], image[32_000:32_010, 8] = -999, -99999
    np.save(tmp_path / "s.npy", image)
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 0)
    with pytest.warns(InputWarning, match="-999 stands in"):
        log = read(tmp_path / "s.npy", **STRIP)
    assert isinstance(log.image, StoredImage)
    with pytest.warns(InputWarning, match="-99999 was met far outside the values looked at first"):
        pixels = log.image[30_000:40_000]
    np.testing.assert_array_equal(np.isnan(pixels), image[30_000:40_000] < 0)


def test_the_command_line_takes_nulls(run, tmp_path: Path) -> None:
    image = PLANTED.copy()
    image[:, 3] = -500
    path = tmp_path / "c.csv"
    path.write_text(matrix(image=image))
    common = ("qc", path, "--hole-diameter", "0.2159", "--reference", "north")
    code, _, told = run(*common)
    assert code == 2
    assert "give --null -500" in told
    assert run(*common, "--null", "-500")[0] == 0
    assert run(*common, "--null", "none")[0] == 0
    assert "write a number" in run(*common, "--null", "nothing")[2]
    assert "leave out the other" in run(*common, "--null", "none", "--null", "3")[2]


def test_a_corpus_has_no_more_nulls_to_tell(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="leave out --null"):
        formats.read(tmp_path / "c.h5", nulls=(-999,))
