"""Picks are written so that they come back to every digit, whole or not at all."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import lasio
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt import formats
from geobfdt.borehole.geometry import height_m
from geobfdt.borehole.picks import DEVIATIONS, KINDS, UNKNOWN, Picks
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.formats.las_writer import write_curve
from tests.formats.test_picks import PLANTED, assert_same


@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_picks_survive_a_round_trip_to_every_printed_digit(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picks{suffix}"
    formats.write(PLANTED, path)
    order = np.argsort(PLANTED.depth_m) if suffix == ".las" else slice(None)
    assert_same(formats.read_picks(path), PLANTED[order])


numbers = st.integers(0, 10**6).map(lambda n: n / 10**6)
maybe = numbers | st.just(np.nan)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(*[numbers] * 6, *[maybe] * 3, st.sampled_from([*KINDS, UNKNOWN])),
        max_size=6,
        unique_by=lambda row: row[0],
    ),
    st.sampled_from([".csv", ".las", ".json"]),
    st.sampled_from(["", "A-1", "007", "Bohrung Süd 3", "48/19a-C2", "1e5", "-12"]),
)
def test_any_picks_survive_a_round_trip(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, ...]], suffix: str, well: str
) -> None:
    columns = np.array([row[:9] for row in rows], float).reshape(-1, 9).T
    picks = Picks(
        depth_m=columns[0] * 9000,
        dip_deg=columns[1] * 89.99,
        azimuth_deg=columns[2] * 359.99,
        confidence=columns[3],
        depth_sd_m=columns[6],
        dip_sd_deg=columns[7] * 180,
        azimuth_sd_deg=columns[8] * 720,
        true_dip_deg=columns[4] * 90,
        true_azimuth_deg=columns[5] * 359.99,
        kind=np.array([row[9] for row in rows], dtype=np.str_),
        well=well,
    ).sorted()
    path = tmp_path_factory.mktemp("any") / f"picks{suffix}"
    formats.write(picks, path)
    assert_same(formats.read_picks(path), picks, atol=0.6e-4)


@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_no_picks_are_a_valid_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"none{suffix}"
    formats.write(Picks(), path, well="A")
    assert len(formats.read_picks(path)) == 0


def test_angles_that_round_up_to_their_limits_stay_inside_them(tmp_path: Path) -> None:
    edge = Picks(np.array([1.0]), np.array([89.99999]), np.array([359.99999]), well="A")
    for suffix in (".csv", ".las", ".json"):
        formats.write(edge, tmp_path / f"edge{suffix}")
        found = formats.read_picks(tmp_path / f"edge{suffix}")
        assert (found.dip_deg[0], found.azimuth_deg[0]) == (89.9999, 0.0)


def test_picks_csv_has_its_columns_in_order_and_empty_cells_for_what_is_unknown(tmp_path: Path) -> None:
    formats.write(PLANTED, tmp_path / "picks.csv")
    lines = (tmp_path / "picks.csv").read_text().splitlines()
    assert lines[0] == (
        "depth_m,dip_deg,azimuth_deg,kind,confidence,depth_sd_m,dip_sd_deg,azimuth_sd_deg,"
        "true_dip_deg,true_azimuth_deg,hole_deviation_deg,hole_azimuth_deg,quality,well"
    )
    assert (
        lines[1]
        == "1012.3456,0.0000,0.0000,bedding,0.9876,0.0123,1.5000,400.0000,12.5000,300.2500,88.7000,131.8563,A,001"
    )
    assert lines[2] == "1000.0001,45.1234,359.9999,fracture,,,,,,,,,,001"


def test_the_las_is_one_that_another_program_can_use(tmp_path: Path) -> None:
    path = tmp_path / "picks.las"
    parameters = {"model": "C:\\weights: final", "threshold": "0.5", "note": ""}
    formats.write(PLANTED, path, parameters=parameters, hole_diameter_m=0.2, well="Süd: 1")
    las = lasio.read(io.StringIO(path.read_text(encoding="utf-8")))
    assert [(curve.mnemonic, curve.unit) for curve in las.curves] == [
        ("DEPT", "M"), ("DIP_TRU", "DEG"), ("AZIMUTH", "DEG"), ("DIP_APP", "DEG"), ("AZI_APP", "DEG"),
        ("TYPE", ""), ("QUALITY", ""), ("DEPT_SD", "M"), ("DIP_SD", "DEG"), ("AZI_SD", "DEG"),
        ("HEIGHT", "M"), ("RADIUS", "M"), ("HAZI", "DEG"), ("HDEV", "DEG"), ("GRADE", ""),
    ]  # fmt: skip
    assert (las.well.STRT.value, las.well.STOP.value, las.well.STEP.value) == (1000.0001, 1012.3456, 0)
    assert (las.well.NULL.value, las.well.WELL.value) == (-999.25, "Süd- 1")
    assert las["DEPT"].tolist() == [1000.0001, 1000.0002, 1012.3456]
    assert las["TYPE"].tolist() == [1, 0, 2]
    said = {item.mnemonic: str(item.value) for item in las.params}
    assert len(said.pop("DIGEST")) == 64
    assert said == {
        "TYPE_0": "unknown", "TYPE_1": "fracture", "TYPE_2": "bedding", "GRADE_1": "4", "GRADE_2": "A",
        "MODEL": "C-\\weights- final", "THRESHOLD": "0.5", "NOTE": "",
    }  # fmt: skip
    np.testing.assert_array_equal(las["DEPT_SD"], [np.nan, 0.0, 0.0123])
    np.testing.assert_array_equal(las["AZI_SD"], [np.nan, 0.0001, 400.0])
    assert las["HEIGHT"][0] == pytest.approx(float(height_m(45.1234, 0.2)), abs=1e-4)
    assert las["RADIUS"][0] == 0.1


def test_the_techlog_profile_has_its_columns_and_comes_back(tmp_path: Path) -> None:
    formats.write(PLANTED, tmp_path / "picks.las", profile="techlog", well="Süd-1 A")
    las = lasio.read(io.StringIO((tmp_path / "picks.las").read_text(encoding="utf-8")), mnemonic_case="preserve")
    names = ["DEPT", "Dip_TRU", "Azimuth", "Type", "Quality", "HAzi", "HDev", "DIP_APP", "AZI_APP", "GRADE"]
    assert [curve.mnemonic for curve in las.curves] == names
    assert [str(cell).strip('"') for cell in las["Type"]] == ["Fracture", "Unknown", "Bedding"]
    deviations = dict.fromkeys(DEVIATIONS, np.nan)
    assert_same(formats.read_picks(tmp_path / "picks.las"), replace(PLANTED[[1, 2, 0]], **deviations, well="Süd-1 A"))
    formats.write(Picks(), tmp_path / "none.las", profile="techlog", well="A")
    assert len(formats.read_picks(tmp_path / "none.las")) == 0


def test_a_las_holds_one_well(tmp_path: Path) -> None:
    two = Picks.concatenate([PLANTED, Picks(np.array([1.0]), np.array([1.0]), np.array([1.0]), well="B")])
    with pytest.raises(InputError, match=r"hold 001, B; write \.csv"):
        formats.write(two, tmp_path / "picks.las")
    formats.write(two, tmp_path / "picks.csv")
    assert set(formats.read_picks(tmp_path / "picks.csv").well) == {"001", "B"}


@pytest.mark.parametrize(
    ("depths", "step"),
    [(100 + 0.00762 * np.arange(50), 0.00762), (np.array([1.0, 2.0, 4.0]), 0.0), (np.array([1.0]), 0.0)],
)
def test_a_curve_reads_back_with_an_honest_step(tmp_path: Path, depths: np.ndarray, step: float) -> None:
    values = np.linspace(0.1, 0.9, len(depths))
    values[0] = np.nan
    write_curve(tmp_path / "score.las", depths, values, "SCORE", "", "Pick score: 0 to 1", well="001")
    las = lasio.read(tmp_path / "score.las")
    np.testing.assert_allclose(las["DEPT"], depths, atol=0.51e-4)
    np.testing.assert_allclose(las["SCORE"], values, atol=0.51e-4)
    assert las.well.STEP.value == step


def test_long_curves_are_written_as_lasio_writes_them(tmp_path):
    """All but the first row is written past it, since it takes its time."""
    depth_m = np.array([0.5, 1.5, 99999.12345, 123456.5])
    values = np.array([np.nan, -0.00004, 1234567.25, np.nan])
    write_curve(tmp_path / "ours.las", depth_m, values, "SCORE")
    las = lasio.LASFile()
    las.append_curve("DEPT", depth_m)
    las.append_curve("SCORE", values)
    las.well["NULL"].value = -999.25
    las.write(str(tmp_path / "theirs.las"), fmt="%.4f", STRT="0.5", STOP="1", STEP="0")
    ours, theirs = ((tmp_path / f"{name}.las").read_text().partition("~ASCII")[2] for name in ("ours", "theirs"))
    assert ours == theirs


def _full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("suffix", [".csv", ".las", ".json"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    path = tmp_path / f"picks{suffix}"
    path.write_bytes(b"the old one")
    monkeypatch.setattr(Path, "write_text", _full_disk)
    with pytest.raises(InputError, match="the disk is full; free some space"):
        formats.write(PLANTED, path)
    assert path.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [lambda p: formats.write(PLANTED, p), lambda p: write_curve(p, [1, 2], [1, 2], "S")])
def test_places_that_cannot_be_written(tmp_path: Path, write: Callable[[Path], None]) -> None:
    with pytest.raises(InputError, match=r"the folder .*nowhere does not exist"):
        write(tmp_path / "nowhere" / "picks.las")
    (tmp_path / "folder.las").mkdir()
    with pytest.raises(InputError, match="is a folder; give the name of a file"):
        write(tmp_path / "folder.las")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"the folder .*file does not exist"):
        write(tmp_path / "file" / "picks.las")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.las"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(InputError, match=r"cannot be written \(permission denied\); choose a folder"):
        formats.write(PLANTED, tmp_path / "picks.las")


def test_an_interruption_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), replacing(tmp_path / "out.bin") as temporary:  # noqa: PT012
        temporary.write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
