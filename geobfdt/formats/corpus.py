"""Corpora: HDF5 files of wells with their picks, the intervals that were reviewed and the split each well belongs to.

Layout, version 2::

    /                    attributes: format "geobfdt corpus", version 2
    /wells/0000          attributes: well, name, hole_diameter_m, reference, first_azimuth_deg, split
        image            (rows, columns) float32, NaN where missing, chunked and compressed
        colours          (rows, columns, 3) uint8 red, green and blue, of an optical televiewer alone
        depth_m          (rows,) float64
        reviewed_m       (intervals, 2) float64
        picks/<column>   (picks,) one dataset a column of picks.csv; early files lack some
        coverage         attribute: stretch_m, metres of a stretch, 0.05; early files lack it all, see :class:`Density`
            planes          (stretches, 3) int64 picks whose depth lies in each: fractures, beddings, of unknown kind
            trace_share     (stretches,) float64 share of the wall that traces cover, 0.05 hole radii to either side
            reviewed_share  (stretches,) float64 share of the stretch that was reviewed
        intervals        only where somebody described the rock
            top_m, base_m   (intervals,) float64
            label           (intervals,) names

Version 1 has texts of any length, which HDF5 stores without a checksum; they are of one length each now. The split is
stored with the well, so that train and test can never share one.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole import Reference, Split
from geobfdt.borehole.density import STRETCH_M, Density, stretches
from geobfdt.borehole.image_log import ImageLog, StoredImage, as_pixels
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.picks import COLUMNS, DEVIATIONS, HOLE, TEXTS, Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.formats import sound_hdf5 as hdf5
from geobfdt.formats.atomic import alone, check_output, replacing
from geobfdt.formats.steady_file import SteadyFile

FORMAT, VERSION = "geobfdt corpus", 2

_CHUNK_ROWS = 256
_LATER_COLUMNS = (*DEVIATIONS, *HOLE, "quality")
"""Of picks, which early files lack."""


def write_corpus(path: str | Path, wells: Iterable[Well], *, append: bool = False) -> None:
    """Write wells as a corpus, or add them to an existing one; the file is complete under its name or not touched. Of
    several processes that do so at once each waits for the one before it.

    ``wells`` may be a generator: one well is in memory at a time. Raises :class:`InputError` on two wells of one name,
    when the file cannot be written, and when the one to append to is no corpus.
    """
    import h5py

    path = Path(path)
    check_output(path, (".h5", ".hdf5"))
    with alone(path):
        append = append and path.exists()
        if append:
            well_names(path)  # refuses to add to what is no corpus
        with replacing(path) as temporary:
            if append:
                shutil.copyfile(path, temporary)
            mode = "r+" if append else "w"
            # From 1.10 on HDF5 writes checksums beside what it says about datasets; damage to older files, which have
            # none, can send it round in circles.
            opened = SteadyFile(temporary, "r+b" if append else "w+b")
            with opened as disk, h5py.File(disk, mode, libver="v110") as file:
                file.attrs.update({"format": hdf5.fixed(FORMAT), "version": VERSION})
                _add_wells(file.require_group("wells"), wells, path, disk)


def _add_wells(groups: Any, wells: Iterable[Well], path: Path, disk: SteadyFile) -> None:
    names = {hdf5.text(group.attrs["well"]) for group in groups.values()}
    for well in wells:
        if well.log.well in names:
            raise InputError(
                f"{path}: two wells are named {well.log.well!r}; rename one with --well NAME, synthetic ones by --seed"
            )
        names.add(well.log.well)
        _write_well(groups.create_group(f"{len(groups):04d}"), well)
        disk.check()


def _write_well(group: Any, well: Well) -> None:

    log = well.log
    group.attrs.update(
        {
            "well": hdf5.fixed(log.well),
            "name": hdf5.fixed(log.name),
            "hole_diameter_m": log.hole_diameter_m,
            "reference": hdf5.fixed(log.reference),
            "first_azimuth_deg": log.first_azimuth_deg,
            "split": hdf5.fixed(well.split),
        }
    )
    # gzip, not lzf, because every HDF5 tool reads it; chunks of whole rows, because windows are runs of rows.
    chunks = (min(_CHUNK_ROWS, log.rows), log.columns)
    packing = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
    image = group.create_dataset("image", log.image.shape, np.float32, chunks=chunks, **packing)
    for row in range(0, log.rows, _CHUNK_ROWS):  # an image that stays in its file is never whole in memory
        image[row : row + _CHUNK_ROWS] = log.image[row : row + _CHUNK_ROWS]
    if log.colours is not None:
        colours = group.create_dataset("colours", log.colours.shape, np.uint8, chunks=(*chunks, 3), **packing)
        for row in range(0, log.rows, _CHUNK_ROWS):
            colours[row : row + _CHUNK_ROWS] = log.colours[row : row + _CHUNK_ROWS]
    group.create_dataset("depth_m", data=log.depth_m)
    if log.caliper_m is not None:
        group.create_dataset("caliper_m", data=log.caliper_m)
    if log.ovality is not None:
        group.create_dataset("ovality", data=log.ovality)
    group.create_dataset("reviewed_m", data=np.asarray(well.reviewed_m, np.float64).reshape(-1, 2))
    picks = group.create_group("picks")
    for column in COLUMNS:
        values = getattr(well.picks, column)
        if column in TEXTS:
            picks.create_dataset(column, data=hdf5.fixed(values), compression="gzip" if len(values) else None)
        else:
            picks.create_dataset(column, data=values)
    density = group.create_group("coverage")
    density.attrs["stretch_m"] = STRETCH_M
    for name in ("planes", "trace_share", "reviewed_share"):
        density.create_dataset(name, data=getattr(well.density, name), compression="gzip")
    if len(well.intervals):
        intervals = group.create_group("intervals")
        for name in ("top_m", "base_m"):
            intervals.create_dataset(name, data=getattr(well.intervals, name))
        intervals.create_dataset("label", data=hdf5.fixed(well.intervals.label), compression="gzip")


def read_corpus(path: str | Path) -> list[Well]:
    """Every well of a corpus, in the order written. Raises :class:`InputError` when the file is no whole corpus."""
    return list(iter_corpus(path))


def iter_corpus(
    path: str | Path, *, wells: Collection[str] | None = None, split: Split | None = None
) -> Iterator[Well]:
    """The wells of a corpus one at a time, for corpora larger than memory. Errors as :func:`read_corpus`.

    ``wells`` and ``split`` select by name and by split, without reading the images of the others.
    """
    path = Path(path)
    with _opened(path) as file:
        groups = hdf5.group(file, "wells")
        for key in sorted(groups):
            group = hdf5.group(groups, key)
            if wells is not None and hdf5.text(group.attrs["well"]) not in wells:
                continue
            if split is not None and hdf5.text(group.attrs["split"]) != split:
                continue
            try:
                well = _read_well(group)
            except InputError as error:
                raise InputError(f"{path}: {error}") from None
            yield well


def well_names(path: str | Path) -> list[str]:
    """The names of the wells of a corpus, without reading their images. Errors as :func:`read_corpus`."""
    with _opened(Path(path)) as file:
        groups = hdf5.group(file, "wells")
        return [hdf5.text(hdf5.group(groups, key).attrs["well"]) for key in sorted(groups)]


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with hdf5.opened(path, FORMAT) as file:
            if hdf5.text(file.attrs.get("format", "")) != FORMAT:
                raise InputError(f"{path}: is HDF5 but no corpus; make one with geobfdt import or geobfdt synth")
            if hdf5.number(file.attrs["version"]) > VERSION:
                raise InputError(f"{path}: was written by a newer geobfdt; update this one")
            yield file
    except hdf5.ElsewhereError as error:
        raise InputError(
            f"{path}: {error}, and a corpus holds all that is its own; copy it where it was made, or make it again"
        ) from None
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise InputError(
            f"{path}: is damaged or no corpus; make it again with geobfdt import or geobfdt synth"
        ) from error


def _image(dataset: Any, dtype: Any = np.float32) -> NDArray[Any]:
    """An image or its colours, or where it is large the means to read parts of it, after the corpus was closed as
    well.
    """
    values = as_pixels if dtype == np.float32 else np.asarray
    if dataset.size * np.dtype(dtype).itemsize < StoredImage.SMALL_BYTES:
        return values(dataset[()])
    path, name = dataset.file.filename, dataset.name

    def read(first: int, last: int) -> NDArray[Any]:
        with _opened(Path(path)) as file:
            return values(file[name][first:last])

    return cast("NDArray[Any]", StoredImage(dataset.shape, read, dtype))


def _read_well(group: Any) -> Well:
    attributes = group.attrs
    log = ImageLog(
        image=_image(hdf5.dataset(group, "image", 2)),
        depth_m=hdf5.dataset(group, "depth_m", 1)[()],
        hole_diameter_m=hdf5.number(attributes["hole_diameter_m"]),
        reference=cast("Reference", hdf5.text(attributes["reference"])),
        first_azimuth_deg=hdf5.number(attributes["first_azimuth_deg"]),
        well=hdf5.text(attributes["well"]),
        name=hdf5.text(attributes["name"]),
        caliper_m=hdf5.dataset(group, "caliper_m", 1)[()] if "caliper_m" in group else None,
        ovality=hdf5.dataset(group, "ovality", 2)[()] if "ovality" in group else None,
        colours=_image(hdf5.dataset(group, "colours", 3, "u"), np.uint8) if "colours" in group else None,
    )
    picks = hdf5.group(group, "picks")
    columns: dict[str, Any] = {
        column: hdf5.texts(picks, column) if column in TEXTS else hdf5.dataset(picks, column, 1)[()]
        for column in COLUMNS
        if column not in _LATER_COLUMNS or column in picks
    }
    reviewed = tuple((float(top), float(base)) for top, base in hdf5.dataset(group, "reviewed_m", 2)[()])
    split = cast("Split", hdf5.text(attributes["split"]))
    return Well(log, Picks(**columns), reviewed, split, _density(group, log), _intervals(group, log))


def _intervals(group: Any, log: ImageLog) -> Intervals:
    """The labels of a well's rock, none where its group holds none."""
    if "intervals" not in group:
        return Intervals()
    stored = hdf5.group(group, "intervals")
    top_m, base_m = (hdf5.dataset(stored, name, 1)[()] for name in ("top_m", "base_m"))
    return Intervals(top_m, base_m, hdf5.texts(stored, "label"), well=log.well)


def _density(group: Any, log: ImageLog) -> Density | None:
    """What a well's group holds of its density, None where it holds none or counts by other stretches."""
    if "coverage" not in group:
        return None
    stored = hdf5.group(group, "coverage")
    if hdf5.number(stored.attrs["stretch_m"]) != STRETCH_M:
        return None
    planes = hdf5.dataset(stored, "planes", 2)[()].astype(np.int64)
    shares = [hdf5.dataset(stored, name, 1)[()].astype(np.float64) for name in ("trace_share", "reviewed_share")]
    if len(planes) != stretches(log):
        raise ValueError(f"coverage counts {len(planes)} stretches of a log of {stretches(log)}")
    return Density(log.top_m - log.row_step_m / 2, planes, *shares)
