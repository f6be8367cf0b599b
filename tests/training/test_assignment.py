"""SciPy's assignments by several processes are those by one."""

import multiprocessing

import numpy as np
import pytest

from geobfdt.training.assignment import Assigners, assigned


@pytest.fixture(scope="module")
def assigners():
    begun = Assigners(2)
    yield begun
    begun.close()
    assert not multiprocessing.active_children()


def problem(rng, layers, batch, queries, planes):
    cost = rng.normal(size=(layers, batch, queries, planes)).astype(np.float32)
    return cost, rng.random((batch, planes)) < 0.6


def test_every_pair_is_a_target_and_as_cheap_as_can_be():
    cost = np.array([[[[1.0, 5.0], [2.0, 1.0], [0.0, 9.0]]]], np.float32)
    assert assigned(cost, np.array([[True, True]])).T.tolist() == [[0, 0, 1, 1], [0, 0, 2, 0]]
    assert assigned(cost, np.array([[False, True]])).T.tolist() == [[0, 0, 1, 1]]
    assert assigned(cost, np.array([[False, False]])).shape == (4, 0)
    two_queries = assigned(cost[:, :, :2], np.array([[True, True]]))
    assert two_queries.T.tolist() == [[0, 0, 0, 0], [0, 0, 1, 1]]


def test_processes_assign_what_one_does(assigners):
    """Also where the next batch is larger, smaller, or holds nothing."""
    rng = np.random.default_rng(0)
    for shape in ((4, 6, 20, 9), (2, 3, 5, 2), (4, 16, 40, 30), (1, 1, 3, 3)):
        cost, targets = problem(rng, *shape)
        shared = assigners.costs(shape)
        shared[:] = cost
        np.testing.assert_array_equal(assigners.assigned(shared, targets), assigned(cost, targets))
        assert assigners.assigned(shared, np.zeros_like(targets)).shape == (4, 0)
        del shared
