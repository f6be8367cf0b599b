"""The page's own mathematics, in JavaScript, against the package's: the same numbers through both."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

import geobfdt
from geobfdt.borehole.geometry import azimuth_difference_deg, pole_angle_deg, trace_depths_m
from tests.forked import PATIENCE_S

PAGE = Path(geobfdt.__file__).parent / "reviewing" / "page"
CASES = Path(__file__).with_name("plane_cases.mjs")
NODE = shutil.which("node")
DIAMETER_M = 0.2159
AT_DEG = np.arange(0.0, 360.0, 15.0)

rng = np.random.default_rng(21)
DEPTHS_M = rng.uniform(0.0, 6000.0, 40)
DIPS_DEG = rng.uniform(0.5, 85.0, 40)
AZIMUTHS_DEG = rng.uniform(0.0, 360.0, 40)
DIAMETERS_M = rng.uniform(0.07, 0.45, 40)
OVALITIES = rng.uniform(-0.08, 0.08, (40, 2))

NODES_M = np.arange(995.0, 1012.0, 0.25)
NODE_DIAMETERS_M = DIAMETER_M * (1.0 + 0.3 * np.exp(-((NODES_M - 1005.0) ** 2)))
NODE_OVALITIES = np.stack([0.05 * np.sin(NODES_M), 0.03 * np.cos(NODES_M)], axis=-1)
WANTED_M = np.array([996.01, 1000.0, 1004.9, 1005.13, 1007.5])
"""One block of the page's: 992 to 1008 m."""


def _plane(depth_m: float, dip_deg: float, azimuth_deg: float) -> dict[str, float]:
    return {"depth_m": depth_m, "dip_deg": dip_deg, "azimuth_deg": azimuth_deg}


def _hole(diameter_m: float, ovality: NDArray[np.float64] | tuple[float, float] = (0.0, 0.0)) -> dict[str, float]:
    return {"radius_m": diameter_m / 2, "c": float(ovality[0]), "s": float(ovality[1])}


def _walls(diameters_m: NDArray[np.float64], ovality: NDArray[np.float64], at_deg: NDArray[np.float64]) -> Any:
    """Diameter of the oval wall at every azimuth, (n, m)."""
    twice = 2.0 * np.radians(at_deg)
    return diameters_m[:, None] * (1.0 + ovality[:, :1] * np.cos(twice) + ovality[:, 1:] * np.sin(twice))


def _traces_m(ovality: NDArray[np.float64]) -> NDArray[np.float64]:
    """Traces of the planes by the package, in each azimuth with the diameter that the wall has there."""
    walls = _walls(DIAMETERS_M, ovality, AT_DEG)
    columns = [trace_depths_m(DEPTHS_M, DIPS_DEG, AZIMUTHS_DEG, walls[:, k], [at])[:, 0] for k, at in enumerate(AT_DEG)]
    return np.stack(columns, axis=-1)


def _points(depth_m: float, dip_deg: float, azimuth_deg: float, at_deg: list[float]) -> list[dict[str, float]]:
    """Points of a plane's trace in the washed-out and oval hole of the nodes."""
    diameter = np.interp([depth_m], NODES_M, NODE_DIAMETERS_M)
    ovality = np.stack([np.interp([depth_m], NODES_M, part) for part in NODE_OVALITIES.T], axis=-1)
    walls = _walls(diameter, ovality, np.asarray(at_deg))[0]
    return [
        {"azimuth_deg": at, "depth_m": float(trace_depths_m(depth_m, dip_deg, azimuth_deg, wall, [at])[0])}
        for at, wall in zip(at_deg, walls, strict=True)
    ]


def _cases() -> dict[str, Any]:
    planes = [_plane(*one) for one in zip(DEPTHS_M, DIPS_DEG, AZIMUTHS_DEG, strict=True)]
    round_holes = [_hole(diameter) for diameter in DIAMETERS_M]
    oval_holes = [_hole(diameter, ovality) for diameter, ovality in zip(DIAMETERS_M, OVALITIES, strict=True)]
    clicks = trace_depths_m(DEPTHS_M, DIPS_DEG, AZIMUTHS_DEG, DIAMETERS_M, [10.0, 130.0, 250.0])
    return {
        "traces": [
            {"plane": plane, "hole": hole, "at_deg": AT_DEG.tolist()}
            for holes in (round_holes, oval_holes)
            for plane, hole in zip(planes, holes, strict=True)
        ],
        "dragged": [
            {"plane": _plane(100.0, 30.0, 40.0), "hole": _hole(0.2), "point": {"azimuth_deg": 370.0, "depth_m": 100.2}},
            {"plane": _plane(100.0, 30.0, 40.0), "hole": _hole(0.2), "point": {"azimuth_deg": 40.0, "depth_m": 99.0}},
            {"plane": _plane(100.0, 30.0, 40.0), "hole": _hole(0.2), "point": {"azimuth_deg": 40.0, "depth_m": 300.0}},
        ],
        "fits": [
            {
                "hole": hole,
                "points": [
                    {"azimuth_deg": at, "depth_m": z} for at, z in zip([10.0, 130.0, 250.0], three, strict=True)
                ],
            }
            for hole, three in zip(round_holes, clicks.tolist(), strict=True)
        ],
        "systems": [
            {"matrix": [[0, 2, 1], [1, 0, 0], [0, 1, 3]], "right": [5, 1, 10]},
            {"matrix": [[1, 1, 0], [1, 1, 0], [0, 0, 1]], "right": [1, 2, 3]},
        ],
        "arcs": [[0, 120, 240], [350, 10, 30], [90, 0, 180, 270], [45]],
        "spans": [
            {"azimuth_deg": azimuth, "span_deg": span}
            for azimuth, span in [(5, [350, 20]), (180, [350, 20]), (180, None), (180, [0, 360]), (20, [350, 20])]
        ],
        "log": {"hole_diameter_m": DIAMETER_M, "caliper": True, "oval": True},
        "nodes": {
            "depth_m": NODES_M.tolist(),
            "diameter_m": NODE_DIAMETERS_M.tolist(),
            "ovality": NODE_OVALITIES.tolist(),
        },
        "depths_m": WANTED_M.tolist(),
        "washouts": [
            _points(1004.6, 62.0, 311.0, [5.0, 80.0, 190.0, 260.0]),
            _points(1005.3, 20.0, 12.0, [0.0, 60.0, 120.0]),
        ],
    }


@pytest.fixture(scope="module")
def found() -> Any:
    if NODE is None:
        pytest.skip("node is not installed, so the page's JavaScript cannot be run without a browser")
    done = subprocess.run(
        [NODE, str(CASES), str(PAGE)], input=json.dumps(_cases()), capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _parts(planes: list[dict[str, float]], *names: str) -> list[NDArray[np.float64]]:
    return [np.array([plane[name] for plane in planes]) for name in names]


def test_traces_in_round_and_oval_holes(found: Any) -> None:
    assert_allclose(found["traces"][:40], _traces_m(np.zeros((40, 2))), rtol=0, atol=1e-9)
    assert_allclose(found["traces"][40:], _traces_m(OVALITIES), rtol=0, atol=1e-9)
    swings = np.abs(np.array(found["traces"]) - np.tile(DEPTHS_M, 2)[:, None]).max(axis=1)
    assert np.all(swings <= np.array(found["reaches"]) + 1e-9)


def test_the_trough_gives_its_plane_back(found: Any) -> None:
    depths, dips, azimuths = _parts(found["troughs"], "depth_m", "dip_deg", "azimuth_deg")
    assert_allclose(depths, np.tile(DEPTHS_M, 2))
    assert_allclose(dips, np.tile(DIPS_DEG, 2), atol=1e-6)
    assert_allclose(azimuths, np.tile(AZIMUTHS_DEG, 2), atol=1e-9)


def test_a_dragged_trough_is_where_it_was_dragged_to_or_stops(found: Any) -> None:
    deep, level, steepest = found["dragged"]
    assert deep["azimuth_deg"] == pytest.approx(10.0)
    assert trace_depths_m(100.0, deep["dip_deg"], deep["azimuth_deg"], 0.2, [10.0]) == pytest.approx(100.2)
    assert (level["dip_deg"], level["depth_m"]) == (0.0, 100.0)
    assert steepest["dip_deg"] == 89.0


def test_three_clicks_make_their_plane(found: Any) -> None:
    depths, dips, azimuths, misfits = _parts(found["fits"], "depth_m", "dip_deg", "azimuth_deg", "rms_m")
    assert_allclose(depths, DEPTHS_M, rtol=0, atol=1e-8)
    assert np.max(pole_angle_deg(dips, azimuths, DIPS_DEG, AZIMUTHS_DEG)) < 1e-5
    assert np.max(misfits) < 1e-9


def test_a_fit_uses_the_hole_at_its_own_depth(found: Any) -> None:
    for plane, depth_m, dip_deg, azimuth_deg in zip(
        found["washouts"], (1004.6, 1005.3), (62.0, 20.0), (311.0, 12.0), strict=True
    ):
        # Two passes: the radius is taken where the first one put the plane, a hair off its own depth.
        assert plane["depth_m"] == pytest.approx(depth_m, abs=5e-4)
        assert plane["dip_deg"] == pytest.approx(dip_deg, abs=0.1)
        assert abs(azimuth_difference_deg(plane["azimuth_deg"], azimuth_deg)) < 0.1


def test_the_hole_between_its_nodes_is_numpys(found: Any) -> None:
    hole = found["hole"]
    assert hole["before"] == {"radius_m": DIAMETER_M / 2, "c": 0, "s": 0}
    assert hole["asked"] == [[992, 1008]]
    radii, cosines, sines = _parts(hole["at"], "radius_m", "c", "s")
    assert_allclose(radii, np.interp(WANTED_M, NODES_M, NODE_DIAMETERS_M) / 2, rtol=1e-12)
    assert_allclose(cosines, np.interp(WANTED_M, NODES_M, NODE_OVALITIES[:, 0]), rtol=1e-12)
    assert_allclose(sines, np.interp(WANTED_M, NODES_M, NODE_OVALITIES[:, 1]), rtol=1e-12)
    assert found["round"] == {"radius_m": 0.1, "c": 0, "s": 0}


def test_systems_arcs_and_spans(found: Any) -> None:
    solved, singular = found["solved"]
    assert_allclose(solved, np.linalg.solve([[0, 2, 1], [1, 0, 0], [0, 1, 3]], [5, 1, 10]))
    assert singular is None
    even, north, four, alone = found["arcs"]
    assert even["covered_deg"] == four["covered_deg"] == 360
    assert (north["from_deg"], north["to_deg"], north["covered_deg"]) == (350, 30, 60)
    assert alone["covered_deg"] == 0
    assert found["spans"] == [True, False, True, True, True]
