"""Images of delimited text, as one line per depth and sector or as one column per sector."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.candidates import MOST_SECTORS
from geobfdt.formats.image_columns import (
    ImageColumns,
    UnevenHeader,
    check_again,
    choose_image,
    find_images,
    uneven_azimuths,
)
from geobfdt.formats.line_places import image_columns_of
from geobfdt.formats.listing import Channel, Part, part_of
from geobfdt.formats.long_image import read_long
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.row_order import with_depths
from geobfdt.formats.tables import WELL_COLUMNS, Table
from geobfdt.formats.text_table import read_table
from geobfdt.formats.units import depth_columns


def read_image(path: Path, image: str | None, first_azimuth_deg: float | None = None) -> RawImage:
    """Read an image log from delimited text of either shape.

    Columns that differ in a running number alone (``IMG[0]``, ``IMG[1]``, ...), in an azimuth, or not at all are one
    image with a line a depth; without such columns a depth takes as many lines as the image has sectors
    (:func:`geobfdt.formats.long_image.read_long`). Raises :class:`InputError` when there are several images and
    ``image`` names none of them, and when the only one may be no image of the wall. A header of numbers that are no
    azimuths all around the hole is refused unless they rise by one step, as labels do, or ``first_azimuth_deg`` says
    where its columns begin.
    """
    table = read_table(path)
    depth_m = table.depth_m(gaps=True)
    if not len(depth_m):
        raise InputError(f"{path}: has a header but no lines of data; export it again")
    well = _only_well(table)
    depths = depth_columns(table.columns)
    columns = [column for column in table.columns if column not in depths]
    images = find_images(columns, table.units)
    if not images and (unevenly := uneven_azimuths(columns)):
        images = [_by_order(unevenly, path, first_azimuth_deg)]
    if not images:
        known = with_depths(depth_m, path, lambda row: f"line {table.line(row)}")
        return read_long(replace(table, frame=table.frame.iloc[known]), depth_m[known], well, image)
    chosen = choose_image(images, image, path)
    _check_repeats(chosen, table)
    check_again(chosen, table.recorded, path)
    return RawImage(
        table.matrix(chosen.columns),
        depth_m,
        chosen.name,
        well,
        first_line=table.first_line,
        first_azimuth_deg=chosen.first_azimuth_deg,
        edges=chosen.again is not None,  # edges would not give the reference twice, and be alike there
    )


def _by_order(uneven: UnevenHeader, path: Path, first_azimuth_deg: float | None) -> ImageColumns:
    """The columns of a header whose numbers do not go around the hole, in their order where the user says so or where
    they are labels.
    """
    if first_azimuth_deg is None and not uneven.labels:
        raise InputError(
            f"{path}: the azimuths in its header {uneven.reason}; export all of its columns or, if they do go evenly "
            "around the hole in this order, say where the first begins with --first-azimuth"
        )
    warnings.warn(
        f"{path}: the azimuths in its header {uneven.reason}; its {len(uneven.columns)} columns were spread evenly all "
        f"around the hole in their order, the first from {first_azimuth_deg or 0:g} degrees on, which --first-azimuth "
        "sets; if they do see a part of the hole only, leave this file out",
        InputWarning,
        stacklevel=2,
    )
    return ImageColumns("columns", uneven.columns)


def _check_repeats(chosen: ImageColumns, table: Table) -> None:
    """Columns of one name are told apart by a number: which of them is meant as a sector would be a guess."""
    names = set(table.columns)
    again = next((c for c in chosen.columns if "#" not in c and f"{c}#2" in names), None)
    if again is not None and f"{again}#2" not in chosen.columns:
        raise InputError(f"{table.path}: column {again} occurs twice; leave out one of them or name them apart")


def contents(path: Path) -> Part:
    """The columns of a file, its depths and the images among its columns. Errors as :func:`read_image`."""
    table = read_table(path)
    depths = depth_columns(table.columns)
    depth_m = table.depth_m(gaps=True) if depths else np.empty(0)
    channels = tuple(Channel(column, (), table.units.get(column, "")) for column in table.columns)
    images = tuple(image.name for image in find_images(c for c in table.columns if c not in depths))
    if not images and (np.diff(depth_m[: 2 * MOST_SECTORS]) == 0).any():  # a line per depth and sector
        images = tuple(image_columns_of(table))
    return part_of(_only_well(table), depths[0] if depths else "", depth_m, channels, images)


def _only_well(table: Table) -> str:
    column = table.column(*WELL_COLUMNS)
    wells = sorted(set(table.text(column))) if column else []
    if len(wells) > 1:
        raise InputError(f"{table.path}: holds the wells {', '.join(wells)}; split it into one file a well")
    return wells[0] if wells else ""
