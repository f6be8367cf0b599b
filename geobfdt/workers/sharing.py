"""Items of work shared out to a crew of workers, whatever these run on.

A worker may answer that an item is large: then its parts are done by whoever is free, and one of them puts the answers
together. An item whose worker ends over it is tried once more, by a new worker, and then given up; all others go on.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

TRIES = 2
"""Workers that an item may cost."""


@dataclass(frozen=True)
class Task:
    """What a worker is asked to do.

    number   the item's place among all
    item     what to work on
    part     of a large item, what to do of it: its place among the parts, and the part; None for the item itself
    answers  those to its parts, in their order, where these were done before; None where it has none
    """

    number: int
    item: Any
    part: tuple[int, Any] | None = None
    answers: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Split:
    """The answer to a large item: parts that whoever is free may do, after which it comes back with their answers."""

    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Lost:
    """Instead of an answer: the worker has ended over the task, and how, as "it was killed"."""

    why: str


@dataclass(frozen=True)
class Ended:
    """What became of an item: its worker's answer, or :class:`Lost`, and the seconds that workers spent on it."""

    number: int
    answer: Any
    seconds: float


class Work(Protocol):
    """What workers do; picklable, as each of them gets it once. What goes wrong with an item is an answer as well."""

    def begin(self) -> None:
        """Called once in each worker, before its first task."""

    def __call__(self, task: Task) -> Any: ...


class Crew(Protocol):
    """Workers, numbered from 0, each at one task at a time; one that has ended is started anew when it is given one."""

    @property
    def count(self) -> int: ...

    def give(self, worker: int, task: Task) -> None: ...

    def answers(self) -> list[tuple[int, Any]]:
        """Wait for workers to be done; who is, and the answer or :class:`Lost`."""

    def end(self) -> None:
        """Have all of them end, also those at work."""


class InTurn:
    """A crew that is this process alone."""

    count = 1

    def __init__(self, work: Callable[[Task], Any]) -> None:
        self._work = work

    def give(self, worker: int, task: Task) -> None:
        self._task = task

    def answers(self) -> list[tuple[int, Any]]:
        return [(0, self._work(self._task))]

    def end(self) -> None:
        """Nobody is left at work."""


def shared_out(
    crew: Crew, items: Sequence[Any], progress: Callable[[int, int], None] = lambda done, total: None
) -> Generator[Ended, None, None]:
    """What becomes of every item, as it becomes known. ``progress`` is called with how many tasks of how many are done;
    there are more of them whenever an item turns out to be large. The crew ends with the iterator.
    """
    sharing = _Sharing(deque(Task(number, item) for number, item in enumerate(items)))
    try:
        while sharing.waiting or sharing.at_work:
            for worker in range(crew.count):
                if sharing.waiting and worker not in sharing.at_work:
                    crew.give(worker, sharing.next_for(worker))
            for worker, answer in crew.answers():
                ended = sharing.take(worker, answer)
                progress(sharing.done, sharing.total)
                if ended is not None:
                    yield ended
    finally:
        crew.end()


@dataclass
class _Sharing:
    """Who is at what, what waits, and what is known of large items so far."""

    waiting: deque[Task]
    at_work: dict[int, tuple[Task, float]] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)
    parts: dict[int, list[Any]] = field(default_factory=dict)
    missing: Counter[int] = field(default_factory=Counter)
    lost: Counter[tuple[int, int]] = field(default_factory=Counter)
    seconds: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    given_up: set[int] = field(default_factory=set)
    done: int = 0

    @property
    def total(self) -> int:
        return self.done + len(self.waiting) + len(self.at_work)

    def next_for(self, worker: int) -> Task:
        """A worker goes on with the large item that it has open, if there is more of it to do; otherwise answers are
        put together first, and parts of what others have open are done last.
        """
        number, place = self.last.get(worker), 0
        if number in self.parts:
            place = next((k for k, task in enumerate(self.waiting) if task.number == number), 0)
        task = self.waiting[place]
        del self.waiting[place]
        self.at_work[worker] = task, time.monotonic()
        self.last[worker] = task.number
        return task

    def take(self, worker: int, answer: Any) -> Ended | None:
        """Note an answer; what became of its item, if that is known now."""
        task, start = self.at_work.pop(worker)
        number = task.number
        self.seconds[number] += time.monotonic() - start
        self.done += 1
        if number in self.given_up:
            return None
        if isinstance(answer, Lost):
            return self._lost(task, answer)
        if isinstance(answer, Split):
            self.parts[number], self.missing[number] = [None] * len(answer.parts), len(answer.parts)
            self.waiting.extend(Task(number, task.item, part) for part in enumerate(answer.parts))
            return None
        if task.part is not None:
            self.parts[number][task.part[0]] = answer
            self.missing[number] -= 1
            if not self.missing[number]:
                self.waiting.appendleft(Task(number, task.item, answers=tuple(self.parts[number])))
            return None
        return self._ended(number, answer)

    def _lost(self, task: Task, answer: Lost) -> Ended | None:
        place = -1 if task.part is None else task.part[0]
        self.lost[task.number, place] += 1
        if self.lost[task.number, place] < TRIES:
            self.waiting.append(task)  # behind all others: what ends workers shall not hold these up
            self.done -= 1
            return None
        self.given_up.add(task.number)
        for other in [one for one in self.waiting if one.number == task.number]:
            self.waiting.remove(other)
        return self._ended(task.number, answer)

    def _ended(self, number: int, answer: Any) -> Ended:
        self.parts.pop(number, None)
        return Ended(number, answer, self.seconds.pop(number))
