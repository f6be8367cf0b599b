"""What is counted of a well's picks is what a mask of their traces would hold."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from geobfdt.borehole.density import STRETCH_M, TRACE_HALF_RADII, density_of
from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.borehole.well import Well, well_from
from geobfdt.errors import InputError
from geobfdt.formats.corpus import read_corpus, write_corpus

ROW_M = 0.001


def planted(n=60, seed=0):
    rng = np.random.default_rng(seed)
    depths = 1000 + np.arange(600) * 0.01
    log = ImageLog(rng.normal(size=(600, 30)), depths, 0.2159, first_azimuth_deg=25.0, well="W")
    picks = Picks(
        rng.uniform(1000, 1005.9, n), rng.uniform(0, 80, n), rng.uniform(0, 359, n), rng.choice((*KINDS, UNKNOWN), n)
    )
    twice = Picks.concatenate([picks, picks[:10]])  # one trace on another covers no more
    return log, replace(twice, well="W")


def mask_of(log, picks, rows):
    """Pixels (rows, 180) of a millimetre, from the log's upper edge on, that traces cover."""
    azimuths = (np.arange(180) + 0.5) * 2 + log.first_azimuth_deg
    z = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, log.diameters_m(picks.depth_m), azimuths)
    row_m = log.top_m - log.row_step_m / 2 + (np.arange(rows) + 0.5) * ROW_M
    covered = np.zeros((rows, 180), bool)
    slope = np.gradient(z, np.radians(azimuths), axis=1) / (log.diameters_m(picks.depth_m)[:, None] / 2)
    half_m = TRACE_HALF_RADII * log.radius_m * np.hypot(1, slope)
    for trace, half in zip(z, half_m, strict=True):
        covered |= np.abs(row_m[:, None] - trace) <= half
    return covered


@pytest.mark.parametrize("n", [0, 1, 60])
@pytest.mark.parametrize("caliper", [False, True])
def test_shares_are_those_of_a_mask(n, caliper):
    log, picks = planted(n)
    if caliper:
        log = replace(log, caliper_m=np.linspace(0.2, 0.3, log.rows))
    found = density_of(log, picks)
    assert len(found.trace_share) == 120
    a_stretch = round(STRETCH_M / ROW_M)
    drawn = mask_of(log, picks, 120 * a_stretch).reshape(120, a_stretch, 180).mean((1, 2))
    np.testing.assert_allclose(found.trace_share, drawn, atol=0.004)
    assert n == 0 or found.trace_share.max() > 0.05
    edges_m = log.top_m - log.row_step_m / 2 + np.arange(121) * STRETCH_M
    for number, kind in enumerate((*KINDS, UNKNOWN)):
        counted, _ = np.histogram(picks.of_kind(kind).depth_m, edges_m)
        np.testing.assert_array_equal(found.planes[:, number], counted)
    assert (found.reviewed_share == 1).all()


def test_what_no_one_reviewed_does_not_count():
    log, picks = planted()
    reviewed = [(1001.02, 1002.995), (1002.5, 1003.5), (1004.0, 1004.01)]
    found = density_of(log, picks, reviewed)
    assert found.planes.sum() == len(picks.within(reviewed))
    row_m = log.top_m - log.row_step_m / 2 + (np.arange(6000) + 0.5) * ROW_M
    seen = np.any([(row_m > top) & (row_m < base) for top, base in reviewed], axis=0)
    np.testing.assert_allclose(found.reviewed_share, seen.reshape(120, 50).mean(1), atol=0.021)
    np.testing.assert_array_equal(found.trace_share, density_of(log, picks.within(reviewed)).trace_share)


def test_sums_above_depths_add_up():
    log, picks = planted()
    found = density_of(log, picks)
    planes, traces_m = found.above(np.array([900.0, found.top_m, 1002.995, 1100.0]))
    assert planes.tolist()[:2] == [0, 0]
    assert (planes[3], traces_m[3]) == (len(picks), pytest.approx(found.trace_share.sum() * STRETCH_M))
    assert planes[2] == (picks.depth_m < 1002.995).sum()


def test_a_corpus_holds_it_and_older_ones_are_counted_anew(tmp_path):
    path = tmp_path / "c.h5"
    log, picks = planted()
    well = well_from(log, picks, [(1001.0, 1003.0)])
    write_corpus(path, [well])

    def agrees(other, with_this):
        for name in ("planes", "trace_share", "reviewed_share"):
            np.testing.assert_array_equal(getattr(other, name), getattr(with_this, name))
        assert other.top_m == with_this.top_m

    (read,) = read_corpus(path)
    agrees(read.density, well.density)
    few = replace(read, picks=read.picks[:3])
    agrees(few.density, density_of(log, well.picks[:3], well.reviewed_m))
    with h5py.File(path, "a") as file:
        file["wells/0000/coverage/trace_share"][()] = np.full(120, 0.5)
    assert (read_corpus(path)[0].density.trace_share == 0.5).all()  # as stored, no second count
    with h5py.File(path, "a") as file:
        file["wells/0000/coverage"].attrs["stretch_m"] = 0.25
    agrees(read_corpus(path)[0].density, well.density)
    with h5py.File(path, "a") as file:
        del file["wells/0000/coverage"]
    agrees(read_corpus(path)[0].density, well.density)


def test_a_log_longer_than_any_hole_is_refused(tmp_path):
    log = ImageLog(np.ones((3, 8)), np.array([0.0, 4e4, 8e4]), 0.2, well="W")
    with pytest.raises(InputError, match="no hole is so long; correct the depths"):
        write_corpus(tmp_path / "c.h5", [Well(log)])
