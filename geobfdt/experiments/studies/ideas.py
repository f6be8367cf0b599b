"""The study of what others report to help detectors of lanes, lines and objects."""

from __future__ import annotations

from geobfdt.experiments.studies import measures as m
from geobfdt.experiments.studies.corpora import THIN_BEDDED
from geobfdt.experiments.studies.study import Claim, Row, Study

_AS_IT_IS = "as it is"
_LANES = "lanes: F1 80.47 to 81.12, with all three"
_ROWS = (
    (_AS_IT_IS, (), ""),
    ("curves in the loss", ("loss.curve=2",), _LANES),
    ("curves in matching", ("loss.match_curve=2",), _LANES),
    ("target scores by curves", ("loss.quality_by=curve",), _LANES),
    ("hard negatives", ("loss.hard_negatives=2",), "objects: AP 2.7 to 6.0 higher, with all of DINO"),
    ("matchability-aware loss", ("loss.matchability=1.5",), "objects: AP 54.0 to 54.7, with all of DEIM"),
)

IDEAS = Study(
    "ideas",
    "Do ideas that gained in detectors of lanes, lines and objects gain here?",
    tuple(Row(label, changes, (THIN_BEDDED,), published=published) for label, changes, published in _ROWS),
    (
        *(m.JOINT, m.JOINT_SENSITIVITY, m.JOINT_PRECISION, m.DEPTH),
        *(m.found("joint", kind) for kind in ("fracture", "bedding")),
        *(m.CLASS_ERROR, m.PARAMETER_LOSS),
    ),
    tuple(
        Claim(f"{label}: better than without{also}", label, _AS_IT_IS, measure)
        for label, *_ in _ROWS[1:]
        for also, measure in (("", m.JOINT), (" by depth alone", m.DEPTH))
    ),
    "Every row is one change. Curves are compared by the overlap of bands around them, 1.2 radii wide across the trace "
    "(the line IoU of lane detection, in closed form): as a loss of matched planes, 1 - overlap with a weight of 2; as "
    "a cost of matching, with the same; as the score that a matched query is taught, instead of depth and pole. Hard "
    "negatives are up to two copies of a plane, 8 to 20 cm in an 8.5 in hole or 12 to 25 degrees off, which denoising "
    "queries are taught to call no plane. The matchability-aware loss teaches matched queries their score to the power "
    "of 1.5, without a focal weight. An idea is kept if its joint F1 is ahead by more than the spread of the seeds. "
    "Local contrast as a second channel is a row of the study of normalisation.",
)
