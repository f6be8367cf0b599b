"""Finds the image among the curves of a table that stores each sector of it as a column of its own."""

from __future__ import annotations

import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import Circle, circle
from geobfdt.formats.candidates import Candidate, choose
from geobfdt.formats.units import degrees_per

MIN_SECTORS = 4
"""Fewer numbered curves than this are the pads of a caliper or repeated runs, not a picture of the wall."""
MIN_REPEATS = 8
"""Columns of one name from which on they are the sectors of an image, and no runs of one log."""

# Six digits at most: Python refuses to make a number of thousands.
_BRACKETED = re.compile(r"(?P<head>.*)\[(?P<number>\d{1,6})\](?P<tail>)")
_NUMBERED = re.compile(r"(?P<head>(?:.*\D)?)(?P<number>\d{1,6})(?P<tail>\D*)")
_ANGLE = r"\s*[\[(]?(?P<unit>dega?|degrees?|\N{DEGREE SIGN}|rad|radians?|gon|grad)?(?![A-Za-z])[\])]?"
_DIRECTED = re.compile(
    rf"(?P<head>|.*[^\d.,+-])(?<!\dp)(?P<sign>[-+]?)(?P<number>\d{{1,3}}(?:[.,p]\d{{1,6}})?){_ANGLE}(?P<rest>\D*)",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    rf"(?P<head>|.*[^\d.,])(?P<from>\d{{1,3}}(?:[.,]\d{{1,6}})?)\s*(?:-|\N{{EN DASH}}|\.\.|to)\s*"
    rf"(?P<to>\d{{1,3}}(?:[.,]\d{{1,6}})?){_ANGLE}(?P<rest>\D*)",
    re.IGNORECASE,
)
_POINTS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
_POINTED = re.compile(
    rf"(?P<head>|.*[^A-Za-z])(?P<point>{'|'.join(sorted(_POINTS, key=len, reverse=True))})(?P<rest>\W*)"
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
    """Azimuth of the left edge of the first column where the names give azimuths of the middles of columns."""
    unit: str = ""
    again: tuple[str, str] | None = None
    """A column and one that the names put in the same place, which is not among the columns: 0 and 360."""
    bare: str = ""
    """A column of the same name without a number, beside columns from 1 on, which is not among them."""
    in_step: bool = False
    """Whether that one stands as far before the first column as the first before the second."""

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
    # Half of -180 to 179 are numbers without a gap, and so are 0 to 360, of which the last is the first again.
    around = [image for image in directed if image.again or len({_sign(column) for column in image.columns}) > 1]
    # Whole degrees (0, 2, 3, 5, ...) pass for numbers that lack some, and 0 deg, 1 deg, ... for numbers without a gap.
    plain = [image for image in numbered if not image.missing and not (image.unit and degrees_per(image.unit))]
    plain = [image for image in plain if not _overlaps(image, around)]
    directed = [image for image in directed if not _overlaps(image, plain)]
    others = [image for image in numbered if image not in plain and not _overlaps(image, directed)]
    return _named_apart([*plain, *others, *directed, *_repeated(names, units)])


def _overlaps(image: ImageColumns, others: Iterable[ImageColumns]) -> bool:
    return any(set(image.columns) & set(other.columns) for other in others)


def _sign(column: str) -> str:
    match = _DIRECTED.fullmatch(column.strip())
    return match["sign"] if match else ""


def _named_apart(images: list[ImageColumns]) -> list[ImageColumns]:
    """The same images, the second of one name called NAME#2, so that each can be chosen."""
    seen: Counter[str] = Counter()
    apart = []
    for image in images:
        seen[image.name] += 1
        apart.append(image if seen[image.name] == 1 else replace(image, name=f"{image.name}#{seen[image.name]}"))
    return apart


def _numbered(columns: list[str], units: Mapping[str, str]) -> list[ImageColumns]:
    groups: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    again: dict[tuple[str, str], tuple[str, str]] = {}
    for column in columns:
        match = _BRACKETED.fullmatch(column.strip()) or _NUMBERED.fullmatch(column.strip())
        if match and not _INSIDE_A_NUMBER.search(match["head"]):
            key = match["head"], match["tail"]
            first = groups[key].setdefault(int(match["number"]), column)
            if first is not column:  # 07 and 7
                again.setdefault(key, (first, column))
    # Arrays of investigation depths (RES10, RES20, ... RES90) also carry numbers; they neither start at 0 or 1 nor run.
    running = {
        key: by_number
        for key, by_number in groups.items()
        if len(by_number) >= MIN_SECTORS and min(by_number) <= 1 and 2 * len(by_number) > max(by_number)
    }
    heads = [head for head, _ in running]
    found = []
    for (head, tail), by_number in running.items():
        bare, in_step = _without_number(columns, head, tail, by_number)
        if bare and in_step and head.endswith(".") and not tail:  # as pandas tells columns of one name apart
            by_number[0], bare = bare, ""
        name = head.rstrip(" _-.:") if heads.count(head) == 1 else f"{head}*{tail}"
        missing = sorted(set(range(min(by_number), max(by_number))) - set(by_number))
        ordered = tuple(by_number[n] for n in sorted(by_number))
        unit = units.get(ordered[0], "") or tail.strip(" _-.:()[]")
        found.append(
            ImageColumns(
                name or "columns",
                ordered,
                tuple(missing),
                unit=unit,
                again=again.get((head, tail)),
                bare=bare,
                in_step=in_step,
            )
        )
    return found


def _without_number(columns: list[str], head: str, tail: str, by_number: Mapping[int, str]) -> tuple[str, bool]:
    """The column that is named as those that are numbered from 1 on, but for the number, "" without one, and whether it
    stands as far before the first of them as that before the second.
    """
    name = (head.rstrip(" _-.:([") + tail.lstrip(")]")).strip()
    bare = next((column for column in columns if column.strip() == name), "") if name else ""
    if not bare or min(by_number) != 1 or 2 not in by_number:
        return "", False
    first, second = columns.index(by_number[1]), columns.index(by_number[2])
    return bare, first - columns.index(bare) == second - first


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


@dataclass(frozen=True)
class _Directions:
    """Columns that are alike but for a direction in their names."""

    head: str
    unit: str
    rest: str
    columns: tuple[str, ...]
    azimuths: tuple[float, ...]

    def circle(self) -> Circle:
        return circle(np.array(self.azimuths), self.unit)


def _directed(columns: Iterable[str], units: Mapping[str, str]) -> list[ImageColumns]:
    """Columns named by the azimuths that they look at, all around the hole."""
    found = []
    for group in _directions(columns):
        if len(group.columns) < MIN_SECTORS:
            continue
        try:
            around = group.circle()
        except ValueError:
            continue
        ordered = tuple(group.columns[k] for k in around.order)
        again = around.again and (group.columns[around.again[0]], group.columns[around.again[1]])
        found.append(
            ImageColumns(
                group.head.strip(" _-+.:([@") or "columns",
                ordered,
                first_azimuth_deg=around.first_deg,
                unit=units.get(ordered[0], "") or group.rest.strip(" _-.:()[]"),
                again=again,
            )
        )
    return found


def _directions(columns: Iterable[str]) -> list[_Directions]:
    """Columns by the numbers in their names, those together that are alike but for it.

    A hyphen before all of them stands between name and number, as in AMP-0, AMP-10; it is a minus sign where some have
    none, as in AMP-170 to AMP180, and where nothing goes before it.
    """
    groups: dict[tuple[str, str, str], dict[tuple[str, float], str]] = defaultdict(dict)
    for column in columns:
        for head, unit, rest, sign, azimuth in _directions_of(column.strip()):
            groups[head, unit, rest].setdefault((sign, azimuth), column)
    found = []
    for (head, unit, rest), members in groups.items():
        separated = head.strip() and len({sign for sign, _ in members}) == 1
        azimuths = tuple(-number if sign == "-" and not separated else number for sign, number in members)
        found.append(_Directions(head, unit, rest, tuple(members.values()), azimuths))
    return found


def _directions_of(column: str) -> Iterator[tuple[str, str, str, str, float]]:
    """What goes before a direction in a name, its unit, what comes after it, its sign, and the direction itself: a
    number, two numbers between which the column lies, or a point of the compass.
    """
    match = _DIRECTED.fullmatch(column)
    if match and not match["head"].endswith("#"):  # of a repeated name
        yield match["head"], (match["unit"] or "").lower(), match["rest"], match["sign"], _number(match["number"])
    if match := _FROM_TO.fullmatch(column):
        middle = (_number(match["from"]) + _number(match["to"])) / 2
        yield match["head"], (match["unit"] or "").lower(), f"-{match['rest']}", "", middle
    if match := _POINTED.fullmatch(column):
        yield match["head"], "", match["rest"], "", 22.5 * _POINTS.index(match["point"])


def _number(text: str) -> float:
    return float(re.sub("[,pP]", ".", text))


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
    for group in _directions(columns):
        if len(group.columns) >= MIN_REPEATS and not group.rest.strip("])") and (group.unit or not group.head.strip()):
            azimuths = np.array(group.azimuths)
            try:
                group.circle()
            except ValueError as error:
                labels = bool(azimuths[0] == 0 and azimuths[1] > 0 and np.ptp(np.diff(azimuths)) == 0)
                return UnevenHeader(group.columns, str(error), labels)
    return None


def choose_image(images: list[ImageColumns], wanted: str | None, path: Path) -> ImageColumns:
    """The wanted image, or the only one; :class:`InputError` when there are several, when it lacks a sector or may lack
    its first one, and when nobody asked for what may be no image.
    """
    if wanted is None and len(images) == 1:
        _check_whole(images[0], path)  # before any doubt about it: the sectors that are left may be few
    name = choose([image.candidate for image in images], wanted, path)
    image = next(image for image in images if image.name == name)
    _check_whole(image, path)
    if image.bare:
        warnings.warn(
            f"{path}: column {image.bare} was left out of image {image.name}, whose sectors were taken to be "
            f"{image.columns[0]} to {image.columns[-1]}; if it is one of them, number it as they are",
            InputWarning,
            stacklevel=3,
        )
    return image


def _check_whole(image: ImageColumns, path: Path) -> None:
    if image.missing:
        raise InputError(f"{path}: image {image.name} lacks sector {image.missing[0]}; export all of its sectors")
    if image.in_step and image.bare:
        zeroth = re.sub(r"1(?=\D*$)", "0", image.columns[0])
        raise InputError(
            f"{path}: column {image.bare} before columns {image.columns[0]} to {image.columns[-1]} could be the first "
            f"sector of the image or a curve of its own; name it {zeroth} in the first case, move it behind them in "
            "the other"
        )


def check_again(image: ImageColumns, values: Callable[[str], ArrayLike], path: Path) -> None:
    """Of two columns in one place the second is left out with a warning where both hold the same ``values``;
    :class:`InputError` where they do not.
    """
    if image.again is None:
        return
    first, again = image.again
    one, other = np.asarray(values(first), np.float64), np.asarray(values(again), np.float64)
    differ = int(np.count_nonzero((one != other) & ~(np.isnan(one) & np.isnan(other))))
    if differ:
        raise InputError(
            f"{path}: columns {first} and {again} stand for one place around the hole, but differ in {differ} of "
            f"{len(one)} rows; leave one of them out, or name them apart"
        )
    warnings.warn(
        f"{path}: column {again} repeats column {first}, which stands for the same place, and was left out",
        InputWarning,
        stacklevel=3,
    )
