"""The assignments of a batch by SciPy, in this process or by several; no torch, so that these start at once."""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, lru_cache
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from geobfdt.training.workers import end_with_parent

Costs = NDArray[np.float32]
Mask = NDArray[np.bool_]
Pairs = NDArray[np.int64]

MOST_WORKERS = 8


def assigned(cost: Costs, targets: Mask) -> Pairs:
    """The cheapest one-to-one assignment of queries to targets for every layer and window.

    ``cost`` is (layers, batch, queries, planes), ``targets`` (batch, planes) says which planes are to be assigned.
    Returns (4, m): layer, window, query and plane of m pairs, by layer and then by window. With fewer queries than
    targets those that cost most stay unassigned.
    """
    return _solved(cost, targets, range(cost.shape[0] * cost.shape[1]))


def _solved(cost: Costs, targets: Mask, problems: Sequence[int]) -> Pairs:
    """The pairs of some of the problems, counted by layer and then by window."""
    planes = [window.nonzero()[0] for window in targets]
    pairs = []
    for layer, window in (divmod(problem, cost.shape[1]) for problem in problems):
        if len(planes[window]):
            query, plane = linear_sum_assignment(cost[layer, window][:, planes[window]])
            index = (np.full_like(query, layer), np.full_like(query, window), query, planes[window][plane])
            pairs.append(np.stack(index))
    return np.concatenate(pairs, axis=1) if pairs else np.empty((4, 0), np.int64)


class Assigners:
    """:func:`assigned` by processes that share the costs' memory: SciPy holds the interpreter's lock, so that threads
    gain nothing. Beside a card the costs of a step are a tenth of its time, and the card waits for them.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), end_with_parent)
        self._shared: SharedMemory | None = None

    def costs(self, shape: tuple[int, ...]) -> Costs:
        """Shared memory for costs of a shape, which :meth:`assigned` is to be given once they are written into it."""
        size = 4 * int(np.prod(shape))
        if self._shared is None or self._shared.size < size:
            self._release()
            self._shared = SharedMemory(create=True, size=max(size, 1))
        return np.ndarray(shape, np.float32, self._shared.buf)

    def assigned(self, cost: Costs, targets: Mask) -> Pairs:
        """What :func:`assigned` returns, of costs that lie in :meth:`costs`."""
        assert self._shared is not None
        parts = np.array_split(np.arange(cost.shape[0] * cost.shape[1]), self.workers)
        given = [(self._shared.name, cost.shape, targets, part.tolist()) for part in parts if len(part)]
        found = list(self._pool.map(_solved_in, *zip(*given, strict=True))) if given else []
        return np.concatenate([np.empty((4, 0), np.int64), *found], axis=1)

    def close(self) -> None:
        self._pool.shutdown()
        self._release()

    def _release(self) -> None:
        if self._shared is not None:
            self._shared.close()
            self._shared.unlink()
            self._shared = None


@cache
def assigners() -> Assigners:
    """Those of this process, started when they are first asked for: as many as there are other cores."""
    begun = Assigners(min(MOST_WORKERS, max(1, (os.cpu_count() or 1) - 1)))
    atexit.register(begun.close)
    return begun


@lru_cache(maxsize=1)
def _attached(name: str) -> SharedMemory:
    return SharedMemory(name)


def _solved_in(name: str, shape: tuple[int, ...], targets: Mask, problems: Sequence[int]) -> Pairs:
    """In a worker: the pairs of some problems whose costs lie in shared memory."""
    return _solved(np.ndarray(shape, np.float32, _attached(name).buf), targets, problems)
