"""Metres by class against class, worked out by hand."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt.borehole.intervals import Intervals
from geobfdt.errors import InputError
from geobfdt.eval.classes import ClassConfusion, compared
from geobfdt.formats.intervals import write_intervals


def intervals(*edges, labels):
    return Intervals(np.array(edges[:-1], float), np.array(edges[1:], float), np.array(labels))


REF = intervals(0, 6, 9, 10, labels=("sand", "shale", "coal"))
EST = intervals(1, 7, 12, labels=("sand", "shale"))
"""A metre of sand is called nothing, a metre of shale sand, the coal shale; two metres below nobody described."""


def test_metres_are_counted_where_the_interpreter_gave_a_label():
    found = compared(REF, EST)
    assert found.names == ("coal", "sand", "shale")
    assert found.amounts.tolist() == [[0, 0, 1, 0], [0, 5, 0, 1], [0, 1, 2, 0]]
    assert found.total == 10
    assert found.accuracy == pytest.approx(0.7)
    assert found.scores["sand"].sensitivity == pytest.approx(5 / 6)
    assert found.scores["sand"].precision == pytest.approx(5 / 6)
    assert found.scores["shale"].f1 == pytest.approx(2 * 2 / (3 + 3))
    assert np.isnan(found.scores["coal"].precision)
    assert found.macro_f1 == pytest.approx((5 / 6 + 2 / 3 + 0) / 3)
    assert found.macro_precision == pytest.approx((5 / 6 + 2 / 3 + 0) / 3)
    assert found.majority == "sand"
    assert found.chance.accuracy == pytest.approx(0.6)
    assert found.chance.macro_f1 == pytest.approx((2 * 6 / 16) / 3)


TEXT = """\
interpreter       coal       sand      shale    nothing   metres called so
coal              0.00       0.00       1.00       0.00
sand              0.00       5.00       0.00       1.00
shale             0.00       1.00       2.00       0.00

class        sensitivity  precision     F1   metres
coal               0.000          -  0.000     1.00
sand               0.833      0.833  0.833     6.00
shale              0.667      0.667  0.667     3.00
mean               0.500      0.500  0.500
all sand           0.333      0.200  0.250   chance

accuracy 0.700, all sand 0.600, of 10.00 m"""


def test_the_table_shows_every_class_beside_the_mean_and_chance():
    assert compared(REF, EST).to_text() == TEXT


def test_json_holds_no_nan():
    figures = json.loads(json.dumps(compared(REF, EST).to_dict(), allow_nan=False))
    assert figures["confusion_m"]["sand"] == {"coal": 0, "sand": 5, "shale": 0, "nothing": 1}
    assert figures["classes"]["coal"]["precision"] is None
    assert figures["chance"]["class"] == "sand"


def test_a_class_that_only_the_prediction_knows_is_no_part_of_the_mean():
    found = compared(intervals(0, 4, labels=("sand",)), intervals(0, 3, 4, labels=("sand", "salt")))
    assert found.macro_f1 == pytest.approx(6 / 7)
    assert found.scores["salt"].precision == 0


def test_tables_without_a_common_depth_are_refused():
    with pytest.raises(InputError, match="have no depth in common"):
        compared(REF, intervals(100, 110, labels=("sand",)))


@given(st.lists(st.integers(0, 40), min_size=2, max_size=9, unique=True), st.integers(0, 2**16))
def test_a_prediction_that_is_the_truth_is_perfect_and_cutting_it_up_changes_nothing(edges, seed):
    edges = sorted(edges)
    labels = np.random.default_rng(seed).choice(["a", "b", "c"], len(edges) - 1)
    truth = intervals(*edges, labels=labels)
    found = compared(truth, truth)
    assert found.accuracy == found.macro_f1 == 1
    finer = np.unique(np.concatenate([edges, np.array(edges[:-1]) + 0.5])).astype(float)
    cut = Intervals(finer[:-1], finer[1:], np.asarray(truth.label)[truth.at(finer[:-1])])
    assert np.allclose(compared(truth, cut).amounts, found.amounts)


def test_nothing_at_all_is_no_number():
    empty = ClassConfusion(("a", "b"), np.zeros((2, 3)))
    assert np.isnan(empty.accuracy)
    assert np.isnan(empty.macro_f1)
    assert empty.majority == ""


@pytest.fixture
def tables(tmp_path):
    """An interpreter's table in feet, and a prediction in metres."""
    rows = zip(REF.top_m / 0.3048, REF.base_m / 0.3048, REF.label, strict=True)
    facies = tmp_path / "facies.csv"
    facies.write_text("top_ft,base_ft,label\n" + "".join(f"{top:.8f},{base:.8f},{name}\n" for top, base, name in rows))
    predicted = tmp_path / "a.intervals.csv"
    write_intervals(Intervals(EST.top_m, EST.base_m, EST.label, 0.75), predicted)
    return predicted, facies


def test_the_command_line_scores_tables_in_either_order(run, tmp_path, tables):
    predicted, facies = tables
    code, printed, told = run("score", predicted, facies, "-o", tmp_path / "s.json")
    assert (code, printed.strip(), told) == (0, TEXT, "")
    assert json.loads((tmp_path / "s.json").read_text())["accuracy"] == pytest.approx(0.7)
    code, printed, told = run("score", facies, predicted)
    assert (code, printed.strip()) == (0, TEXT)
    assert "has shares, and was taken for the prediction" in told
    code, printed, _ = run("score", predicted, facies, "--interval", "2:5", "--interval", "9:10", "--json")
    assert code == 0
    assert json.loads(printed)["accuracy"] == pytest.approx(0.75)


def test_what_is_of_planes_is_refused_and_files_that_are_none(run, tmp_path, tables):
    predicted, facies = tables
    for options in (("--tolerance", 0.05), ("--report", tmp_path / "a.html"), ("--by-well",)):
        code, _, told = run("score", predicted, facies, *options)
        assert code == 2
        assert f"{options[0]}: says something of planes, and intervals of rock are scored; leave it out" in told
    picks = tmp_path / "picks.csv"
    picks.write_text("depth_m,dip_deg,azimuth_deg\n1,2,3\n2,3,4\n")
    code, _, told = run("score", predicted, picks)
    assert code == 2
    assert "has no column top among depth_m, dip_deg" in told


def test_an_interpreter_may_have_a_corpus_or_a_curve(run, tmp_path, tables):
    import lasio

    from geobfdt.borehole.image_log import ImageLog
    from geobfdt.borehole.well import well_from
    from geobfdt.formats.corpus import write_corpus

    predicted, _ = tables
    depth_m = np.arange(0.05, 10, 0.1)
    las = lasio.LASFile()
    las.append_curve("DEPT", depth_m, unit="M")
    las.append_curve("FACIES", np.array([1.0, 2.0, 3.0])[REF.at(depth_m)])
    las.write(str(tmp_path / "f.las"), version=2.0)
    codes = Intervals(EST.top_m, EST.base_m, np.array(["1", "2"]), 0.75)
    write_intervals(codes, tmp_path / "codes.intervals.csv")
    curve = ("--intervals-curve", "FACIES", "--json")
    code, printed, told = run("score", tmp_path / "codes.intervals.csv", tmp_path / "f.las", *curve)
    assert code == 0, told
    assert json.loads(printed)["accuracy"] == pytest.approx(0.7)
    log = ImageLog(np.random.default_rng(0).normal(size=(len(depth_m), 16)), depth_m, 0.2, "north", well="A")
    write_corpus(
        tmp_path / "c.h5", [well_from(log, intervals=REF), well_from(replace(log, well="B"), intervals=REF[:1])]
    )
    code, printed, _ = run("score", predicted, tmp_path / "c.h5", "--well", "A", "--json")
    assert code == 0
    assert json.loads(printed)["accuracy"] == pytest.approx(0.7)
    code, _, told = run("score", predicted, tmp_path / "c.h5")
    assert code == 2
    assert "holds the wells A, B; choose one with --well NAME" in told
