"""Whether onnxruntime picks what torch picks, and how fast: both on every well in turn, in one run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.experiments.bench.accuracy import Figures, draw_wells, figures
from geobfdt.experiments.bench.tables import figure, markdown
from geobfdt.experiments.wells.well import BENCH_TOOLS, CASES
from geobfdt.model.checkpoint import load_weights
from geobfdt.prediction.by_onnx import ByOnnx
from geobfdt.prediction.by_torch import ByTorch
from geobfdt.prediction.detect import predict
from geobfdt.prediction.engine import Engine, engine_of
from geobfdt.prediction.parity import Parity

BATCHES = (1, 7, 32)
"""Windows at once with which onnxruntime is to pick the same."""
SEED = 2026
_TORCH, _ONNX = "torch float32", "onnxruntime"


@dataclass(frozen=True)
class Engines:
    """The bench's wells picked by torch in float32 and by onnxruntime, one after the other on each well.

    parity         of onnxruntime's picks with torch's
    f1_apart       largest difference of an F1 of any kind, criterion and tolerance, over all wells and by tool and case
    batches        of onnxruntime's picks by so many windows at once with those by as many as it takes
    cpu_seconds    of the processors that each engine took, from log to picks
    """

    wells: int
    metres: float
    parity: Parity
    f1_apart: float
    batches: Mapping[int, Parity]
    cpu_seconds: Mapping[str, float]

    @classmethod
    def compared(
        cls,
        weights: str | None,
        wells: Sequence[Well],
        batches: Sequence[int] = BATCHES,
        progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> Engines:
        """Raises :class:`InputError` on weights without an ONNX file beside them."""
        by_onnx = engine_of(weights, "onnx")
        assert isinstance(by_onnx, ByOnnx)
        engines: dict[str, Engine] = {
            _TORCH: ByTorch.of(load_weights(weights), "cpu", "float32"),
            _ONNX: by_onnx,
            **{str(count): replace(by_onnx, at_once=count) for count in batches},
        }
        found: dict[str, list[Picks]] = {name: [] for name in engines}
        seconds = dict.fromkeys(engines, 0.0)
        for done, well in enumerate(wells):
            for name, engine in engines.items():
                start = time.process_time()
                found[name].append(predict(well.log, engine))
                seconds[name] += time.process_time() - start
            progress(done + 1, len(wells))
        lines = [figures(name, wells, found[name]) for name in (_TORCH, _ONNX)]
        return cls(
            len(wells),
            sum(well.log.rows * well.log.row_step_m for well in wells),
            _parity(wells, found[_TORCH], found[_ONNX]),
            max(map(_f1_apart, *lines)),
            {count: _parity(wells, found[_ONNX], found[str(count)]) for count in batches},
            {name: seconds[name] for name in (_TORCH, _ONNX)},
        )

    @property
    def speed(self) -> float:
        """Of onnxruntime over torch."""
        return self.cpu_seconds[_TORCH] / self.cpu_seconds[_ONNX]

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"speed": self.speed}, indent=2)

    def to_markdown(self) -> str:
        rows = [
            ["picks", str(self.parity.picks)],
            ["within 1 mm and 0.01 of confidence", f"{100 * self.parity.share:.2f} %"],
            ["largest difference of an F1", f"{self.f1_apart:.4f}"],
            *([f"the same by {n} windows at once", f"{100 * p.share:.2f} %"] for n, p in self.batches.items()),
            *([f"{name}: processors' seconds", figure(seconds)] for name, seconds in self.cpu_seconds.items()),
            ["speed of onnxruntime over torch", figure(self.speed)],
        ]
        told = f"{self.wells} wells, {self.metres:.0f} m, torch in float32 against onnxruntime."
        return f"### Engines\n\n{told}\n\n" + markdown(("what", "value"), rows) + "\n"


def bench_wells(well_m: float) -> list[Well]:
    """The wells of the bench, each of so many metres."""
    return list(draw_wells(well_m, SEED, tuple(BENCH_TOOLS), CASES))


def _parity(wells: Sequence[Well], ref: Sequence[Picks], est: Sequence[Picks]) -> Parity:
    picked = zip(wells, ref, est, strict=True)
    return Parity.pooled([Parity.of(one, other, well.log.hole_diameter_m) for well, one, other in picked])


def _f1_apart(ref: Figures, est: Figures) -> float:
    if ref.report is None or est.report is None:
        return 0.0
    scores = zip(ref.report.scores, est.report.scores, strict=True)
    return max((abs(one.counts.f1 - other.counts.f1) for one, other in scores), default=0.0)
