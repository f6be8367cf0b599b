"""What the pixels of training windows are: background, on the trace of a fracture, on that of a bedding plane."""

from __future__ import annotations

import torch
from torch import Tensor

from geobfdt.borehole.density import TRACE_HALF_RADII
from geobfdt.borehole.picks import KINDS
from geobfdt.windows.batch import WindowBatch
from geobfdt.windows.grid import ROW_STEP_RADII
from geobfdt.windows.traces import column_azimuths, slopes, traces

IGNORED = -100
"""Pixels that teach nothing: torch's own number for them."""


def true_masks(batch: WindowBatch) -> Tensor:
    """(batch, rows, columns) index into :data:`geobfdt.model.masks.CLASSES` of every pixel, on the batch's device.

    Where traces cross, the fracture's covers the bedding's, as fractures cut beds. :data:`IGNORED` are missing pixels
    and those on a trace whose kind the interpreter did not say, unless a fracture covers them.
    """
    rows, columns = batch.windows.shape[-2:]
    covered = _covered(batch, rows, columns)
    mask = torch.zeros_like(covered[0], dtype=torch.int64)
    bedding, fracture = KINDS.index("bedding"), KINDS.index("fracture")
    mask[covered[bedding]] = 1 + bedding
    mask[covered[-1]] = IGNORED
    mask[covered[fracture]] = 1 + fracture
    mask[batch.windows[:, 1] <= 0] = IGNORED
    return mask


def _covered(batch: WindowBatch, rows: int, columns: int) -> Tensor:
    """(kinds + 1, batch, rows, columns) bool: whether a trace of each kind, the unknown one last, covers a pixel.

    A trace steps the count up in the first row that it covers in a column and down below the last: integers, added
    in any order, so that every device counts the same.
    """
    device, size = batch.windows.device, len(batch)
    theta, sinusoids = column_azimuths(columns, device), batch.sinusoids.float()
    z = traces(sinusoids, theta)  # (batch, planes, columns)
    reach = TRACE_HALF_RADII * torch.hypot(torch.ones_like(z), slopes(sinusoids[..., 1:], theta))
    first = torch.ceil((z - reach) / ROW_STEP_RADII + (rows - 1) / 2).clamp(0, rows)
    last = torch.floor((z + reach) / ROW_STEP_RADII + (rows - 1) / 2).clamp(-1, rows - 1)
    sorts = len(KINDS) + 1
    sort = torch.where(batch.kind < 0, len(KINDS), batch.kind)[..., None]
    place = (sort * size + torch.arange(size, device=device)[:, None, None]) * (rows + 1)
    counts = torch.zeros(sorts * size * (rows + 1) * columns, dtype=torch.int32, device=device)
    there = batch.present[..., None].expand_as(z)
    column = torch.arange(columns, device=device)
    for row, step in ((first, 1), (last + 1, -1)):
        cell = ((place + row.long()) * columns + column)[there]
        counts.scatter_add_(0, cell, torch.full_like(cell, step, dtype=torch.int32))
    stacked = counts.view(sorts, size, rows + 1, columns)
    return stacked.cumsum(2, dtype=torch.int32)[:, :, :rows] > 0
