"""What stands in for a child that teaches and for a log that is read; apart, so that children start without what tests
import.
"""

from __future__ import annotations

import time
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError
from geobfdt.reviewing.lessons import Folder


def lingers(pipe: Connection, folder: Path, read: Any, weights: Any) -> None:
    """Say at once that it was stopped, and take a while to be gone."""
    pipe.send(replace(Folder(folder).kept(), state="cancelled"))
    time.sleep(1.0)


def read_nothing() -> ImageLog:
    """The log of a file that was removed."""
    raise InputError("well.las: is gone; put it back")
