"""Reads image logs and picks, and writes picks; the suffix of the file says which format, and for those who read
nothing of ours a profile says whose (:mod:`geobfdt.formats.writing`).

========================  =====================================================  ============================
suffix                    image log                                              picks
========================  =====================================================  ============================
.csv .txt .tsv .asc       one line per depth and sector, or a column per sector  read, write (.csv)
.wai .waf                 the same, as WellCAD exports it                        read
.las                      a curve per sector                                     read, write
.dlis                     an array channel of any frame, or raw pads             write, with their image
.json                                                                            read, write (JSON Well Log)
.png .tif .bmp .jpg       a strip, with the depths of its first and last rows
.npy                      an array, with the depths of its first and last rows
.h5 .hdf5                 a corpus (:mod:`geobfdt.formats.corpus`) of wells      read
========================  =====================================================  ============================

Intervals of rock, which corpora hold as well, are read and written by :mod:`geobfdt.formats.intervals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from geobfdt.borehole import CALIPERS, REFERENCES, Caliper, Reference
from geobfdt.errors import InputError
from geobfdt.formats.suffixes import CORPUS, DELIMITED, supported
from geobfdt.formats.writing import PROFILES, WRITE_SUFFIXES, LasProfile, Profile, write

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.picks import Picks
    from geobfdt.formats.listing import Part
    from geobfdt.formats.raw_image import RawImage

__all__ = [
    "CORPUS",
    "DELIMITED",
    "IMAGE_SUFFIXES",
    "LISTED_SUFFIXES",
    "PICK_SUFFIXES",
    "PROFILES",
    "RASTER",
    "WRITE_SUFFIXES",
    "LasProfile",
    "Profile",
    "contents",
    "read",
    "read_all",
    "read_picks",
    "write",
]

RASTER = (".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg")
IMAGE_SUFFIXES = (*DELIMITED, ".las", ".dlis", *RASTER, ".npy", *CORPUS)
LISTED_SUFFIXES = (*DELIMITED, ".las", ".dlis")
PICK_SUFFIXES = (*DELIMITED, ".las", ".json", *CORPUS)


def read(
    path: str | Path,
    *,
    hole_diameter_m: float | None = None,
    reference: Reference | None = None,
    first_azimuth_deg: float | None = None,
    image: str | None = None,
    top_m: float | None = None,
    base_m: float | None = None,
    well: str | None = None,
    caliper: Caliper = "mean",
    nulls: Sequence[float] | None = None,
    depth_of_investigation_m: float = 0.0,
) -> ImageLog:
    """Read the one image log of a file.

    hole_diameter_m    metres; needed unless the file gives a bit size
    reference          what azimuths count from, "north" or "high_side"; needed unless the file says, never guessed
    first_azimuth_deg  azimuth of the left edge of column 0; what the azimuths in the file say, or 0, when not given
    image              name of the image channel, needed when the file holds several or what may be no image
    top_m, base_m      metres along hole: the centres of the first and last rows of a picture or array, which have no
                       depths of their own; of other files, the part to read
    caliper            what becomes of a caliper of two arms in a DLIS, "mean" or "elliptical"
    nulls              values that mean "nothing measured" beside -9999, -999.25 and the null of a header; () when every
                       value but that of a header is a reading; None to have them judged, as
                       :mod:`geobfdt.formats.nulls` tells
    depth_of_investigation_m
                       how far the tool looks into the rock, on each side: hole and caliper become twice that wider,
                       the cylinder whose image it is; never assumed, and in a corpus from its making
    well               name of the well; of a corpus, the well to read; the file's own name, else its stem, when None

    Depths come out in metres and increasing, nulls as NaN. Warns (:class:`geobfdt.errors.InputWarning`) of whatever was
    put right, assumed or left out, and in how many rows or values. Raises :class:`InputError`, one sentence naming
    file, place and remedy, on anything that cannot be read for certain.
    """
    path = Path(path)
    logs = read_all(
        path,
        hole_diameter_m=hole_diameter_m,
        reference=reference,
        first_azimuth_deg=first_azimuth_deg,
        image=image,
        top_m=top_m,
        base_m=base_m,
        well=well,
        caliper=caliper,
        nulls=nulls,
        depth_of_investigation_m=depth_of_investigation_m,
    )
    if len(logs) > 1:
        raise InputError(f"{path}: holds the wells {', '.join(log.well for log in logs)}; choose one with --well NAME")
    return logs[0]


def read_all(
    path: str | Path,
    *,
    hole_diameter_m: float | None = None,
    reference: Reference | None = None,
    first_azimuth_deg: float | None = None,
    image: str | None = None,
    top_m: float | None = None,
    base_m: float | None = None,
    well: str | None = None,
    caliper: Caliper = "mean",
    nulls: Sequence[float] | None = None,
    depth_of_investigation_m: float = 0.0,
) -> list[ImageLog]:
    """Read every image log of a file, one a well: a corpus may hold several. Arguments and errors as :func:`read`."""
    path = Path(path)
    _check_options(path, hole_diameter_m, reference, caliper, nulls, depth_of_investigation_m)
    if path.suffix.lower() in CORPUS:
        from geobfdt.formats import corpus
        from geobfdt.formats.raw_image import chosen

        entries = list(corpus.iter_corpus(path, wells=None if well is None else (well,)))
        if not entries:
            names = ", ".join(corpus.well_names(path)) or "none yet"
            raise InputError(f"{path}: its wells are {names}; choose one with --well NAME")
        logs = []
        for entry in entries:
            log = replace(
                entry.log,
                hole_diameter_m=chosen(path, "hole diameter", entry.log.hole_diameter_m, hole_diameter_m),
                reference=chosen(path, "reference", entry.log.reference, reference),
                first_azimuth_deg=chosen(path, "first azimuth", entry.log.first_azimuth_deg, first_azimuth_deg),
            )
            logs.append(_part(log, path, top_m, base_m))
        return logs
    from geobfdt.formats.raw_image import image_log

    raw = _raw_image(path, image, top_m, base_m, hole_diameter_m, reference, caliper, first_azimuth_deg, nulls)
    log = image_log(
        raw,
        path,
        hole_diameter_m=hole_diameter_m,
        reference=reference,
        first_azimuth_deg=first_azimuth_deg,
        well=well,
        nulls=nulls,
        asked=image is not None,
    )
    log = log.seen_inside(depth_of_investigation_m)
    depthless = path.suffix.lower() in (*RASTER, ".npy")
    return [log if depthless else _part(log, path, top_m, base_m)]


def read_picks(
    path: str | Path, *, kinds: Mapping[str, str] = {}, columns: Sequence[str] = (), strike: bool = False
) -> Picks:
    """Read picks from delimited text, LAS, JSON Well Log or a corpus.

    Columns are found by the names that programs in use give them; ``columns`` names those of a file without, in their
    order, "-" for one to leave out. ``kinds`` says what the file's own kind names mean
    ("fracture", "bedding" or "unknown") and goes before the common names known here. With ``strike``, strikes stand for
    azimuths where a file has no others, planes dipping to the right of them. Azimuths are folded into
    [0, 360); exact repeats are dropped with a warning. Raises :class:`InputError` naming the file, the line and the
    remedy.
    """
    path = Path(path)
    suffix = _existing(path, PICK_SUFFIXES, "picks")
    if suffix in CORPUS:
        from geobfdt.borehole.picks import Picks
        from geobfdt.formats import corpus

        return Picks.concatenate(entry.picks for entry in corpus.iter_corpus(path))
    from geobfdt.formats import intervals, json_well_log, las, text_table
    from geobfdt.formats.angle_names import names_planes
    from geobfdt.formats.pick_columns import picks_from_tables

    if suffix == ".json":
        tables_read = json_well_log.read_tables(path)
    elif suffix == ".las":
        tables_read = las.read_tables(path, names_planes)
    else:
        tables_read = [text_table.read_table(path)]
        if intervals.are_intervals(tables_read[0]):
            raise InputError(
                f"{path}: holds intervals of rock, no planes; geobfdt score compares it with another such table, and "
                "geobfdt import takes it as --intervals"
            )
    if columns:
        tables_read = [table.named(columns) for table in tables_read]
    return picks_from_tables(tables_read, kinds, strike)


def contents(path: str | Path) -> list[Part]:
    """What a DLIS, LAS or delimited file holds: its channels with shapes and units, its depths and the images among its
    channels. Raises :class:`InputError` as reading it does.
    """
    path = Path(path)
    suffix = _existing(path, LISTED_SUFFIXES, "files to list")
    if suffix == ".dlis":
        from geobfdt.formats import dlis

        return dlis.contents(path)
    from geobfdt.formats import delimited, las

    return las.contents(path) if suffix == ".las" else [delimited.contents(path)]


def as_found(path: str | Path, image: str | None = None) -> RawImage:
    """An image with what its own file says of it, before anything is said beside it; arguments and errors as
    :func:`read`.
    """
    return _raw_image(Path(path), image, None, None, None, None, "mean", None, None)


def _raw_image(
    path: Path,
    image: str | None,
    top_m: float | None,
    base_m: float | None,
    hole_diameter_m: float | None,
    reference: Reference | None,
    caliper: Caliper,
    first_azimuth_deg: float | None,
    nulls: Sequence[float] | None,
) -> RawImage:
    suffix = _existing(path, IMAGE_SUFFIXES, "image logs")
    if suffix == ".las":
        from geobfdt.formats import las

        return las.read_image(path, image)
    if suffix == ".dlis":
        from geobfdt.formats import dlis

        return dlis.read_image(
            path, image, hole_diameter_m=hole_diameter_m, reference=reference, caliper=caliper, nulls=nulls
        )
    if suffix in RASTER:
        from geobfdt.formats import raster

        return raster.read_image(path, image, top_m, base_m)
    if suffix == ".npy":
        from geobfdt.formats import npy

        return npy.read_image(path, top_m, base_m)
    from geobfdt.formats import delimited

    return delimited.read_image(path, image, first_azimuth_deg)


def _check_options(
    path: Path,
    hole_diameter_m: float | None,
    reference: str | None,
    caliper: str,
    nulls: Sequence[float] | None,
    depth_of_investigation_m: float,
) -> None:
    """What can be wrong without a look into the file, said before a long file is read."""
    if hole_diameter_m is not None:
        from geobfdt.borehole.image_log import check_hole_diameter_m

        try:
            check_hole_diameter_m(hole_diameter_m)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    if reference is not None and reference not in REFERENCES:
        raise InputError(f"{path}: reference must be one of {', '.join(REFERENCES)}, found {reference!r}")
    if caliper not in CALIPERS:
        raise InputError(f"{path}: caliper must be one of {', '.join(CALIPERS)}, found {caliper!r}")
    if caliper != "mean" and path.suffix.lower() != ".dlis":
        raise InputError(f"{path}: only a DLIS gives the arms of a caliper; leave out --caliper {caliper}")
    if depth_of_investigation_m:
        from geobfdt.borehole.image_log import check_depth_of_investigation_m

        try:
            check_depth_of_investigation_m(depth_of_investigation_m)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
        if path.suffix.lower() in CORPUS:
            raise InputError(
                f"{path}: the depth of investigation of a corpus was told when it was made; leave out "
                "--depth-of-investigation"
            )
    if nulls is not None and path.suffix.lower() in CORPUS:
        raise InputError(f"{path}: the nulls of a corpus were told when it was made; leave out --null")


def _existing(path: Path, suffixes: tuple[str, ...], what: str) -> str:
    suffix = supported(path, suffixes, what)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the name")
    return suffix


def _part(log: ImageLog, path: Path, top_m: float | None, base_m: float | None) -> ImageLog:
    """The rows between the depths given, all where none are."""
    if top_m is None and base_m is None:
        return log
    try:
        return log.slice(log.top_m if top_m is None else top_m, log.base_m if base_m is None else base_m)
    except InputError:
        raise InputError(
            f"{path}: holds no image between --top and --bottom; it runs from {log.top_m:.2f} to {log.base_m:.2f} m"
        ) from None
