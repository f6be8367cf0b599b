"""Which curves stand beside an image, in which track and between which values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.report.overlays import CurveLine

GAMMA = re.compile(r"([A-Z]{0,2}GR([A-Z_]{0,4}|_.*)|GAMMA.*)$", re.IGNORECASE)
CALIPER = re.compile(r"(CAL.*|HCAL|LCAL|C[12]|C_?1[38]|C_?24|CALI?P?ER.*|BS|BIT.*|AVGCALI?)$", re.IGNORECASE)
DEVIATION = re.compile(r"(DEVI?|DEVIATION|HDEV|INCL?|INC|SDEV.*)$", re.IGNORECASE)
SPANS_DECADES = 30.0


@dataclass(frozen=True, eq=False)
class Track:
    """Curves that share a track, at most three."""

    title: str
    lines: tuple[CurveLine, ...]


def tracks_of(log: ImageLog, survey: Survey | None, curves: Sequence[Curve], named: Sequence[str] = ()) -> list[Track]:
    """The tracks of a report: gamma ray and calipers, the hole's deviation, and a track for every two ``named`` curves.

    curves  those that lie beside the log; only what overlaps it is shown
    named   curves that are shown whatever they are, by their names

    Raises :class:`InputError`, which lists what there is, on a name that no curve has.
    """
    beside = [one for one in curves if _overlaps(one, log)]
    by_name = {one.name.lower(): one for one in reversed(beside)}
    wanted = []
    for name in named:
        if name.lower() not in by_name:
            there = ", ".join(one.name for one in beside) or "none"
            raise InputError(f"--curve {name}: there is no curve of that name beside the image; there are: {there}")
        wanted.append(by_name[name.lower()])
    first = [one for one in beside if GAMMA.match(one.name)][:1]
    calipers = [one for one in beside if CALIPER.match(one.name)][:2]
    if log.caliper_m is not None and not calipers:
        calipers = [Curve("caliper", "mm", "", log.depth_m, 1000 * log.caliper_m)]
    deviation = [one for one in beside if DEVIATION.match(one.name)][:1]
    if survey is not None:
        depths = np.linspace(log.top_m, log.base_m, 200)
        deviation = [Curve("deviation", "deg", "", depths, survey.at(depths)[0])]
    found = [_track("gamma ray, caliper", [*first, *calipers]), _track("hole", deviation)]
    pairs = [wanted[k : k + 2] for k in range(0, len(wanted), 2)]
    found += [_track(", ".join(one.name for one in pair), pair) for pair in pairs]
    return [track for track in found if track.lines]


def _overlaps(curve: Curve, log: ImageLog) -> bool:
    inside = (curve.depth_m >= log.top_m) & (curve.depth_m <= log.base_m)
    return bool(np.isfinite(curve.values[inside]).any())


def _track(title: str, curves: Sequence[Curve]) -> Track:
    lines = [_line(curve) for curve in curves]
    calipers = [line for line in lines if CALIPER.match(line.curve.name)]
    units = {line.curve.unit for line in calipers}
    if len(calipers) > 1 and len(units) == 1:  # two arms are compared, so that they share one scale
        left, right = min(line.left for line in calipers), max(line.right for line in calipers)
        lines = [CurveLine(line.curve, left, right) if line in calipers else line for line in lines]
    return Track(title, tuple(lines))


def _line(curve: Curve) -> CurveLine:
    """A curve between round values around what it covers; gamma ray from 0 to 150 where that holds it."""
    known = curve.values[np.isfinite(curve.values)]
    low, high = np.percentile(known, [0.5, 99.5]).tolist()
    if GAMMA.match(curve.name) and low >= 0 and 30 < high <= 150:
        return CurveLine(curve, 0.0, 150.0)
    if DEVIATION.match(curve.name) and low >= 0 and high <= 180:
        spread = max(high - low, 2.0)
        return CurveLine(curve, *_round_ends(max(0.0, low - 0.1 * spread), high + 0.1 * spread))
    if low > 0 and high / low > SPANS_DECADES:
        return CurveLine(curve, 10.0 ** np.floor(np.log10(low)), 10.0 ** np.ceil(np.log10(high)), logarithmic=True)
    return CurveLine(curve, *_round_ends(low, high))


def _round_ends(low: float, high: float) -> tuple[float, float]:
    """Ends at round numbers, a fourth to a tenth of the range apart from each other's next."""
    width = high - low or abs(high) * 0.2 or 1.0
    step = 10 ** np.floor(np.log10(width))
    step *= next(factor for factor in (0.5, 1.0, 2.0, 5.0) if width / (step * factor) <= 5)
    left, right = float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    return (left, right) if right > left else (left - step, right + step)
