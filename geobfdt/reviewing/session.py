"""All that belongs to the review of one log, and what the page asks of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from geobfdt import __version__
from geobfdt.borehole import DepthUnit
from geobfdt.borehole.curve import Curve, envelope
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError, counted
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.reviewing.edits import Add, NotNowError, edit_of
from geobfdt.reviewing.review import RETRAINED, REVIEW, Answer, PickSet, Review, Which, layer_of, metres_of
from geobfdt.reviewing.saving import Saver
from geobfdt.reviewing.state import Row, picks_of, rows_of
from geobfdt.reviewing.tiles import ROWS, Tiles

if TYPE_CHECKING:
    from geobfdt.reviewing.evidence import Evidence
    from geobfdt.reviewing.teaching import Teaching

ROW_FIELDS = (
    *("id", "depth_m", "dip_deg", "azimuth_deg", "kind", "confidence", "depth_sd_m", "dip_sd_deg", "azimuth_sd_deg"),
    *("true_dip_deg", "true_azimuth_deg", "quality", "status", "changed", "added", "set", "span_deg"),
)
MOST_NODES = 20_000
"""Of a caliper at once; where a stretch has more, only every so many: it is then far higher than the screen."""
MOST_POINTS = 10_000
_NOT_TAUGHT: Mapping[str, Any] = {
    **{"state": "none", "step": 0, "steps": 0, "seconds_left": None, "stage": "", "told": "nothing can be taught here"},
    **{"taught_m": [], "held_out_m": [], "scores": None, "weights": None},
}


@dataclass(frozen=True)
class Help:
    """What needs the detector, each in a process of its own, and how it is begun; None where it cannot be. ``taught``
    is the folder of what was taught.
    """

    evidence: Callable[[], Evidence] | None = None
    teaching: Callable[[], Teaching] | None = None
    taught: Path | None = None


@dataclass
class Session:
    """The review of a log with its tiles and curves. Raises :class:`InputError` on what the page may not ask, and
    :class:`geobfdt.reviewing.edits.NotNowError` on what cannot be done as things stand.
    """

    review: Review
    tiles: Tiles
    saver: Saver
    file: str
    curves: Sequence[Curve] = ()
    depth_unit: DepthUnit = "m"
    help: Help = field(default_factory=Help)
    _lock: Lock = field(default_factory=Lock)
    _saving: Lock = field(default_factory=Lock)
    _begun: dict[str, Any] = field(default_factory=dict)

    @property
    def log(self) -> ImageLog:
        return self.review.log

    def begin(self) -> None:
        """Begin what runs in the background, and find again what was taught before."""
        self.tiles.start()
        if self.help.taught is not None and self.help.taught.is_dir():
            self._helper("teaching")

    def close(self) -> None:
        """End what runs in the background."""
        self.tiles.close()
        with self._lock:
            for one in self._begun.values():
                one.close()
            self._begun.clear()

    def _helper(self, name: str) -> Any:
        """The helper of that name, begun when it is first asked for."""
        begin = getattr(self.help, name)
        if begin is None:
            raise NotNowError(f"{name}: is not to be had here, where the log comes from no file that can be read again")
        with self._lock:
            if name not in self._begun:
                self._begun[name] = begin()
            return self._begun[name]

    def state(self) -> dict[str, Any]:
        """Everything that the page begins with."""
        return {
            "log": self._log_facts,
            "tiles": {
                "rows": ROWS,
                "columns": self.log.columns,
                "step_m": self.tiles.grid.step_m,
                "origin_m": self.tiles.grid.origin_m,
                "levels": self.tiles.levels,
                "ready": self.tiles.pyramid.ready,
            },
            "curves": self._curve_facts,
            "layers": self.layers(),
            **self.answered(self.review.answer()),
            "out": str(self.saver.out),
            "reviewer": self.review.reviewer,
            "depth_unit": self.depth_unit,
            "can": {"snap": self.help.evidence is not None, "teach": self.help.teaching is not None, "report": True},
            "version": __version__,
        }

    @cached_property
    def _log_facts(self) -> dict[str, Any]:
        log = self.log
        return {
            "file": self.file,
            "well": log.well,
            "name": log.name,
            "top_m": log.top_m,
            "base_m": log.base_m,
            "rows": log.rows,
            "columns": log.columns,
            "row_step_m": self.tiles.looks.row_step_m,
            "first_azimuth_deg": log.first_azimuth_deg,
            "reference": log.reference,
            "hole_diameter_m": log.hole_diameter_m,
            "caliper": log.caliper_m is not None and bool(np.isfinite(log.caliper_m).any()),
            "oval": log.ovality is not None and bool(np.isfinite(log.ovality).any()),
            "looks": list(self.tiles.looks.names),
            "has_true_dips": self.saver.survey is not None or has_true_dips(self.review.picks.picks),
        }

    @cached_property
    def _curve_facts(self) -> list[dict[str, Any]]:
        return [
            {
                "name": curve.name,
                "unit": curve.unit,
                "description": curve.description,
                "least": curve.range[0],
                "most": curve.range[1],
            }
            for curve in self.curves
        ]

    def edit(self, said: object) -> dict[str, Any]:
        return self.answered(self.review.edit(said))

    def answered(self, answer: Answer) -> dict[str, Any]:
        """What an edit came to, as the page is told."""
        blind = answer.blind
        return {
            "rows": [row_json(row) for row in answer.change.rows],
            "removed": list(answer.change.removed),
            "reviewed_m": answer.reviewed_m,
            "undo": answer.undo,
            "redo": answer.redo,
            "edits": answer.edits,
            "blind": None if blind is None else {"finished": blind.finished},
        }

    def layers(self) -> list[dict[str, Any]]:
        """The sets of picks to compare with."""
        return [{"name": one.name, "rows": layer_json(one.picks)} for one in self._layers()]

    def _layers(self) -> tuple[PickSet, ...]:
        layers = self.review.all_layers()
        teaching = self._begun.get("teaching")
        if teaching is None or self.review.hides:
            return layers
        try:
            picks = teaching.picks()
        except InputError:  # its file is gone: the rest of the page does without
            return layers
        return layers if picks is None else (*layers, PickSet(RETRAINED, self.review.state.placing(picks)))

    def curve(self, number: int, top_m: float, base_m: float, points: int) -> dict[str, Any]:
        """What a curve covers between two depths."""
        if not 0 <= number < len(self.curves):
            raise InputError(f"curves: there is no curve {number}; there are {len(self.curves)}, from 0 on")
        _check_stretch(top_m, base_m)
        if not 1 <= points <= MOST_POINTS:
            raise InputError(f"points: must be 1 to {MOST_POINTS}, found {points}")
        found = envelope(self.curves[number], top_m, base_m, points)
        return {name.name: getattr(found, name.name).tolist() for name in fields(found)}

    def hole(self, top_m: float, base_m: float) -> dict[str, Any]:
        """What the hole's diameter and ovality are interpolated between in a stretch, one beyond each end included."""
        _check_stretch(top_m, base_m)
        nodes_m = self._nodes_m
        first = max(int(np.searchsorted(nodes_m, top_m, side="left")) - 1, 0)
        last = min(int(np.searchsorted(nodes_m, base_m, side="right")) + 1, len(nodes_m))
        depth_m = nodes_m[first : last : max(1, math.ceil((last - first) / MOST_NODES))]
        if not len(nodes_m):
            return {"depth_m": [], "diameter_m": [], "ovality": []}
        return {
            "depth_m": depth_m.tolist(),
            "diameter_m": self.log.diameters_m(depth_m).tolist(),
            "ovality": self.log.ovality_at(depth_m).tolist(),
        }

    @cached_property
    def _nodes_m(self) -> Any:
        """Depths of all readings of caliper and arms."""
        known = np.zeros(self.log.rows, bool)
        if self.log.caliper_m is not None:
            known |= np.isfinite(self.log.caliper_m)
        if self.log.ovality is not None:
            known |= np.isfinite(self.log.ovality).all(axis=1)
        return self.log.depth_m[known]

    def snap(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The strongest trace near a curve, by the detector's own evidence; waits for it."""
        drawn = edit_of({"do": "add", "values": {**said, "kind": "unknown"}}, self.review.reach)
        assert isinstance(drawn, Add)
        values = drawn.values
        drawn_at = values["depth_m"], values["dip_deg"], values["azimuth_deg"]
        return dict(self._helper("evidence").snap(*drawn_at).to_dict())

    def sets(self) -> dict[str, Picks]:
        """Every set of picks that can be compared, by its name. Raises :class:`NotNowError` in a blind pass."""
        self._check_sight()
        return {name: picks for name, (picks, _) in self._numbered().items()}

    def _check_sight(self) -> None:
        if self.review.hides:
            raise NotNowError("picks are compared when the blind pass is finished; finish it first")

    def _numbered(self) -> dict[str, tuple[Picks, Sequence[int]]]:
        """Every set with the ids of its rows, in its order."""
        rows = self.review.rows()
        own = picks_of(rows, self.log.well), [row.id for row in rows]
        return {REVIEW: own} | {one.name: (one.picks, range(len(one.picks))) for one in self._layers()}

    def compare(self, ref: str, est: str, tolerance_m: float, criterion: str, *, reviewed: bool) -> dict[str, Any]:
        """How two sets of picks compare, on the reviewed intervals or all along the log."""
        from geobfdt.reviewing.comparing import compare

        self._check_sight()
        sets = self._numbered()
        (one, one_ids), (other, other_ids) = layer_of(sets, ref), layer_of(sets, est)
        intervals = self._intervals(reviewed=reviewed)
        found = compare(
            one,
            other,
            hole_diameter_m=self.log.hole_diameter_m,
            tolerance_m=tolerance_m,
            criterion=criterion,
            intervals_m=intervals,
        )
        told = {
            "ref": ref,
            "est": est,
            "pairs": [[one_ids[row], other_ids[match]] for row, match in found["pairs"]],
            "missed": [one_ids[row] for row in found["missed"]],
            "false": [other_ids[row] for row in found["false"]],
        }
        metres = self.log.base_m - self.log.top_m if intervals is None else metres_of(intervals)
        return {"metres": metres, **found, **told}

    def agreement(self, ref: str, est: str) -> dict[str, Any]:
        """How two interpreters agree, on the reviewed intervals where there are any."""
        from geobfdt.eval.agreement import agreement

        sets = self.sets()
        intervals = self._intervals(reviewed=bool(self.review.answer().reviewed_m))
        found = agreement(
            layer_of(sets, ref),
            layer_of(sets, est),
            hole_diameter_m=self.log.hole_diameter_m,
            intervals_m=intervals,
        )
        return {"ref": ref, "est": est, **found.to_dict(), "text": found.to_text(ref, est)}

    def _intervals(self, *, reviewed: bool) -> tuple[tuple[float, float], ...] | None:
        if not reviewed:
            return None
        intervals = self.review.answer().reviewed_m
        if not intervals:
            raise NotNowError("no interval is ticked as reviewed yet; tick one, or compare all along the log")
        return intervals

    def teaching(self) -> dict[str, Any]:
        """How far the teaching has come."""
        if self.help.teaching is None:
            return dict(_NOT_TAUGHT)
        return dict(self._helper("teaching").status())

    def teach(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Begin to teach, give it up, or go on."""
        if self.review.hides:
            raise NotNowError("the detector is taught when the blind pass is finished; finish it first")
        do, teaching = said.get("do"), self._helper("teaching")
        if do == "start":
            steps = said.get("steps", 300)
            if type(steps) is not int or not 1 <= steps <= 100_000:
                raise InputError(f"steps: must be a whole number from 1 to 100000, found {str(steps)[:40]!r}")
            teaching.start(self.review.table("accepted"), self._intervals(reviewed=True), steps)
        elif do == "cancel":
            teaching.cancel()
        elif do == "resume":
            teaching.resume()
        else:
            raise InputError(f"do: must be start, cancel or resume, found {str(do)[:40]!r}")
        return self.teaching()

    def save(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Write the picks as they are, and what else is asked for."""
        which: Which = said.get("which", "kept")
        if which not in ("kept", "accepted"):
            raise InputError(f"which: must be kept or accepted, found {str(which)[:40]!r}")
        agreed, pair = None, said.get("agreement")
        if pair is not None:
            if not isinstance(pair, list) or len(pair) != 2 or any(not isinstance(one, str) for one in pair):
                raise InputError("agreement: must be null or two names of sets of picks")
            agreed = self.agreement(*pair)
        with self._saving:
            files = self.saver.save(self.review, which, report=said.get("report") is True, agreement=agreed)
        kept = self.review.table(which)
        told = f"{counted(len(kept), 'pick')} written to {', '.join(path.name for path in files)}"
        return {"files": [path.name for path in files], "told": told}


def _check_stretch(top_m: float, base_m: float) -> None:
    if not (math.isfinite(top_m) and math.isfinite(base_m) and top_m < base_m):
        raise InputError(f"top_m and base_m: {top_m:g} to {base_m:g} m is no interval; give the upper end first")


def row_json(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ROW_FIELDS}


def layer_json(picks: Picks) -> list[dict[str, Any]]:
    """Picks that nobody decides on."""
    decided = ("status", "changed", "added", "set", "span_deg")
    return [{name: value for name, value in row_json(row).items() if name not in decided} for row in rows_of(picks)]
