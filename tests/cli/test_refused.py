"""A command that is refused says so at once: before it loads torch or makes a folder, and all that is missing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geobfdt.experiments.studies import NAMES
from geobfdt.synthetic import TOOLS

REFUSED = {
    "predict no.csv -o out": "no.csv: there is no such file",
    "predict log.csv -o out --weights no.safetensors": "no.safetensors: there is no such file",
    "predict log.csv -o out": "no hole diameter and does not say what azimuths count from",
    "score no.csv neither.las": "no.csv, neither.las: there are no such files; check the names",
    "export no.csv -o out/x.las": "no.csv: there is no such file",
    "plot no.las -o out/x.png": "no.las: there is no such file",
    "qc no.las --survey way.csv": "no.las, way.csv: there are no such files",
    "report no.las --picks no.csv -o out/x.html": "no.las, no.csv: there are no such files",
    "info no.dlis": "no.dlis: there is no such file",
    "import log.csv no.las -o out/c.h5": "no.las: there is no such file",
    "train no.yaml -o out": "no.yaml: there is no such file",
    "train --data no.h5 -o out": "no.h5: there is no such file",
    "train --init no.safetensors -o out": "no.safetensors: there is no such file",
    "train --set model.layers=many -o out": "--set model.layers=many",
    "synth out.csv": "is written as .h5 .hdf5, not as .csv",
    "synth out.h5 --tool hammer": "no such tool; choose one of microresistivity_8_pads",
    "bench -o out --compare no.safetensors": "no.safetensors: there is no such file",
    "bench -o out --compare published": "published: the published recipe's weights do not come with the package",
    "bench -o out --speed --workers": "--speed and --workers: are parts of the bench that are run one by one",
    "bench -o out --engines --compare bundled": "--engines and --compare: are parts of the bench",
    "studies hammer -o out": "no such study; name one of backbone",
    "demo -o log.csv/out": "cannot be made",
}
SCRIPT = """
import contextlib, io, sys
from geobfdt.cli import main

for line in sys.stdin.read().splitlines():
    sys.argv = ["geobfdt", *line.split()]
    told = io.StringIO()
    try:
        with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
            main()
        code = 0
    except SystemExit as end:
        code = end.code
    loaded = "torch" in sys.modules
    print(repr((line, code, loaded, told.getvalue())))
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """An image that does not say how wide its hole is."""
    pixels = np.random.default_rng(0).normal(100, 20, (90, 16)).round(1)
    rows = [",".join(map(str, (k / 100, *row))) for k, row in enumerate(pixels)]
    header = ",".join(["DEPTH_m", *(f"A[{k}]" for k in range(16))])
    (tmp_path / "log.csv").write_text("\n".join([header, *rows]) + "\n")
    return tmp_path / "log.csv"


def test_no_refused_command_loads_torch_or_makes_a_folder(tmp_path: Path, log: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input="\n".join(REFUSED),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert [line for line, *_ in answers] == list(REFUSED)
    for line, code, loaded, told in answers:
        assert (code, loaded) == (2, False), (line, told)
        assert REFUSED[line] in told
        assert "Traceback" not in told
    assert [path.name for path in tmp_path.iterdir()] == ["log.csv"]


def test_weights_that_are_damaged_leave_no_folder(run, tmp_path: Path, log: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"weights")
    predict = ("predict", log, "-o", tmp_path / "out", "--weights", tmp_path / "w.safetensors")
    code, _, told = run(*predict, "--hole-diameter", 0.2, "--reference", "north")
    assert (code, "the weights are damaged" in told) == (2, True)
    assert not (tmp_path / "out").exists()


def test_an_error_is_told_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "geobfdt", "qc", tmp_path / "no.las"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"geobfdt: {tmp_path / 'no.las'}: there is no such file; check the name\n"


def test_the_words_that_need_no_torch_are_those_that_are_meant() -> None:
    from geobfdt.experiments.studies.catalogue import STUDIES
    from geobfdt.synthetic.wells import SYNTHETIC_TOOLS

    assert tuple(study.name for study in STUDIES) == NAMES
    assert tuple(SYNTHETIC_TOOLS) == TOOLS


@pytest.mark.parametrize("command", ["predict", "export", "report", "qc", "score"])
def test_the_help_shows_options_in_groups(run, command: str) -> None:
    code, printed, _ = run(command, "-h")
    assert code == 0
    assert "What is said of an image log beside its file" in printed
