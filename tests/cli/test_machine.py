"""What the command line asks of the machine: threads that sleep, memory that stays, nothing loaded that picking does
not need.
"""

import ctypes
import json
import os
import subprocess
import sys

import pytest

WAITING = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT", "KMP_BLOCKTIME")
BLAS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


def environment_of(calls, **said):
    """What a process says in its environment after some calls."""
    untold = {name: value for name, value in os.environ.items() if name not in (*WAITING, *BLAS)}
    script = f"import json, os; from geobfdt.cli import machine; {calls}; print(json.dumps(dict(os.environ)))"
    done = subprocess.run([sys.executable, "-c", script], env={**untold, **said}, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_threads_sleep_while_they_wait_and_in_training_almost():
    asked = environment_of("machine.share_the_machine()")
    assert asked["OMP_WAIT_POLICY"] == "passive"
    assert "GOMP_SPINCOUNT" not in asked
    asked = environment_of("machine.share_the_machine(); machine.wait_briefly()")
    assert int(asked["GOMP_SPINCOUNT"]) < 300_000, "what OpenMP spins unasked"


@pytest.mark.parametrize("name", WAITING)
def test_what_the_user_says_of_waiting_stands(name):
    asked = environment_of("machine.share_the_machine(); machine.wait_briefly()", **{name: "7"})
    assert {one: asked.get(one) for one in WAITING} == dict.fromkeys(WAITING) | {name: "7"}


@pytest.mark.parametrize("name", BLAS)
def test_what_the_user_says_of_threads_stands(name):
    asked = environment_of("machine.share_the_machine()", **{name: "3"})
    assert {one: asked.get(one) for one in BLAS} == dict.fromkeys(BLAS) | {name: "3"}


def test_picking_loads_neither_torchvision_nor_a_compiler():
    script = (
        "import sys, torch; from geobfdt.model.checkpoint import load_weights; import geobfdt.prediction.detect; "
        "before = torch.get_rng_state(); load_weights(); assert torch.equal(before, torch.get_rng_state()); "
        "print(*{name.split('.')[0] for name in sys.modules}, 'torch._dynamo' in sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout.split()
    assert "torch" in loaded
    assert not {"torchvision", "sympy", "skimage", "True"} & set(loaded)


FAULTS = """
import resource
import numpy as np
from geobfdt.cli.machine import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(5_000_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults(), faults()
usual = faults()
keep_freed_memory()
faults(), faults()
print(usual, faults())
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"), reason="glibc's malloc alone"
)
def test_an_array_like_the_last_one_costs_no_new_pages():
    small = os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"}  # in huge ones there would be few to tell apart from chance
    done = subprocess.run([sys.executable, "-c", FAULTS], env=small, capture_output=True, text=True, check=True)
    usual, kept = map(int, done.stdout.split())
    assert kept < 0.1 * usual
