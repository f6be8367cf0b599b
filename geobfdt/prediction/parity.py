"""Whether two engines pick alike with the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geobfdt.borehole.picks import Picks
from geobfdt.eval import match

SAME_M, SAME_CONFIDENCE = 0.001, 0.01
"""Picks of two engines are the same where they differ by no more."""
_WITHIN_M = 0.02
"""How far apart the picks of two engines may lie and still be of one plane."""


@dataclass(frozen=True)
class Parity:
    """How alike the picks of two engines are.

    picks       of the engine that has more of them
    same        of these within 1 mm in depth and 0.01 in confidence of one of the other's
    depth_m     the furthest that picks of one plane lie apart
    pole_deg    largest angle between the poles of those
    confidence  largest difference of the confidence of those
    """

    picks: int
    same: int
    depth_m: float
    pole_deg: float
    confidence: float

    @classmethod
    def of(cls, ref: Picks, est: Picks, hole_diameter_m: float) -> Parity:
        """Of the picks of one well."""
        pairs = match(ref, est, "joint", _WITHIN_M, hole_diameter_m=hole_diameter_m)
        apart_m = np.abs(ref.depth_m[pairs.ref] - est.depth_m[pairs.est])
        apart = np.abs(np.asarray(ref.confidence)[pairs.ref] - np.asarray(est.confidence)[pairs.est])
        same = int(((apart_m <= SAME_M) & (apart <= SAME_CONFIDENCE)).sum())
        largest = (float(values.max(initial=0.0)) for values in (apart_m, np.asarray(pairs.pole_deg), apart))
        return cls(max(len(ref), len(est)), same, *largest)

    @classmethod
    def pooled(cls, parts: Sequence[Parity]) -> Parity:
        """Of several wells together."""
        return cls(
            sum(part.picks for part in parts),
            sum(part.same for part in parts),
            *(max(getattr(part, name) for part in parts) for name in ("depth_m", "pole_deg", "confidence")),
        )

    @property
    def share(self) -> float:
        """Of the picks, those that are the same; 1 where there are none."""
        return self.same / self.picks if self.picks else 1.0
