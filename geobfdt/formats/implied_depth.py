"""The depth of investigation that an export of dips implies: heights of traces and dips give the diameter they were
computed on, and it is wider than the caliper where the tool looks into the rock.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
from numpy.typing import NDArray

from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.angle_names import words_of
from geobfdt.formats.tables import Table
from geobfdt.formats.units import metres_per

DIPS_DEG = 20.0, 80.0
"""Dips whose heights tell the diameter: below, a height of few millimetres is its rounding."""
FEWEST = 5
SPREAD_M = 0.002
"""Between the 10th and 90th percentile of the depths, beyond which the heights are not those of these dips."""
LEAST_M = 0.0005
_CALIPER = re.compile(r"(avg|mean)?(cali?|caliper|diameter|diam)", re.IGNORECASE)


def tell_implied_depth(table: Table, dip_deg: NDArray[np.float64]) -> None:
    """Warn of the depth of investigation that a table implies whose dips (rows,) are as its image shows them; silent
    where it has no heights or diameters, or where they say nothing.
    """
    height = _lengths(table, "height")
    diameter = _diameters(table)
    if height is None or diameter is None:
        return
    tells = np.isfinite(height + diameter) & (dip_deg > DIPS_DEG[0]) & (dip_deg < DIPS_DEG[1]) & (height > 0)
    if tells.sum() < FEWEST:
        return
    deeper = (height[tells] / np.tan(np.radians(dip_deg[tells])) - diameter[tells]) / 2
    low, middle, high = np.percentile(deeper, [10, 50, 90])
    if high - low > SPREAD_M or middle < LEAST_M:
        return
    warnings.warn(
        f"{table.path}: by their heights its dips were computed {middle / 0.0254:.2f} in inside the rock; compare them "
        f"with others at --depth-of-investigation {middle:.5f}",
        InputWarning,
        stacklevel=4,
    )


def _diameters(table: Table) -> NDArray[np.float64] | None:
    found = [name for name in table.columns if any(_CALIPER.fullmatch(word) for word in words_of(name))]
    if len(found) == 1:
        return _metres(table, found[0])
    radius = _lengths(table, "radius")
    return None if radius is None else 2 * radius


def _lengths(table: Table, word: str) -> NDArray[np.float64] | None:
    """The only column whose name has such a word, in metres."""
    found = [name for name in table.columns if word in words_of(name)]
    return _metres(table, found[0]) if len(found) == 1 else None


def _metres(table: Table, column: str) -> NDArray[np.float64] | None:
    bracketed = re.search(r"[\[(](.*?)[\])]", column)
    unit = table.units.get(column) or (bracketed[1] if bracketed else "")
    factor = metres_per(unit) if unit else None
    if factor is None:
        return None
    try:
        return table.numbers(column) * factor
    except InputError:
        return None
