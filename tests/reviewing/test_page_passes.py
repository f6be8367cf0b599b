"""Whole passes on the review page: the detector taught on what was reviewed, and a blind second pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well
from tests.reviewing.pupils import held_back
from tests.reviewing.serving import PATIENCE_MS, Server, opened, serving

LONG_MS = 2 * PATIENCE_MS
"""What trains is waited for so long: it starts processes one after the other."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    well = synthetic_well("W", 8.0, 5, tool="acoustic_televiewer", hole_diameter_m=0.096)
    write_corpus(tmp_path / "well.h5", [well])
    formats.write(replace(well.picks, confidence=np.full(len(well.picks), 0.9)), tmp_path / "first.csv")
    return tmp_path


def reviewed(server: Server) -> None:
    log = server.json("/api/state")["log"]
    whole = {"top_m": log["top_m"], "base_m": log["base_m"]}
    server.post("/api/edit", {"do": "reviewed", **whole, "on": True, "accept": True})


@contextmanager
def overtaken(page: Any, method: str) -> Iterator[None]:
    """What the page asks of teaching by a method is answered at once by the server, and heard at the block's end."""
    asked: list[Any] = []
    held: list[Any] = []
    holding = True

    def hold(route: Any) -> None:
        if holding and route.request.method == method:
            asked.append(route)
            held.append((route, route.fetch(timeout=LONG_MS)))
        else:
            route.continue_()

    page.route("**/api/teach", hold)
    yield
    holding = False
    assert asked
    for _ in range(round(LONG_MS / 50)):  # an answer that is still on its way would never be heard
        if len(held) == len(asked):
            break
        page.wait_for_timeout(50)
    assert len(held) == len(asked)
    for route, answer in held:
        route.fulfill(response=answer)
    page.unroute("**/api/teach")


@pytest.mark.slow
def test_the_detector_is_taught_on_the_page_stopped_and_gone_on_with(
    browser: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = held_back(folder, monkeypatch)
    with serving(folder, "well.h5", "--picks", "first.csv", "-o", "taught") as server:
        reviewed(server)
        with opened(browser, server) as seen:
            page = seen.page
            with overtaken(page, "GET"):
                page.keyboard.press("t")
                page.locator("#teach-steps").fill("4")
                with page.expect_response(lambda answer: answer.request.method == "POST"):
                    page.locator("#teach-start").click()
            page.locator("#teach-cancel").wait_for(state="visible")
            with overtaken(page, "POST"):
                page.locator("#teach-cancel").click()
                while server.json("/api/teach")["state"] == "running":
                    page.wait_for_timeout(200)
                page.wait_for_timeout(1500)  # it asks once a second, and may act on the answer to "cancel" alone
                assert page.locator("#teach-resume").is_hidden()
            page.locator("#teach-resume").wait_for(state="visible", timeout=LONG_MS)
            hold.unlink()
            page.locator("#teach-resume").click()
            page.locator("#teach-result table").wait_for(timeout=LONG_MS)
            page.wait_for_function("() => window.geobfdt.store.layers.some(one => one.name === 'retrained')")
            told = page.locator("#teach-result").text_content()
            assert "chance" in told
            answer = server.json("/api/teach")
            assert answer["state"] == "finished"
            assert Path(answer["weights"]).is_file()
            assert Path(answer["weights"]).parent.is_relative_to(folder / "taught.taught")
            held, taught = (sum(base - top for top, base in answer[name]) for name in ("held_out_m", "taught_m"))
            assert 0 < held < taught
            assert seen.complaints == []


@pytest.mark.slow
def test_a_blind_pass_hides_the_first_until_it_is_finished_and_then_says_what_both_have_in_common(
    browser: Any, folder: Path
) -> None:
    with serving(folder, "well.h5", "--picks", "first.csv", "--blind", "-o", "second") as server:
        first = formats.read_picks(folder / "first.csv")
        with opened(browser, server) as seen:
            assert seen.store("[store.rows.size, store.layers.length]") == [0, 0]
            for depth_m, dip_deg, azimuth_deg in zip(first.depth_m, first.dip_deg, first.azimuth_deg, strict=True):
                values = {"depth_m": depth_m, "dip_deg": dip_deg, "azimuth_deg": azimuth_deg, "kind": "unknown"}
                server.post("/api/edit", {"do": "add", "values": values})
            reviewed(server)
            seen.page.reload()
            seen.ready()
            seen.page.keyboard.press("c")
            seen.page.locator("#blind-finish").click()
            seen.page.locator("dialog[open] button", has_text="Finish").click()
            seen.page.wait_for_function("() => window.geobfdt.store.layers.length > 0")
            names = seen.store("store.layers.map(one => one.name)")
            assert "first" in names
            told = server.json(f"/api/agreement?{urlencode({'ref': 'first', 'est': names[-1]})}")
            assert str(len(first)) in "".join(told["text"])
            assert seen.complaints == []
        saved = server.post("/api/save", {"which": "kept", "report": False, "agreement": ["first", names[-1]]})
        assert "second.agreement.json" in saved["files"]
