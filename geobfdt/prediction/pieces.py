"""A long log as pieces, which may be picked by different processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.model.checkpoint import Weights

LONG_BATCHES = 32
"""A log of as many batches is long: on a processor 1,024 windows, about 1.5 km of an 8.5 in hole, half a minute."""
PIECE_BATCHES = 8
"""Batches of a piece: enough that who has to read the log for it has read it for something."""


def pieces_of(
    log: ImageLog, weights: Weights, device: str, long: int = LONG_BATCHES, piece: int = PIECE_BATCHES
) -> list[slice]:
    """Slices of the batches of a log for :func:`~geobfdt.prediction.detect.found`, in order; none where it is short."""
    from geobfdt.prediction.detect import batches_of  # it loads torch, which whoever shares out the work does without

    count = batches_of(log, weights, device)
    return [slice(first, first + piece) for first in range(0, count, piece)] if count >= long else []
