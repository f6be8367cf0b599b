"""No packet leaves the machine unless it is asked for: system calls of whole commands are traced."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import write_corpus

CALLS = "connect,sendto,sendmsg,sendmmsg"
INTERNET = re.compile(r"AF_INET6?\b|sin6?_port")


TRACING = (["strace", "-f", "--seccomp-bpf"], ["strace", "-f"])
"""With a filter in the kernel a command stops at the calls that are looked for alone, and takes two thirds of the time;
strace knows it from 5.3 on.
"""


def may_trace(tracing: list[str]) -> bool:
    return (
        shutil.which("strace") is not None
        and subprocess.run([*tracing, "true"], capture_output=True, check=False).returncode == 0
    )


STRACE = next(filter(may_trace, TRACING), [])
pytestmark = pytest.mark.skipif(not STRACE, reason="system calls may not be traced here")


def calls_of(folder: Path, *arguments: object) -> list[str]:
    """The system calls of a command that would reach another machine."""
    trace = folder / "calls.txt"
    command = [sys.executable, "-m", "geobfdt", *map(str, arguments)]
    done = subprocess.run(
        [*STRACE, "-e", f"trace={CALLS}", "-o", trace, *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [line for line in trace.read_text().splitlines() if INTERNET.search(line)]


@pytest.fixture
def well(tmp_path: Path) -> Path:
    log = ImageLog(np.random.default_rng(0).normal(size=(400, 36)), 500 + 0.005 * np.arange(400), 0.2159, well="A")
    picks = Picks([500.5, 501.2], [10, 60], [20, 200], kind=["bedding", "fracture"], well="A")
    write_corpus(tmp_path / "a.h5", [Well(log, picks)])
    formats.write(picks, tmp_path / "p.csv")
    return tmp_path / "a.h5"


def test_the_trace_sees_what_it_looks_for(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))"
    trace = tmp_path / "calls.txt"
    subprocess.run([*STRACE, "-e", f"trace={CALLS}", "-o", trace, sys.executable, "-c", code], check=True)
    assert INTERNET.search(trace.read_text())


@pytest.mark.slow
def test_to_pick_and_to_report_reach_nobody(tmp_path: Path, well: Path) -> None:
    assert calls_of(tmp_path, "predict", well, "-o", tmp_path / "out", "--threshold", 0.9) == []
    assert calls_of(tmp_path, "report", well, "--picks", tmp_path / "p.csv", "-o", tmp_path / "r.html") == []


@pytest.mark.slow
def test_to_train_reaches_nobody(tmp_path: Path) -> None:
    """With its record for Weights & Biases kept on the machine, as it is by default."""
    tiny = {"epochs": 1, "steps_per_epoch": 2, "batch": 2, "data.validation_windows": 4, "model.width": 4}
    tiny |= {"model.channels": 16, "model.heads": 2, "model.feed_forward": 16, "model.queries": 8}
    tiny |= {"model.encoder_layers": 1, "model.decoder_layers": 1}
    options = [part for key, value in tiny.items() for part in ("--set", f"{key}={value}")]
    assert calls_of(tmp_path, "train", "-o", tmp_path / "run", *options, "--device", "cpu") == []
    assert (tmp_path / "run" / "wandb").is_dir()
