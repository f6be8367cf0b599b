"""The interpretation in a report: sections of figures, a table and a few sentences each, ready to be laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks
from geobfdt.borehole.placing import reach_m
from geobfdt.borehole.survey import Survey, with_true_dips
from geobfdt.errors import InputError
from geobfdt.interpretation.bands import Estimate
from geobfdt.interpretation.cross_section import cross_section
from geobfdt.interpretation.intensity import CUT_DEG, NO_CUT_DEG, intensities, overall
from geobfdt.interpretation.mixture import MOST
from geobfdt.interpretation.sets import FractureSet, Sets, against, find_sets, fractures_of, through_depth
from geobfdt.interpretation.statistics import STEEPEST_WEIGHED_DEG, fisher_mean
from geobfdt.interpretation.zones import Zone, has_true_dips, orientations, restored
from geobfdt.report.intensity import plot_intensity
from geobfdt.report.scale import METRIC, DepthScale
from geobfdt.report.section import plot_section
from geobfdt.report.sets import OTHER, plot_restored, plot_roses, plot_sets, plot_sets_through_depth

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WINDOWS = 25
"""Windows of intensity that a log is cut into, of at least a metre each."""
PLANES_A_WINDOW = 5
"""They are longer where planes are few, up to a quarter of the log: a count of one or two says next to nothing."""
MOST_TOLD = 4
"""Zones that differ are named in a sentence up to so many, else in the table alone."""
PLANES_A_ZONE = 15
"""A log without zones is cut into at most four equal parts, of so many planes each on average."""

Table = tuple[tuple[str, ...], list[list[str]]]
_NO_TABLE: Table = ((), [])


@dataclass(frozen=True, eq=False)
class Section:
    """A part of a report.

    figures  (caption, figure), from top to bottom
    table    (head, rows) of texts; both empty where there is none
    words    sentences of plain text, what was found first
    """

    title: str
    figures: list[tuple[str, Figure]] = field(default_factory=list)
    table: Table = _NO_TABLE
    words: str = ""


def sections(
    log: ImageLog,
    picks: Picks,
    found: Sets,
    survey: Survey | None = None,
    zones: Sequence[Zone] = (),
    *,
    reference: Picks | None = None,
    section_azimuth_deg: float | None = None,
    scale: DepthScale = METRIC,
    seed: int = 0,
) -> list[Section]:
    """What a geologist makes of picks on a log: sets, sets through depth, intensity, orientations without structural
    dip, a section along the hole, apertures, and how all this compares with an interpreter's picks.

    picks      as :func:`placed` gives them
    found      the sets among them
    survey     without it there is no section along the hole
    zones      whose structural dip is removed, and through which sets are followed
    reference  an interpreter's picks of the same log
    section_azimuth_deg   of the section along the hole; None: the hole's own
    scale      whose unit depths along hole are told in

    What the picks do not allow is left out, or said in words. Raises :class:`InputError` where structural dip is to be
    removed from dips that are not true.
    """
    if not len(picks):
        return [Section("Interpretation", words="No pick lies on this log, so there is nothing to interpret.")]
    parts = [_sets(found), *_through_depth(log, found, zones, scale), _intensity(log, picks, scale)]
    if zones:
        parts.append(_without_structural_dip(picks, zones))
    if survey is not None and has_true_dips(picks):
        parts.append(_cross_section(log, found, picks, survey, section_azimuth_deg, scale))
    parts.append(_apertures(log))
    if reference is not None:
        parts.append(_against(log, found, picks, placed(log, reference, survey), seed))
    return parts


def placed(log: ImageLog, picks: Picks, survey: Survey | None) -> Picks:
    """The picks on the log, by depth, with true dips where a survey can give them and they have none."""
    inside = picks.within([reach_m(log)]).sorted()
    if survey is None or not len(inside) or has_true_dips(inside):
        return inside
    try:
        return with_true_dips(inside, survey, log.reference)
    except InputError:  # an upright hole has no high side to turn from; its image's own frame is what there is
        return inside


_SETS_HEAD = (
    *("set", "planes", "share, weighed", "mean dip / azimuth", "kappa", "95 % cone (°)", "per metre"),
    *(f"P32, cut {CUT_DEG:g}° (m²/m³)", "true spacing (m)", "variation"),
)


def _sets(found: Sets) -> Section:
    n, fractures = len(found.picks), "fracture" in np.asarray(found.picks.kind)
    title, planes = ("Fracture sets", "fractures") if fractures else ("Sets of planes", "planes of unknown kind")
    if not n:
        return Section(title, words="No pick is called a fracture or left without a kind, so there are no sets.")
    figures = [("Poles and sets", plot_sets(found)), ("Strikes and dip directions", plot_roses(found))]
    rows = [_set_row(one) for one in found.sets]
    true = has_true_dips(found.picks)
    frame = (
        "" if true else " Orientations are those of the image, as no true ones are known: a bent hole smears its sets."
    )
    if not found.sets:
        why = "by Schwarz's criterion their poles are no more gathered than those of planes in every direction"
        why = "none was asked for" if found.by_hand else why
        return Section(title, figures, _NO_TABLE, f"The {n} {planes} make no set: {why}.{frame}")
    chosen = "asked for by hand" if found.by_hand else "the number that Schwarz's criterion prefers"
    if len(found.sets) == MOST and not found.by_hand:
        chosen += ", and the most that are looked for: more might fit better"
    enough = " ".join(f"Set {one.number}: {one.spacing.verdict()}." for one in found.sets)
    words = (
        f"{n} {planes} make {_counted(len(found.sets), 'set')} ({chosen}); {found.strays} belong to none. {enough} "
        f"Poles are weighed by Terzaghi, sorted with a cut at {CUT_DEG:g}°, and averaged with one at "
        f"{90 - STEEPEST_WEIGHED_DEG:g}°; bands are of 95 %, by Poisson's law. Spacings are measured along the mean "
        "pole; their variation is 1 where planes lie at random, more where they come in clusters, and the bands are "
        f"then too narrow.{frame}"
    )
    return Section(title, figures, (_SETS_HEAD, rows), words)


def _set_row(one: FractureSet) -> list[str]:
    mean = one.mean
    plane = f"{mean.dip_deg:.0f} / {mean.azimuth_deg:03.0f}"
    return [
        *(
            str(one.number),
            str(mean.count),
            f"{one.share:.0%}",
            plane,
            _or_dash(mean.kappa),
            _or_dash(mean.alpha95_deg),
        ),
        *(f"{one.p10:.2f}", f"{one.p32:.2f}", _band(one.spacing.mean_m), _or_dash(one.spacing.variation, ".2f")),
    ]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _or_dash(value: float, spec: str = ".1f") -> str:
    return f"{value:{spec}}" if value == value else "-"


def _band(found: Estimate, spec: str = ".2f") -> str:
    return f"{found:{spec}}" if found.value == found.value else "-"


def _through_depth(log: ImageLog, found: Sets, zones: Sequence[Zone], scale: DepthScale) -> list[Section]:
    title = "Sets through depth"
    if not found.sets:
        return []
    logged = [(max(zone.top_m, log.top_m), min(zone.base_m, log.base_m)) for zone in zones]
    intervals = [(top, base) for top, base in logged if base > top] or _parts(log, len(found.picks))
    if len(intervals) < 2 and not zones:
        words = (
            f"{len(found.picks)} planes are too few to follow sets through depth: {2 * PLANES_A_ZONE} make two zones."
        )
        return [Section(title, words=words)]
    rows = through_depth(found, intervals)
    figure = plot_sets_through_depth(found, rows, log.top_m, log.base_m, scale=scale)
    ends = f"from ({scale.unit})", f"to ({scale.unit})"
    head = ("set", *ends, "planes", "per metre", "mean pole off by (°)", "95 % cone here (°)", "differs")
    table = [
        [
            *(str(row.number), scale.told(row.top_m), scale.told(row.base_m), str(row.count), f"{row.p10:.2f}"),
            *(_or_dash(row.angle_deg), _or_dash(row.alpha95_deg), "yes" if row.differs else "no"),
        ]
        for row in rows
    ]
    other = [row for row in rows if row.differs]
    told = "; ".join(
        f"set {row.number} from {scale.told(row.top_m, 0)} to {scale.told(row.base_m, 0)} {scale.unit}" for row in other
    )
    shown = f": {told}" if 0 < len(other) <= MOST_TOLD else ""
    words = (
        "A set differs in a zone where its number of planes per metre in the whole log lies outside the zone's band. "
        f"It does in {len(other)} of {len(rows)} cases{shown}; in about {0.05 * len(rows):.1f} it would by chance."
    )
    return [Section(title, [("Sets through depth", figure)], (head, table), words)]


def _parts(log: ImageLog, planes: int) -> list[tuple[float, float]]:
    edges = np.linspace(log.top_m, log.base_m, int(np.clip(planes // PLANES_A_ZONE, 1, 4)) + 1).tolist()
    return list(pairwise(edges))


def _intensity(log: ImageLog, picks: Picks, scale: DepthScale) -> Section:
    shown = fractures_of(picks)
    called = "fractures" if "fracture" in np.asarray(shown.kind) else "planes of unknown kind"
    if not len(shown):
        shown, called = picks, "beds"
    length = log.base_m - log.top_m
    window = min(max(1.0, length / WINDOWS, PLANES_A_WINDOW * length / len(shown)), length / 4)
    figure = plot_intensity(intensities(log, shown, window), log.top_m, log.base_m, scale=scale)
    rows, cuts = [], (f"P32, cut {CUT_DEG:g}°", f"P32, cut {NO_CUT_DEG:g}°")
    for kind in (*KINDS, UNKNOWN):
        if len(some := picks.of_kind(kind)):
            total = overall(log, some)
            rows.append([kind, str(len(some)), *(f"{total[name]:.2f}" for name in ("P10", "P21", *cuts))])
    total = overall(log, shown)
    cut, uncut = (total[name] for name in cuts)
    hidden = max(0.0, 1 - cut.value / max(uncut.value, 1e-12))
    hides = (
        f"hides {hidden:.0%} of what a cut at {NO_CUT_DEG:g}° finds; the band of that says how few planes it hangs on"
    )
    if hidden < 0.01:
        hides = f"hides nothing here that a cut at {NO_CUT_DEG:g}° finds"
    words = (
        f"The log holds {total['P10']:.2f} {called} per metre, and by Terzaghi's weights {cut:.2f} m² of them in a "
        f"cubic metre of rock; bands of 95 % take planes to lie at random. The cut counts planes within {CUT_DEG:g}° "
        f"of the hole as if they lay at it, and {hides}. P21 is the length of traces over the wall's area."
    )
    head = ("kind", "planes", "P10 (per m)", "P21 (m/m²)", *(f"{name} (m²/m³)" for name in cuts))
    return Section("Intensity", [(f"Intensity of {called}", figure)], (head, rows), words)


def _without_structural_dip(picks: Picks, zones: Sequence[Zone]) -> Section:
    turned = restored(picks, zones)
    rows = []
    for zone in zones:
        before, after = (part.within([(zone.top_m, zone.base_m)]) for part in (picks, turned))
        for kind in (*KINDS, UNKNOWN):
            some = before.of_kind(kind), after.of_kind(kind)
            if len(some[0]):
                means = [fisher_mean(*orientations(part)) for part in some]
                planes = [f"{mean.dip_deg:.1f} / {mean.azimuth_deg:03.0f}" for mean in means]
                rows.append([str(zone), kind, str(len(some[0])), *planes, _or_dash(means[0].kappa)])
    head = ("zone: structural dip", "kind", "planes", "mean before", "mean after", "kappa")
    words = "Planes of each zone were turned about the strike of its structural dip until that is level."
    named = "Orientations without structural dip (" + "; ".join(map(str, zones)) + ")"
    return Section("Without structural dip", [(named, plot_restored(picks, turned))], (head, rows), words)


def _cross_section(
    log: ImageLog, found: Sets, picks: Picks, survey: Survey, azimuth_deg: float | None, scale: DepthScale
) -> Section:
    member = found.members(picks, OTHER)
    drawn = cross_section(picks, survey, log.top_m, log.base_m, azimuth_deg)
    figure = plot_section(drawn, member, log.top_m, log.base_m, scale)
    head = ("set", "mean dip / azimuth", f"apparent dip at {drawn.azimuth_deg:.0f}° (°)")
    rows = []
    for one in found.sets:
        some = drawn.apparent_dip_deg[member == one.number]
        plane = f"{one.mean.dip_deg:.0f} / {one.mean.azimuth_deg:03.0f}"
        rows.append([str(one.number), plane, f"{np.median(some):.0f}"])
    words = (
        f"The hole and the planes that it cuts, projected square onto an upright section at {drawn.azimuth_deg:.0f}°; "
        "a positive apparent dip goes down that way. Planes are drawn to one length: how far they reach a hole does "
        "not tell."
    )
    return Section("Section along the hole", [("Section along the hole", figure)], (head, rows), words)


def _apertures(log: ImageLog) -> Section:
    column_m = np.pi * log.hole_diameter_m / log.columns
    pixel_mm = 1000 * max(log.row_step_m, column_m)
    words = (
        f"No apertures are given. A pick has none of its own, and a pixel of this image is {pixel_mm:.1f} mm: only an "
        f"open fracture wider than about {2 * pixel_mm:.0f} mm could be measured on it. On electrical images apertures "
        "follow from the excess current where shallow resistivity and mud resistivity are known (Luthi & Souhaité "
        "1990, Geophysics 55, 821), which this image does not say."
    )
    return Section("Apertures", words=words)


def _against(log: ImageLog, found: Sets, picks: Picks, reference: Picks, seed: int) -> Section:
    title, length = "Against the interpreter", log.base_m - log.top_m
    if not len(reference):
        return Section(title, words="No pick of the interpreter lies on this log.")
    theirs = find_sets(reference, length, len(found.sets) if found.by_hand else None, seed)
    ours_all, theirs_all = (overall(log, fractures_of(part)) for part in (picks, reference))
    rows: list[list[str]] = []

    def row(what: str, ours: str, expected: str, passed: bool) -> None:
        rows.append([what, ours, expected, "inside" if passed else "outside"])

    for name in ("P10", f"P32, cut {CUT_DEG:g}°", f"P32, cut {NO_CUT_DEG:g}°"):
        ours, band = ours_all[name], theirs_all[name]
        row(name, f"{ours.value:.2f}", f"{band:.2f}", band.holds(ours.value))
    for match in against(found, theirs):
        what = f"set {match.reference}, nearest ours is {match.number}"
        cone = f"{match.alpha95_deg:.1f}° (95 % cone)"
        row(f"{what}: mean pole", f"{match.angle_deg:.1f}° off", cone, match.inside)
        band = match.reference_p10
        row(f"{what}: P10", f"{match.p10.value:.2f}", f"{band:.2f}", band.holds(match.p10.value))
    inside = sum(line[-1] == "inside" for line in rows)
    words = (
        f"{inside} of {len(rows)} numbers lie within the bands of the interpreter's own picks. The interpreter made "
        f"{_counted(len(theirs.sets), 'set')}, these picks {len(found.sets)}. The bands say how far another well in "
        "the same rock would be off, not how far another interpreter would."
    )
    return Section(title, [], (("what", "these picks", "interpreter, with band", ""), rows), words)
