"""The page of a report in a browser: what it does without scripts, and what it does with them."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, sync_playwright

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.report.contents import Source
from geobfdt.report.well import write_report
from tests.reviewing.serving import PATIENCE_MS, launched

PLANES = Picks(
    [1000.5, 1002.25, 1011.0, 1011.5],
    [20.0, 70.0, 0.0, 45.0],
    [90.0, 200.0, 0.0, 0.0],
    kind=["bedding", "fracture", "bedding", "fracture"],
    confidence=[1.0, 0.5, 1.0, 0.9],
)


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> str:
    depth_m = 1000 + (np.arange(2400) + 0.5) * 0.005
    image = np.random.default_rng(0).normal(size=(len(depth_m), 48))
    path = tmp_path_factory.mktemp("report") / "r.html"
    write_report(ImageLog(image, depth_m, 0.2, well="W"), PLANES, Source("p.csv", "geobfdt report", {}), path)
    return path.as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


def opened(browser, address, width=1400, **context) -> tuple[Page, list[str]]:
    page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()
    page.set_default_timeout(PATIENCE_MS)
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text))
    page.on("request", lambda request: told.append(request.url) if request.url.startswith("http") else None)
    page.goto(address)
    return page, told


def height_of(page, selector) -> float:
    return page.locator(selector).first.bounding_box()["height"]


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [False, True])
def test_kinds_tracks_and_scale_are_switched_with_and_without_scripts(browser, address, scripts):
    page, told = opened(browser, address, java_script_enabled=scripts)
    bedding, fracture = (page.locator(f".over .k-{kind} .line").first for kind in ("bedding", "fracture"))
    assert bedding.is_visible()
    page.locator("#show-k-bedding").uncheck()
    assert not bedding.is_visible()
    assert fracture.is_visible()
    page.locator("#show-t-first").uncheck()
    assert not page.locator(".strip .t-first").first.is_visible()
    assert page.locator(".strip .t-picked").first.is_visible()
    millimetre = 96 / 25.4
    strip = page.locator(".strip").first
    length_m = float(strip.get_attribute("data-base")) - float(strip.get_attribute("data-top"))
    for ratio in (20, 10, 500):
        page.locator(f"#s{ratio}").check()
        assert height_of(page, ".strip") == pytest.approx(1000 * length_m / ratio * millimetre, abs=0.6)
    assert told == []


def test_a_trace_lies_where_its_plane_cuts_the_wall(browser, address):
    page, _ = opened(browser, address)
    page.locator("#s10").check()
    strip = page.locator(".strip").first
    box = strip.bounding_box()
    trace = page.locator('.over [data-n="1"] .line').first.bounding_box()
    top, base = (float(strip.get_attribute(f"data-{end}")) for end in ("top", "base"))
    depths = [top + (trace["y"] + shift - box["y"]) / box["height"] * (base - top) for shift in (0, trace["height"])]
    half_m = 0.1 * np.tan(np.radians(70.0))
    assert depths == pytest.approx([1002.25 - half_m, 1002.25 + half_m], abs=0.01)


def test_the_depth_under_the_pointer_runs_through_all_tracks(browser, address):
    page, _ = opened(browser, address)
    page.locator(".box").scroll_into_view_if_needed()
    strip = page.locator(".strip").first.bounding_box()
    page.mouse.move(strip["x"] + 200, strip["y"] + 150)
    cursor = page.locator("#cursor")
    assert cursor.is_visible()
    depth_m = 1000 + 150 / (96 / 25.4) / 50
    assert float(cursor.inner_text().split()[0]) == pytest.approx(depth_m, abs=0.02)
    assert cursor.bounding_box()["width"] >= strip["width"] - 1


def test_a_pole_leads_to_its_plane_and_its_figures_are_told(browser, address):
    page, _ = opened(browser, address)
    pole = page.locator('.net a[data-n="3"]').first
    pole.hover()
    assert "fracture" in page.locator("#told").inner_text()
    assert "1011.500" in page.locator("#told").inner_text()
    box = page.locator(".box")
    before = box.evaluate("box => box.scrollTop")
    pole.click()
    around, place = box.bounding_box(), page.locator("#p3").bounding_box()
    assert box.evaluate("box => box.scrollTop") > before
    assert around["y"] < place["y"] < around["y"] + around["height"]
    assert "hot" in page.locator("#p3").get_attribute("class")


def test_a_tadpole_at_no_dip_and_a_confidence_of_one_are_whole(browser, address):
    page, _ = opened(browser, address)
    for track, number in ((".strip .tadpoles", 2), (".strip .confidence", 0)):
        mark = page.locator(f'{track} svg [data-n="{number}"]').first.bounding_box()
        around = page.locator(track).first.bounding_box()
        assert mark["x"] >= around["x"]
        assert mark["x"] + mark["width"] <= around["x"] + around["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_scrolls_the_log_and_not_the_page_and_dark_is_dark(browser, address, scheme):
    page, told = opened(browser, address, width=400, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 200) == (scheme == "dark")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    assert told == []
