"""Finds the image among the curves of a table that stores each sector of it as a column of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from geobfdt.errors import InputError

MIN_SECTORS = 4
"""Fewer numbered curves than this are the pads of a caliper or repeated runs, not a picture of the wall."""

# Six digits at most: Python refuses to make a number of thousands.
_BRACKETED = re.compile(r"(?P<head>.*)\[(?P<number>\d{1,6})\](?P<tail>)")
_NUMBERED = re.compile(r"(?P<head>(?:.*\D)?)(?P<number>\d{1,6})(?P<tail>\D*)")


@dataclass(frozen=True)
class ImageColumns:
    """The columns of one image, in the order of their numbers: around the hole."""

    name: str
    columns: tuple[str, ...]
    missing: tuple[int, ...]
    """Numbers that the run from the first to the last sector leaves out."""


def find_images(columns: Iterable[str]) -> list[ImageColumns]:
    """Images among column names: at least 4 that differ in a running number alone, from 0 or 1 upwards.

    >>> [(image.name, len(image.columns)) for image in find_images(f"ABDC{k}M" for k in range(1, 17))]
    [('ABDC', 16)]
    """
    groups: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for column in columns:
        match = _BRACKETED.fullmatch(column.strip()) or _NUMBERED.fullmatch(column.strip())
        if match:
            groups[match["head"], match["tail"]].setdefault(int(match["number"]), column)
    # Arrays of investigation depths (RES10, RES20, ... RES90) also carry numbers; they neither start at 0 or 1 nor run.
    running = {
        key: by_number
        for key, by_number in groups.items()
        if len(by_number) >= MIN_SECTORS and min(by_number) <= 1 and 2 * len(by_number) > max(by_number)
    }
    heads = [head for head, _ in running]
    found = []
    for (head, tail), by_number in running.items():
        name = head.rstrip(" _-.:") if heads.count(head) == 1 else f"{head}*{tail}"
        missing = sorted(set(range(min(by_number), max(by_number))) - set(by_number))
        found.append(ImageColumns(name or "columns", tuple(by_number[n] for n in sorted(by_number)), tuple(missing)))
    return found


def choose_image(images: list[ImageColumns], wanted: str | None, path: Path) -> ImageColumns:
    """The wanted image, or the only one; :class:`InputError` when there are several, or when it lacks a sector."""
    name = choose_name({image.name: len(image.columns) for image in images}, wanted, path)
    image = next(image for image in images if image.name == name)
    if image.missing:
        raise InputError(f"{path}: image {name} lacks sector {image.missing[0]}; export all of its sectors")
    return image


def choose_name(sectors: Mapping[str, int], wanted: str | None, path: Path) -> str:
    """The wanted name, case-blind, or the only one; :class:`InputError` listing the candidates otherwise."""
    listed = ", ".join(f"{name} ({count} sectors)" for name, count in sectors.items())
    if wanted is not None:
        matches = [name for name in sectors if name.lower() == wanted.lower()]
        if not matches:
            raise InputError(f"{path}: holds no image {wanted}; it holds {listed}")
        return matches[0]
    if len(sectors) > 1:
        raise InputError(f"{path}: holds {len(sectors)} images, {listed}; choose one with --image NAME")
    return next(iter(sectors))
