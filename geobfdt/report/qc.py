"""Quality of a log and of its picks, before anyone trusts them: what was found, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import compress_decades
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import NO_HIGH_SIDE_DEG, Survey
from geobfdt.prediction.limits import CHECK_ALL, coarse_pixels

Mask = NDArray[np.bool_]

UNEVEN_STEP = 0.02
"""Share by which a step between rows may differ from the median one."""
GAP_STEPS = 3.0
"""Steps between rows beyond which rows are missing."""
STUCK_ROWS = 3
"""Equal rows in a run from which on the tool was stuck, or rows were repeated to fill a gap."""
JERK_RATIO, JERKS_PER_M = 6.0, 10.0
"""Difference between neighbouring rows against the median one, and how many such make an interval jerky: a bed boundary
makes one."""
MISSING_SHARE = 0.5
"""Share of a stretch's pixels from which on too little of the wall was seen."""
STRETCH_M = 1.0
CLIPPED_SHARE = 0.02
"""Share of valid pixels at the least or the greatest value from which on the image was clipped."""
COARSE_VALUES = 17
"""An image of so few different values was exported in 16 grey levels."""
GAIN_RATIO = 2.0
"""Spread of a column against the median one beyond which its gain is off."""
OFFSET_SPREADS = 1.5
"""Spreads of a column by which its mean may differ from that of its neighbours on either side."""
BRIGHT_SHARE, FEWEST_FRACTURES = 0.8, 10
"""Share of the fractures brighter than the rock beside them from which on the image may be inverted, and the fewest
that say so."""
OFF_GAUGE = 0.15
"""Share of the bit size by which a caliper may differ from it."""
SAME_DEPTH_M, SAME_DIP_DEG = 0.005, 1.0
UNSURVEYED_M = 30.0
"""Metres of an image beyond the ends of a survey from which on the way of the hole there is a guess."""


@dataclass(frozen=True)
class Finding:
    """Something to know about a log, between two depths in metres (all of it: its top and base), and the remedy."""

    check: str
    top_m: float
    base_m: float
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.top_m:.2f} to {self.base_m:.2f} m  {self.check}: {self.found}; {self.remedy}"


def quality(log: ImageLog, picks: Picks | None = None, survey: Survey | None = None) -> list[Finding]:
    """Everything that is wrong or doubtful about a log, the way its hole runs and picks on it, by depth.

    Reads the image once, and beside the picks of fractures once more.
    """
    seen = _read(log)
    findings = [
        *_pixels(log),
        *_steps(log),
        *_rows(log, seen),
        *_columns(log, seen),
        *_values(log, seen),
        *_hole(log),
        *(_orientation(log, survey) if survey is not None else []),
        *(_picks(log, picks) if picks is not None else []),
        *(_polarity(log, picks) if picks is not None else []),
    ]
    return sorted(findings, key=lambda finding: (finding.top_m, finding.base_m))


@dataclass(frozen=True, eq=False)
class _Seen:
    """What one pass over an image collects.

    valid       (rows,) share of valid pixels
    change      (rows,) median difference to the row before, NaN where nothing is shared
    equal       (rows,) every pixel is that of the row before
    count, mean, spread   (columns,) valid pixels, the mean and the spread of their values
    low, high   share of valid pixels at the least and at the greatest value
    distinct    different values in a sample
    """

    valid: NDArray[np.float64]
    change: NDArray[np.float64]
    equal: Mask
    count: NDArray[np.float64]
    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    low: float
    high: float
    distinct: int


def _read(log: ImageLog) -> _Seen:
    comparable = compress_decades(log.image)
    valid, change = np.zeros(log.rows), np.full(log.rows, np.nan)
    equal = np.zeros(log.rows, bool)
    sums = np.zeros((3, log.columns))
    low, high = np.inf, -np.inf
    at = {"low": 0, "high": 0}
    sample: set[float] = set()
    for first, rows in _blocks(log):
        part = comparable(rows)
        here = slice(first, first + len(rows))
        known = np.isfinite(part)
        valid[here] = known.mean(1)
        new = slice(1 if first else 0, None)  # the first row of a later run was counted with the run before
        filled = np.where(known, part, 0.0).astype(np.float64)[new]
        sums += np.stack([known[new].sum(0), filled.sum(0), (filled**2).sum(0)])
        values = rows[new][known[new]]
        if values.size:
            for name, extreme, before in (("low", values.min(), low), ("high", values.max(), high)):
                beyond = extreme < before if name == "low" else extreme > before
                at[name] = (0 if beyond else at[name]) + int((values == (extreme if beyond else before)).sum())
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            if len(sample) <= COARSE_VALUES:
                sample.update(np.unique(values[:: max(1, values.size // 5000)]).tolist())
        both = known[1:] & known[:-1]
        steps = np.abs(np.where(both, part[1:] - part[:-1], np.nan))
        some = both.sum(1) >= 4
        rest = np.arange(first + 1, first + len(rows))
        if some.any():
            change[rest[some]] = np.nanmedian(steps[some], axis=1)
            equal[rest] = some & (np.nanmax(np.where(both, steps, 0.0), axis=1) == 0)
    count = np.maximum(sums[0], 1)
    mean = sums[1] / count
    spread = np.sqrt(np.maximum(sums[2] / count - mean**2, 0))
    total = max(1.0, float(sums[0].sum()))
    return _Seen(valid, change, equal, sums[0], mean, spread, at["low"] / total, at["high"] / total, len(sample))


def _blocks(log: ImageLog, rows: int = 4096) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Runs of rows with their first row; each begins with the last one of the run before."""
    for first in range(0, log.rows - 1, rows - 1):
        yield first, log.image[first : first + rows]


def _runs(mask: Mask) -> list[tuple[int, int]]:
    """(first, last) of the runs of true values, both included."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def _pixels(log: ImageLog) -> Iterator[Finding]:
    coarse = coarse_pixels(log)
    if coarse:
        yield Finding("pixels", log.top_m, log.base_m, f"the image {coarse}", CHECK_ALL)


def _steps(log: ImageLog) -> Iterator[Finding]:
    step, median = np.diff(log.depth_m), log.row_step_m
    for row in np.flatnonzero(step > GAP_STEPS * median):
        yield Finding(
            *("gap", float(log.depth_m[row]), float(log.depth_m[row + 1])),
            f"no rows over {step[row]:.2f} m",
            "planes that cross it are not picked; join the runs of the log if there are others",
        )
    uneven = (np.abs(step - median) > UNEVEN_STEP * median) & (step <= GAP_STEPS * median)
    if uneven.any():
        rows = np.flatnonzero(uneven)
        yield Finding(
            *("depth step", float(log.depth_m[rows[0]]), float(log.depth_m[rows[-1] + 1])),
            f"{uneven.mean():.1%} of the steps differ from {median * 1000:.3g} mm by more than {UNEVEN_STEP:.0%}",
            "depths are used as they stand; export the log with an even step if it was resampled by hand",
        )


def _rows(log: ImageLog, seen: _Seen) -> Iterator[Finding]:
    depth = log.depth_m
    for first, last in _runs(seen.equal):
        if last - first + 2 >= STUCK_ROWS:
            yield Finding(
                *("stuck", float(depth[first - 1]), float(depth[last])),
                f"{last - first + 2} equal rows",
                "the tool stuck or rows were repeated; dips there are wrong, correct the speed of the log",
            )
    window = max(1, round(STRETCH_M / log.row_step_m))
    known = np.isfinite(seen.change)
    if known.any():
        jump = np.nan_to_num(seen.change) > JERK_RATIO * np.median(seen.change[known])
        crowded = np.convolve(jump, np.ones(window), "same") >= JERKS_PER_M * STRETCH_M
        for first, last in _runs(crowded):
            rows = first + np.flatnonzero(jump[first : last + 1])
            if not len(rows):
                continue
            yield Finding(
                *("jerks", float(depth[rows[0]]), float(depth[rows[-1]])),
                f"{len(rows)} rows differ sharply from the one before",
                "the tool moved in jerks or runs are badly spliced; correct the speed of the log",
            )
    missing, all_rows = (np.convolve(share, np.ones(window), "same") for share in (1 - seen.valid, np.ones(log.rows)))
    for first, last in _runs(missing > MISSING_SHARE * all_rows):
        yield Finding(
            *("missing", float(depth[first]), float(depth[last])),
            f"{1 - seen.valid[first : last + 1].mean():.0%} of the wall was not seen",
            "planes there are picked on little; leave the stretch out when you count them",
        )


def _columns(log: ImageLog, seen: _Seen) -> Iterator[Finding]:
    count, spread = seen.count, seen.spread
    dead = (count > 0) & (spread < 1e-6 * np.median(spread[count > 0])) if (count > 0).any() else np.zeros(0, bool)
    never = count == 0
    for mask, what, remedy in (
        (dead, "constant", "dead buttons; set them to null, so that they are taken for missing"),
        (never, "never seen", "nothing to do where the tool has gaps between its pads"),
    ):
        if mask.any():
            yield Finding("columns", log.top_m, log.base_m, f"columns {_listed(mask)} are {what}", remedy)
    live = (count > 0) & ~dead
    ratio = spread[live] / np.median(spread[live]) if live.any() else np.ones(0)
    off = np.zeros(log.columns, bool)
    off[np.flatnonzero(live)] = (ratio > GAIN_RATIO) | (ratio < 1 / GAIN_RATIO)
    if off.any():
        yield Finding(
            *("gain", log.top_m, log.base_m),
            f"the contrast of columns {_listed(off)} is more than {GAIN_RATIO:g} times off that of the others",
            "equalise the pads before the export, unless the hole itself is to blame (breakouts, a tool off its axis)",
        )
    offset = _offset(seen, live)
    if offset.any():
        yield Finding(
            *("offset", log.top_m, log.base_m),
            f"columns {_listed(offset)} are brighter or darker than their neighbours by more than {OFFSET_SPREADS:g} "
            "spreads of a column",
            "equalise the pads before the export",
        )


def _offset(seen: _Seen, live: Mask) -> Mask:
    """Live columns that stand out from the seven beside them, themselves among them: a tool off the hole's axis makes
    one side brighter than the other, but no column than the next."""
    columns = np.flatnonzero(live)
    off = np.zeros(len(live), bool)
    if len(columns) >= 16:
        mean = seen.mean[columns]
        beside = np.median([np.roll(mean, shift) for shift in range(-3, 4)], axis=0)
        off[columns] = np.abs(mean - beside) > OFFSET_SPREADS * np.median(seen.spread[columns])
    return off


def _listed(mask: Mask) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in _runs(mask))


def _values(log: ImageLog, seen: _Seen) -> Iterator[Finding]:
    for share, end in ((seen.low, "least"), (seen.high, "greatest")):
        if share > CLIPPED_SHARE:
            yield Finding(
                *("clipped", log.top_m, log.base_m),
                f"{share:.0%} of the pixels have the {end} value of all",
                "export the values themselves, not a picture scaled to a few colours",
            )
    if seen.distinct < COARSE_VALUES:
        yield Finding(
            *("values", log.top_m, log.base_m),
            f"the image has {seen.distinct} different values",
            "export it with all of its values; 16 levels hide faint planes",
        )


def _hole(log: ImageLog) -> Iterator[Finding]:
    if log.caliper_m is None:
        return
    off = np.abs(log.caliper_m / log.hole_diameter_m - 1) > OFF_GAUGE
    for first, last in _runs(off):
        here = log.caliper_m[first : last + 1]
        yield Finding(
            *("caliper", float(log.depth_m[first]), float(log.depth_m[last])),
            f"{here.min():.3f} to {here.max():.3f} m in a hole of {log.hole_diameter_m:.3f} m",
            "washed out, or the caliper or the diameter is wrong; dips follow the caliper",
        )


def _orientation(log: ImageLog, survey: Survey) -> Iterator[Finding]:
    deviation, _ = survey.at(log.depth_m)
    if log.reference == "high_side":
        for first, last in _runs(np.minimum(deviation, 180 - deviation) < NO_HIGH_SIDE_DEG):
            yield Finding(
                *("orientation", float(log.depth_m[first]), float(log.depth_m[last])),
                f"azimuths count from the high side of a hole that is vertical to within {NO_HIGH_SIDE_DEG:g} degrees",
                "they say nothing about north; export the image against north",
            )
    for top, base, where in (
        (log.top_m, float(survey.depth_m[0]), "above the first"),
        (float(survey.depth_m[-1]), log.base_m, "below the last"),
    ):
        if base > top + UNSURVEYED_M:
            yield Finding(
                *("survey", max(top, log.top_m), min(base, log.base_m)),
                f"the image lies {where} station of the survey",
                "the hole is taken to run on as at that station; give the whole survey",
            )


def _polarity(log: ImageLog, picks: Picks) -> Iterator[Finding]:
    """Open fractures are dark on resistivity and on amplitude: where nearly all are bright, ask why."""
    inside = (picks.depth_m >= log.top_m) & (picks.depth_m <= log.base_m)
    fractures = picks[inside & (np.asarray(picks.kind) == "fracture")]
    brighter = np.array([_above_rock(log, fractures, k) for k in range(len(fractures))])
    brighter = brighter[np.isfinite(brighter)]
    if len(brighter) >= FEWEST_FRACTURES and (brighter > 0).mean() > BRIGHT_SHARE:
        yield Finding(
            *("polarity", float(fractures.depth_m.min()), float(fractures.depth_m.max())),
            f"{(brighter > 0).mean():.0%} of {len(brighter)} fractures are brighter than the rock beside them",
            "cemented fractures are; if these are open, the image is of conductivity or its colours are inverted",
        )


def _above_rock(log: ImageLog, picks: Picks, number: int) -> float:
    """How much the trace of a pick reads above the rock beside it, a twentieth of the hole's diameter up and down."""
    one = picks[np.array([number])]
    diameter = log.diameters_m(one.depth_m)
    trace = trace_depths_m(one.depth_m, one.dip_deg, one.azimuth_deg, diameter, log.column_azimuths_deg)[0]
    aside = max(3 * log.row_step_m, 0.05 * float(diameter[0]))
    first, last = np.searchsorted(log.depth_m, [trace.min() - aside, trace.max() + aside + log.row_step_m])
    rows = log.image[first:last]
    if not len(rows):
        return np.nan
    at = np.stack([np.searchsorted(log.depth_m[first:last], trace + shift) for shift in (-aside, 0.0, aside)])
    inside = ((at > 0) & (at < len(rows))).all(0)
    columns = np.flatnonzero(inside)
    above, middle, below = (rows[row[columns], columns] for row in at)
    difference = middle - (above + below) / 2
    known = difference[np.isfinite(difference)]
    return float(np.median(known)) if len(known) else np.nan


def _picks(log: ImageLog, picks: Picks) -> Iterator[Finding]:
    outside = (picks.depth_m < log.top_m - log.row_step_m / 2) | (picks.depth_m > log.base_m + log.row_step_m / 2)
    if outside.any():
        depths = picks.depth_m[outside]
        yield Finding(
            *("picks outside", float(depths.min()), float(depths.max())),
            f"{outside.sum()} of {len(picks)} picks lie outside the image",
            "check that they are of this well, and their depth unit",
        )
    ordered = picks[np.argsort(picks.depth_m, kind="stable")]
    if len(ordered) < 2:
        return
    turn = np.abs((np.diff(ordered.azimuth_deg) + 180) % 360 - 180) * np.sin(np.radians(ordered.dip_deg[1:]))
    same = (np.diff(ordered.depth_m) <= SAME_DEPTH_M) & (np.abs(np.diff(ordered.dip_deg)) <= SAME_DIP_DEG)
    same &= turn <= SAME_DIP_DEG
    if same.any():
        depths = ordered.depth_m[1:][same]
        yield Finding(
            *("picks twice", float(depths.min()), float(depths.max())),
            f"{same.sum()} picks repeat another one",
            "remove one of each two before you count them",
        )
