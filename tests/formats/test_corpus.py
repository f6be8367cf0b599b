"""A corpus gives back the wells that were put in, one at a time if asked, and says when it cannot."""

from __future__ import annotations

import errno
import os
import resource
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole import SPLITS
from geobfdt.borehole.image_log import ImageLog, StoredImage
from geobfdt.borehole.picks import COLUMNS, DEVIATIONS, Picks
from geobfdt.borehole.well import Well, well_from
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import iter_corpus, read_corpus, well_names, write_corpus
from geobfdt.formats.steady_file import SteadyFile


def log(well: str = "48/19a-C2", rows: int = 300, seed: int = 0) -> ImageLog:
    image = np.random.default_rng(seed).normal(size=(rows, 12)).astype(np.float32)
    image[3, 4] = np.nan
    depths = 1000.0 + np.cumsum(np.random.default_rng(seed + 1).uniform(0.001, 0.01, rows))
    return ImageLog(image, depths, 0.2159, "high_side", 12.5, well, "FMI_DYN")


def picks(*depths: float, well: str = "") -> Picks:
    n = len(depths)
    return Picks(np.array(depths), np.full(n, 30.0), np.full(n, 359.0), "bedding", 0.5, 0.01, 2.0, 5.0, well=well)


def planted(well: str = "48/19a-C2", split: str = "val", seed: int = 0) -> Well:
    image_log = log(well, seed=seed)
    return Well(image_log, picks(1000.5, 1001.0, well=well), ((1000.1, 1000.7), (1000.9, 1001.2)), split)  # type: ignore[arg-type]


def assert_same(one: Well, other: Well) -> None:
    np.testing.assert_array_equal(one.log.image, other.log.image)
    np.testing.assert_array_equal(one.log.depth_m, other.log.depth_m)
    for name in ("hole_diameter_m", "reference", "first_azimuth_deg", "well", "name"):
        assert getattr(one.log, name) == getattr(other.log, name)
    for column in COLUMNS:
        np.testing.assert_array_equal(getattr(one.picks, column), getattr(other.picks, column))
    assert (one.reviewed_m, one.split) == (other.reviewed_m, other.split)


def test_a_large_image_stays_in_its_corpus_and_reads_the_same(tmp_path, monkeypatch):
    path = tmp_path / "corpus.h5"
    wells = [planted("one"), planted("two", "test", seed=5)]
    write_corpus(path, wells)
    monkeypatch.setattr(StoredImage, "SMALL_BYTES", 0)
    stored = read_corpus(path)
    for well, whole in zip(stored, wells, strict=True):
        assert isinstance(well.log.image, StoredImage)
        np.testing.assert_array_equal(well.log.image[7:19], whole.log.image[7:19])
        np.testing.assert_array_equal(well.log.image[::50], whole.log.image[::50])
        assert_same(well, whole)
    path.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(InputError, match="is damaged or no corpus"):
        stored[0].log.image[:5]


def test_wells_come_back_bit_for_bit_and_in_order(tmp_path: Path) -> None:
    wells = [planted("Süd 1", "train"), planted("001", "test", seed=5), Well(log("bare"))]
    write_corpus(tmp_path / "c.h5", iter(wells))
    found = read_corpus(tmp_path / "c.h5")
    assert well_names(tmp_path / "c.h5") == ["Süd 1", "001", "bare"]
    for one, other in zip(found, wells, strict=True):
        assert_same(one, other)
    assert [path.name for path in tmp_path.iterdir()] == ["c.h5"]


def test_a_caliper_goes_with_its_well(tmp_path: Path) -> None:
    well = planted()
    caliper_m = np.linspace(0.2, 0.3, well.log.rows)
    write_corpus(tmp_path / "c.h5", [replace(well, log=replace(well.log, caliper_m=caliper_m)), planted("plain")])
    with_caliper, plain = read_corpus(tmp_path / "c.h5")
    assert with_caliper.log.caliper_m is not None
    np.testing.assert_array_equal(with_caliper.log.caliper_m, caliper_m)
    assert plain.log.caliper_m is None


def test_a_corpus_from_before_standard_deviations_knows_none(tmp_path: Path) -> None:
    write_corpus(tmp_path / "c.h5", [planted()])
    with h5py.File(tmp_path / "c.h5", "a") as file:
        for column in DEVIATIONS:
            del file[f"wells/0000/picks/{column}"]
    (old,) = read_corpus(tmp_path / "c.h5")
    unknown = dict.fromkeys(DEVIATIONS, np.nan)
    assert_same(old, replace(planted(), picks=replace(planted().picks, **unknown)))


def test_wells_are_added_and_chosen_by_name_or_split(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [planted("A", "train")])
    write_corpus(path, [planted("B", "test"), planted("C", "train")], append=True)
    assert well_names(path) == ["A", "B", "C"]
    assert [well.log.well for well in iter_corpus(path, split="train")] == ["A", "C"]
    assert [well.log.well for well in iter_corpus(path, wells=["B"])] == ["B"]
    write_corpus(path, [planted("D")])
    assert well_names(path) == ["D"]


def test_a_corpus_reads_as_logs_and_picks(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [planted("A"), planted("B")])
    assert [one.well for one in formats.read_all(path)] == ["A", "B"]
    assert formats.read(path, well="B", hole_diameter_m=0.1).hole_diameter_m == 0.1
    assert len(formats.read_picks(path)) == 4
    with pytest.raises(InputError, match="holds the wells A, B; choose one with --well"):
        formats.read(path)
    with pytest.raises(InputError, match="its wells are A, B; choose one"):
        formats.read(path, well="C")


def test_a_name_stands_for_one_well(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    with pytest.raises(InputError, match="two wells are named 'A'; rename one with --well"):
        write_corpus(path, [planted("A"), planted("A")])
    assert not path.exists()
    write_corpus(path, [planted("A")])
    with pytest.raises(InputError, match="two wells are named 'A'"):
        write_corpus(path, [planted("B"), planted("A")], append=True)
    assert well_names(path) == ["A"]


def test_a_damaged_corpus_says_so(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [planted()])
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"text", whole[:600]):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="damaged or no corpus; make it again with geobfdt import") as raised:
            read_corpus(path)
        assert str(raised.value).startswith(str(path))
        with pytest.raises(InputError, match="damaged or no corpus"):
            write_corpus(path, [planted("B")], append=True)
        assert path.read_bytes() == damaged


def test_other_hdf5_files_are_told_from_corpora(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [planted()])
    with h5py.File(path, "a") as file:
        del file["wells/0000/picks/dip_deg"]
    with pytest.raises(InputError, match="damaged"):
        read_corpus(path)
    with h5py.File(path, "a") as file:
        file.attrs["version"] = 99
    with pytest.raises(InputError, match="newer geobfdt; update"):
        read_corpus(path)
    with h5py.File(path, "w") as file:
        file["image"] = [1]
    with pytest.raises(InputError, match="HDF5 but no corpus"):
        read_corpus(path)


def test_values_that_cannot_be_are_named_with_their_file(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [planted()])
    with h5py.File(path, "a") as file:
        file["wells/0000/depth_m"][5] = 0.0
    with pytest.raises(InputError, match=r"c\.h5: depths must increase"):
        read_corpus(path)


@pytest.mark.parametrize("limit_bytes", [100, 5000, 100_000, 300_000])
@pytest.mark.parametrize("append", [False, True])
def test_a_disk_without_room_leaves_the_old_corpus_and_nothing_else(
    tmp_path: Path, limit_bytes: int, append: bool
) -> None:
    path = tmp_path / "c.h5"
    write_corpus(path, [Well(log("old", rows=8))])
    old = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # What the system does at this limit is what it does on a full disk, except for the number of the error.
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        with pytest.raises(InputError, match=r"c\.h5: cannot be written \(file too large\)"):
            write_corpus(path, (Well(log(name, rows=8000)) for name in "AB"), append=append)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_called_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(SteadyFile, "_write_all", fail)
    with pytest.raises(InputError, match="the disk is full; free some space"):
        write_corpus(tmp_path / "c.h5", [planted()])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist; make it or choose another"):
        write_corpus(tmp_path / "nowhere" / "c.h5", [planted()])


def test_picks_take_the_name_of_the_log_they_were_made_on() -> None:
    with pytest.warns(InputWarning, match="named B, taken as the same"):
        well = well_from(log("A"), picks(1000.5, well="B"))
    assert well.picks.well.tolist() == ["A"]
    assert (well.split, well.reviewed_m) == ("train", ())
    assert well.reviewed_or_all_m == ((well.log.top_m, well.log.base_m),)


def test_of_the_picks_of_several_wells_only_the_logs_own_are_taken() -> None:
    several = Picks.concatenate([picks(1000.5, well="A"), picks(1000.6, 1000.7, well="B")])
    assert well_from(log("B"), several, [(1000.1, 1001)], "test").picks.depth_m.tolist() == [1000.6, 1000.7]
    with pytest.raises(InputError, match=r"of the interpreter: are of A, B, .* give its name as --well NAME"):
        well_from(log("C"), several)


def test_picks_outside_the_image_are_dropped_and_all_of_them_are_a_mistake() -> None:
    with pytest.warns(InputWarning, match="2 of 3 lie outside the image"):
        well = well_from(log(), picks(3280.0, 1000.5, 10.0))
    assert well.picks.depth_m.tolist() == [1000.5]
    with pytest.raises(InputError, match=r"lie at 3280\.00 to 3281\.00 m, and the log at .*; check"):
        well_from(log(), picks(3280.0, 3281.0))
    assert len(well_from(log()).picks) == 0


@pytest.mark.parametrize(
    ("reviewed", "split", "message"),
    [
        ([(1001.0, 1000.5)], "train", "must be TOP:BASE, top first"),
        ([(3280.0, 3281.0)], "train", "lies outside the image"),
        ([], "holdout", f"split must be one of {', '.join(SPLITS)}"),
    ],
)
def test_intervals_and_splits_are_checked(reviewed: list[tuple[float, float]], split: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        well_from(log(), None, reviewed, split)  # type: ignore[arg-type]
