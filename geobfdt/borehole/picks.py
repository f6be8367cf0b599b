"""Picks: a table of planes, one row a plane."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.names import clean_names
from geobfdt.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("fracture", "bedding")
"""The kinds that the detector tells apart, in the order of its logits."""
UNKNOWN = "unknown"
"""The kind of a plane whose interpreter did not say; scored in the pooled table only."""

DEVIATIONS = ("depth_sd_m", "dip_sd_deg", "azimuth_sd_deg")
"""The standard deviations of depth, dip and azimuth."""

TRUE = ("true_dip_deg", "true_azimuth_deg")
HOLE = ("hole_deviation_deg", "hole_azimuth_deg")
"""Which way the hole runs at a pick."""

_NUMBERS = ("depth_m", "dip_deg", "azimuth_deg", "confidence", *DEVIATIONS, *TRUE, *HOLE)
TEXTS = {"kind": UNKNOWN, "quality": "", "well": ""}
"""The columns of text, and what stands where the source has none."""
COLUMNS = ("depth_m", "dip_deg", "azimuth_deg", "kind", "confidence", *DEVIATIONS, *TRUE, *HOLE, "quality", "well")
"""Column order of picks.csv."""


def _empty() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Picks:
    """n planes as a struct of arrays, every field of shape (n,).

    depth_m           metres along hole where the plane crosses the axis
    dip_deg           dip against the plane normal to the hole, [0, 90): what the image shows ("apparent")
    azimuth_deg       dip direction in the image's reference, [0, 360)
    kind              "fracture", "bedding" or "unknown"
    confidence        [0, 1], NaN when the source has none
    depth_sd_m, dip_sd_deg, azimuth_sd_deg   standard deviations of the errors of depth_m, dip_deg and azimuth_deg, in
                      their units, >= 0, NaN where the source gives none
    true_dip_deg, true_azimuth_deg   against the horizontal and north, NaN until a survey is known
    hole_deviation_deg, hole_azimuth_deg   of the hole from the vertical and from north, NaN until a survey is known
    quality           the grade that the source gives a pick, in its own words, "" when it gives none
    well              name of the well, "" when the source has none

    Scalars and missing optional fields are broadcast. Raises :class:`InputError` on values outside those ranges.
    ``picks[mask]``, ``picks[slice]`` and ``picks[indices]`` select rows.
    """

    depth_m: NDArray[np.float64] = field(default_factory=_empty)
    dip_deg: NDArray[np.float64] = field(default_factory=_empty)
    azimuth_deg: NDArray[np.float64] = field(default_factory=_empty)
    kind: NDArray[np.str_] | str = UNKNOWN
    confidence: NDArray[np.float64] | float = np.nan
    depth_sd_m: NDArray[np.float64] | float = np.nan
    dip_sd_deg: NDArray[np.float64] | float = np.nan
    azimuth_sd_deg: NDArray[np.float64] | float = np.nan
    true_dip_deg: NDArray[np.float64] | float = np.nan
    true_azimuth_deg: NDArray[np.float64] | float = np.nan
    hole_deviation_deg: NDArray[np.float64] | float = np.nan
    hole_azimuth_deg: NDArray[np.float64] | float = np.nan
    quality: NDArray[np.str_] | str = ""
    well: NDArray[np.str_] | str = ""

    def __post_init__(self) -> None:
        shape = np.shape(np.atleast_1d(np.asarray(self.depth_m)))
        for column in fields(self):
            value = np.atleast_1d(np.asarray(getattr(self, column.name)))
            value = value.astype(np.float64 if column.name in _NUMBERS else np.str_)
            try:
                value = np.broadcast_to(value, shape).copy()
            except ValueError:
                raise InputError(f"picks: {column.name} has {len(value)} values for {shape[0]} depths") from None
            object.__setattr__(self, column.name, clean_names(value) if column.name in ("quality", "well") else value)
        self._check("depth_m", np.isfinite(self.depth_m), "must be a number")
        self._check("dip_deg", (self.dip_deg >= 0) & (self.dip_deg < 90), "must be in [0, 90) degrees")
        self._check("azimuth_deg", (self.azimuth_deg >= 0) & (self.azimuth_deg < 360), "must be in [0, 360) degrees")
        self._check("kind", np.isin(self.kind, (*KINDS, UNKNOWN)), f"must be one of {', '.join((*KINDS, UNKNOWN))}")
        outside = np.asarray((self.confidence < 0) | (self.confidence > 1))
        self._check("confidence", ~outside, "must be in [0, 1]")
        for name in _NUMBERS:
            self._check(name, ~np.isinf(getattr(self, name)), "must be a number")
        for name in DEVIATIONS:
            self._check(name, ~(getattr(self, name) < 0), "must not be negative")

    def _check(self, name: str, good: NDArray[np.bool_], rule: str) -> None:
        if not good.all():
            row = int(np.argmin(good))
            raise InputError(f"picks: {name} {rule}, found {getattr(self, name)[row]} in pick {row + 1} of {len(good)}")

    def __len__(self) -> int:
        return len(self.depth_m)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Picks:
        return Picks(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def sorted(self) -> Picks:
        """The same picks by well, then depth."""
        return self[np.lexsort((self.depth_m, np.asarray(self.well)))]

    def within(self, intervals_m: Iterable[tuple[float, float]]) -> Picks:
        """The picks whose depth lies in one of the (top, base) intervals, in metres, bounds included."""
        return self[within(self.depth_m, intervals_m)]

    def at_least(self, confidence: float) -> Picks:
        """The picks of at least this confidence; those without one are left out."""
        return self[np.asarray(self.confidence >= confidence)]

    def of_kind(self, kind: str) -> Picks:
        return self[np.asarray(self.kind) == kind]

    def __repr__(self) -> str:
        if not len(self):
            return "Picks(none)"
        kinds = [f"{number} {kind}" for kind in (*KINDS, UNKNOWN) if (number := len(self.of_kind(kind)))]
        wells = np.unique(self.well).tolist()
        named = f"{len(wells)} wells" if len(wells) > 1 else shorten(f"well {wells[0]}", 50, placeholder="...")
        depths = f"{self.depth_m.min():.2f} to {self.depth_m.max():.2f} m"
        return f"Picks({', '.join([*kinds, depths, *([named] if any(wells) else [])])})"

    def _repr_html_(self) -> str:
        """What a notebook shows: the line of ``repr`` above a table, which pandas cuts short where it is long."""
        return f"<div>{escape(repr(self))}</div>{self.to_pandas().to_html(max_rows=20, notebook=True)}"

    def to_pandas(self) -> pd.DataFrame:
        """A pandas table with the columns of picks.csv, in order."""
        import pandas as pd

        return pd.DataFrame({name: getattr(self, name) for name in COLUMNS})

    @classmethod
    def from_pandas(cls, frame: pd.DataFrame) -> Picks:
        """The inverse of :meth:`to_pandas`; optional columns may be missing."""
        given = {name: frame[name].to_numpy() for name in COLUMNS if name in frame}
        for name, unsaid in TEXTS.items():
            if name in given:
                given[name] = frame[name].fillna(unsaid).to_numpy(dtype=np.str_)
        return cls(**given)

    to_frame, from_frame = to_pandas, from_pandas
    """The same by shorter names."""

    @classmethod
    def concatenate(cls, parts: Iterable[Picks]) -> Picks:
        """All picks of several tables, in the order given."""
        parts = list(parts)
        if not parts:
            return cls()
        return cls(**{c.name: np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(cls)})


def within(depth_m: NDArray[np.float64], intervals_m: Iterable[tuple[float, float]]) -> NDArray[np.bool_]:
    """Which depths (n,) lie in one of the (top, base) intervals, in metres, bounds included."""
    mask = np.zeros(len(depth_m), bool)
    for top, base in intervals_m:
        mask |= (depth_m >= top) & (depth_m <= base)
    return mask


def wrap_azimuth_deg(azimuth_deg: ArrayLike) -> NDArray[np.float64]:
    """Azimuths folded into [0, 360): sources write 439.6 for 79.6."""
    wrapped = np.asarray(azimuth_deg, float) % 360.0
    return np.where(wrapped >= 360.0, 0.0, wrapped)
