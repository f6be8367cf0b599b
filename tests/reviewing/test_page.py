"""What an interpreter does on the review page, done by a browser: the well is made here, and its planes are known."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.geometry import azimuth_difference_deg, trace_depths_m
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well
from tests.reviewing.serving import Opened, Server, opened, serving

TOLERANCES_CM = (1, 3, 5, 8, 20)


def plain_well() -> Well:
    """A televiewer's well of 6 m whose hole widens from 96 to 110 mm on the way down."""
    well = synthetic_well("W", 6.0, 3, tool="optical_televiewer", hole_diameter_m=0.096)
    caliper_m = np.linspace(0.096, 0.110, well.log.rows)
    confidence = np.linspace(0.3, 0.99, len(well.picks))
    return replace(well, log=replace(well.log, caliper_m=caliper_m), picks=replace(well.picks, confidence=confidence))


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Well]:
    """The folder of a log and two tables of picks on it: the truth, and another interpreter's, who is off by 2 cm."""
    folder = tmp_path_factory.mktemp("review")
    made = plain_well()
    write_corpus(folder / "well.h5", [made])
    formats.write(made.picks, folder / "tool.csv")
    seen = made.picks[np.arange(len(made.picks)) % 4 != 0]
    random = np.random.default_rng(1)
    moved = seen.depth_m + random.normal(0.01, 0.02, len(seen))
    formats.write(replace(seen, depth_m=moved), folder / "other.csv")
    return folder, made


@pytest.fixture(scope="module")
def server(well: tuple[Path, Well]) -> Iterator[Server]:
    folder, _ = well
    arguments = ("well.h5", "--picks", "tool.csv", "--picks", "other.csv", "-o", "well")
    with serving(folder, *arguments) as running:
        yield running


@pytest.fixture
def seen(browser: Any, server: Server) -> Iterator[Opened]:
    """The page, which asks nobody else for anything and complains of nothing."""
    with opened(browser, server) as page:
        yield page
        page.page.keyboard.press("Escape")
        assert {url for url in page.asked if not url.startswith((server.root, "data:", "blob:"))} == set()
        assert page.complaints == []


def inclined(made: Well) -> int:
    """A plane of 20 to 50 degrees well inside the log: the one furthest from its neighbours."""
    depth_m, dip_deg = made.picks.depth_m, made.picks.dip_deg
    alone_m = np.array([np.sort(np.abs(depth_m - one))[1] for one in depth_m])
    inside = (depth_m > made.log.top_m + 0.5) & (depth_m < made.log.base_m - 0.5)
    return int(np.argmax(np.where((dip_deg > 20) & (dip_deg < 50) & inside, alone_m, -1)))


def grip(seen: Opened, made: Well, number: int, azimuth_deg: float) -> tuple[float, float]:
    """The page's pixel of a plane's trace at an azimuth, which lies inside the image."""
    row = seen.row(number)
    diameter_m = made.log.diameters_m(np.array([row["depth_m"]]))
    at = np.array([azimuth_deg % 360])
    (depth_m,) = trace_depths_m([row["depth_m"]], [row["dip_deg"]], [row["azimuth_deg"]], diameter_m, at)[0]
    return seen.pixel(float(at[0]), float(depth_m))


def show(seen: Opened, number: int) -> None:
    """Have a pick in the middle of the view, with the caliper around it."""
    seen.store(f"store.setCurrent({number}, {{reveal: true}})")
    seen.store("store.setView({metres_per_pixel: 0.001})")
    depth_m = seen.row(number)["depth_m"]
    seen.store(f"store.goTo({depth_m!r})")
    seen.store(f"view.hole.load({depth_m - 1!r}, {depth_m + 1!r})")  # before it is there a trace is drawn without it
    seen.still()


def aside(row: dict[str, Any]) -> float:
    """An azimuth at which the trace crosses the axis' depth, away from the image's own edge."""
    return min(((row["azimuth_deg"] + turn) % 360 for turn in (90, 270)), key=lambda azimuth: abs(azimuth - 180))


def test_dragging_the_body_moves_the_depth_and_the_trough_dip_and_azimuth_and_undo_is_exact(
    seen: Opened, well: tuple[Path, Well]
) -> None:
    _, made = well
    number = inclined(made)
    show(seen, number)
    first = seen.row(number)
    edits = seen.store("store.edits")
    metres_per_pixel = seen.store("store.view.metres_per_pixel")

    seen.drag(grip(seen, made, number, aside(first)), (0, 25))
    seen.settled(edits + 1)
    moved = seen.row(number)
    assert abs(moved["depth_m"] - first["depth_m"] - 25 * metres_per_pixel) <= metres_per_pixel
    assert (moved["dip_deg"], moved["azimuth_deg"]) == (first["dip_deg"], first["azimuth_deg"])
    assert moved["status"] == "accepted"
    assert moved["changed"]

    start = grip(seen, made, number, moved["azimuth_deg"])
    across = 30 if start[0] < seen.pixel(180, moved["depth_m"])[0] else -30
    wanted = seen.store(f"view.plane({start[0] + across}, {start[1] + 20})")
    seen.drag(start, (across, 20))
    seen.settled(edits + 2)
    turned = seen.row(number)
    radius_m = float(made.log.diameters_m(np.array([turned["depth_m"]]))[0]) / 2
    dip_deg = np.degrees(np.arctan2(wanted["depth_m"] - turned["depth_m"], radius_m))
    assert turned["depth_m"] == moved["depth_m"]
    assert abs(azimuth_difference_deg(turned["azimuth_deg"], wanted["azimuth_deg"])) <= 0.5
    assert abs(turned["dip_deg"] - dip_deg) <= 0.5

    seen.page.keyboard.press("Control+z")
    seen.settled(edits + 3)
    assert seen.row(number) == moved
    seen.page.keyboard.press("Control+z")
    seen.settled(edits + 4)
    assert seen.row(number) == first


def test_three_clicks_make_the_plane_that_was_clicked(seen: Opened, well: tuple[Path, Well]) -> None:
    _, made = well
    number = inclined(made)
    show(seen, number)
    wanted, before, edits = seen.row(number), set(seen.store("[...store.rows.keys()]")), seen.store("store.edits")
    seen.page.locator("#log").focus()
    seen.page.keyboard.press("p")
    for azimuth_deg in (40, 160, 280):
        seen.page.mouse.click(*grip(seen, made, number, azimuth_deg))
    seen.page.keyboard.press("Enter")
    seen.settled(edits + 1)
    (added,) = set(seen.store("[...store.rows.keys()]")) - before
    drawn = seen.row(added)
    assert abs(drawn["depth_m"] - wanted["depth_m"]) <= 1.5 * seen.store("store.view.metres_per_pixel")
    assert abs(drawn["dip_deg"] - wanted["dip_deg"]) <= 1.5
    assert abs(azimuth_difference_deg(drawn["azimuth_deg"], wanted["azimuth_deg"])) <= 1.5
    assert drawn["status"] == "accepted"
    assert drawn["added"]
    seen.page.keyboard.press("Control+z")
    seen.settled(edits + 2)
    assert set(seen.store("[...store.rows.keys()]")) == before


def test_keys_alone_decide_and_move(seen: Opened) -> None:
    edits = seen.store("store.edits")
    seen.page.locator("#log").focus()
    seen.page.keyboard.press("n")
    number = seen.store("store.current")
    first = seen.row(number)
    for done, key in enumerate(("x", "u", "a", "f", "ArrowDown", "ArrowRight", "+"), start=1):
        seen.page.keyboard.press(key)
        seen.settled(edits + done)
        seen.store(f"store.setCurrent({number})")
    last = seen.row(number)
    assert last["kind"] == "fracture"
    assert last["depth_m"] == pytest.approx(first["depth_m"] + 0.001, abs=1e-9)
    assert azimuth_difference_deg(last["azimuth_deg"], first["azimuth_deg"]) == pytest.approx(1, abs=1e-9)
    assert last["dip_deg"] == pytest.approx(first["dip_deg"] + 0.5, abs=1e-9)
    for _ in range(7):
        seen.page.keyboard.press("Control+z")
        edits += 1
    seen.settled(edits + 7)
    assert seen.row(number) == first


@pytest.mark.slow
def test_the_tolerance_slider_says_what_the_score_command_says(seen: Opened, well: tuple[Path, Well]) -> None:
    folder, made = well
    given = [argument for cm in TOLERANCES_CM for argument in ("--tolerance", str(cm / 100))]
    command = [sys.executable, "-m", "geobfdt", "score", "tool.csv", "other.csv", "--json", *given]
    diameter = ("--hole-diameter", str(made.log.hole_diameter_m))
    done = subprocess.run([*command, *diameter], cwd=folder, capture_output=True, text=True, check=True)
    lines = [line for line in json.loads(done.stdout)["scores"] if line["group"] == "all"]
    seen.page.keyboard.press("c")
    for name, value in (("ref", "other"), ("est", "tool"), ("where", "all"), ("criterion", "joint")):
        seen.page.locator(f"#compare-{name}").select_option(value if value != "tool" else "review")
    for cm in TOLERANCES_CM:
        seen.page.locator("#compare-tolerance").fill(str(cm))
        seen.page.wait_for_function(f"() => document.querySelector('#compare-says').textContent.includes(' {cm} cm')")
        for line in lines:
            if line["tolerance_m"] == cm / 100:
                wanted = {
                    "recalled": f"{line['hits']}",
                    "missed": f"{line['n_ref'] - line['hits']}",
                    "false": f"{line['n_est'] - line['hits']}",
                    "F1": f"{line['f1']:.2f}",
                    "chance F1": f"{line['chance_f1']:.2f}",
                }
                cells = {name: seen.page.locator(f"[data-score='{line['criterion']} {name}']") for name in wanted}
                assert {name: cell.text_content() for name, cell in cells.items()} == wanted
    marked = seen.store("({missed: store.marks.missed.size, extra: store.marks.false.size})")
    (joint,) = [line for line in lines if (line["criterion"], line["tolerance_m"]) == ("joint", 0.2)]
    assert marked == {"missed": joint["n_ref"] - joint["hits"], "extra": joint["n_est"] - joint["hits"]}


def test_what_is_saved_is_what_the_page_held(seen: Opened, server: Server, well: tuple[Path, Well]) -> None:
    folder, _ = well
    server.post("/api/edit", {"do": "set", "ids": [0, 1], "values": {"status": "rejected"}})
    told = server.post("/api/save", {"which": "kept", "report": False, "agreement": None})
    rows = [row for row in server.json("/api/state")["rows"] if row["status"] != "rejected"]
    for name in ("well.picks.csv", "well.picks.las", "well.picks.json"):
        assert name in told["files"]
        back = formats.read_picks(folder / name).sorted()
        assert len(back) == len(rows)
        np.testing.assert_allclose(back.depth_m, sorted(row["depth_m"] for row in rows), atol=1e-4)
    assert isinstance(back, Picks)
    server.post("/api/edit", {"do": "undo"})


CONTROLS = "button, input, select, textarea, a[href], canvas[tabindex], [role=tab], summary"
NAMELESS = f"""() => [...document.querySelectorAll({CONTROLS!r})]
    .filter(one => one.offsetParent !== null)
    .filter(one => !(one.getAttribute('aria-label') || one.title || one.labels?.length || one.textContent.trim()
                     || document.getElementById(one.getAttribute('aria-labelledby'))))
    .map(one => one.outerHTML)"""
UNREACHABLE = f"""() => [...document.querySelectorAll({CONTROLS!r})]
    .filter(one => one.offsetParent !== null && !one.disabled && one.tabIndex < 0)
    .filter(one => !one.closest('[role=tablist], [role=radiogroup], [role=listbox], [role=grid]'))
    .map(one => one.outerHTML)"""
WITHOUT_ID = f"() => [...document.querySelectorAll({CONTROLS!r})].filter(one => !one.id).map(one => one.outerHTML)"


@pytest.mark.slow
def test_every_control_has_a_name_and_is_reached_by_the_keyboard(seen: Opened) -> None:
    tabs = seen.page.locator("[role=tab]")
    assert tabs.count() == 5
    for number in range(tabs.count()):
        tabs.nth(number).click()
        assert seen.page.evaluate(NAMELESS) == []
        assert seen.page.evaluate(UNREACHABLE) == []
    visited = set()
    for _ in range(400):
        seen.page.keyboard.press("Tab")
        visited.add(seen.page.evaluate("() => document.activeElement.id || document.activeElement.tagName"))
    stops = f"""() => [...document.querySelectorAll({CONTROLS!r})].filter(one => one.offsetParent !== null
        && !one.disabled && one.tabIndex >= 0 && !(one.type === 'radio' && !one.checked)).map(one => one.id)"""
    assert set(seen.page.evaluate(stops)) <= visited
