"""Zones of a well: intervals whose planes are looked at by themselves, or turned back to where they lay before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import without_structural_dip
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Zone:
    """An interval in metres whose beds were tilted to one structural dip and azimuth, both true, in degrees."""

    top_m: float
    base_m: float
    dip_deg: float
    azimuth_deg: float

    def __str__(self) -> str:
        return f"{self.top_m:g} to {self.base_m:g} m: {self.dip_deg:g}/{self.azimuth_deg:g}"


def has_true_dips(picks: Picks) -> bool:
    return bool(len(picks) and np.isfinite(picks.true_dip_deg).all())


def orientations(picks: Picks) -> tuple[Floats, Floats]:
    """(dip_deg, azimuth_deg) of picks: true where all of them are known, else what the image shows."""
    if has_true_dips(picks):
        return np.asarray(picks.true_dip_deg), np.asarray(picks.true_azimuth_deg)
    return picks.dip_deg, picks.azimuth_deg


def restored(picks: Picks, zones: Sequence[Zone]) -> Picks:
    """Picks with the true orientations that they had before the beds of each zone were tilted, elsewhere as they are.

    Raises :class:`InputError` when a true dip is not known.
    """
    if not has_true_dips(picks):
        raise InputError("structural dip can be removed from true dips alone; give the survey with --survey")
    dip, azimuth = np.array(picks.true_dip_deg), np.array(picks.true_azimuth_deg)
    for zone in zones:
        inside = (picks.depth_m >= zone.top_m) & (picks.depth_m <= zone.base_m)
        dip[inside], azimuth[inside] = without_structural_dip(
            dip[inside], azimuth[inside], zone.dip_deg, zone.azimuth_deg
        )
    return replace(picks, true_dip_deg=dip, true_azimuth_deg=azimuth)
