"""The stereonet of poles and the rose of a report as SVG, whose poles lead to their planes in the log."""

from __future__ import annotations

from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole.geometry import poles
from geobfdt.report.figures import has_direction, means_by_kind
from geobfdt.report.overlays import SYMBOLS, Planes

RADIUS = 100.0
SECTOR_DEG = 10


def on_net(dip_deg: ArrayLike, azimuth_deg: ArrayLike) -> NDArray[np.float64]:
    """Where the poles of planes (n,) lie in the lower hemisphere, equal area (Schmidt): (n, 2), x to the east and y to
    the south as on a screen, within the unit circle.
    """
    north, east, down = np.moveaxis(np.atleast_2d(poles(dip_deg, azimuth_deg)), -1, 0)
    flip = np.where(down < 0, -1.0, 1.0)
    shrink = flip / np.sqrt(1.0 + np.abs(down))
    return np.stack([east * shrink, -north * shrink], axis=-1)


def great_circle(dip_deg: float, azimuth_deg: float) -> NDArray[np.float64]:
    """The trace of a plane on the same net, (91, 2)."""
    pole = poles(dip_deg, azimuth_deg)
    strike = np.array([-np.sin(np.radians(azimuth_deg)), np.cos(np.radians(azimuth_deg)), 0.0])
    down = np.cross(pole, strike)
    down = down if down[2] >= 0 else -down
    turn = np.radians(np.linspace(0, 180, 91))[:, None]
    line = strike * np.cos(turn) + down * np.sin(turn)
    shrink = 1.0 / np.sqrt(1.0 + np.maximum(line[:, 2], 0))
    return np.stack([line[:, 1] * shrink, -line[:, 0] * shrink], axis=-1)


def _points(points: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in RADIUS * points)


def _frame(label: str) -> str:
    """The primitive circle with ticks every 10 degrees and names every 30."""
    ticks = "".join(
        f'<path d="M0-{RADIUS:g}V-{RADIUS + (6 if turn % 30 == 0 else 3):g}" transform="rotate({turn})"/>'
        for turn in range(0, 360, 10)
    )
    names = []
    for turn in range(0, 360, 30):
        x, y = 114 * np.sin(np.radians(turn)), -114 * np.cos(np.radians(turn))
        name = {0: "N", 90: "E", 180: "S", 270: "W"}.get(turn, str(turn))
        names.append(f'<text x="{x:.1f}" y="{y + 3:.1f}">{name}</text>')
    return (
        f'<svg class="net" viewBox="-126 -126 252 252" role="img" aria-label="{escape(label)}">'
        f'<g class="frame"><circle r="{RADIUS:g}"/>{ticks}{"".join(names)}<path d="M-4 0H4M0-4V4"/></g>'
    )


def net_svg(planes: Planes) -> str:
    """Poles, lower hemisphere and equal area, each of which leads to its plane in the log, and the mean plane of every
    kind that has one.
    """
    picks = planes.picks
    parts = [_frame(f"Stereonet of {len(picks)} poles, lower hemisphere, equal area")]
    for dip in (30, 60):
        parts.append(f'<circle class="faint" r="{RADIUS * np.sqrt(2) * np.sin(np.radians(dip / 2)):.1f}"/>')
    for kind, mean in means_by_kind(picks).items():
        if not has_direction(mean):
            continue
        circle = _points(great_circle(mean.dip_deg, mean.azimuth_deg))
        told = f"mean plane of {mean.count} {kind}: {mean.dip_deg:.1f}° towards {mean.azimuth_deg:.0f}°"
        parts.append(f'<path class="mean pick k-{kind}" d="{circle}"><title>{told}</title></path>')
    at = RADIUS * on_net(planes.dip_deg, planes.azimuth_deg)
    for k, (x, y) in enumerate(at):
        kind = np.asarray(picks.kind)[k]
        parts.append(
            f'<a href="#p{k}" class="{planes.named(k)}" data-n="{k}"><title>{escape(planes.told(k))}</title>'
            f'<g transform="translate({x:.1f} {y:.1f}) scale(.75)">{SYMBOLS[kind]}</g></a>'
        )
    return "".join([*parts, "</svg>"])


def rose_svg(planes: Planes) -> str:
    """Counts of dip azimuths in sectors of 10 degrees, kinds stacked; areas count planes, and rings say how many."""
    kinds = [kind for kind in means_by_kind(planes.picks)]
    edges = np.arange(0, 361, SECTOR_DEG)
    counts = [np.histogram(planes.azimuth_deg[np.asarray(planes.picks.kind) == kind], edges)[0] for kind in kinds]
    most = max(1, int(np.sum(counts, axis=0).max())) if counts else 1
    parts = [_frame(f"Rose of the dip azimuths of {len(planes.picks)} planes, in sectors of {SECTOR_DEG} degrees")]
    half = max(1, round(most / 2))
    for ring in sorted({half, most}):
        radius = RADIUS * np.sqrt(ring / most)
        parts.append(
            f'<circle class="faint" r="{radius:.1f}"/><text class="ring" x="3" y="{-radius + 8:.1f}">{ring}</text>'
        )
    below = np.zeros(len(edges) - 1)
    for kind, count in zip(kinds, counts, strict=True):
        for sector in np.flatnonzero(count).tolist():
            inner, outer = (RADIUS * np.sqrt(n / most) for n in (below[sector], below[sector] + count[sector]))
            told = f"{count[sector]} {kind} towards {edges[sector]} to {edges[sector + 1]}°"
            shape = _sector(edges[sector], edges[sector + 1], inner, outer)
            parts.append(f'<path class="pick sector k-{kind}" d="{shape}"><title>{told}</title></path>')
        below = below + count
    return "".join([*parts, "</svg>"])


def _sector(first_deg: float, last_deg: float, inner: float, outer: float) -> str:
    def at(radius: float, turn_deg: float) -> str:
        turn = np.radians(turn_deg)
        return f"{radius * np.sin(turn):.1f} {-radius * np.cos(turn):.1f}"

    return (
        f"M{at(inner, first_deg)}L{at(outer, first_deg)}A{outer:.1f} {outer:.1f} 0 0 1 {at(outer, last_deg)}"
        f"L{at(inner, last_deg)}A{inner:.1f} {inner:.1f} 0 0 0 {at(inner, first_deg)}Z"
    )
