"""The page's mathematics of planes, run by node and held against the package's and mplstereonet's numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.interpretation.statistics import fisher_mean
from tests.forked import PATIENCE_S

PAGE = Path(__file__).parents[2] / "geobfdt" / "reviewing" / "page"
NODE = shutil.which("node")

pytestmark = pytest.mark.skipif(NODE is None, reason="node, which runs the page's modules, is not installed")


def answered(module: str, expression: str, given: Any = None) -> Any:
    """What an expression over the exports ``m`` of a page's module and the JSON value ``given`` comes to."""
    script = (
        f"import * as m from {json.dumps((PAGE / module).as_uri())};\n"
        'import { readFileSync } from "node:fs";\n'
        'const given = JSON.parse(readFileSync(0, "utf8"));\n'
        f"const answer = await (async () => ({expression}))();\n"
        "console.log(JSON.stringify(answer, (_, v) => (v === Infinity ? 'Infinity' : v)));"
    )
    command = [str(NODE), "--no-warnings", "--input-type=module", "--eval", script]
    done = subprocess.run(
        command, input=json.dumps(given), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def planes() -> np.ndarray:
    """(n, 2) of dip and azimuth: all round the circle, level and upright ones among them."""
    random = np.random.default_rng(3)
    drawn = np.column_stack([random.uniform(0, 90, 200), random.uniform(0, 360, 200)])
    return np.concatenate([drawn, [[0, 10], [90, 0], [90, 180], [89.99, 359.99], [5, 0]]])


def test_poles_lie_where_mplstereonet_draws_them(planes):
    from mplstereonet import stereonet_math
    from mplstereonet.stereonet_transforms import LambertTransform

    longitude, latitude = stereonet_math.pole(planes[:, 1] - 90, planes[:, 0])
    wanted = LambertTransform(0, 0, 75).transform(np.column_stack([longitude, latitude])) / np.sqrt(2)
    found = np.array(answered("net.js", "given.map(([dip, azimuth]) => m.polePoint(dip, azimuth))", planes.tolist()))
    level = planes[:, 0] >= 89.99  # the pole of an upright plane is drawn at either end
    np.testing.assert_allclose(found[~level], wanted[~level], atol=1e-9)
    assert np.hypot(*found.T).max() <= 1 + 1e-9
    np.testing.assert_allclose(np.hypot(*found[level].T), 1.0, atol=1e-3)


def test_great_circles_lie_where_mplstereonet_draws_them():
    from mplstereonet import stereonet_math
    from mplstereonet.stereonet_transforms import LambertTransform

    for dip, azimuth in [(30.0, 45.0), (75.0, 200.0), (1.0, 359.0)]:
        longitude, latitude = stereonet_math.plane(azimuth - 90, dip, segments=61)
        wanted = LambertTransform(0, 0, 75).transform(np.column_stack([longitude.ravel(), latitude.ravel()]))
        found = np.array(answered("net.js", "m.planeArc(given[0], given[1], 60)", [dip, azimuth]))
        away = np.hypot(*(found[:, None] - wanted[None] / np.sqrt(2)).transpose(2, 0, 1)).min(1)
        assert away.max() < 1e-6


def test_the_plane_under_a_place_of_the_net_is_the_one_drawn_there(planes):
    expression = "given.map(([dip, azimuth]) => Object.values(m.planeAt(m.polePoint(dip, azimuth)) ?? [NaN, NaN]))"
    inside = planes[(planes[:, 0] > 0.1) & (planes[:, 0] < 89.9)]
    np.testing.assert_allclose(np.array(answered("net.js", expression, inside.tolist()), float), inside, atol=1e-6)
    assert answered("net.js", "m.planeAt([0.8, 0.8])") is None
    assert answered("net.js", "m.dipRadius(90)") == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 2, 3, 40, 205])
def test_the_mean_plane_is_that_of_the_report(planes, count):
    drawn = planes[-count:]
    wanted = fisher_mean(drawn[:, 0], drawn[:, 1])
    expression = "m.fisherMean(given.map(([dip_deg, azimuth_deg]) => ({ dip_deg, azimuth_deg })))"
    found = answered("orientation.js", expression, drawn.tolist())
    pole, expected = poles(found["dip_deg"], found["azimuth_deg"]), poles(wanted.dip_deg, wanted.azimuth_deg)
    assert abs(pole @ expected) == pytest.approx(1.0, abs=1e-9)
    assert found["count"] == count
    for name in ("kappa", "alpha95_deg"):
        assert (found[name] is None) == np.isnan(getattr(wanted, name))
        if found[name] is not None:
            assert found[name] == pytest.approx(getattr(wanted, name), rel=1e-6)


def test_the_mean_of_upright_planes_does_not_fall_flat():
    """Poles on either side of the net, as steep fractures have them, are one set."""
    steep = [[88.0, 90.0], [87.0, 270.0], [89.0, 92.0], [88.5, 268.0]]
    expression = "m.fisherMean(given.map(([dip_deg, azimuth_deg]) => ({ dip_deg, azimuth_deg })))"
    found = answered("orientation.js", expression, steep)
    wanted = fisher_mean([p[0] for p in steep], [p[1] for p in steep])
    assert found["dip_deg"] == pytest.approx(wanted.dip_deg, abs=1e-6)
    assert found["dip_deg"] > 85
    assert found["azimuth_deg"] == pytest.approx(wanted.azimuth_deg, abs=1e-6)
    assert answered("orientation.js", "m.fisherMean([])") is None
    alike = answered("orientation.js", expression, [[30.0, 40.0]] * 3)
    assert alike["kappa"] == "Infinity"


def test_planes_come_back_from_their_poles(planes):
    expression = "given.map(([dip, azimuth]) => Object.values(m.planeOfPole(m.pole(dip, azimuth).map((x) => -3 * x))))"
    found = np.array(answered("orientation.js", expression, planes.tolist()))
    dip, azimuth = plane_from_pole(-3 * poles(planes[:, 0], planes[:, 1]))
    np.testing.assert_allclose(poles(*found.T), poles(dip, azimuth), atol=1e-9)
    assert ((found[:, 1] >= 0) & (found[:, 1] < 360)).all()


@pytest.mark.parametrize(
    ("azimuth", "ends", "inside"),
    [
        (10, (350, 20), True),
        (350, (350, 20), True),
        (20, (350, 20), True),
        (180, (350, 20), False),
        (180, (0, 360), True),
        (0, (0, 360), True),
        (359.9, (270, 360), True),
        (0, (270, 360), False),
        (90, (45, 90), True),
        (91, (45, 90), False),
    ],
)
def test_ranges_of_azimuths_go_round_the_circle(azimuth, ends, inside):
    assert answered("filter.js", "m.withinAzimuths(given[0], given[1])", [azimuth, ends]) is inside


def test_petals_count_by_area_as_the_report_does(planes):
    azimuths = [planes[:120, 1], planes[120:200, 1]]
    counts = [np.histogram(one, np.arange(0, 361, 10))[0] for one in azimuths]
    found = answered("rose.js", "given.map(m.sectorCounts)", [one.tolist() for one in azimuths])
    np.testing.assert_array_equal(found, counts)
    radii = answered("rose.js", "m.petals(given)", found)
    area = np.array([[petal["outer"] ** 2 - petal["inner"] ** 2 for petal in layer] for layer in radii])
    np.testing.assert_allclose(area, np.array(counts) / sum(counts).max(), atol=1e-12)
    np.testing.assert_allclose([petal["inner"] for petal in radii[1]], [petal["outer"] for petal in radii[0]])
    assert sum(answered("rose.js", "m.sectorCounts(given)", [0, 360, 359.999, -10])) == 4
    assert answered("rose.js", "m.strikesOf(45)") == [315, 135]
    assert answered("rose.js", "m.petals([m.sectorCounts([])])")[0][0] == {"inner": 0, "outer": 0}


def test_a_lasso_takes_what_lies_inside():
    square = [[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]]
    points = [[0, 0], [0.49, 0.49], [0.51, 0], [-2, 0], [0, -0.6]]
    expression = "given[1].map((point) => m.inPolygon(point, given[0]))"
    assert answered("net.js", expression, [square, points]) == [True, True, False, False, False]


def test_densities_are_schmidts_counts():
    """Equal poles are 100 times an even spread's density where they lie, the rim meets its opposite, and the mean over
    the hemisphere of an even spread is about 1.
    """
    normals = np.repeat(poles(40.0, 120.0)[None], 50, 0).tolist()
    found = np.array(answered("net.js", "[...m.schmidtDensity(given, 41)]", normals), float).reshape(41, 41)
    assert np.nanmax(found) == pytest.approx(100.0)
    assert np.isnan(found[0, 0])
    x, y = answered("net.js", "m.polePoint(40, 120)")
    row, column = np.argwhere(found == 100.0).mean(0)
    assert (column / 20 - 1, row / 20 - 1) == pytest.approx((x, y), abs=0.05)
    upright = [poles(89.9, 90.0).tolist()]
    rim = np.array(answered("net.js", "[...m.schmidtDensity(given, 41)]", upright), float).reshape(41, 41)
    assert rim[20, 0] > 0
    assert rim[20, 40] > 0
    random = np.random.default_rng(1).normal(size=(2000, 3))
    even = random / np.linalg.norm(random, axis=1)[:, None]
    spread = np.array(answered("net.js", "[...m.schmidtDensity(given, 41)]", even.tolist()), float)
    assert np.nanmean(spread) == pytest.approx(1.0, abs=0.1)


def test_of_many_questions_the_last_is_answered():
    expression = """new Promise((resolve) => {
        const asked = [], answers = [];
        const ask = m.latest(
            (question) => { asked.push(question); return new Promise((done) => setTimeout(() => done(question), 20)); },
            (answer) => { answers.push(answer); resolve({ asked, answers }); },
            (error) => resolve(String(error)),
        );
        for (let k = 1; k <= 9; k++) ask(k);
    })"""
    assert answered("latest.js", expression) == {"asked": [1, 9], "answers": [9]}
    failing = """new Promise((resolve) => m.latest(
        async () => { throw new Error("no such set"); }, resolve, (error) => resolve(error.message))(1))"""
    assert answered("latest.js", failing) == "no such set"


def test_arrows_step_to_the_nearest_pole_that_way():
    """Over 45 degrees aside is another direction; where there is none the step is not taken."""
    points = [[0.0, 0.0], [0.2, 0.05], [0.5, 0.0], [0.1, 0.4], [-0.3, 0.0]]
    poles_drawn = [{"id": k, "point": point} for k, point in enumerate(points)]
    expression = "[[1, 0], [-1, 0], [0, 1], [0, -1]].map((way) => m.nextPole(given, given[0], way)?.id ?? null)"
    assert answered("net.js", expression, poles_drawn) == [1, 4, 3, None]


def test_disagreements_are_walked_missed_first_each_by_depth():
    given = {
        "answer": {"missed": [3, 1], "false": [7, 5]},
        "ref": [{"id": 1, "depth_m": 20.0}, {"id": 3, "depth_m": 10.0}],
        "est": [{"id": 5, "depth_m": 5.0}, {"id": 7, "depth_m": 15.0}],
    }
    by_id = "(rows) => new Map(rows.map((row) => [row.id, row]))"
    walk = f"m.disagreements(given.answer, ({by_id})(given.ref), ({by_id})(given.est))"
    found = answered("comparison.js", f"{walk}.map(({{ what, row }}) => [what, row.id])", given)
    assert found == [["missed", 3], ["missed", 1], ["false", 5], ["false", 7]]
    row = {"id": 9, "depth_m": 1.0, "dip_deg": 2.0, "azimuth_deg": 3.0, "kind": "bedding", "confidence": None}
    assert set(answered("comparison.js", "m.added(given)", row)) == {"depth_m", "dip_deg", "azimuth_deg", "kind"}
    assert answered("comparison.js", "m.added(given)", row | {"confidence": 0.5})["confidence"] == 0.5


def test_the_list_sorts_and_a_missing_confidence_is_certain():
    rows = [
        {"id": 0, "depth_m": 1.0, "confidence": None, "status": "accepted", "dip_deg": 5.0},
        {"id": 1, "depth_m": 2.0, "confidence": 0.2, "status": "undecided", "dip_deg": 80.0},
        {"id": 2, "depth_m": 3.0, "confidence": 0.9, "status": "undecided", "dip_deg": 5.0},
    ]
    sorts = [["depth", False], ["depth", True], ["confidence", False], ["dip", False], ["status", False]]
    expression = "given[1].map(([by, falling]) => m.ordered(given[0], by, falling).map(({ id }) => id))"
    found = answered("row_list.js", expression, [rows, sorts])
    assert found == [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1], [1, 2, 0]]


def test_next_undecided_and_next_doubtful_walk_all_of_them_and_begin_again():
    """Two at one depth must not hand the walk to each other for ever."""
    rows = [
        {"id": 0, "depth_m": 1.0, "confidence": 0.9, "status": "undecided"},
        {"id": 1, "depth_m": 1.0, "confidence": 0.4, "status": "undecided"},
        {"id": 2, "depth_m": 2.0, "confidence": 0.1, "status": "accepted"},
        {"id": 3, "depth_m": 3.0, "confidence": 0.4, "status": "undecided"},
    ]
    walk = """["nextUndecided", "leastCertain"].map((next) => {
        const store = { current: null, shown: () => given };
        return given.map(() => (store.current = m[next](store).id));
    })"""
    assert answered("panel_list.js", walk, rows) == [[0, 1, 3, 0], [1, 3, 0, 1]]
    assert answered("panel_list.js", "m.nextUndecided({ current: 2, shown: () => given })", rows[2:3]) is None
    assert answered("panel_list.js", "m.leastCertain({ current: 2, shown: () => given })", rows[2:3]) is None


def test_progress_in_words():
    assert answered("progress.js", "m.metresOf(given)", [[0, 1.5], [3, 4]]) == 2.5
    words = answered("panel_teach.js", "given.map(m.timeWords)", [0.4, 59, 65, 3600, -3])
    assert words == ["0 s", "59 s", "1 min 05 s", "1 h 00 min", "0 s"]
    store = {
        "view": {"centre_m": 1.0, "metres_per_pixel": 0.01, "height_px": 400},
        "log": {"top_m": 0.0, "base_m": 2.5},
    }
    assert answered("progress.js", "m.screen_m(given)", store) == [0, 2.5]


def test_numbers_are_read_with_a_comma_too_and_refused_in_one_sentence():
    read = """given.map((text) => {
        try { return m.number(text, "dip in degrees", 0, 89.9); } catch (error) { return error.message; }
    })"""
    assert answered("entry.js", read, ["12,5", "0", "", "95", "steep"]) == [
        12.5,
        0,
        "dip in degrees: nothing is not a number",
        "dip in degrees lies between 0 and 89.9, not at 95",
        "dip in degrees: steep is not a number",
    ]
