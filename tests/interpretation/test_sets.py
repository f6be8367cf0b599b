"""Sets planted in rock, found in what a hole meets of it."""

import mplstereonet
import numpy as np
import pytest

from geobfdt.borehole.geometry import plane_from_pole, pole_angle_deg, poles
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.interpretation.clusters import clusters
from geobfdt.interpretation.mixture import sets_of
from geobfdt.interpretation.sets import against, find_sets, through_depth
from geobfdt.interpretation.statistics import fisher_mean, terzaghi_weights
from tests.interpretation.planted import axes_apart, even, fisher, numbers_found, planes

HOLE = (35.0, 70.0)
THREE = poles([30.0, 70.0, 80.0], [100.0, 190.0, 320.0])


def test_mean_kappa_and_cone_are_those_of_mplstereonet():
    """Its find_fisher_stats on poles of one hemisphere; Terzaghi's weights of 1 change nothing."""
    rng = np.random.default_rng(4)
    dip, azimuth = plane_from_pole(fisher(rng, poles(40.0, 250.0), 25.0, 60))
    (plunge, bearing), (_, cone, kappa) = mplstereonet.find_fisher_stats(azimuth - 90, dip, measurement="poles")
    for weights in (None, np.ones(60), np.full(60, 2.5)):
        found = fisher_mean(dip, azimuth, weights)
        assert (found.kappa, found.alpha95_deg) == (pytest.approx(kappa), pytest.approx(cone))
        assert pole_angle_deg(found.dip_deg, found.azimuth_deg, 90 - plunge, (bearing + 180) % 360) < 1e-6


def test_a_pole_given_twice_weighs_as_one_of_twice_the_weight():
    dip, azimuth = np.array([40.0, 50.0, 45.0, 60.0]), np.array([100.0, 110.0, 95.0, 120.0])
    weights = np.array([2.0, 1.0, 1.0, 1.0])
    once = fisher_mean(dip, azimuth, weights)
    twice = fisher_mean(np.append(dip, 40.0), np.append(azimuth, 100.0))
    assert (once.dip_deg, once.azimuth_deg) == pytest.approx((twice.dip_deg, twice.azimuth_deg))
    assert once.alpha95_deg > twice.alpha95_deg  # worth 25 / 7 poles, not 5


def test_clusters_are_the_axes_of_mplstereonet_s_k_means():
    """Its own example in the gallery: two sets of a hundred measurements 180 degrees apart in strike."""
    rng = np.random.default_rng(0)
    strike, dip = rng.normal([[90], [0]], [[10], [10]], (2, 100)), np.abs(rng.normal([[60], [30]], 5, (2, 100)))
    pole = poles(dip.ravel(), strike.ravel() + 90)
    found = clusters(pole, np.ones(200), 2)
    np.random.seed(1)  # noqa: NPY002 (what mplstereonet draws from)
    theirs = mplstereonet.kmeans(strike.ravel(), dip.ravel(), num=2)
    plunges = [mplstereonet.geographic2pole(*centre) for centre in theirs]
    for (strike_deg,), (dip_deg,) in plunges:
        axis = poles(dip_deg, strike_deg + 90)
        assert np.abs(found.centres @ axis).max() > 1 - 1e-9
    assert np.bincount(found.member).tolist() == [100, 100]


def test_k_means_leaves_numpy_s_own_random_numbers_as_they_were():
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    clusters(even(np.random.default_rng(0), 30), np.ones(30), 3)
    assert np.random.random() == expected  # noqa: NPY002


def test_planted_sets_are_found_with_their_planes_kappa_and_density():
    """300 planes, three sets and a tenth of strays, in a hole at 35 degrees. Kappa is of the members alone, whose tails
    are strays', so that it comes out high rather than low.
    """
    picks = planes(np.random.default_rng(8), THREE, 30.0, 0.1, 300, HOLE)
    found = find_sets(picks, 100.0)
    assert len(found.sets) == 3
    for axis in THREE:
        dip, azimuth = plane_from_pole(axis)
        off = [float(pole_angle_deg(one.mean.dip_deg, one.mean.azimuth_deg, dip, azimuth)) for one in found.sets]
        nearest = found.sets[int(np.argmin(off))]
        assert min(off) < 1.5 * nearest.mean.alpha95_deg
        assert 24 < nearest.mean.kappa < 60
    # In the rock the sets are equal; a hole meets them by how they face it, which the weights mend.
    assert [one.share for one in found.sets] == pytest.approx([0.3] * 3, abs=0.08)
    counts = [one.mean.count for one in found.sets]
    assert sum(counts) + found.strays == 300
    assert max(counts) > 1.5 * min(counts)
    for one in found.sets:
        assert one.p10.value == pytest.approx(one.mean.count / 100)
        assert one.spacing.mean_m.value == pytest.approx(one.cosine / one.p10.value, rel=0.2)


def test_a_cut_at_15_degrees_turns_mean_poles_of_sets_along_the_hole_out_of_their_cones():
    """150 planes of kappa 20, 70 degrees between pole and hole, 200 wells: 95 % of cones should hold the set's axis.
    Unweighed poles and the cut of P32 fall far short of that; the cut at 5 degrees comes near.
    """
    rng = np.random.default_rng(1)
    axis = poles([70.0], [30.0])
    held: dict[float, list[bool]] = {0.0: [], 75.0: [], 85.0: []}
    for _ in range(200):
        picks = planes(rng, axis, 20.0, 0.0, 150, (0.0, 0.0))
        for steepest in held:
            weights = terzaghi_weights(picks.dip_deg, steepest)
            mean = fisher_mean(picks.true_dip_deg, picks.true_azimuth_deg, weights)
            off = pole_angle_deg(mean.dip_deg, mean.azimuth_deg, 70.0, 30.0)
            held[steepest].append(bool(off <= mean.alpha95_deg))
    share = {steepest: float(np.mean(inside)) for steepest, inside in held.items()}
    assert share[0.0] < 0.1
    assert share[75.0] < 0.5
    assert share[85.0] > 0.75


@pytest.mark.slow
def test_the_rule_finds_no_sets_in_rock_without_and_errs_towards_fewer():
    """40 wells, as ``python -m tests.interpretation.planted`` draws them."""
    rows = numbers_found(40)
    assert all(found == 0 for sets, _, found in rows if sets == 0)
    assert sum(found == sets for sets, _, found in rows) >= 24
    assert sum(abs(found - sets) <= 1 for sets, _, found in rows) >= 34
    assert sum(found > sets for sets, _, found in rows) <= 3


def test_the_number_of_sets_by_hand():
    picks = planes(np.random.default_rng(1), axes_apart(np.random.default_rng(1), 2), 30.0, 0.1, 80, HOLE)
    found = find_sets(picks, 100.0, number=3)
    assert (len(found.sets), found.by_hand) == (3, True)
    assert len(find_sets(picks, 100.0, number=0).sets) == 0
    with pytest.raises(InputError, match="ask for 1 to 6"):
        find_sets(picks, 100.0, number=9)
    with pytest.raises(InputError, match="ask for fewer"):
        find_sets(picks[:2], 100.0, number=5)
    with pytest.raises(InputError, match="ask for fewer"):
        sets_of(np.tile([[0.0, 0.0, 1.0]], (5, 1)), np.ones(5), 3)


def test_the_same_picks_give_the_same_sets_in_any_order():
    picks = planes(np.random.default_rng(8), THREE, 30.0, 0.1, 200, HOLE)
    one, other = find_sets(picks, 100.0), find_sets(picks[::-1], 100.0)
    assert (one.member == other.member[::-1]).mean() > 0.99


def test_beds_make_no_sets_and_planes_of_unknown_kind_do_where_nothing_is_called_a_fracture():
    picks = planes(np.random.default_rng(8), THREE, 30.0, 0.1, 60, HOLE)
    kinds = np.array(["bedding"] * 20 + ["unknown"] * 40)
    columns = picks.to_pandas().assign(kind=kinds)
    assert len(find_sets(Picks.from_pandas(columns), 100.0).picks) == 40
    assert len(find_sets(Picks.from_pandas(columns[:20]), 100.0).picks) == 0
    columns.loc[columns.index[:5], "kind"] = "fracture"
    assert len(find_sets(Picks.from_pandas(columns), 100.0).picks) == 5


def test_without_a_survey_the_hole_is_the_axis_of_the_image():
    rng = np.random.default_rng(2)
    dip, azimuth = plane_from_pole(fisher(rng, poles(60.0, 30.0), 80.0, 100))
    (one,) = find_sets(Picks(np.linspace(0, 99, 100), np.minimum(dip, 89.9), azimuth, "fracture"), 100.0).sets
    assert one.cosine == pytest.approx(0.5, abs=0.03)
    assert one.spacing.mean_m.value == pytest.approx(0.5, abs=0.04)
    assert one.p32.value == pytest.approx(terzaghi_weights(dip, 75).sum() / 100, rel=0.02)


def test_a_set_that_ends_at_a_depth_differs_in_its_zones():
    rng = np.random.default_rng(6)
    dip, azimuth = plane_from_pole(np.concatenate([fisher(rng, axis, 60.0, 60) for axis in THREE[:2]]))
    depth = np.concatenate([rng.uniform(0, 100, 60), rng.uniform(0, 50, 60)])
    found = find_sets(Picks(depth, np.minimum(dip, 89), azimuth, "fracture"), 100.0)
    rows = through_depth(found, [(0.0, 50.0), (50.0, 100.0)])
    ends = next(one.number for one in found.sets if abs(one.mean.azimuth_deg - 190) < 10)
    assert [row.differs for row in rows if row.number == ends] == [True, True]
    assert not any(row.differs for row in rows if row.number != ends)
    assert all(row.angle_deg < row.alpha95_deg + 2 for row in rows if row.count > 5)
    assert [row.count for row in rows if row.number == ends][1] <= 2


def test_sets_lie_within_the_cones_of_an_interpreter_who_saw_the_same_rock():
    rng = np.random.default_rng(11)
    ours, theirs = (find_sets(planes(rng, THREE, 40.0, 0.1, 300, HOLE), 100.0) for _ in range(2))
    rows = against(ours, theirs)
    assert len(rows) == 3
    assert all(row.angle_deg < 3 * row.alpha95_deg for row in rows)
    turned = Picks.from_pandas(ours.picks.to_pandas().assign(true_azimuth_deg=(ours.picks.true_azimuth_deg + 40) % 360))
    assert not any(row.inside for row in against(find_sets(turned, 100.0), theirs))
    assert against(find_sets(Picks(), 100.0), theirs) == []
