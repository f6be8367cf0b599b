"""Training windows made before they are asked for."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import torch

from geobfdt.training.sources import WindowSource
from geobfdt.windows.batch import WindowBatch


@dataclass(frozen=True)
class _Made:
    """A batch, and on a card the event after which it is whole."""

    batch: WindowBatch
    ready: torch.cuda.Event | None


class Ahead:
    """The windows of a source, each batch made by a thread, on a card on a stream of its own, while the one before it
    is learned: a card that learns leaves room for it, and the thread that launches it waits for the interpreter rarely.

    Batches are those of the source, whatever the order in which they are asked for; what fails while one is made is
    raised when it is asked for. Closed as a context it makes no more.
    """

    def __init__(self, source: WindowSource, device: torch.device, epochs: int) -> None:
        self.source, self.device, self.epochs = source, device, epochs
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]
        self._thread = ThreadPoolExecutor(1, "windows")
        self._next: tuple[tuple[int, int], Future[_Made]] | None = None

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown(cancel_futures=True)

    def batch(self, epoch: int, step: int) -> WindowBatch:
        """That of the source; the one after it is begun."""
        asked = epoch, step
        if self._next is None or self._next[0] != asked:
            self._next = asked, self._thread.submit(self._make, *asked)
        made = self._next[1].result()
        after = (epoch, step + 1) if step + 1 < self.source.steps_per_epoch else (epoch + 1, 0)
        self._next = (after, self._thread.submit(self._make, *after)) if after[0] < self.epochs else None
        if made.ready is not None:
            stream = torch.cuda.current_stream(self.device)
            stream.wait_event(made.ready)
            for tensor in made.batch.tensors:  # or its memory would be given to the next batch while it is learned
                tensor.record_stream(stream)
        return made.batch

    def _make(self, epoch: int, step: int) -> _Made:
        if self._stream is None:
            return _Made(self.source.batch(epoch, step), None)
        with torch.cuda.stream(self._stream):
            batch = self.source.batch(epoch, step)
            return _Made(batch, self._stream.record_event())
