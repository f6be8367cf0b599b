"""Intervals: stretches of a hole with a label each, as facies and lithologies are described."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.names import clean_names
from geobfdt.errors import InputError


def _empty() -> NDArray[np.float64]:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Intervals:
    """n intervals, each from its top to its base, in metres along hole, downwards; sorted by well and top.

    top_m, base_m  (n,) the base itself is no more in it: where one ends the next may begin
    label          (n,) names, none of them empty
    share          (n,) how sure a prediction is of the label, in [0, 1]; NaN where nobody says it
    well           (n,) names, "" where nobody says it

    Raises :class:`InputError` on a top that is not above its base, on intervals of one well that overlap, on a depth
    that is no number and on an empty label.
    """

    top_m: NDArray[np.float64] = field(default_factory=_empty)
    base_m: NDArray[np.float64] = field(default_factory=_empty)
    label: NDArray[np.str_] | str = ""
    share: NDArray[np.float64] | float = np.nan
    well: NDArray[np.str_] | str = ""

    def __post_init__(self) -> None:
        shape = np.shape(np.atleast_1d(np.asarray(self.top_m)))
        for column in fields(self):
            texts = column.name in ("label", "well")
            value = np.atleast_1d(np.asarray(getattr(self, column.name))).astype(np.str_ if texts else np.float64)
            try:
                value = np.broadcast_to(value, shape).copy()
            except ValueError:
                raise InputError(f"intervals: {column.name} has {len(value)} values for {shape[0]} tops") from None
            object.__setattr__(self, column.name, clean_names(value.astype(np.str_)) if texts else value)
        order = np.lexsort((self.top_m, np.asarray(self.well)))
        for column in fields(self):
            object.__setattr__(self, column.name, getattr(self, column.name)[order])
        self._check()

    def _check(self) -> None:
        if not (np.isfinite(self.top_m) & np.isfinite(self.base_m)).all():
            raise InputError("intervals: every top and base must be a number, in metres along hole")
        if (np.asarray(self.label) == "").any():
            raise InputError("intervals: every interval must have a label; leave out those without")
        for k in np.flatnonzero(~(self.top_m < self.base_m))[:1]:
            raise InputError(f"intervals: {self.top_m[k]:g} to {self.base_m[k]:g} m; the top must lie above the base")
        same_well = np.asarray(self.well)[1:] == np.asarray(self.well)[:-1]
        for k in np.flatnonzero(same_well & (self.base_m[:-1] > self.top_m[1:]))[:1]:
            raise InputError(
                f"intervals: {self.top_m[k]:g} to {self.base_m[k]:g} m and {self.top_m[k + 1]:g} to "
                f"{self.base_m[k + 1]:g} m overlap; give every depth one label"
            )

    def __len__(self) -> int:
        return len(self.top_m)

    def __getitem__(self, rows: slice | NDArray[np.bool_] | NDArray[np.intp]) -> Intervals:
        return Intervals(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    @property
    def names(self) -> tuple[str, ...]:
        """The different labels, sorted."""
        return tuple(np.unique(self.label).tolist())

    def by_label(self) -> dict[str, Intervals]:
        """Those of each label, by its name."""
        return {name: self[np.asarray(self.label) == name] for name in self.names}

    def at(self, depth_m: NDArray[np.float64]) -> NDArray[np.int64]:
        """(m,) the interval that holds each of m depths, -1 for none. Of intervals of one well."""
        if not len(self):
            return np.full(len(depth_m), -1, np.int64)
        found = np.searchsorted(self.top_m, depth_m, "right") - 1
        inside = (found >= 0) & (depth_m < self.base_m[found])
        return np.asarray(np.where(inside, found, -1), np.int64)

    def classes_at(self, depth_m: NDArray[np.float64], names: Iterable[str]) -> NDArray[np.int64]:
        """(m,) index into ``names`` of the label at each of m depths, -1 where there is none or it is no such name."""
        known = {name: k for k, name in enumerate(names)}
        index = np.array([*(known.get(label, -1) for label in np.asarray(self.label).tolist()), -1], np.int64)
        return np.asarray(index[self.at(depth_m)])

    def inside(self, top_m: float, base_m: float) -> Intervals:
        """What of them lies between two depths, cut off there."""
        kept = self[np.asarray((self.base_m > top_m) & (self.top_m < base_m))]
        top, base = np.maximum(kept.top_m, top_m), np.minimum(kept.base_m, base_m)
        return Intervals(top, base, kept.label, kept.share, kept.well)

    def of_well(self, name: str) -> Intervals:
        """Those of a well and those that name none."""
        return self[np.isin(np.asarray(self.well), ("", name))]
