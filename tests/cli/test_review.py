"""The command of the review page: what it refuses, what it prints, and how it ends."""

from __future__ import annotations

import json
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus
from tests.forked import PATIENCE_S
from tests.reviewing.serving import serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = ImageLog(np.random.default_rng(0).normal(size=(400, 36)), 500 + 0.005 * np.arange(400), 0.2159, well="A")
    picks = Picks([500.5, 501.2], [10, 60], [20, 200], kind=["bedding", "fracture"], well="A")
    write_corpus(tmp_path / "a.h5", [Well(log, picks)])
    formats.write(picks, tmp_path / "p.csv")
    formats.write(Picks([900.5], [10], [20], well="A"), tmp_path / "deep.csv")
    formats.write(Picks([500.5], [10], [20], well="B"), tmp_path / "b.csv")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_listens_before_it_says_so_and_ends_cleanly(folder: Path, number: int) -> None:
    with serving(folder, "a.h5", "--picks", "p.csv", "--picks", "truth=a.h5", "-o", "r") as server:
        state = server.json("/api/state")
        assert (state["log"]["well"], len(state["rows"]), state["out"]) == ("A", 2, "r")
        assert [one["name"] for one in state["layers"]] == ["truth"]
        assert state["can"] == {"snap": True, "teach": True, "report": True}
        server.post("/api/edit", {"do": "set", "ids": [1], "values": {"status": "accepted"}})
        answer = server.post("/api/save", {"which": "accepted"})
        with pytest.raises(AssertionError, match="nothing to redo"):
            server.post("/api/edit", {"do": "redo"})
        with serving(folder, "a.h5", "--picks", "p.csv", "-o", "other") as second:
            assert second.json("/api/state")["edits"] == 0
        server.process.send_signal(number)
        assert server.process.wait(timeout=PATIENCE_S) == 0
        assert server.output.read_text().count("\n") == 1
    assert len(formats.read_picks(folder / answer["files"][0])) == 1
    metadata = json.loads((folder / "r.picks.csv-metadata.json").read_text())["notes"][0]
    assert metadata["command"].startswith("geobfdt review a.h5 --picks p.csv")
    assert (metadata["image_file"], metadata["reviewed_picks"]) == ("a.h5", "p.csv")
    with serving(folder, "a.h5", "--picks", "p.csv", "-o", "r", "--json", "--weights-to", "taught") as server:
        told = json.loads(server.output.read_text())
        assert (told["well"], told["edits"], told["notes"]) == ("A", 1, [])
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(told["address"][:-3], timeout=PATIENCE_S)
    assert "well: A\nreviewed" not in (folder / "r.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--picks", "deep.csv"), "picks deep: lie at 900.50 to 900.50 m, and the log at 500.00 to 50"),
        (("--picks", "b.csv"), "picks b: are of B, 500.50 to 500.50 m, and the log is of A, 500.00 to 50"),
        (("--picks", "none.csv"), "there is no file none.csv"),
        (("--picks", "p.csv", "--picks", "p.csv"), "two sets would have the name p"),
        (("--picks", "review=p.csv"), "two sets would have the name review"),
        (("--curves", "a.h5"), "a.h5: holds no curves"),
    ],
)
def test_what_cannot_be_reviewed_is_one_sentence(
    run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], why: str
) -> None:
    monkeypatch.chdir(folder)
    code, _, told = run("review", "a.h5", *arguments, "-o", "r", "--no-open")
    assert code == 2
    assert why in told
    assert "Traceback" not in told


def test_results_are_not_written_over_what_is_read(run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "p.csv").rename("r.picks.csv")
    code, _, told = run("review", "a.h5", "--picks", "r.picks.csv", "-o", "r", "--no-open")
    assert code == 2
    assert "r.picks.csv: is read by this command; give its results another name" in told


def test_without_the_extra_it_says_what_to_install(run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    for missing in ("starlette", "uvicorn"):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, missing, None)
            code, _, told = run("review", "a.h5", "-o", "r", "--no-open")
        assert code == 2
        assert "pip install 'geobfdt[review]'" in told
        assert not (folder / "r.review.jsonl").exists()


def test_the_settings_of_a_review_are_taken_by_other_commands(
    run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "r.yaml").write_text("well: A\nreviewed:\n- 500.2000:501.0000\n")
    code, _, told = run("import", "a.h5", "--picks", "p.csv", "--settings", "r.yaml", "-o", "c.h5")
    assert code == 0, told
    from geobfdt.formats.corpus import read_corpus

    assert read_corpus(folder / "c.h5")[0].reviewed_m == ((500.2, 501.0),)
    assert run("predict", "a.h5", "--settings", "r.yaml", "-o", "out")[0] == 0  # whose option of that name is another


def test_starting_it_loads_no_torch(folder: Path) -> None:
    import subprocess

    code = (
        "import sys, geobfdt.cli.review, geobfdt.reviewing.opening, geobfdt.reviewing.server\n"
        "assert not {'torch', 'matplotlib.pyplot'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
