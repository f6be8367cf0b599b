"""Values as JSON has them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np


def finite(value: Any) -> Any:
    """Plain values for JSON, in which a number that is none is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple | range):
        return [finite(one) for one in value]
    if isinstance(value, np.generic):
        return finite(value.item())
    return str(value) if isinstance(value, Path) else value
