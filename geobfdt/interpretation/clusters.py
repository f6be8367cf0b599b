"""Poles sorted into clusters about axes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import plane_from_pole, poles
from geobfdt.errors import InputError

Floats = NDArray[np.float64]

STARTS = 8
"""k-means ends in another place from other beginnings; the best of so many is kept."""
PARTS = 4
"""mplstereonet's k-means weighs all poles alike: each is given it as often as it has quarters of the least weight."""
MOST_POLES = 1500
"""Where that makes more than so many, each is given in proportion all the same, the lightest of them not at all."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """n poles in k clusters.

    member   (n,) the cluster of each pole
    centres  (k, 3) unit vectors, the clusters' axes
    cost     sum over poles of weight times squared sine of the angle to their axis, which k-means makes small
    """

    member: NDArray[np.int64]
    centres: Floats
    cost: float


def clusters(pole: Floats, weight: Floats, number: int, seed: int = 0) -> Clusters:
    """Poles (n, 3) in ``number`` clusters by ``mplstereonet.kmeans``, whose distance is the acute angle between axes;
    weights (n,) as of Terzaghi's correction. The best of :data:`STARTS` beginnings, drawn from ``seed``.

    Raises :class:`InputError` when there are fewer different poles than clusters.
    """
    import mplstereonet
    from mplstereonet.stereonet_math import geographic2pole

    dip, azimuth = plane_from_pole(pole)
    given = min(MOST_POLES, max(len(pole), round(float(PARTS * weight.sum() / weight.min()))))
    evenly = (np.arange(given) + 0.5) * (weight.sum() / given)
    chosen = np.minimum(np.searchsorted(weight.cumsum(), evenly), len(pole) - 1)
    strikes, dips = azimuth[chosen] - 90, dip[chosen]
    best: Clusters | None = None
    before = np.random.get_state()  # noqa: NPY002 (mplstereonet draws from NumPy's global state, which is put back)
    try:
        np.random.seed(seed)  # noqa: NPY002
        for _ in range(STARTS):
            try:
                with warnings.catch_warnings():
                    # A cluster that lost all its poles has no axis: NumPy warns, and the loop might never end.
                    warnings.simplefilter("error", RuntimeWarning)
                    centre = np.asarray(mplstereonet.kmeans(strikes, dips, num=number), float).reshape(number, 2)
            except (RuntimeWarning, np.linalg.LinAlgError):
                continue
            strike, plunge = geographic2pole(*centre.T)
            found = _assigned(pole, weight, poles(plunge, np.asarray(strike) + 90))
            if found is not None and (best is None or found.cost < best.cost):
                best = found
    finally:
        np.random.set_state(before)  # noqa: NPY002
    if best is None:
        raise InputError(f"{len(pole)} poles do not make {number} sets; ask for fewer")
    return best


def _assigned(pole: Floats, weight: Floats, centres: Floats) -> Clusters | None:
    """Poles with their nearest axes; None where an axis has none."""
    squares = (pole @ centres.T) ** 2
    member = np.asarray(squares.argmax(1), np.int64)
    if len(np.unique(member)) < len(centres):
        return None
    return Clusters(member, centres, float((weight * (1 - squares.max(1))).sum()))
