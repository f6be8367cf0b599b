"""What a well report holds, the same on its page and in its PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.errors import counted
from geobfdt.interpretation.sets import Sets
from geobfdt.interpretation.statistics import frequency, p10
from geobfdt.interpretation.zones import Zone
from geobfdt.report.figures import Look, means_by_kind, plot_frequency, plot_orientations
from geobfdt.report.heading import Field, heading
from geobfdt.report.interpretation import Section, sections
from geobfdt.report.qc import Finding
from geobfdt.report.scale import DepthScale
from geobfdt.report.sheet import Sheet
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


@dataclass(frozen=True, eq=False)
class Report:
    """What the page and the PDF are both made from: picks as :func:`~geobfdt.report.interpretation.placed` gives them,
    the sets found among them, and what is said.
    """

    log: ImageLog
    picks: Picks
    found: Sets
    source: Source
    sheet: Sheet
    findings: tuple[Finding, ...]
    zones: tuple[Zone, ...]
    survey: Survey | None
    section_azimuth_deg: float | None = None
    reference: Picks | None = None

    @property
    def scale(self) -> DepthScale:
        return self.sheet.scale

    @property
    def look(self) -> Look:
        return self.sheet.look

    @property
    def title(self) -> str:
        return f"{self.log.well or 'Well'}: {counted(len(self.picks), 'plane')}"

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

    @property
    def listed_head(self) -> tuple[str, ...]:
        which = "dip" if self.sheet.planes.dip_deg is self.picks.dip_deg else "true dip"
        depth = f"depth ({self.scale.unit})"
        return ("#", depth, "kind", f"{which} (°)", "azimuth (°)", "set", "confidence", "± dip (°)")

    def listed(self) -> Iterator[list[str]]:
        """A row a pick, under :attr:`listed_head`; what is not known of it is left empty."""
        planes, picks = self.sheet.planes, self.picks
        kinds, sure, spread = (np.asarray(values) for values in (picks.kind, picks.confidence, picks.dip_sd_deg))
        for k in range(len(picks)):
            yield [
                *(str(k + 1), self.scale.told(float(picks.depth_m[k]), 3), str(kinds[k])),
                *(f"{planes.dip_deg[k]:.1f}", f"{planes.azimuth_deg[k]:.0f}", str(planes.member[k] or "")),
                *(f"{sure[k]:.2f}" if sure[k] == sure[k] else "", f"{spread[k]:.1f}" if spread[k] == spread[k] else ""),
            ]

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
        yield "Planes along the hole", plot_frequency(self.picks, found, top, base, self.scale)

    @cached_property
    def interpretation(self) -> list[Section]:
        """Sets, intensities and what else a geologist makes of the planes; none where there are none."""
        if not len(self.picks):
            return []
        return sections(
            *(self.log, self.picks, self.found, self.survey, self.zones),
            reference=self.reference,
            section_azimuth_deg=self.section_azimuth_deg,
            scale=self.scale,
        )


QUALITY_HEAD = ("from", "to", "check", "found", "remedy")
COUNTS_NOTE = (
    "Corrected counts weigh every plane by one over the cosine of its dip against the hole, at most 11.47 (Terzaghi). "
    "Mean planes and their concentration kappa follow Fisher."
)
COUNTS_HEAD = ("kind", "planes", "per metre", "corrected", "mean dip / azimuth", "kappa", "95 % cone (°)")
