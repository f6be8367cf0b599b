"""Items are shared out so that each becomes something, whatever workers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geobfdt.workers.sharing import Ended, InTurn, Lost, Split, Task, shared_out


class Rehearsed:
    """A crew whose workers answer in the order in which they were asked, as a function of the task says."""

    def __init__(self, count: int, work: Callable[[Task], Any]) -> None:
        self.count, self._work = count, work
        self.asked: list[tuple[int, Task]] = []
        self.ended = False
        self._waiting: list[tuple[int, Task]] = []

    def give(self, worker: int, task: Task) -> None:
        self.asked.append((worker, task))
        self._waiting.append((worker, task))

    def answers(self) -> list[tuple[int, Any]]:
        worker, task = self._waiting.pop(0)
        return [(worker, self._work(task))]

    def end(self) -> None:
        self.ended = True


def answers(ended: list[Ended]) -> dict[int, Any]:
    assert len({one.number for one in ended}) == len(ended)
    return {one.number: one.answer for one in ended}


def test_every_item_ends_once_and_so_does_the_crew() -> None:
    crew = Rehearsed(3, lambda task: task.item.upper())
    seen = []
    found = answers(list(shared_out(crew, "abcde", lambda done, total: seen.append((done, total)))))
    assert found == dict(enumerate("ABCDE"))
    assert {worker for worker, _ in crew.asked} == {0, 1, 2}
    assert seen == [(done, 5) for done in range(1, 6)]
    assert crew.ended


def test_an_item_that_ends_its_workers_is_tried_twice_the_second_time_behind_all_others() -> None:
    crew = Rehearsed(2, lambda task: Lost("it was killed") if task.item == "b" else task.item)
    found = answers(list(shared_out(crew, "abcd")))
    assert found == {0: "a", 1: Lost("it was killed"), 2: "c", 3: "d"}
    assert [task.item for _, task in crew.asked] == ["a", "b", "c", "d", "b"]


def test_an_item_that_ends_one_worker_alone_is_done_by_the_next() -> None:
    tries: list[str] = []

    def work(task: Task) -> object:
        tries.append(task.item)
        return Lost("it ended") if tries.count("b") == 1 and task.item == "b" else task.item

    assert answers(list(shared_out(Rehearsed(1, work), "abc"))) == dict(enumerate("abc"))


def test_a_large_item_is_done_in_parts_and_put_together_in_their_order() -> None:
    def work(task: Task) -> object:
        if task.part is not None:
            return task.part[1].upper()
        if task.item == "xyz" and task.answers is None:
            return Split(tuple(task.item))
        return "".join(task.answers) if task.answers else task.item

    crew = Rehearsed(2, work)
    assert answers(list(shared_out(crew, ["a", "xyz", "b", "c"]))) == {0: "a", 1: "XYZ", 2: "b", 3: "c"}
    # Who has it open goes on with it; the other does its own things first, then helps.
    parts = [(worker, task.part[1]) for worker, task in crew.asked if task.part is not None]
    assert parts == [(1, "x"), (1, "y"), (0, "z")] or parts == [(1, "x"), (0, "z"), (1, "y")]
    assert answers(list(shared_out(InTurn(work), ["xyz"]))) == {0: "XYZ"}


def test_a_part_that_ends_its_workers_is_the_end_of_its_item_alone() -> None:
    def work(task: Task) -> object:
        if task.part is not None:
            return Lost("it was killed") if task.part[1] == "y" else task.part[1]
        return Split(tuple("wxyz")) if task.item == "long" else task.item

    for count in (1, 2, 3):
        crew = Rehearsed(count, work)
        assert answers(list(shared_out(crew, ["long", "a", "b"]))) == {0: Lost("it was killed"), 1: "a", 2: "b"}
        assert not any(task.answers for _, task in crew.asked)


def test_a_run_that_is_left_early_ends_the_crew() -> None:
    crew = Rehearsed(2, lambda task: task.item)
    ended = shared_out(crew, "abc")
    next(ended)
    ended.close()
    assert crew.ended
