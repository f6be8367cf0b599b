"""Reads LAS 2.0 (and 3.0, rewritten): image sectors as curves and tables of dips, past lasio's quirks."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geobfdt.errors import InputError, quiet, reason_of
from geobfdt.formats.image_columns import ImageColumns, check_again, choose_image, find_images
from geobfdt.formats.las_index import depth_m, header, recorded
from geobfdt.formats.las_text import las_sets
from geobfdt.formats.listing import Channel, Part, part_of
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import TEXT_COLUMNS, Table
from geobfdt.formats.text_file import read_text
from geobfdt.formats.units import bare_unit, metres_per

MOST_ENTRIES, MOST_OF_A_NAME = 5_000, 200
"""Entries in all, and of one name: lasio takes time by the square of the ones and by the cube of the others."""
_CODE_NAME = re.compile(r"(TYPE|GRADE)_?(\d+)", re.IGNORECASE)
_ENDLESS = re.compile(r"\d{101}|[^\s,]{1001}")
_SECTION = re.compile(r"~(\w)")

Wanted = Callable[[Sequence[str]], bool]


def read_image(path: Path, image: str | None) -> RawImage:
    """Read an image whose sectors are curves (``AWBK[0]``, ``AWBK[1]``, ...; ``ABDC1M`` ... ``ABDC16M``).

    The depth unit is that of the index curve; a bit size BS or BIT with a unit gives the hole diameter. Raises
    :class:`InputError` when there is no such image, when there are several and ``image`` names none of them, when the
    only one may be no image of the wall, and when the file is damaged.
    """
    found: dict[str, tuple[_Log, ImageColumns]] = {}
    for number, log in enumerate(_logs(path, lambda curves: bool(find_images(curves[1:]))), 1):
        for columns in _images(log):
            name = columns.name if columns.name not in found else f"{log.name or number}/{columns.name}"
            found[name] = (log, columns)
    if not found:
        raise InputError(
            f"{path}: holds no image, that is at least 4 curves numbered as in IMG[0], IMG[1]; export them"
        )
    chosen = choose_image([replace(columns, name=name) for name, (_, columns) in found.items()], image, path)
    log, _ = found[chosen.name]
    curves = {curve.mnemonic: curve.data for curve in log.las.curves[1:]}
    check_again(chosen, lambda column: recorded(curves[column], column, path), path)
    return RawImage(
        np.column_stack([recorded(curves[c], c, path) for c in chosen.columns]),
        depth_m(log.las, log.text, path),
        chosen.name,
        _well(log),
        _bit_size_m(log.las),
        log.first_line,
        first_azimuth_deg=chosen.first_azimuth_deg,
        null=_null(log.las),
    )


def _images(log: _Log) -> list[ImageColumns]:
    return find_images(
        [curve.mnemonic for curve in log.las.curves[1:]],
        {curve.mnemonic: str(curve.unit) for curve in log.las.curves[1:]},
    )


@dataclass(frozen=True)
class _Log:
    """A set of curves as lasio reads it, its text, and the line of the file where its data begin."""

    name: str
    las: Any
    text: str

    @property
    def first_line(self) -> int:
        return _data_lines(self.text)[0]


def _logs(path: Path, wanted: Wanted) -> list[_Log]:
    """The sets of curves that are wanted for the names of their curves, or the first of a file without any such."""
    sets = las_sets(read_text(path), path)
    chosen = [one for one in sets if wanted(one.curves)] or sets[:1]
    return [_Log(one.name, _parse(one.text, path), one.text) for one in chosen]


def contents(path: Path) -> list[Part]:
    """Every set of curves of a file, its depths and the images among its curves. Errors as :func:`read_image`."""
    parts = []
    for log in _logs(path, lambda curves: len(curves) > 1):
        curves = log.las.curves
        images = tuple(image.name for image in _images(log))
        channels = tuple(Channel(curve.mnemonic, (), str(curve.unit)) for curve in curves)
        parts.append(part_of(_well(log), curves[0].mnemonic, depth_m(log.las, log.text, path), channels, images))
    return parts


def parameters(path: Path) -> dict[str, str]:
    """What ~Params says, by name in lower case."""
    return {item.mnemonic.lower(): str(item.value) for item in _logs(path, bool)[0].las.params}


def read_tables(path: Path, wanted: Wanted) -> list[Table]:
    """The sets of curves of a file that are wanted for the names of their curves, or its first one, each as a table,
    its index as ``DEPT_m`` in metres, the well's name in a column of its own.

    Numbers in the curves TYPE and GRADE become the names that ~Params gives for them as TYPE_0, TYPE_1, ...
    """
    return [_table(log, path) for log in _logs(path, wanted)]


def _table(log: _Log, path: Path) -> Table:
    others = log.las.curves[1:]
    depths = depth_m(log.las, log.text, path)
    columns: dict[str, Any] = {"DEPT_m": depths}
    for curve in others:
        columns[curve.mnemonic] = _text(curve.data) if curve.mnemonic.lower() in TEXT_COLUMNS else curve.data
    codes = [(m, str(item.value)) for item in log.las.params if (m := _CODE_NAME.fullmatch(item.mnemonic))]
    names = {(m[1].lower(), int(m[2])): name for m, name in codes}
    for column in columns:
        if any(of == column.lower() for of, _ in names):
            columns[column] = [names.get((column.lower(), _code(cell)), cell) for cell in _text(columns[column])]
    units = {curve.mnemonic: bare_unit(str(curve.unit)) for curve in others if curve.unit}
    frame = pd.DataFrame(columns, index=range(len(depths))).assign(well=_well(log))
    described = {curve.mnemonic: str(curve.descr or "").strip() for curve in others}
    descriptions = {name: words for name, words in described.items() if words not in ("", "N/A")}
    return Table(path, frame, units, log.first_line, index="DEPT_m", descriptions=descriptions)


def _parse(text: str, path: Path) -> Any:
    import lasio

    _check_size(text, path)
    try:
        with quiet("lasio"):
            # Only the file's own NULL is null ("strict"): other policies silently drop readings such as 9999 or -999.
            # Names keep their case: by default lasio turns them into capitals, and --image could not repeat them.
            las = lasio.read(io.StringIO(text), null_policy="strict", mnemonic_case="preserve")
    except Exception as error:  # lasio fails on damaged files in as many ways as there are damages
        raise InputError(f"{path}: is not a whole LAS file ({reason_of(error)}); export it again") from error
    if not las.curves:
        raise InputError(f"{path}: is not a whole LAS file (no curves); export it again")
    return las


def _data_lines(text: str) -> tuple[int, list[str]]:
    """The number of the first line of data, counted from 1, and all of them."""
    lines = text.split("\n")
    start = next((k for k, line in enumerate(lines) if line.strip().upper().startswith("~A")), len(lines))
    first = next((k for k in range(start + 1, len(lines)) if lines[k].strip() and not lines[k].startswith("#")), start)
    end = next((k for k in range(first + 1, len(lines)) if lines[k].startswith("~")), len(lines))
    return first + 1, lines[first:end] if first > start else []


def _check_size(text: str, path: Path) -> None:
    """Refuse what no log has and lasio would take minutes over."""
    for line, words in enumerate(text.split("\n"), 1):
        # lasio takes the square of their length to look at them. Words first: the pattern is ten times as slow.
        if len(words) <= 100 or max(map(len, words.split()), default=0) <= 100:
            continue
        if not (endless := _ENDLESS.search(words)):
            continue
        what = "number of more than 100 digits" if endless[0].isdigit() else "word of more than 1000 letters"
        raise InputError(f"{path}: line {line} has a {what}; export it again")
    entries, in_data = [], False
    for words in text.split("\n"):  # a header may stand below the data as well
        if words.startswith("~"):
            in_data = words[:2].upper() == "~A"
        elif not in_data and "." in words:
            entries.append(words.split(".")[0].strip())
    if len(entries) > MOST_ENTRIES:
        raise InputError(f"{path}: its header has {len(entries)} entries; the file is damaged, export it again")
    for name, times in Counter(entries).most_common(1):
        if times > MOST_OF_A_NAME:
            raise InputError(f"{path}: its header names {name[:40]} {times} times; keep one of them")


def _text(values: NDArray[Any]) -> list[str]:
    """Cells as text, with the .0 that lasio gives to whole numbers taken off, "" for null."""
    return ["" if value != value else re.sub(r"\.0+$", "", str(value).strip()) for value in values]


def _code(cell: str) -> int:
    return int(cell) if cell.isascii() and cell.isdigit() else -1


def _well(log: _Log) -> str:
    """The well's name as written: lasio turns 001 into the number 1."""
    value = log.las.well["WELL"].value if "WELL" in log.las.well else ""
    if isinstance(value, str):
        return value.strip()
    line = next((line for line in header(log.text, "W") if line.strip().upper().startswith("WELL")), "")
    written = (word for word in re.split(r"[\s:]+", line) if re.fullmatch(r"[-+.\deE]+", word))
    return next((word for word in written if float(word) == float(value)), str(value))


def _null(las: Any) -> float | None:
    """The null that the header names, None when it names no number."""
    try:
        return float(las.well["NULL"].value) if "NULL" in las.well else None
    except (TypeError, ValueError):
        return None


def _bit_size_m(las: Any) -> float | None:
    """The bit size in metres from ~Params or ~Well, when it is a number with a unit of length."""
    for section in (las.params, las.well):
        for item in section:
            factor = metres_per(str(item.unit)) if item.mnemonic.upper() in ("BS", "BIT") and item.unit else None
            try:
                size = float(item.value) if factor else 0.0
            except ValueError:
                continue
            if factor and size > 0:
                return size * factor
    return None
