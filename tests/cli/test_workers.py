"""Whoever picks a folder of wells, and whatever ends them: the results are those of one process, to the last byte."""

from __future__ import annotations

import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geobfdt.borehole.well import Well
from geobfdt.experiments.wells.well import bench_well
from geobfdt.formats.corpus import write_corpus
from tests.forked import session_gone

ROOT = Path(__file__).parents[2]
BROKEN, DEADLY = "w03", "w07"
ENDS_ITS_READER = f"""
import os, signal, sys

def opened(event, arguments):
    if event == "open" and str(arguments[0]).endswith("{DEADLY}.h5"):
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(opened)
"""
"""What Python runs at its start: a process that opens this file is no more."""
CREWS = {
    "processes": ("--workers", "2"),
    "ray": pytest.param(
        ("--cluster", "local"),
        marks=pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed"),
    ),
}


def environment(folder: Path) -> dict[str, str]:
    """One in which one of the wells is deadly."""
    (folder / "site").mkdir(exist_ok=True)
    (folder / "site" / "sitecustomize.py").write_text(ENDS_ITS_READER)
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(folder / "site")]), "OMP_NUM_THREADS": "1"}


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "geobfdt", "predict", "wells", "-o", "out", *options]


def predict(folder: Path, *options: str, deadly: bool = False) -> tuple[int, pd.DataFrame]:
    """The exit code, and what became of each file."""
    around = environment(folder) if deadly else os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command(*options), cwd=folder, env=around, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, pd.read_csv(folder / "out" / "predict.csv", index_col="file").fillna("")


def results(folder: Path, *without: str) -> dict[str, bytes]:
    """All that lies in OUT but the list, hidden files as well."""
    files = [path for path in (folder / "out").iterdir() if path.name != "predict.csv"]
    return {path.name: path.read_bytes() for path in files if path.name.split(".")[0] not in without}


def made_with(folder: Path, *names: str) -> Path:
    (folder / "wells").mkdir(parents=True)
    for name in names:
        log = bench_well("microresistivity_8_pads", "mixed", 2.0, int(name[1:])).log
        write_corpus(folder / "wells" / f"{name}.h5", [Well(replace(log, well=name))])
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve wells of which one is broken, picked by one process."""
    folder = made_with(tmp_path_factory.mktemp("plain"), *(f"w{number:02}" for number in range(12)))
    broken = folder / "wells" / f"{BROKEN}.h5"
    broken.write_bytes(broken.read_bytes()[:4000])
    code, table = predict(folder)
    assert (code, (table["status"] == "picked").sum()) == (1, 11)
    return folder


@pytest.fixture
def again(plain: Path, tmp_path: Path) -> Iterator[Path]:
    """The same wells elsewhere, to be picked by others."""
    shutil.copytree(plain / "wells", tmp_path / "wells")
    yield tmp_path
    assert not [path for path in tmp_path.rglob("out/.*")]


REFUSED = {
    "--cluster local": "pip install 'geobfdt[ray]'",
    "--per-card 2": "--per-card: is of the cards of a cluster",
    "--workers 0": "equal to 1",
}


@pytest.mark.parametrize("options", REFUSED)
def test_a_crew_that_cannot_be_is_refused_in_a_sentence(run, tmp_path: Path, monkeypatch, options: str) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)  # as where it is not installed
    (tmp_path / "a.csv").write_text("")
    code, _, told = run("predict", tmp_path / "a.csv", "-o", tmp_path / "out", *options.split())
    assert code == 2
    assert REFUSED[options] in told
    assert "Traceback" not in told
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("crew", CREWS.values(), ids=CREWS)
def test_a_well_that_ends_its_workers_costs_itself_alone(plain: Path, again: Path, crew: tuple[str, ...]) -> None:
    code, table = predict(again, *crew, deadly=True)
    assert code == 1
    assert list(table.index) == [f"wells/w{number:02}.h5" for number in range(12)]
    failed = table[table["status"] != "picked"]
    assert list(failed.index) == [f"wells/{BROKEN}.h5", f"wells/{DEADLY}.h5"]
    assert "is damaged" in failed["message"].iloc[0]
    assert "ended the process of its worker twice" in failed["message"].iloc[1]
    assert results(again) == results(plain, DEADLY)
    if "--workers" in crew:
        code, table = predict(again, *crew, deadly=True)
        assert (code, table["status"].value_counts().to_dict()) == (1, {"kept": 10, "failed": 2})
        assert results(again) == results(plain, DEADLY)


@pytest.mark.slow
def test_a_command_that_is_killed_leaves_nobody_at_work_and_nothing_half_done(plain: Path, again: Path) -> None:
    chance = random.Random(3)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    for _ in range(2):
        driver = subprocess.Popen(command("--workers", "2"), cwd=again, start_new_session=True, **quiet)
        try:
            driver.wait(chance.uniform(2, 12))
        except subprocess.TimeoutExpired:
            driver.send_signal(signal.SIGKILL)
            driver.wait()
        # Who works on would hold what it writes locked, and the next would leave it there.
        assert session_gone(driver.pid)
    code, _ = predict(again, "--workers", "2")
    assert code == 1
    assert results(again) == results(plain)


@pytest.mark.slow
def test_a_long_log_is_picked_in_pieces_as_it_is_in_one(tmp_path: Path) -> None:
    from geobfdt.cli.crew import Apart
    from geobfdt.cli.picking import Picked, Picking
    from geobfdt.cli.plan import files_of
    from geobfdt.experiments.bench.speed import long_log
    from geobfdt.workers.processes import Processes
    from geobfdt.workers.sharing import InTurn, Split, shared_out

    made_with(tmp_path, "w01")
    log = replace(long_log(50.0), well="long")  # of some 70 windows
    short = replace(log, well="short").slice(log.top_m, log.top_m + 2)
    write_corpus(tmp_path / "wells" / "long.h5", [Well(log), Well(short)])
    files = files_of([tmp_path / "wells"], None)

    def picked(out: str, pieces: bool) -> tuple[list[Picked], list[int]]:
        work = Picking(tmp_path / out, device="cpu", splits=(64, 32) if pieces else None)
        crew = Processes(Apart(work, sys.argv, str(tmp_path), frozenset()), 2) if pieces else InTurn(work)
        tasks: list[int] = []
        ended = list(shared_out(crew, files, lambda done, total: tasks.append(total)))
        return [one.answer for one in sorted(ended, key=lambda one: one.number)], tasks

    whole, _ = picked("whole/out", pieces=False)
    pieces, tasks = picked("pieces/out", pieces=True)
    assert not any(isinstance(one, Split) for one in pieces)
    assert [one.count for one in pieces] == [one.count for one in whole]
    assert tasks[-1] == 2 + 3 + 1, "two files, three pieces, and what puts them together"
    assert results(tmp_path / "pieces") == results(tmp_path / "whole")
