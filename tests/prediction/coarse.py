"""What the bundled weights make of images of ever coarser pixels: ``python -m tests.prediction.coarse [METRES]`` prints
a table, of 20 m and three seeds in each case if nothing else is asked for, in a quarter of an hour: precision and
sensitivity, joint at 8 cm.

The wells are those of the bench, of tools that it does not have.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator

from geobfdt.errors import InputWarning
from geobfdt.eval import match
from geobfdt.experiments.wells.well import BENCH_TOOLS, BenchTool, bench_well
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import engine_of

SEEDS = (7, 8, 9)
PLANES = {"mixed": "mixed", "bedding": "beds", "fracture": "fractures", "off_axis": "beds of 50 to 78°"}
HOLES_M = (0.1524, 0.2159, 0.3112)
TOOLS = {
    f"{columns} columns, {100 * step_m:.3g} cm": BenchTool(columns, step_m, 0, HOLES_M, True, spot_m)
    for columns, step_m, spot_m in (
        (56, 0.00762, (0.02, 0.025)),
        (40, 0.0127, (0.03, 0.03)),
        (32, 0.02, (0.045, 0.04)),
        (24, 0.03, (0.06, 0.045)),
        (16, 0.02, (0.05, 0.06)),
        (16, 0.05, (0.1, 0.06)),
        (8, 0.05, (0.1, 0.1)),
        (56, 0.03048, (0.02, 0.025)),
        (56, 0.05, (0.05, 0.025)),
        (56, 0.0762, (0.076, 0.025)),
        (56, 0.1524, (0.15, 0.025)),
        (16, 0.1524, (0.15, 0.06)),
    )
}


def rows(metres: float) -> Iterator[list[str]]:
    """A tool a row."""
    engine = engine_of()
    BENCH_TOOLS.update(TOOLS)  # last, so that the bench's own keep their seeds
    for tool in TOOLS:
        cells = []
        for case in (*PLANES, "barren"):
            planes = picks = hits = 0
            for seed in SEEDS:
                well = bench_well(tool, case, metres, seed)
                found = predict(well.log, engine)
                planes, picks = planes + len(well.picks), picks + len(found)
                hits += len(match(well.picks, found, "joint", 0.08, hole_diameter_m=well.log.hole_diameter_m))
            told = f"{hits / max(picks, 1):.2f}, {hits / max(planes, 1):.2f}"
            cells.append(told if planes else f"{picks / (metres * len(SEEDS)):.2f}")
        yield [tool, *cells]


def main() -> None:
    with warnings.catch_warnings(action="ignore", category=InputWarning):
        print("| pixels | " + " | ".join(PLANES.values()) + " | false picks a metre without planes |")
        print("|---" * (len(PLANES) + 2) + "|")
        for cells in rows(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0):
            print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
