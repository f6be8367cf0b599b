"""Finds the image among the curves of a table that stores each sector of it as a column of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geobfdt.errors import InputError
from geobfdt.formats.azimuths import circle
from geobfdt.formats.candidates import Candidate, choose
from geobfdt.formats.units import degrees_per

MIN_SECTORS = 4
"""Fewer numbered curves than this are the pads of a caliper or repeated runs, not a picture of the wall."""
MIN_REPEATS = 8
"""Columns of one name from which on they are the sectors of an image, and no runs of one log."""

# Six digits at most: Python refuses to make a number of thousands.
_BRACKETED = re.compile(r"(?P<head>.*)\[(?P<number>\d{1,6})\](?P<tail>)")
_NUMBERED = re.compile(r"(?P<head>(?:.*\D)?)(?P<number>\d{1,6})(?P<tail>\D*)")
_DIRECTED = re.compile(
    r"(?P<head>|.*[^\d.,+-])(?P<number>[-+]?\d{1,3}(?:[.,]\d{1,6})?)"
    r"(?P<tail>\s*[\[(]?(?P<unit>dega?|degrees?|\N{DEGREE SIGN}|rad|radians?)?[\])]?)",
    re.IGNORECASE,
)
_INSIDE_A_NUMBER = re.compile(r"#$|\d[.,]$")
"""What comes before a number that is none of its own: 5 in 22.5, 2 in A#2."""
_REPEATED = re.compile(r"(?P<name>.*?)(?:#(?P<number>\d{1,6}))?")
"""Names as :func:`geobfdt.formats.text_table.read_table` tells them apart: A, A#2, A#3."""


@dataclass(frozen=True)
class ImageColumns:
    """The columns of one image, in their order around the hole."""

    name: str
    columns: tuple[str, ...]
    missing: tuple[int, ...] = ()
    """Numbers that the run from the first to the last sector leaves out."""
    first_azimuth_deg: float | None = None
    """Azimuth of the left edge of the first column where the names give azimuths."""
    unit: str = ""

    @property
    def candidate(self) -> Candidate:
        return Candidate(self.name, len(self.columns), self.unit)


def find_images(columns: Iterable[str], units: Mapping[str, str] = {}) -> list[ImageColumns]:
    """Images among column names, with their units: at least 4 that differ in a running number alone, from 0 or 1
    upwards; at least 4 whose numbers are azimuths all around the hole; at least 8 of one name.

    >>> [(image.name, len(image.columns)) for image in find_images(f"ABDC{k}M" for k in range(1, 17))]
    [('ABDC', 16)]
    >>> find_images(f"{22.5 * k} deg" for k in range(16))[0].first_azimuth_deg
    348.75
    """
    names = list(columns)
    numbered, directed = _numbered(names, units), _directed(names, units)
    # Whole degrees (0, 2, 3, 5, ...) pass for numbers that lack some, and 0 deg, 1 deg, ... for numbers without a gap.
    plain = [image for image in numbered if not image.missing and not (image.unit and degrees_per(image.unit))]
    directed = [image for image in directed if not _overlaps(image, plain)]
    others = [image for image in numbered if image not in plain and not _overlaps(image, directed)]
    return [*plain, *others, *directed, *_repeated(names, units)]


def _overlaps(image: ImageColumns, others: Iterable[ImageColumns]) -> bool:
    return any(set(image.columns) & set(other.columns) for other in others)


def _numbered(columns: Iterable[str], units: Mapping[str, str]) -> list[ImageColumns]:
    groups: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for column in columns:
        match = _BRACKETED.fullmatch(column.strip()) or _NUMBERED.fullmatch(column.strip())
        if match and not _INSIDE_A_NUMBER.search(match["head"]):
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
        ordered = tuple(by_number[n] for n in sorted(by_number))
        unit = units.get(ordered[0], "") or tail.strip(" _-.:()[]")
        found.append(ImageColumns(name or "columns", ordered, tuple(missing), unit=unit))
    return found


def _repeated(columns: Iterable[str], units: Mapping[str, str]) -> list[ImageColumns]:
    """Columns of one name, in the order in which they stand: AMP, AMP, ..., one a sector."""
    groups: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        match = _REPEATED.fullmatch(column)
        if match and match["name"].strip():
            groups[match["name"]].append(column)
    return [
        ImageColumns(name, tuple(group), unit=units.get(group[0], ""))
        for name, group in groups.items()
        if len(group) >= MIN_REPEATS
    ]


def _directed(columns: Iterable[str], units: Mapping[str, str]) -> list[ImageColumns]:
    """Columns named by the azimuths that they look at, all around the hole."""
    found = []
    for (head, unit), by_azimuth in _directions(columns).items():
        if len(by_azimuth) < MIN_SECTORS:
            continue
        try:
            around = circle(np.array(list(by_azimuth)), unit)
        except ValueError:
            continue
        ordered = tuple(list(by_azimuth.values())[k] for k in around.order)
        name = head.strip(" _-.:([") or "columns"
        found.append(ImageColumns(name, ordered, first_azimuth_deg=around.first_deg, unit=units.get(ordered[0], "")))
    return found


def _directions(columns: Iterable[str]) -> dict[tuple[str, str], dict[float, str]]:
    """Columns by the numbers in their names, those together that are alike but for it."""
    groups: dict[tuple[str, str], dict[float, str]] = defaultdict(dict)
    for column in columns:
        if match := _DIRECTED.fullmatch(column.strip()):
            azimuth = float(match["number"].replace(",", "."))
            groups[match["head"], (match["unit"] or "").lower()].setdefault(azimuth, column)
    return groups


@dataclass(frozen=True)
class UnevenHeader:
    """Columns named by numbers alone or by degrees, in their order, why these are no azimuths all around the hole (a
    clause for a sentence), and whether they rise by one and the same step from 0, as labels of whole degrees do.
    """

    columns: tuple[str, ...]
    reason: str
    labels: bool


def uneven_azimuths(columns: Iterable[str]) -> UnevenHeader | None:
    """Such a header, None where there is none."""
    for (head, unit), by_azimuth in _directions(columns).items():
        if len(by_azimuth) >= MIN_REPEATS and (unit or not head.strip()):
            azimuths = np.array(list(by_azimuth))
            try:
                circle(azimuths, unit)
            except ValueError as error:
                labels = bool(azimuths[0] == 0 and azimuths[1] > 0 and np.ptp(np.diff(azimuths)) == 0)
                return UnevenHeader(tuple(by_azimuth.values()), str(error), labels)
    return None


def choose_image(images: list[ImageColumns], wanted: str | None, path: Path) -> ImageColumns:
    """The wanted image, or the only one; :class:`InputError` when there are several, when it lacks a sector, and when
    nobody asked for what may be no image.
    """
    if wanted is None and len(images) == 1:
        _check_whole(images[0], path)  # before any doubt about it: the sectors that are left may be few
    name = choose([image.candidate for image in images], wanted, path)
    image = next(image for image in images if image.name == name)
    _check_whole(image, path)
    return image


def _check_whole(image: ImageColumns, path: Path) -> None:
    if image.missing:
        raise InputError(f"{path}: image {image.name} lacks sector {image.missing[0]}; export all of its sectors")
