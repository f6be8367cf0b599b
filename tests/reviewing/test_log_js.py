"""What the page's log view reads depths, azimuths, filters and keys by, run without a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import geobfdt
from tests.forked import PATIENCE_S

PAGE = Path(geobfdt.__file__).parent / "reviewing" / "page"
CASES = Path(__file__).with_name("log_cases.mjs")
NODE = shutil.which("node")


@pytest.fixture(scope="module")
def found() -> Any:
    if NODE is None:
        pytest.skip("node is not installed, so the page's JavaScript cannot be run without a browser")
    done = subprocess.run([NODE, str(CASES), str(PAGE)], capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _labels(ticks: list[dict[str, Any]]) -> list[str]:
    return [tick["label"] for tick in ticks if tick["label"] is not None]


def test_depth_ticks_are_round_in_the_shown_unit(found: Any) -> None:
    assert _labels(found["metres"])[:3] == ["1000.0", "1000.2", "1000.4"]
    assert _labels(found["feet"])[:3] == ["13375.0", "13375.5", "13376.0"]
    assert _labels(found["kilometres"])[:3] == ["1000", "1500", "2000"]
    for ticks, metres_per_pixel in ((found["metres"], 0.002), (found["feet"], 0.002), (found["kilometres"], 6)):
        depths_m = [tick["depth_m"] for tick in ticks if tick["label"] is not None]
        apart_px = [(base - top) / metres_per_pixel for top, base in pairwise(depths_m)]
        assert min(apart_px) > 50


def test_azimuths_are_points_of_the_compass_or_degrees_from_high_side(found: Any) -> None:
    assert found["north"] == [[0, "N"], [90, "E"], [180, "S"], [270, "W"], [360, "N"]]
    assert found["turned"] == [[270, "270°"], [360, "0°"], [450, "90°"], [540, "180°"]]


def test_columns_fill_the_view_and_images_are_alike(found: Any) -> None:
    for columns, width in zip(found["columns"], (700, 1000, 1600), strict=True):
        ends = [column["x"] + column["width"] for column in columns]
        assert [column["x"] for column in columns[1:]] == [end + 1 for end in ends[:-1]]
        assert width - 4 <= ends[-1] <= width
        one, other = (column["width"] for column in columns if column["type"] == "image")
        assert one == other
        assert one >= 150


def test_the_usual_curves_are_gamma_ray_caliper_and_deviation(found: Any) -> None:
    assert found["usual"] == [[2], [2, 1, 3]]


def test_a_filter_hides_what_it_excludes_and_nothing_else(found: Any) -> None:
    seen = {name for name, passed in found["passes"].items() if passed}
    assert seen == {"everything", "through_north"}


def test_a_key_has_one_meaning_and_none_while_a_field_is_typed_in(found: Any) -> None:
    assert len(found["keys"]) == len(set(found["keys"]))
    assert found["pressed"] == {
        "letter": "accept",
        "capital": "zoom-out",
        "with_alt": None,
        "in_a_field": None,
        "undo": "undo",
        "redo": "redo",
        "undo_in_a_field": None,
        "save_in_a_field": "save",
        "leave_a_field": "escape",
    }
