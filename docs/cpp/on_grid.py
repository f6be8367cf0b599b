"""Write a log at the depths of its windows' grid, as pick.cpp takes it: ``python on_grid.py LOG OUT.grid``.

A line of text, with the numbers of rows and columns, the first row of the grid, the hole's radius in metres, the
azimuth of the left edge in degrees and the depths in metres of the log's upper and lower edge; then rows x columns
float32, what share of each pixel was seen, 0 to 1, and as many, value times that share.
"""

import sys
from typing import Annotated

import numpy as np
import typer

import geobfdt
from geobfdt.errors import InputError
from geobfdt.formats.atomic import replacing
from geobfdt.windows.grid import ROWS, Grid, window_starts


def main(
    source: Annotated[str, typer.Argument(metavar="LOG")],
    out: Annotated[str, typer.Argument(metavar="OUT.grid")],
    image: str | None = None,
    reference: str | None = None,
    hole_diameter: float | None = None,
) -> None:
    try:
        log = geobfdt.read(source, image=image, reference=reference, hole_diameter_m=hole_diameter)
    except InputError as error:
        print(f"on_grid.py: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    if log.caliper_m is not None or log.ovality is not None:
        print("the hole's caliper is left out: dips count in its one diameter", file=sys.stderr)
    starts = window_starts(log)
    first, last = int(starts[0]), int(starts[-1]) + ROWS
    rows = Grid.of(log, "window").read(first, last)().image
    edge_m = log.row_step_m / 2
    edges_m = log.top_m - edge_m, log.base_m + edge_m
    numbers = (*rows.total.shape, first, log.radius_m, log.first_azimuth_deg, *edges_m)
    with replacing(out) as temporary, open(temporary, "wb") as file:
        file.write(" ".join(f"{one:.17g}" for one in numbers).encode() + b"\n")
        np.broadcast_to(rows.weight, rows.total.shape).astype("<f4").tofile(file)
        rows.total.astype("<f4").tofile(file)


typer.run(main)
