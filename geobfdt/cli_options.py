"""Options that several commands share, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geobfdt.errors import InputError

if TYPE_CHECKING:
    from geobfdt.image_log import ImageLog
    from geobfdt.picks import Picks
    from geobfdt.report import Zone


class Reference(StrEnum):
    north = "north"
    high_side = "high_side"


class Split(StrEnum):
    train = "train"
    val = "val"
    test = "test"


class Inclination(StrEnum):
    from_vertical = "from_vertical"
    dip = "dip"
    dip_down = "dip_down"
    gradient = "gradient"


class Profile(StrEnum):
    numeric = "numeric"
    techlog = "techlog"


class PlaneKinds(StrEnum):
    mixed = "mixed"
    bedding = "bedding"
    fracture = "fracture"
    none = "none"


class Wandb(StrEnum):
    off = "off"
    offline = "offline"
    online = "online"


Diameter = Annotated[float | None, typer.Option("--hole-diameter", help="Hole diameter in metres (8.5 in is 0.2159).")]
ReferenceOption = Annotated[
    Reference | None, typer.Option("--reference", help="What azimuths count from; never guessed.")
]
FirstAzimuth = Annotated[float | None, typer.Option(help="Azimuth of the left edge of column 0, degrees. [default: 0]")]
ImageName = Annotated[str | None, typer.Option("--image", help="Image channel, where a file holds several.")]
Top = Annotated[
    float | None, typer.Option(help="Depth of the first row in metres: of a picture, or of the part to read.")
]
Bottom = Annotated[float | None, typer.Option(help="Depth of the last row in metres.")]
WellName = Annotated[str | None, typer.Option("--well", help="Name of the well, or the one to read from a corpus.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", help="Meaning of a kind name in a picks file: NAME=fracture|bedding|unknown|ignore. Repeatable."
    ),
]
KindMap = Annotated[
    Path | None, typer.Option("--kind-map", help="A table of such names: columns name and kind, as CSV.")
]
Intervals = Annotated[list[str] | None, typer.Option(help="TOP:BASE in metres. Repeatable.")]
SurveyFile = Annotated[
    Path | None,
    typer.Option("--survey", help="Deviation survey (CSV, LAS, DLIS): adds true dips, against the horizontal."),
]
InclinationOption = Annotated[
    Inclination,
    typer.Option(
        help="What the survey's inclination counts: from_vertical; dip, -90 straight down; dip_down, 90 straight down; "
        "gradient, upwards from the horizontal."
    ),
]
Correction = Annotated[
    float,
    typer.Option("--azimuth-correction", help="Degrees added to the survey's azimuths: declination, convergence."),
]
ProfileOption = Annotated[Profile, typer.Option("--profile", help="Columns of a LAS: numeric, or those of techlog.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_logs(
    path: Path,
    hole_diameter: float | None,
    reference: Reference | None,
    first_azimuth: float | None,
    image: str | None,
    top: float | None,
    bottom: float | None,
    well: str | None,
) -> list[ImageLog]:
    from geobfdt.formats import read_all

    return read_all(
        path,
        hole_diameter_m=hole_diameter,
        reference=reference.value if reference else None,
        first_azimuth_deg=first_azimuth,
        image=image,
        top_m=top,
        base_m=bottom,
        well=well,
    )


def named_logs(paths: Sequence[Path], *options: Any) -> Iterator[tuple[str, ImageLog]]:
    """Every log of files and folders, one in memory at a time, with the stem of its results; no two share one."""
    from geobfdt.formats import IMAGE_SUFFIXES

    files: list[Path] = []
    for path in paths:
        inside = sorted(f for f in path.iterdir() if f.suffix.lower() in IMAGE_SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise InputError(f"{path}: the folder holds no image log; they come as {' '.join(IMAGE_SUFFIXES)}")
        files += inside
    stems: set[str] = set()
    for file in files:
        logs = read_logs(file, *options)
        for log in logs:
            stem = file.stem if len(logs) == 1 else f"{file.stem}_{log.well}"
            stem = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in stem)
            if stem in stems:
                raise InputError(f"{file}: another log's results are named {stem} too; predict them into two folders")
            stems.add(stem)
            yield stem, log


def pick_sets(given: Sequence[str], kinds: dict[str, str]) -> dict[str, Picks]:
    """[NAME=]FILE options as named tables of picks."""
    from geobfdt.formats import read_picks

    sets = {}
    for text in given:
        name, separator, file = text.partition("=")
        path = Path(file) if separator else Path(text)
        sets[name if separator else path.stem] = read_picks(path, kinds=kinds)
    return sets


def kinds_of(given: Sequence[str] | None, table: Path | None) -> dict[str, str]:
    """A table of kinds and NAME=KIND options, which go before it, as a mapping."""
    from geobfdt.formats.pick_columns import MEANINGS, kind_map

    pairs = kind_map(table) if table else {}
    for text in given or []:
        name, separator, kind = text.rpartition("=")
        if not separator or kind not in MEANINGS:
            raise InputError(f"--kind {text}: write NAME=fracture, NAME=bedding, NAME=unknown or NAME=ignore")
        pairs[name] = kind
    return pairs


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
    from geobfdt.report import Zone

    zones = []
    for text in given or []:
        try:
            top, base, plane = text.split(":")
            dip, azimuth = plane.split("/")
            zones.append(Zone(float(top), float(base), float(dip), float(azimuth)))
        except ValueError:
            raise InputError(f"--structural {text}: write it as TOP:BASE:DIP/AZIMUTH, e.g. 1000:1200:12/270") from None
    return zones
