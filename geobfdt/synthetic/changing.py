"""Synthetic wells whose rock changes down the hole, with the label of every stretch of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geobfdt.augment.draw import Draw, seed_of
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.synthetic import PlaneKinds, check_tool
from geobfdt.synthetic.interpreters import Interpreter
from geobfdt.synthetic.wells import SYNTHETIC_TOOLS, synthetic_well

ROCKS: dict[str, PlaneKinds] = {
    "bedded and fractured": "mixed",
    "bedded": "bedding",
    "fractured": "fracture",
    "massive": "none",
}
"""What the rock is called, and the kinds of planes that it holds."""
LEAST_RADII, MOST_RADII = 30.0, 60.0
"""How long a stretch of one rock is, in hole radii: two to four and a half windows."""


def changing_well(
    name: str,
    length_m: float,
    seed: int,
    *,
    tool: str | None = None,
    top_m: float = 1000.0,
    interpreter: Interpreter | None = None,
) -> Well:
    """One well of ``length_m`` metres whose rock changes from part to part, drawn from a seed, in the split "test".

    All four of :data:`ROCKS` come in a random order before one comes again. One tool measures all parts in one hole,
    each with grey values and artefacts of its own, as a log that was spliced from several runs. The intervals are
    exact, a label a part; the picks are those of :func:`~geobfdt.synthetic.wells.synthetic_well`. Raises
    :class:`InputError` on a tool that nobody knows or a length of fewer than 30 hole radii.
    """
    if tool is not None:
        check_tool(tool)
    draw = Draw(seed_of(seed, 0))  # not the seed itself, from which the rock of other wells is drawn
    names = [key for key in SYNTHETIC_TOOLS if key != "lwd_16_sectors"]
    tool = tool or names[int(draw.integers(0, len(names), 1))]
    diameters_m = SYNTHETIC_TOOLS[tool].hole_diameters_m
    diameter_m = diameters_m[int(draw.integers(0, len(diameters_m), 1))]
    lengths_m = _lengths_m(draw, length_m, diameter_m / 2)
    labels = _labels(draw, len(lengths_m))

    step_m, rows, parts = SYNTHETIC_TOOLS[tool].row_step_m, [0], []
    for number, (label, part_m) in enumerate(zip(labels, lengths_m, strict=True), 1):
        part = synthetic_well(
            name,
            part_m,
            seed_of(seed, number),
            tool=tool,
            planes=ROCKS[label],
            top_m=top_m + rows[-1] * step_m,
            interpreter=interpreter,
            hole_diameter_m=diameter_m,
        )
        parts.append(part)
        rows.append(rows[-1] + part.log.rows)
    edges_m = np.asarray(top_m + np.array(rows) * step_m, np.float64)
    intervals = Intervals(edges_m[:-1], edges_m[1:], np.array(labels), well=name)
    depth_m = np.asarray(top_m + (np.arange(rows[-1]) + 0.5) * step_m, np.float64)
    log = replace(parts[0].log, image=np.concatenate([part.log.image[:] for part in parts]), depth_m=depth_m)
    return Well(log, Picks.concatenate([part.picks for part in parts]), split="test", intervals=intervals)


def _lengths_m(draw: Draw, length_m: float, radius_m: float) -> list[float]:
    """Lengths of parts that make up the whole, each within its bounds."""
    least_m, most_m = LEAST_RADII * radius_m, MOST_RADII * radius_m
    if not length_m >= max(least_m, 1.0):
        raise InputError(
            f"--length {length_m:g}: the rock of a hole of {2 * radius_m:g} m changes after {least_m:.2f} m at the "
            "soonest; give a greater length"
        )
    lengths_m, left_m = [], length_m
    while left_m > most_m:
        # What is left has to be long enough for a part.
        part_m = float(draw.uniform(least_m, min(most_m, left_m - least_m), 1))
        lengths_m.append(part_m)
        left_m -= part_m
    return [*lengths_m, left_m]


def _labels(draw: Draw, count: int) -> list[str]:
    """Of so many parts: all rocks in a random order, then all in another, and never one twice in a row."""
    labels: list[str] = []
    while len(labels) < count:
        order = [list(ROCKS)[k] for k in np.argsort(draw.uniform(0, 1, len(ROCKS)).cpu().numpy())]
        if labels and order[0] == labels[-1]:
            order = [*order[1:], order[0]]
        labels += order
    return labels[:count]
