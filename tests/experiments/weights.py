"""Weights side by side on wells of the bench that its own seed does not draw, so that what is chosen by them is not
chosen by the bench: ``python -m tests.experiments.weights bundled FILE ... --seed 7 --length 8`` prints the tables of
accuracy and of the hard cases. A name of weights is as good as a file. Some three minutes a file.
"""

from __future__ import annotations

import argparse
import warnings
from functools import partial

from geobfdt.errors import InputWarning
from geobfdt.experiments.bench.accuracy import draw_wells, figures
from geobfdt.experiments.bench.hard import hard_figures
from geobfdt.experiments.bench.tables import by_case, summary
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import engine_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", nargs="+", help="files, or names such as bundled")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--length", type=float, default=8.0, help="metres of each of the 63 wells and the hard cases'")
    arguments = parser.parse_args()
    tools = tuple(BENCH_TOOLS)
    detectors = {name: partial(predict, weights=engine_of(name)) for name in arguments.weights}
    with warnings.catch_warnings(action="ignore", category=InputWarning):
        wells = list(draw_wells(arguments.length, arguments.seed, tools, CASES))
        for name, detect in detectors.items():
            lines = figures(name, wells, [detect(well.log) for well in wells])
            print(f"### {name}, seed {arguments.seed}\n\n{summary(lines)}\n", flush=True)
        print(by_case(hard_figures(arguments.length, arguments.seed, tools, detectors)))


if __name__ == "__main__":
    main()
