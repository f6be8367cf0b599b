"""Ten thousand items without work through a crew: ``python -m tests.workers.many_items --cluster local``.

Prints the seconds that they take, the start of the workers apart, and the most memory of who shares them out.
"""

from __future__ import annotations

import argparse
import resource
import time

from geobfdt.experiments.bench.workers import Nothing
from geobfdt.workers.on_ray import OnRay
from geobfdt.workers.processes import Processes
from geobfdt.workers.sharing import Ended, Lost, shared_out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cluster", help="local, or the address of a cluster of Ray; processes without")
    asked = parser.parse_args()
    start = time.perf_counter()
    work = Nothing()
    crew = OnRay(work, asked.cluster, asked.workers) if asked.cluster else Processes(work, asked.workers)
    connected = time.perf_counter()
    ended: list[Ended] = []
    for one in shared_out(crew, range(asked.items)):
        if not ended:
            first = time.perf_counter()
        ended.append(one)
    end = time.perf_counter()
    assert [one.number for one in sorted(ended, key=lambda one: one.number)] == list(range(asked.items))
    assert not any(isinstance(one.answer, Lost) for one in ended)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{asked.items:,} items by {asked.workers} workers: {end - first:.1f} s; at most {megabytes:.0f} MB;")
    print(f"before that {connected - start:.1f} s for the cluster and {first - connected:.1f} s until the first")


if __name__ == "__main__":
    main()
