"""What is found in a log or in windows, whoever found it: sinusoids with scores, which become picks.

Prediction, validation and calibration go through :func:`found_in` and :meth:`Found.merged` alike, so that what is
validated is what is predicted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import in_round_hole, plane_from_sinusoid, turned
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks, wrap_azimuth_deg
from geobfdt.windows.cut import share_shown
from geobfdt.windows.grid import HEIGHT_RADII
from geobfdt.windows.repeats import merge_repeats

FAINTEST = 0.02
"""Detections below this score say nothing and are not kept, not even for the score curve."""
LEAST_SHOWN = 0.1
"""Share of a trace that must lie on valid pixels for it to be more than a guess across missing ones."""

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Found:
    """n planes, each found by one window or chunk of a log.

    sinusoids  (n, 3) = (z0, a, b) in hole radii; z0 from the window's centre, or along the whole log
    score      (n,) in [0, 1]
    kind       (n,) index into picks.KINDS
    window     (n,) which window or chunk found each; two that follow each other are neighbours
    logit      (n,) the network's own, before calibration; NaN where there is none
    spread     (n, 3) mean absolute errors to be expected of the window depth and of the dip vector along and across
               itself, see :func:`~geobfdt.model.planes.dip_vector_errors`; NaN where none are stated
    """

    sinusoids: Floats
    score: Floats
    kind: Indices
    window: Indices
    logit: Floats
    spread: Floats

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, rows: NDArray[np.bool_]) -> Found:
        return Found(*(getattr(self, column.name)[rows] for column in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Found]) -> Found:
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, float, Floats]]) -> Found:
        """From rows of window, kind, score and sinusoid."""
        table = np.array([(*numbers, *sinusoid) for *numbers, sinusoid in rows], float).reshape(-1, 6)
        window, kind = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        nothing = np.full((len(table), 4), np.nan)
        return cls(table[:, 3:], table[:, 2], kind, window, nothing[:, 0], nothing[:, 1:])

    def merged(self) -> Found:
        """Planes along one log, each once: see :func:`~geobfdt.windows.repeats.merge_repeats`."""
        kept, sinusoids = merge_repeats(self.sinusoids, self.score, self.window)
        return replace(self, sinusoids=sinusoids)[kept]

    def inside(self, log: ImageLog) -> Found:
        """Those of planes along a log, z0 counting from depth 0, whose depth lies in its image."""
        depth_m, edge_m = self.sinusoids[:, 0] * log.radius_m, log.row_step_m / 2
        return self[(depth_m >= log.top_m - edge_m) & (depth_m <= log.base_m + edge_m)]

    def picks(self, log: ImageLog) -> Picks:
        """Planes along a log, z0 counting from depth 0 and azimuths from its image's left edge, as picks by depth."""
        depth_m = self.sinusoids[:, 0] * log.radius_m
        # Windows are sized by one diameter; a trace is as tall as the hole is wide where it is.
        wider = log.hole_diameter_m / log.diameters_m(depth_m)
        a, b = turned(self.sinusoids[:, 1] * wider, self.sinusoids[:, 2] * wider, log.first_azimuth_deg)
        dip, azimuth = plane_from_sinusoid(*in_round_hole(a, b, log.ovality_at(depth_m)))
        depth_sd, along, across = (math.sqrt(2) * self.spread).T  # of Laplace's law, from its mean absolute error
        return Picks(
            depth_m,
            dip,
            wrap_azimuth_deg(azimuth),
            kind=np.array(KINDS)[self.kind],
            confidence=self.score,
            depth_sd_m=depth_sd * HEIGHT_RADII * log.radius_m,
            dip_sd_deg=90 * along,
            # The flatter a plane, the less it has an azimuth; what has none at all spreads evenly around the hole.
            azimuth_sd_deg=np.minimum(np.degrees(90 * across / np.maximum(dip, 1e-9)), 360 / math.sqrt(12)),
            well=log.well,
        ).sorted()


@dataclass(frozen=True, eq=False)
class Answers:
    """What a detector says of n windows, whatever it is computed with: of each query

    sinusoids  (n, queries, 3) = (z0, a, b) in hole radii, z0 from the window's centre
    score      (n, queries, kinds) calibrated, in [0, 1]
    logit      (n, queries, kinds) before calibration
    spread     (n, queries, 3) as in :class:`Found`; NaN where none are stated
    """

    sinusoids: Floats
    score: NDArray[np.float32]
    logit: Floats
    spread: Floats


def found_in(answers: Answers, valid: NDArray[np.floating]) -> Found:
    """What a detector says of windows whose pixels are valid (windows, rows, columns): of each query its surer kind, if
    that is no fainter than :data:`FAINTEST` and the trace is seen. z0 counts from each window's centre.
    """
    score, kind = answers.score.max(-1), answers.score.argmax(-1)
    window, query = np.nonzero(score > FAINTEST)
    shown = share_shown(valid, window, answers.sinusoids[window, query]) > LEAST_SHOWN
    window, query = window[shown], query[shown]
    of_kind = kind[window, query]
    return Found(
        answers.sinusoids[window, query],
        score[window, query].astype(float),
        of_kind,
        window,
        answers.logit[window, query, of_kind],
        answers.spread[window, query],
    )
