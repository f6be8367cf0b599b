"""Snapping: planes drawn a little off come back to the trace, and where there is no trace nothing is found."""

import multiprocessing
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.geometry import plane_from_pole, pole_angle_deg, poles
from geobfdt.errors import InputError
from geobfdt.reviewing.evidence import Evidence
from geobfdt.reviewing.snaps import Drawn, reach_m
from geobfdt.synthetic.wells import synthetic_well
from tests.forked import gone
from tests.reviewing.pupils import read_nothing

HOLE_M, LENGTH_M = 0.2159, 20.0


def fractured(seed=6):
    return synthetic_well("A", LENGTH_M, seed, tool="acoustic_televiewer", planes="fracture", hole_diameter_m=HOLE_M)


def read_log():
    return fractured().log


def drawn_near(picks, rng, off_m=0.04, off_deg=8.0):
    """The planes as somebody draws them: a little too high or too low, and turned any way."""
    for k in range(len(picks)):
        pole = poles(picks.dip_deg[k], picks.azimuth_deg[k])
        way = np.cross(pole, rng.normal(size=3))
        turned = pole + np.tan(np.radians(off_deg)) * way / np.linalg.norm(way)
        dip_deg, azimuth_deg = plane_from_pole(turned)
        yield Drawn(picks.depth_m[k] + rng.choice([-off_m, off_m]), min(float(dip_deg), 88.0), float(azimuth_deg))


def errors(picks, snap):
    """How far a snapped plane is from each pick, in metres and in degrees."""
    plane = snap.plane
    pole_deg = pole_angle_deg(picks.dip_deg, picks.azimuth_deg, plane.dip_deg, plane.azimuth_deg)
    return np.abs(picks.depth_m - plane.depth_m), pole_deg


@pytest.fixture(scope="module")
def snapper():
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.reviewing.snapping import Snapper

    return Snapper(read_log(), load_weights())


@pytest.mark.slow
def test_planes_4_cm_and_8_degrees_off_snap_back(snapper):
    """Of those without another true plane beside them, which would be as good an answer."""
    picks = fractured().picks
    alone = [k for k, z in enumerate(picks.depth_m) if (np.abs(picks.depth_m - z) < 0.12).sum() == 1]
    picks = picks[np.array(alone)]
    assert len(picks) >= 15
    right = []
    for k, drawn in enumerate(drawn_near(picks, np.random.default_rng(0))):
        snap = snapper.snap(drawn)
        if snap.plane is None:
            right.append(False)
            continue
        depth_m, pole_deg = errors(picks, snap)
        right.append(bool(depth_m[k] <= 0.015 and pole_deg[k] <= 3))
        assert snap.plane.kind in ("fracture", "bedding")
        assert 0 < snap.plane.confidence <= 1
        assert 0 <= snap.plane.azimuth_deg < 360
    assert np.mean(right) >= 0.85, f"only {np.mean(right):.0%} came back"


@pytest.mark.slow
def test_nothing_comes_where_there_is_no_trace(snapper):
    picks, found = fractured().picks, []
    for depth_m in np.arange(1000.5, 1000 + LENGTH_M - 0.5, 0.34):
        for dip_deg, azimuth_deg in ((10.0, 0.0), (50.0, 120.0), (50.0, 300.0)):
            pole_deg = pole_angle_deg(picks.dip_deg, picks.azimuth_deg, dip_deg, azimuth_deg)
            if not ((np.abs(picks.depth_m - depth_m) < 0.4) & (pole_deg < 40)).any():
                found.append(snapper.snap(Drawn(depth_m, dip_deg, azimuth_deg)))
    assert len(found) > 40
    nothing = [snap for snap in found if snap.plane is None]
    assert len(nothing) >= 0.9 * len(found)
    assert nothing[0].told == "no trace within 15 cm and 25 degrees of it"


@pytest.mark.slow
def test_a_plane_of_the_prediction_is_where_the_prediction_has_it(snapper):
    from geobfdt.prediction.detect import detect

    predicted = detect(read_log()).picks
    sure = predicted[predicted.confidence > 0.7]
    assert len(sure) >= 10
    for k in range(0, len(sure), 4):
        snap = snapper.snap(Drawn(sure.depth_m[k], sure.dip_deg[k], sure.azimuth_deg[k]))
        depth_m, pole_deg = errors(sure, snap)
        assert depth_m[k] * np.cos(np.radians(sure.dip_deg[k])) < 0.01, "square to it: a steep one reaches far along"
        assert pole_deg[k] < 5


@pytest.mark.slow
def test_calipers_reach_and_edges():
    from geobfdt.model.checkpoint import load_weights
    from geobfdt.reviewing.snapping import Snapper

    assert reach_m(HOLE_M / 2) == pytest.approx(0.15, abs=0.002)
    assert reach_m(0.048) == pytest.approx(0.067, abs=0.001)
    log = read_log()
    picks = fractured().picks
    wide = Snapper(replace(log, caliper_m=np.full(log.rows, 1.2 * HOLE_M)), load_weights())
    flatter_deg = np.degrees(np.arctan(np.tan(np.radians(picks.dip_deg)) / 1.2))
    same = [
        snap.plane is not None and abs(snap.plane.dip_deg - flatter_deg[k]) < 3
        for k in range(10)
        if (snap := wide.snap(Drawn(picks.depth_m[k], flatter_deg[k], picks.azimuth_deg[k])))
    ]
    assert np.mean(same) > 0.7
    for depth_m in (log.top_m - 0.1, log.base_m + 0.1, -1e5, 1e5):
        assert "outside the image" in wide.snap(Drawn(depth_m, 10.0, 0.0)).told
    for depth_m in (log.top_m, log.base_m):
        wide.snap(Drawn(depth_m, 10.0, 0.0))


@pytest.mark.slow
def test_the_child_answers_until_it_is_closed(monkeypatch):
    # With torch loaded; the others are started as ever.
    monkeypatch.setattr("geobfdt.workers.child.get_context", lambda _: multiprocessing.get_context("fork"))
    picks = fractured().picks
    evidence = Evidence(read_log, None)
    try:
        first = evidence.snap(picks.depth_m[3], picks.dip_deg[3], picks.azimuth_deg[3])
        assert evidence.snap(picks.depth_m[3], picks.dip_deg[3], picks.azimuth_deg[3]) == first
        assert set(first.to_dict()["plane"]) == {"depth_m", "dip_deg", "azimuth_deg", "kind", "confidence"}
        with pytest.raises(InputError, match=r"dip in \[0, 90\)"):
            evidence.snap(1005.0, 95.0, 0.0)
        child = evidence._child
        os.kill(child.pid, signal.SIGKILL)  # for want of memory, perhaps
        with pytest.raises(InputError, match="has ended"):
            evidence.snap(1005.0, 10.0, 0.0)
        assert evidence.snap(picks.depth_m[3], picks.dip_deg[3], picks.azimuth_deg[3]) == first
    finally:
        evidence.close()
    assert evidence._child is None


@pytest.mark.slow
def test_what_the_child_cannot_read_is_told():
    evidence = Evidence(read_nothing, None)
    try:
        with pytest.raises(InputError, match="put it back"):
            evidence.snap(1005.0, 10.0, 0.0)
    finally:
        evidence.close()


@pytest.mark.slow
def test_the_child_ends_with_a_server_that_is_killed(tmp_path):
    program = tmp_path / "server.py"
    program.write_text(
        "import time\n"
        "from geobfdt.reviewing.evidence import Evidence\n"
        "from tests.reviewing.pupils import read_nothing\n"
        "if __name__ == '__main__':\n"
        "    evidence = Evidence(read_nothing, None)\n"
        "    evidence.warm()\n"
        "    print(evidence._child.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.fspath(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True, env=environment) as server:
        child = int(server.stdout.readline())
        server.kill()
    assert gone(child)
