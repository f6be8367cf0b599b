"""A crew on a cluster of Ray: its core actors, and a list of our own of who is at what, so that nothing is lost."""

from __future__ import annotations

import math
import os
import signal
from typing import Any

from geobfdt.errors import InputError, missing_extra, reason_of
from geobfdt.workers.processors import processors
from geobfdt.workers.sharing import Lost, Task, Work

LOCAL = "local"
"""The address of a cluster of this machine alone, which ends with the command."""
LOCAL_TRIES = 2
"""Ray gives its own node 30 s to start, which on a busy machine are few; the second time its programs are in memory."""
OBJECTS_BYTES = 200_000_000
"""Memory of a local cluster for what goes between its processes."""
HEEDS_S = 0.5
"""How long Ray may wait at a time: of a signal that comes meanwhile it tells only when it has done so."""


class OnRay:
    """Actors on the cluster at an address, "local" or as ``ray.init`` takes it; one a processor, or so many a card.

    count       how many; None for as many as there is room for
    per_card    workers that share a card, where ``on_cards`` and the cluster has any; None is one

    Raises :class:`InputError` where Ray is not installed, the cluster does not answer, has no room for so many, or no
    card takes part that workers are asked to share.
    """

    def __init__(
        self, work: Work, address: str, count: int | None = None, *, on_cards: bool = False, per_card: int | None = None
    ) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        try:
            import ray
        except ImportError:
            raise missing_extra(f"--cluster {address}", "ray") from None
        self._ray: Any = ray
        self._work = work
        _connect(ray, address)
        a_card = per_card or 1
        cards, room = _room(self._ray, a_card if on_cards else 0)
        if per_card is not None and not cards:
            self.end()
            raise InputError(f"--per-card {per_card}: the cluster has no card to share; leave it out")
        self.count = room if count is None else count
        if not 0 < self.count <= room:
            self.end()
            asked = f"--cluster {address}" if count is None else f"--workers {count}"
            raise InputError(f"{asked}: the cluster has room for {room} workers; give as many or fewer")
        # Between machines it is not known which processors lie together: there each worker gets one.
        share = max(1, processors() // self.count) if address == LOCAL else 1
        self._actor = self._ray.remote(_Worker).options(num_cpus=share, num_gpus=1 / a_card if cards else 0)
        self._actors: dict[int, Any] = {}
        self._asked: dict[Any, int] = {}

    def give(self, worker: int, task: Task) -> None:
        if worker not in self._actors:
            self._actors[worker] = self._actor.remote(self._work)
        self._asked[self._actors[worker].do.remote(task)] = worker

    def answers(self) -> list[tuple[int, Any]]:
        first: list[Any] = []
        while not first:
            first, others = self._wait(list(self._asked), timeout=HEEDS_S)
        more = self._wait(others, num_returns=len(others), timeout=0)[0] if others else []
        return [self._answer(future, self._asked.pop(future)) for future in (*first, *more)]

    def _wait(self, asked: list[Any], **how: Any) -> tuple[list[Any], list[Any]]:
        try:
            done, left = self._ray.wait(asked, **how)
        except SystemError as error:  # Ray's way to say that what a signal raises came up while it waited
            raise (error.__cause__ or error) from None
        return done, left

    def _answer(self, future: Any, worker: int) -> tuple[int, Any]:
        errors = self._ray.exceptions
        try:
            return worker, self._ray.get(future)
        except errors.RayActorError as error:
            self._actors.pop(worker)
            if error.actor_init_failed:
                raise InputError(
                    f"workers of the cluster cannot begin ({_last_line(error)}); install the same geobfdt on all its "
                    "machines, and give files that all of them see"
                ) from None
            return worker, Lost("it died; the cluster's memory monitor or the machine's may have ended it")
        except errors.RayError as error:
            self._actors.pop(worker)  # Ray may have ended it, as where memory is short, and says so in other words
            return worker, Lost(f"it failed: {_last_line(error)}")

    def end(self) -> None:
        self._ray.shutdown()


class _Worker:
    """The actor."""

    def __init__(self, work: Work) -> None:
        self._work = work
        work.begin()

    def do(self, task: Task) -> Any:
        return self._work(task)


def _room(ray: Any, per_card: int) -> tuple[bool, int]:
    """Whether workers are on cards, so many on each, and how many there is room for. A worker takes a processor and its
    share of a card of one machine; more of them than find both somewhere would be waited for without end.
    """
    machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
    cards = per_card > 0 and any(machine.get("GPU") for machine in machines)
    rooms = [(machine.get("CPU", 0), machine.get("GPU", 0) * per_card if cards else math.inf) for machine in machines]
    return cards, sum(int(min(room)) for room in rooms)


def _connect(ray: Any, address: str) -> None:
    local = {"num_cpus": processors(), "object_store_memory": OBJECTS_BYTES} if address == LOCAL else {}
    before = signal.getsignal(signal.SIGTERM)
    for left in range(LOCAL_TRIES - 1 if local else 0, -1, -1):
        try:
            ray.init(address=address, include_dashboard=False, log_to_driver=False, logging_level="ERROR", **local)
            return
        except Exception as error:  # a node that does not start in time is a bare one
            ray.shutdown()
            if not left:
                # To a cluster that is named Ray shows no token by itself, and one that asks for it does not say so.
                named = address not in (LOCAL, "auto") and "RAY_AUTH_MODE" not in os.environ
                token = "; if it asks for a token, set RAY_AUTH_MODE=token" if named else ""
                raise InputError(
                    f"--cluster {address}: does not answer ({reason_of(error)}); write local, auto or HOST:PORT of a "
                    f"cluster that `ray start --head` has started{token}"
                ) from None
        finally:
            signal.signal(signal.SIGTERM, before)  # Ray takes it for itself


def _last_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:200]
