"""What results are called hangs on the plan alone, and no two logs are called the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.well import Well
from geobfdt.cli.files import _deciding
from geobfdt.cli.options import LogOptions
from geobfdt.cli.plan import files_of
from geobfdt.cli.wells import logs_of
from geobfdt.errors import InputError
from geobfdt.formats.corpus import write_corpus

DIPS = "depth_m,dip_deg,azimuth_deg\n1000.5,20,100\n"


def corpus(path: Path, *wells: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    image = np.random.default_rng(0).normal(100, 20, (20, 16))
    write_corpus(path, [Well(ImageLog(image, np.arange(20) / 100, 0.2159, well=well)) for well in wells])
    return path


def stems(folder: Path) -> dict[str, str]:
    return {file.path.name: file.stem for file in files_of([folder], None)}


def test_a_log_is_called_by_its_file_and_the_second_of_that_name_has_a_number(tmp_path: Path) -> None:
    for name in ("a.npy", "a.png", "A.tif", "a_2.npy", "b.csv"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a.npy").write_bytes(b"")
    assert {str(file.below / file.path.name): file.stem for file in files_of([tmp_path], None)} == {
        "A.tif": "A", "a.npy": "a_2", "a.png": "a_3", "a_2.npy": "a_2_2", "b.csv": "b", "below/a.npy": "a",
    }  # fmt: skip


def test_a_table_of_dips_takes_no_name_from_the_log_that_it_lies_beside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(DIPS)
    (tmp_path / "a.npy").write_bytes(b"")
    (tmp_path / "b.csv").write_text("DEPTH_m," + ",".join(f"AMP[{k}]" for k in range(16)) + "\n" + "1," * 16 + "1\n")
    (tmp_path / "b.npy").write_bytes(b"")
    assert stems(tmp_path) == {"a.csv": "a_2", "a.npy": "a", "b.csv": "b", "b.npy": "b_2"}


def test_the_logs_of_a_corpus_have_the_names_of_their_wells_behind_its_own(tmp_path: Path) -> None:
    corpus(tmp_path / "c.h5", "x", "y", "X")
    corpus(tmp_path / "one.h5", "x")
    (tmp_path / "c_x.npy").write_bytes(b"")
    found = {file.path.name: file for file in files_of([tmp_path], None)}
    assert [stem for stem, _ in logs_of(found["c.h5"], LogOptions())] == ["c_x_2", "c_y", "c_X_3"]
    assert [stem for stem, _ in logs_of(found["one.h5"], LogOptions())] == ["one"]
    assert found["c_x.npy"].stem == "c_x"


def test_wells_of_two_corpora_that_might_be_called_the_same_are_refused(tmp_path: Path) -> None:
    corpus(tmp_path / "c.h5", "x", "n_1")
    corpus(tmp_path / "c_n.h5", "1", "2")
    found = {file.path.name: file for file in files_of([tmp_path], None)}
    with pytest.raises(InputError, match=r"c\.h5: the results of its well n_1 could not be told"):
        logs_of(found["c.h5"], LogOptions())
    assert [stem for stem, _ in logs_of(found["c_n.h5"], LogOptions())] == ["c_n_1", "c_n_2"]


def test_names_do_not_hang_on_who_is_asked_first(tmp_path: Path) -> None:
    corpus(tmp_path / "c.h5", "x", "y")
    corpus(tmp_path / "below" / "c.h5", "x", "y")
    files = files_of([tmp_path], None)
    one_way = [logs_of(file, LogOptions()) for file in files]
    other_way = [logs_of(file, LogOptions()) for file in reversed(files)][::-1]
    assert [[stem for stem, _ in logs] for logs in one_way] == [[stem for stem, _ in logs] for logs in other_way]


@pytest.mark.parametrize(
    "options", [["--workers", "2"], ["--workers=2"], ["--cluster", "local", "--per-card=3"], ["--cluster=auto"], []]
)
def test_results_say_the_command_without_who_worked(options: list[str]) -> None:
    assert _deciding(["predict", *options, "wells", "-o", "out"]) == ["predict", "wells", "-o", "out"]
