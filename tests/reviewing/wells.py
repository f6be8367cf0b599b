"""Small logs and picks that tests of the review share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.reviewing.opening import Task, digest_of_image, session_of
from geobfdt.reviewing.review import PickSet
from geobfdt.reviewing.saving import Saver
from geobfdt.reviewing.session import Session

TOP_M, ROWS, STEP_M = 500.0, 800, 0.005


def a_log(**fields: Any) -> ImageLog:
    """4 m of noise, from 500 m on."""
    image = np.random.default_rng(0).normal(size=(ROWS, 36))
    given: dict[str, Any] = {"hole_diameter_m": 0.2159, "well": "A", "name": "IMG", **fields}
    return ImageLog(image, TOP_M + STEP_M * np.arange(ROWS), **given)  # type: ignore[arg-type]


def some_picks(count: int = 8, **columns: Any) -> Picks:
    at = np.arange(count)
    given = {
        "depth_m": 500.3 + 3.4 * at / max(1, count - 1),
        "dip_deg": 5.0 + 70 * at / count,
        "azimuth_deg": (37.0 * at) % 360,
        "kind": np.where(at % 2, "bedding", "fracture"),
        "confidence": 0.1 + 0.8 * at / count,
        "depth_sd_m": 0.01,
        "dip_sd_deg": 1.5,
        "azimuth_sd_deg": 2.5,
        "well": "A",
        **columns,
    }
    return Picks(**given)


@contextmanager
def a_session(out: Path, log: ImageLog | None = None, **task: Any) -> Iterator[Session]:
    """The session of a review of these picks on this log."""
    log = a_log() if log is None else log
    sets = task.pop("sets", [PickSet("tool", some_picks())])
    saver = Saver(out, survey=task.pop("survey", None), overwrite=task.pop("overwrite", False))
    with ExitStack() as stack:
        yield stack.enter_context(session_of(Task(log, sets, saver, "a.h5", digest_of_image(log), **task)))
