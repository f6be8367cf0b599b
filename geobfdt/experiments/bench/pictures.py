"""One picture a tool: the section of its wells that a detector picked best, a middling one, and the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.eval import TOLERANCE_M, Counts, match
from geobfdt.experiments.bench.accuracy import BARREN, tool_and_case
from geobfdt.report.plots import plot_sections
from geobfdt.windows.grid import HEIGHT_RADII

FEWEST_PLANES = 2
"""A section with fewer says little of how well it was picked."""


@dataclass(frozen=True, eq=False)
class Section:
    """A stretch of a well as tall as a window, with what was to be found and what was found there."""

    well: Well
    found: Picks
    top_m: float
    base_m: float
    counts: Counts

    def panel(self, rank: str) -> tuple[str, ImageLog, dict[str, Picks]]:
        log = self.well.log.slice(self.top_m, self.base_m)
        _, case = tool_and_case(self.well)
        return f"{rank}, {case}: F1 {self.counts.f1:.2f}", log, {"truth": self.well.picks, "picks": self.found}


def write_pictures(folder: Path, wells: Sequence[Well], found: Sequence[Picks]) -> list[Path]:
    """Write ``TOOL.png`` for every tool of which a section holds planes; return the paths."""
    sections: dict[str, list[Section]] = {}
    for well, picks in zip(wells, found, strict=True):
        tool, case = tool_and_case(well)
        if case != BARREN:
            sections.setdefault(tool, []).extend(_sections(well, picks))
    paths = []
    for tool, of_tool in sections.items():
        ranked = sorted(of_tool, key=lambda section: (section.counts.f1, section.counts.n_ref))
        if ranked:
            chosen = {"best": ranked[-1], "median": ranked[len(ranked) // 2], "worst": ranked[0]}
            panels = [section.panel(rank) for rank, section in chosen.items()]
            paths.append(plot_sections(panels, folder / f"{tool}.png"))
    return paths


def _sections(well: Well, found: Picks) -> list[Section]:
    """Scored with the planes that cross the axis inside each; one that straddles an edge counts where its pick lies."""
    log = well.log
    edges = np.arange(log.top_m, log.base_m, HEIGHT_RADII * log.radius_m)
    sections = []
    for top_m, base_m in pairwise(edges.tolist()):
        truth, picks = (one.within([(top_m, base_m)]) for one in (well.picks, found))
        hits = match(truth, picks, "joint", TOLERANCE_M, hole_diameter_m=log.hole_diameter_m)
        if len(truth) >= FEWEST_PLANES:
            sections.append(Section(well, found, top_m, base_m, Counts(len(truth), len(picks), len(hits))))
    return sections
