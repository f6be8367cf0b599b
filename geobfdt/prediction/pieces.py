"""A long log as pieces, which may be picked by different processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.prediction.engine import Engine

LONG_WINDOWS = 1024
"""A log of as many windows is long: about 1.5 km of an 8.5 in hole, half a minute of a processor."""
PIECE_WINDOWS = 256
"""Windows of a piece: enough that who has to read the log for it has read it for something."""


def pieces_of(log: ImageLog, engine: Engine, long: int = LONG_WINDOWS, piece: int = PIECE_WINDOWS) -> list[slice]:
    """Slices of the batches of a log for :func:`~geobfdt.prediction.detect.found`, in order, of about so many windows
    each; none where it has fewer than ``long``.
    """
    from geobfdt.prediction.detect import batches_of  # whoever shares out the work does without it

    count, some = batches_of(log, engine), max(1, piece // engine.at_once)
    if count * engine.at_once < long:
        return []
    return [slice(first, first + some) for first in range(0, count, some)]
