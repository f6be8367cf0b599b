"""Traces of sinusoids on the columns of windows and maps, in torch: counterpart of :mod:`geobfdt.borehole.geometry`.

Sinusoids are (..., 3) = (z0, a, b), tilts (..., 2) = (a, b), in one unit; azimuths (m,) are in radians.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def column_azimuths(columns: int, device: torch.device | None = None) -> Tensor:
    """(columns,) azimuths of the centres of columns around the hole."""
    return (torch.arange(columns, device=device) + 0.5) * (2 * math.pi / columns)


def off_centre(theta: Tensor, centre: Tensor) -> Tensor:
    """Azimuths from the middle of an arc, in [-pi, pi)."""
    return torch.remainder(theta - centre + math.pi, 2 * math.pi) - math.pi


def traces(sinusoids: Tensor, azimuths: Tensor) -> Tensor:
    """(..., m) depths ``z0 + a cos(theta) + b sin(theta)``."""
    z0, a, b = (part[..., None] for part in sinusoids.unbind(-1))
    return z0 + a * azimuths.cos() + b * azimuths.sin()


def swings(tilts: Tensor, azimuths: Tensor) -> Tensor:
    """(..., m) depths of traces below where their planes cut the axis of the hole."""
    a, b = (part[..., None] for part in tilts.unbind(-1))
    return a * azimuths.cos() + b * azimuths.sin()


def slopes(tilts: Tensor, azimuths: Tensor) -> Tensor:
    """(..., m) how steeply traces run down, per radian."""
    a, b = (part[..., None] for part in tilts.unbind(-1))
    return b * azimuths.cos() - a * azimuths.sin()
