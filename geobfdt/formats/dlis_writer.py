"""DLIS (API RP 66 V1), written with dliswriter: picks in a frame of their own, and the image they were picked on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, missing_extra, quiet
from geobfdt.formats.atomic import replacing
from geobfdt.formats.las_writer import NULL, TYPE_CODES

if TYPE_CHECKING:
    from dliswriter import LogicalFile

CHUNK_BYTES = 2**24
"""Buffer of the writer, whose own default of 2^32 takes 4 GiB of memory for the shortest file."""
REFERENCE, FIRST_AZIMUTH = "AZIMUTH_REFERENCE", "FIRST_AZIMUTH"
"""Parameters that say how the columns of the image lie, read back by :mod:`geobfdt.formats.dlis`."""


def write_dlis(
    picks: Picks, path: Path, *, log: ImageLog | None = None, well: str | None = None, parameters: Mapping[str, str]
) -> None:
    """Write picks, sorted by depth, as the frame PICKS, and ``log`` as the frame IMAGE that reads back as it was.

    Channels of picks are those of a LAS of numbers: DEPT, DIP_TRU, AZIMUTH, DIP_APP, AZI_APP, TYPE, QUALITY, DEPT_SD,
    DIP_SD, AZI_SD, HAZI, HDEV. The image stands beside its depths and, where it has one, its caliper; the bit size,
    what azimuths count from and the azimuth of the left edge are parameters, the ovality of a hole is left out.
    ``parameters`` (model, threshold, ...) stand beside them. Names that are not ASCII, which is all that DLIS has, lose
    their accents. Raises :class:`InputError` where dliswriter is missing, where there is nothing to write, and where
    picks are of several wells.
    """
    try:
        import dliswriter
    except ImportError:
        raise missing_extra(f"{path}: writing DLIS", "dlis") from None
    if not len(picks) and log is None:
        raise InputError(f"{path}: there are no picks, and DLIS has no frame without a row; write .csv or .las instead")
    wells = np.unique(picks.well).tolist()
    if well is None and len(wells) > 1:
        raise InputError(f"{path}: a DLIS holds one well, these picks hold {', '.join(wells)}; choose with --well")
    names = [name for name in (well, "".join(wells) if len(wells) == 1 else "", log.well if log else "") if name]
    with replacing(path) as temporary, _quiet_writer():
        disk = dliswriter.DLISFile()
        logical = disk.add_logical_file()
        logical.add_origin("ORIGIN", well_name=_ascii(names[0]) if names else "")
        said = {f"TYPE_{code}": kind for code, kind in enumerate(TYPE_CODES)} if len(picks) else {}
        for name, value in {**said, **parameters}.items():
            logical.add_parameter(_ascii(name).upper(), values=[_ascii(value) or "none"])
        if len(picks):
            _add_picks(logical, picks[np.argsort(picks.depth_m, kind="stable")])
        if log is not None:
            _add_image(logical, log)
        disk.write(temporary, output_chunk_size=CHUNK_BYTES)


def _add_picks(logical: LogicalFile, picks: Picks) -> None:
    columns = (
        ("DEPT", "m", picks.depth_m),
        ("DIP_TRU", "deg", picks.true_dip_deg),
        ("AZIMUTH", "deg", picks.true_azimuth_deg),
        ("DIP_APP", "deg", picks.dip_deg),
        ("AZI_APP", "deg", picks.azimuth_deg),
        ("TYPE", "", [TYPE_CODES.index(kind) for kind in np.asarray(picks.kind).tolist()]),
        ("QUALITY", "", picks.confidence),
        ("DEPT_SD", "m", picks.depth_sd_m),
        ("DIP_SD", "deg", picks.dip_sd_deg),
        ("AZI_SD", "deg", picks.azimuth_sd_deg),
        ("HAZI", "deg", picks.hole_azimuth_deg),
        ("HDEV", "deg", picks.hole_deviation_deg),
    )
    _add_frame(logical, "PICKS", [_channel(logical, name, unit, values) for name, unit, values in columns])


def _add_image(logical: LogicalFile, log: ImageLog) -> None:
    from dliswriter import AttrSetup

    logical.add_parameter("BS", values=AttrSetup(log.hole_diameter_m, units="m"))
    logical.add_parameter(REFERENCE, values=[log.reference])
    logical.add_parameter(FIRST_AZIMUTH, values=AttrSetup(float(log.first_azimuth_deg), units="deg"))
    channels = [_channel(logical, "TDEP", "m", log.depth_m)]
    if log.caliper_m is not None:
        channels.append(_channel(logical, "CALI", "m", log.caliper_m))
    taken = {item.name for item in logical.channels}
    name = _ascii(log.name)
    channels.append(_channel(logical, name if name and name not in taken else "IMAGE", "", np.asarray(log.image)))
    _add_frame(logical, "IMAGE", channels)


def _add_frame(logical: LogicalFile, name: str, channels: list[Any]) -> None:
    from dliswriter import enums

    logical.add_frame(name, channels=channels, index_type=enums.FrameIndexType.BOREHOLE_DEPTH)


def _channel(logical: LogicalFile, name: str, unit: str, values: Any) -> Any:
    data = np.array(values, np.float32 if np.ndim(values) > 1 else np.float64)
    data[np.isnan(data)] = NULL
    # A unit of no letters is refused; a channel that is a number and no more has none at all.
    return logical.add_channel(name, data=data, units=unit or None)


def _ascii(text: str) -> str:
    """A text in the letters that DLIS has: without accents, what has no counterpart as "?"."""
    apart = unicodedata.normalize("NFKD", str(text))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).encode("ascii", "replace").decode()


@contextmanager
def _quiet_writer() -> Iterator[None]:
    """dliswriter draws a bar, logs, and warns of uneven depths, which picks have by nature."""
    from dliswriter.file import writer

    # The bar is bound to the error stream of the moment when it was imported, past every redirection.
    with quiet("dliswriter", progressbar=(writer, lambda records, **_: records)):
        yield
