"""A log cut into windows: nothing moves, nothing is lost, and every depth has one owner."""

import threading
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.windows.cut import TARGET_RADII, cut, share_shown
from geobfdt.windows.grid import (
    COLUMNS,
    HALF,
    HEIGHT_RADII,
    ROW_STEP_RADII,
    ROWS,
    Grid,
    gridded,
    gridded_channels,
    gridded_stretches,
)
from geobfdt.windows.repeats import merge_repeats
from geobfdt.windows.resampling import around_the_hole


def log_with_plane(diameter_m, columns, row_step_m, length_m=4.0, depth_m=101.7, a=0.9, b=-0.5, first_azimuth_deg=0.0):
    """A dark plane (z0, a, b in radii around ``depth_m``) in bright rock."""
    depths = 100 + np.arange(round(length_m / row_step_m)) * row_step_m
    theta = np.radians((np.arange(columns) + 0.5) * 360 / columns + first_azimuth_deg)
    trace = depth_m + diameter_m / 2 * (a * np.cos(theta) + b * np.sin(theta))
    width = max(1.5 * row_step_m, ROW_STEP_RADII * diameter_m / 2)
    image = 1 - np.exp(-0.5 * ((depths[:, None] - trace) / width) ** 2)
    return ImageLog(image, depths, diameter_m, first_azimuth_deg=first_azimuth_deg)


@pytest.mark.parametrize(
    ("diameter_m", "columns", "row_step_m"),
    [(0.2159, 360, 0.00254), (0.2159, 56, 0.00762), (0.096, 144, 0.002), (0.311, 192, 0.0025), (0.2159, 16, 0.03)],
)
def test_a_plane_has_the_same_shape_in_every_hole_and_tool(diameter_m, columns, row_step_m):
    log = log_with_plane(diameter_m, columns, row_step_m)
    for part in cut(log):
        for window, centre_m, turn_deg in zip(part.windows, part.centre_m, part.turn_deg, strict=True):
            theta = (np.arange(COLUMNS) + 0.5) * 2 * np.pi / COLUMNS + np.radians(turn_deg)
            z0 = (101.7 - centre_m) / log.radius_m
            if abs(z0) > HEIGHT_RADII / 4:
                continue
            row = (z0 + 0.9 * np.cos(theta) - 0.5 * np.sin(theta)) / ROW_STEP_RADII + (ROWS - 1) / 2
            darkness = np.where(window[1] > 0, 1 - window[0], 0) ** 2
            found = (darkness * np.arange(ROWS)[:, None]).sum(0) / darkness.sum(0)
            # A coarse sector averages a sloping trace: half a millimetre of row for fine tools, more for 16 sectors.
            assert np.abs(found - row).max() < (0.25 if columns >= 56 else 1.5)
            return
    pytest.fail("no window owns the plane")


@pytest.mark.parametrize("length_m", [0.4, 1.5, 2.0, 7.3])
def test_every_depth_of_a_log_is_owned_by_exactly_one_window_which_shows_it(length_m):
    log = log_with_plane(0.2159, 90, 0.005, length_m=length_m)
    depths = np.linspace(log.top_m, log.base_m, 999)
    owners = np.zeros(len(depths), int)
    for part in cut(log, at_once=3):
        owns = np.stack([part.owns(np.full(len(depths), k), depths) for k in range(len(part.centre_m))])
        owners += owns.sum(0)
        reach_m = HEIGHT_RADII / 4 * log.radius_m
        for centre, depths_owned in zip(part.centre_m, owns, strict=True):
            assert (np.abs(depths[depths_owned] - centre) <= reach_m + 1e-9).all()
            assert reach_m < TARGET_RADII * log.radius_m
    assert (owners == 1).all()


@pytest.mark.parametrize("length_m", [0.3, 2.0, 3.33, 7.3])
def test_windows_lie_at_depths_of_their_own_and_beyond_the_log_nothing_is_valid(length_m):
    log = log_with_plane(0.2159, 180, 0.0025, length_m=length_m)
    parts = list(cut(log))
    centre_m = np.concatenate([part.centre_m for part in parts])
    valid = np.concatenate([part.windows[:, 1] for part in parts])
    step_m = ROW_STEP_RADII * log.radius_m
    assert np.diff(centre_m) == pytest.approx(HEIGHT_RADII / 2 * log.radius_m)
    assert (centre_m / (HALF * step_m) % 1) == pytest.approx(0.5)  # wherever the log begins
    owned_m = np.concatenate([part.owned_m for part in parts])
    assert owned_m[0, 1] > log.top_m - log.row_step_m
    assert owned_m[-1, 0] < log.base_m + log.row_step_m
    rows_m = centre_m[:, None] + (np.arange(ROWS) + 0.5 - ROWS / 2) * step_m
    beyond = (rows_m < log.top_m - step_m) | (rows_m > log.base_m + step_m)
    within = (rows_m > log.top_m + step_m) & (rows_m < log.base_m - step_m)
    assert not valid[beyond].any()
    assert valid[within].all()


@pytest.mark.parametrize("form", ["window", "dynamic"])
@given(top=st.integers(0, 900), base=st.integers(2600, 3600))
@settings(max_examples=15, deadline=None)
def test_a_part_of_a_log_has_the_windows_of_the_whole(form, top, base):
    log = noise(3600)
    part = replace(log, image=log.image[top:base], depth_m=log.depth_m[top:base])
    of_all, of_part = (
        {round(centre, 6): (window, turn) for p in cut(one, 3, form) for centre, window, turn in each(p)}
        for one in (log, part)
    )
    reach_m = HEIGHT_RADII * log.radius_m * (1.0 if form == "dynamic" else 0.5) + 3 * log.row_step_m
    inside = [z for z in of_part if part.top_m + reach_m < z < part.base_m - reach_m]
    assert inside
    for centre in inside:
        np.testing.assert_array_equal(of_part[centre][0][1], of_all[centre][0][1])
        np.testing.assert_allclose(of_part[centre][0][0], of_all[centre][0][0], atol=1e-5)
        assert of_part[centre][1] == of_all[centre][1]


def noise(rows):
    """A log of noise, brighter towards an azimuth that turns with depth, with a hole where nothing was seen."""
    rng, depth_m = np.random.default_rng(1), 250 + np.arange(rows) * 0.0025
    theta = np.radians((np.arange(120) + 0.5) * 3)
    image = rng.normal(size=(rows, 120)) + np.cos(theta - depth_m[:, None])
    image[700:760, 20:50] = np.nan
    return ImageLog(image.astype(np.float32), depth_m, 0.15)


def each(part):
    return zip(part.centre_m, part.windows, part.turn_deg, strict=True)


@pytest.mark.parametrize("columns", [16, 56, 180, 360])
def test_an_image_turned_by_columns_has_the_same_windows(columns):
    log = log_with_plane(0.2159, columns, 0.005)
    log = ImageLog(10 ** (2 * log.image), log.depth_m, log.hole_diameter_m)  # resistivities, over two decades
    straight = next(cut(log))
    for turn in (1, columns // 3, columns - 1):
        turned = next(cut(ImageLog(np.roll(log.image, turn, axis=1), log.depth_m, log.hole_diameter_m)))
        np.testing.assert_array_equal(turned.windows, straight.windows)
        further = (turned.turn_deg - straight.turn_deg) % 360
        bright = straight.windows[:, 0].max()
        some = np.where(straight.windows[:, 1] > 0, straight.windows[:, 0], bright).min(axis=(1, 2)) < bright / 2
        assert some.sum() > 1
        assert further[some] == pytest.approx(turn * 360 / columns)


def test_windows_that_are_joined_are_opened_at_one_column():
    log = noise(2400)
    assert len({turn for part in cut(log) for turn in part.turn_deg}) > 3
    joined = list(cut(log, 3, turn=7))
    assert {turn for part in joined for turn in part.turn_deg} == {21.0}
    image, _, top_m = gridded(replace(log, image=np.roll(log.image, -7, axis=1)))
    first = round((joined[0].centre_m[0] - top_m) / (ROW_STEP_RADII * log.radius_m)) - HALF
    np.testing.assert_allclose(joined[0].windows[0, 0], image[first : first + ROWS], atol=1e-5)


def test_windows_do_not_depend_on_how_many_are_cut_at_once():
    log = log_with_plane(0.2159, 90, 0.005, length_m=9)
    together = np.concatenate([part.windows for part in cut(log, at_once=100)])
    singly = np.concatenate([part.windows for part in cut(log, at_once=1)])
    np.testing.assert_allclose(together, singly, atol=1e-5)


def rough(log):
    """The log with a texture: what is flat has no scale."""
    return replace(log, image=log.image + 0.2 * np.random.default_rng(0).normal(size=log.image.shape))


@pytest.mark.parametrize("form", ["window", "both"])
def test_threads_cut_the_same_windows_in_the_same_order(form):
    log = log_with_plane(0.2159, 90, 0.005, length_m=9)
    read = []

    def rows(first, last):
        read.append((first, threading.current_thread().name))
        return log.image[first:last]

    stored = replace(log, image=StoredImage(log.image.shape, rows))
    alone, ahead = list(cut(log, 2, form)), list(cut(stored, 2, form, threads=3))
    assert len(alone) == len(ahead) > 3
    for one, other in zip(alone, ahead, strict=True):
        assert (one.first, one.stretch) == (other.first, other.stretch)
        np.testing.assert_array_equal(one.windows, other.windows)
        np.testing.assert_array_equal(one.owned_m, other.owned_m)
    assert {thread for _, thread in read} == {"MainThread"}, "what was read may decide how the next is read"


def test_what_goes_wrong_in_a_thread_is_told(monkeypatch):
    monkeypatch.setattr("geobfdt.windows.grid.around_the_hole", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(cut(log_with_plane(0.2159, 90, 0.005, length_m=9), 2, threads=2))


@pytest.mark.parametrize("form", ["static", "dynamic", "both"])
def test_scaled_windows_are_the_same_however_many_are_cut_at_once(form):
    log = rough(log_with_plane(0.2159, 90, 0.005, length_m=9))
    together = np.concatenate([part.windows for part in cut(log, 100, form)])
    singly = np.concatenate([part.windows for part in cut(log, 1, form)])
    np.testing.assert_allclose(together, singly, atol=1e-5)
    assert together[:, 0].min() >= 0
    assert together[:, 0].max() <= 1
    np.testing.assert_array_equal(together[:, 1], np.concatenate([part.windows for part in cut(log)])[:, 1])


def test_both_is_the_static_image_and_then_the_dynamic_one():
    log = rough(log_with_plane(0.2159, 90, 0.005, length_m=9))
    static, dynamic, both = (gridded_channels(log, form)[0] for form in ("static", "dynamic", "both"))
    np.testing.assert_array_equal(both, [*static, dynamic[0]])


def test_a_static_scale_keeps_a_faint_bed_faint_and_a_dynamic_one_does_not():
    rng = np.random.default_rng(0)
    strength = np.where(np.arange(4000) < 2000, 1.0, 0.1)[:, None]
    log = ImageLog((strength * rng.normal(size=(4000, 90))).astype(np.float32), np.arange(4000) * 0.0038, 0.2159)
    spread = {}
    for form in ("static", "dynamic"):
        image, valid = gridded_channels(log, form)[0]
        upper, lower = np.array_split(np.flatnonzero(valid.any(1)), 2)
        spread[form] = image[upper[100:-400]].std() / image[lower[400:-100]].std()
    assert spread["static"] > 5
    assert spread["dynamic"] == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("length_m", [0.5, 5.0])
def test_the_whole_grid_is_what_the_windows_show(length_m):
    log = log_with_plane(0.2159, 90, 0.005, length_m=length_m)
    image, valid, top_m = gridded(log)
    step_m = ROW_STEP_RADII * log.radius_m
    for part in cut(log):
        for centre_m, window, turn_deg in each(part):
            first = round((centre_m - top_m) / step_m) - ROWS // 2
            shown, seen = (np.roll(part_of, round(turn_deg / 2), axis=1) for part_of in window)
            np.testing.assert_allclose(image[first : first + ROWS], shown, atol=1e-5)
            np.testing.assert_array_equal(valid[first : first + ROWS], seen)


def test_what_is_missing_stays_missing_and_beyond_the_log_is_nothing():
    log = log_with_plane(0.2159, 180, 0.00254)
    image = log.image.copy()
    image[:, 40:80] = np.nan  # a pad gap
    image[300:350] = np.nan  # null rows, from 0.762 to 0.889 m below the top
    holed = ImageLog(image, log.depth_m, log.hole_diameter_m)
    part = next(cut(holed))
    first = np.roll(part.windows[0], round(part.turn_deg[0] / 2), axis=2)
    assert (first[1][:, 41:79] == 0).all()
    assert (first[0][first[1] == 0] == 0).all()
    step_m = ROW_STEP_RADII * log.radius_m
    below_top_m = part.centre_m[0] - log.top_m + (np.arange(ROWS) + 0.5 - ROWS / 2) * step_m
    null = (below_top_m > 0.762 + step_m) & (below_top_m < 0.889 - step_m)
    assert null.any()
    assert (first[1][null] == 0).all()
    assert first[1][(below_top_m > step_m) & (below_top_m < 0.762 - step_m), :39].all()


@pytest.mark.parametrize("row_step_m", [0.0005, 0.001, 0.0025])
def test_a_trace_one_row_thin_is_not_lost_on_a_coarser_grid(row_step_m):
    """Averaging keeps of it what its width is of a grid row, at any phase; picking rows would lose it at most."""
    rows = round(1.5 / row_step_m)
    for trace in rows // 2 + np.arange(12):
        image = np.zeros((rows, 360), np.float32)
        image[trace] = -1.0
        log = ImageLog(image, 100 + np.arange(rows) * row_step_m, 0.2159)
        grid_step_m = ROW_STEP_RADII * log.radius_m
        seen, _, _ = gridded(log)
        kept = -seen.min(axis=0)
        assert (kept >= 0.45 * min(1.0, row_step_m / grid_step_m)).all()
        assert -seen.sum(axis=0) == pytest.approx(row_step_m / grid_step_m, rel=0.02)


def test_a_trace_is_shown_where_pixels_are_valid():
    log = log_with_plane(0.2159, 180, 0.005)
    image = log.image.copy()
    image[:, :90] = np.nan
    part = next(cut(ImageLog(image, log.depth_m, log.hole_diameter_m)))
    flat, beyond, steep = [0.0, 0.0, 0.0], [HEIGHT_RADII, 0.0, 0.0], [0.0, 30.0, 0.0]
    shown = share_shown(part.windows[:, 1], np.zeros(3, int), np.array([flat, beyond, steep]))
    np.testing.assert_allclose(shown[:2], [0.5, 0.0], atol=0.01)
    assert 0 < shown[2] < 0.2


def test_a_hole_in_the_depths_is_not_bridged():
    log = log_with_plane(0.2159, 60, 0.005)
    keep = (log.depth_m < 101.0) | (log.depth_m > 101.3)
    broken = ImageLog(log.image[keep], log.depth_m[keep], log.hole_diameter_m)
    _, valid, top_m = gridded(broken)
    row_m = top_m + (np.arange(len(valid)) + 0.5) * ROW_STEP_RADII * log.radius_m
    assert not valid[(row_m > 101.02) & (row_m < 101.28)].any()
    assert valid[(row_m > 100.02) & (row_m < 100.95)].all()


def parted(gap_m, upper_m=5.0, lower_m=5.0, row_step_m=0.005):
    """A log of two stretches of noise with a gap between, and the rows of both."""
    count = round(upper_m / row_step_m), round(lower_m / row_step_m)
    depth_m = 100 + np.arange(sum(count)) * row_step_m + np.repeat([0.0, gap_m], count)
    image = np.random.default_rng(0).normal(size=(sum(count), 90))
    return ImageLog(image, depth_m, 0.2159)


@pytest.mark.parametrize("form", ["window", "both"])
@pytest.mark.parametrize("gap_m", [0.3, 2.0, 4.7, 100.0])
def test_windows_beside_a_gap_are_those_that_were_cut_if_all_were(gap_m, form):
    log = parted(gap_m)
    step_m = ROW_STEP_RADII * log.radius_m
    ends_m = np.array([log.top_m - log.row_step_m / 2, log.base_m + log.row_step_m / 2])
    first, last = np.floor(ends_m / (HALF * step_m)).astype(int)
    starts = np.arange(first, last + 1) * HALF - HALF // 2
    centre_m = (starts + HALF) * step_m
    edges_m = np.concatenate([[-np.inf], (centre_m[1:] + centre_m[:-1]) / 2, [np.inf]])
    parts = list(cut(log, 3, form))
    grid = Grid.of(log, form)
    some = {part.first + k: (part, k) for part in parts for k in range(len(part.windows))}
    for index, start in enumerate(starts):
        assert grid.rows(start, start + ROWS)[1].any() == (index in some)
        if index in some:
            part, k = some[index]
            window = grid.rows(start, start + ROWS, round(part.turn_deg[k] / 360 * log.columns))
            np.testing.assert_allclose(part.windows[k], window, atol=0 if form == "window" else 1e-5)
            np.testing.assert_array_equal(part.centre_m[k], centre_m[index])
            np.testing.assert_array_equal(part.owned_m[k], edges_m[index : index + 2])


@pytest.mark.parametrize("gap_m", [100.0, 10_000.0, 49_000.0])
def test_a_gap_costs_no_window_and_no_picks_owner(gap_m):
    log = parted(gap_m)
    parts = list(cut(log, at_once=4))
    assert sum(len(part.windows) for part in parts) == pytest.approx(2 * 5 / (HEIGHT_RADII / 2 * log.radius_m), abs=5)
    assert all(window[1].any() for part in parts for window in part.windows)
    assert [part.stretch for part in parts] == sorted(part.stretch for part in parts)
    assert {part.stretch for part in parts} == {0, 1}
    owners = sum(
        part.owns(np.full(log.rows, k), log.depth_m).astype(int) for part in parts for k in range(len(part.windows))
    )
    assert (owners == 1).all()
    last, first = [p for p in parts if p.stretch == 0][-1], next(p for p in parts if p.stretch == 1)
    assert first.first - (last.first + len(last.windows) - 1) > 1


def test_the_grid_of_a_stretch_is_that_of_the_whole():
    log = parted(30.0)
    whole, _ = gridded_channels(log, "both")
    (top, upper), (below, lower) = gridded_stretches(log, "both")
    for first, channels in ((top, upper), (below, lower)):
        np.testing.assert_allclose(whole[:, first - top : first - top + channels.shape[1]], channels, atol=1e-4)
    assert not whole[1, upper.shape[1] : below - top].any()


def test_rows_that_crowd_at_a_depth_cost_themselves_alone():
    """As where a tool creeps: one row of the grid is made of thousands, and the others need not wait for it."""
    regular = 100 + 0.002 * np.arange(12000)
    depth_m = np.sort(np.concatenate([regular, 102.0005 + 1e-7 * np.arange(8000)]))
    rng = np.random.default_rng(0)
    log = ImageLog(rng.normal(size=(len(depth_m), 24)).astype(np.float32), depth_m, 0.2159, reference="north")
    tracemalloc.start()
    crowded, valid, top_m = gridded(log)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    alone, _, _ = gridded(replace(log, image=log.image[np.isin(depth_m, regular)], depth_m=regular))
    depths = top_m + (np.arange(len(crowded)) + 0.5) * ROW_STEP_RADII * log.radius_m
    elsewhere = (np.abs(depths - 102.0) > 0.01) & (valid.min(1) > 0)
    assert elsewhere.sum() > 6000
    np.testing.assert_allclose(crowded[elsewhere], alone[elsewhere], atol=1e-5)
    assert peak < 100e6


@pytest.mark.parametrize("columns", [4, 16, 56, 144, 180, 192, 360, 1440])
def test_columns_keep_the_mean_around_the_hole(columns):
    weights = around_the_hole(columns, COLUMNS).of(np.eye(columns, dtype=np.float32)).T
    np.testing.assert_allclose(weights.sum(0), 1.0)
    np.testing.assert_allclose(weights.sum(1), COLUMNS / columns, rtol=0.6 if columns < COLUMNS else 1e-9)
    theta = np.radians((np.arange(columns) + 0.5) * 360 / columns)
    target = np.radians((np.arange(COLUMNS) + 0.5) * 360 / COLUMNS)
    if columns >= 16:
        np.testing.assert_allclose(np.cos(theta) @ weights, np.cos(target), atol=0.03)


@given(st.floats(0, 70), st.floats(0, 360), st.floats(-0.02, 0.02))
@settings(max_examples=50, deadline=None)
def test_one_plane_found_twice_is_kept_once_where_the_surer_one_says(dip, azimuth, error):
    a, b = np.tan(np.radians(dip)) * np.cos(np.radians(azimuth)), np.tan(np.radians(dip)) * np.sin(np.radians(azimuth))
    planes = np.array([[10.0, a, b], [10.0 + error, a, b]])
    score = np.array([0.3, 0.9])
    for windows in ([3, 4], [3, 3]):  # by two neighbours, or twice in one window
        kept, merged = merge_repeats(planes, score, np.array(windows))
        assert kept.tolist() == [False, True]
        np.testing.assert_allclose(merged[1], [10.0 + 0.75 * error, a, b])
    # Windows further apart never saw the same rock.
    assert merge_repeats(planes, score, np.array([3, 5]))[0].all()


def test_of_a_row_of_close_planes_only_repeats_of_a_kept_one_go():
    planes = np.array([[10.0, 0, 0], [10.15, 0, 0], [10.3, 0, 0]])
    one_window = np.array([1, 1, 1])
    assert merge_repeats(planes, np.array([0.5, 0.9, 0.6]), one_window)[0].tolist() == [False, True, False]
    assert merge_repeats(planes, np.array([0.9, 0.5, 0.6]), one_window)[0].tolist() == [True, False, True]
    assert merge_repeats(planes[:0], np.empty(0), np.empty(0, int))[0].shape == (0,)


def test_crossing_planes_of_neighbours_are_two():
    planes = np.array([[10.0, 1.0, 0.0], [10.0, -1.0, 0.0]])
    assert merge_repeats(planes, np.array([0.6, 0.9]), np.array([3, 4]))[0].all()
