"""Planted wells: massive rock above, laminated rock below, and intervals that say so."""

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.intervals import Intervals
from geobfdt.borehole.well import Well

TOP_M, BORDER_M, BASE_M = 100.0, 106.0, 112.0
STEP_M = 0.005


def log(well="A-1", seed=0):
    """12 m of an 8.5 in hole, laminated from 106 m on: sheets 4 cm apart."""
    rng = np.random.default_rng(seed)
    depth_m = np.arange(TOP_M + STEP_M / 2, BASE_M, STEP_M)
    image = rng.normal(size=(len(depth_m), 90))
    below = depth_m >= BORDER_M
    image[below] += 2 * np.sin(2 * np.pi * depth_m[below] / 0.04 + rng.uniform(0, 6))[:, None]
    return ImageLog(image, depth_m, 0.2159, "north", well=well)


def intervals(*edges, labels=("massive", "laminated")):
    edges = edges or (TOP_M, BORDER_M, BASE_M)
    return Intervals(np.array(edges[:-1]), np.array(edges[1:]), np.array(labels))


def well(name="A-1", seed=0, split="train", **said):
    return Well(log(name, seed), split=split, intervals=intervals(**said))
