"""What the bundled weights find in rock without planes: ``python -m tests.prediction.barren`` prints, for every tool of
the bench, false picks a metre seen one way and both ways, in 60 m of barren rock and 60 m of such rock with rows that
electronics got wrong. Five minutes.
"""

from __future__ import annotations

import warnings

from geobfdt.errors import InputWarning
from geobfdt.experiments.wells.well import BENCH_TOOLS, bench_well
from geobfdt.prediction.both_ways import seen
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import engine_of

SEEDS, LENGTH_M = (7, 8, 9), 20.0


def main() -> None:
    engine = engine_of()
    print("| tool | barren | both ways | stripes | both ways |")
    print("|---" * 5 + "|")
    with warnings.catch_warnings(action="ignore", category=InputWarning):
        for tool in BENCH_TOOLS:
            cells = []
            for case in ("barren", "stripes"):
                logs = [bench_well(tool, case, LENGTH_M, seed).log for seed in SEEDS]
                for both_ways in (False, True):
                    found = sum(len(predict(log, seen(engine, both_ways=both_ways))) for log in logs)
                    cells.append(f"{found / (LENGTH_M * len(logs)):.3f}")
            print("| " + " | ".join((tool.replace("_", " "), *cells)) + " |", flush=True)


if __name__ == "__main__":
    main()
