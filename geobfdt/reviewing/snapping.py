"""The detector's own evidence around a plane that was drawn: runs in a child process, so that
nobody waits for its start or its work."""

from __future__ import annotations

import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geobfdt.borehole.geometry import Floats, mean_trace_distance, pole_angle_deg, sinusoid_from_plane, turned
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.model.config import gives_no_planes
from geobfdt.prediction.engine import Engine, answering, engine_of
from geobfdt.prediction.found import Found, found_in
from geobfdt.reviewing.snaps import (
    CLOSE,
    CLOSE_DEG,
    LEAST_CONFIDENCE,
    POLE_REACH_DEG,
    Drawn,
    Snap,
    SnappedPlane,
    reach_m,
)
from geobfdt.windows.grid import HALF, ROWS, Grid, as_cut, row_step_m, window_starts

if TYPE_CHECKING:
    from geobfdt.model.checkpoint import Weights

PLANE = ("depth_m", "dip_deg", "azimuth_deg")


def answer_snaps(pipe: Connection, read: Callable[[], ImageLog], weights: Path | str | None) -> None:
    """Answer each plane that comes through a pipe with a :class:`Snap`, or with the :class:`InputError` that keeps it
    from being found, until the pipe breaks.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # there is nothing to tidy up, which takes torch two seconds
    snapper: Snapper | None = None
    while True:
        try:
            drawn = pipe.recv()
            try:
                snapper = snapper or Snapper(read(), engine_of(weights))
                pipe.send(snapper.snap(drawn))
            except InputError as error:
                pipe.send(error)
        except (EOFError, OSError):
            return


class Snapper:
    """Finds the strongest trace near a plane. Raises :class:`InputError` on weights that give no planes."""

    def __init__(self, log: ImageLog, weights: Weights | Engine) -> None:
        self.engine = answering(weights)
        if self.engine.gives not in ("planes", "both"):
            raise gives_no_planes(self.engine.source, self.engine.gives)
        self.seen = as_cut(log, self.engine.config.window)
        self.grid = Grid.of(self.seen, self.engine.config.image)
        self.starts = window_starts(self.seen)

    def snap(self, drawn: Drawn) -> Snap:
        """The plane of highest score times closeness within reach, see :mod:`geobfdt.reviewing.snaps`."""
        half_row_m = self.seen.row_step_m / 2
        if not self.seen.top_m - half_row_m <= drawn.depth_m <= self.seen.base_m + half_row_m:
            return Snap(None, f"{drawn.depth_m:.2f} m lies outside the image")
        found = self.found_near(drawn.depth_m)
        radius_m = float(self.seen.diameters_m(np.array([drawn.depth_m]))[0]) / 2
        apart_m, pole_deg = _apart(drawn, found, radius_m)
        reach = reach_m(radius_m)
        spreads = (apart_m / (CLOSE * reach)) ** 2 + (pole_deg / CLOSE_DEG) ** 2
        closeness = np.exp(-0.5 * spreads)
        confidence = np.asarray(found.confidence)
        within = (apart_m <= reach) & (pole_deg <= POLE_REACH_DEG) & (confidence >= LEAST_CONFIDENCE)
        worth = np.where(within, closeness * confidence, 0.0)
        if not worth.any():
            return Snap(None, f"no trace within {100 * reach:.0f} cm and {POLE_REACH_DEG:g} degrees of it")
        best = int(worth.argmax())
        depth_m, dip_deg, azimuth_deg = (float(getattr(found, name)[best]) for name in PLANE)
        plane = SnappedPlane(depth_m, dip_deg, azimuth_deg, str(found.kind[best]), float(confidence[best]))
        told = (
            f"a trace of confidence {plane.confidence:.2f}, {100 * apart_m[best]:.1f} cm and {pole_deg[best]:.0f} "
            "degrees from the curve"
        )
        return Snap(plane, told)

    def found_near(self, depth_m: float) -> Picks:
        """What the detector finds, however faint, in the windows around a depth: the three that a prediction looks
        through there, and one with the depth in its middle. Some planes are there several times.
        """
        step_m = row_step_m(self.seen)
        middle = round(depth_m / step_m) - HALF
        nearest = int(np.abs(self.starts - middle).argmin())
        around = self.starts[max(0, nearest - 1) : nearest + 2].tolist()
        windows, turns = [], []
        for start in (*around, middle):
            rows = self.grid.read(start, start + ROWS)()
            turn = rows.first_column(start, start + ROWS)
            windows.append(rows.channels(start, start + ROWS, turn))
            turns.append(turn * 360 / self.seen.columns)
        batch = np.stack(windows)
        found = found_in(self.engine.planes(batch)(), batch[:, 1])
        centre = (np.array([*around, middle]) + HALF) * step_m / self.seen.radius_m
        sinusoids = found.sinusoids.copy()
        sinusoids[:, 0] += centre[found.window]
        sinusoids[:, 1], sinusoids[:, 2] = turned(sinusoids[:, 1], sinusoids[:, 2], np.array(turns)[found.window])
        along = Found(sinusoids, found.score, found.kind, found.window, found.logit, found.spread)
        return along.inside(self.seen).picks(self.seen)


def _apart(drawn: Drawn, found: Picks, radius_m: float) -> tuple[Floats, Floats]:
    """How far n planes lie from a drawn one: the mean distance of their traces (n,) in metres, square to the drawn
    plane, and the angle (n,) in degrees between poles. Along the hole the traces of steep planes are far apart where
    their planes are not.
    """
    a, b = sinusoid_from_plane(found.dip_deg, found.azimuth_deg)
    drawn_a, drawn_b = sinusoid_from_plane(drawn.dip_deg, drawn.azimuth_deg)
    depth = (found.depth_m - drawn.depth_m) / radius_m
    apart_m = radius_m * mean_trace_distance(depth, a - drawn_a, b - drawn_b) * np.cos(np.radians(drawn.dip_deg))
    return np.asarray(apart_m), pole_angle_deg(found.dip_deg, found.azimuth_deg, drawn.dip_deg, drawn.azimuth_deg)
