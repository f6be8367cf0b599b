"""The assignments of a batch by SciPy, in this process or by several; no torch, so that these start at once."""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

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

    Started as programs of their own, so that a script that trains is not run again in each. They end when this process
    closes their input or ends, however it does.
    """

    def __init__(self, workers: int) -> None:
        self._shared = _nameless()
        number = self._shared.fileno()
        command = [sys.executable, "-m", __name__, str(number)]
        self._workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[number])
            for _ in range(workers)
        ]

    def costs(self, shape: tuple[int, ...]) -> Costs:
        """Shared memory for costs of a shape, which :meth:`assigned` is to be given once they are written into it."""
        size = max(4, 4 * int(np.prod(shape)))
        if os.fstat(self._shared.fileno()).st_size < size:
            self._shared.truncate(size)
        return np.memmap(self._shared, np.float32, "r+", shape=shape)

    def assigned(self, cost: Costs, targets: Mask) -> Pairs:
        """What :func:`assigned` returns, of costs that lie in :meth:`costs`."""
        parts = np.array_split(np.arange(cost.shape[0] * cost.shape[1]), len(self._workers))
        for worker, part in zip(self._workers, parts, strict=True):
            assert worker.stdin is not None
            pickle.dump((cost.shape, targets, part.tolist()), worker.stdin)
            worker.stdin.flush()
        return np.concatenate([_answer_of(worker) for worker in self._workers], axis=1)

    def close(self) -> None:
        for worker in self._workers:
            worker.communicate()
        self._shared.close()


def _nameless() -> BinaryIO:
    """A file of which nothing is left, whatever becomes of this process: where the system has it, in memory alone."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("costs"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


def _answer_of(worker: subprocess.Popen[bytes]) -> Pairs:
    assert worker.stdout is not None
    pairs: Pairs = pickle.load(worker.stdout)
    return pairs


@cache
def assigners() -> Assigners | None:
    """Those of this process, started when they are first asked for: as many as there are other cores; None where
    processes cannot share a file without a name, as under Windows.
    """
    if os.name != "posix":
        return None
    begun = Assigners(min(MOST_WORKERS, max(1, (os.cpu_count() or 1) - 1)))
    atexit.register(begun.close)
    return begun


def _work(shared: BinaryIO, asked: BinaryIO, told: BinaryIO) -> None:
    """Solve what is asked for until there is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the affair of the process that asks
    while True:
        try:
            shape, targets, problems = pickle.load(asked)
        except EOFError:
            return
        pairs = np.empty((4, 0), np.int64)
        if problems:
            pairs = _solved(np.memmap(shared, np.float32, "r", shape=shape), targets, problems)
        pickle.dump(pairs, told)
        told.flush()


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        _work(file, sys.stdin.buffer, sys.stdout.buffer)
