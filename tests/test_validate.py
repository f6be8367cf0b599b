"""The threshold that validation chooses."""

import pytest

from geobfdt.eval import Counts
from geobfdt.validate import chosen_threshold


def counts(f1, planes):
    """As many estimated planes as there are, of which the share f1 is right."""
    return Counts(planes, planes, f1 * planes)


@pytest.mark.parametrize(("planes", "chosen"), [(34, 0.3), (500, 0.4), (100_000, 0.5)])
def test_a_lower_threshold_is_taken_while_chance_alone_tells_it_from_the_best(planes, chosen):
    f1 = {0.2: 0.82, 0.3: 0.86, 0.4: 0.89, 0.5: 0.9, 0.6: 0.85}
    assert chosen_threshold({threshold: counts(value, planes) for threshold, value in f1.items()}) == chosen


def test_without_any_hit_the_lowest_threshold_is_as_good_as_any():
    assert chosen_threshold({0.1: Counts(5, 3, 0), 0.2: Counts(5, 0, 0)}) == 0.1
