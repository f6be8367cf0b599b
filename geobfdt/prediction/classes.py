"""From an image log to intervals: every window is of a class, and each of them counts for the depths that it owns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.intervals import Intervals
from geobfdt.model.config import gives_no_classes
from geobfdt.prediction.detect import curve_depths_m, windows_of
from geobfdt.prediction.engine import Engine, answering
from geobfdt.windows.grid import HALF, as_cut, window_starts

if TYPE_CHECKING:
    import torch

    from geobfdt.model.checkpoint import Weights

_TOUCHING_M = 1e-6


@dataclass(frozen=True, eq=False)
class Classified:
    """What n windows of a log are, from top to base; smoothed by nothing.

    names    of the classes
    top_m, base_m  (n,) metres along hole, of what each window owns of the log
    share    (n, classes) how sure the network is of each class, in [0, 1], their sum 1; NaN where a window shows
             nothing in what it owns
    depth_m  (m,) metres, even steps over the log but where it has no windows: those of a score curve
    """

    names: tuple[str, ...]
    top_m: NDArray[np.float64]
    base_m: NDArray[np.float64]
    share: NDArray[np.float64]
    depth_m: NDArray[np.float64]

    @property
    def curves(self) -> NDArray[np.float64]:
        """(m, classes) shares at ``depth_m``, those of the window that owns each depth; NaN where there is none."""
        window = np.clip(np.searchsorted(self.top_m, self.depth_m, "right") - 1, 0, len(self.top_m) - 1)
        owned = (self.depth_m >= self.top_m[window]) & (self.depth_m < self.base_m[window])
        return np.asarray(np.where(owned[:, None], self.share[window], np.nan))

    def intervals(self, well: str = "") -> Intervals:
        """Neighbours whose likeliest class is the same, as one; its share is their mean by the metres of each."""
        shown = np.flatnonzero(np.isfinite(self.share).all(1))
        if not len(shown):
            return Intervals()
        label = self.share[shown].argmax(1)
        top_m, base_m = self.top_m[shown], self.base_m[shown]
        apart = (label[1:] != label[:-1]) | (top_m[1:] - base_m[:-1] > _TOUCHING_M)
        firsts = np.concatenate([[0], np.flatnonzero(apart) + 1])
        lasts = np.concatenate([firsts[1:], [len(shown)]]) - 1
        metres = base_m - top_m
        sure = metres * self.share[shown, label]
        mean = np.add.reduceat(sure, firsts) / np.add.reduceat(metres, firsts)
        # Computed each from its own centre, one's base and the next one's top may differ in their last bit.
        bases_m = np.minimum(base_m[lasts], np.append(top_m[firsts][1:], np.inf))
        return Intervals(top_m[firsts], bases_m, np.array(self.names)[label[firsts]], np.clip(mean, 0.0, 1.0), well)


def classified(
    log: ImageLog,
    weights: Weights | Engine,
    *,
    device: str | torch.device = "auto",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Classified:
    """Label an image log. ``progress`` is called with how many windows of how many are done. Raises
    :class:`InputError` on weights that give no classes, and on a device that is not there.
    """
    engine = answering(weights, device)
    if engine.gives != "classes":
        raise gives_no_classes(engine.source, engine.gives)
    seen = as_cut(log, engine.config.window)
    done, total = 0, len(window_starts(seen))
    owned_m, shares = [], []
    for part in windows_of(seen, engine):
        share = engine.shares(part.windows)
        shown = part.windows[:, 1, HALF // 2 : HALF // 2 + HALF].max((1, 2)) > 0
        shares.append(np.where(shown[:, None], share, np.nan))
        owned_m.append(part.owned_m)
        done += len(part.windows)
        progress(done, total)
    half_m = log.row_step_m / 2
    top_m, base_m = np.clip(np.concatenate(owned_m), log.top_m - half_m, log.base_m + half_m).T
    share = np.concatenate(shares)
    kept = top_m < base_m
    return Classified(engine.config.classes, top_m[kept], base_m[kept], share[kept], curve_depths_m(seen))
