"""Writing picks: the suffix says which format, the profile for whom; nothing is loaded until it is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from geobfdt.borehole import DEPTH_UNITS, MARKS, DepthUnit, Mark, Reference
from geobfdt.errors import InputError
from geobfdt.formats.suffixes import supported

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.borehole.survey import Collar, Survey

LasProfile = Literal["numeric", "techlog"]
"""Columns of a LAS file of picks: numbers throughout, or what Techlog looks for."""
Profile = Literal["numeric", "techlog", "points", "orientations", "dips", "dfnworks", "core", "petrel"]
PROFILES: tuple[str, ...] = get_args(Profile)
"""For whom picks are written: ourselves and whoever reads plain numbers, or a neighbour by name."""

WRITE_SUFFIXES = (".csv", ".las", ".json", ".dlis")
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "numeric": WRITE_SUFFIXES,
    "techlog": (".las",),
    "points": (".csv",),
    "orientations": (".csv",),
    "dips": (".txt", ".tsv"),
    "dfnworks": (".dat", ".txt"),
    "core": (".csv",),
    "petrel": (".txt",),
}
_PLACED = ("points", "orientations", "dfnworks", "petrel")
_IN_FEET = ("numeric", "points", "core")


def write(
    picks: Picks,
    path: str | Path,
    *,
    parameters: Mapping[str, str] = {},
    hole_diameter_m: float | None = None,
    well: str | None = None,
    profile: Profile = "numeric",
    depth_unit: DepthUnit = "m",
    survey: Survey | None = None,
    collar: Collar | None = None,
    reference: Reference | None = None,
    mark: Mark | None = None,
    radius_m: float | None = None,
    log: ImageLog | None = None,
) -> None:
    """Write picks as .las, .csv, .json (JSON Well Log) or .dlis, or by ``profile`` as a neighbour reads them, complete
    under its final name or not at all.

    parameters        model, threshold, ..., for LAS, JSON and DLIS; of a CSV they stand beside it
                      (:mod:`geobfdt.formats.provenance`)
    hole_diameter_m   for the heights of the traces in a LAS
    well              name of the well in a LAS or DLIS, where the picks do not say it
    profile           "numeric"; "techlog", the columns that suite looks for in a LAS; "points", a CSV with x_m, y_m and
                      z_m; "orientations", a CSV for GemPy and its like; "dips", a table for Rocscience Dips;
                      "dfnworks", discs; "core", a CSV of alpha and beta; "petrel", a point file, unverified
    depth_unit        "m" or "ft", of the depths along hole in a CSV
    survey, collar    where the picks lie, for the profiles "points", "orientations", "dfnworks" and "petrel"; all but
                      the first need true dips too (:func:`geobfdt.borehole.survey.with_true_dips`), as does "dips"
    reference, mark   what azimuths count from, which must be "high_side", and the mark that beta counts from, "top" or
                      "bottom", for the profile "core"
    radius_m          of every disc, for the profile "dfnworks"
    log               the image that was picked, for a DLIS to hold as well

    Depths are exact to 0.1 mm, angles to 0.0001 degrees, in a DLIS to the last bit. Raises :class:`InputError` when the
    file cannot be written, when a convention that it needs is not named, and when one is that it has no place for.
    """
    path = Path(path)
    if profile not in PROFILES:
        raise InputError(f"{path}: the profile must be one of {', '.join(PROFILES)}, found {profile!r}")
    what = "picks to write" if profile == "numeric" else f"picks of the profile {profile}"
    suffix = supported(path, _SUFFIXES[profile], what)
    _check_conventions(path, profile, suffix, depth_unit, collar, mark, radius_m, log)
    if profile in _PLACED:
        _write_placed(picks, path, profile, depth_unit, survey, collar, radius_m)
    elif profile in ("dips", "core"):
        from geobfdt.formats import orientations

        if profile == "dips":
            orientations.write_dips(picks, path)
        else:
            orientations.write_core(picks, path, reference, mark, depth_unit)
    elif suffix == ".csv":
        from geobfdt.formats import picks_csv

        picks_csv.write_picks(picks, path, depth_unit, parameters)
    else:
        _write_log(picks, path, suffix, parameters, hole_diameter_m, well, profile, log)


def _write_log(
    picks: Picks,
    path: Path,
    suffix: str,
    parameters: Mapping[str, str],
    hole_diameter_m: float | None,
    well: str | None,
    profile: str,
    log: ImageLog | None,
) -> None:
    """Formats of logs, which have a place for parameters."""
    if suffix == ".las":
        from geobfdt.formats import las_writer

        las_writer.write_picks(
            picks, path, parameters=parameters, hole_diameter_m=hole_diameter_m, well=well, profile=profile
        )
    elif suffix == ".json":
        from geobfdt.formats import json_well_log

        json_well_log.write_picks(picks, path, parameters)
    else:
        from geobfdt.formats import dlis_writer

        dlis_writer.write_dlis(picks, path, log=log, well=well, parameters=parameters)


def _write_placed(
    picks: Picks,
    path: Path,
    profile: str,
    depth_unit: DepthUnit,
    survey: Survey | None,
    collar: Collar | None,
    radius_m: float | None,
) -> None:
    """Profiles that say where the picks lie."""
    from geobfdt.formats import dfnworks, orientations, petrel

    if profile == "points":
        orientations.write_points(picks, path, survey, collar, depth_unit)
    elif profile == "orientations":
        orientations.write_orientations(picks, path, survey, collar)
    elif profile == "dfnworks":
        dfnworks.write_ellipses(picks, path, survey, collar, radius_m)
    else:
        petrel.write_points(picks, path, survey, collar)


def _check_conventions(
    path: Path,
    profile: str,
    suffix: str,
    depth_unit: str,
    collar: Collar | None,
    mark: str | None,
    radius_m: float | None,
    log: ImageLog | None,
) -> None:
    """What is named is a word that there is, and has a place in the file; what is ignored would be taken for heeded."""
    for option, word, words in (("depth unit", depth_unit, DEPTH_UNITS), ("mark", mark, MARKS)):
        if word is not None and word not in words:
            raise InputError(f"{path}: the {option} must be one of {', '.join(words)}, found {word!r}")
    feet = suffix == ".csv" and profile in _IN_FEET
    for option, given, fits, where in (
        ("--collar", collar is not None, profile in _PLACED, f"--profile {', '.join(_PLACED)}"),
        ("--mark", mark is not None, profile == "core", "--profile core"),
        ("--radius", radius_m is not None, profile == "dfnworks", "--profile dfnworks"),
        ("--log", log is not None, suffix == ".dlis", "a file.dlis"),
        ("--depth-unit ft", depth_unit == "ft", feet, f"a file.csv of --profile {', '.join(_IN_FEET)}"),
    ):
        if given and not fits:
            raise InputError(f"{path}: {option} goes with {where}; leave it out")
