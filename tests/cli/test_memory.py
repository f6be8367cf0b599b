"""Freed memory is used again without being faulted in anew."""

import ctypes
import subprocess
import sys

import pytest

SCRIPT = """
import resource
import numpy as np
from geobfdt.cli.memory import keep_freed_memory

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
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    usual, kept = map(int, done.stdout.split())
    assert kept < 0.1 * usual
