"""Rock with known sets of planes, and what a straight hole through it meets.

``python -m tests.interpretation.planted [WELLS]`` prints how often the rule finds the planted number of sets.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.geometry import apparent_from_true, plane_from_pole
from geobfdt.borehole.picks import Picks
from geobfdt.interpretation.sets import find_sets

Floats = NDArray[np.float64]


def even(rng: np.random.Generator, n: int) -> Floats:
    """Unit vectors (n, 3) in every direction alike."""
    vectors = rng.normal(size=(n, 3))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def fisher(rng: np.random.Generator, axis: Floats, kappa: float, n: int) -> Floats:
    """Unit vectors (n, 3) about an axis by Fisher's law."""
    share = rng.random(n)
    cosine = 1 + np.log(share + (1 - share) * np.exp(-2 * kappa)) / kappa
    turn, sine = rng.uniform(0, 2 * np.pi, n), np.sqrt(1 - cosine**2)
    first = np.cross(axis, np.eye(3)[np.abs(axis).argmin()])
    first /= np.linalg.norm(first)
    around = np.stack([sine * np.cos(turn), sine * np.sin(turn), cosine], axis=1)
    return np.asarray(around @ np.stack([first, np.cross(axis, first), axis]))


def axes_apart(rng: np.random.Generator, sets: int, apart_deg: float = 45.0) -> Floats:
    """Axes (sets, 3) of which no two are nearer to each other."""
    while True:
        axes = even(rng, sets)
        between = np.abs(axes @ axes.T) - np.eye(sets)
        if sets < 2 or between.max() < np.cos(np.radians(apart_deg)):
            return axes


def planes(
    rng: np.random.Generator, axes: Floats, kappa: float, strays: float, n: int, hole: tuple[float, float]
) -> Picks:
    """n planes of sets in equal parts and of strays, as a hole of deviation and azimuth meets them: those that face it
    more often than those that run along it. Depths are even between 0 and 100 m.
    """
    deviation, azimuth = np.radians(hole)
    along = np.array([np.sin(deviation) * np.cos(azimuth), np.sin(deviation) * np.sin(azimuth), np.cos(deviation)])
    met: list[Floats] = []
    while sum(map(len, met)) < n:
        pole = even(rng, 100 * max(1, len(axes)))
        gathered = rng.random(len(pole)) >= strays
        which = rng.integers(0, max(1, len(axes)), len(pole))
        for number, axis in enumerate(axes):
            some = gathered & (which == number)
            pole[some] = fisher(rng, axis, kappa, int(some.sum()))
        met.append(pole[rng.random(len(pole)) < np.abs(pole @ along)])
    pole = np.concatenate(met)
    dip, towards = plane_from_pole(rng.permutation(pole)[:n])
    seen = apparent_from_true(dip, towards, *hole)
    return Picks(
        np.sort(rng.uniform(0, 100, n)),
        np.minimum(seen[0], 89.9),
        seen[1] % 360,
        "fracture",
        true_dip_deg=dip,
        true_azimuth_deg=towards,
        hole_deviation_deg=hole[0],
        hole_azimuth_deg=hole[1],
    )


def numbers_found(wells: int, seed: int = 0) -> list[tuple[int, int, int]]:
    """(sets planted, planes, sets found) of wells with 0 to 4 sets 45 degrees or more apart, kappa 12 to 40, a tenth or
    three tenths of strays, 40 to 300 planes, holes in every direction.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(wells):
        sets, n = int(rng.integers(0, 5)), int(rng.choice([40, 80, 150, 300]))
        kappa, strays = float(rng.choice([12, 20, 40])), float(rng.choice([0.1, 0.3]))
        hole = float(np.degrees(np.arccos(rng.uniform(-1, 1)))), float(rng.uniform(0, 360))
        picks = planes(rng, axes_apart(rng, sets), kappa, strays, n, hole)
        found.append((sets, n, len(find_sets(picks, 100.0).sets)))
    return found


if __name__ == "__main__":
    rows = numbers_found(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    right, near = (sum(abs(sets - found) <= by for sets, _, found in rows) for by in (0, 1))
    print(f"{len(rows)} wells: {right} right, {near} within one")
    for sets in range(5):
        print(f"{sets} sets planted; found: {dict(sorted(Counter(f for s, _, f in rows if s == sets).items()))}")
    for n in (40, 80, 150, 300):
        some = [sets == found for sets, planes_, found in rows if planes_ == n]
        print(f"{n} planes: {sum(some)} of {len(some)} right")
