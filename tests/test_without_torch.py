"""Where torch is not installed, or not wanted: logs are picked and looked at all the same; what cannot be says so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import geobfdt
from geobfdt.formats.corpus import write_corpus
from geobfdt.synthetic.wells import synthetic_well

LOOKED_AT = (
    "report well.h5 --picks picks/well.picks.csv -o well.html",
    "qc well.h5",
    "score picks/well.picks.csv well.h5",
    "plot well.h5 --picks picks/well.picks.csv -o well.png",
    "export picks/well.picks.csv -o well.las",
    "synth --help",
    "--help",
)
"""What is done with picks."""
ONE_BY_ONE = """
import contextlib, io, json, sys
from geobfdt.cli import main
ends = {}
for command in sys.argv[1:]:
    sys.argv, told = ["geobfdt", *command.split()], io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(told):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
    ends[command] = (code, told.getvalue())
print(json.dumps(ends))
"""
"""Commands after each other in a process that loads once what all of them need."""

LEFT_OUT = ("torch", "torchvision", "kornia", "wandb")
HIDING = f"""
from importlib.machinery import PathFinder
found = PathFinder.find_spec
def find_spec(name, path=None, target=None):
    return None if name.partition(".")[0] in {LEFT_OUT} else found(name, path, target)
PathFinder.find_spec = find_spec
"""
"""Python runs a sitecustomize.py before anything else: there, packages can be made to look as if nobody had installed
them."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a well, its picks, and what hides torch."""
    folder = tmp_path_factory.mktemp("without_torch")
    (folder / "hiding").mkdir()
    (folder / "hiding" / "sitecustomize.py").write_text(HIDING)
    write_corpus(folder / "well.h5", [synthetic_well("well", 3.0, 3)])
    code, _, told = run_without(folder, "predict", "well.h5", "-o", "picks")
    assert code == 0, told
    return folder


def run_without(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command where none of :data:`LEFT_OUT` is installed."""
    return python_without(folder, "-m", "geobfdt", *arguments)


def python_without(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a Python that finds none of :data:`LEFT_OUT`."""
    path = os.pathsep.join([str(folder / "hiding"), str(Path(__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_well_is_picked_as_well_as_with_torch(room: Path) -> None:
    (well,) = geobfdt.read_corpus(room / "well.h5")
    picks = geobfdt.read_picks(room / "picks" / "well.picks.csv")
    assert (
        geobfdt.score(well.picks, picks, hole_diameter_m=well.log.hole_diameter_m).get("all", "joint", 0.08).counts.f1
        > 0.8
    )


@pytest.fixture(scope="module")
def looked_at(room: Path) -> dict[str, tuple[int, str]]:
    """Exit code and all that was said by :data:`LOOKED_AT`."""
    code, printed, told = python_without(room, "-c", ONE_BY_ONE, *LOOKED_AT)
    assert code == 0, told
    return dict(json.loads(printed.splitlines()[-1]))


@pytest.mark.parametrize("command", LOOKED_AT)
def test_picks_are_looked_at_scored_and_exported(looked_at: dict[str, tuple[int, str]], command: str) -> None:
    code, told = looked_at[command]
    assert code == 0, told


def test_info_says_which_engine_answers_and_why(room: Path) -> None:
    code, told, _ = run_without(room, "info", "--json")
    facts = json.loads(told)
    assert code == 0
    assert facts["engine"] == "onnx, since torch is not installed"
    assert "M parameters" in facts["bundled weights"]


@pytest.mark.parametrize(
    "command", ["train --data well.h5 -o run", "synth more.h5 --wells 1 --length 5", "export-model -o more.onnx"]
)
def test_what_needs_torch_says_in_a_sentence_what_to_install(room: Path, command: str) -> None:
    code, _, told = run_without(room, *command.split())
    assert code == 2
    assert told == "geobfdt: this command needs torch, which is not installed; run pip install geobfdt\n"


def test_weights_without_an_onnx_file_are_refused_in_a_sentence(room: Path) -> None:
    (room / "own.safetensors").write_bytes(b"whatever torch would read")
    code, _, told = run_without(room, "predict", "well.h5", "-o", "own", "--weights", "own.safetensors")
    assert code == 2
    assert told.startswith("geobfdt: own.safetensors: needs torch, which is not installed; run pip install torch, or")
    assert len(told.splitlines()) == 1


def test_predict_by_onnxruntime_loads_nothing_that_takes_long(room: Path) -> None:
    code = (
        "import sys; from geobfdt.cli import main\n"
        "sys.argv = ['geobfdt', 'predict', 'well.h5', '-o', 'light', '--engine', 'onnx']\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print(*{'torch', 'torchvision', 'wandb', 'kornia', 'matplotlib', 'pandas', 'scipy'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=room, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""
    assert (room / "light" / "well.picks.csv").is_file()
