"""The journal of a review: what it is of, what it holds, and who may have it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from geobfdt.errors import InputError, InputWarning
from geobfdt.reviewing.journal import Head, PicksFile, opened

HEAD = Head("a.h5", "d1", "IMG", "A", 500.0, 504.0, 36, (PicksFile("tool", "s1"), PicksFile("other", "s2")))


def test_what_was_appended_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "o.review.jsonl"
    edits = [{"do": "set", "ids": [3], "values": {"depth_m": 501.1 / 3}}, {"do": "undo"}]
    with opened(path, HEAD) as journal:
        assert journal.past == []
        journal.append(edits[0])
    with opened(path, HEAD) as journal:
        assert journal.past == edits[:1]
        journal.append(edits[1])
    with opened(path, HEAD) as journal:
        assert journal.past == edits
    head = json.loads(path.read_text().splitlines()[0])
    assert head["geobfdt_review"] == 1
    assert [one["sha256"] for one in head["picks"]] == ["s1", "s2"]


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_line_that_was_cut_off_is_left_out_with_a_note(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "o.review.jsonl"
    with opened(path, HEAD) as journal:
        journal.append({"do": "undo"})
        whole = path.read_bytes()
        journal.append({"do": "set", "ids": [1], "values": {"kind": "fracture"}})
    path.write_bytes(path.read_bytes()[:-cut])
    with ExitStack() as stack:
        with pytest.warns(InputWarning, match="cut off"):
            journal = stack.enter_context(opened(path, HEAD))
        assert journal.past == [{"do": "undo"}]
        assert path.read_bytes() == whole
        journal.append({"do": "redo"})
    with opened(path, HEAD) as journal:
        assert journal.past == [{"do": "undo"}, {"do": "redo"}]


def test_a_first_line_that_was_cut_off_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "o.review.jsonl"
    path.write_bytes(b'{"geobfdt_rev')
    with pytest.warns(InputWarning, match="cut off"), opened(path, HEAD) as journal:
        assert journal.past == []
    with opened(path, HEAD):
        pass


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(HEAD, digest="d2"), "another log"),
        (replace(HEAD, columns=72), "another log"),
        (replace(HEAD, top_m=500.5), r"from 500\.00 to 504\.00 m"),
        (replace(HEAD, picks=(PicksFile("tool", "s9"),)), "other picks, tool"),
        (replace(HEAD, picks=()), "other picks"),
        (replace(HEAD, blind=True), "no blind pass"),
    ],
)
def test_the_journal_of_something_else_is_refused(tmp_path: Path, other: Head, why: str) -> None:
    path = tmp_path / "o.review.jsonl"
    with opened(path, HEAD):
        pass
    before = path.read_bytes()
    with (
        pytest.raises(InputError, match=f"o.review.jsonl: is of .*{why}.*name another review with -o"),
        opened(path, other),
    ):
        pass
    assert path.read_bytes() == before


def test_what_is_only_compared_with_may_differ(tmp_path: Path) -> None:
    path = tmp_path / "o.review.jsonl"
    with opened(path, HEAD) as journal:
        journal.append({"do": "undo"})
    with opened(path, replace(HEAD, picks=(*HEAD.picks[:1], PicksFile("third", "s3")))) as journal:
        assert journal.past == [{"do": "undo"}]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{}\n", "is no journal"),
        ("[1]\n", "line 1 is damaged"),
        ('{"geobfdt_review": 1, "log": 3}\n', "line 1 does not"),
    ],
)
def test_what_is_no_journal_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "o.review.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=why), opened(path, HEAD):
        pass
    assert path.read_text() == text


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "o.review.jsonl"
    with opened(path, HEAD):
        pass
    path.write_bytes(path.read_bytes() + b'{"do": "un\n{"do": "undo"}\n')
    with pytest.raises(InputError, match="line 2 is damaged"), opened(path, HEAD):
        pass


def test_a_second_reviewer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "o.review.jsonl"
    refused = pytest.raises(InputError, match="another process is at work on it")
    with opened(path, HEAD), refused, opened(path, HEAD):
        pass
    with opened(path, HEAD):
        pass


def test_an_edit_that_cannot_be_written_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "o.review.jsonl"
    with opened(path, HEAD) as journal:
        journal.append({"do": "undo"})
        before = path.read_bytes()

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(InputError, match=r"cannot be written \(no space left"):
            journal.append({"do": "redo"})
        assert path.read_bytes() == before
