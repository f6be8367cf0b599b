"""LAS 2.0 (and 3.0, rewritten): image sectors as curves, picks, and continuous curves, past lasio's quirks."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.geometry import height_m
from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks, wrap_azimuth_deg
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.image_columns import choose_image, find_images
from geobfdt.formats.las3 import as_las2
from geobfdt.formats.listing import Channel, Part, part_of
from geobfdt.formats.pick_columns import MAX_PRINTED_DIP_DEG
from geobfdt.formats.raw_image import RawImage
from geobfdt.formats.tables import Table, read_text
from geobfdt.formats.units import DEPTH_UNITS, metres_per, without_nulls

NULL = -999.25
Curve = tuple[str, str, str, Any]
"""Mnemonic, unit, description and values of a curve."""
MOST_HEADER_LINES = 100_000
"""Thousands of curves with all their parameters take fewer; lasio takes a second for a million, blank or not."""
MOST_ENTRIES, MOST_OF_A_NAME = 5_000, 200
"""Entries in all, and of one name: lasio takes time by the square of the ones and by the cube of the others."""
TYPE_CODES = (UNKNOWN, *KINDS)
"""The kind that each TYPE code of a picks file stands for, by its number; ~Params repeats them."""

_TYPE_NAME = re.compile(r"TYPE_?(\d+)", re.IGNORECASE)
_ENDLESS = re.compile(r"\d{101}|[^\s,]{1001}")
_SECTION = re.compile(r"~(\w)")


def read_image(path: Path, image: str | None) -> RawImage:
    """Read an image whose sectors are curves (``AWBK[0]``, ``AWBK[1]``, ...; ``ABDC1M`` ... ``ABDC16M``).

    The depth unit is that of the index curve; a bit size BS or BIT with a unit gives the hole diameter. Raises
    :class:`InputError` when there is no such image, when there are several and ``image`` names none of them, and when
    the file is damaged.
    """
    text = as_las2(read_text(path), path)
    las = _parse(text, path)
    columns = {curve.mnemonic: curve.data for curve in las.curves[1:]}
    images = find_images(columns)
    if not images:
        raise InputError(
            f"{path}: holds no image, that is at least 4 curves numbered as in IMG[0], IMG[1]; export them"
        )
    chosen = choose_image(images, image, path)
    pixels = np.column_stack([_numbers(columns[c], c, path) for c in chosen.columns])
    first_line, _ = _data_lines(text)
    depth_m = _depth_m(las, text, path)
    return RawImage(pixels, depth_m, chosen.name, _well(las, text), _bit_size_m(las), first_line)


def contents(path: Path) -> Part:
    """The curves of a file, its depths and the images among its curves. Errors as :func:`read_image`."""
    text = as_las2(read_text(path), path)
    las = _parse(text, path)
    depth_m = _depth_m(las, text, path)
    images = tuple(image.name for image in find_images(curve.mnemonic for curve in las.curves[1:]))
    channels = tuple(Channel(curve.mnemonic, (), str(curve.unit)) for curve in las.curves)
    return part_of(_well(las, text), las.curves[0].mnemonic, depth_m, channels, images)


def parameters(path: Path) -> dict[str, str]:
    """What ~Params says, by name in lower case."""
    return {item.mnemonic.lower(): str(item.value) for item in _parse(as_las2(read_text(path), path), path).params}


def read_table(path: Path) -> Table:
    """The curves of a file as a table, its index as ``DEPT_m`` in metres, the well's name in a column of its own.

    Numbers in a TYPE curve become the names that ~Params gives for them as TYPE_0, TYPE_1, ...
    """
    text = as_las2(read_text(path), path)
    las = _parse(text, path)
    index = las.curves[0]
    depth_m = _depth_m(las, text, path)
    columns: dict[str, Any] = {"DEPT_m": depth_m}
    for curve in las.curves[1:]:
        columns[curve.mnemonic] = _text(curve.data) if curve.mnemonic.lower() in ("type", "class") else curve.data
    names = {int(m[1]): str(item.value) for item in las.params if (m := _TYPE_NAME.fullmatch(item.mnemonic))}
    for column in columns:
        if column.lower() == "type":
            columns[column] = [names.get(_code(cell), cell) for cell in columns[column]]
    units = {curve.mnemonic: curve.unit for curve in las.curves if curve is not index and curve.unit}
    frame = pd.DataFrame(columns, index=range(len(depth_m))).assign(well=_well(las, text))
    first_line, _ = _data_lines(text)
    return Table(path, frame, units, first_line)


def write_picks(
    picks: Picks,
    path: Path,
    *,
    parameters: Mapping[str, str],
    hole_diameter_m: float | None = None,
    well: str | None = None,
    profile: str = "numeric",
) -> None:
    """Write picks as a LAS 2.0 file, one line a pick, sorted by depth; its body numeric throughout unless the profile
    is "techlog", which has the columns that suite looks for, its kinds as quoted text.

    AZIMUTH and DIP_TRU are against north and the horizontal, DIP_APP and AZI_APP what the image shows, HEIGHT the
    peak-to-trough height and RADIUS that of the hole, null without ``hole_diameter_m``. DEPT_SD, DIP_SD and AZI_SD are
    the standard deviations of DEPT, DIP_APP and AZI_APP, null where not known. ``parameters`` (model, threshold, ...)
    go to ~Params beside the names of the TYPE codes.
    """
    wells = np.unique(picks.well).tolist()
    if well is None and len(wells) > 1:
        raise InputError(f"{path}: a LAS file holds one well, these picks hold {', '.join(wells)}; write .csv instead")
    picks = picks[np.argsort(picks.depth_m, kind="stable")]
    dip = np.minimum(picks.dip_deg, MAX_PRINTED_DIP_DEG)
    unsaid = np.full(len(picks), np.nan)
    diameter = unsaid if hole_diameter_m is None else np.full(len(picks), hole_diameter_m)
    if profile == "techlog":
        _write(path, _techlog_curves(picks), parameters, well if well is not None else "".join(wells), step="0")
        return
    curves: list[Curve] = [
        ("DEPT", "M", "Depth along hole", picks.depth_m),
        ("DIP_TRU", "DEG", "True dip", picks.true_dip_deg),
        ("AZIMUTH", "DEG", "True dip azimuth from north", _rounded_azimuth(picks.true_azimuth_deg)),
        ("DIP_APP", "DEG", "Apparent dip against the hole", dip),
        ("AZI_APP", "DEG", "Apparent dip azimuth in the reference of the image", _rounded_azimuth(picks.azimuth_deg)),
        ("TYPE", "", "Kind of plane, its names in the parameter section", [TYPE_CODES.index(k) for k in picks.kind]),
        ("QUALITY", "", "Confidence, 0 to 1", picks.confidence),
        ("DEPT_SD", "M", "Standard deviation of the depth", picks.depth_sd_m),
        ("DIP_SD", "DEG", "Standard deviation of the dip", picks.dip_sd_deg),
        ("AZI_SD", "DEG", "Standard deviation of the azimuth", picks.azimuth_sd_deg),
        ("HEIGHT", "M", "Peak-to-trough height of the trace", height_m(dip, diameter)),
        ("RADIUS", "M", "Hole radius", diameter / 2.0),
        ("HAZI", "DEG", "Azimuth of the hole from north", _rounded_azimuth(picks.hole_azimuth_deg)),
        ("HDEV", "DEG", "Deviation of the hole from the vertical", picks.hole_deviation_deg),
    ]
    names = {f"TYPE_{code}": kind for code, kind in enumerate(TYPE_CODES)}
    _write(path, curves, {**names, **parameters}, well if well is not None else "".join(wells), step="0")


def _techlog_curves(picks: Picks) -> list[Curve]:
    """Columns under the names and in the units of the dip tables that Techlog exports; true angles null until known."""
    kinds = np.array([f'"{kind.capitalize()}"' for kind in np.asarray(picks.kind).tolist()], dtype=object)
    return [
        ("DEPT", "M", "Depth along hole", picks.depth_m),
        ("Dip_TRU", "DEG", "True dip", picks.true_dip_deg),
        ("Azimuth", "DEG", "True dip azimuth from north", _rounded_azimuth(picks.true_azimuth_deg)),
        ("Type", "", "Kind of plane", kinds),
        ("Quality", "", "Confidence, 0 to 1", picks.confidence),
        ("HAzi", "DEG", "Azimuth of the hole from north", _rounded_azimuth(picks.hole_azimuth_deg)),
        ("HDev", "DEG", "Deviation of the hole from the vertical", picks.hole_deviation_deg),
        ("DIP_APP", "DEG", "Apparent dip against the hole", np.minimum(picks.dip_deg, MAX_PRINTED_DIP_DEG)),
        ("AZI_APP", "DEG", "Apparent dip azimuth in the reference of the image", _rounded_azimuth(picks.azimuth_deg)),
    ]


def _rounded_azimuth(azimuth_deg: ArrayLike) -> NDArray[np.float64]:
    """Azimuths that stay below 360 when printed to four digits."""
    return wrap_azimuth_deg(np.round(np.asarray(azimuth_deg, float), 4))


def write_curve(
    path: str | Path,
    depth_m: ArrayLike,
    values: ArrayLike,
    mnemonic: str,
    unit: str = "",
    description: str = "",
    well: str = "",
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Write one continuous curve, (rows,) values at (rows,) depths in metres, as a LAS 2.0 file; NaN is null."""
    depth = np.asarray(depth_m, np.float64)
    steps = np.diff(depth)
    # STEP 0 declares an irregular index; lasio would write the first difference whatever follows.
    even = len(steps) > 0 and float(np.ptp(steps)) < 1e-6
    curves = [("DEPT", "M", "Depth along hole", depth), (mnemonic, unit, description, values)]
    _write(Path(path), curves, parameters or {}, well, step=f"{np.mean(steps):.6f}" if even else "0")


def _write(
    path: Path,
    curves: list[Curve],
    parameters: Mapping[str, str],
    well: str,
    step: str,
) -> None:
    import lasio

    las = lasio.LASFile()
    depth = np.asarray(curves[0][3], np.float64)
    for mnemonic, unit, description, values in curves:
        text = np.asarray(values).dtype == object
        las.append_curve(
            mnemonic, values if text else np.asarray(values, np.float64), unit=unit, descr=_plain(description)
        )
    las.well["NULL"].value = NULL
    las.well["WELL"].value = _plain(well)
    for name, value in parameters.items():
        las.params.append(lasio.HeaderItem(re.sub(r"\W", "_", name).upper(), "", _plain(value), name))
    body = io.StringIO()
    # STRT and STOP as text, or they are cut to five significant decimals; all three, or a file of no rows has none.
    start, stop = (f"{depth[0]:.4f}", f"{depth[-1]:.4f}") if len(depth) else ("0.0000", "0.0000")
    las.write(body, version=2.0, wrap=False, STRT=start, STOP=stop, STEP=step, fmt="%.4f")
    with replacing(path) as temporary:
        # UTF-8 whatever the locale: lasio opens files in the system's encoding, and wells have accents.
        temporary.write_text(body.getvalue(), encoding="utf-8", newline="\n")


def _plain(text: str) -> str:
    """Header text that every LAS reader takes whole: one line, and no colon, which ends a value."""
    return " ".join(str(text).replace(":", "-").split())


def _parse(text: str, path: Path) -> Any:
    import lasio

    _check_shape(text, path)
    _check_size(text, path)
    try:
        with _quiet_lasio():
            # Only the file's own NULL is null ("strict"): other policies silently drop readings such as 9999 or -999.
            # Names keep their case: by default lasio turns them into capitals, and --image could not repeat them.
            las = lasio.read(io.StringIO(text), null_policy="strict", mnemonic_case="preserve")
    except Exception as error:  # lasio fails on damaged files in as many ways as there are damages
        reason = str(error).strip("'\"").splitlines()
        raise InputError(
            f"{path}: is not a whole LAS file ({reason[0] if reason else 'damaged'}); export it again"
        ) from error
    if not las.curves:
        raise InputError(f"{path}: is not a whole LAS file (no curves); export it again")
    return las


@contextmanager
def _quiet_lasio() -> Iterator[None]:
    """lasio logs what it repairs, and NumPy warns of empty data; the user gets our own sentences instead."""
    logger = logging.getLogger("lasio")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logger.setLevel(level)


def _header(text: str, section: str) -> list[str]:
    """The lines of one section of the header, by its letter, without comments."""
    lines, current = [], ""
    for line in text.split("\n"):
        if match := _SECTION.match(line.strip()):
            current = match[1].upper()
            if current == "A":
                break
        elif current == section and line.strip() and not line.lstrip().startswith("#"):
            lines.append(line)
    return lines


def _data_lines(text: str) -> tuple[int, list[str]]:
    """The number of the first line of data, counted from 1, and all of them."""
    lines = text.split("\n")
    start = next((k for k, line in enumerate(lines) if line.strip().upper().startswith("~A")), len(lines))
    first = next((k for k in range(start + 1, len(lines)) if lines[k].strip() and not lines[k].startswith("#")), start)
    return first + 1, lines[first:] if first > start else []


def _check_size(text: str, path: Path) -> None:
    """Refuse what no log has and lasio would take minutes over."""
    if endless := _ENDLESS.search(text):  # lasio takes the square of their length to look at them
        line = text.count("\n", 0, endless.start()) + 1
        what = "number of more than 100 digits" if endless[0].isdigit() else "word of more than 1000 letters"
        raise InputError(f"{path}: line {line} has a {what}; export it again")
    first, lines = _data_lines(text)
    blank = sum(not line.strip() for line in lines)
    # Line ends converted twice leave every second line blank, which is no damage.
    if blank > max(MOST_HEADER_LINES, 2 * (len(lines) - blank)):
        raise InputError(f"{path}: has {blank} empty lines among its data; the file is damaged, export it again")
    entries = [line.split(".")[0].strip() for line in text.split("\n", first)[: first - 1] if "." in line]
    if first > MOST_HEADER_LINES or len(entries) > MOST_ENTRIES:
        raise InputError(f"{path}: its header takes {first - 1} lines; the file is damaged, export it again")
    for name, times in Counter(entries).most_common(1):
        if times > MOST_OF_A_NAME:
            raise InputError(f"{path}: its header names {name[:40]} {times} times; keep one of them")


def _check_shape(text: str, path: Path) -> None:
    """A file that was cut short ends in a line with fewer values than there are curves; lasio only says "reshape"."""
    if not text.lstrip().startswith(("~", "#")):
        raise InputError(f"{path}: is not a LAS file, which starts with a ~V section; check the name")
    wrapped = any(re.match(r"\s*WRAP\s*\.\s*YES", line, re.IGNORECASE) for line in _header(text, "V"))
    first, lines = _data_lines(text)
    last = next((k for k in range(len(lines) - 1, -1, -1) if lines[k].strip()), None)
    curves = len(_header(text, "C"))
    if not re.search(r"^[ \t]*~A", text, re.MULTILINE | re.IGNORECASE):
        raise InputError(f"{path}: has no ~A section of data; the file is cut short, copy or export it again")
    if wrapped or last is None or '"' in lines[last]:
        return
    # As lasio does, take 12.5-999.25 for two values: wide negative numbers run into the column before.
    found = len(re.split(r"[\s,]+", re.sub(r"(\d)-(\d)", r"\1 -\2", lines[last].strip())))
    if found < curves:
        raise InputError(
            f"{path}: line {first + last}, the last one, has {found} values for {curves} curves; "
            "the file is cut short, copy or export it again"
        )


def _depth_m(las: Any, text: str, path: Path) -> NDArray[np.float64]:
    index = las.curves[0]
    # The header line itself, because lasio takes "0.1 in" apart and keeps 0.1 as the unit.
    line = next(iter(_header(text, "C")), "")
    match = re.match(r"[^.]*\.(\s?0?\.1 ?in|[^\s:]*)", line, re.IGNORECASE)
    unit = (match[1] if match else "") or str(las.well["STRT"].unit if "STRT" in las.well else "")
    factor = metres_per(unit)
    if factor is None:
        found = f"has the unit {unit!r}" if unit else "has no unit"
        raise InputError(f"{path}: index curve {index.mnemonic} {found}; write one of {DEPTH_UNITS} in the ~C section")
    return _numbers(index.data, index.mnemonic, path) * factor


def _numbers(values: ArrayLike, curve: str, path: Path) -> NDArray[np.float64]:
    try:
        return without_nulls(values)
    except ValueError as error:
        raise InputError(f"{path}: curve {curve} holds text where numbers belong ({error}); export it again") from None


def _text(values: NDArray[Any]) -> list[str]:
    """Cells as text, with the .0 that lasio gives to whole numbers taken off."""
    return [re.sub(r"\.0+$", "", str(value).strip()) for value in values]


def _code(cell: str) -> int:
    return int(cell) if cell.isascii() and cell.isdigit() else -1


def _well(las: Any, text: str) -> str:
    """The well's name as written: lasio turns 001 into the number 1."""
    value = las.well["WELL"].value if "WELL" in las.well else ""
    if isinstance(value, str):
        return value.strip()
    line = next((line for line in _header(text, "W") if line.strip().upper().startswith("WELL")), "")
    written = (word for word in re.split(r"[\s:]+", line) if re.fullmatch(r"[-+.\deE]+", word))
    return next((word for word in written if float(word) == float(value)), str(value))


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
