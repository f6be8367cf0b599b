"""Cases worked out by hand, one file each in golden/, held to 1e-12.

A pick is ``[depth_m, dip_deg, azimuth_deg, kind, well]``. An expected figure is a number, a fraction such as "2/3", or
null for NaN; a line names only the figures that its story is about.
"""

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from geobfdt.borehole.picks import Picks
from geobfdt.eval import Report, Score, score

GOLDEN = sorted((Path(__file__).parents[1] / "golden").glob("*.json"))
KEYS = {"group", "criterion", "tolerance_m", "well"}


def picks(rows: list[list[Any]]) -> Picks:
    if not rows:
        return Picks()
    depth, dip, azimuth, kind, well = zip(*rows, strict=True)
    return Picks(depth, dip, azimuth, kind, well=well)  # type: ignore[arg-type]


def same(found: float, expected: float | str | None) -> bool:
    if expected is None:
        return math.isnan(found)
    return abs(found - float(Fraction(expected))) <= 1e-12


def figure(line: Score, name: str) -> float:
    if name in ("skill", "false_picks_per_m"):
        return float(getattr(line, name))
    return line.chance.f1 if name == "chance_f1" else float(getattr(line.counts, name))


def check_line(report: Report, expected: dict[str, Any]) -> None:
    line = report.get(expected["group"], expected["criterion"], expected["tolerance_m"], well=expected.get("well"))
    for name in expected.keys() - KEYS - {"errors"}:
        assert same(figure(line, name), expected[name]), (expected, name, figure(line, name))
    for name, value in expected.get("errors", {}).items():
        assert same(getattr(line.errors, name), value), (expected, name, getattr(line.errors, name))


def test_there_are_golden_cases() -> None:
    assert len(GOLDEN) >= 10


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = json.loads(path.read_text())
    report = score(
        picks(case["ref"]),
        picks(case["est"]),
        hole_diameter_m=case["hole_diameter_m"],
        tolerances_m=case["tolerances_m"],
        intervals_m=case.get("intervals_m"),
    )
    for expected in case["expected"]:
        check_line(report, expected)
    tables = {f"{table.tolerance_m:g}": [list(row) for row in table.hits] for table in report.confusion}
    for tolerance, hits in case.get("confusion", {}).items():
        assert tables[tolerance] == hits
