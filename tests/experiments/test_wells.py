"""Bench wells: every plane called one is seen, barren rock holds none, nothing comes from training's generator."""

import ast
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.geometry import sinusoid_from_plane, trace_depths_m
from geobfdt.borehole.normalize import compress_decades
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.experiments.wells.planes import STEEPEST_DEG, furthest_apart_m
from geobfdt.experiments.wells.tool import DEPTH_ERROR_M, true_depths_m
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES, bench_well

FINE = ["microresistivity_8_pads", "slim_microresistivity", "acoustic_televiewer", "optical_televiewer"]
LENGTH_M = 1.5
WITH_PLANES = [case for case in CASES if case != "barren"]


@cache
def well(tool: str, case: str, seed: int = 1, length_m: float = LENGTH_M) -> Well:
    return bench_well(tool, case, length_m, seed)


def beside_traces(one: Well, aside_px: np.ndarray) -> np.ndarray:
    """Image values (picks, offsets, columns) at distances in pixels square to the traces, NaN outside the image."""
    log, picks = one.log, one.picks
    image = compress_decades(log.image)(log.image)
    azimuth = log.column_azimuths_deg
    z = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, log.hole_diameter_m, azimuth)
    row = (z - log.depth_m[0]) / log.row_step_m
    down = aside_px[:, None] * np.hypot(1, np.gradient(row, axis=1))[:, None]
    near = np.round(row[:, None] + down).astype(int)
    inside = (near >= 0) & (near < log.rows)
    values = image[np.clip(near, 0, log.rows - 1), np.arange(log.columns)]
    return np.where(inside, values, np.nan)


def contrasts(one: Well) -> np.ndarray:
    """How many spreads of its surroundings each plane's trace stands out by on average over the turn, (picks,)."""
    aside = np.arange(-6, 7) * 0.75
    values = beside_traces(one, aside)
    bedding = np.asarray(one.picks.kind) == "bedding"
    found = np.empty(len(values))
    for pick, (patch, is_bed) in enumerate(zip(values, bedding, strict=True)):
        profile = np.nanmean(patch, axis=1)
        spread = np.nanstd(patch - profile[:, None])
        if is_bed:
            found[pick] = abs(profile[8:11].mean() - profile[2:5].mean()) / spread
        else:
            beside = (profile[:3].mean() + profile[-3:].mean()) / 2
            found[pick] = np.abs(profile[5:8] - beside).max() / spread
    return found


def test_a_seed_draws_one_well_and_another_seed_tool_or_case_another():
    one = bench_well("acoustic_televiewer", "mixed", 1.0, 7)
    again = bench_well("acoustic_televiewer", "mixed", 1.0, 7)
    np.testing.assert_array_equal(one.log.image, again.log.image)
    np.testing.assert_array_equal(one.picks.depth_m, again.picks.depth_m)
    other = bench_well("acoustic_televiewer", "mixed", 1.0, 8)
    rough = bench_well("acoustic_televiewer", "rough_speed", 1.0, 7)
    assert not np.array_equal(one.log.image, other.log.image)
    assert not np.array_equal(one.log.image, rough.log.image)
    assert len({one.log.well, other.log.well, rough.log.well}) == 3


@pytest.mark.parametrize("tool", BENCH_TOOLS)
def test_every_tool_has_its_rows_columns_units_and_gaps(tool):
    log, kind = well(tool, "mixed").log, BENCH_TOOLS[tool]
    assert log.columns == kind.columns
    assert log.row_step_m == pytest.approx(kind.row_step_m)
    assert log.hole_diameter_m in kind.hole_diameters_m
    seen = np.isfinite(log.image)
    assert seen.mean() == pytest.approx(kind.covered(log.hole_diameter_m), abs=0.05)
    values = log.image[seen]
    if kind.resistivity:
        assert values.min() > 0
        assert np.percentile(values, 95) > 3 * np.percentile(values, 5)
    else:
        assert values.min() >= 0
        assert values.max() <= 255


@pytest.mark.slow
@pytest.mark.parametrize("tool", BENCH_TOOLS)
def test_every_pick_is_a_distinct_plane_inside_the_image(tool):
    for case in WITH_PLANES:
        one = well(tool, case)
        log, picks = one.log, one.picks
        assert len(picks.within([(log.top_m, log.base_m)])) == len(picks)
        assert (picks.dip_deg <= STEEPEST_DEG).all()
        planes = np.stack([picks.depth_m, *sinusoid_from_plane(picks.dip_deg, picks.azimuth_deg)], axis=1)
        for number in range(1, len(planes)):
            apart = furthest_apart_m(planes[number], planes[:number], log.radius_m).min()
            assert apart > max(0.35 * log.radius_m, 2.5 * log.row_step_m) - 1e-9


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
@pytest.mark.parametrize("tool", [tool for tool in BENCH_TOOLS if tool != "lwd_16_sectors"])
def test_along_every_pick_the_image_differs_from_beside_it(tool):
    # At rough speed traces leave their true depths, by more rows than are looked at here.
    found = np.concatenate([contrasts(well(tool, case)) for case in WITH_PLANES if case != "rough_speed"])
    # Texture alone, averaged around the turn, differs from its neighbourhood by about a tenth of its spread.
    assert np.mean(found > 0.5) > 0.95
    assert np.median(found) > 1.2


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_traces_lie_where_truth_says_to_half_a_row():
    aside = np.arange(-8, 9) * 0.5
    shifts = []
    for tool in ("optical_televiewer", "acoustic_televiewer", "microresistivity_8_pads"):
        one = well(tool, "fracture")
        for patch in beside_traces(one, aside):
            profile = np.nanmean(patch, axis=1)
            stands_out = np.abs(profile - np.median(profile))
            weight = np.where(stands_out > 0.4 * stands_out.max(), stands_out, 0.0)
            shifts.append((weight * aside).sum() / weight.sum())
    assert abs(np.median(shifts)) < 0.3
    assert np.mean(np.abs(shifts) < 1.0) > 0.85


@pytest.mark.parametrize("tool", BENCH_TOOLS)
def test_barren_wells_hold_no_plane(tool):
    assert len(well(tool, "barren").picks) == 0


@pytest.mark.parametrize("tool", FINE)
def test_dense_wells_hold_about_twenty_planes_a_metre(tool):
    assert 16 <= len(well(tool, "dense").picks) / LENGTH_M <= 23


def test_a_coarse_tool_is_asked_for_no_more_than_it_can_tell_apart():
    assert 2 <= len(well("lwd_16_sectors", "dense", length_m=6.0).picks) / 6.0 <= 5


def test_bedding_and_fracture_wells_hold_their_kind_alone_and_mixed_ones_both():
    for case, kinds in (("bedding", {"bedding"}), ("fracture", {"fracture"}), ("mixed", {"bedding", "fracture"})):
        found = {str(kind) for seed in (1, 2) for kind in well("acoustic_televiewer", case, seed).picks.kind}
        assert found == kinds


def seen_around(case: str) -> float:
    """The share of the columns in which dark or bright traces of whole wells of fractures stand out."""
    shares = []
    for seed in (1, 2, 3):
        one = well("acoustic_televiewer", case, seed)
        values = beside_traces(one, np.arange(-8, 9) * 0.75)[np.asarray(one.picks.kind) == "fracture"]
        trace = values[:, 7:10].mean(1) - (values[:, :4].mean(1) + values[:, -4:].mean(1)) / 2
        polarity = np.sign(np.nanmean(trace, axis=1, keepdims=True))
        width = np.nanmax(polarity * trace, axis=1, keepdims=True)
        shares.append(np.nanmean(np.where(np.isnan(trace), np.nan, polarity * trace > 0.25 * width)))
    return float(np.mean(shares))


def test_easier_wells_have_their_beds_further_apart():
    def closest(ease):
        one = bench_well("acoustic_televiewer", "dense", 1.5, 4, ease=ease)
        return np.diff(np.sort(one.picks.of_kind("bedding").depth_m)).min() / one.log.hole_diameter_m

    assert closest(1.0) < 0.4 < closest(2.0)


def test_partial_traces_cover_less_of_the_turn_than_whole_ones():
    assert seen_around("partial") < seen_around("fracture") - 0.1


def test_heavy_gaps_take_pixels_away():
    for tool in ("optical_televiewer", "microresistivity_8_pads"):
        whole, broken = (np.isfinite(well(tool, case).log.image).mean() for case in ("mixed", "gaps"))
        assert broken < whole - 0.05


def test_rough_speed_never_goes_back_and_stays_within_its_bound():
    depth = 1000 + 0.0025 * np.arange(4000)
    for seed in range(5):
        true = true_depths_m(np.random.default_rng(seed), depth)
        assert (np.diff(true) >= 0).all()
        error = np.abs(true - depth)
        assert 0.004 < error.max() <= DEPTH_ERROR_M + 1e-9
        assert (np.diff(true) == 0).any(), "the tool should stick somewhere"


def test_an_unknown_tool_or_case_is_said_so():
    with pytest.raises(InputError, match="choose one of"):
        bench_well("sonic", "mixed", 2.0, 0)
    with pytest.raises(InputError, match="choose one of"):
        bench_well("acoustic_televiewer", "lovely", 2.0, 0)
    with pytest.raises(InputError, match="at least 1 m"):
        bench_well("acoustic_televiewer", "mixed", 0.2, 0)


def test_nothing_is_borrowed_from_the_training_generator_nor_from_torch():
    modules = sorted((Path(__file__).parents[2] / "geobfdt" / "experiments" / "wells").glob("*.py"))
    assert {path.stem for path in modules} >= {"rock", "planes", "hole", "tool", "well"}
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            origin = node.module if isinstance(node, ast.ImportFrom) else ""
            for name in [f"{origin}.{name}" for name in names]:
                assert not {"torch", "synthetic", "draw", "augment"} & set(name.split("."))
