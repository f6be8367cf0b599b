"""Sectors whose columns are named alike: the first of them, which may bear no number, is not lost."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.image_columns import find_images
from tests.formats.reading import read, silently

ROWS, SECTORS = 48, 16
PLANTED = np.random.default_rng(7).normal(100, 20, (ROWS, SECTORS)).round(1)
DEPTHS = 1200 + 0.01 * np.arange(ROWS)


def wide(names: list[str], image: NDArray[np.float64] = PLANTED) -> str:
    lines = [",".join(["DEPTH_m", *names])]
    lines += [f"{z:.4f},{','.join(f'{v:g}' for v in row)}" for z, row in zip(DEPTHS, image, strict=True)]
    return "\n".join(lines) + "\n"


def las(names: list[str], image: NDArray[np.float64] = PLANTED) -> str:
    curves = "".join(f"{name}.DB : curve\n" for name in names)
    rows = "".join(" ".join(f"{v:g}" for v in (z, *row)) + "\n" for z, row in zip(DEPTHS, image, strict=True))
    return (
        "~V\nVERS. 2.0 : LAS\nWRAP. NO : one line\n~W\nSTRT.M 1200 : start\nSTOP.M 1201 : stop\nSTEP.M 0 : step\n"
        f"NULL. -999.25 : null\nWELL. A-1 : well\n~C\nDEPT.M : depth\n{curves}~A\n{rows}"
    )


def numbered(pattern: str, first: int = 1, last: int = SECTORS - 1) -> list[str]:
    return [pattern.format(k) for k in range(first, last + 1)]


def beside(image: NDArray[np.float64], at: int) -> NDArray[np.float64]:
    """The image with its mean as a column of its own."""
    return np.insert(image, at, image.mean(axis=1).round(1), axis=1)


@pytest.mark.parametrize("name", ["AMP", "AMP [dB]", "FMI_DYN", "Amplitude"])
def test_a_table_of_one_name_for_every_sector_reads_the_same_after_pandas(tmp_path: Path, name: str) -> None:
    text = wide([name] * SECTORS)
    before = silently(tmp_path / "a.csv", text)
    after = silently(tmp_path / "b.csv", pd.read_csv(io.StringIO(text)).to_csv(index=False))
    np.testing.assert_array_equal(before.image, PLANTED.astype(np.float32))
    np.testing.assert_array_equal(after.image, before.image)
    np.testing.assert_array_equal(after.depth_m, before.depth_m)


def test_two_images_in_turns_read_the_same_after_pandas(tmp_path: Path) -> None:
    image = np.random.default_rng(1).normal(100, 20, (ROWS, 2 * SECTORS)).round(1)
    text = pd.read_csv(io.StringIO(wide(["AMP", "REF"] * SECTORS, image))).to_csv(index=False)
    for name, first in (("AMP", 0), ("REF", 1)):
        log = silently(tmp_path / "t.csv", text, image=name)
        np.testing.assert_array_equal(log.image, image[:, first::2].astype(np.float32))


@pytest.mark.parametrize(
    ("bare", "pattern", "zeroth"),
    [
        ("AMP", "AMP_{}", "AMP_0"),
        ("AMP", "AMP{}", "AMP0"),
        ("AMP", "AMP_{:02d}", "AMP_00"),
        ("AMP", "AMP({})", r"AMP\(0\)"),
        ("AMP [dB]", "AMP_{} [dB]", r"AMP_0 \[dB\]"),
    ],
)
def test_a_bare_name_before_numbered_ones_may_be_the_first_sector_and_is_asked_about(
    tmp_path: Path, bare: str, pattern: str, zeroth: str
) -> None:
    names = [bare, *numbered(pattern)]
    with pytest.raises(InputError, match=rf"could be the first sector of the image .* name it {zeroth} in the first"):
        read(tmp_path / "a.csv", wide(names))
    log = silently(tmp_path / "b.csv", wide([pattern.format(0), *names[1:]]))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


def test_so_are_curves_of_las(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"column AMP before columns AMP1 to AMP15 could be .* name it AMP0 in the first"
    ):
        read(tmp_path / "a.las", las(["AMP", *numbered("AMP{}")]))
    assert silently(tmp_path / "b.las", las(["AMP0", *numbered("AMP{}")])).image.shape == (ROWS, SECTORS)


@pytest.mark.parametrize("at", ["behind", "apart"])
def test_a_curve_named_as_the_image_elsewhere_is_left_out_with_a_word(tmp_path: Path, at: str) -> None:
    """The mean amplitude, say."""
    names = numbered("AMP_{}", last=SECTORS)
    place = SECTORS if at == "behind" else 0
    image = beside(PLANTED, place)
    names.insert(place, "AMP")
    if at == "apart":
        names.insert(1, "GR")
        image = np.insert(image, 1, 60 + np.arange(ROWS) % 7, axis=1)
    with pytest.warns(InputWarning, match="column AMP was left out of image AMP, .* taken to be AMP_1 to AMP_16"):
        log = read(tmp_path / "m.csv", wide(names, image))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))


def test_numbers_from_0_and_repeated_names_leave_no_doubt(tmp_path: Path) -> None:
    names = ["AMP", *numbered("AMP_{}", 0)]
    log = silently(tmp_path / "z.csv", wide(names, beside(PLANTED, 0)))
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.float32))
    (image,) = find_images(["AMP", *numbered("AMP#{}", 2, SECTORS)])
    assert (len(image.columns), image.bare) == (SECTORS, "")
