"""How many of the picks are wanted: interpreters of one formation differ in that by a factor of seven, and no threshold
suits them all.

A confidence is the share of such picks that are right, so a threshold on it says how sure the least of them is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError

if TYPE_CHECKING:
    from geobfdt.eval import Counts
    from geobfdt.prediction.detect import Prediction

Detail = Literal["low", "normal", "high"]
SURE = {"low": 0.8, "high": 0.2}
"""Least confidence where little detail is wanted, four of five such picks are right, and where much is, one of five;
"normal" is what the weights' validation chose."""
FEWEST_REVIEWED = 10
"""Planes of an interpreter that a threshold can be fitted to."""
_STEPS = np.round(np.arange(0.05, 0.96, 0.05), 2)


def kept_from(prediction: Prediction, threshold: float) -> Prediction:
    """Of a prediction at a lower threshold, or none, what is kept at this one."""
    return replace(prediction, picks=prediction.picks.at_least(threshold), threshold=threshold)


def density_threshold(picks: Picks, log: ImageLog, per_m: float) -> float:
    """The confidence of the least sure pick where the surest ``per_m`` a metre of image are kept, and those as sure as
    the last of them; 0 where there are fewer.
    """
    wanted = round(per_m * log.rows * log.row_step_m)
    if len(picks) <= wanted:
        return 0.0
    return float(np.sort(np.asarray(picks.confidence))[len(picks) - wanted]) if wanted else 1.0


def threshold_like(
    picks: Picks, interpreter: Picks, reviewed_m: Sequence[tuple[float, float]], hole_diameter_m: float
) -> tuple[float, Counts]:
    """The threshold at which picks of one well are most like an interpreter's in intervals that he reviewed, by joint
    F1 at 8 cm, and what is counted there.

    The rule is that by which validation chooses the weights' own, see
    :func:`~geobfdt.eval.metrics.chosen_threshold`. Raises :class:`InputError` where fewer than
    :data:`FEWEST_REVIEWED` planes were picked: on fewer, chance chooses it.
    """
    from geobfdt.eval import TOLERANCE_M, Counts, match  # it loads libraries that picking does without
    from geobfdt.eval.metrics import chosen_threshold

    ref, est = (side.within(reviewed_m) for side in (interpreter, picks))
    if len(ref) < FEWEST_REVIEWED:
        raise InputError(
            f"{len(ref)} picks lie in the reviewed intervals, and a threshold needs {FEWEST_REVIEWED}; review more, or "
            "give --density"
        )

    def counted(threshold: float) -> Counts:
        found = est.at_least(threshold)
        return Counts(
            len(ref), len(found), len(match(ref, found, "joint", TOLERANCE_M, hole_diameter_m=hole_diameter_m))
        )

    at = {float(threshold): counted(threshold) for threshold in _STEPS}
    threshold = chosen_threshold(at)
    return threshold, at[threshold]
