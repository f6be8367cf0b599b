"""The bench's figures as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from geobfdt.eval import CRITERIA, GROUPS, TOLERANCE_M, TOLERANCES_M, Criterion
from geobfdt.eval.lines import POOLED
from geobfdt.experiments.bench.accuracy import Figures
from geobfdt.experiments.bench.card import CardSpeed
from geobfdt.experiments.bench.contrast import Shown
from geobfdt.experiments.bench.hard import DEEPER_M, SURE, Steadiness
from geobfdt.experiments.bench.scoring import ScoringSpeed


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], text: Sequence[int] = (0,)) -> str:
    """A Markdown table, columns of text left, the rest right, padded so that it reads as plain text too."""
    rows = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    aligned = [str.ljust if column in text else str.rjust for column in range(len(header))]
    lines = [
        "| " + " | ".join(align(cell, w) for align, cell, w in zip(aligned, row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (w + 1) + ("-" if k in text else ":") for k, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def figure(value: float, digits: int = 2) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


SUMMARY = (
    *("planes", "metres", "sens.", "prec.", "F1", "chance", "skill", "joint F1", "chance", "curve 3 cm"),
    *("dip<=3", "az.<=15", "depth cm", "dip deg", "az. deg", "kind"),
    *("false/m", "calib.", "cov. depth", "cov. dip", "cov. az."),
)


def summary(lines: Sequence[Figures], named_by: Literal["group", "method"] = "group") -> str:
    """A row a line: depth at 8 cm, depth and pole at 8 cm, whole curve at 3 cm; orientation, median errors and kind of
    depth hits at 8 cm; false picks in barren rock, calibration of confidence, coverage of the intervals of 90 %.
    """
    rows = []
    for line in lines:
        row = [getattr(line, named_by)]
        if line.report is None:
            row += ["0", figure(line.metres, 0), *["-"] * 14]
        else:
            depth = line.report.get(POOLED, "depth", TOLERANCE_M)
            joint = line.report.get(POOLED, "joint", TOLERANCE_M)
            curve = line.report.get(POOLED, "curve", min(TOLERANCES_M))
            row += [str(depth.counts.n_ref), figure(line.metres, 0)]
            row += map(figure, (depth.counts.sensitivity, depth.counts.precision, depth.counts.f1, depth.chance.f1))
            row += map(figure, (depth.skill, joint.counts.f1, joint.chance.f1, curve.counts.f1))
            errors = depth.errors
            row += map(figure, (errors.dip_within_3deg, errors.azimuth_within_15deg, 100 * errors.depth_median_m))
            row += map(figure, (errors.dip_median_deg, errors.azimuth_median_deg, line.kind_right))
        row += [figure(line.false_picks_per_m, 3), figure(line.calibration_error), *map(figure, line.interval_coverage)]
        rows.append(row)
    return markdown((named_by, *SUMMARY), rows)


def by_kind(lines: Sequence[Figures]) -> str:
    """A row a line: depth and pole at 8 cm of each kind and of both, with the chance level of both."""
    rows = []
    for line in lines:
        if line.report is None:
            continue
        scores = [line.report.get(kind, "joint", TOLERANCE_M) for kind in GROUPS]
        row = [line.method]
        for one in scores:
            row += map(figure, (one.counts.sensitivity, one.counts.precision, one.counts.f1, one.chance.f1))
        rows.append(row)
    header = ["wells"]
    for kind in GROUPS:
        header += [f"{kind}: sens.", "prec.", "F1", "chance"]
    return markdown(header, rows)


def by_case(lines: Sequence[Figures]) -> str:
    """A row a case and detector: depth at 8 cm, depth and pole at 8 cm, whole curve at 3 cm, dip and kind of depth
    hits; false picks a metre where there is no plane.
    """
    rows = []
    for line in lines:
        row = [line.group, line.method, "0", figure(line.metres, 0), *["-"] * 7]
        if line.report is not None:
            depth, joint = (line.report.get(POOLED, one, TOLERANCE_M) for one in ("depth", "joint"))
            curve = line.report.get(POOLED, "curve", min(TOLERANCES_M))
            row[2] = str(depth.counts.n_ref)
            row[4:] = map(figure, (depth.counts.sensitivity, depth.counts.precision, joint.counts.f1, joint.chance.f1))
            row += map(figure, (curve.counts.f1, depth.errors.dip_within_3deg, line.kind_right))
        rows.append([*row, figure(line.false_picks_per_m, 3), figure(line.calibration_error)])
    header = ("case", "detector", "planes", "metres", "sens.", "prec.", "joint F1", "chance", "curve 3 cm", "dip<=3")
    return markdown((*header, "kind", "false/m", "calib."), rows, text=(0, 1))


def by_steadiness(lines: Sequence[Steadiness]) -> str:
    """Shares of picks that come back from a part of the log and from the same rows filed deeper."""
    rows = [
        [s.method, str(s.picks), *(figure(v, 3) for v in (s.cut, s.cut_sure, s.deeper, s.deeper_sure))] for s in lines
    ]
    header = ("detector", "picks", "cut elsewhere", f"of those above {SURE:g}", f"{100 * DEEPER_M:g} cm deeper")
    return markdown((*header, f"of those above {SURE:g}"), rows)


def by_criterion(line: Figures) -> str:
    """Every kind, criterion and tolerance of one group, with chance, skill and the errors of the hits."""
    header = (
        *("kind", "criterion", "tol. cm", "planes", "picks", "sens.", "prec.", "F1", "chance", "skill"),
        *("dip<=3", "az.<=15", "depth cm med.", "p95", "dip deg med.", "p95", "az. deg med.", "p95"),
    )
    if line.report is None:
        return markdown(header, [])
    rows = []
    for kind in GROUPS:
        for criterion in CRITERIA:
            for tolerance_m in TOLERANCES_M:
                one = line.report.get(kind, criterion, tolerance_m)
                counts, errors = one.counts, one.errors
                rows.append(
                    [kind, criterion, f"{100 * tolerance_m:g}", str(counts.n_ref), str(counts.n_est)]
                    + [figure(v) for v in (counts.sensitivity, counts.precision, counts.f1, one.chance.f1, one.skill)]
                    + [figure(errors.dip_within_3deg), figure(errors.azimuth_within_15deg)]
                    + [figure(100 * v, 1) for v in (errors.depth_median_m, errors.depth_p95_m)]
                    + [figure(v, 1) for v in (errors.dip_median_deg, errors.dip_p95_deg)]
                    + [figure(v, 1) for v in (errors.azimuth_median_deg, errors.azimuth_p95_deg)]
                )
    return markdown(header, rows)


def by_tool(lines: Sequence[Figures], criterion: Criterion) -> str:
    """Every tool and kind under one criterion: sensitivity, precision, F1, chance and skill at each tolerance."""
    header = ["tool", "kind", "planes", "picks"]
    for tolerance_m in TOLERANCES_M:
        header += [f"{100 * tolerance_m:g} cm: sens.", "prec.", "F1", "chance", "skill"]
    rows = []
    for line in lines:
        if line.report is None:
            continue
        for kind in GROUPS:
            ones = [line.report.get(kind, criterion, tolerance_m) for tolerance_m in TOLERANCES_M]
            row = [line.group, kind, str(ones[0].counts.n_ref), str(ones[0].counts.n_est)]
            for one in ones:
                counts = one.counts
                row += map(figure, (counts.sensitivity, counts.precision, counts.f1, one.chance.f1, one.skill))
            rows.append(row)
    return markdown(header, rows)


def by_cause(what: str, counts: Mapping[str, int], causes: Mapping[str, str]) -> str:
    """How many of the misses, or of the false picks, have each cause, the most frequent first, and what it means."""
    whole = sum(counts.values())
    ranked = sorted(counts.items(), key=lambda entry: -entry[1])
    rows = [[cause, str(count), figure(count / whole if whole else math.nan), causes[cause]] for cause, count in ranked]
    return markdown(("cause", what, "share", "explanation"), rows, text=(0, 3))


def by_contrast(lines: Sequence[Shown]) -> str:
    """Planes of each kind by their contrast, in standard deviations above that of the same curve at other depths."""
    rows = []
    for line in lines:
        of_kind = [one for one in lines if one.kind == line.kind]
        missed = line.planes - line.found, sum(one.planes - one.found for one in of_kind)
        shares = (line.planes, sum(one.planes for one in of_kind)), (line.found, line.planes), missed
        known = [figure(part / whole if whole else math.nan) for part, whole in shares]
        rows.append([line.kind, _class(line.least, line.below), str(line.planes), *known])
    return markdown(("kind", "contrast", "planes", "of all", "sensitivity", "of the misses"), rows, text=(0, 1))


def _class(least: float | None, below: float | None) -> str:
    if least is None:
        return f"below {below:g}"
    return f"{least:g} and more" if below is None else f"{least:g} to {below:g}"


def by_step(speeds: Sequence[CardSpeed]) -> str:
    """Training on a card by the size of its steps and what the compiler does."""
    rows = [
        [s.compile, str(s.batch), figure(s.windows_per_s, 0), figure(s.launches, 0), figure(s.busy), figure(s.gib, 1)]
        for s in speeds
    ]
    return markdown(("compile", "windows a step", "windows/s", "launches a step", "busy", "GiB"), rows)


def by_picks(speeds: Sequence[ScoringSpeed]) -> str:
    """Time and memory against the number of picks."""
    rows = [
        [f"{s.picks:,}", figure(s.seconds), figure(1e6 * s.seconds / s.picks, 0), figure(s.memory_gb)] for s in speeds
    ]
    return markdown(("picks a side", "seconds", "microseconds a pick", "GB"), rows, text=())
