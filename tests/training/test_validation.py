"""The threshold that validation chooses."""

import pytest

from geobfdt.eval import Counts
from geobfdt.eval.metrics import chosen_threshold


def counts(f1, planes):
    """As many estimated planes as there are, of which the share f1 is right."""
    return Counts(planes, planes, f1 * planes)


@pytest.mark.parametrize(("planes", "chosen"), [(34, 0.3), (500, 0.4), (100_000, 0.5)])
def test_the_middle_is_taken_of_what_only_chance_tells_from_the_best(planes, chosen):
    f1 = {0.2: 0.85, 0.3: 0.86, 0.4: 0.89, 0.5: 0.9, 0.6: 0.8}
    assert chosen_threshold({threshold: counts(value, planes) for threshold, value in f1.items()}) == chosen


def test_a_plateau_gives_its_middle_and_no_hit_at_all_the_middle_of_all():
    flat = {0.1: 0.3, 0.2: 0.8, 0.3: 0.81, 0.4: 0.8, 0.5: 0.3}
    assert chosen_threshold({threshold: counts(value, 1000) for threshold, value in flat.items()}) == 0.3
    assert chosen_threshold({0.1: Counts(5, 3, 0), 0.2: Counts(5, 1, 0), 0.3: Counts(5, 0, 0)}) == 0.2
