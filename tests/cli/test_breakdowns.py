"""Whatever ends a command, its results are whole or absent, and giving it again ends as if nothing had happened."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_commands_that_are_killed_or_have_no_room(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.breakdowns", "--count", "1", "--disks", "2"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout
    assert "train: killed 1 times" in told
    assert re.search(r"^train: \d+ bytes, [12] of 2 disks were too small$", told, re.MULTILINE), told
