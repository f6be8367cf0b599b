"""The example in C++: built as its page says, it gives the picks that geobfdt gives with the same engine."""

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import geobfdt
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus
from geobfdt.prediction.detect import detect
from geobfdt.prediction.engine import engine_of
from geobfdt.synthetic.wells import synthetic_well
from tests.documents import ROOT

CPP = ROOT / "docs" / "cpp"
WEIGHTS = ROOT / "geobfdt" / "model" / "weights" / "bundled.onnx"
HEADERS = [
    Path(folder)
    for folder in (
        os.environ.get("ONNXRUNTIME_INCLUDE", ""),
        "/usr/local/include/onnxruntime",
        "/usr/include/onnxruntime",
    )
]


def missing(what: str) -> None:
    """Skip the tests for want of something, but not in CI, which installs it."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{what}; docs/howto/cpp.md says where it comes from")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, built against the headers of the system and the library of the Python package."""
    onnxruntime = pytest.importorskip("onnxruntime")
    libraries = sorted(Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so*"))
    if not libraries:
        pytest.skip("the Python package of onnxruntime has no libonnxruntime.so on this system")
    headers = [folder for folder in HEADERS if (folder / "onnxruntime_cxx_api.h").is_file()]
    if not headers:
        missing("the headers of onnxruntime are missing")
    if not shutil.which("cmake") or not shutil.which("c++"):
        missing("cmake or a C++ compiler is missing")
    folder = tmp_path_factory.mktemp("cpp")
    where = [f"-DONNXRUNTIME_INCLUDE={headers[0]}", f"-DONNXRUNTIME_LIB={libraries[0]}"]
    strict = "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"
    for command in (["cmake", "-S", CPP, "-B", folder, *where, strict], ["cmake", "--build", folder]):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "pick"


def on_grid(log: ImageLog, folder: Path) -> Path:
    write_corpus(folder / "well.h5", [Well(log)])
    command = [sys.executable, CPP / "on_grid.py", folder / "well.h5", folder / "well.grid"]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    return folder / "well.grid"


def with_a_gap(log: ImageLog, gap_m: float) -> ImageLog:
    """The log with its lower half further down, as if the tool had been off in between."""
    below = np.arange(log.rows) >= log.rows // 2
    return replace(log, depth_m=log.depth_m + gap_m * below)


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["microresistivity_8_pads", "lwd_56_sectors"])
def test_it_picks_what_geobfdt_picks(program: Path, tmp_path: Path, tool: str) -> None:
    """With more columns than a window and with fewer, missing pixels and rows, seams turned and beds seen together."""
    log = with_a_gap(replace(synthetic_well("A", 5.0, 9, tool=tool).log, first_azimuth_deg=37.0), 3.0)
    command = [program, WEIGHTS, on_grid(log, tmp_path)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    theirs = pd.read_csv(io.StringIO(printed))
    ours: Picks = detect(geobfdt.read(tmp_path / "well.h5"), engine_of(engine="onnx")).picks
    assert len(ours) > 15
    assert ours.depth_m.max() - ours.depth_m.min() > 7
    assert theirs.kind.tolist() == list(ours.kind)
    np.testing.assert_allclose(theirs.depth_m, ours.depth_m, rtol=0, atol=1e-4)
    np.testing.assert_allclose(theirs.dip_deg, ours.dip_deg, rtol=0, atol=0.01)
    apart_deg = (theirs.azimuth_deg - ours.azimuth_deg + 180) % 360 - 180
    np.testing.assert_allclose(apart_deg * np.sin(np.radians(ours.dip_deg)), 0, atol=0.01)
    np.testing.assert_allclose(theirs.confidence, ours.confidence, rtol=0, atol=1e-3)


@pytest.mark.slow
def test_what_it_cannot_take_is_said_in_a_sentence(program: Path, tmp_path: Path) -> None:
    (tmp_path / "half.grid").write_bytes(b"400 2 0 0.1 0 0 1.4\n" + bytes(2 * 4 * 400))
    for arguments, said in (
        ([WEIGHTS, "half.grid"], "half.grid: the file is shorter than it says; write it again"),
        ([WEIGHTS, "none.grid"], "none.grid: no log that on_grid.py wrote"),
        (["none.onnx", "well.grid"], "none.onnx"),
        ([WEIGHTS], "usage: pick MODEL.onnx LOG.grid"),
    ):
        done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr


def test_a_log_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    command = [sys.executable, CPP / "on_grid.py", "none.csv", "none.grid"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        ["on_grid.py: none.csv: there is no such file; check the name"],
    )
    assert not any(tmp_path.iterdir())
