"""What stands in for a child that teaches and for a log that is read, and what holds a training back; apart, so that
children start without what tests import.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.reviewing.lessons import Folder

if TYPE_CHECKING:
    import pytest

HOLDING = """
import os, sys, time

def held(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith("metrics.csv") and os.path.exists(arguments[1]):
        while os.path.exists({hold!r}):
            time.sleep(0.05)

sys.addaudithook(held)
"""
"""What Python runs at its start: from the second epoch on a training tells of none while a file is there."""


def lingers(pipe: Connection, folder: Path, read: Any, weights: Any) -> None:
    """Say at once that it was stopped, and take a while to be gone; begun again, stop when it is asked to."""
    begun = folder / "begun before"
    if begun.exists():
        pipe.recv()
    begun.touch()
    pipe.send(replace(Folder(folder).kept(), state="cancelled"))
    time.sleep(1.0)


def held_back(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file in a folder: as long as it is there, trainings that are started from now on do not come past their second
    epoch. How far one has come when it is stopped is then nobody's luck.
    """
    (folder / "site").mkdir()
    hold = folder / "hold"
    hold.touch()
    (folder / "site" / "sitecustomize.py").write_text(HOLDING.format(hold=str(hold)))
    there = [os.fspath(folder / "site"), os.environ.get("PYTHONPATH")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, there)))
    return hold


def read_nothing() -> ImageLog:
    """The log of a file that was removed."""
    raise InputError("well.las: is gone; put it back")
