"""A corpus from a stranger can do nothing but be refused: it leads nowhere else, and never keeps anybody waiting."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.formats import sound_hdf5
from geobfdt.formats.corpus import read_corpus, write_corpus
from tests.fuzzing import seeds

LOG = ImageLog(np.random.default_rng(0).normal(size=(300, 16)), 500 + 0.01 * np.arange(300), 0.2159, well="Bohrung Ä-1")
WELL = Well(
    LOG, Picks([501.0, 502.0], [10, 60], [20, 200], kind=["bedding", "fracture"], quality=["A", "ü"], well=LOG.well)
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_corpus(tmp_path / "c.h5", [WELL])
    return tmp_path / "c.h5"


def soft_link(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["image"]
    well["image"] = h5py.SoftLink("/wells/0000/depth_m")


def external_link(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["image"]
    well["image"] = h5py.ExternalLink(str(secret), "/wells/0000/image")


def link_to_a_well(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    file["wells/0001"] = h5py.ExternalLink(str(secret), "/wells/0000")


def link_to_the_picks(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["picks"]
    well["picks"] = h5py.ExternalLink(str(secret), "/wells/0000/picks")


def external_storage(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["image"]
    well.create_dataset("image", (300, 16), "f4", external=[(str(secret), 0, 300 * 16 * 4)])


def external_depths(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["depth_m"]
    well.create_dataset("depth_m", (300,), "f8", external=[(str(secret), 0, 300 * 8)])


def virtual_dataset(file: h5py.File, well: h5py.Group, secret: Path) -> None:
    del well["image"]
    layout = h5py.VirtualLayout((300, 16), "f4")
    layout[:] = h5py.VirtualSource(str(secret), "/wells/0000/image", (300, 16))
    well.create_virtual_dataset("image", layout)


ELSEWHERE = (
    soft_link,
    external_link,
    link_to_a_well,
    link_to_the_picks,
    external_storage,
    external_depths,
    virtual_dataset,
)


@pytest.mark.parametrize("lead", ELSEWHERE)
def test_what_stands_elsewhere_is_refused_before_a_byte_of_it_is_read(
    corpus: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]], lead: Callable[..., None]
) -> None:
    secret = tmp_path / "secret.h5"
    write_corpus(secret, [WELL])
    with h5py.File(corpus, "r+", libver="v110") as file:
        lead(file, file["wells/0000"], secret)
    before, seen = corpus.read_bytes(), secret.stat().st_atime_ns
    with pytest.raises(InputError, match=r"(somewhere else|another file), and a corpus holds all that is its own"):
        read_corpus(corpus)
    code, _, told = run("import", corpus, "-o", tmp_path / "copy.h5")
    assert (code, "holds all that is its own" in told) == (2, True)
    with pytest.raises(InputError):
        formats.read(corpus)
    if lead is link_to_a_well:
        with pytest.raises(InputError):
            write_corpus(corpus, [WELL], append=True)
    assert corpus.read_bytes() == before
    assert secret.stat().st_atime_ns == seen
    assert not (tmp_path / "copy.h5").exists()


def test_all_that_we_write_has_checksums(corpus: Path) -> None:
    data = corpus.read_bytes()
    assert not any(sign in data for sign in (b"GCOL", b"TREE", b"SNOD", b"HEAP"))
    (well,) = read_corpus(corpus)
    assert (well.log.well, well.picks.quality.tolist()) == ("Bohrung Ä-1", ["A", "ü"])


def test_a_corpus_of_the_first_version_reads_and_grows(tmp_path: Path) -> None:
    path = tmp_path / "old.h5"
    path.write_bytes(seeds.corpus_of_version_1())
    old = read_corpus(path)
    assert [(well.log.well, well.log.reference, len(well.picks)) for well in old] == [
        ("A-1", "high_side", 4),
        ("B-2", "high_side", 4),
    ]
    write_corpus(path, [WELL], append=True)
    assert [well.log.well for well in read_corpus(path)] == ["A-1", "B-2", "Bohrung Ä-1"]


def test_damage_that_sends_the_library_round_in_circles_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text in a heap whose length wraps round to its own beginning: HDF5 1.14 looks at it for ever."""
    monkeypatch.setattr(sound_hdf5, "_WALK_S", 1.0)
    data = bytearray(seeds.corpus_of_version_1())
    text = data.index(b"GCOL") + 16
    data[text + 8 : text + 16] = struct.pack("<Q", 2**64 - 16)
    path = tmp_path / "ring.h5"
    path.write_bytes(data)
    plain, ends = subprocess.run, []

    def walked(*command: Any, **how: Any) -> Any:
        done = plain(*command, **how)
        ends.append(done.returncode)
        return done

    monkeypatch.setattr(subprocess, "run", walked)
    with pytest.raises(InputError, match="damaged or no corpus"):
        read_corpus(path)
    (end,) = ends
    assert end < 0, "ended for the processor time that it took"


def test_hdf5_of_others_is_not_walked_through(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w", libver="earliest") as file:
        file.attrs["title"] = "of another program"
    with pytest.raises(InputError, match="is HDF5 but no corpus"):
        read_corpus(tmp_path / "other.h5")
