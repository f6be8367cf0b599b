"""A cluster of this machine is begun again where it was slow to start; one that does not answer is said not to."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from geobfdt.errors import InputError
from geobfdt.workers.on_ray import _connect


class Slow:
    """What stands in for Ray, which starts at the last of so many tries."""

    def __init__(self, tries: int) -> None:
        self.tries, self.asked, self.ended = tries, 0, 0

    def init(self, **said: Any) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.asked += 1
        if self.asked < self.tries:
            raise Exception("The current node timed out during startup.")

    def shutdown(self) -> None:
        self.ended += 1


@pytest.mark.parametrize(("address", "tries", "asked"), [("local", 2, 2), ("local", 9, 2), ("10.0.0.1:6379", 2, 1)])
def test_a_local_cluster_is_tried_twice_and_another_once(address: str, tries: int, asked: int) -> None:
    ray, heeded = Slow(tries), signal.getsignal(signal.SIGTERM)
    if asked == tries:
        _connect(ray, address)
    else:
        with pytest.raises(InputError, match=rf"--cluster {address}: does not answer \(The current node timed out"):
            _connect(ray, address)
    assert ray.asked == asked
    assert ray.ended == asked - (asked == tries), "nothing is left of a try that failed"
    assert signal.getsignal(signal.SIGTERM) is heeded
