"""What other tools number as an image numbers its sectors, and arrays that show nothing, are not picked unasked."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geobfdt.errors import InputError
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES, bench_well
from geobfdt.formats.candidates import Candidate, check_pixels, check_seam
from geobfdt.formats.raw_image import RawImage, image_log
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well
from tests.formats.reading import read, silently

ROWS = 120
DEPTHS = 100 + 0.15 * np.arange(ROWS)
Array = NDArray[np.float64]


def table(names: list[str], values: Array) -> str:
    lines = [",".join(["DEPTH_m", *names])]
    lines += [f"{z:.2f},{','.join(f'{v:.5g}' for v in row)}" for z, row in zip(DEPTHS, values, strict=True)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "unit", "doubt"),
    [
        ("TFWV10", "", "waveforms"),
        ("TXXWV10", "", "waveforms"),
        ("WVF1", "", "waveforms"),
        ("CBLWF", "", "waveforms"),
        ("SP_CHAN", "", "a spectrum"),
        ("CNTS", "", "a spectrum"),
        ("GRSPEC", "", "a spectrum"),
        ("CH", "", "a spectrum"),
        ("X", "counts", "a spectrum"),
        ("FIBER", "", "temperatures"),
        ("X", "degC", "temperatures"),
        ("T", "", "temperatures or times"),
        ("R", "", "radii of a caliper"),
        ("MIT", "", "caliper arms"),
        ("CALIP", "", "caliper arms"),
        ("THBK", "", "casing"),
        ("AIBK", "", "casing"),
        ("PORDIST", "", "NMR"),
    ],
)
def test_names_and_units_of_other_arrays_raise_a_doubt(name: str, unit: str, doubt: str) -> None:
    assert doubt in Candidate(name, 48, unit).doubt()


@pytest.mark.parametrize("name", ["AWBK", "FMI_DYN", "WALL", "ABDC", "TRACE_IMG", "AMP", "ROBB", "STAT", "RHOB_U"])
def test_names_of_images_raise_none(name: str) -> None:
    assert Candidate(name, 48).doubt() == ""
    assert Candidate("R", 48, laid_out=True).doubt() == ""


def test_more_sectors_than_a_tool_tells_apart_are_no_image_unasked() -> None:
    assert Candidate("IMG", 1440).doubt() == ""
    assert "more than any tool" in Candidate("IMG", 1441).doubt()


def test_samples_in_microseconds_are_no_sectors(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(ROWS, 100))
    with pytest.raises(InputError, match="columns may be no image of the wall: its columns are numbered by times"):
        read(tmp_path / "w.csv", table([f"{k} us" for k in range(100)], values))


@pytest.mark.parametrize("names", ["R G B", "IMG_R IMG_G IMG_B", "Red Green Blue"])
def test_colours_are_no_pads(tmp_path: Path, names: str) -> None:
    values = np.random.default_rng(0).integers(0, 256, (ROWS, 48)).astype(float)
    columns = [f"{name}[{k}]" for name in names.split() for k in range(16)]
    with pytest.raises(InputError, match="which look like the colours of one image"):
        read(tmp_path / "c.csv", table(columns, values))
    assert silently(tmp_path / "c.csv", image=names.split()[1]).columns == 16


def test_colours_packed_into_numbers_are_told_from_a_quantity_of_24_bits(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    grey = rng.integers(60, 180, (ROWS, 36))
    red, green, blue = (np.clip(grey + rng.integers(-20, 20, grey.shape), 0, 255) for _ in "RGB")
    packed = red + 256 * green + 65536 * blue
    lines = ["DEPTH_m,OTV", *(f"{z:.2f},{v}" for z, row in zip(DEPTHS, packed, strict=True) for v in row)]
    with pytest.raises(InputError, match="OTV seems to hold colours, three bytes in one number"):
        read(tmp_path / "o.csv", "\n".join(lines) + "\n")
    _alone(rng.integers(0, 2**24, (ROWS, 36)).astype(float), DEPTHS)


def spectrum(rng: np.random.Generator) -> Array:
    channel = np.arange(128)
    return (1000 + 100 * rng.normal(size=(ROWS, 1))) * np.exp(-channel / 25) + rng.poisson(5, (ROWS, 128))


def temperatures(rng: np.random.Generator) -> Array:
    return 20 + 0.03 * DEPTHS[:, None] + 0.05 * np.arange(48) + 0.02 * rng.normal(size=(ROWS, 48))


def growing_spread(rng: np.random.Generator) -> Array:
    return rng.normal(size=(ROWS, 60)) * np.linspace(0.1, 9, 60)


@pytest.mark.parametrize("array", [spectrum, temperatures, growing_spread])
def test_columns_with_two_ends_are_told_by_their_means_and_spreads(
    tmp_path: Path, array: Callable[[np.random.Generator], Array]
) -> None:
    values = array(np.random.default_rng(3))
    path = tmp_path / "e.csv"
    with pytest.raises(InputError, match=r"X may be no image of the wall: (from its last to its first|its neighb)"):
        read(path, table([f"X[{k}]" for k in range(values.shape[1])], values))
    assert silently(path, image="X", nulls=()).columns == values.shape[1]


def _alone(image: Array, depth_m: Array) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        image_log(
            RawImage(image.astype(np.float32), depth_m),
            Path("a"),
            hole_diameter_m=0.2,
            reference="north",
            first_azimuth_deg=None,
            well=None,
        )


@pytest.mark.parametrize("tool", sorted(SYNTHETIC_TOOLS))
@given(seed=st.integers(0, 10_000), turn=st.integers(0, 400))
@settings(max_examples=5, deadline=None)
def test_images_of_every_tool_have_no_ends_wherever_they_are_cut(tool: str, seed: int, turn: int) -> None:
    log = synthetic_well("a", 2.0, seed, tool=tool).log
    check_seam(np.roll(log.image, turn, axis=1), "IMG", Path("a"))


@pytest.mark.parametrize("tool", sorted(BENCH_TOOLS))
@given(case=st.sampled_from(CASES), seed=st.integers(0, 10_000))
@settings(max_examples=2, deadline=None)
def test_wells_of_the_bench_are_read_without_a_word(tool: str, case: str, seed: int) -> None:
    log = bench_well(tool, case, 1.0, seed).log
    _alone(log.image.astype(np.float64), log.depth_m)


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_an_image_of_one_value_shows_nothing(tmp_path: Path, value: float) -> None:
    np.save(tmp_path / "c.npy", np.full((60, 72), value))
    with pytest.raises(InputError, match=f"every value of c is {value:g}, which shows nothing"):
        read(tmp_path / "c.npy", top_m=10.0, base_m=10.59)


@given(st.floats(0, 5000), st.sampled_from([0.0025, 0.01, 0.1, -0.01]), st.sampled_from([0, -1]), st.integers(0, 100))
@settings(max_examples=30, deadline=None)
def test_a_column_of_depths_is_no_sector(top: float, step: float, column: int, seed: int) -> None:
    image = np.random.default_rng(seed).normal(100, 20, (200, 36)).astype(np.float32)
    image[:, column] = top + step * np.arange(200)
    if abs(step) < 8 * np.finfo(np.float32).eps * top:
        return  # lost in single precision
    with pytest.raises(InputError, match=r"column (0|35) of IMG goes on evenly from row to row, .* as depths do"):
        check_pixels(image, "IMG", Path("a"), certain=True, picture=False)
