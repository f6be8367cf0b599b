"""The score of estimated picks against reference picks, as values, as JSON and as a plain table."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval.lines import POOLED, Rows, chance_hits, group_sizes, hit_rows, lines
from geobfdt.eval.matching import TOLERANCE_M, Criterion, check_tolerance_m
from geobfdt.eval.metrics import CONFUSION_KINDS, Counts, HitErrors, class_confusion, hit_errors, skill
from geobfdt.eval.planes import Planes
from geobfdt.eval.wells import Intervals, ScoredWell, scored_wells

TOLERANCES_M = (0.03, 0.05, TOLERANCE_M)
CHANCE_DRAWS = 20


@dataclass(frozen=True)
class Score:
    """One line of the table: a group of picks under one criterion and tolerance.

    chance    counts of the same picks at random depths, hits being the mean over the draws; NaN without draws
    errors    of the hits
    length_m  metres of hole scored
    """

    group: str
    criterion: Criterion
    tolerance_m: float
    counts: Counts
    chance: Counts
    errors: HitErrors
    length_m: float

    @property
    def skill(self) -> float:
        """``(F1 - chance F1) / (1 - chance F1)``."""
        return skill(self.counts.f1, self.chance.f1)

    @property
    def false_picks_per_m(self) -> float:
        """Estimated picks without a hit per metre scored; means little unless reviewed intervals were given."""
        return (self.counts.n_est - self.counts.hits) / self.length_m if self.length_m else math.nan

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON, None for NaN."""
        row: dict[str, object] = {
            "group": self.group,
            "criterion": self.criterion,
            "tolerance_m": self.tolerance_m,
            "n_ref": self.counts.n_ref,
            "n_est": self.counts.n_est,
            "hits": int(self.counts.hits),
            "sensitivity": _plain(self.counts.sensitivity),
            "precision": _plain(self.counts.precision),
            "f1": _plain(self.counts.f1),
            "chance_f1": _plain(self.chance.f1),
            "skill": _plain(self.skill),
            "false_picks_per_m": _plain(self.false_picks_per_m),
        }
        return row | {"on_hits": {name: _plain(value) for name, value in asdict(self.errors).items() if name != "hits"}}


@dataclass(frozen=True)
class Confusion:
    """Hits of the pooled table under the depth criterion by kind: ``hits[reference][estimate]``, by CONFUSION_KINDS."""

    tolerance_m: float
    hits: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class WellReport:
    """The table of one well.

    intervals_m                disjoint (top, base) stretches scored, metres
    ref_outside, est_outside   picks outside the reviewed intervals, which count nowhere
    """

    well: str
    hole_diameter_m: float
    intervals_m: tuple[tuple[float, float], ...]
    ref_outside: int
    est_outside: int
    scores: tuple[Score, ...]


@dataclass(frozen=True)
class Report:
    """Scores of every group x criterion x tolerance, summed over wells and by well.

    scores      over all wells: hits are the sums of the wells' hits, errors are of all hits together
    wells       the same for each well, by name
    confusion   one a tolerance
    seed, chance_draws   of the random depths behind the chance level
    tallies     by well, what its lines and the sums over wells were computed from
    """

    scores: tuple[Score, ...]
    wells: tuple[WellReport, ...]
    confusion: tuple[Confusion, ...]
    seed: int
    chance_draws: int
    tallies: tuple[tuple[_Tally, ...], ...] = field(repr=False, compare=False)

    def get(self, group: str, criterion: str, tolerance_m: float, well: str | None = None) -> Score:
        """One line of the pooled table, or of a well's; KeyError when there is no such line."""
        tables = [self.scores] if well is None else [report.scores for report in self.wells if report.well == well]
        for table in tables:
            for line in table:
                if (line.group, line.criterion) == (group, criterion) and math.isclose(line.tolerance_m, tolerance_m):
                    return line
        raise KeyError(f"no score for group {group!r}, criterion {criterion!r}, {tolerance_m:g} m, well {well!r}")

    def of_wells(self, names: Collection[str]) -> Report:
        """The same for some of the wells, whose hits and chance levels stay as they are; KeyError on other names."""
        row = {report.well: k for k, report in enumerate(self.wells)}
        rows = [row[name] for name in names]
        return _pooled([self.wells[k] for k in rows], [self.tallies[k] for k in rows], self.seed, self.chance_draws)

    def to_dict(self) -> dict[str, object]:
        """Everything as plain values for JSON, None for NaN."""
        wells = [
            {
                "well": report.well,
                "hole_diameter_m": report.hole_diameter_m,
                "intervals_m": [list(interval) for interval in report.intervals_m],
                "ref_outside": report.ref_outside,
                "est_outside": report.est_outside,
                "scores": [line.to_dict() for line in report.scores],
            }
            for report in self.wells
        ]
        tables = [{"tolerance_m": c.tolerance_m, "hits": [list(row) for row in c.hits]} for c in self.confusion]
        return {
            "scores": [line.to_dict() for line in self.scores],
            "wells": wells,
            "confusion": {"kinds": list(CONFUSION_KINDS), "tables": tables},
            "seed": self.seed,
            "chance_draws": self.chance_draws,
        }

    def to_text(self, *, by_well: bool = False) -> str:
        """Plain tables of at most 100 columns, of kinds that occur: scores, then errors on hits; of every well too when
        asked.
        """
        scores = occurring(self.scores)
        blocks = [score_table(scores), error_table(scores)]
        if by_well:
            for report in self.wells:
                lines = occurring(report.scores)
                blocks += [f"well {report.well or '(unnamed)'}", score_table(lines), error_table(lines)]
        return "\n\n".join(blocks)


def occurring(scores: Sequence[Score]) -> tuple[Score, ...]:
    """The lines of groups that either side has planes of, where the reference tells kinds at all: zeros of kinds that
    do not occur, or that an interpreter never named, say nothing.
    """
    sizes = {one.group: (one.counts.n_ref, one.counts.n_est) for one in scores}
    unnamed = sizes[POOLED][0] > 0 and not any(ref for group, (ref, _) in sizes.items() if group != POOLED)
    kept = {group for group, size in sizes.items() if group == POOLED or (any(size) and not unnamed)}
    return tuple(one for one in scores if one.group in kept)


def score(
    ref: Picks,
    est: Picks,
    *,
    hole_diameter_m: float | Mapping[str, float],
    tolerances_m: Sequence[float] = TOLERANCES_M,
    intervals_m: Intervals | Mapping[str, Intervals | None] | None = None,
    seed: int = 0,
    chance_draws: int = CHANCE_DRAWS,
) -> Report:
    """Score estimated picks against an interpreter's; :mod:`geobfdt.eval` says by which rules.

    Parameters
    ----------
    ref, est
        Reference and estimated picks, of one well or of several told apart by ``well``. When neither table names more
        than one well and the names are the same or empty on one side, both are the same well.
    hole_diameter_m
        In metres, for all wells or by well. The curve criterion needs it and no default is right.
    tolerances_m
        Metres, each from 1 mm to 1 m, bounds included, compared after rounding to 0.1 mm.
    intervals_m
        Reviewed (top, base) depths in metres: for all wells, by well, or None to count every pick. By well, the value
        None counts every pick of that well, and a named well may lack picks on either side.
    seed, chance_draws
        Of the random depths behind the chance level. 0 draws leave chance and skill NaN and save nearly all the time.

    Raises
    ------
    InputError
        On wells that differ between the sides (both sets are named) or lack an interval or a diameter, and on
        diameters, tolerances, intervals or numbers of draws that cannot be.
    """
    tolerances = tuple(check_tolerance_m(tolerance) for tolerance in tolerances_m)
    if not tolerances:
        raise InputError("at least one tolerance in metres is needed to score")
    if chance_draws < 0:
        raise InputError(f"the number of chance draws must be 0 or more, found {chance_draws}")
    rng = np.random.default_rng(seed)
    tallies, reports = [], []
    for well in scored_wells(ref, est, hole_diameter_m, intervals_m):
        tallies.append(tuple(_tallies(well, tolerances, chance_draws, rng)))
        reports.append(_well_report(well, tallies[-1]))
    return _pooled(reports, tallies, seed, chance_draws)


def _pooled(wells: Sequence[WellReport], tallies: Sequence[tuple[_Tally, ...]], seed: int, chance_draws: int) -> Report:
    pooled = [_Tally.sum(of_wells) for of_wells in zip(*tallies, strict=True)]
    return Report(
        scores=tuple(tally.score for tally in pooled),
        wells=tuple(wells),
        confusion=tuple(
            Confusion(tally.tolerance_m, class_confusion(*tally.sides))
            for tally in pooled
            if (tally.group, tally.criterion) == (POOLED, "depth")
        ),
        seed=seed,
        chance_draws=chance_draws,
        tallies=tuple(tallies),
    )


def _well_report(well: ScoredWell, tallies: Sequence[_Tally]) -> WellReport:
    scores = tuple(tally.score for tally in tallies)
    return WellReport(well.well, well.hole_diameter_m, well.intervals_m, well.ref_outside, well.est_outside, scores)


class _Hits(NamedTuple):
    """Hits of one well: row k of ``ref_rows`` was matched with row k of ``est_rows``. The planes are shared by all
    lines, so that a line of a long well costs no more than its rows.
    """

    ref: Planes
    est: Planes
    ref_rows: Rows
    est_rows: Rows


@dataclass(frozen=True, eq=False)
class _Tally:
    """What adds up over wells behind one line."""

    group: str
    criterion: Criterion
    tolerance_m: float
    counts: Counts
    chance: Counts
    hits: tuple[_Hits, ...]
    length_m: float

    @classmethod
    def sum(cls, parts: Sequence[_Tally]) -> _Tally:
        first = parts[0]
        if len(parts) == 1:
            return first
        return cls(
            first.group,
            first.criterion,
            first.tolerance_m,
            sum((part.counts for part in parts), Counts(0, 0, 0)),
            sum((part.chance for part in parts), Counts(0, 0, 0)),
            tuple(hits for part in parts for hits in part.hits),
            sum(part.length_m for part in parts),
        )

    @property
    def sides(self) -> tuple[Planes, Planes]:
        """The reference's planes that were hit, and what they were matched with, in the same order."""
        ref = Planes.concatenate([hits.ref[hits.ref_rows] for hits in self.hits])
        return ref, Planes.concatenate([hits.est[hits.est_rows] for hits in self.hits])

    @cached_property
    def score(self) -> Score:
        errors = hit_errors(*self.sides)
        return Score(self.group, self.criterion, self.tolerance_m, self.counts, self.chance, errors, self.length_m)


def _tallies(well: ScoredWell, tolerances_m: Sequence[float], draws: int, rng: np.random.Generator) -> Iterator[_Tally]:
    """One tally a line of a well's table."""
    n_ref, n_est = group_sizes(well.ref), group_sizes(well.est)
    rows = hit_rows(well, tolerances_m)
    lucky = chance_hits(well, tolerances_m, draws, rng)
    for line in lines(tolerances_m):
        sizes = n_ref[line[0]], n_est[line[0]]
        hits = _Hits(well.ref, well.est, *rows[line])
        yield _Tally(*line, Counts(*sizes, len(hits.ref_rows)), Counts(*sizes, lucky[line]), (hits,), well.length_m)


def score_table(scores: Sequence[Score]) -> str:
    """Counts, sensitivity, precision, F1, chance F1 and skill, a line a score, at most 100 columns."""
    lines = [
        f"{'group':<9} {'criterion':<9} {'tol cm':>6} {'ref':>6} {'est':>6} {'hits':>6} "
        f"{'sens.':>6} {'prec.':>6} {'F1':>6} {'chance':>6} {'skill':>6}"
    ]
    for line in scores:
        counts = line.counts
        lines.append(
            f"{line.group:<9} {line.criterion:<9} {line.tolerance_m * 100:>6.4g} "
            f"{counts.n_ref:>6} {counts.n_est:>6} {int(counts.hits):>6} "
            f"{_figure(counts.sensitivity)} {_figure(counts.precision)} {_figure(counts.f1)} "
            f"{_figure(line.chance.f1)} {_figure(line.skill)}"
        )
    return "\n".join(lines)


def error_table(scores: Sequence[Score]) -> str:
    """Errors on hits, median and 95th percentile, a line a score, at most 100 columns."""
    lines = [
        f"{'errors on hits':<33} {'dip':>5} {'azim.':>5} "
        f" {'depth cm':>17} {'dip deg':>11} {'azim. deg':>11} {'pole deg':>11}",
        f"{'group':<9} {'criterion':<9} {'tol cm':>6} {'hits':>6} {'<=3':>5} {'<=15':>5} "
        f" {'bias':>5} {'med':>5} {'p95':>5} {'med':>5} {'p95':>5} {'med':>5} {'p95':>5} {'med':>5} {'p95':>5}",
    ]
    for line in scores:
        errors = line.errors
        depths = [100 * value for value in (errors.depth_bias_m, errors.depth_median_m, errors.depth_p95_m)]
        angles = [
            *(errors.dip_median_deg, errors.dip_p95_deg),
            *(errors.azimuth_median_deg, errors.azimuth_p95_deg),
            *(errors.pole_median_deg, errors.pole_p95_deg),
        ]
        lines.append(
            f"{line.group:<9} {line.criterion:<9} {line.tolerance_m * 100:>6.4g} {errors.hits:>6} "
            f"{_figure(errors.dip_within_3deg, 5)} {_figure(errors.azimuth_within_15deg, 5)}  "
            + " ".join(_figure(value, 5, 1) for value in (*depths, *angles))
        )
    return "\n".join(lines)


def _figure(value: float, width: int = 6, digits: int = 2) -> str:
    if math.isnan(value):
        return f"{'-':>{width}}"
    return f"{round(value, digits) + 0.0:>{width}.{digits}f}"  # adding 0.0 turns -0.00 into 0.00


def _plain(value: float) -> float | int | None:
    return None if math.isnan(value) else value
