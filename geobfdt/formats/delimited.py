"""Delimited text: images as one line per depth and sector or as one column per sector, and picks.csv."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.borehole import DepthUnit
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.image_columns import choose_image, choose_name, find_images
from geobfdt.formats.listing import Channel, Part, part_of
from geobfdt.formats.pick_columns import as_printed
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import WELL_COLUMNS, Table, read_table
from geobfdt.formats.units import depth_columns, metres_per

MOST_SECTORS = 1440
"""Of a televiewer; no tool tells more apart around the hole."""


def read_image(path: Path, image: str | None) -> RawImage:
    """Read an image log from delimited text of either shape.

    Columns that differ in a running number alone (``IMG[0]``, ``IMG[1]``, ...) are one image with a line a depth;
    without such columns a depth takes as many consecutive lines as the image has sectors, in their order around the
    hole. Raises :class:`InputError` when there are several images and ``image`` names none of them.
    """
    table = read_table(path)
    depth_m = table.depth_m()
    if not len(depth_m):
        raise InputError(f"{path}: has a header but no lines of data; export it again")
    well = _only_well(table)
    depths = depth_columns(table.columns)
    images = find_images(column for column in table.columns if column not in depths)
    if images:
        chosen = choose_image(images, image, path)
        pixels = table.matrix(chosen.columns)
        return RawImage(pixels, depth_m, chosen.name, well, first_line=table.first_line)
    return _unflatten(table, depth_m, well, image)


def contents(path: Path) -> Part:
    """The columns of a file, its depths and the images among its columns. Errors as :func:`read_image`."""
    table = read_table(path)
    depths = depth_columns(table.columns)
    depth_m = table.depth_m() if depths else np.empty(0)
    channels = tuple(Channel(column, (), table.units.get(column, "")) for column in table.columns)
    images = tuple(image.name for image in find_images(c for c in table.columns if c not in depths))
    if not images and (np.diff(depth_m[: 2 * MOST_SECTORS]) == 0).any():  # a line per depth and sector
        images = tuple(c for c in table.columns if c not in depths and table.is_numeric(c))
    return part_of(_only_well(table), depths[0] if depths else "", depth_m, channels, images)


def _unflatten(table: Table, depth_m: NDArray[np.float64], well: str, image: str | None) -> RawImage:
    sectors = _sectors(table, depth_m)
    depths = depth_columns(table.columns)
    candidates = {c: sectors for c in table.columns if c not in depths and table.is_numeric(c)}
    if not candidates:
        raise InputError(
            f"{table.path}: holds depths but no column of numbers to be the image; export the image channel"
        )
    name = choose_name(candidates, image, table.path)
    pixels = table.numbers(name).reshape(-1, sectors)
    return RawImage(pixels, depth_m[::sectors], name, well, first_line=table.first_line, lines_per_row=sectors)


def _sectors(table: Table, depth_m: NDArray[np.float64]) -> int:
    """Lines that each depth takes; :class:`InputError` when they are not the same number throughout."""
    starts = np.flatnonzero(np.r_[True, np.diff(depth_m) != 0])
    counts = np.diff(np.r_[starts, len(depth_m)])
    sectors = int(counts[0])
    if sectors == 1 and (counts == 1).all():
        raise InputError(
            f"{table.path}: has one line a depth and no columns that number the sectors of an image; "
            "export the whole image, as IMG[0], IMG[1] and so on"
        )
    if (counts == sectors).all():
        return sectors
    run = int(np.argmax(counts != sectors))
    line = table.first_line + int(starts[run])
    depth = f"the depth {depth_m[starts[run]]:.4f} m from line {line}"
    place = f"{table.path}: {depth} has {counts[run]} sectors, not {sectors}"
    if run == len(counts) - 1 and counts[run] < sectors:
        raise InputError(f"{place}; the file is cut short, copy or export it again")
    raise InputError(f"{place}; every depth needs the same number of lines")


def _only_well(table: Table) -> str:
    column = table.column(*WELL_COLUMNS)
    wells = sorted(set(table.text(column))) if column else []
    if len(wells) > 1:
        raise InputError(f"{table.path}: holds the wells {', '.join(wells)}; split it into one file a well")
    return wells[0] if wells else ""


def write_picks(picks: Picks, path: Path, depth_unit: DepthUnit = "m") -> None:
    """Write picks.csv: depths to 0.1 mm or 0.0001 ft, angles to 0.0001 degrees, empty cells for what is not known."""
    with replacing(path) as temporary:
        as_table(picks, depth_unit).to_csv(
            temporary, index=False, float_format="%.4f", encoding="utf-8", lineterminator="\n"
        )


def as_table(picks: Picks, depth_unit: DepthUnit = "m") -> pd.DataFrame:
    """The columns of picks.csv; in feet its depths are a column ``depth_ft``, and the errors of depths stay metres."""
    table = as_printed(picks)
    per_unit = metres_per(depth_unit)
    assert per_unit is not None
    table["depth_m"] /= per_unit
    return table.rename(columns={"depth_m": f"depth_{depth_unit}"})
