"""Picking logs with the bundled weights: what turns with the image, what must not change, and honest figures."""

import copy
import warnings
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from geobfdt.borehole.geometry import (
    azimuth_difference_deg,
    height_m,
    plane_from_sinusoid,
    pole_angle_deg,
    sinusoid_from_plane,
)
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, InputWarning
from geobfdt.eval import match, score
from geobfdt.model.checkpoint import Weights, load_weights
from geobfdt.model.config import ModelConfig
from geobfdt.model.detector import Detector
from geobfdt.prediction.detect import batches_of, detect, found, predict
from geobfdt.prediction.found import Found
from geobfdt.synthetic.wells import synthetic_well


@pytest.fixture(scope="module")
def weights():
    return load_weights()


def clear_log(columns=180, planes=((1001.0, 40.0, 75.0), (1001.9, 25.0, 200.0), (1002.6, 60.0, 310.0))):
    """Smooth rock with dark, clear fractures in an 8.5 in hole."""
    row_step = 0.0025
    depths = 1000 + np.arange(1500) * row_step
    theta = (np.arange(columns) + 0.5) * 360 / columns
    rng = np.random.default_rng(2)
    image = rng.normal(0, 0.15, (len(depths), columns))
    for depth, dip, azimuth in planes:
        rise = 0.10795 * np.tan(np.radians(dip))
        trace = depth + rise * np.cos(np.radians(theta - azimuth))
        width = 0.007 * np.sqrt(1 + (np.tan(np.radians(dip)) * np.sin(np.radians(theta - azimuth))) ** 2)
        image -= 1.5 * np.exp(-0.5 * ((depths[:, None] - trace) / width) ** 2)
    return ImageLog(image, depths, 0.2159, well="clear")


@pytest.mark.parametrize("form", ["static", "dynamic", "both"])
def test_a_detector_of_any_form_of_image_picks_a_log(form):
    """Untrained, it finds what it finds; what counts is that it is given the channels that it was made for."""
    shape = {"width": 4, "channels": 16, "heads": 2, "feed_forward": 16, "encoder_layers": 1, "decoder_layers": 1}
    detector = Detector(ModelConfig(**shape, image=form, decoder="curve", target="vector", queries=6)).eval()
    prediction = detect(clear_log(), Weights(detector, 0.0, form))
    assert np.isfinite(prediction.picks.depth_m).all()


def test_where_planes_stand_almost_upright_steeper_ones_may_be_missing(weights):
    steep = clear_log(360, planes=((1001.8, 82.8, 75.0), (1002.4, 25.0, 200.0)))
    with pytest.warns(
        InputWarning, match=r"1 pick dips by 82 degrees or more \(1001\.8 to 1001\.8 m\); .* steeper than 84"
    ):
        assert predict(steep, weights).dip_deg.max() > 82
    with warnings.catch_warnings(action="error"):
        predict(clear_log(), weights)


def turned_back(weights, turn):
    """Picks of an image, and of the image rolled by some columns, the latter with that angle taken off again."""
    log = clear_log()
    rolled = replace(log, image=np.roll(log.image, turn, axis=1))
    before, after = predict(log, weights), predict(rolled, weights)
    back = np.mod(after.azimuth_deg - turn * 360 / log.columns, 360)
    return before, replace(after, azimuth_deg=back)


@pytest.mark.parametrize("turn", [1, 37, 90, 179])
def test_turning_the_image_turns_every_pick_and_moves_none(weights, turn):
    """Rolled by k columns: azimuths turn by k columns' angle; nothing else changes by a tenth of its tolerance, which
    are 8 cm, 3 degrees of dip and 15 of azimuth.
    """
    before, after = turned_back(weights, turn)
    assert len(before) >= 3
    assert len(after) == len(before)
    assert list(after.kind) == list(before.kind)
    assert np.abs(after.depth_m - before.depth_m).max() <= 0.008
    assert np.abs(after.dip_deg - before.dip_deg).max() <= 0.3
    assert np.abs(azimuth_difference_deg(after.azimuth_deg, before.azimuth_deg)).max() <= 1.5


def test_the_first_azimuth_is_added_to_every_pick(weights):
    log = clear_log()
    before, after = predict(log, weights), predict(replace(log, first_azimuth_deg=100.0), weights)
    np.testing.assert_allclose(after.azimuth_deg, (before.azimuth_deg + 100) % 360, atol=1e-6)
    np.testing.assert_allclose(after.depth_m, before.depth_m)


def test_planted_fractures_are_found_where_they_are(weights):
    truth = Picks([1001.0, 1001.9, 1002.6], [40.0, 25.0, 60.0], [75.0, 200.0, 310.0], kind="fracture", well="clear")
    found = predict(clear_log(), weights)
    pairs = match(truth, found, "joint", 0.03, hole_diameter_m=0.2159)
    assert len(pairs) == 3
    assert pole_angle_deg(40, 75, found.dip_deg[pairs.est[0]], found.azimuth_deg[pairs.est[0]]) < 5
    assert set(found.kind[pairs.est]) == {"fracture"}


def test_gain_offset_and_resistivity_units_do_not_matter(weights):
    log = clear_log()
    plain = predict(log, weights)
    scaled = predict(replace(log, image=log.image * 40 + 1000), weights)
    decades = predict(replace(log, image=10 ** (log.image + 1)), weights)
    for other in (scaled, decades):
        assert len(other) == len(plain)
        np.testing.assert_allclose(other.depth_m, plain.depth_m, atol=0.004)


def test_the_score_curve_peaks_at_the_picks(weights):
    result = detect(clear_log(), weights)
    for depth, confidence in zip(result.picks.depth_m, result.picks.confidence, strict=True):
        near = np.abs(result.depth_m - depth) < 0.01
        assert result.score[near].max() >= 0.9 * confidence
    assert ((result.score >= 0) & (result.score <= 1)).all()
    assert np.ptp(np.diff(result.depth_m)) < 1e-6


@pytest.mark.parametrize("gap_m", [100.0, 10_000.0])
def test_a_gap_costs_no_window_and_what_lies_beside_it_is_found(weights, gap_m):
    log = clear_log()
    twice = ImageLog(
        np.concatenate([log.image, log.image]),
        np.concatenate([log.depth_m, log.depth_m + gap_m]),
        log.hole_diameter_m,
        well="clear",
    )
    depths = np.array([1001.0, 1001.9, 1002.6])
    truth = Picks(np.concatenate([depths, depths + gap_m]), 2 * [40.0, 25.0, 60.0], 2 * [75.0, 200.0, 310.0])
    windows = []
    result = detect(twice, weights, progress=lambda done, total: windows.append((done, total)))
    assert len(match(truth, replace(result.picks, well=""), "joint", 0.03, hole_diameter_m=0.2159)) == 6
    assert windows[-1][0] == windows[-1][1] < 20
    assert [done for done, _ in windows] == sorted(done for done, _ in windows)
    middle = (result.depth_m > log.base_m + 2) & (result.depth_m < log.top_m + gap_m - 2)
    assert not middle.any()
    for depth, confidence in zip(result.picks.depth_m, result.picks.confidence, strict=True):
        assert result.score[np.abs(result.depth_m - depth) < 0.01].max() >= 0.9 * confidence


def test_windows_of_fixed_metres_know_no_diameter_but_dips_do(weights):
    """In a hole of another diameter the same picture has the same depths, and traces as tall as they are."""
    detector = copy.deepcopy(weights.network)
    detector.config = detector.config.model_copy(update={"window": "metres"})
    log = clear_log()
    as_trained = predict(log, weights)
    in_metres = replace(weights, network=detector)
    same, narrow = predict(log, in_metres), predict(replace(log, hole_diameter_m=0.1), in_metres)
    np.testing.assert_allclose(same.dip_deg, as_trained.dip_deg, atol=1e-6)
    np.testing.assert_allclose(narrow.depth_m, same.depth_m, atol=1e-9)
    heights = height_m(narrow.dip_deg, 0.1), height_m(same.dip_deg, 0.2159)
    np.testing.assert_allclose(*heights, rtol=1e-6)


def test_a_caliper_changes_dips_and_leaves_traces_where_they_are(weights):
    log = clear_log()
    plain = predict(log, weights)
    caliper = np.where(log.depth_m < 1001.5, 0.2159, 0.30)
    caliper[100:200] = np.nan  # not known there
    wide = predict(replace(log, caliper_m=caliper), weights)
    np.testing.assert_allclose(wide.depth_m, plain.depth_m)
    diameters = np.where(wide.depth_m < 1001.5, 0.2159, 0.30)
    np.testing.assert_allclose(height_m(wide.dip_deg, diameters), height_m(plain.dip_deg, 0.2159), rtol=1e-6)
    with pytest.raises(InputError, match="inches"):
        replace(log, caliper_m=np.full(log.rows, 8.5))


def test_an_oval_hole_changes_the_dips_of_what_is_steeper_along_its_long_axis(weights):
    log = clear_log()
    plain = predict(log, weights)
    oval = predict(replace(log, ovality=np.tile([0.1, 0.0], (log.rows, 1))), weights)
    a, b = sinusoid_from_plane(plain.dip_deg, plain.azimuth_deg)
    dip, _ = plane_from_sinusoid(a / 1.05, b / 0.95)
    np.testing.assert_allclose(oval.dip_deg, dip, atol=1e-6)
    assert np.abs(oval.dip_deg - plain.dip_deg).max() > 0.1


def odd_logs():
    """Logs that no one should have to predict, and someone will."""
    log, rng = clear_log(), np.random.default_rng(3)
    nulls = log.image.copy()
    nulls[300:340] = np.nan
    nulls[::7] = np.nan
    lone = np.full_like(log.image, np.nan)
    lone[700, 3] = 1.0
    spikes = log.image.copy()
    spikes[rng.integers(0, log.rows, 50), rng.integers(0, log.columns, 50)] = 1e30
    few, many = (ImageLog(rng.normal(size=(400, n)), 50 + 0.004 * np.arange(400), 0.1) for n in (16, 1440))
    return {
        "null rows": replace(log, image=nulls),
        "one valid pixel": replace(log, image=lone),
        "constant": replace(log, image=np.ones_like(log.image)),
        "spikes": replace(log, image=spikes),
        "inverted": replace(log, image=-log.image),
        "16 columns": few,
        "1,440 columns": many,
        "0.3 m": log.slice(1000.9, 1001.2),
        "two rows": log.slice(1001.0, 1001.004),
        "a hole in the depths": replace(log, depth_m=log.depth_m + 40 * (np.arange(log.rows) > 700)),
        "any diameter": replace(log, caliper_m=rng.uniform(0.1, 0.4, log.rows)),
    }


@pytest.mark.parametrize("name", list(odd_logs()))
def test_odd_logs_give_picks_or_none_and_never_nan(weights, name):
    result = detect(odd_logs()[name], weights)
    for values in (result.picks.depth_m, result.picks.dip_deg, result.picks.azimuth_deg, result.picks.confidence):
        assert np.isfinite(values).all()
    assert np.isfinite(result.score).all()
    if name in ("one valid pixel", "constant"):
        assert len(result.picks) == 0
    if name == "inverted":
        assert len(result.picks) == len(predict(clear_log(), weights))


def test_the_threshold_only_filters(weights):
    log = clear_log()
    many, few = predict(log, weights, threshold=0.05), predict(log, weights, threshold=0.6)
    assert len(few) <= len(many)
    assert set(few.depth_m) <= set(many.depth_m)
    with pytest.raises(InputError, match="between 0 and 1"):
        predict(log, weights, threshold=1.5)


def test_bedding_is_told_from_fractures_on_an_unseen_well(weights):
    well = synthetic_well("unseen", 8.0, 424242, tool="optical_televiewer", planes="bedding")
    report = score(well.picks, predict(well.log, weights), hole_diameter_m=well.log.hole_diameter_m)
    bedding = report.get("bedding", "joint", 0.08)
    assert bedding.counts.f1 > 0.6
    assert bedding.skill > 0.3


def test_weights_that_are_damaged_or_foreign_are_named(tmp_path, weights):
    path = tmp_path / "w.safetensors"
    with pytest.raises(InputError, match="no such weights file"):
        load_weights(path)
    path.write_bytes(b"not weights at all")
    with pytest.raises(InputError, match="damaged"):
        load_weights(path)
    save_file({"w": torch.zeros(1)}, path, metadata={"format": "geobfdt-weights-1"})
    with pytest.raises(InputError, match="another version of geobfdt"):
        load_weights(path)
    save_file({"w": torch.zeros(1)}, path)
    with pytest.raises(InputError, match="no geobfdt weights"):
        load_weights(path)


@pytest.mark.slow
def test_a_log_that_is_picked_in_parts_has_the_picks_of_the_whole_to_the_last_bit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("geobfdt.prediction.by_torch.BATCH", 8)  # so that a short log has several
    well = synthetic_well("W", 15.0, 3, hole_diameter_m=0.096)
    image = well.log.image.copy()
    image[1500:3000] = np.nan
    log, weights = replace(well.log, image=image), load_weights()
    number = batches_of(log, weights, "cpu")
    assert number >= 3
    whole = found(log, weights, device="cpu")
    parts = [found(log, weights, device="cpu", batches=slice(k, k + 1)) for k in range(number)]
    for column in fields(whole):
        joined = getattr(Found.joined(parts), column.name)
        assert joined.tobytes() == getattr(whole, column.name).tobytes(), column.name
