"""Beds seen as a set: scatter goes, what truly differs stays, and what is stated stays true."""

from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.geometry import plane_from_pole, pole_angle_deg, poles
from geobfdt.borehole.picks import Picks
from geobfdt.prediction.bedding import REACH_M, WITHIN_DEG, as_a_set


def beds(n=40, dip_deg=50.0, azimuth_deg=359.0, scatter_deg=4.0, seed=0, apart_m=0.2):
    """Beds of one dip, each read with an error of so many degrees along either direction, which is stated."""
    rng = np.random.default_rng(seed)
    dip = np.abs(dip_deg + rng.normal(0, scatter_deg, n))
    azimuth = azimuth_deg + rng.normal(0, scatter_deg, n) / np.sin(np.radians(dip_deg))
    return Picks(
        100 + apart_m * np.arange(n),
        dip,
        azimuth % 360,
        kind="bedding",
        confidence=0.9,
        depth_sd_m=0.01,
        dip_sd_deg=scatter_deg,
        azimuth_sd_deg=scatter_deg / np.sin(np.radians(dip_deg)),
    )


def off(picks, dip_deg=50.0, azimuth_deg=359.0):
    return pole_angle_deg(picks.dip_deg, picks.azimuth_deg, dip_deg, azimuth_deg)


def test_neighbours_that_agree_halve_what_single_dips_scatter():
    picks = beds()
    drawn = as_a_set(picks)
    assert np.median(off(drawn)) < 0.8 * np.median(off(picks))
    np.testing.assert_array_equal(drawn.depth_m, picks.depth_m)
    within = np.abs(drawn.dip_deg - 50.0) <= 1.645 * drawn.dip_sd_deg
    assert within.mean() > 0.85
    assert (drawn.dip_sd_deg < picks.dip_sd_deg).all()
    far = as_a_set(beds(apart_m=1.01 * REACH_M))
    np.testing.assert_allclose(off(far), off(beds(apart_m=1.01 * REACH_M)), atol=1e-6)


def test_a_sure_dip_is_drawn_less_than_a_doubtful_one():
    picks = beds(scatter_deg=0.0)
    picks = replace(
        picks, dip_deg=np.where(np.arange(40) == 20, 60.0, picks.dip_deg), dip_sd_deg=2.0, azimuth_sd_deg=2.0
    )
    sure = as_a_set(replace(picks, dip_sd_deg=0.3, azimuth_sd_deg=0.3)).dip_deg[20]
    doubtful = as_a_set(replace(picks, dip_sd_deg=6.0, azimuth_sd_deg=6.0)).dip_deg[20]
    assert 59.5 < sure < 60.0
    assert doubtful < 57.0


def test_planes_that_truly_differ_stay_and_so_do_fractures():
    picks = beds(scatter_deg=0.5)
    odd = np.arange(40) % 4 == 0
    dip = np.where(odd, 50.0 - WITHIN_DEG - 5, picks.dip_deg)
    picks = replace(picks, dip_deg=dip)
    drawn = as_a_set(picks)
    assert np.abs(drawn.dip_deg[odd] - dip[odd]).max() < 0.01  # drawn to each other alone
    fractures = replace(beds(), kind="fracture")
    drawn = as_a_set(fractures)
    np.testing.assert_array_equal(drawn.dip_deg, fractures.dip_deg)
    np.testing.assert_array_equal(drawn.dip_sd_deg, fractures.dip_sd_deg)


def test_a_line_along_the_beds_around_it_is_one_and_a_line_across_them_is_a_fracture():
    picks = beds(scatter_deg=2.0)
    kind = np.where(np.isin(np.arange(40), [10, 25]), "fracture", "bedding")
    across = replace(picks, kind=kind, dip_deg=np.where(np.arange(40) == 25, 20.0, picks.dip_deg))
    named = as_a_set(across)
    assert named.kind[10] == "bedding"
    assert named.kind[25] == "fracture"
    assert named.dip_deg[25] == 20.0
    doubtful = as_a_set(replace(across, confidence=np.where(kind == "bedding", 0.3, 0.9)))
    assert (np.asarray(doubtful.kind) == kind).all(), "beds that are likely wrong name nothing"
    alone = replace(across, kind=np.where(np.abs(np.arange(40) - 10) <= 1, kind, "fracture"))
    assert as_a_set(alone).kind[10] == "fracture", "two beds are too few"


def test_doubtful_beds_draw_none_and_what_is_kept_changes_none():
    picks = beds()
    confidence = np.where(np.arange(40) % 2, 0.9, 0.2)
    mixed = as_a_set(replace(picks, confidence=confidence))
    alone = as_a_set(replace(picks, confidence=confidence)[confidence > 0.5])
    np.testing.assert_allclose(mixed.dip_deg[confidence > 0.5], alone.dip_deg)
    assert not np.allclose(mixed.dip_deg[confidence < 0.5], picks.dip_deg[confidence < 0.5])


def test_who_states_no_deviation_is_left_alone():
    silent = replace(beds(), dip_sd_deg=np.nan, azimuth_sd_deg=np.nan)
    np.testing.assert_array_equal(as_a_set(silent).dip_deg, silent.dip_deg)
    assert len(as_a_set(Picks())) == 0


@pytest.mark.parametrize("turn_deg", [37.0, 180.0])
def test_what_turns_with_the_image_turns_with_the_set(turn_deg):
    picks = beds()
    turned = as_a_set(replace(picks, azimuth_deg=(picks.azimuth_deg + turn_deg) % 360))
    straight = as_a_set(picks)
    np.testing.assert_allclose(turned.dip_deg, straight.dip_deg, atol=1e-9)
    np.testing.assert_allclose((turned.azimuth_deg - straight.azimuth_deg) % 360, turn_deg, atol=1e-7)


def test_a_bed_and_its_one_neighbour_meet_where_their_weights_say():
    picks = beds(2, scatter_deg=0.0)
    picks = replace(picks, dip_deg=np.array([50.0, 56.0]), dip_sd_deg=6.0, azimuth_sd_deg=0.0)
    own, drawn = 1 / (6.0**2 / 2), 1 / (6.0**2 / 2 + 12.0**2)
    mean = own * poles(50.0, 359.0) + drawn * poles(56.0, 359.0)
    first = as_a_set(picks)
    assert first.dip_deg[0] == pytest.approx(plane_from_pole(mean)[0])
    assert first.dip_sd_deg[0] == pytest.approx(6.0 * np.sqrt(own / (own + drawn)))
