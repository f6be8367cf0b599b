"""A well report: one page that holds everything, to read in a browser or as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import least_window_m
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError, counted
from geobfdt.formats.atomic import together
from geobfdt.interpretation.sets import find_sets
from geobfdt.interpretation.zones import Zone, has_true_dips, restored
from geobfdt.report.contents import Report, Source
from geobfdt.report.figures import Look
from geobfdt.report.interpretation import placed
from geobfdt.report.page import check_page
from geobfdt.report.pdf import write_pdf
from geobfdt.report.qc import Finding, quality
from geobfdt.report.scale import DepthScale
from geobfdt.report.sheet import Sheet
from geobfdt.report.tracks import tracks_of
from geobfdt.report.well_page import write_page

__all__ = ["Source", "write_report"]

_PLAIN = Look()
_SCALE = DepthScale()


def write_report(
    log: ImageLog,
    picks: Picks,
    source: Source,
    path: str | Path,
    *,
    pdf: str | Path | None = None,
    look: Look = _PLAIN,
    zones: Sequence[Zone] = (),
    survey: Survey | None = None,
    curves: Sequence[Curve] = (),
    named_curves: Sequence[str] = (),
    scale: DepthScale = _SCALE,
    sets: int | None = None,
    section_azimuth_deg: float | None = None,
    reference: Picks | None = None,
    progress: Callable[[int, int], None] = lambda drawn, of: None,
) -> None:
    """Write a report of picks on a log as one HTML page that needs no other file, and as a PDF where one is named.

    look      of the image; its dynamic window taller than the traces, see
              :func:`geobfdt.borehole.normalize.least_window_m`
    zones     whose structural dip is removed for a second picture of the orientations
    survey    which way the hole runs, for the quality table and the vertical depths
    curves    that lie beside the image: gamma ray and calipers get a track by their names, ``named_curves`` by theirs
    scale     and unit of depth
    sets      how many sets of fractures to make, None: as many as a rule finds
    section_azimuth_deg   of the section along the hole from north, None: the hole's own
    reference   an interpreter's picks of the same log, whose sets and intensities stand beside with their bands
    progress  called with how many strips and figures are drawn, and of how many

    Picks outside the image are in its quality table and in nothing else. Raises :class:`InputError` when a file cannot
    be written, a window has no length or a curve is not there.
    """
    check_page(Path(path))
    if pdf is not None and Path(pdf).suffix.lower() != ".pdf":
        raise InputError(f"{pdf}: is not named .pdf")
    if not look.window_m > 0:
        raise InputError(f"a dynamic window of {look.window_m:g} m has no length; give metres, as in 1")
    if zones and len(picks) and not has_true_dips(picks):
        restored(picks, zones)  # which says what is missing
    findings = (*quality(log, picks, survey), *_window(log, picks, look.window_m))
    inside = placed(log, picks, survey)
    found = find_sets(inside, log.base_m - log.top_m, sets)
    sheet = Sheet(log, inside, look, scale, tracks_of(log, survey, curves, named_curves), found.members(inside))
    report = Report(log, inside, found, source, sheet, findings, tuple(zones), survey, section_azimuth_deg, reference)
    strips = len(sheet.strips)
    with together():
        write_page(report, Path(path), progress)
        if pdf is not None:
            write_pdf(report, Path(pdf), lambda drawn, of: progress(strips + drawn, strips + of))


def _window(log: ImageLog, picks: Picks, window_m: float) -> list[Finding]:
    """What a dynamic window lower than twice the traces does to them."""
    least_m = np.array([least_window_m(dip, log.hole_diameter_m) for dip in picks.dip_deg])
    tall = least_m > window_m
    if not tall.any():
        return []
    depths, many = picks.depth_m[tall], counted(int(tall.sum()), "plane")
    return [
        Finding(
            *("dynamic window", float(depths.min()), float(depths.max())),
            f"{many} taller than half of its {window_m:g} m lose contrast in the dynamic image",
            f"draw it with --window {np.ceil(np.percentile(least_m, 95)):g} to show 95% of them whole",
        )
    ]
