"""A child that stands in for one that teaches; apart, so that it starts without what tests import."""

from __future__ import annotations

import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geobfdt.reviewing.lessons import Folder


def lingers(pipe: Connection, folder: Path, read: Any, weights: Any) -> None:
    """Say at once that it was stopped, and take a while to be gone."""
    pipe.send(replace(Folder(folder).kept(), state="cancelled"))
    time.sleep(1.0)
