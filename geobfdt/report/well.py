"""A well report: one page that holds everything, to read in a browser or as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole.curve import Curve
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.normalize import least_window_m
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import InputError
from geobfdt.interpretation.statistics import frequency, p10
from geobfdt.interpretation.zones import Zone, has_true_dips, restored
from geobfdt.report.figures import Look, means_by_kind, plot_frequency, plot_orientations
from geobfdt.report.heading import Field, heading
from geobfdt.report.page import check_page
from geobfdt.report.qc import Finding, quality
from geobfdt.report.scale import DepthScale
from geobfdt.report.sheet import Sheet
from geobfdt.report.tracks import tracks_of
from geobfdt.report.words import in_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WINDOWS = 25
"""Windows of planes per metre that a log is cut into, of at least a metre each."""


@dataclass(frozen=True)
class Source:
    """Where the picks of a report come from: their file, the command that made the report, and whatever their own file
    says of model, threshold and reference; ``card`` is the text of the model's card, "" where there is none, ``asked``
    a word for all that the report is made from, and ``header`` what the log's file and the user say of the well, see
    :func:`geobfdt.report.heading.heading`.
    """

    picks: str
    command: str
    parameters: Mapping[str, str]
    card: str = ""
    asked: str = ""
    header: Mapping[str, str] = field(default_factory=dict)


_PLAIN = Look()
_SCALE = DepthScale()


@dataclass(frozen=True, eq=False)
class Report:
    """What the page and the PDF are both made from: picks that lie in the log, sorted by depth, and what is said."""

    log: ImageLog
    picks: Picks
    source: Source
    sheet: Sheet
    findings: tuple[Finding, ...]
    zones: tuple[Zone, ...]
    survey: Survey | None

    @property
    def scale(self) -> DepthScale:
        return self.sheet.scale

    @property
    def title(self) -> str:
        return f"{self.log.well or 'Well'}: {len(self.picks)} planes"

    def words(self) -> str:
        calibrated = "model" in self.source.parameters
        return in_words(self.log, self.picks, self.findings, self.scale, calibrated=calibrated)

    def heading(self) -> list[Field]:
        source = self.source
        fields = heading(self.log, self.picks, source.header, source.parameters, self.survey, self.scale)
        return [*fields, Field("picks", source.picks, long=True), Field("this report", source.command, long=True)]

    def counts(self) -> list[list[str]]:
        """A row a kind: planes, per metre as counted and corrected, and the mean plane with its concentration."""
        length = self.log.base_m - self.log.top_m
        rows = []
        for kind, mean in means_by_kind(self.picks).items():
            raw, corrected = p10(self.picks.of_kind(kind).dip_deg, length)
            spread = [f"{value:.1f}" if value == value else "-" for value in (mean.kappa, mean.alpha95_deg)]
            plane = f"{mean.dip_deg:.1f} / {mean.azimuth_deg:.0f}"
            rows.append([kind, str(mean.count), f"{raw:.2f}", f"{corrected:.2f}", plane, *spread])
        return rows

    def quality(self) -> list[list[str]]:
        told = self.scale.told
        return [[told(f.top_m), told(f.base_m), f.check, f.found, f.remedy] for f in self.findings]

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """What the orientations and depths of the planes add up to."""
        if not len(self.picks):
            return
        top, base = self.log.top_m, self.log.base_m
        found = frequency(self.picks.depth_m, self.picks.dip_deg, top, base, max(1.0, (base - top) / WINDOWS))
        yield "Orientations", plot_orientations(self.picks)
        if self.zones:
            named = "; ".join(map(str, self.zones))
            yield f"Orientations without structural dip ({named})", plot_orientations(restored(self.picks, self.zones))
        yield "Planes along the hole", plot_frequency(self.picks, found, top, base)


QUALITY_HEAD = ("from", "to", "check", "found", "remedy")
COUNTS_NOTE = (
    "Corrected counts weigh every plane by one over the cosine of its dip against the hole, at most 11.47 (Terzaghi). "
    "Mean planes and their concentration kappa follow Fisher."
)
COUNTS_HEAD = ("kind", "planes", "per metre", "corrected", "mean dip / azimuth", "kappa", "95 % cone (°)")


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
    progress: Callable[[int, int], None] = lambda drawn, of: None,
) -> None:
    """Write a report of picks on a log as one HTML page that needs no other file, and as a PDF where one is named.

    look      of the image; its dynamic window taller than the traces, see
              :func:`geobfdt.borehole.normalize.least_window_m`
    zones     whose structural dip is removed for a second picture of the orientations
    survey    which way the hole runs, for the quality table and the vertical depths
    curves    that lie beside the image: gamma ray and calipers get a track by their names, ``named_curves`` by theirs
    scale     and unit of depth
    progress  called with how many strips and figures are drawn, and of how many

    Picks outside the image are in its quality table and in nothing else. Raises :class:`InputError` when a file cannot
    be written, a window has no length or a curve is not there.
    """
    check_page(Path(path))
    if pdf is not None and Path(pdf).suffix.lower() != ".pdf":
        raise InputError(f"{pdf}: is not named .pdf")
    if not look.window_m > 0:
        raise InputError(f"a dynamic window of {look.window_m:g} m has no length; give metres, as in 1")
    if zones and not has_true_dips(picks):
        restored(picks, zones)
    findings = (*quality(log, picks, survey), *_window(log, picks, look.window_m))
    inside = picks.within([(log.top_m - log.row_step_m / 2, log.base_m + log.row_step_m / 2)]).sorted()
    sheet = Sheet(log, inside, look, scale, tracks_of(log, survey, curves, named_curves))
    from geobfdt.report.well_page import write_page

    write_page(Report(log, inside, source, sheet, findings, tuple(zones), survey), Path(path), progress)


def _window(log: ImageLog, picks: Picks, window_m: float) -> list[Finding]:
    """What a dynamic window lower than twice the traces does to them."""
    least_m = np.array([least_window_m(dip, log.hole_diameter_m) for dip in picks.dip_deg])
    tall = least_m > window_m
    if not tall.any():
        return []
    depths = picks.depth_m[tall]
    return [
        Finding(
            *("dynamic window", float(depths.min()), float(depths.max())),
            f"{tall.sum()} planes are taller than half of its {window_m:g} m and lose contrast in the dynamic image",
            f"draw it with --window {np.ceil(np.percentile(least_m, 95)):g} to show 95% of them whole",
        )
    ]
