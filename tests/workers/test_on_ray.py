"""A cluster of this machine is begun again where it was slow to start; one that does not answer is said not to. No more
workers are asked for than there is room for, and a signal is heeded while they work.
"""

from __future__ import annotations

import signal
from typing import Any

import pytest

from geobfdt.cli.crew import CrewOptions
from geobfdt.cli.picking import Picking
from geobfdt.errors import InputError
from geobfdt.model import EngineName
from geobfdt.workers.on_ray import OnRay, _connect, _room


class Slow:
    """What stands in for Ray, which starts at the last of so many tries."""

    def __init__(self, tries: int) -> None:
        self.tries, self.asked, self.ended = tries, 0, 0

    def init(self, **said: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.asked += 1
        if self.asked < self.tries:
            raise Exception("The current node timed out during startup.")

    def shutdown(self) -> None:
        self.ended += 1


@pytest.mark.parametrize(("address", "tries", "asked"), [("local", 2, 2), ("local", 9, 2), ("10.0.0.1:6379", 2, 1)])
def test_a_local_cluster_is_tried_twice_and_another_once(address: str, tries: int, asked: int) -> None:
    ray, heeded = Slow(tries), signal.getsignal(signal.SIGTERM)
    if asked == tries:
        _connect(ray, address)
    else:
        with pytest.raises(InputError, match=rf"--cluster {address}: does not answer \(The current node timed out"):
            _connect(ray, address)
    assert ray.asked == asked
    assert ray.ended == asked - (asked == tries), "nothing is left of a try that failed"
    assert signal.getsignal(signal.SIGTERM) is heeded


@pytest.mark.parametrize(
    ("address", "said", "told"),
    [("10.0.0.1:6379", None, True), ("10.0.0.1:6379", "token", False), ("auto", None, False), ("local", None, False)],
)
def test_of_a_cluster_that_is_named_it_is_said_how_a_token_is_shown(
    monkeypatch: pytest.MonkeyPatch, address: str, said: str | None, told: bool
) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    if said is not None:
        monkeypatch.setenv("RAY_AUTH_MODE", said)
    with pytest.raises(InputError) as refused:
        _connect(Slow(9), address)
    assert ("set RAY_AUTH_MODE=token" in str(refused.value)) == told


class Machines:
    """What stands in for Ray on machines of so many processors and cards."""

    def __init__(self, *processors_and_cards: tuple[int, int], gone: int = 0) -> None:
        there = [
            {"CPU": float(cpus)} | ({"GPU": float(cards)} if cards else {}) for cpus, cards in processors_and_cards
        ]
        alive = [number >= gone for number in range(len(there))]
        self._nodes = [{"Alive": a, "Resources": r} for a, r in zip(alive, there, strict=True)]

    def nodes(self) -> list[dict[str, Any]]:
        return self._nodes


def test_a_worker_takes_a_processor_and_its_share_of_a_card_of_the_same_machine() -> None:
    """More workers than find both would be waited for without end."""
    assert _room(Machines((2, 0), (8, 0)), 1) == (False, 10)
    assert _room(Machines((2, 0), (8, 0), gone=1), 1) == (False, 8)
    assert _room(Machines((16, 4)), 1) == (True, 4)
    assert _room(Machines((16, 4)), 3) == (True, 12)
    assert _room(Machines((16, 8)), 4) == (True, 16), "no more than processors"
    assert _room(Machines((8, 8), (64, 0)), 4) == (True, 8), "those of a machine without cards are of no use"
    assert _room(Machines((16, 8), (8, 0)), 0) == (False, 24), "who computes on processors"


def test_cards_that_are_not_there_are_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    monkeypatch.setattr("geobfdt.workers.on_ray._connect", lambda ray, address: None)
    monkeypatch.setattr("geobfdt.workers.on_ray._room", lambda ray, per_card: (False, 8))
    monkeypatch.setattr(OnRay, "end", lambda self: ended.append("ended"))
    with pytest.raises(InputError, match="--per-card 2: the cluster has no card to share; leave it out"):
        OnRay(Picking("out"), "auto", on_cards=True, per_card=2)
    assert ended == ["ended"]


@pytest.mark.parametrize(
    ("device", "engine", "on_cards"), [("auto", "auto", True), ("cpu", "auto", False), ("auto", "onnx", False)]
)
def test_workers_that_compute_on_processors_take_no_cards(
    monkeypatch: pytest.MonkeyPatch, device: str, engine: EngineName, on_cards: bool
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr("geobfdt.workers.on_ray.OnRay", lambda *given, **how: asked.update(how))
    picking = Picking("out", device=device, engine=engine)
    CrewOptions(cluster="auto").crew(picking)
    assert asked == {"on_cards": on_cards, "per_card": None}
    if on_cards:
        CrewOptions(cluster="auto", per_card=2).crew(picking)
        assert asked == {"on_cards": True, "per_card": 2}
        return
    with pytest.raises(InputError, match="--per-card 2: --device cpu and --engine onnx take no card"):
        CrewOptions(cluster="auto", per_card=2).crew(picking)


class StoppedError(BaseException):
    """What the command line raises when it is asked to end."""


class Busy:
    """What stands in for Ray whose workers are never done. What a signal raises it hands on at the end of a wait."""

    def __init__(self) -> None:
        self.waits = 0

    def wait(self, asked: list[Any], timeout: float | None = None) -> tuple[list[Any], list[Any]]:
        assert timeout is not None, "it would hear of no signal until a worker is done"
        assert timeout <= 1
        self.waits += 1
        if self.waits == 3:
            raise SystemError("returned a result with an exception set") from StoppedError()
        return [], asked


def test_a_signal_is_heeded_while_all_workers_are_busy() -> None:
    crew = OnRay.__new__(OnRay)
    crew._ray, crew._asked = Busy(), {"a": 0, "b": 1}
    with pytest.raises(StoppedError):
        crew.answers()
