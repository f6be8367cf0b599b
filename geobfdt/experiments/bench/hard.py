"""Cases that real logs were picked wrongly on, and whether the same rows give the same picks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geobfdt.borehole.geometry import Floats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.experiments.bench.accuracy import Detect, Figures, draw_wells, figures, tool_and_case
from geobfdt.experiments.wells.well import HARD_CASES
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import Engine
from geobfdt.windows.grid import HEIGHT_RADII

AGAIN_M = 0.01
"""A pick that comes back lies so near."""
SURE = 0.8
DEEPER_M = 0.37
"""How much deeper the same rows are filed, which is no multiple of any tool's windows."""


def draw_hard_wells(length_m: float, seed: int, tools: Sequence[str]) -> Iterator[Well]:
    """Every hard case's wells, each of ``length_m`` metres, of those tools that show it."""
    for case, showing in HARD_CASES.items():
        yield from draw_wells(length_m, seed, [tool for tool in showing if tool in tools], (case,))


def hard_figures(length_m: float, seed: int, tools: Sequence[str], detectors: Mapping[str, Detect]) -> list[Figures]:
    """Figures of every detector in every hard case, over all its tools, which ``group`` names, and, of the first
    detector, in the wells of each tool, as "case, tool".
    """
    wells: dict[str, list[Well]] = {}
    for well in draw_hard_wells(length_m, seed, tools):
        wells.setdefault(tool_and_case(well)[1], []).append(well)
    lines = []
    for case, of_case in wells.items():
        for number, (method, detect) in enumerate(detectors.items()):
            whole, *parts = figures(method, of_case, [detect(well.log) for well in of_case])
            lines.append(replace(whole, group=case))
            if number == 0:
                lines += [replace(part, group=f"{case}, {part.group}") for part in parts if part.group in tools]
    return lines


@dataclass(frozen=True)
class Steadiness:
    """How many picks of a log come back within :data:`AGAIN_M` when only some of its rows are picked, and when they are
    all filed :data:`DEEPER_M` deeper: shares of those further from the part's ends than a window is tall, and of those
    of a confidence of :data:`SURE` or more, which may come back with a lower one.
    """

    method: str
    picks: int
    cut: float
    cut_sure: float
    deeper: float
    deeper_sure: float


def steadiness(method: str, engine: Engine, wells: Sequence[Well]) -> Steadiness:
    """Of an engine on the logs of wells."""
    shares: list[tuple[Floats, Floats, Floats]] = []
    for well in wells:
        log = well.log
        first, last = log.rows // 7 + 1, log.rows - log.rows // 11
        part = replace(log, image=log.image[first:last], depth_m=log.depth_m[first:last], caliper_m=None)
        deeper = replace(log, depth_m=log.depth_m + DEEPER_M, caliper_m=None)
        whole = predict(log, engine)
        reach_m = HEIGHT_RADII * log.radius_m
        whole = whole[(whole.depth_m > part.top_m + reach_m) & (whole.depth_m < part.base_m - reach_m)]
        confidence = np.asarray(whole.confidence)
        cut, moved = (_again(whole, _found(one, engine), by_m) for one, by_m in ((part, 0.0), (deeper, DEEPER_M)))
        shares.append((confidence, cut, moved))
    confidence, cut, moved = (np.concatenate(column) for column in zip(*shares, strict=True))
    kept, sure = engine.threshold, confidence >= SURE

    def share(found: Floats, least: float, some: np.ndarray) -> float:
        return float((found[some] >= least).mean()) if some.any() else float("nan")

    everything = np.ones(len(confidence), bool)
    return Steadiness(
        method,
        len(confidence),
        share(cut, kept, everything),
        share(cut, 0.0, sure),
        share(moved, kept, everything),
        share(moved, 0.0, sure),
    )


def _found(log: ImageLog, engine: Engine) -> Picks:
    return predict(log, engine, threshold=min(0.05, engine.threshold))


def _again(whole: Picks, found: Picks, deeper_m: float) -> Floats:
    """The confidence with which each of n picks is found again, (n,); -1 where it is not."""
    near = np.abs(whole.depth_m[:, None] + deeper_m - found.depth_m) <= AGAIN_M
    again = np.where(near, np.asarray(found.confidence), -1.0)
    return np.asarray(again.max(axis=1, initial=-1.0))
