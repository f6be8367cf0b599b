"""Positions that the transformer can read: depth on a line, azimuth on a circle, planes as vectors."""

from __future__ import annotations

import math

import torch
from einops import repeat
from torch import Tensor, nn

from geobfdt.windows.traces import column_azimuths


def line_encoding(position: Tensor, channels: int) -> Tensor:
    """Sines and cosines of positions in [0, 1], wavelengths from 2 to 1/64 of the line: (...,) -> (..., channels)."""
    waves = torch.logspace(0, 7, channels // 2, base=2, device=position.device) * math.pi
    phase = position[..., None] * waves
    return torch.cat([phase.sin(), phase.cos()], dim=-1)


def circle_encoding(columns: int, channels: int, device: torch.device | None = None) -> Tensor:
    """Whole harmonics of the azimuth of each of a map's columns, so that it has no seam: (columns, channels)."""
    theta = column_azimuths(columns, device)
    # More than columns / 2 harmonics would alias: repeat those that the map can hold.
    order = torch.arange(channels // 2, device=device) % max(columns // 2, 1) + 1
    phase = theta[:, None] * order
    return torch.cat([phase.sin(), phase.cos()], dim=-1)


def map_encoding(rows: int, columns: int, channels: int, device: torch.device | None = None) -> Tensor:
    """Encoding of the cells of a map, row by row: (rows * columns, channels), half depth and half azimuth."""
    depth = line_encoding((torch.arange(rows, device=device) + 0.5) / rows, channels // 2)
    azimuth = circle_encoding(columns, channels // 2, device)
    down, around = (
        repeat(depth, "rows c -> (rows n) c", n=columns),
        repeat(azimuth, "columns c -> (n columns) c", n=rows),
    )
    return torch.cat([down, around], dim=-1)


class PlaneEncoding(nn.Module):
    """Encodes a query's reference plane (..., 3) = (window depth, dip vector) as (..., channels)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.mlp = nn.Sequential(nn.Linear(channels + 3, channels), nn.ReLU(), nn.Linear(channels, channels))

    def forward(self, planes: Tensor) -> Tensor:
        encoded: Tensor = self.mlp(torch.cat([line_encoding(planes[..., 0], self.channels), planes], dim=-1))
        return encoded
