"""What detectors find in the bench's wells, by tool and by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from geobfdt.bench.wells import bench_well
from geobfdt.corpus import Well
from geobfdt.eval import Report, calibration_error, match, score
from geobfdt.eval.report import POOLED
from geobfdt.image_log import ImageLog
from geobfdt.picks import KINDS, Picks

Detect = Callable[[ImageLog], Picks]

BARREN = "barren"
TOLERANCE_M = 0.08
"""The interpreters' own; the table's orientation figures are of its hits."""


@dataclass(frozen=True)
class Figures:
    """One detector on one group of wells: :data:`~geobfdt.eval.report.POOLED`, a tool or a case.

    report             the scorer's, over the wells that hold planes; None where no well does
    false_picks_per_m  on the group's barren wells; NaN where there is none
    calibration_error  expected, of confidence against being a joint hit at 8 cm, over all the group's picks
    kind_right         share of depth hits at 8 cm whose kind is right
    """

    method: str
    group: str
    metres: float
    report: Report | None
    false_picks_per_m: float
    calibration_error: float
    kind_right: float

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON, None for NaN."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "report"}
        scores = [line.to_dict() for line in self.report.scores] if self.report else []
        return {name: None if value != value else value for name, value in plain.items()} | {"scores": scores}


def draw_wells(length_m: float, seed: int, tools: Sequence[str], cases: Sequence[str]) -> Iterator[Well]:
    """The bench's wells, each of ``length_m`` metres: every one of the cases of every one of the tools."""
    for tool in tools:
        for case in cases:
            yield bench_well(tool, case, length_m, seed)


def tool_and_case(well: Well) -> tuple[str, str]:
    tool, case, _ = well.log.well.split()
    return tool, case


def figures(method: str, wells: Sequence[Well], found: Sequence[Picks]) -> list[Figures]:
    """A detector's figures over all wells, then by tool, then by case; ``found[k]`` are its picks of ``wells[k]``."""
    tools, cases = zip(*(tool_and_case(well) for well in wells), strict=True)
    groups: dict[str, list[int]] = {POOLED: list(range(len(wells)))}
    for names in (tools, cases):
        for name in dict.fromkeys(names):
            groups[name] = [k for k, one in enumerate(names) if one == name]
    right = [_right(well, picks) for well, picks in zip(wells, found, strict=True)]
    planted = [k for k, case in enumerate(cases) if case != BARREN]
    whole = _report([wells[k] for k in planted], [found[k] for k in planted]) if planted else None
    lines = []
    for group, members in groups.items():
        barren = [k for k in members if cases[k] == BARREN]
        of_group = [wells[k].log.well for k in members if k not in barren]
        report = whole.of_wells(of_group) if whole and of_group else None
        barren_m = sum(_length_m(wells[k]) for k in barren)
        picks = Picks.concatenate([found[k] for k in members])
        lines.append(
            Figures(
                method,
                group,
                sum(_length_m(wells[k]) for k in members),
                report,
                sum(len(found[k]) for k in barren) / barren_m if barren_m else float("nan"),
                calibration_error(np.asarray(picks.confidence), np.concatenate([right[k] for k in members])),
                _kind_right(report) if report else float("nan"),
            )
        )
    return lines


def _length_m(well: Well) -> float:
    return well.log.base_m - well.log.top_m


def _right(well: Well, found: Picks) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which picks are joint hits at 8 cm, (n,) bool."""
    pairs = match(well.picks, found, "joint", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m)
    right = np.zeros(len(found), bool)
    right[pairs.est] = True
    return right


def _report(wells: Sequence[Well], found: Sequence[Picks]) -> Report:
    diameters: Mapping[str, float] = {well.log.well: well.log.hole_diameter_m for well in wells}
    intervals = {well.log.well: [(well.log.top_m, well.log.base_m)] for well in wells}
    return score(
        Picks.concatenate([well.picks for well in wells]),
        Picks.concatenate(found),
        hole_diameter_m=diameters,
        intervals_m=intervals,
    )


def _kind_right(report: Report) -> float:
    """Share of hits on and off the confusion's diagonal that is on it."""
    (table,) = [confusion.hits for confusion in report.confusion if np.isclose(confusion.tolerance_m, TOLERANCE_M)]
    known = np.array(table)[: len(KINDS), : len(KINDS)]
    return float(np.trace(known) / known.sum()) if known.sum() else float("nan")
