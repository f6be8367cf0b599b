"""Tiles show what the log holds, at every level, without ever needing much of it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.normalize import dynamic, static
from geobfdt.errors import InputError
from geobfdt.reviewing import tiles as tiles_module
from geobfdt.reviewing.averages import Bins, Part, averaged, halved
from geobfdt.reviewing.pyramid import Pyramid
from geobfdt.reviewing.tiles import ROWS, Tiles, palette
from tests.forked import PATIENCE_S
from tests.reviewing.wells import a_log

STEP_M = 0.005


def a_long_log(rows: int = 20_000, columns: int = 24) -> ImageLog:
    random = np.random.default_rng(1)
    image = np.sin(np.arange(rows) / 700)[:, None] + 0.3 * random.normal(size=(rows, columns))
    image[4000:4100, 3:9] = np.nan
    return ImageLog(image, 100 + STEP_M * np.arange(rows), 0.2)  # type: ignore[arg-type]


def stored(log: ImageLog, asked: list[int]) -> ImageLog:
    """The same log with its image in a file, so to say, and how many rows were read of it at once."""
    image = log.image

    def read(first: int, last: int) -> NDArray[np.float32]:
        asked.append(last - first)
        return image[first:last].copy()

    return replace(log, image=StoredImage(image.shape, read))  # type: ignore[arg-type]


def finished(tiles: Tiles) -> Tiles:
    tiles.start()
    deadline = time.monotonic() + PATIENCE_S
    while not tiles.pyramid.ready:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return tiles


def opened(png: bytes) -> NDArray[np.uint8]:
    """Levels of a picture, or its colours."""
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_tile_of_the_finest_level_is_the_rows_of_the_log() -> None:
    log = a_log()
    tiles = Tiles(log)
    assert (tiles.levels, tiles.count(0), tiles.count(1)) == (2, 2, 1)
    assert tiles.grid.step_m == pytest.approx(STEP_M)
    levels = np.concatenate([opened(tiles.tile("static", 0, index).png) for index in (0, 1)])
    wanted = static(log.image)(log.image) * 254 + 1
    assert np.abs(levels[: log.rows].astype(float) - wanted).max() <= 0.51
    assert (levels[log.rows :] == 0).all()
    followed = dynamic(log.image, 200) * 254 + 1
    shown = opened(tiles.tile("dynamic", 0, 0).png)
    assert np.abs(shown.astype(float) - followed[:ROWS]).max() <= 1.01


def test_missing_pixels_are_transparent_and_colours_those_of_the_reports() -> None:
    from matplotlib import colormaps

    picture = Image.open(io.BytesIO(Tiles(a_log()).tile("static", 0, 1).png)).convert("RGBA")
    assert picture.getpixel((0, 0))[3] == 255  # type: ignore[index]
    assert picture.getpixel((0, ROWS - 1))[3] == 0  # type: ignore[index]
    wanted = colormaps["YlOrBr_r"](np.linspace(0, 1, 255))[:, :3] * 255
    assert np.abs(palette("brown")[1:] - wanted).max() < 3
    assert palette("grey")[[1, 255]].tolist() == [[0, 0, 0], [255, 255, 255]]


@pytest.mark.parametrize("look", ["static", "dynamic"])
def test_coarse_tiles_are_the_averages_of_fine_ones(monkeypatch: pytest.MonkeyPatch, look: str) -> None:
    monkeypatch.setattr("geobfdt.reviewing.pyramid.MOST_PIXELS", 4 * ROWS * 24)
    tiles = finished(Tiles(a_long_log()))
    assert tiles.pyramid.base == 3
    for level in range(1, tiles.levels):
        fine = np.concatenate([opened(tiles.tile(look, level - 1, k).png) for k in range(tiles.count(level - 1))])
        coarse = np.concatenate([opened(tiles.tile(look, level, k).png) for k in range(tiles.count(level))])
        assert tiles.tile(look, level, 0).final
        wanted = halved(fine)
        shared = min(len(wanted), len(coarse))
        apart = np.abs(wanted[:shared].astype(int) - coarse[:shared])
        assert (apart <= 2).mean() > 0.999
        # What is missing at the edges of a gap counts a little otherwise, pair by pair or all at once.
        assert ((wanted[:shared] > 0) == (coarse[:shared] > 0)).all()


def test_until_the_averages_are_there_a_coarse_tile_is_made_of_some_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geobfdt.reviewing.pyramid.MOST_PIXELS", ROWS * 24)
    asked: list[int] = []
    tiles = Tiles(stored(a_long_log(40_000), asked))
    early = tiles.tile("static", tiles.levels - 1, 0)
    assert not early.final
    assert max(asked[-1000:]) == 1
    finished(tiles)
    late = tiles.tile("static", tiles.levels - 1, 0)
    assert late.final
    assert max(asked) <= 40_000
    one, other = opened(early.png).astype(float), opened(late.png).astype(float)
    assert np.corrcoef(one[one > 0], other[one > 0])[0, 1] > 0.8


def test_no_tile_needs_a_large_part_of_a_stored_image(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    tiles = Tiles(stored(a_long_log(60_000, 180), asked))
    tiles.tile("static", 0, 0)
    asked.clear()
    for level in range(tiles.levels):
        tiles.tile("dynamic", level, 0)
    assert max(asked) * 180 < 2_000_000
    finished(tiles)
    assert max(asked) * 180 < 2_000_000


def test_colours_are_shown_as_they_are() -> None:
    colours = np.random.default_rng(2).integers(0, 256, (800, 36, 3)).astype(np.uint8)
    log = replace(a_log(), colours=colours)
    log.image[5, 7] = np.nan
    tiles = Tiles(log)
    assert tiles.looks.names == ("colour", "static", "dynamic")
    shown = opened(tiles.tile("colour", 0, 0).png)
    assert shown.shape == (ROWS, 36, 4)
    assert shown[5, 7, 3] == 0
    there = shown[..., 3] > 0
    assert there.sum() == ROWS * 36 - 1
    assert (shown[..., :3][there] == colours[:ROWS][there]).all()
    coarse = opened(finished(tiles).tile("colour", 1, 0).png)
    assert np.abs(coarse[10, 3, :3] - colours[20:22, 3].mean(axis=0)).max() <= 1


def test_jitter_leaves_no_blank_lines_and_a_gap_does() -> None:
    random = np.random.default_rng(3)
    depth_m = 100 + 0.01 * np.arange(1000) + random.uniform(-0.006, 0.006, 1000)
    depth_m = np.sort(np.delete(depth_m, slice(400, 450)))
    part = Part(depth_m, np.ones((len(depth_m), 4), np.float32))
    levels = averaged(part, Bins(99.995, 0.01, 1000), 0.01)
    blank = np.flatnonzero((levels == 0).all(axis=1))
    assert set(blank) <= set(range(398, 452))
    assert len(blank) >= 44


def test_a_picture_is_kept_as_long_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    tiles = Tiles(a_log())
    first = tiles.tile("static", 0, 0)
    assert tiles.tile("static", 0, 0) is first
    monkeypatch.setattr(tiles_module, "CACHE_BYTES", len(first.png) + 10)
    tiles.tile("static", 0, 1)
    assert tiles.tile("static", 0, 0) is not first


@pytest.mark.parametrize(
    ("ask", "why"),
    [
        (lambda t: t.tile("colour", 0, 0), "no look 'colour'; there are static, dynamic"),
        (lambda t: t.tile("static", 2, 0), "no tile 0 of level 2"),
        (lambda t: t.tile("static", 0, 2), "no tile 2 of level 0"),
        (lambda t: t.tile("static", 0, 0, "red"), "no colour map 'red'"),
    ],
)
def test_a_tile_that_there_is_not_is_refused(ask: Callable[[Tiles], object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        ask(Tiles(a_log()))


def test_averages_are_given_up_at_the_end() -> None:
    tiles = Tiles(a_long_log())
    tiles.close()
    assert isinstance(tiles.pyramid, Pyramid)
    tiles.start()
    tiles.close()


@pytest.mark.parametrize(
    "depth_m",
    [
        np.array([100.0, 100.01]),
        np.concatenate([100 + 0.01 * np.arange(50), 900 + 0.01 * np.arange(50)]),
        np.concatenate([100 + 0.01 * np.arange(50), 101 + 0.05 * np.arange(50)]),
    ],
)
def test_odd_logs_have_tiles_of_every_level(depth_m: NDArray[np.float64]) -> None:
    image = np.random.default_rng(4).lognormal(sigma=3, size=(len(depth_m), 16))
    image[1::3] = np.nan
    tiles = finished(Tiles(ImageLog(image, depth_m, 0.2)))  # type: ignore[arg-type]
    for level in range(tiles.levels):
        for look in tiles.looks.names:
            shown = [opened(tiles.tile(look, level, k).png) for k in {0, tiles.count(level) - 1}]
            assert all(one.shape == (ROWS, 16) and one.any() for one in shown)
