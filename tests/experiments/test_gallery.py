"""The gallery: planted misses and false picks get the cause that they were planted with, and are counted and shown."""

from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.eval import TOLERANCE_M, match
from geobfdt.experiments.bench.accuracy import draw_wells
from geobfdt.experiments.bench.gallery import (
    CROPS,
    FALSE_PICKS,
    MISSES,
    Exhibit,
    Gallery,
    causes_of_false_picks,
    causes_of_misses,
    spread,
    write_gallery,
)
from geobfdt.experiments.bench.tables import by_cause

HOLE_M = 0.2
DEPTHS_M = 100 + 0.005 * np.arange(800)
PLANE = (102.0, 30.0, 90.0)
"""Depth in metres, dip and azimuth in degrees of what is missed or picked, unless a test says otherwise."""
BESIDE = (102.02, 30.0, 90.0)
TURNED = (102.02, 30.0, 270.0)
DISPLACED = (102.15, 32.0, 90.0)
STEEP = (102.0, 75.0, 90.0)
AT_THE_END = (100.02, 30.0, 90.0)


def planes(*rows, confidence=1.0):
    depth_m, dip_deg, azimuth_deg = np.reshape(rows, (-1, 3)).T
    return Picks(depth_m, dip_deg, azimuth_deg, "fracture", confidence)


def blank(truth, columns=90, hidden=0.0, first_azimuth_deg=0.0):
    """A well without a feature in it, a share of its columns hidden."""
    image = np.ones((len(DEPTHS_M), columns))
    image[:, : round(hidden * columns)] = np.nan
    log = ImageLog(image, DEPTHS_M, HOLE_M, "north", first_azimuth_deg, "optical_televiewer mixed 0")
    return Well(log, truth)


def only(causes):
    """The single cause of the single entry, whose index must be 0."""
    ((index, cause),) = causes
    assert index == 0
    return cause


@pytest.mark.parametrize(
    ("cause", "truth", "found", "faint", "image"),
    [
        ("turned", [PLANE], [TURNED], [], {}),
        ("displaced", [PLANE], [DISPLACED], [], {}),
        ("doubted", [PLANE], [], [BESIDE], {}),
        ("partly shown", [PLANE], [], [], {"hidden": 0.35}),
        ("at the end", [AT_THE_END], [], [], {}),
        ("steep", [STEEP], [], [], {}),
        ("coarse tool", [PLANE], [], [], {"columns": 16}),
        ("overlooked", [PLANE], [], [], {}),
        # Several causes at once: the order of the mapping decides.
        ("turned", [PLANE], [TURNED, DISPLACED], [BESIDE], {"hidden": 0.35}),
        ("displaced", [STEEP], [(102.1, 75.0, 90.0)], [STEEP], {"columns": 16}),
        ("doubted", [STEEP], [], [STEEP], {"hidden": 0.35}),
        ("at the end", [AT_THE_END], [], [], {"columns": 16}),
        # Just not enough of it.
        ("overlooked", [PLANE], [(102.3, 30.0, 90.0)], [TURNED], {"hidden": 0.25}),
        ("overlooked", [PLANE], [(102.15, 30.0, 270.0)], [], {"columns": 17}),
    ],
)
def test_a_planted_miss_gets_its_cause(cause, truth, found, faint, image):
    well, found = blank(planes(*truth), **image), planes(*found, confidence=0.9)
    assert only(causes_of_misses(well, found, Picks.concatenate([found, planes(*faint, confidence=0.2)]))) == cause


def test_of_two_planes_on_top_of_each_other_the_one_not_picked_was_crowded_out():
    crowd = planes((102.0, 30.0, 90.0), (102.03, 30.0, 90.0))
    found = crowd[1:]
    assert only(causes_of_misses(blank(crowd), found, found)) == "crowded"
    apart = planes((102.0, 30.0, 90.0), (102.04, 30.0, 90.0))
    assert only(causes_of_misses(blank(apart), apart[1:], apart[1:])) == "overlooked"


def test_a_pick_that_has_a_plane_of_its_own_is_not_another_one_turned():
    cross = planes(PLANE, (102.05, 30.0, 270.0))
    found = cross[1:]
    assert only(causes_of_misses(blank(cross), found, found)) == "overlooked"
    assert causes_of_false_picks(blank(cross), found) == []


def test_a_faint_pick_explains_no_more_than_one_miss():
    pair = planes((102.0, 30.0, 90.0), (102.05, 30.0, 90.0))
    causes = causes_of_misses(blank(pair), planes(), planes((102.01, 30.0, 90.0), confidence=0.2))
    assert causes == [(0, "doubted"), (1, "overlooked")]


@pytest.mark.parametrize(
    ("cause", "truth", "found", "image"),
    [
        ("turned", [PLANE], [TURNED], {}),
        ("displaced", [PLANE], [DISPLACED], {}),
        ("barren rock", [], [PLANE], {}),
        ("at the end", [(103.0, 30.0, 90.0)], [AT_THE_END], {"hidden": 0.35}),
        ("few pixels", [(103.0, 30.0, 90.0)], [PLANE], {"hidden": 0.35}),
        ("invented", [(103.0, 30.0, 90.0)], [PLANE], {}),
        ("turned", [AT_THE_END], [(100.02, 30.0, 270.0)], {"hidden": 0.35}),
        ("barren rock", [], [AT_THE_END], {"hidden": 0.35}),
    ],
)
def test_a_planted_false_pick_gets_its_cause(cause, truth, found, image):
    assert only(causes_of_false_picks(blank(planes(*truth), **image), planes(*found))) == cause


def test_of_two_picks_of_one_plane_the_further_one_is_there_twice():
    found = planes(PLANE, BESIDE)
    assert causes_of_false_picks(blank(planes(PLANE)), found) == [(1, "twice")]
    turned = planes(PLANE, TURNED)
    assert causes_of_false_picks(blank(planes(PLANE)), turned) == [(1, "invented")]


def test_traces_are_followed_in_the_frame_of_the_image():
    well = blank(planes((102.0, 60.0, 80.0)), first_azimuth_deg=120.0)
    trace_m = trace_depths_m(102.0, 60.0, 80.0, HOLE_M, well.log.column_azimuths_deg)
    image = np.where(np.abs(DEPTHS_M[:, None] - trace_m) < 0.02, 1.0, np.nan)
    well = replace(well, log=replace(well.log, image=image))
    assert only(causes_of_misses(well, Picks(), Picks())) == "overlooked"
    mirrored = replace(well, picks=planes((102.0, 60.0, 260.0)))
    assert only(causes_of_misses(mirrored, Picks(), Picks())) == "partly shown"


@pytest.fixture(scope="module")
def wells():
    return list(draw_wells(2.0, 5, ("optical_televiewer", "lwd_16_sectors"), ("mixed", "gaps", "barren")))


@pytest.fixture(scope="module")
def faint(wells):
    """Of every well truth that is half right, and as many planes drawn by lot."""
    rng = np.random.default_rng(3)
    tables = []
    for well in wells:
        n = len(well.picks) + 3
        lots = Picks(
            rng.uniform(well.log.top_m, well.log.base_m, n), rng.uniform(0, 80, n), rng.uniform(0, 360, n), "bedding"
        )
        picks = Picks.concatenate([well.picks, lots])
        tables.append(replace(picks, confidence=rng.uniform(0.1, 1.0, len(picks)), well=well.log.well))
    return tables


def test_the_causes_add_up_to_all_misses_and_all_false_picks(wells, faint):
    found = [picks.at_least(0.5) for picks in faint]
    gallery = Gallery.of(wells, found, faint)
    hits = [
        len(match(well.picks, picks, "joint", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m))
        for well, picks in zip(wells, found, strict=True)
    ]
    counts = gallery.counts()
    assert (list(counts["misses"]), list(counts["false_picks"])) == (list(MISSES), list(FALSE_PICKS))
    assert sum(counts["misses"].values()) == sum(len(well.picks) for well in wells) - sum(hits) > 0
    assert sum(counts["false_picks"].values()) == sum(map(len, found)) - sum(hits) > 0
    assert counts["misses"]["doubted"] > 0
    assert counts["false_picks"]["barren rock"] == len(found[2]) + len(found[5])


def test_the_table_ranks_causes_and_explains_them():
    rows = by_cause("misses", {"turned": 1, "steep": 3}, MISSES).splitlines()[2:]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells == [["steep", "3", "0.75", MISSES["steep"]], ["turned", "1", "0.25", MISSES["turned"]]]
    assert "| -" in by_cause("misses", {"turned": 0}, MISSES).replace("  ", "")


def test_crops_are_spread_over_tools_and_wells(wells):
    crowd = [Exhibit(0, row, "steep") for row in range(50)]
    few = [Exhibit(number, row, "steep") for number in (1, 3, 4) for row in range(2)]
    chosen = spread(crowd + few, wells)
    assert len(set(chosen)) == CROPS
    numbers = [exhibit.well for exhibit in chosen]
    assert {0, 1, 3, 4} == set(numbers)
    assert sum(number < 3 for number in numbers) == 3  # of the first tool
    assert chosen == spread(crowd + few, wells)
    assert spread(few[:1], wells) == few[:1]


def test_both_sides_of_the_gallery_are_shown(wells, faint, tmp_path):
    found = [picks.at_least(0.8) for picks in faint[:2]]
    paths = write_gallery(tmp_path, Gallery.of(wells[:2], found, faint[:2]), wells[:2], found)
    assert [path.name for path in paths] == ["misses.png", "false_picks.png"]
    assert all(path.stat().st_size > 10_000 for path in paths)


def test_a_detector_without_fault_leaves_empty_walls(wells, tmp_path):
    found = [well.picks for well in wells[:2]]
    gallery = Gallery.of(wells[:2], found, found)
    assert gallery == Gallery((), ())
    assert all(path.is_file() for path in write_gallery(tmp_path, gallery, wells[:2], found))


def test_a_pick_where_the_image_is_lost_is_shown_all_the_same(tmp_path):
    well = blank(planes())
    well.log.image[200:600] = np.nan
    found = [planes(PLANE)]
    gallery = Gallery.of([well], found, found)
    assert gallery.counts()["false_picks"]["barren rock"] == 1
    write_gallery(tmp_path, gallery, [well], found)
