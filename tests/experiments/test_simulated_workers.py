"""The simulated crew takes as long as its wells, its network and its starts do."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from geobfdt.experiments.bench.workers import Throughput, WellCost, WorkerTable, hand_out_s

COST = WellCost(
    metres=100.0,
    engine="torch on the CPU",
    threads=1,
    clock="seconds",
    start_s=0.0,
    read_s=2.0,
    pick_s=7.0,
    write_s=1.0,
    hand_out_s=0.0,
    bytes_in=124_000_000,
    bytes_out=1_000_000,
)
"""Ten seconds of work and a gigabit."""
FAST = 1e9


def test_workers_that_wait_for_nothing_share_the_work_evenly() -> None:
    for workers in (1, 4, 25):
        assert Throughput.simulated(COST, workers, FAST, wells=100).wells_per_hour == pytest.approx(360 * workers)
    assert Throughput.simulated(COST, 3, FAST, wells=10).hours == pytest.approx(40 / 3600), "the last is alone"


def test_a_network_carries_so_many_wells_and_no_more() -> None:
    one = Throughput.simulated(COST, 1, 1.0, wells=50)
    assert one.hours * 3600 == pytest.approx(50 * 11)
    many = Throughput.simulated(COST, 200, 1.0, wells=1000)
    assert many.hours * 3600 == pytest.approx(1000 + 10, rel=1e-3)


def test_starts_and_handing_out_count() -> None:
    slow = replace(COST, start_s=30.0)
    assert Throughput.simulated(slow, 2, FAST, wells=8).hours * 3600 == pytest.approx(30 + 4 * 10)
    handed = replace(COST, hand_out_s=1.0)
    assert Throughput.simulated(handed, 1000, FAST, wells=500).hours * 3600 == pytest.approx(500 + 10)


def test_the_table_says_what_it_rests_on() -> None:
    table = WorkerTable.made(COST, workers=(1, 64))
    told = table.to_markdown()
    assert "reading 2.00 s, picking 7.00 s, writing 1.00 s" in told
    assert "| 1 " in told
    assert "| 64 " in told
    assert "360 (1.00)" in told
    assert json.loads(table.to_json())["cost"]["bytes_in"] == 124_000_000


def test_handing_out_is_timed_between_two_processes() -> None:
    assert 0 < hand_out_s() < 1
