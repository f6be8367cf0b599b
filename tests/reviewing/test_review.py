"""What becomes of picks by edits: whatever was done is undone to the last bit, and done again by the journal."""

from __future__ import annotations

import struct
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.survey import Survey, with_true_dips
from geobfdt.errors import InputError, InputWarning
from geobfdt.reviewing.edits import Line, NotNowError, edit_of, line_of, said_of
from geobfdt.reviewing.review import PickSet, picks_on
from geobfdt.reviewing.state import Row, State, ticked
from tests.reviewing.wells import a_log, a_session, some_picks

SURVEY = Survey(np.array([490.0, 510.0]), np.array([20.0, 40.0]), np.array([100.0, 130.0]))


def bits(row: Row) -> tuple[Any, ...]:
    """A row whose numbers are told apart to the last bit, and one that is no number is itself."""
    values = (getattr(row, column.name) for column in fields(row))
    return tuple(struct.pack("d", value) if isinstance(value, float) else value for value in values)


def whole(state: State) -> Any:
    return {number: bits(row) for number, row in state.rows.items()}, state.reviewed_m


def placed(picks: Picks) -> Picks:
    return with_true_dips(picks, SURVEY, "north")


depths = st.floats(500.0, 504.0)
angles = st.floats(0, 360, exclude_max=True)
values = st.fixed_dictionaries(
    {},
    optional={
        "depth_m": depths,
        "dip_deg": st.floats(0, 89.9),
        "azimuth_deg": angles,
        "kind": st.sampled_from(["fracture", "bedding", "unknown"]),
        "status": st.sampled_from(["undecided", "accepted", "rejected"]),
        "set": st.sampled_from(["", "J1", "J2"]),
        "span_deg": st.none() | st.tuples(angles, angles).map(list),
    },
).filter(bool)
new = st.fixed_dictionaries(
    {"depth_m": depths, "dip_deg": st.floats(0, 89.9), "azimuth_deg": angles, "kind": st.just("fracture")}
)
edits = st.lists(
    st.one_of(
        st.builds(
            lambda ids, v: {"do": "set", "ids": ids, "values": v}, st.lists(st.integers(0, 11), min_size=1), values
        ),
        st.builds(lambda v: {"do": "add", "values": v}, new),
        st.builds(
            lambda top, length, on, accept: {
                "do": "reviewed",
                "top_m": top,
                "base_m": top + length,
                "on": on,
                "accept": accept,
            },
            *(st.floats(500, 503), st.floats(0.01, 1), st.booleans(), st.booleans()),
        ),
        st.sampled_from([{"do": "undo"}, {"do": "redo"}]),
    ),
    max_size=30,
)


def done(state: State, said: list[dict[str, Any]]) -> list[Line]:
    """Those of the edits that can be done, done."""
    lines = []
    for one in said:
        line = Line(edit_of(one))
        try:
            state.check(line)
        except InputError:
            continue
        state.apply(line)
        lines.append(line)
    return lines


@settings(max_examples=60, deadline=None)
@given(edits)
def test_edits_are_undone_to_the_last_bit_and_done_again(said: list[dict[str, Any]]) -> None:
    state = State.of(some_picks(), placed)
    first = whole(state)
    done(state, said)
    last, steps = whole(state), len(state.done)
    while state.done:
        state.apply(Line(edit_of({"do": "undo"})))
    assert whole(state) == first
    for _ in range(steps):
        state.apply(Line(edit_of({"do": "redo"})))
    assert whole(state) == last


@settings(max_examples=60, deadline=None)
@given(edits)
def test_the_journal_gives_the_same_state(said: list[dict[str, Any]]) -> None:
    import json

    state, again = State.of(some_picks(), placed), State.of(some_picks(), placed)
    for line in done(state, said):
        written = line_of(json.loads(json.dumps(said_of(line))))
        again.check(written)
        again.apply(written)
    assert whole(again) == whole(state)
    assert (len(again.done), len(again.undone), again.next_id) == (len(state.done), len(state.undone), state.next_id)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8), st.booleans()), max_size=12))
def test_ticked_intervals_are_apart_and_hold_what_was_ticked(ticks: list[tuple[int, int, bool]]) -> None:
    intervals: tuple[tuple[float, float], ...] = ()
    inside = np.zeros(30, bool)
    for top, length, on in ticks:
        intervals = ticked(intervals, float(top), float(top + length), on=on)
        inside[top : top + length] = on
    middles = np.arange(30) + 0.5
    assert [any(top <= at <= base for top, base in intervals) for at in middles] == inside.tolist()
    edges = [edge for interval in intervals for edge in interval]
    assert edges == sorted(set(edges))


def test_what_an_edit_changes(tmp_path: Path) -> None:
    with a_session(tmp_path / "o") as session:
        edit = session.edit
        moved = edit({"do": "set", "ids": [2], "values": {"depth_m": 501.0}})["rows"][0]
        assert moved["changed"]
        assert moved["status"] == "undecided"
        assert [moved[name] for name in ("depth_sd_m", "dip_sd_deg", "azimuth_sd_deg")] != [0.01, 1.5, 2.5]
        assert moved["confidence"] == some_picks().confidence[2]
        named = edit({"do": "set", "ids": [3], "values": {"kind": "unknown", "set": "J1", "span_deg": [350, 20]}})[
            "rows"
        ][0]
        assert (named["changed"], named["depth_sd_m"], named["set"], named["span_deg"]) == (
            False,
            0.01,
            "J1",
            (350, 20),
        )
        drawn = {"depth_m": 502.0, "dip_deg": 30.0, "azimuth_deg": 10.0, "kind": "fracture"}
        added = edit({"do": "add", "values": drawn})["rows"][0]
        assert (added["id"], added["status"], added["added"], added["changed"]) == (8, "accepted", True, False)
        assert edit({"do": "undo"})["removed"] == [8]
        assert edit({"do": "add", "values": drawn})["rows"][0]["id"] == 9  # never again the same
        answer = edit({"do": "reviewed", "top_m": 499.0, "base_m": 501.0, "on": True, "accept": True})
        assert answer["reviewed_m"] == ((499.9975, 501.0),)
        assert {row["status"] for row in answer["rows"]} == {"accepted"}
        assert {row["id"] for row in answer["rows"]} == {0, 1, 2}
        assert (answer["undo"], answer["redo"], answer["edits"]) == (True, False, 6)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "do: must be one of"),
        ({"do": "set", "ids": [], "values": {"dip_deg": 3}}, "ids: must be a list"),
        ({"do": "set", "ids": [True], "values": {"dip_deg": 3}}, "ids: must be a list"),
        ({"do": "set", "ids": [99], "values": {"dip_deg": 3}}, "there is no pick 99"),
        ({"do": "set", "ids": [1], "values": {}}, "says nothing to set"),
        ({"do": "set", "ids": [1], "values": {"dip_deg": 95}}, r"dip_deg: must be in \[0, 90\) degrees, found 95"),
        ({"do": "set", "ids": [1], "values": {"dip_deg": float("nan")}}, "dip_deg: must be a number"),
        ({"do": "set", "ids": [1], "values": {"dip_deg": "3"}}, "dip_deg: must be a number"),
        ({"do": "set", "ids": [1], "values": {"azimuth_deg": 360}}, r"azimuth_deg: must be in \[0, 360\)"),
        ({"do": "set", "ids": [1], "values": {"depth_m": 700}}, "outside the image, 499.9975 to 503.9975 m"),
        ({"do": "set", "ids": [1], "values": {"kind": "fault"}}, "kind: must be one of fracture, bedding, unknown"),
        ({"do": "set", "ids": [1], "values": {"status": "perhaps"}}, "status: must be one of"),
        ({"do": "set", "ids": [1], "values": {"set": "x" * 61}}, "set: must be a name"),
        ({"do": "set", "ids": [1], "values": {"span_deg": [1]}}, "span_deg: must be null or two azimuths"),
        ({"do": "set", "ids": [1], "values": {"span_deg": [1, 400]}}, "span_deg: must be in"),
        ({"do": "set", "ids": [1], "values": {"id": 3}}, "knows no 'id'"),
        ({"do": "add", "values": {"depth_m": 501}}, "lacks dip_deg, azimuth_deg, kind"),
        ({"do": "reviewed", "top_m": 502, "base_m": 501}, "502 to 501 m is no interval"),
        ({"do": "reviewed", "top_m": 501, "base_m": 502, "on": 1}, "on: must be true or false"),
    ],
)
def test_an_edit_that_is_none_is_refused_and_changes_nothing(tmp_path: Path, said: dict[str, Any], why: str) -> None:
    with a_session(tmp_path / "o") as session:
        before, state = (tmp_path / "o.review.jsonl").read_bytes(), whole(session.review.state)
        with pytest.raises(InputError, match=why):
            session.edit(said)
        assert (tmp_path / "o.review.jsonl").read_bytes() == before
        assert whole(session.review.state) == state


@pytest.mark.parametrize("do", ["undo", "redo", "finish"])
def test_what_cannot_be_done_now_says_so(tmp_path: Path, do: str) -> None:
    with a_session(tmp_path / "o") as session, pytest.raises(NotNowError):
        session.edit({"do": do})


def test_a_review_goes_on_where_it_was(tmp_path: Path) -> None:
    with a_session(tmp_path / "o", survey=SURVEY) as session:
        session.edit({"do": "set", "ids": [1, 2], "values": {"status": "rejected", "dip_deg": 33.3}})
        session.edit({"do": "set", "ids": [4], "values": {"azimuth_deg": 0.1 + 0.2}})
        session.edit({"do": "undo"})
        before, undone = whole(session.review.state), session.review.answer()
    with a_session(tmp_path / "o", survey=SURVEY) as session:
        assert whole(session.review.state) == before
        answer = session.review.answer()
        assert (answer.undo, answer.redo, answer.edits) == (undone.undo, undone.redo, 3)
        session.edit({"do": "redo"})
        assert session.review.state.rows[4].azimuth_deg == 0.1 + 0.2


def test_who_and_when_are_written_only_where_a_name_is_given(tmp_path: Path) -> None:
    for name in ("", "Ada"):
        out = tmp_path / f"o{name}"
        with a_session(out, reviewer=name) as session:
            session.edit({"do": "set", "ids": [1], "values": {"status": "accepted"}})
            session.save({"which": "kept"})
        line = (tmp_path / f"o{name}.review.jsonl").read_text().splitlines()[1]
        assert ('"by": "Ada", "at": "20' in line) == bool(name)
        assert (",by,at" in (tmp_path / f"o{name}.review.csv").read_text()) == bool(name)


def test_true_dips_follow_the_survey(tmp_path: Path) -> None:
    moved = {"dip_deg": 45.0, "azimuth_deg": 200.0, "depth_m": 502.5}
    with a_session(tmp_path / "o", survey=SURVEY) as session:
        row = session.edit({"do": "set", "ids": [2], "values": moved})["rows"][0]
        added = session.edit({"do": "add", "values": {**moved, "kind": "fracture"}})["rows"][0]
    true = with_true_dips(Picks(502.5, 45.0, 200.0), SURVEY, "north")  # type: ignore[arg-type]
    for one in (row, added):
        assert (one["true_dip_deg"], one["true_azimuth_deg"]) == (true.true_dip_deg[0], true.true_azimuth_deg[0])
    own = with_true_dips(some_picks(), SURVEY, "north")  # the way of the hole is in the file of picks
    with a_session(tmp_path / "p", sets=[PickSet("tool", own)]) as session:
        row = session.edit({"do": "set", "ids": [2], "values": moved})["rows"][0]
    assert row["true_dip_deg"] == pytest.approx(true.true_dip_deg[0], abs=0.1)
    with a_session(tmp_path / "q") as session:
        row = session.edit({"do": "set", "ids": [2], "values": moved})["rows"][0]
    assert np.isnan(row["true_dip_deg"])


def test_no_high_side_gives_no_true_dip(tmp_path: Path) -> None:
    survey = Survey(np.array([500.0, 502.0, 504.0]), np.array([30.0, 30.0, 0.0]), np.array([10.0, 10.0, 10.0]))
    picks = some_picks(3, depth_m=[500.5, 501.0, 501.5])
    log = replace(a_log(), reference="high_side")
    with a_session(tmp_path / "o", log, survey=survey, sets=[PickSet("tool", picks)]) as session:
        row = session.edit({"do": "set", "ids": [2], "values": {"depth_m": 503.99}})["rows"][0]
    assert np.isnan(row["true_dip_deg"])


def test_a_blind_pass_hides_the_picks_until_it_is_finished(tmp_path: Path) -> None:
    drawn = {"depth_m": 502.0, "dip_deg": 30.0, "azimuth_deg": 10.0, "kind": "fracture"}
    with a_session(tmp_path / "o", blind=True) as session:
        state = session.state()
        assert (state["rows"], state["layers"], state["blind"]) == ([], [], {"finished": False})
        session.edit({"do": "add", "values": drawn})
        for question in (lambda: session.compare("review", "tool", 0.08, "depth", reviewed=False), session.sets):
            with pytest.raises(NotNowError, match="finish it first"):
                question()
        answer = session.edit({"do": "finish"})
        assert (answer["blind"], answer["undo"]) == ({"finished": True}, False)
        assert [one["name"] for one in session.layers()] == ["tool", "blind pass"]
        session.edit({"do": "set", "ids": [0], "values": {"dip_deg": 80.0}})
        assert session.sets()["blind pass"].dip_deg.tolist() == [30.0]
        with pytest.raises(NotNowError, match="finished already"):
            session.edit({"do": "finish"})
    with a_session(tmp_path / "o", blind=True) as session:
        assert session.state()["blind"] == {"finished": True}
        assert session.sets()["blind pass"].dip_deg.tolist() == [30.0]


def on(log: ImageLog, picks: Picks, *, named: bool = True) -> Picks:
    return picks_on(log, PickSet("tool", picks), named=named)


def test_picks_of_another_well_or_beside_the_log_are_refused() -> None:
    log = a_log()
    with pytest.raises(InputError, match=r"tool: are of B, 500.30 to 503.70 m, and the log is of A, 500.00 to 50"):
        on(log, some_picks(well="B"))
    with pytest.raises(InputError, match=r"lie at 900.00 to 901.00 m, and the log at 500.00 to 504.00 m"):
        on(log, some_picks(2, depth_m=[900.0, 901.0]))
    with pytest.warns(InputWarning, match="taken as the same as A"):
        assert len(on(log, some_picks(well="B"), named=False)) == 8
    with pytest.warns(InputWarning, match="2 of 4 lie outside the image"):
        assert len(on(log, some_picks(4, depth_m=[400.0, 501.0, 502.0, 600.0]))) == 2
    assert len(on(log, some_picks(well=["A", "B"] * 4))) == 4
    assert len(on(replace(log, well="48/19a"), some_picks(well="48-19A"))) == 8


def test_two_sets_need_two_names(tmp_path: Path) -> None:
    for names in (("a", "a"), ("review",), ("retrained",)):
        sets = [PickSet(name, some_picks()) for name in names]
        with pytest.raises(InputError, match="call it otherwise"), a_session(tmp_path / "o", sets=sets):
            pass
