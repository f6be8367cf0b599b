"""Pictures are read as their pixels, grey or coloured, with the depths that they are given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats import raster
from geobfdt.formats.corpus import read_corpus, write_corpus
from tests.formats.reading import read, silently
from tests.formats.test_images import DEPTHS, PLANTED


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
def test_a_grey_strip_reads_as_its_pixels(tmp_path: Path, suffix: str) -> None:
    Image.fromarray(PLANTED.astype(np.uint8)).save(tmp_path / f"strip{suffix}")
    log = read(tmp_path / f"strip{suffix}", top_m=100.0, base_m=102.0)
    np.testing.assert_array_equal(log.image, PLANTED.astype(np.uint8))
    np.testing.assert_allclose(log.depth_m, DEPTHS)


def test_sixteen_bits_colour_and_transparency(tmp_path: Path) -> None:
    Image.fromarray((PLANTED * 1000).astype(np.uint16)).save(tmp_path / "deep.tif")
    log = read(tmp_path / "deep.tif", top_m=0.0, base_m=1.0)
    np.testing.assert_array_equal(log.image, (PLANTED * 1000).astype(np.uint16))
    rgba = np.full((2, 4, 4), 255, np.uint8)
    rgba[0, 0] = (255, 0, 0, 255)
    rgba[1, 1, 3] = 0
    Image.fromarray(rgba).save(tmp_path / "colour.png")
    log = read(tmp_path / "colour.png", top_m=0.0, base_m=1.0, image="luminance")
    assert log.image[0, 0] == pytest.approx(255 * 0.299, abs=0.01)
    assert np.isnan(log.image[1, 1])
    assert log.image[1, 2] == pytest.approx(255, abs=0.01)


def test_of_a_coloured_strip_the_principal_component_is_taken_and_the_colours_kept(tmp_path: Path) -> None:
    """Red veins in green rock of their brightness show in no luminance; a user may ask for any channel."""
    planted = np.random.default_rng(0).integers(0, 100, (50, 36))
    colours = np.stack([60 + planted, 200 - planted, np.full((50, 36), 90)], axis=-1).astype(np.uint8)
    colours[3, 5] = colours[4, 6] = 255
    Image.fromarray(colours).save(tmp_path / "rock.png")
    with pytest.warns(InputWarning, match=r"principal component was taken, (\+0\.5. red -0\.5.|-0\.5. red \+0\.5.) gr"):
        log = read(tmp_path / "rock.png", top_m=0.0, base_m=1.0)
    assert log.name == "principal"
    assert log.colours is not None
    np.testing.assert_array_equal(log.colours, colours)
    np.testing.assert_array_equal(log.slice(0.5, 0.7).colours, colours[25:35])
    veins = planted < 250
    veins[3, 5] = veins[4, 6] = False
    assert abs(np.corrcoef(log.image[veins], planted[veins])[0, 1]) > 0.999
    for k, name in enumerate(("red", "green", "blue")):
        np.testing.assert_array_equal(
            read(tmp_path / "rock.png", top_m=0.0, base_m=1.0, image=name).image, colours[..., k]
        )
    luminance = read(tmp_path / "rock.png", top_m=0.0, base_m=1.0, image="luminance").image
    assert luminance[3, 5] == 255
    with pytest.raises(InputError, match="has the channels principal, luminance, red, green, blue"):
        read(tmp_path / "rock.png", top_m=0.0, base_m=1.0, image="IMG")


def test_the_principal_component_of_brightness_is_bright_where_the_rock_is(tmp_path: Path) -> None:
    """Its weights add up to 1, so that white stays 255, and black 0 for --null 0."""
    bright = np.random.default_rng(0).integers(20, 230, (300, 36))
    colours = np.stack([bright, 0.8 * bright, 0.6 * bright], axis=-1).astype(np.uint8)
    colours[:20], colours[20:40] = 0, 255
    Image.fromarray(colours).save(tmp_path / "otv.tif")
    with pytest.warns(InputWarning, match="principal component"):
        log = read(tmp_path / "otv.tif", top_m=0.0, base_m=1.0, nulls=(0,))
    assert np.isnan(log.image[:20]).all()
    assert (log.image[20:40] == 255).all()
    assert np.corrcoef(log.image[40:].ravel(), bright[40:].ravel())[0, 1] > 0.999


def test_grey_stored_as_colour_is_grey(tmp_path: Path) -> None:
    grey = PLANTED.astype(np.uint8)
    Image.fromarray(np.stack([grey] * 3, axis=-1)).save(tmp_path / "grey.png")
    log = silently(tmp_path / "grey.png", top_m=0.0, base_m=1.0)
    assert log.colours is None
    np.testing.assert_array_equal(log.image, grey)


@pytest.mark.parametrize("small_bytes", [0, 1e9])
def test_colours_survive_a_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_bytes: float) -> None:
    colours = np.random.default_rng(0).integers(0, 255, (600, 24, 3)).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "rock.png")
    log = read(tmp_path / "rock.png", top_m=0.0, base_m=3.0, image="red")
    write_corpus(tmp_path / "c.h5", [Well(log)])
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", small_bytes)
    (well,) = read_corpus(tmp_path / "c.h5")
    assert isinstance(well.log.colours, StoredImage if small_bytes == 0 else np.ndarray)
    np.testing.assert_array_equal(np.asarray(well.log.colours), colours)
    np.testing.assert_array_equal(np.asarray(well.log.slice(1.0, 2.0).colours), colours[200:400])


def test_what_is_no_strip_is_not_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "MOST_PIXELS", 1_000_000)
    Image.new("1", (5000, 40)).save(tmp_path / "wide.png")
    Image.new("1", (1000, 1001)).save(tmp_path / "bomb.png")
    for name, size in (("wide", "5000 x 40"), ("bomb", "1000 x 1001")):
        with pytest.raises(InputError, match=f"has {size} pixels"):
            read(tmp_path / f"{name}.png", top_m=0.0, base_m=1.0)


def test_pictures_need_depths_and_must_be_whole(tmp_path: Path) -> None:
    path = tmp_path / "strip.png"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 90), np.uint8)).save(path)
    with pytest.raises(InputError, match="--top and --bottom"):
        read(path)
    with pytest.raises(InputError, match="must lie above"):
        read(path, top_m=2.0, base_m=1.0)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InputError, match="not a whole picture"):
        read(path, top_m=1.0, base_m=2.0)
    np.save(tmp_path / "cube.npy", np.zeros((2, 4, 3)))
    with pytest.raises(InputError, match="save a 2-D array"):
        read(tmp_path / "cube.npy", top_m=1.0, base_m=2.0)
