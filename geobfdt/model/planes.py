"""The network's three ways of writing a plane, and the sinusoid that each one draws. Torch counterpart of geometry.

- ``vector``: window depth in [0, 1] and the dip vector ``dip / 90 deg * (cos azimuth, sin azimuth)``: bounded, without
  a seam at 0/360 and defined at dip 0.
- ``scalar``: window depth, ``dip / 90 deg`` and ``azimuth / 360 deg``, each in [0, 1]: the published form.
- ``sinusoid``: the trace itself, (z0, a, b) in window heights: without a seam either, but a degree of dip counts thirty
  times more near 80 degrees than near 0.

Sinusoids are (..., 3) = (z0, a, b) in hole radii, z0 counted from the window's centre, downwards.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from geobfdt.windows.grid import HEIGHT_RADII

Target = Literal["vector", "scalar", "sinusoid"]

MAX_DIP_DEG = 88.0
"""Steeper planes draw nothing that a window can hold; tan is bounded here."""


def planes_from_sinusoids(sinusoids: Tensor, target: Target = "vector") -> Tensor:
    """(..., 3) sinusoids -> (..., 3) planes as the network writes them."""
    z0, a, b = sinusoids.unbind(-1)
    depth = z0 / HEIGHT_RADII + 0.5
    if target == "sinusoid":
        return torch.stack([depth, a / HEIGHT_RADII, b / HEIGHT_RADII], dim=-1)
    tangent = _norm(a, b)
    dip = torch.atan(tangent) / (math.pi / 2)
    if target == "scalar":
        return torch.stack([depth, dip, torch.atan2(b, a) / (2 * math.pi) % 1.0], dim=-1)
    scale = dip / tangent.clamp(min=1e-9)
    return torch.stack([depth, a * scale, b * scale], dim=-1)


def sinusoids_from_planes(planes: Tensor, target: Target = "vector") -> Tensor:
    """(..., 3) planes as the network writes them -> (..., 3) sinusoids; dips are capped at 88 degrees."""
    depth, second, third = planes.float().unbind(-1)
    z0 = (depth - 0.5) * HEIGHT_RADII
    limit = MAX_DIP_DEG / 90.0
    if target == "scalar":
        tangent = torch.tan(second.clamp(0.0, limit) * (math.pi / 2))
        azimuth = third * (2 * math.pi)
        return torch.stack([z0, tangent * azimuth.cos(), tangent * azimuth.sin()], dim=-1)
    if target == "sinusoid":
        a, b = second * HEIGHT_RADII, third * HEIGHT_RADII
        within = (math.tan(math.radians(MAX_DIP_DEG)) / _norm(a, b)).clamp(max=1.0)
        return torch.stack([z0, a * within, b * within], dim=-1)
    dip = _norm(second, third)
    scale = torch.tan(dip.clamp(max=limit) * (math.pi / 2)) / dip.clamp(min=1e-9)
    return torch.stack([z0, second * scale, third * scale], dim=-1)


def dip_vector_errors(planes: Tensor, truth: Tensor) -> Tensor:
    """(..., 3) absolute errors of planes against the truth, both in the vector form: of the window depth, and of the
    dip vector along and across the direction of the planes' own.
    """
    error = planes - truth
    _, x, y = planes.unbind(-1)
    length = _norm(x, y)
    along, across = (error[..., 1] * x + error[..., 2] * y) / length, (error[..., 2] * x - error[..., 1] * y) / length
    return torch.stack([error[..., 0], along, across], dim=-1).abs()


def _norm(x: Tensor, y: Tensor) -> Tensor:
    """hypot, with a gradient of zero, not NaN, where both are zero: at exactly flat planes."""
    return torch.sqrt(x**2 + y**2 + 1e-18)
