"""Damaged files of every format are read correctly or refused in one clear line; `make fuzz` reads thousands more."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzzing import cases, seeds
from tests.fuzzing.readers import Wrong, read


@pytest.mark.parametrize("reader", seeds.READERS)
def test_whole_files_read(reader: str, tmp_path: Path) -> None:
    for data in seeds.seeds(reader):
        assert read(cases.Case(reader, 0, data, "whole"), tmp_path / f"whole{cases.SUFFIXES[reader]}")


@pytest.mark.parametrize("reader", seeds.READERS)
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(number=st.integers(0, 10**6))
def test_a_damaged_file_is_read_correctly_or_refused_clearly(reader: str, number: int) -> None:
    one = cases.case(reader, number, long_bytes=200_000)
    with tempfile.TemporaryDirectory() as folder:
        read(one, Path(folder) / one.file_name)


def test_a_case_is_the_same_every_time() -> None:
    assert cases.case("corpus", 5) == cases.case("corpus", 5)
    assert len({cases.case("csv picks", number, 1000).data for number in range(20)}) > 10


@pytest.mark.parametrize(
    ("text", "rule"),
    [("1000,91,3,fracture", "dips are in"), ("1000,9,3,fracture\n2000,9,3,bedding", "depths .*, not")],
)
def test_what_must_not_be_is_noticed(text: str, rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that lets anything through, or takes feet for metres, does not pass."""
    import numpy as np

    from geobfdt import formats
    from geobfdt.borehole.picks import Picks

    rows = [line.split(",") for line in text.split("\n")]
    depth, dip = (np.array([float(row[k]) for row in rows]) for k in (0, 1))
    monkeypatch.setattr(Picks, "_check", lambda *_: None)
    monkeypatch.setattr(formats, "read_picks", lambda _: Picks(depth, dip, depth * 0))
    wrong = cases.Case("csv picks", 0, text.encode(), "unit 'ft'", depth_m=depth * 0.3048)
    with pytest.raises(Wrong, match=rule):
        read(wrong, tmp_path / "p.csv")
