"""Random augmentation of training windows: what is drawn, how often and how strongly."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import Tensor

from geobfdt.augment import geometric as g
from geobfdt.augment import radiometric as r
from geobfdt.augment.draw import Draw
from geobfdt.windows.batch import WindowBatch

# Probability of each augmentation in a window that is chosen at all. Turning and mirroring cost nothing: a hole has no
# preferred side. Stretching resamples, and shifting leaves part of the window empty: both stay the exception.
MIRROR, FLIP_DEPTH, STRETCH, SHIFT = 0.5, 0.5, 0.3, 0.2
CONTRAST, BEND, NOISE, BLUR = 0.4, 0.4, 0.5, 0.3
ROW_STRIPES, COLUMN_STRIPES, PAD_GAPS, NULL_ROWS, HOLES = 0.2, 0.2, 0.15, 0.1, 0.1

LARGEST_STRETCH = 1.3
LARGEST_SHIFT = 0.15
"""Fraction of the window's height."""
HOLES_PER_WINDOW = 4

# Streams of draws must differ from those that made the windows: a caller may well use one seed for both, and the first
# number drawn would then decide both whether a window is barren and whether it is augmented.
_STREAM = 0x9E3779B97F4A7C15


def augment(batch: WindowBatch, seed: int, *, geometric: float, radiometric: float) -> WindowBatch:
    """A randomly augmented copy of a batch, on its device; the batch itself is left alone.

    ``geometric`` and ``radiometric`` are probabilities in [0, 1] that a window is transformed in that way at all; each
    window then draws which transformations and how strong. With both 0 the result equals the batch; equal seeds give
    equal results on the same kind of device. Truth moves with the pixels, stays packed in front, and keeps its width.
    """
    draw = Draw((seed ^ _STREAM) % 2**63, batch.windows.device)
    chosen = draw.some(geometric, len(batch))
    if len(chosen):
        batch = _put(batch, chosen, g.move(batch.some(chosen), draw_motion(draw, len(chosen), batch.windows)))
    chosen = draw.some(radiometric, len(batch))
    if len(chosen):
        windows = batch.windows.clone()
        windows[chosen] = _degraded_alike(draw, windows[chosen])
        batch = replace(batch, windows=windows)
    return batch


def _degraded_alike(draw: Draw, windows: Tensor) -> Tensor:
    """Windows (batch, 2 or more, rows, columns) whose images, channels 0, 2 and on, are the same rock on other scales:
    each is degraded by the same draws.
    """
    if windows.shape[1] == 2:
        return degrade(draw, windows)
    state = draw.generator.get_state()
    changed = [degrade(draw, windows[:, :2])]
    for channel in range(2, windows.shape[1]):
        draw.generator.set_state(state)
        changed.append(degrade(draw, windows[:, [channel, 1]])[:, :1])
    return torch.cat(changed, dim=1)


def draw_motion(draw: Draw, batch: int, windows: Tensor) -> g.Motion:
    """A random motion for each of ``batch`` windows of the size of ``windows`` (..., rows, columns)."""
    rows, columns = windows.shape[-2:]
    # Whole columns and rows: interpolation would blur the pixels for nothing.
    motion = g.roll(draw.integers(0, columns, batch).float())
    motion = motion.then(g.mirror(draw.chance(MIRROR, batch)))
    motion = motion.then(g.flip_depth(draw.chance(FLIP_DEPTH, batch)))
    factor = draw.log_uniform(1 / LARGEST_STRETCH, LARGEST_STRETCH, batch)
    motion = motion.then(g.stretch(torch.where(draw.chance(STRETCH, batch), factor, 1.0)))
    distance = (draw.uniform(-LARGEST_SHIFT, LARGEST_SHIFT, batch) * rows).round()
    return motion.then(g.shift(distance * draw.chance(SHIFT, batch)))


def degrade(draw: Draw, windows: Tensor) -> Tensor:
    """Random radiometric changes of every one of windows (batch, 2, rows, columns), in the order in which they arise.

    First the tool's resolution, then noise, stripes and drift, then its response, and last what is lost altogether.
    """
    batch, _, rows, columns = windows.shape
    image, valid = windows[:, 0].clone(), windows[:, 1]

    def some(probability: float) -> Tensor:
        return draw.chance(probability, batch, 1, 1)

    chosen = draw.some(BLUR, batch)
    image[chosen] = r.blurred(image[chosen], valid[chosen], draw.uniform(0.1, 0.6, len(chosen), 1, 1))
    pattern = some(NOISE) * draw.log_uniform(0.05, 0.5, batch, 1, 1) * draw.normal(batch, rows, columns)
    pattern += some(ROW_STRIPES) * _stripes(draw, batch, rows, 0.3)[:, :, None]
    pattern += some(COLUMN_STRIPES) * _stripes(draw, batch, columns, 0.6)[:, None]
    pattern += some(CONTRAST) * 0.6 * _slow_wave(draw, batch, rows)  # brightness
    image = r.added(image, valid, pattern)
    image = r.gained(image, valid, torch.exp(some(CONTRAST) * 0.4 * _slow_wave(draw, batch, rows)))
    chosen = draw.some(BEND, batch)
    image[chosen] = r.bent(image[chosen], valid[chosen], draw.uniform(-0.5, 0.5, len(chosen), 1, 1))
    return torch.stack([image, valid * ~_losses(draw, batch, rows, columns)], dim=1)


def _stripes(draw: Draw, batch: int, n: int, size: float) -> Tensor:
    """(batch, n) offsets in spreads: every line of a window, or one line in ten, stands out from its neighbours."""
    hit = draw.chance(0.1, batch, n) | draw.chance(0.3, batch, 1)
    return hit * draw.uniform(0.1, 1.0, batch, 1) * size * draw.normal(batch, n)


def _slow_wave(draw: Draw, batch: int, rows: int) -> Tensor:
    """(batch, rows, 1) a constant plus one slow wave over the window's height, each of about unit size."""
    down = (torch.arange(rows, device=draw.device) + 0.5) / rows
    turns, phase = draw.uniform(0.3, 2.0, batch, 1), draw.uniform(0.0, 1.0, batch, 1)
    wave = draw.uniform(0, 1, batch, 1) * torch.sin(2 * math.pi * (turns * down + phase))
    return (draw.uniform(-1, 1, batch, 1) + wave)[..., None]


def _losses(draw: Draw, batch: int, rows: int, columns: int) -> Tensor:
    """(batch, rows, columns) bool: pad gaps, null rows and holes."""
    lost = draw.chance(0.03, batch, rows, 1) & draw.chance(NULL_ROWS, batch, 1, 1)
    lost = lost.repeat(1, 1, columns)
    chosen = draw.some(PAD_GAPS, batch)
    lost[chosen] |= r.pad_gaps(
        rows,
        columns,
        pads=torch.where(draw.chance(0.5, len(chosen)), 8.0, 4.0),
        coverage=draw.uniform(0.5, 0.97, len(chosen)),
        turn=draw.uniform(0, 1, len(chosen)),
        twist=0.05 * draw.normal(len(chosen)),
    )
    chosen = draw.some(HOLES, batch)
    several = len(chosen), HOLES_PER_WINDOW
    half = draw.uniform(0.01, 0.12, *several, 2) * draw.chance(0.6, *several, 1)
    lost[chosen] |= r.holes(rows, columns, draw.uniform(0, 1, *several, 2), half)
    return lost


def _put(batch: WindowBatch, chosen: Tensor, changed: WindowBatch) -> WindowBatch:
    """A copy of the batch in which the chosen windows are those of another one."""

    def put(old: Tensor, new: Tensor) -> Tensor:
        return old.index_copy(0, chosen, new)

    return WindowBatch(
        put(batch.windows, changed.windows),
        put(batch.sinusoids, changed.sinusoids),
        put(batch.kind, changed.kind),
        put(batch.present, changed.present),
    )
