"""Planes: what scoring reads of a table of picks, a fifth of its memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.picks import KINDS, UNKNOWN, Picks

SCORED_KINDS = (*KINDS, UNKNOWN)
"""What :attr:`Planes.kind` counts in."""


@dataclass(frozen=True, eq=False)
class Planes:
    """n planes, every field of shape (n,): those of :class:`Picks`, but ``kind`` an index into ``SCORED_KINDS``."""

    depth_m: NDArray[np.float64]
    dip_deg: NDArray[np.float64]
    azimuth_deg: NDArray[np.float64]
    kind: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.depth_m)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Planes:
        return Planes(*(getattr(self, column.name)[rows] for column in fields(self)))

    @classmethod
    def of(cls, picks: Picks, rows: NDArray[np.intp]) -> Planes:
        """Those of some rows of a table, in that order."""
        kind, named = np.zeros(len(picks), np.int8), np.asarray(picks.kind)
        for index, name in enumerate(SCORED_KINDS):
            kind[named == name] = index
        return cls(picks.depth_m[rows], picks.dip_deg[rows], picks.azimuth_deg[rows], kind[rows])

    @classmethod
    def concatenate(cls, parts: Sequence[Planes]) -> Planes:
        """All planes of at least one part, in the order given."""
        return cls(*(np.concatenate([getattr(part, column.name) for part in parts]) for column in fields(cls)))
