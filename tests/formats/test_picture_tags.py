"""What a picture's file says of its pixels beside them: which way is up, and which of them are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from geobfdt.errors import InputError, InputWarning
from tests.formats.reading import read, silently

STRIP = {"top_m": 10.0, "base_m": 10.59}
GREY = np.random.default_rng(0).integers(40, 200, (60, 72)).astype(np.uint8)
STORED = {2: GREY[:, ::-1], 3: GREY[::-1, ::-1], 4: GREY[::-1]}
"""What orientation 2, 3 and 4 show as the planted strip."""


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_a_picture_is_read_as_its_orientation_says_or_refused(tmp_path: Path, suffix: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / f"o.{suffix}"
    Image.fromarray(np.ascontiguousarray(STORED.get(orientation, GREY))).save(path, exif=exif, quality=100)
    if orientation > 4:
        with pytest.raises(InputError, match=f"EXIF orientation {orientation} it is to be turned by a quarter; save"):
            read(path, **STRIP)
        return
    if orientation == 1 and suffix != "jpg":
        np.testing.assert_array_equal(silently(path, **STRIP).image, GREY)
        return
    with pytest.warns(InputWarning, match="EXIF orientation|JPEG"):
        np.testing.assert_allclose(read(path, **STRIP).image, GREY, atol=4 if suffix == "jpg" else 0)


@pytest.mark.parametrize("depth", [8, 16])
def test_pixels_of_the_transparent_level_are_missing(tmp_path: Path, depth: int) -> None:
    grey = GREY.astype(np.uint8 if depth == 8 else np.uint16) * np.uint16(1 if depth == 8 else 200)
    grey = grey.astype(np.uint8 if depth == 8 else np.uint16)
    grey[:, ::6] = 7
    Image.fromarray(grey).save(tmp_path / "t.png", transparency=7)
    image = silently(tmp_path / "t.png", **STRIP).image
    np.testing.assert_array_equal(np.isnan(image), grey == 7)
    np.testing.assert_array_equal(image[grey != 7], grey[grey != 7])


@pytest.mark.parametrize(("nodata", "dtype"), [("0", np.uint8), ("-5", np.int16), ("7", np.uint16), ("x", np.uint8)])
def test_pixels_of_the_level_that_a_tiff_declares_for_them_are_missing(
    tmp_path: Path, nodata: str, dtype: type[np.generic]
) -> None:
    pixels = GREY.astype(dtype if dtype != np.int16 else np.int32)
    missing = nodata != "x"
    if missing:
        pixels[:, ::6] = int(nodata)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[42113] = nodata
    Image.fromarray(pixels).save(tmp_path / "n.tif", tiffinfo=tags)
    image = silently(tmp_path / "n.tif", **STRIP).image
    assert np.isnan(image).sum() == missing * 60 * 12
    np.testing.assert_array_equal(image[np.isfinite(image)], pixels[np.isfinite(image)])
