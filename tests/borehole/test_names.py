"""Names come out of every format as they went in, and out of a spreadsheet as names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt import formats
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.names import LONGEST_NAME, clean_name, clean_names, file_stem
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.formats.corpus import read_corpus, write_corpus

ODD = (
    *("A\n1", "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "  Süd 1  ", "x" * 300, "a\tb\x00c", "\u2028line"),
    *("48/19a-C2", "-", ""),
)


@given(st.text(max_size=400))
def test_a_clean_name_stays_as_it_is_and_breaks_no_line(name: str) -> None:
    cleaned = clean_name(name)
    assert clean_name(cleaned) == cleaned
    assert len(cleaned) <= LONGEST_NAME
    assert len(cleaned.splitlines()) <= 1
    assert clean_names(np.array([name, "A"], np.str_)).tolist() in (
        [cleaned, "A"],
        [clean_name(name.rstrip("\0")), "A"],
    )


@given(
    st.lists(
        st.sampled_from(("CON", "con", "a/b", "a:b", "a-b", "A-B", "x" * 400, "..", "", "lpt1.x", "é" * 200)),
        max_size=9,
    )
)
def test_stems_of_files_are_allowed_everywhere_and_differ(names: list[str]) -> None:
    stems: list[str] = []
    for name in names:
        stems.append(file_stem(name, stems))
    assert len({stem.lower() for stem in stems}) == len(stems)
    for stem in stems:
        assert 0 < len(stem.encode()) <= 160
        assert not set(stem) & set('/\\:*?"<>|')
        assert stem == stem.strip(" .")
        assert stem.upper().split(".")[0] not in ("CON", "NUL", "LPT1")


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("suffix", [".csv", ".json", ".h5"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str, suffix: str) -> None:
    picks = Picks([500.5], [20], [30], quality="=A", well=name)
    path = tmp_path / f"p{suffix}"
    if suffix == ".h5":
        log = ImageLog(np.ones((300, 8)), 500 + 0.01 * np.arange(300), 0.2, well=name, name=name)
        write_corpus(path, [Well(log, picks)])
        (well,) = read_corpus(path)
        assert (well.log.well, well.log.name) == (clean_name(name), clean_name(name))
    else:
        formats.write(picks, path)
    found = formats.read_picks(path)
    assert (found.well[0], found.quality[0]) == (clean_name(name), "_=A")
    assert not str(found.well[0]).startswith(("=", "+", "@"))
