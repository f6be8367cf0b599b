"""What is told of two interpreters of one log: figures, and lines for people. How they are come by says
:mod:`geobfdt.eval.agreement`.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from textwrap import shorten
from typing import Any

from geobfdt.eval.estimates import Estimate
from geobfdt.eval.matching import Criterion
from geobfdt.eval.metrics import CONFUSION_KINDS, skill


@dataclass(frozen=True)
class Shared:
    """The planes in common under a criterion.

    common       how many
    share        2 common / (n_one + n_other)
    of_one, of_other   share of each side's planes
    chance, chance_most   the share at random depths, mean over draws and the largest of them
    """

    criterion: Criterion
    common: int
    share: Estimate
    of_one: Estimate
    of_other: Estimate
    chance: float
    chance_most: float

    @property
    def skill(self) -> float:
        """``(share - chance) / (1 - chance)``: 0 is luck."""
        return skill(self.share.value, self.chance)


@dataclass(frozen=True)
class Offset:
    """What all depths of the other share, from those of the one: metres, positive down; its standard error; of how many
    matches. NaN of fewer than three matches, and then nothing is moved.
    """

    depth_m: float
    error_m: float
    matches: int


@dataclass(frozen=True)
class Spread:
    """How far apart the matches lie after the offset.

    depth_sd_m, pole_sd_deg    robust standard deviations; of poles along one direction
    *_median_*, *_p95_*        median and 95th percentile, unsigned
    dip_offset_deg             median of the other's dips less the one's
    azimuth_offset_deg         the same of azimuths, of planes that both have dip by 5 degrees or more
    """

    matches: int
    depth_sd_m: float
    depth_median_m: float
    depth_p95_m: float
    pole_sd_deg: float
    pole_median_deg: float
    pole_p95_deg: float
    dip_offset_deg: float
    azimuth_offset_deg: float


@dataclass(frozen=True)
class Naming:
    """How the matches are named.

    table   matches by the one's kind, row by row, and by the other's, each in the order of CONFUSION_KINDS
    named   matches that both sides named
    agree   share of these of one name
    kappa   Cohen's; NaN where either side gives one name alone
    """

    table: tuple[tuple[int, ...], ...]
    named: int
    agree: Estimate
    kappa: Estimate


@dataclass(frozen=True)
class Agreement:
    """Two interpretations of one log; the module says by which rules.

    n_one, n_other   picks of each in the reviewed intervals
    length_m         metres of those, of the span of all picks without
    before, after    planes in common by criterion, without the offset and with it
    """

    n_one: int
    n_other: int
    length_m: float
    tolerance_m: float
    offset: Offset
    before: tuple[Shared, ...]
    after: tuple[Shared, ...]
    spread: Spread
    naming: Naming
    seed: int
    chance_draws: int

    @property
    def per_m(self) -> tuple[float, float]:
        """Picks a metre of the one and of the other."""
        if not self.length_m:
            return math.nan, math.nan
        return self.n_one / self.length_m, self.n_other / self.length_m

    def shared(self, criterion: Criterion, *, after: bool = True) -> Shared:
        """The planes in common under a criterion, after the offset or before it."""
        return next(line for line in (self.after if after else self.before) if line.criterion == criterion)

    @property
    def beyond_chance(self) -> bool:
        """Whether more planes are in common, jointly and after the offset, than at random depths in any draw: else the
        offset and all that is told of matches mean nothing.
        """
        joint = self.shared("joint")
        return not joint.share.value <= joint.chance_most

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON, None for NaN."""
        figures = asdict(self)
        for name in ("before", "after"):
            lines = zip(figures[name], getattr(self, name), strict=True)
            figures[name] = {line["criterion"]: line | {"skill": of.skill} for line, of in lines}
        per_m = dict(zip(("per_m_one", "per_m_other"), self.per_m, strict=True))
        figures["naming"]["kinds"] = list(CONFUSION_KINDS)
        plain: dict[str, Any] = _plain(figures | per_m | {"beyond_chance": self.beyond_chance})
        return plain

    def to_text(self, one: str = "one", other: str = "other") -> str:
        """Plain lines of at most 100 columns, the two called by their names."""
        return _text(self, one, other)


def _plain(value: Any) -> Any:
    """Containers of plain values with None for NaN."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


_WIDEST_NAME = 24


def _text(found: Agreement, one: str, other: str) -> str:
    """Plain lines of at most 100 columns."""
    one, other = (shorten(name, _WIDEST_NAME, placeholder="...") or "unnamed" for name in (one, other))
    blocks = [
        _picks(found, one, other),
        _shares(found, one, other),
        _offset(found, one, other),
        _spread(found, one, other),
        _naming(found, one, other),
    ]
    return "\n\n".join("\n".join(block) for block in blocks)


def _picks(found: Agreement, one: str, other: str) -> list[str]:
    per_m = found.per_m
    return [
        f"Agreement of two interpreters over {found.length_m:.2f} m",
        f"{one}: {found.n_one} picks, {_number(per_m[0], 2)} a metre",
        f"{other}: {found.n_other} picks, {_number(per_m[1], 2)} a metre",
    ]


def _shares(found: Agreement, one: str, other: str) -> list[str]:
    lines = [
        f"Planes in common at {100 * found.tolerance_m:g} cm, 2 common / (picks of both), 95 % interval, and chance",
        f"{'':<14} {'criterion':<9} {'common':>6} {'share':>6} {'95 %':>13} {'chance':>6} {'skill':>6} "
        f"{'of one':>7} {'of other':>8}",
    ]
    for when, table in (("as picked", found.before), ("without offset", found.after)):
        lines += [_share(when, line) for line in table]
    lines.append(f"of one, of other: share of the planes of {one}, of {other}")
    if not found.beyond_chance:
        lines.append("No more planes are in common than at random depths: the offset and the matches mean nothing")
    return lines


def _share(when: str, line: Shared) -> str:
    share = line.share
    return (
        f"{when:<14} {line.criterion:<9} {line.common:>6} {_number(share.value, 2):>6} {_interval(share, 2):>13} "
        f"{_number(line.chance, 2):>6} {_number(line.skill, 2):>6} {_number(line.of_one.value, 2):>7} "
        f"{_number(line.of_other.value, 2):>8}"
    )


def _offset(found: Agreement, one: str, other: str) -> list[str]:
    offset = found.offset
    if math.isnan(offset.depth_m):
        return [f"Depth offset: {offset.matches} joint matches are too few to fit one"]
    way = f"{other} is deeper than {one}" if offset.depth_m >= 0 else f"{other} is shallower than {one}"
    return [
        f"Depth offset, fitted apart: {100 * abs(offset.depth_m):.1f} cm, standard error "
        f"{100 * offset.error_m:.1f} cm; {way}"
    ]


def _spread(found: Agreement, one: str, other: str) -> list[str]:
    spread = found.spread
    if math.isnan(spread.depth_sd_m):
        return [f"Spreads: {spread.matches} joint matches are too few to tell"]
    return [
        f"Spreads between the two about it, of {spread.matches} joint matches (a person's own: / 1.41)",
        f"depth  standard deviation {100 * spread.depth_sd_m:.1f} cm, median {100 * spread.depth_median_m:.1f} cm, "
        f"95 % within {100 * spread.depth_p95_m:.1f} cm",
        f"pole   standard deviation {spread.pole_sd_deg:.1f} deg a direction, median {spread.pole_median_deg:.1f} deg, "
        f"95 % within {spread.pole_p95_deg:.1f} deg",
        f"median difference, {other} less {one}: dip {spread.dip_offset_deg:+.1f} deg, azimuth "
        f"{_number(spread.azimuth_offset_deg, 1, '+')} deg",
    ]


def _naming(found: Agreement, one: str, other: str) -> list[str]:
    naming = found.naming
    lines = [f"Names of the joint matches, {one} down, {other} across", f"{'':<10}"]
    lines[1] += " ".join(f"{kind:>9}" for kind in CONFUSION_KINDS)
    for kind, row in zip(CONFUSION_KINDS, naming.table, strict=True):
        lines.append(f"{kind:<10}" + " ".join(f"{number:>9}" for number in row))
    if not naming.named:
        return [*lines, "no match is named by both"]
    agree, kappa = naming.agree, naming.kappa
    told = f"{100 * agree.value:.0f} % of {naming.named} named alike ({_interval(agree, 2)})"
    if math.isnan(kappa.value):
        return [*lines, f"{told}; kappa cannot be told where a side gives one name alone"]
    return [*lines, f"{told}, Cohen's kappa {kappa.value:.2f} ({_interval(kappa, 2)})"]


def _interval(of: Estimate, digits: int) -> str:
    return f"{_number(of.low, digits)} to {_number(of.high, digits)}"


def _number(value: float, digits: int, sign: str = "") -> str:
    return "-" if math.isnan(value) else f"{round(value, digits) + 0.0:{sign}.{digits}f}"
