"""Raw pads: a wall that is known is measured by a tool that turns, and must come back where it is."""

from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.image_log import StoredImage
from geobfdt.borehole.normalize import compress_decades
from geobfdt.borehole.pad_tools import CMI, FMI, ButtonRow, PadTool
from geobfdt.borehole.pads import assemble, recorded_in_depth

STEP_M, DIAMETER_M = 0.00254, 0.2159
DEG_PER_M = 360.0 / (np.pi * DIAMETER_M)
DEPTH_M, DIP_DEG, AZIMUTH_DEG = 1001.0, 55.0, 130.0
BED_M, BED_CONTRAST = 0.004, 8.0


def log_depths(metres=2.0):
    return 1000.0 + STEP_M * np.arange(round(metres / STEP_M))


def turning(depth_m, deg_per_m=25.0):
    """Azimuth of pad 1 of a tool that turns, over north where it starts."""
    return (350.0 + deg_per_m * (depth_m - 1000.0)) % 360.0


def texture(depth_m, azimuth_deg):
    """What flat, fine beds of a rock read, positive and over two decades; the same wherever it is asked."""
    tracks = ((1.0, 0.00), (0.6, 1.7), (0.5, 4.1), (0.4, 2.2))
    waves = (7.0, 23.0, 71.0, 190.0)
    log = sum(a * np.sin(w * depth_m + p) for (a, p), w in zip(tracks, waves, strict=True))
    return 10.0 ** (1.0 + 0.6 * log + 0.02 * np.cos(np.radians(azimuth_deg)))


def plane(depth_m, azimuth_deg):
    """A dark plane in bright, even rock: nothing else to see. A little noise keeps buttons from being constant."""
    trace = DEPTH_M + DIAMETER_M / 2 * np.tan(np.radians(DIP_DEG)) * np.cos(np.radians(azimuth_deg - AZIMUTH_DEG))
    along = depth_m + 0 * azimuth_deg
    ripple = np.sin(3.0 * along) + 0.3 * np.sin(40 * along)
    return 100.0 + ripple - 80.0 * np.exp(-(((along - trace) / BED_M) ** 2))


def measured(tool, wall, depth_m, pad_one_deg, diameter_m=DIAMETER_M, buttons=12, gains=None):
    """What a tool records of a wall: each row at the depth of the tool, though it lies deeper."""
    gains = gains or {}
    recorded = {}
    for row in tool.rows:
        pad_deg = pad_one_deg + (row.pad - 1) * 360.0 / tool.pads
        towards = pad_deg[:, None] + row.across_m(buttons) * 360.0 / (np.pi * diameter_m)
        gain, offset = gains.get(row.channel, (1.0, 0.0))
        recorded[row.channel] = gain * wall(depth_m[:, None] + row.depth_offset_m, towards) + offset
    return recorded


def fitted(image, depth_m):
    """(depth, dip, azimuth) of the sinusoid through the dark pixels."""
    row, column = np.nonzero(image < 50.0)
    theta = np.radians((column + 0.5) * 360.0 / image.shape[1])
    shape = np.column_stack([np.ones_like(theta), np.cos(theta), np.sin(theta)])
    (z0, a, b), *_ = np.linalg.lstsq(shape, depth_m[row], rcond=None)
    dip = np.degrees(np.arctan(np.hypot(a, b) / (DIAMETER_M / 2)))
    return z0, dip, np.degrees(np.arctan2(b, a)) % 360.0


@pytest.mark.parametrize("tool", [FMI, CMI], ids=lambda tool: tool.name)
@pytest.mark.parametrize("upwards", [False, True], ids=["down", "up"])
def test_a_dipping_plane_comes_back_at_its_depth_dip_and_azimuth(tool, upwards):
    depth = log_depths()[::-1] if upwards else log_depths()
    image = assemble(measured(tool, plane, depth, turning(depth)), depth, turning(depth), DIAMETER_M, tool)
    z0, dip, azimuth = fitted(image, depth)
    assert z0 == pytest.approx(DEPTH_M, abs=0.001)
    assert dip == pytest.approx(DIP_DEG, abs=0.5)
    assert azimuth == pytest.approx(AZIMUTH_DEG, abs=0.5)


def test_every_pixel_shows_the_wall_beside_it_though_rows_are_recorded_at_other_depths():
    depth = log_depths()
    image = assemble(measured(FMI, texture, depth, turning(depth)), depth, turning(depth), DIAMETER_M, FMI)
    wall = texture(depth[:, None], np.arange(360) + 0.5)
    seen = np.isfinite(image)
    # The gains of buttons that look north and south differ by as much as the wall does, about 0.02.
    assert np.median(np.abs(np.log10(image[seen] / wall[seen]))) < 0.02
    misplaced = assemble(
        measured(FMI, texture, depth, turning(depth)), depth, turning(depth), DIAMETER_M, FMI.in_depth()
    )
    assert np.nanmedian(np.abs(np.log10(misplaced / wall))) > 0.1


def test_pads_cover_their_width_of_the_wall_and_nothing_between_them():
    depth = log_depths(1.0)
    still = np.full(len(depth), 40.3)
    image = assemble(measured(FMI, texture, depth, still), depth, still, DIAMETER_M, FMI)
    seen = np.isfinite(image[len(depth) // 2])
    assert seen.mean() == pytest.approx(192 * 0.00254 * DEG_PER_M / 360.0, abs=0.02)  # 72 %, as 192 buttons should
    azimuth = np.arange(360) + 0.5
    half_deg = 12 * 0.00254 * DEG_PER_M
    for pad in range(4):
        from_pad = np.abs((azimuth - 40.3 - 90.0 * pad + 180.0) % 360.0 - 180.0)
        assert seen[from_pad < half_deg - 0.01].all()  # no moiré within a pad
        from_flap = np.abs((azimuth - 40.3 - 90.0 * pad - 0.06604 * DEG_PER_M + 180.0) % 360.0 - 180.0)
        assert seen[from_flap < half_deg - 0.01].all()
        behind = (azimuth - 40.3 - 90.0 * pad) % 360.0
        assert not seen[(behind > 0.06604 * DEG_PER_M + half_deg + 0.01) & (behind < 90.0 - half_deg - 0.01)].any()


def test_flaps_see_the_ends_of_a_log_later_than_pads():
    """At the top a flap has not been yet: it hangs below its pad, so its readings start 14 cm down."""
    depth = log_depths(1.0)
    still = np.zeros(len(depth))
    image = assemble(measured(FMI, texture, depth, still), depth, still, DIAMETER_M, FMI)
    flap_column = round(0.06604 * DEG_PER_M)
    first = np.flatnonzero(np.isfinite(image[:, flap_column]))[0]
    assert depth[first] - depth[0] == pytest.approx(5.7 * 0.0254, abs=0.01)
    assert np.isfinite(image[4, 0])


def test_wider_holes_leave_wider_gaps():
    depth = log_depths(1.0)
    still = np.zeros(len(depth))
    diameter = np.where(depth < 1000.5, 0.2, 0.4)
    image = assemble(measured(FMI, texture, depth, still), depth, still, diameter, FMI)
    narrow, wide = (np.isfinite(image[rows]).mean() for rows in (slice(100, 180), slice(260, 380)))
    assert narrow / wide == pytest.approx(2.0, abs=0.1)


def test_gains_and_offsets_are_evened_out_and_values_stay_in_the_unit_of_the_tool():
    depth = log_depths(6.0)
    rng = np.random.default_rng(0)
    gains = {row.channel: (10.0 ** rng.uniform(-0.4, 0.4, 12), 0.0) for row in FMI.rows}
    plain, uneven = (measured(FMI, texture, depth, turning(depth), gains=g) for g in (None, gains))
    true, evened = (assemble(part, depth, turning(depth), DIAMETER_M, FMI) for part in (plain, uneven))
    seen = np.isfinite(true)
    np.testing.assert_array_equal(np.isfinite(evened), seen)
    ratio = evened[seen] / true[seen]
    assert np.std(np.log10(ratio)) < 0.02  # the gains' own is 0.23
    assert 0.7 < np.median(ratio) < 1.4


def test_offsets_of_readings_about_one_level_are_evened_out_without_logarithms():
    depth = log_depths(6.0)
    rng = np.random.default_rng(1)
    gains = {row.channel: (rng.uniform(0.6, 1.6, 12), rng.uniform(-30, 30, 12)) for row in FMI.rows}

    def wall(depth_m, azimuth_deg):
        return np.log10(texture(depth_m, azimuth_deg)) * 20.0 + 200.0

    plain, uneven = (measured(FMI, wall, depth, turning(depth), gains=g) for g in (None, gains))
    true, evened = (assemble(part, depth, turning(depth), DIAMETER_M, FMI) for part in (plain, uneven))
    seen = np.isfinite(true)
    gain, offset = np.polyfit(true[seen].astype(float), evened[seen].astype(float), 1)
    assert np.std(evened[seen] - gain * true[seen] - offset) < 1.0  # the gains' and offsets' own is 60
    assert 0.6 < gain < 1.6


@pytest.mark.parametrize("fault", ["constant", "nearly constant", "null", "mostly null", "zero"])
def test_a_dead_button_is_missing_and_only_its_own_strip(fault):
    depth = log_depths(1.0)
    still = np.zeros(len(depth))
    recorded = measured(FMI, texture, depth, still)
    whole = assemble(recorded, depth, still, DIAMETER_M, FMI)
    noise = np.random.default_rng(0).normal(size=len(depth))
    read = recorded["FCA1"][:, 5]
    recorded["FCA1"][:, 5] = {
        "constant": 7.0,
        "nearly constant": 7.0 + 0.01 * noise,
        "null": np.nan,
        "mostly null": np.where(noise > 1.0, read, np.nan),
        "zero": 0.0,
    }[fault]
    image = assemble(recorded, depth, still, DIAMETER_M, FMI)
    lost = np.isfinite(whole) & np.isnan(image)
    columns = np.flatnonzero(lost.any(axis=0))
    middle_deg = FMI.rows[0].across_m(12)[5] * DEG_PER_M
    assert 1 <= len(columns) <= 2
    assert np.abs(((columns + 0.5 - middle_deg + 180) % 360) - 180).max() < 0.5 * 0.00254 * DEG_PER_M + 0.01
    assert lost[5:-5, columns].all()
    beside = np.isfinite(image)
    np.testing.assert_allclose(image[beside], whole[beside], rtol=0.2)


def test_a_row_of_null_readings_is_missing_for_its_pads_alone():
    depth = log_depths(1.0)
    still = np.zeros(len(depth))
    recorded = measured(CMI, texture, depth, still, buttons=10)
    recorded["BT3L"][100:110] = recorded["BT3U"][100:110] = np.nan
    seen = np.isfinite(assemble(recorded, depth, still, DIAMETER_M, CMI))
    np.testing.assert_array_equal(seen[105] != seen[90], np.abs(np.arange(360) + 0.5 - 90.0) < 11.2)
    assert seen[99, 90]
    assert seen[110, 90]


def test_rows_where_the_tool_does_not_know_where_it_looks_are_missing():
    depth = log_depths(1.0)
    azimuth = turning(depth)
    azimuth[50:60] = np.nan
    image = assemble(measured(CMI, texture, depth, turning(depth)), depth, azimuth, DIAMETER_M, CMI)
    np.testing.assert_array_equal(
        np.isnan(image).all(axis=1), (np.arange(len(depth)) >= 50) & (np.arange(len(depth)) < 60)
    )


def test_a_gap_in_the_log_is_not_bridged():
    """Rows that come from within a gap above them, as those of flaps do, are missing."""
    depth = log_depths(2.0)
    depth = depth[(depth < 1000.8) | (depth > 1001.2)]
    still = np.zeros(len(depth))
    image = assemble(measured(FMI, texture, depth, still), depth, still, DIAMETER_M, FMI)
    flap = np.isfinite(image[:, round(0.06604 * DEG_PER_M)])
    below = (depth > 1001.21) & (depth < 1001.3)
    assert not flap[below].any()
    assert flap[(depth > 1001.4) & (depth < 1001.9)].all()
    assert flap[(depth > 1000.2) & (depth < 1000.79)].all()


def test_where_flaps_overlap_the_next_pad_in_a_small_hole_the_wall_is_shown_all_the_same():
    depth = log_depths(1.0)
    narrow = 0.1
    recorded = measured(FMI, texture, depth, turning(depth), diameter_m=narrow)
    image = assemble(recorded, depth, turning(depth), narrow, FMI)
    hinges = 4 * 0.2 * 0.0254 / (np.pi * narrow)  # between a pad and its flap; turning closes a part of it
    assert 1 - hinges - 0.01 < np.isfinite(image[100:-100]).mean() < 1.0
    wall = texture(depth[:, None], np.arange(360) + 0.5)
    seen = np.isfinite(image)
    off = np.abs(np.log10(image[seen] / wall[seen]))
    assert np.median(off) < 0.02
    assert np.percentile(off, 99) < 0.1


def test_where_pads_overlap_the_first_stands():
    depth = log_depths(3.0)
    both = measured(FMI, texture, depth, turning(depth), diameter_m=0.1)
    for row in FMI.rows:
        if row.pad > 1:
            both[row.channel] = both[row.channel][::-1]
    alone = {name: values if name.startswith("FCA") else np.full_like(values, np.nan) for name, values in both.items()}
    first, together = (assemble(part, depth, turning(depth), 0.1, FMI) for part in (alone, both))
    seen = np.isfinite(first)
    assert np.corrcoef(np.log10(first[seen]), np.log10(together[seen]))[0, 1] > 0.999


def test_long_logs_are_assembled_as_they_are_read(monkeypatch):
    depth = log_depths(6.0)
    recorded = measured(FMI, texture, depth, turning(depth))
    whole = assemble(recorded, depth, turning(depth), DIAMETER_M, FMI)
    asked = []

    def stored(values):
        def read(first, last):
            asked.append(last - first)
            return values[first:last].astype(np.float32)

        return StoredImage(values.shape, read)

    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 1.0)
    lazy = assemble({name: stored(v) for name, v in recorded.items()}, depth, turning(depth), DIAMETER_M, FMI)
    assert isinstance(lazy, StoredImage)
    asked.clear()
    np.testing.assert_allclose(lazy[1000:1040], whole[1000:1040], rtol=1e-4)
    assert max(asked) < 50
    np.testing.assert_allclose(np.asarray(lazy), whole, rtol=1e-4)


def test_rows_that_someone_has_moved_to_their_depths_already_are_recognised():
    depth = log_depths(3.0)
    raw = measured(FMI, texture, depth, turning(depth))
    moved = measured(FMI.in_depth(), texture, depth, turning(depth))
    assert not recorded_in_depth(raw, depth, FMI)
    assert recorded_in_depth(moved, depth, FMI)
    assert not recorded_in_depth(raw, depth, CMI_LIKE)


CMI_LIKE = PadTool("even", 4, tuple(replace(row, depth_offset_m=0.0) for row in FMI.rows))


def test_a_log_of_dead_buttons_alone_is_all_missing():
    depth = log_depths(1.0)
    dead = {row.channel: np.full((len(depth), 12), 5.0) for row in FMI.rows}
    assert np.isnan(assemble(dead, depth, turning(depth), DIAMETER_M, FMI)).all()


def test_buttons_of_a_row_stand_evenly_between_the_first_and_the_last():
    np.testing.assert_allclose(ButtonRow("R", 1, 0.0, 0.01, -0.01).across_m(3), [0.01, 0.0, -0.01])
    together = np.sort(np.concatenate([row.across_m(12) for row in FMI.rows[:2]]))
    np.testing.assert_allclose(np.diff(together), 0.00254)
    assert FMI.label == "pads FCA1..FCD4"
    assert CMI.label == "pads BT1L..BT8U"
    assert compress_decades(texture(log_depths()[:, None], np.zeros(4)))(np.float32(10.0)) == pytest.approx(1.0)
