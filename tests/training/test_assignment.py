"""SciPy's assignments by several processes are those by one."""

import subprocess
import sys

import numpy as np
import pytest

from geobfdt.training.assignment import Assigners, assigned
from tests.forked import gone


@pytest.fixture(scope="module")
def assigners():
    begun = Assigners(2)
    yield begun
    begun.close()


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


def test_processes_end_when_the_one_that_asks_is_killed():
    script = (
        "import os, signal; from geobfdt.training.assignment import Assigners; a = Assigners(2); "
        "print(*[w.pid for w in a._workers], flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    workers = [int(pid) for pid in told.stdout.split()]
    assert len(workers) == 2
    assert all(gone(pid) for pid in workers)


def test_a_script_that_asks_is_not_run_again(tmp_path):
    """No guard of __main__ is needed, as users' scripts have none."""
    script = tmp_path / "trains.py"
    script.write_text(
        "import numpy as np\n"
        "from geobfdt.training.assignment import assigners\n"
        "print('begun')\n"
        "shared = assigners().costs((1, 1, 2, 2))\n"
        "shared[:] = [[[[0, 1], [1, 0]]]]\n"
        "print(assigners().assigned(shared, np.ones((1, 2), bool)).tolist())\n"
    )
    told = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert told.stdout.split("\n")[:2] == ["begun", "[[0, 0], [0, 0], [0, 1], [0, 1]]"]
    assert told.stderr == ""
