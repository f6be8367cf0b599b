"""What workers would give: wells an hour against their number, simulated from what one well costs on this machine.

The simulated crew is given its wells by :func:`geobfdt.workers.sharing.shared_out`, as a real one is, but only counts
the seconds: a worker starts, a well crosses the one network that all share, is read, picked and written, and its
results cross back. What a well costs was measured before, alone; what workers on one machine take from each other
beyond their share of its processors (memory, caches) is not in it, nor is a machine that fails.
"""

from __future__ import annotations

import heapq
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from geobfdt.workers.processes import Processes
from geobfdt.workers.sharing import Task, shared_out

WELLS = 10_000
"""Wells of the simulated project."""
WORKERS = (1, 2, 8, 32, 128, 512, 2048)
NETWORKS_GBIT = (1.0, 10.0, 100.0)
"""What the network carries a second, between the files and all workers together."""
HANDED = 300
"""Tasks without work whose handing out is timed."""


@dataclass(frozen=True)
class WellCost:
    """What one well costs one worker, medians over rounds.

    clock                    of all but handing out: "seconds", or "processor seconds", which no other program changes
    start_s                  from the start of a process until its weights are loaded
    read_s, pick_s, write_s  of a corpus to a log, to picks, to their three files
    hand_out_s               of who shares out the wells, a well
    bytes_in, bytes_out      of the file, and of the results
    """

    metres: float
    engine: str
    threads: int
    clock: str
    start_s: float
    read_s: float
    pick_s: float
    write_s: float
    hand_out_s: float
    bytes_in: int
    bytes_out: int

    @property
    def work_s(self) -> float:
        return self.read_s + self.pick_s + self.write_s


class Nothing:
    """Work that does nothing."""

    def begin(self) -> None:
        """Nothing is made ready."""

    def __call__(self, task: Task) -> int:
        return task.number


def hand_out_s() -> float:
    """Seconds that a task without work takes from one process to another and back."""
    moments = [time.perf_counter() for _ in shared_out(Processes(Nothing(), 1), range(HANDED + 1))]
    return (moments[-1] - moments[0]) / HANDED


@dataclass
class Simulated:
    """A crew that only counts the seconds: of a cost a well, over a network of so many bytes a second."""

    cost: WellCost
    count: int
    bytes_per_s: float
    now_s: float = 0.0
    _network_free_s: float = 0.0
    _started: set[int] = field(default_factory=set)
    _done: list[tuple[float, int]] = field(default_factory=list)

    def give(self, worker: int, task: Task) -> None:
        self.now_s += self.cost.hand_out_s
        ready_s = self.now_s + (0.0 if worker in self._started else self.cost.start_s)
        self._started.add(worker)
        crossing_s = (self.cost.bytes_in + self.cost.bytes_out) / self.bytes_per_s
        self._network_free_s = max(self._network_free_s, ready_s) + crossing_s
        heapq.heappush(self._done, (self._network_free_s + self.cost.work_s, worker))

    def answers(self) -> list[tuple[int, Any]]:
        done_s, worker = heapq.heappop(self._done)
        self.now_s = max(self.now_s, done_s)
        return [(worker, None)]

    def end(self) -> None:
        """There is nobody to end."""


@dataclass(frozen=True)
class Throughput:
    """What so many workers make of a project of :data:`WELLS` wells, their start included."""

    workers: int
    network_gbit: float
    hours: float
    wells_per_hour: float

    @classmethod
    def simulated(cls, cost: WellCost, workers: int, network_gbit: float, wells: int = WELLS) -> Throughput:
        crew = Simulated(cost, workers, network_gbit * 1e9 / 8)
        for _ in shared_out(crew, range(wells)):
            pass
        hours = crew.now_s / 3600
        return cls(workers, network_gbit, hours, wells / hours)


@dataclass(frozen=True)
class WorkerTable:
    """Wells an hour against workers, for networks of several speeds, from the cost of one well."""

    cost: WellCost
    throughput: tuple[Throughput, ...]

    @classmethod
    def made(cls, cost: WellCost, workers: Sequence[int] = WORKERS) -> WorkerTable:
        networks = NETWORKS_GBIT
        return cls(cost, tuple(Throughput.simulated(cost, count, gbit) for count in workers for gbit in networks))

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2)

    def to_markdown(self) -> str:
        from geobfdt.experiments.bench.tables import figure, markdown  # it loads torch, which sharing out does without

        c = self.cost
        told = (
            f"A well of {c.metres:g} m in an 8.5 in hole, 360 columns every 2.54 mm, {c.bytes_in / 1e6:.0f} MB; a "
            f"worker computes with {c.engine} and {c.threads} thread{'s' if c.threads > 1 else ''}. "
            f"Measured in {c.clock}: start {c.start_s:.1f} s, reading {c.read_s:.2f} s, "
            f"picking {c.pick_s:.2f} s, writing {c.write_s:.2f} s, "
            f"{1000 * c.hand_out_s:.2f} ms to hand it out, {c.bytes_out / 1e3:.0f} kB of results"
            f"{_load()}. Simulated: {WELLS:,} such wells, wells an hour, and of that the share of what as many workers "
            "would do if none waited."
        )
        alone = 3600 / c.work_s
        rows = []
        for count in dict.fromkeys(one.workers for one in self.throughput):
            rates = [one.wells_per_hour for one in self.throughput if one.workers == count]
            rows.append([str(count), *(f"{rate:,.0f} ({figure(rate / count / alone)})" for rate in rates)])
        return f"{told}\n\n{markdown(('workers', *(f'{one:g} Gbit/s' for one in NETWORKS_GBIT)), rows)}\n"


def _load() -> str:
    """How busy the machine is, where it says so."""
    if not hasattr(os, "getloadavg"):
        return ""
    return f" (on {os.cpu_count()} processors at a load of {os.getloadavg()[1]:.1f})"
