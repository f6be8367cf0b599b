"""What detectors find in the bench's wells, by tool and by case."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from geobfdt.augment.draw import seed_of
from geobfdt.borehole.geometry import AZIMUTH_MIN_DIP_DEG, Floats, azimuth_difference_deg
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import KINDS, Picks
from geobfdt.borehole.well import Well
from geobfdt.eval import TOLERANCE_M, Pairs, Report, calibration_error, match, score
from geobfdt.eval.lines import POOLED
from geobfdt.experiments.wells.well import bench_well
from geobfdt.model.checkpoint import Weights
from geobfdt.model.device import computing_in, precision_of
from geobfdt.prediction.by_torch import BATCH, for_prediction
from geobfdt.synthetic.windows import training_windows
from geobfdt.training.config import LossConfig
from geobfdt.training.losses import detection_losses

Detect = Callable[[ImageLog], Picks]

BARREN = "barren"
BARREN_CASES = (BARREN, "stripes", "seams")
"""Cases without a plane."""
CLASS_ERROR_WINDOWS = 256
NORMAL_90 = 1.645
"""Of errors that are normal nine in ten lie within this many standard deviations."""


@dataclass(frozen=True)
class Figures:
    """One detector on one group of wells: :data:`~geobfdt.eval.report.POOLED`, a tool or a case.

    report             the scorer's, over the wells that hold planes; None where no well does
    false_picks_per_m  on the group's wells without planes; NaN where there is none
    calibration_error  expected, of confidence against being a joint hit at 8 cm, over the group's picks that have one
    kind_right         share of depth hits at 8 cm whose kind is right
    interval_coverage  shares of joint hits at 8 cm whose error of depth, of dip and of azimuth (where the truth dips 5
                       degrees or more) lies within :data:`NORMAL_90` of the standard deviations stated with them: 0.9
                       where these are true. NaN without a hit that states one
    """

    method: str
    group: str
    metres: float
    report: Report | None
    false_picks_per_m: float
    calibration_error: float
    kind_right: float
    interval_coverage: tuple[float, float, float]

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON, None for NaN."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "report"}
        plain = {name: None if value != value else value for name, value in plain.items()}
        plain["coverage"] = [None if share != share else share for share in self.interval_coverage]
        return plain | {"scores": [line.to_dict() for line in self.report.scores] if self.report else []}


def draw_wells(
    length_m: float, seed: int, tools: Sequence[str], cases: Sequence[str], ease: float = 1.0
) -> Iterator[Well]:
    """The bench's wells, each of ``length_m`` metres: every one of the cases of every one of the tools."""
    for tool in tools:
        for case in cases:
            yield bench_well(tool, case, length_m, seed, ease=ease)


def with_true_kinds(well: Well, found: Picks) -> Picks:
    """The picks of a well with the kinds of the planes that they hit in depth at 8 cm: what an oracle would say."""
    pairs = match(well.picks, found, "depth", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m)
    kind = np.asarray(found.kind).copy()
    kind[pairs.est] = np.asarray(well.picks.kind)[pairs.ref]
    return replace(found, kind=kind)


def tool_and_case(well: Well) -> tuple[str, str]:
    tool, case, _ = well.log.well.split()
    return tool, case


def figures(method: str, wells: Sequence[Well], found: Sequence[Picks]) -> list[Figures]:
    """A detector's figures over all wells, then by tool, then by case; ``found[k]`` are its picks of ``wells[k]``."""
    tools, cases = zip(*(tool_and_case(well) for well in wells), strict=True)
    groups: dict[str, list[int]] = {POOLED: list(range(len(wells)))}
    for names in (tools, cases):
        for name in dict.fromkeys(names):
            groups[name] = [k for k, one in enumerate(names) if one == name]
    hits = [_hits(well, picks) for well, picks in zip(wells, found, strict=True)]
    planted = [k for k, case in enumerate(cases) if case not in BARREN_CASES]
    whole = _report([wells[k] for k in planted], [found[k] for k in planted]) if planted else None
    lines = []
    for group, members in groups.items():
        barren = [k for k in members if k not in planted]
        of_group = [wells[k].log.well for k in members if k not in barren]
        report = whole.of_wells(of_group) if whole and of_group else None
        barren_m = sum(_length_m(wells[k]) for k in barren)
        picks = Picks.concatenate([found[k] for k in members])
        right = np.concatenate([np.isin(np.arange(len(found[k])), hits[k].est) for k in members])
        stated = np.isfinite(picks.confidence)
        lines.append(
            Figures(
                method,
                group,
                sum(_length_m(wells[k]) for k in members),
                report,
                sum(len(found[k]) for k in barren) / barren_m if barren_m else float("nan"),
                calibration_error(np.asarray(picks.confidence)[stated], right[stated]),
                _kind_right(report) if report else float("nan"),
                interval_coverage(
                    Picks.concatenate([wells[k].picks[hits[k].ref] for k in members]),
                    Picks.concatenate([found[k][hits[k].est] for k in members]),
                ),
            )
        )
    return lines


@torch.inference_mode()
def class_error(weights: Weights, device: torch.device, seed: int) -> float:
    """DETR's class error: per cent of queries matched with a plane whose kind is wrong, over synthetic windows that
    training did not draw. It sees neither misses nor false picks.
    """
    detector = for_prediction(weights.gives_planes(), device)
    wrong = []
    for part in range(CLASS_ERROR_WINDOWS // BATCH):
        batch = training_windows(BATCH, seed_of(seed, part), 0.0, device, detector.config.window)
        with computing_in(precision_of("auto", device), device):
            detections = detector(batch.windows)
        wrong.append(float(detection_losses(detections, batch, LossConfig()).class_error))
    return float(np.mean(wrong))


def _length_m(well: Well) -> float:
    return well.log.base_m - well.log.top_m


def _hits(well: Well, found: Picks) -> Pairs:
    """The joint hits at 8 cm."""
    return match(well.picks, found, "joint", TOLERANCE_M, hole_diameter_m=well.log.hole_diameter_m)


def interval_coverage(ref_hits: Picks, est_hits: Picks) -> tuple[float, float, float]:
    """:attr:`Figures.interval_coverage` of n hits, given as two tables of n picks where row k of one was matched with
    row k of the other.
    """
    azimuth_deg = azimuth_difference_deg(est_hits.azimuth_deg, ref_hits.azimuth_deg)
    azimuth_deg = np.where(ref_hits.dip_deg >= AZIMUTH_MIN_DIP_DEG, azimuth_deg, np.nan)
    return (
        _share_within(est_hits.depth_m - ref_hits.depth_m, np.asarray(est_hits.depth_sd_m)),
        _share_within(est_hits.dip_deg - ref_hits.dip_deg, np.asarray(est_hits.dip_sd_deg)),
        _share_within(azimuth_deg, np.asarray(est_hits.azimuth_sd_deg)),
    )


def _share_within(error: Floats, deviation: Floats) -> float:
    """Share of n errors within :data:`NORMAL_90` of their deviations, of those where neither is NaN."""
    known = np.isfinite(error) & np.isfinite(deviation)
    return float((np.abs(error) <= NORMAL_90 * deviation)[known].mean()) if known.any() else float("nan")


def _report(wells: Sequence[Well], found: Sequence[Picks]) -> Report:
    diameters: Mapping[str, float] = {well.log.well: well.log.hole_diameter_m for well in wells}
    intervals = {well.log.well: [(well.log.top_m, well.log.base_m)] for well in wells}
    return score(
        Picks.concatenate([well.picks for well in wells]),
        Picks.concatenate(found),
        hole_diameter_m=diameters,
        intervals_m=intervals,
    )


def _kind_right(report: Report) -> float:
    """Share of hits on and off the confusion's diagonal that is on it."""
    (table,) = [confusion.hits for confusion in report.confusion if np.isclose(confusion.tolerance_m, TOLERANCE_M)]
    known = np.array(table)[: len(KINDS), : len(KINDS)]
    return float(np.trace(known) / known.sum()) if known.sum() else float("nan")
