"""Windows: what the detector sees. Dimensionless, so that a sinusoid's shape depends on its dip alone, in every hole."""

from __future__ import annotations

import math

COLUMNS = 180
ROWS = 192
ROW_STEP_RADII = 2 * (2 * math.pi / COLUMNS)
"""Two column arcs: 7.5 mm in an 8.5 in hole, 3.3 mm in a 96 mm hole."""
HEIGHT_RADII = ROWS * ROW_STEP_RADII
"""13.4 hole radii: the whole trace of an 80 degree plane takes 11.4."""
