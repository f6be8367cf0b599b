"""The log of a report as HTML: strips of tracks below one head, at true scale, to be scrolled in a box of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape

import numpy as np
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.report.figures import ORDER, Look, Shown
from geobfdt.report.image_tiles import Tile, Tiles
from geobfdt.report.overlays import MARGIN, Planes, confidences_svg, curves_svg, place, tadpoles_svg, traces_svg
from geobfdt.report.scale import LABEL_STEPS, SCALES, DepthScale, Strip, strips_of
from geobfdt.report.tracks import Track

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A log with its picks as it is drawn. ``picks`` lie in the image and are sorted by depth; ``member`` (n,) numbers
    the sets of fractures that they belong to.
    """

    log: ImageLog
    picks: Picks
    look: Look
    scale: DepthScale
    tracks: Sequence[Track]
    member: NDArray[np.int64]

    @cached_property
    def strips(self) -> list[Strip]:
        return strips_of(self.log, self.scale)

    @cached_property
    def planes(self) -> Planes:
        return Planes.of(self.log, self.picks, self.scale, self.member)

    @cached_property
    def tiles(self) -> Tiles:
        return Tiles(Shown(self.log, self.look), tuple(self.strips))

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in ORDER if len(self.picks.of_kind(kind))]

    @property
    def has_confidence(self) -> bool:
        return bool(np.isfinite(np.asarray(self.picks.confidence)).any())

    def switches(self) -> str:
        """Boxes that show and hide kinds and tracks, and the scales: they work without scripts."""
        kinds = [
            _box(f"k-{kind}", kind, f'<i class="swatch k-{kind}"></i>{kind} ({len(self.picks.of_kind(kind))})')
            for kind in self.kinds
        ]
        first, second = self.tiles.shown.titles
        shown = [("t-curves", "curves")] if self.tracks else []
        shown += [("t-first", first), ("t-bare", f"{second}, bare"), ("t-picked", f"{second}, interpreted")]
        shown += [("t-tadpoles", "tadpoles")] if len(self.picks) else []
        shown += [("t-confidence", "confidence")] if self.has_confidence else []
        tracks = [_box(name, name, escape(title)) for name, title in shown]
        scales = [
            f'<label><input type="radio" name="scale" id="s{ratio}" value="{ratio}"'
            f"{' checked' if ratio == self.scale.ratio else ''}>1:{ratio}</label>"
            for ratio in SCALES
        ]
        counts = np.bincount(self.member, minlength=1)
        sets = [_box(f"set{k}", f"set{k}", f"set {k} ({counts[k]})") for k in range(1, len(counts))]
        groups = (("planes", kinds), ("sets", sets), ("tracks", tracks), ("scale", scales))
        return "".join(
            f"<fieldset><legend>{legend}</legend>{''.join(boxes)}</fieldset>" for legend, boxes in groups if boxes
        )

    def html(self, progress: Progress) -> Iterator[str]:
        """The box with the log, piece by piece."""
        label = f"Log of {self.log.well or 'the well'}"
        yield f'<div class="box" tabindex="0" role="region" aria-label="{escape(label)}"><div class="sheet">'
        yield self._head()
        for number, strip in enumerate(self.strips):
            yield self._strip(number, strip)
            progress(number + 1, len(self.strips))
        yield '<div id="cursor" hidden><b></b></div></div></div>\n'

    def _head(self) -> str:
        first, second = self.tiles.shown.titles
        across = f"{_azimuth_ticks(self.log)}"
        north = "azimuth" if self.log.reference == "north" else "azimuth from high side (°)"
        dip = "true dip (°)" if has_true_dips(self.picks) else "apparent dip (°)"
        dips = "".join(f'<u style="left:{place(value / 90)}">{value}</u>' for value in (0, 30, 60, 90))
        sure = "".join(f'<u style="left:{place(value)}">{value:g}</u>' for value in (0, 0.5, 1))
        parts = [f'<div class="t depth"><span>depth<br>({self.scale.unit})</span></div>']
        for track in self.tracks:
            named = "".join(f'<span class="c{n}">{escape(line.told)}</span>' for n, line in enumerate(track.lines))
            parts.append(f'<div class="t curves t-curves">{named}</div>')
        for name, title in (("first", first), ("bare", f"{second}, bare"), ("picked", f"{second}, interpreted")):
            parts.append(
                f'<div class="t image t-{name}"><span>{escape(title)}</span><small>{north}</small>'
                f'<span class="ruler">{across}</span></div>'
            )
        if len(self.picks):
            parts.append(
                f'<div class="t tadpoles t-tadpoles"><span>{dip}</span><span class="ruler">{dips}</span></div>'
            )
        if self.has_confidence:
            parts.append(
                f'<div class="t confidence t-confidence"><span>confidence</span><span class="ruler">{sure}</span></div>'
            )
        return f'<div class="heads">{"".join(parts)}</div>\n'

    def _strip(self, number: int, strip: Strip) -> str:
        last = number == len(self.strips) - 1
        gap = number > 0 and strip.top_m > self.strips[number - 1].base_m + 1e-6
        parts = [f'<div class="t depth">{self._depths(strip, last)}</div>']
        parts += [f'<div class="t curves t-curves">{curves_svg(track.lines, strip)}</div>' for track in self.tracks]
        parts += self._images(number, strip)
        if len(self.picks):
            parts.append(f'<div class="t tadpoles t-tadpoles">{tadpoles_svg(self.planes, strip, last=last)}</div>')
        if self.has_confidence:
            parts.append(
                f'<div class="t confidence t-confidence">{confidences_svg(self.planes, strip, last=last)}</div>'
            )
        above = '<div class="gap">no image</div>' if gap else ""
        size = f"--m:{strip.length_m:.4f};--top:{strip.top_m:.4f}"
        ends = f'data-top="{strip.top_m:.4f}" data-base="{strip.base_m:.4f}"'
        return f'{above}<div class="strip" style="{size}" {ends}>{"".join(parts)}</div>\n'

    def _images(self, number: int, strip: Strip) -> list[str]:
        first, second = self.tiles.shown.titles
        tiles = {tile.look: tile for tile in self.tiles.of(strip)}
        bare = _picture(tiles.get(second), f"i{number}")
        again = f'<svg class="over"><use href="#i{number}"/></svg>' if second in tiles else ""
        return [
            f'<div class="t image t-first">{_picture(tiles.get(first), f"f{number}")}</div>',
            f'<div class="t image t-bare">{bare}</div>',
            f'<div class="t image t-picked">{again}{traces_svg(self.planes, strip)}</div>',
        ]

    def _depths(self, strip: Strip, last: bool) -> str:
        """Labels of round depths, each with the class of the coarsest scale of depth that it belongs to."""
        steps = sorted(set(LABEL_STEPS[self.scale.unit].values()))
        finest = steps[0] if strip.length_m / self.scale.metres <= 10 else steps[1]
        step_m = finest * self.scale.metres
        first, end = np.ceil(strip.top_m / step_m - 1e-6), np.floor(strip.base_m / step_m + 1e-6)
        labels = []
        for count in range(int(first), int(end) + 1):
            depth = count * finest
            share = strip.share(depth * self.scale.metres)
            if share > 1 - 1e-6 and not last:
                continue  # the next strip has it
            of = max(k for k, step in enumerate(steps) if abs(depth / step - round(depth / step)) < 1e-6)
            labels.append(f'<b class="d{of}" style="top:{100 * share:.3f}%">{depth:g}</b>')
        return "".join(labels)


def _box(name: str, title: str, label: str) -> str:
    return f'<label><input type="checkbox" id="show-{name}" data-of="{title}" checked>{label}</label>'


def _picture(tile: Tile | None, name: str) -> str:
    if tile is None:
        return ""
    height = 100 * (tile.base - tile.top)
    return (
        f'<svg class="over"><image id="{name}" width="100%" y="{100 * tile.top:.4f}%" height="{height:.4f}%" '
        f'preserveAspectRatio="none" href="{tile.data}"/></svg>'
    )


def _azimuth_ticks(log: ImageLog) -> str:
    left = log.first_azimuth_deg
    ticks = np.arange(np.ceil(left / 90.0), np.floor((left + 360.0) / 90.0) + 1) * 90
    north = log.reference == "north"
    # That of the right edge is the one of the left, and would touch the next track's.
    return "".join(
        f'<u style="left:{100 * (tick - left) / 360:.2f}%">'
        f"{'NESW'[int(tick) // 90 % 4] if north else int(tick) % 360}</u>"
        for tick in ticks
        if tick < left + 350
    )


def sheet_style(scale: DepthScale, sets: int) -> str:
    """The rules of style that hang on the unit of depth and on the number of sets: the scales, which labels each shows,
    where its grid lies; and the sets that are switched off.
    """
    steps = sorted(set(LABEL_STEPS[scale.unit].values()))
    rules = [f":root{{--margin:{100 * MARGIN:g}%;--mm:{1000 / scale.ratio:g}}}"]
    for ratio in SCALES:
        step = LABEL_STEPS[scale.unit][ratio]
        hidden = ",".join(f".d{k}" for k, other in enumerate(steps) if other < step)
        root = f":root:has(#s{ratio}:checked)"
        rules.append(f"{root}{{--mm:{1000 / ratio:g};--grid:{step * scale.metres:g}}}")
        rules += [f"{root} :is({hidden}){{display:none}}"] if hidden else []
    for number in range(1, sets + 1):
        places = f":is(.over, .marks, .net, .picks) .set{number}"
        rules.append(f"body:has(#show-set{number}:not(:checked)) {places}{{display:none}}")
    return "".join(rules)
