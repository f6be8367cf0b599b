"""What is drawn over and beside the pictures of a strip, as SVG: traces, tadpoles, confidences and curves.

Widths are shares of a track and depths shares of a strip, so that a page can be drawn at another scale by giving its
strips another height; lines keep their width, tadpoles their shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.curve import Curve, envelope
from geobfdt.borehole.geometry import trace_depths_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.interpretation.zones import orientations
from geobfdt.report.scale import DepthScale, Strip

STEP_DEG = 6
MARGIN = 0.07
"""Share of a track on each side of a scale that runs to its ends: a tadpole at 0 degrees is a whole one."""
POINTS = 600
"""Points of a curve in a strip; more are drawn as what they cover."""
SYMBOLS = {
    "fracture": '<path d="M0-4.4 4.4 0 0 4.4-4.4 0Z"/>',
    "bedding": '<circle r="3.6"/>',
    "unknown": '<rect x="-3.2" y="-3.2" width="6.4" height="6.4"/>',
}


@dataclass(frozen=True, eq=False)
class Planes:
    """Picks as they are drawn: with their traces (n, azimuths) in metres, the depths that these reach, and the
    orientations that are told, true ones where all are known. ``member`` (n,) is the number of the set of fractures
    that a pick belongs to, 0 of strays and of what was not sorted.
    """

    picks: Picks
    traces_m: NDArray[np.float64]
    reach_m: NDArray[np.float64]
    dip_deg: NDArray[np.float64]
    azimuth_deg: NDArray[np.float64]
    scale: DepthScale
    member: NDArray[np.int64]

    @classmethod
    def of(cls, log: ImageLog, picks: Picks, scale: DepthScale, member: NDArray[np.int64]) -> Planes:
        across_deg = log.first_azimuth_deg + np.arange(0.0, 361.0, STEP_DEG)
        diameters_m = log.diameters_m(picks.depth_m)
        traces = trace_depths_m(picks.depth_m, picks.dip_deg, picks.azimuth_deg, diameters_m, across_deg)
        reach = np.stack([traces.min(1), traces.max(1)]) if len(picks) else np.empty((2, 0))
        return cls(picks, traces, reach, *orientations(picks), scale, member)

    def named(self, k: int) -> str:
        """The class of a pick's drawings: its kind, and its set where it belongs to one."""
        kind = np.asarray(self.picks.kind)[k]
        return f"pick k-{kind} set{self.member[k]}" if self.member[k] > 0 else f"pick k-{kind}"

    def told(self, k: int) -> str:
        """A pick in words, for those who rest a pointer on it."""
        picks = self.picks
        what = f"{np.asarray(picks.kind)[k]} at {self.scale.told(float(picks.depth_m[k]))} {self.scale.unit}"
        plane = f"{self.dip_deg[k]:.1f}° towards {self.azimuth_deg[k]:.0f}°"
        sure = float(np.asarray(picks.confidence)[k])
        of_set = f", set {self.member[k]}" if self.member[k] > 0 else ""
        return f"{what}, {plane}{of_set}" + (f", confidence {sure:.2f}" if sure == sure else "")

    def crossing(self, strip: Strip) -> Iterator[int]:
        """Picks whose traces run through a strip."""
        yield from np.flatnonzero((self.reach_m[1] >= strip.top_m) & (self.reach_m[0] <= strip.base_m)).tolist()

    def inside(self, strip: Strip, *, last: bool) -> Iterator[int]:
        """Picks whose depth lies in a strip; one on the border of two is of the lower one."""
        depth = self.picks.depth_m
        below = depth <= strip.base_m if last else depth < strip.base_m
        yield from np.flatnonzero((depth >= strip.top_m) & below).tolist()


def traces_svg(planes: Planes, strip: Strip) -> str:
    """The sinusoids that cross a strip, over its image; the one with the pick's depth is called p and its number."""
    height = 1000 * strip.length_m
    parts = [f'<svg class="over" viewBox="0 0 360 {height:.0f}" preserveAspectRatio="none" aria-hidden="true">']
    for k in planes.crossing(strip):
        down = np.round(1000 * (planes.traces_m[k] - strip.top_m)).astype(int)
        steps = "".join(f"{STEP_DEG} {step} " for step in np.diff(down).tolist())
        path = f"M0 {down[0]}l{steps.strip()}"
        parts.append(
            f'<g class="{planes.named(k)}" data-n="{k}"{_faint(planes, k)}><title>{escape(planes.told(k))}</title>'
            f'<path class="rim" d="{path}"/><path class="line" d="{path}"/></g>'
        )
    return "".join([*parts, "</svg>"])


def _faint(planes: Planes, k: int) -> str:
    """Less certain picks are paler, and none vanishes."""
    sure = float(np.asarray(planes.picks.confidence)[k])
    return "" if sure != sure or sure >= 0.95 else f' opacity="{0.35 + 0.65 * sure:.2f}"'


def place(share: float) -> str:
    """Where a value lies in a track, as a share of its width: inside its margins."""
    return f"{100 * (MARGIN + (1 - 2 * MARGIN) * share):.2f}%"


def tadpoles_svg(planes: Planes, strip: Strip, *, last: bool) -> str:
    """Tadpoles: dip across, the tail towards the azimuth with north, or the high side, upwards."""
    parts = ['<svg class="marks">']
    for k in planes.inside(strip, last=last):
        kind = np.asarray(planes.picks.kind)[k]
        at = f'x="{place(planes.dip_deg[k] / 90)}" y="{100 * strip.share(planes.picks.depth_m[k]):.3f}%"'
        tail = f'<path class="tail" d="M0 0V-13" transform="rotate({planes.azimuth_deg[k]:.0f})"/>'
        shape = f"<title>{escape(planes.told(k))}</title>{tail}{SYMBOLS[kind]}"
        parts.append(f'<svg {at} id="p{k}" class="{planes.named(k)}" data-n="{k}">{shape}</svg>')
    return "".join([*parts, "</svg>"])


def confidences_svg(planes: Planes, strip: Strip, *, last: bool) -> str:
    """Confidences from 0 to 1 across."""
    parts = ['<svg class="marks">']
    for k in planes.inside(strip, last=last):
        sure, kind = float(np.asarray(planes.picks.confidence)[k]), np.asarray(planes.picks.kind)[k]
        if sure == sure:
            at = f'x="{place(sure)}" y="{100 * strip.share(planes.picks.depth_m[k]):.3f}%"'
            parts.append(f'<svg {at} class="{planes.named(k)}" data-n="{k}">{SYMBOLS[kind]}</svg>')
    return "".join([*parts, "</svg>"])


@dataclass(frozen=True, eq=False)
class CurveLine:
    """A curve in a track, between the values at its left and right edge; one that spans decades by logarithms."""

    curve: Curve
    left: float
    right: float
    logarithmic: bool = False

    def shares(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie between the edges, 0 at the left and 1 at the right one."""
        if self.logarithmic:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(np.log(values / self.left) / np.log(self.right / self.left))
        return np.asarray((values - self.left) / (self.right - self.left))

    @property
    def told(self) -> str:
        unit = f" {self.curve.unit}" if self.curve.unit else ""
        return f"{self.left:g} {self.curve.name}{unit} {self.right:g}"


def curves_svg(lines: Sequence[CurveLine], strip: Strip) -> str:
    """Curves of a track in a strip."""
    height = 1000 * strip.length_m
    parts = [f'<svg class="over" viewBox="0 0 1000 {height:.0f}" preserveAspectRatio="none" aria-hidden="true">']
    for number, line in enumerate(lines):
        parts += [f'<path class="curve c{number}" d="{path}"/>' for path in _paths(line, strip)]
    return "".join([*parts, "</svg>"])


def _paths(line: CurveLine, strip: Strip) -> Iterator[str]:
    """A curve's runs without gaps; what leaves the track is held at its edge."""
    found = envelope(line.curve, strip.top_m, strip.base_m, POINTS)
    across = np.stack([line.shares(found.least), line.shares(found.most)], axis=1)
    known = np.asarray(np.isfinite(across).all(1))
    across = np.clip(np.where(known[:, None], across, 0), -0.01, 1.01)
    down = np.round(1000 * (found.depth_m - strip.top_m)).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2).tolist():
        points = []
        for k in range(first, last):
            least, most = np.round(1000 * across[k]).astype(int).tolist()
            points.append(f"{least} {down[k]}" if least == most else f"{least} {down[k]} {most} {down[k]}")
        yield f"M{'L'.join(points)}" if len(points) > 1 else f"M{points[0]}v1"
