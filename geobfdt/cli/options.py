"""Options that several commands share, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.borehole import Caliper, DepthUnit, Inclination, Mark, Reference
from geobfdt.errors import InputError
from geobfdt.formats import LasProfile
from geobfdt.model import EngineName
from geobfdt.training import WandbMode

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Collar, Survey
    from geobfdt.interpretation.zones import Zone


Diameter = Annotated[float | None, typer.Option("--hole-diameter", help="Hole diameter in metres (8.5 in is 0.2159).")]
ReferenceOption = Annotated[
    Reference | None, typer.Option("--reference", help="What azimuths count from; never guessed.")
]
Intervals = Annotated[list[str] | None, typer.Option(help="TOP:BASE in metres. Repeatable.")]
LasProfileOption = Annotated[
    LasProfile, typer.Option("--profile", help="Columns of a LAS: numeric, or those of techlog.")
]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Engine = Annotated[
    EngineName, typer.Option(help="What computes: torch, onnx (onnxruntime), or the faster of what is there.")
]
BothWays = Annotated[
    bool,
    typer.Option("--both-ways", help="See each window upside down as well: better picks, in twice the time."),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace results that are there, also those that somebody has edited.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WandbOption = Annotated[WandbMode, typer.Option("--wandb", help="Weights & Biases; offline stays in the run's folder.")]


@dataclass(frozen=True)
class LogOptions:
    """What is said of an image log beside its file."""

    hole_diameter: Diameter = None
    reference: ReferenceOption = None
    first_azimuth: Annotated[
        float | None, typer.Option(help="Azimuth of the left edge of column 0, degrees. (default: 0)")
    ] = None
    image: Annotated[str | None, typer.Option(help="Image channel, where a file holds several.")] = None
    top: Annotated[
        float | None, typer.Option(help="Depth of the first row in metres: of a picture, or of the part to read.")
    ] = None
    bottom: Annotated[float | None, typer.Option(help="Depth of the last row in metres.")] = None
    caliper: Annotated[
        Caliper, typer.Option(help="What becomes of a caliper of two arms: a round hole of their mean, or an oval one.")
    ] = "mean"
    null: Annotated[
        list[str] | None,
        typer.Option(help='A value of the image that means "nothing measured", or none: all are readings. Repeatable.'),
    ] = None
    depth_of_investigation: Annotated[
        float,
        typer.Option(
            help="Metres that the tool looks into the rock, on each side, which dips are computed with: 0 of "
            "televiewers; catalogues have 0.00635 of CMI 4.1, 0.0254 of CMI 2.4, 0.0099 of FMI-HD, 0.0381 of "
            "MicroScope HD."
        ),
    ] = 0.0
    well: Annotated[str | None, typer.Option(help="Name of the well, or the one to read from a corpus.")] = None

    def read(self, path: Path) -> list[ImageLog]:
        """Every log of a file."""
        from geobfdt.formats import read_all

        return read_all(path, **self._said())

    def read_one(self, path: Path) -> ImageLog:
        """The only log of a file, or the well of it that was named."""
        from geobfdt.formats import read

        return read(path, **self._said())

    def _said(self) -> dict[str, Any]:
        """As arguments of those who read."""
        return {
            "hole_diameter_m": self.hole_diameter,
            "reference": self.reference,
            "first_azimuth_deg": self.first_azimuth,
            "image": self.image,
            "top_m": self.top,
            "base_m": self.bottom,
            "well": self.well,
            "caliper": self.caliper,
            "nulls": self._nulls(),
            "depth_of_investigation_m": self.depth_of_investigation,
        }

    @property
    def diameter_seen(self) -> float | None:
        """The given hole diameter and what the tool sees beyond it, metres, for those who have no log to read."""
        from geobfdt.borehole.image_log import check_depth_of_investigation_m

        deeper = check_depth_of_investigation_m(self.depth_of_investigation)
        if self.hole_diameter is None and deeper:
            raise InputError("--depth-of-investigation adds to a diameter; give --hole-diameter METRES")
        return None if self.hole_diameter is None else self.hole_diameter + 2 * deeper

    def said_of(self, log: ImageLog, file: Path) -> dict[str, str]:
        """What results say of the image that they were found on."""
        from geobfdt.formats.provenance import file_digest

        return {
            "image": log.name,
            "image_file": file.name,
            "image_digest": file_digest(file),
            "hole_diameter_m": f"{log.hole_diameter_m:g}",
            "reference": log.reference,
            "depth_unit": "m",
            "null": " ".join(self.null or ["by rule"]),
        }

    def _nulls(self) -> tuple[float, ...] | None:
        """The values of --null, () for none at all, None where nothing was said."""
        if not self.null:
            return None
        given = [text.strip().lower() for text in self.null]
        if "none" in given:
            if len(given) > 1:
                raise InputError("--null none says that every value is a reading; leave out the other --null")
            return ()
        try:
            values = tuple(map(float, given))
        except ValueError:
            raise InputError(f"--null {' '.join(self.null)}: write a number, as in -999, or none") from None
        return values


@dataclass(frozen=True)
class PickOptions:
    """What is said of a picks file beside it."""

    kind: Annotated[
        list[str] | None,
        typer.Option(help="Meaning of a kind name in a picks file: NAME=fracture|bedding|unknown|ignore. Repeatable."),
    ] = None
    kind_map: Annotated[Path | None, typer.Option(help="A table of such names: columns name and kind, as CSV.")] = None
    strike: Annotated[
        bool, typer.Option("--strike", help="Picks with strikes instead of azimuths dip to the right of them.")
    ] = False

    columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME,...",
            help="Names for the columns of picks files, in order, where theirs tell too little: depth_m, dip_deg, "
            "azimuth_deg, kind, confidence, true_dip_deg, true_azimuth_deg, hole_deviation_deg, hole_azimuth_deg; - to "
            "leave one out.",
        ),
    ] = None

    def read(self, path: Path) -> Picks:
        """The picks of a file."""
        from geobfdt.formats import read_picks

        return read_picks(path, kinds=self._meanings(), columns=_names(self.columns), strike=self.strike)

    def _meanings(self) -> dict[str, str]:
        """Kind by name; --kind goes before the table."""
        from geobfdt.formats.kind_names import MEANINGS, kind_map

        pairs = kind_map(self.kind_map) if self.kind_map else {}
        for text in self.kind or []:
            name, separator, kind = text.rpartition("=")
            if not separator or kind not in MEANINGS:
                raise InputError(f"--kind {text}: write NAME=fracture, NAME=bedding, NAME=unknown or NAME=ignore")
            pairs[name] = kind
        return pairs


def _names(option: str | None) -> list[str]:
    """The names of columns in an option, none where it was not given."""
    return [name.strip() for name in option.split(",")] if option else []


@dataclass(frozen=True)
class SurveyOptions:
    """Which way the hole runs."""

    survey: Annotated[
        Path | None,
        typer.Option(help="Deviation survey (CSV, LAS, DLIS): adds true dips, against the horizontal."),
    ] = None
    inclination: Annotated[
        Inclination,
        typer.Option(
            help="What the survey's inclination counts: from_vertical; dip, -90 straight down; dip_down, 90 straight "
            "down; gradient, upwards from the horizontal."
        ),
    ] = "from_vertical"
    azimuth_correction: Annotated[
        float, typer.Option(help="Degrees added to the survey's azimuths: declination, convergence.")
    ] = 0.0
    survey_hole: Annotated[str | None, typer.Option(help="Hole whose stations to take from a survey of several.")] = (
        None
    )
    survey_columns: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME,...",
            help="Names for the survey's columns, in order, where theirs tell too little: depth_m, inclination_deg, "
            "azimuth_deg, well; - to leave one out.",
        ),
    ] = None

    def read(self) -> Survey | None:
        """The survey, None when there is none."""
        if self.survey is None:
            return None

        from geobfdt.formats.survey import read_survey

        return read_survey(
            self.survey,
            self.inclination,
            self.azimuth_correction,
            hole=self.survey_hole,
            columns=_names(self.survey_columns),
        )


@dataclass(frozen=True)
class HeaderOptions:
    """What stands in the header of a report."""

    header: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A field of the header, over what the log's file says: field, company, location, elevation, datum, "
            "tool, declination, interpreted by, or any other. Repeatable.",
        ),
    ] = None

    def fields(self) -> dict[str, str]:
        """The fields by name; :class:`InputError` on what has no name."""
        said = {}
        for text in self.header or []:
            name, separator, value = text.partition("=")
            if not separator or not name.strip():
                raise InputError(f"--header {text}: write it as NAME=VALUE, as in field=Ruyter")
            said[name.strip().lower()] = value.strip()
        return said


@dataclass(frozen=True)
class Conventions:
    """What some profiles need to be told; none is ever guessed."""

    collar: Annotated[
        str | None,
        typer.Option(
            metavar="E,N,ELEVATION",
            help="Easting, northing and elevation of depth 0 along the hole, in metres; needs --survey. For the "
            "profiles points, orientations, dfnworks and petrel.",
        ),
    ] = None
    mark: Annotated[
        Mark | None,
        typer.Option(
            help="The line along the core that beta counts from, on the high side of the hole (top) or the low one "
            "(bottom). For the profile core."
        ),
    ] = None
    radius: Annotated[float | None, typer.Option(help="Radius of every disc in metres. For the profile dfnworks.")] = (
        None
    )
    depth_unit: Annotated[DepthUnit, typer.Option(help="Of the depths along hole in a CSV.")] = "m"

    def collar_at(self) -> Collar | None:
        """The collar, None when there is none; :class:`InputError` when it is no three numbers."""
        from geobfdt.borehole.survey import Collar

        if self.collar is None:
            return None
        try:
            easting, northing, elevation = (float(part) for part in self.collar.split(","))
            return Collar(easting, northing, elevation)
        except (ValueError, InputError):
            raise InputError(
                f"--collar {self.collar}: write EASTING,NORTHING,ELEVATION in metres, as 456789.1,6543210.2,87.5"
            ) from None


def pick_sets(given: Sequence[str], options: PickOptions) -> dict[str, Picks]:
    """[NAME=]FILE options as named tables of picks."""
    sets = {}
    for text in given:
        name, separator, file = text.partition("=")
        path = Path(file) if separator else Path(text)
        sets[name if separator else path.stem] = options.read(path)
    return sets


def intervals_of(option: str, given: Sequence[str] | None) -> list[tuple[float, float]]:
    """TOP:BASE options as numbers."""
    intervals = []
    for text in given or []:
        top, _, base = text.partition(":")
        try:
            intervals.append((float(top), float(base)))
        except ValueError:
            raise InputError(f"{option} {text}: write it as TOP:BASE in metres, e.g. 1000:1010.5") from None
    return intervals


def zones_of(given: Sequence[str] | None) -> list[Zone]:
    """TOP:BASE:DIP/AZIMUTH options as zones of one structural dip."""
    from geobfdt.interpretation.zones import Zone

    zones = []
    for text in given or []:
        try:
            top, base, plane = text.split(":")
            dip, azimuth = plane.split("/")
            zones.append(Zone(float(top), float(base), float(dip), float(azimuth)))
        except ValueError:
            raise InputError(f"--structural {text}: write it as TOP:BASE:DIP/AZIMUTH, e.g. 1000:1200:12/270") from None
    return zones
