"""The log side of the review page beside dragging: partial traces, planes put by keys, views, focus, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well
from tests.reviewing.serving import Opened, Server, opened, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("log-side")
    made = synthetic_well("W", 8.0, 7, tool="optical_televiewer", hole_diameter_m=0.096)
    write_corpus(folder / "well.h5", [made])
    formats.write(made.picks, folder / "tool.csv")
    with serving(folder, "well.h5", "--picks", "tool.csv", "-o", "well") as running:
        yield running


@pytest.fixture
def seen(browser: Any, server: Server) -> Iterator[Opened]:
    with opened(browser, server) as page:
        yield page
        assert page.complaints == []


def press(seen: Opened, *keys: str) -> None:
    for key in keys:
        seen.page.keyboard.press(key)


def added(seen: Opened, before: int) -> dict[str, Any]:
    """The row that is there once the server has answered one edit more."""
    seen.settled(before + 1)
    return max(seen.store("[...store.rows.values()]"), key=lambda row: row["id"])


def focus(seen: Opened) -> str:
    return str(seen.page.evaluate("() => document.activeElement.id"))


def test_points_on_a_part_of_the_circle_offer_a_partial_trace(seen: Opened) -> None:
    edits = seen.store("store.edits")
    middle_m = seen.store("store.view.centre_m")
    press(seen, "p", "b")
    for azimuth_deg in (30, 60, 100, 130):
        depth_m = float(middle_m + 0.03 * np.cos(np.radians(azimuth_deg)))
        seen.page.mouse.click(*seen.pixel(azimuth_deg, depth_m, panel=0))
    assert "misfit" in seen.page.locator("#told").inner_text()
    seen.page.locator("label:has(#draw-partial)").click()
    press(seen, "Enter")
    row = added(seen, edits)
    assert row["span_deg"] == pytest.approx([30, 130], abs=1)
    assert (row["kind"], row["status"]) == ("bedding", "accepted")
    assert focus(seen) == "log"
    press(seen, "Escape", "Control+z")
    seen.settled(edits + 2)


def test_points_around_the_circle_offer_none_and_the_last_can_be_dropped(seen: Opened) -> None:
    middle_m = seen.store("store.view.centre_m")
    press(seen, "p")
    for azimuth_deg in (20, 140, 260):
        seen.page.mouse.click(*seen.pixel(azimuth_deg, middle_m))
    assert seen.page.locator("#draw-take").is_enabled()
    assert not seen.page.locator("#draw-partial").is_visible()
    press(seen, "Backspace")
    assert not seen.page.locator("#draw-take").is_enabled()
    press(seen, "Escape")
    assert not seen.page.locator("#drawbar").is_visible()


def test_a_plane_is_put_and_moved_without_a_mouse_and_a_held_key_is_one_edit(seen: Opened) -> None:
    edits = seen.store("store.edits")
    press(seen, "i")
    first = added(seen, edits)
    for _ in range(5):
        seen.page.keyboard.down("ArrowDown")
    seen.page.keyboard.up("ArrowDown")
    seen.settled(edits + 2)
    press(seen, "Shift+ArrowLeft")
    seen.settled(edits + 3)
    last = seen.row(first["id"])
    assert last["depth_m"] == pytest.approx(first["depth_m"] + 0.005, abs=1e-9)
    assert last["azimuth_deg"] == pytest.approx(first["azimuth_deg"] - 10, abs=1e-9)
    assert seen.store("store.edits") == edits + 3
    press(seen, "Control+z", "Control+z", "Control+z")
    seen.settled(edits + 6)


def test_escape_puts_a_pick_back_that_is_being_dragged(seen: Opened) -> None:
    edits = seen.store("store.edits")
    press(seen, "i")
    first = added(seen, edits)
    x, y = seen.pixel((first["azimuth_deg"] + 90) % 360, first["depth_m"])
    seen.page.mouse.move(x, y)
    seen.page.mouse.down()
    seen.page.mouse.move(x, y + 40)
    press(seen, "Escape")
    seen.page.mouse.up()
    press(seen, "Control+z")
    seen.settled(edits + 2)
    assert seen.store(f"store.rows.has({first['id']})") is False
    assert seen.store("store.edits") == edits + 2


def test_what_the_server_refuses_is_told_and_taken_back(browser: Any, server: Server) -> None:
    with opened(browser, server) as seen:
        row = seen.row(0)
        seen.store("store.edit({do: 'set', ids: [0], values: {dip_deg: 95}}).catch(() => {})")
        seen.page.wait_for_selector("#told.error")
        assert "dip" in seen.page.locator("#told").inner_text()
        assert seen.row(0) == row
        # The browser itself notes an answer of 422; the page adds nothing to it.
        assert all("422" in complaint for complaint in seen.complaints)


def test_zooming_holds_the_depth_under_the_cursor_and_true_shape_is_true(seen: Opened) -> None:
    x, y = seen.pixel(200, seen.store("store.view.centre_m") + 0.1)
    depth_m = seen.store(f"view.plane({x}, {y}).depth_m")
    seen.page.mouse.move(x, y)
    seen.page.keyboard.down("Control")
    seen.page.mouse.wheel(0, -200)
    seen.page.keyboard.up("Control")
    seen.page.wait_for_function("() => !window.geobfdt.view.isTrueScale()")
    assert seen.store(f"view.plane({x}, {y}).depth_m") == pytest.approx(depth_m, abs=1e-4)
    press(seen, "1")
    around = seen.pixel(300, depth_m)[0] - seen.pixel(60, depth_m)[0]
    along_m = float(np.pi * 0.096 * 240 / 360)
    down = seen.pixel(60, depth_m + along_m)[1] - seen.pixel(60, depth_m)[1]
    assert around == pytest.approx(down, abs=0.01)


def test_going_to_a_depth_in_feet_and_back_to_the_log(seen: Opened) -> None:
    top_m = seen.store("store.log.top_m")
    seen.page.locator("#unit").select_option("ft")
    seen.page.locator("#log").focus()
    press(seen, "g")
    seen.page.keyboard.type(f"{(top_m + 4) / 0.3048:.3f}")
    press(seen, "Enter")
    assert seen.store("store.view.centre_m") == pytest.approx(top_m + 4, abs=0.001)
    assert focus(seen) == "log"
    press(seen, "/")
    assert focus(seen) != "log"
    press(seen, "Escape")
    assert focus(seen) == "log"


def test_the_screen_is_ticked_as_reviewed_and_unticked(seen: Opened) -> None:
    edits = seen.store("store.edits")
    press(seen, "r")
    seen.settled(edits + 1)
    top_m, base_m = seen.store("view.extent()")
    assert seen.store("store.reviewed_m") == [pytest.approx([top_m, base_m], abs=0.01)]
    seen.page.wait_for_selector("#reviewed[aria-pressed='true']")  # drawn in the next frame
    press(seen, "r")
    seen.settled(edits + 2)
    assert seen.store("store.reviewed_m") == []


def test_a_decision_goes_on_to_the_next_where_that_was_asked_for(seen: Opened) -> None:
    edits = seen.store("store.edits")
    press(seen, "e", "n")
    first = seen.store("store.current")
    press(seen, "a")
    seen.settled(edits + 1)
    assert seen.row(first)["status"] == "accepted"
    assert seen.store("store.current") != first
    assert seen.store("store.rows.get(store.current).status") == "undecided"
    press(seen, "e", "Control+z")
    seen.settled(edits + 2)
