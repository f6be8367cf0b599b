"""What was found in a well, in words: how many planes of which kind and how they lie, how sure, and what to check."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import UNKNOWN, Picks
from geobfdt.errors import counted
from geobfdt.interpretation.zones import has_true_dips
from geobfdt.report.figures import has_direction, means_by_kind
from geobfdt.report.qc import Finding
from geobfdt.report.scale import DepthScale

FEWEST = 5
"""Of fewer picks no share that is wrong is told."""
DOUBTFUL = 0.6
"""Below this confidence picks are worth a look by hand: of calibrated ones at least two of five are wrong."""


def named(kind: str, count: int) -> str:
    """So many planes of a kind, in words."""
    if kind == UNKNOWN:
        return f"{counted(count, 'plane')} of unknown kind"
    return counted(count, "bedding plane" if kind == "bedding" else kind)


def in_words(log: ImageLog, picks: Picks, findings: Sequence[Finding], scale: DepthScale, *, calibrated: bool) -> str:
    """Two or three sentences on picks that lie in a log; ``calibrated`` says that their confidences are shares of picks
    that are right, as those of the detector.
    """
    top, base = scale.told(log.top_m), scale.told(log.base_m)
    length = (log.base_m - log.top_m) / scale.metres
    where = f"{length:,.1f} {scale.unit} of {log.well or 'the well'} ({top} to {base} {scale.unit})"
    if not len(picks):
        return f"No plane was picked in {where}. {_doubts(log, picks, findings, scale, calibrated=calibrated)}"
    kinds = []
    means = means_by_kind(picks)
    for kind, mean in means.items():
        lie = f"at {mean.dip_deg:.0f}° towards {mean.azimuth_deg:.0f}°"
        told = f" {lie} on average" if has_direction(mean) else f" {lie}" if mean.count == 1 else ""
        told = told or (" in no one direction" if mean.count > 2 else "")
        kinds.append(f"{named(kind, mean.count)}{told}")
    was = "was" if len(picks) == 1 else "were"
    found = (
        f"{counted(len(picks), 'plane')} were picked in {where}: {'; '.join(kinds)}."
        if len(means) > 1
        else f"In {where} {was} picked: {kinds[0]}."
    )
    measured = "" if has_true_dips(picks) else " Dips are against the hole: no survey was given."
    sure, doubts = _sure(picks, calibrated=calibrated), _doubts(log, picks, findings, scale, calibrated=calibrated)
    return " ".join(filter(None, (found + measured, sure, doubts)))


def _sure(picks: Picks, *, calibrated: bool) -> str:
    confidence = np.asarray(picks.confidence)
    if not np.isfinite(confidence).all():
        return "The picks state no confidence." if not np.isfinite(confidence).any() else "Not all state a confidence."
    if not calibrated or len(picks) < FEWEST:
        return f"Their stated confidence is {confidence.mean():.2f} on average." if len(picks) > 1 else ""
    wrong = float((1 - confidence).sum())
    return (
        f"By their confidences ({confidence.mean():.2f} on average) about {wrong:.0f} of {len(picks):,} are wrong; "
        "what was missed they do not tell."
    )


def _doubts(log: ImageLog, picks: Picks, findings: Sequence[Finding], scale: DepthScale, *, calibrated: bool) -> str:
    """What to look at by hand."""
    checks = []
    confidence = np.asarray(picks.confidence)
    doubtful = int((confidence < DOUBTFUL).sum()) if calibrated else 0
    if doubtful:
        many = f"the {doubtful:,} picks" if doubtful > 1 else "the one pick"
        checks.append(f"{many} below a confidence of {DOUBTFUL:g}")
    whole = [one for one in findings if one.base_m - one.top_m >= 0.99 * (log.base_m - log.top_m)]
    parts = [one for one in findings if one not in whole and one.check != "dynamic window"]
    if parts:
        one = max(parts, key=lambda finding: finding.base_m - finding.top_m)
        where = f"{scale.told(one.top_m)} to {scale.told(one.base_m)} {scale.unit}"
        more = f" and {counted(len(parts) - 1, 'more place')} below" if len(parts) > 1 else ""
        checks.append(f"{where} ({one.check}: {one.found}){more}")
    if whole:
        checks.append(f"along the whole log, {whole[0].found} ({whole[0].check})")
    if log.columns <= 16:
        checks.append(f"every pick: {log.columns} sectors show too little of a trace")
    return f"To check by hand: {'; '.join(checks)}." if checks else "Nothing in the image asks for a check by hand."
