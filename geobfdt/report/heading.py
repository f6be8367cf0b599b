"""The header of a report as loggers write it: every field from the file or the settings, empty where nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from geobfdt import __version__
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.report.scale import DepthScale

ASKED = (
    *("well", "field", "company", "service company", "location", "country", "latitude", "longitude"),
    *("elevation", "datum", "bit size", "tool", "logged", "declination", "interpreted by", "interpreted on"),
)
"""What a header asks for that only a file or a person can say, in the order of the page; the names of settings."""
TOLD_ELSEWHERE = (
    *("model", "model_digest", "threshold", "asked", "geobfdt", "command", "hole_diameter_m", "depth_unit"),
    *("reference", "image"),
)


@dataclass(frozen=True)
class Field:
    """A line of a header; ``value`` is "" where it is not known."""

    name: str
    value: str
    long: bool = False


def heading(
    log: ImageLog,
    picks: Picks,
    said: Mapping[str, str],
    parameters: Mapping[str, str],
    survey: Survey | None,
    scale: DepthScale,
) -> list[Field]:
    """The header of a log with picks.

    said        what the file of the log and the user say, by the names of :data:`ASKED` and whatever others
    parameters  what the file of the picks says of where they come from
    """
    known = {"well": log.well} | {name: value for name, value in said.items() if value}
    fields = [Field(name, known.get(name, "")) for name in ASKED]
    fields += [Field(name, value) for name, value in known.items() if name not in ASKED]
    fields += _measured(log, picks, survey, scale)
    model = parameters.get("model", "")
    fields += [
        Field("weights", model),
        Field("weights' SHA-256", parameters.get("model_digest", "")),
        Field("threshold", parameters.get("threshold", "")),
        Field("picked with", f"geobfdt {parameters['geobfdt']}" if "geobfdt" in parameters else ""),
        Field("report by", f"geobfdt {__version__}"),
    ]
    fields += [
        Field(name.replace("_", " "), value)
        for name, value in parameters.items()
        if name not in TOLD_ELSEWHERE and value
    ]
    return [*fields, Field("picked by", parameters.get("command", ""), long=True)]


def _measured(log: ImageLog, picks: Picks, survey: Survey | None, scale: DepthScale) -> list[Field]:
    """What follows from the log itself."""
    inches = log.hole_diameter_m / 0.0254
    caliper = ", with caliper" if log.caliper_m is not None else ""
    north = "north" if log.reference == "north" else "the high side of the hole"
    length = scale.told(log.base_m - log.top_m)
    fields = [
        Field("interval", f"{scale.told(log.top_m)} to {scale.told(log.base_m)} {scale.unit} along hole ({length})"),
        Field("hole", f"{log.hole_diameter_m * 1000:.0f} mm ({inches:.3g} in){caliper}"),
        Field("image", f"{log.name or 'image'}, {log.columns} columns, rows of {log.row_step_m * 1000:.3g} mm"),
        Field("azimuths of the image", f"from {north}, first column at {log.first_azimuth_deg:g}°"),
        Field("orientations", "true" if has_true_dips(picks) else "as the image shows them: no survey was given"),
        Field("scale", f"1:{scale.ratio}, depths in {scale.unit}"),
    ]
    if survey is None:
        return [*fields, Field("survey", "")]
    deviation, azimuth = survey.at([log.top_m, log.base_m])
    top, base = survey.true_vertical_depth_m([log.top_m, log.base_m])
    stations = f"{len(survey.depth_m)} station{'s' * (len(survey.depth_m) != 1)}"
    lie = f"{deviation[0]:.1f}° to {azimuth[0]:.0f}° at the top, {deviation[1]:.1f}° to {azimuth[1]:.0f}° at the base"
    vertical = f"{scale.told(top)} to {scale.told(base)} {scale.unit} below the survey's first station"
    return [*fields, Field("survey", f"{stations}; {lie}"), Field("true vertical depth", vertical)]


def fields_html(fields: list[Field]) -> str:
    """A header as a grid of names and values."""
    cells = "".join(
        f"<div{' class=long' if field.long else ''}><dt>{escape(field.name)}</dt><dd>{escape(field.value)}</dd></div>"
        for field in fields
    )
    return f'<dl class="fields">{cells}</dl>\n'
