"""The values of the trade: planes, picks, image logs, wells, the way a hole runs, pads, contrast.

Here stand the words that a user chooses from to say what a file does not: whoever only names them loads nothing else.
"""

from typing import Literal, get_args

Reference = Literal["north", "high_side"]
REFERENCES: tuple[str, ...] = get_args(Reference)
"""What azimuths count from."""

Caliper = Literal["mean", "elliptical"]
CALIPERS: tuple[str, ...] = get_args(Caliper)
"""What becomes of a caliper with arms at right angles: a round hole of their mean, or an oval one."""

Inclination = Literal["from_vertical", "dip", "dip_down", "gradient"]
INCLINATIONS: tuple[str, ...] = get_args(Inclination)
"""What the inclination of a survey counts, in degrees: from the vertical, 0 straight down; dip, from the horizontal, as
mines write it, -90 straight down; dip_down, the same with 90 straight down; gradient, upwards from the horizontal."""

Split = Literal["train", "val", "test"]
SPLITS: tuple[str, ...] = get_args(Split)
"""What a well of a corpus is for."""

Mark = Literal["top", "bottom"]
MARKS: tuple[str, ...] = get_args(Mark)
"""Where on oriented core the line lies that beta counts from: along the high side of the hole, or the low one."""

DepthUnit = Literal["m", "ft"]
DEPTH_UNITS: tuple[str, ...] = get_args(DepthUnit)
"""What depths along hole are written in."""
