"""Scoring of picks against an interpreter's.

Conventions
-----------
- ``ref, est``: the reference first, the estimate second, in every function.
- Depths and distances in metres, angles in degrees, dips and azimuths as the image shows them ("apparent").
- A pair is admissible under a **criterion** and a tolerance when

  - ``depth``: the depths differ by at most the tolerance;
  - ``curve``: the two traces on the wall lie on average, over the whole circumference, at most the tolerance apart;
  - ``joint``: the depths differ by at most the tolerance and the poles of the planes by at most 10 degrees.

  Depth is what the literature reports. In dense rock it proves little, and it calls a wrong plane at the right depth a
  hit: that is why the other two stand beside it.
- Bounds are included. Distances are first rounded to 0.1 mm and angles to a millionth of a degree, so that a pick 8 cm
  off is a hit at 8 cm whatever its depth does to the last bit of a float.
- Every pick is in one pair at most. As many pairs are made as can be made (a maximum matching; the greedy one loses
  hits where picks are dense). Of those matchings the one with the smallest total distance is taken, and of those the
  one with the least sum of squares. What still ties (planes at one depth) is settled by sorting, never by the order of
  a table.
- The picks are paired in stretches that no pair leaves, and matched in blocks that no pair joins, so that time and
  memory grow with their number; faster only where blocks hold thousands of picks, from 100 a metre on.
- Wells are matched one by one and never across. Pooled figures come from the sums of the wells' counts, and from all
  wells' hits together.
- **Groups**: "fracture" and "bedding" hold the picks that a side calls so, and match nothing else: a fracture called
  bedding is a miss in the one and a false pick in the other. "all" looks at no kind. Picks of kind "unknown" count in
  "all" only.
- **Reviewed intervals**, where given: a pick whose depth is outside all of them, bounds included, is taken away before
  the matching, on both sides alike. A pick just outside the edge is therefore neither punished nor of use to a pick
  just inside; the price is that a plane within a tolerance of an edge may lose its partner. Without intervals all picks
  count.

Metrics
-------
- sensitivity ``hits / n_ref``, precision ``hits / n_est``, F1 ``2 hits / (n_ref + n_est)``. NaN over an empty side:
  with no reference picks nothing is known of the sensitivity. F1 is NaN with both sides empty, and 0 with one.
- On the hits of each line: share of dips within 3 degrees; share of azimuths within 15 degrees, where the reference
  dips at least 5 degrees (below, an azimuth says little); median and 95th percentile of the unsigned errors of depth,
  dip, azimuth and of the angle between poles; median signed error of depth. Under the joint criterion orientations are
  good by selection: read them under depth.
- chance: mean F1 of the same estimated picks, with their dips, azimuths, kinds and number, at depths drawn uniformly
  from the hole that is scored: the reviewed intervals, or else the span of all picks of both sides, of any kind. It is
  what this density of picks earns without looking at the image. With few picks and no intervals the span is short and
  the chance level high; where all picks lie at one depth chance is 1.
- skill ``(F1 - chance) / (1 - chance)``: 0 is luck, 1 is perfect; NaN where chance is 1 or was not asked for.
- Confusion of kinds on the hits of "all" under ``depth``.
- Expected calibration error: a pick of confidence p should be a hit p of the time; see ``calibration_error``.

What two interpreters of one log have in common, neither of them right, is told by :mod:`geobfdt.eval.agreement`.

Classes of rock, one label a depth, are scored by the rules in :mod:`geobfdt.eval.classes`.

Deviations from published scores
--------------------------------
Published figures seldom say how duplicates are counted; here a second pick of one plane is a false pick. Published
angular rates are of depth hits, as here, but commonly include the azimuths of flat planes. Neither confidence nor, in
"all", kind steers the matching, and no threshold is applied: filter the picks before.
"""

from geobfdt.eval.lines import GROUPS
from geobfdt.eval.matching import CRITERIA, TOLERANCE_M, Criterion, Pairs, match
from geobfdt.eval.metrics import Counts, HitErrors, calibration_error, hit_errors, skill
from geobfdt.eval.report import TOLERANCES_M, Confusion, Report, Score, WellReport, score

__all__ = [
    "CRITERIA",
    "GROUPS",
    "TOLERANCES_M",
    "TOLERANCE_M",
    "Confusion",
    "Counts",
    "Criterion",
    "HitErrors",
    "Pairs",
    "Report",
    "Score",
    "WellReport",
    "calibration_error",
    "hit_errors",
    "match",
    "score",
    "skill",
]
