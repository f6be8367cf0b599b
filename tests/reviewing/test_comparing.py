"""Comparing two sets on the review page: the numbers are those of `geobfdt score`, the rows those that make them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from geobfdt.borehole.picks import Picks
from geobfdt.errors import InputError
from geobfdt.eval import CRITERIA
from geobfdt.formats import write
from geobfdt.reviewing.comparing import compare

HOLE_M = 0.2159


def two_sets(count=60, length_m=20.0, seed=0):
    """An interpreter's picks, in no order, and what somebody else made of two thirds of them, with some of his own."""
    rng = np.random.default_rng(seed)
    kinds = ("fracture", "bedding", "unknown")
    ref = Picks(
        rng.uniform(1000, 1000 + length_m, count),
        rng.uniform(0, 80, count),
        rng.uniform(0, 360, count),
        rng.choice(kinds, count),
        well="A",
    )
    shared = ref[rng.random(count) < 0.67]
    n = len(shared)
    near = replace(
        shared,
        depth_m=shared.depth_m + rng.normal(0, 0.03, n),
        dip_deg=np.clip(shared.dip_deg + rng.normal(0, 4, n), 0, 85),
        confidence=rng.random(n),
    )
    own = Picks(rng.uniform(1000, 1000 + length_m, 15), 40.0, 120.0, "bedding", 0.3, well="A")
    return ref, Picks.concatenate([own, near])


@pytest.mark.parametrize("tolerance_m", [0.01, 0.03, 0.05, 0.08, 0.2])
@pytest.mark.parametrize("intervals", [None, [(1002.0, 1007.5), (1010.0, 1018.0)]])
def test_numbers_equal_the_command(run, tmp_path, tolerance_m, intervals):
    ref, est = two_sets()
    files = tmp_path / "ref.csv", tmp_path / "est.csv"
    for picks, file in zip((ref, est), files, strict=True):
        write(picks, file)
    stretches = [word for top, base in intervals or [] for word in ("--interval", f"{top}:{base}")]
    said = ["--hole-diameter", HOLE_M, "--reference", "north", "--tolerance", tolerance_m, "--json"]
    code, out, err = run("score", files[1], files[0], *said, *stretches)
    assert code == 0, err
    table = {(row["group"], row["criterion"]): row for row in json.loads(out)["scores"]}

    # What is compared are the picks as files hold them, as in the page.
    from geobfdt.formats import read_picks

    ref, est = (read_picks(file) for file in files)
    for criterion in CRITERIA:
        told = compare(
            ref, est, hole_diameter_m=HOLE_M, tolerance_m=tolerance_m, criterion=criterion, intervals_m=intervals
        )
        for name, figures in told["scores"].items():
            assert figures.items() <= table["all", name].items()
        for kind, figures in told["kinds"].items():
            assert figures.items() <= table[kind, criterion].items()
        assert len(told["pairs"]) == told["scores"][criterion]["hits"]
    assert told["metres"] == pytest.approx(13.5 if intervals else np.ptp([*ref.depth_m, *est.depth_m]))


@pytest.mark.parametrize("intervals", [None, [(1002.0, 1007.5), (1010.0, 1018.0)]])
@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_row_that_counts_is_in_one_place(criterion, intervals):
    ref, est = two_sets()
    told = compare(ref, est, hole_diameter_m=HOLE_M, tolerance_m=0.05, criterion=criterion, intervals_m=intervals)
    json.dumps(told, allow_nan=False)
    for picks, side, alone in ((ref, 0, "missed"), (est, 1, "false")):
        rows = sorted([pair[side] for pair in told["pairs"]] + told[alone])
        counted = range(len(picks))
        if intervals:
            counted = [k for k in counted if any(top <= picks.depth_m[k] <= base for top, base in intervals)]
        assert rows == list(counted)
        assert (np.diff(picks.depth_m[told[alone]]) >= 0).all()
    for of_ref, of_est in told["pairs"]:
        assert abs(ref.depth_m[of_ref] - est.depth_m[of_est]) <= 0.05001
    assert (np.diff(ref.depth_m[[pair[0] for pair in told["pairs"]]]) >= 0).all()


def test_what_was_compared_is_kept_until_the_picks_change(monkeypatch):
    ref, est = two_sets(3000, 1000.0)
    asked = {"hole_diameter_m": HOLE_M, "tolerance_m": 0.2, "criterion": "joint", "intervals_m": None}
    first = compare(ref, est, **asked)
    with monkeypatch.context() as kept:
        kept.setattr("geobfdt.reviewing.comparing._compared", None)  # nothing is compared again
        assert compare(replace(ref), replace(est), **asked) == first
    moved = replace(est, depth_m=est.depth_m + 0.05)
    assert compare(ref, moved, **asked)["scores"] != first["scores"]


def test_names_of_wells_do_not_matter_here():
    ref, est = two_sets()
    asked = {"hole_diameter_m": HOLE_M, "tolerance_m": 0.08, "criterion": "joint", "intervals_m": None}
    assert compare(ref, replace(est, well="a trial"), **asked) == compare(ref, est, **asked)


def test_an_empty_side_has_no_figures():
    ref, _ = two_sets()
    told = compare(ref, Picks(), hole_diameter_m=HOLE_M, tolerance_m=0.08, criterion="depth", intervals_m=None)
    assert told["pairs"] == told["false"] == []
    assert len(told["missed"]) == len(ref)
    assert told["scores"]["depth"]["precision"] is None
    assert told["scores"]["depth"]["f1"] == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"criterion": "luck"}, "criterion must be one of depth, curve, joint"),
        ({"tolerance_m": 8}, "give metres"),
        ({"hole_diameter_m": 8.5}, "give metres"),
        ({"intervals_m": []}, "list of reviewed intervals is empty"),
    ],
)
def test_what_cannot_be_is_refused(change, told):
    asked = {"hole_diameter_m": HOLE_M, "tolerance_m": 0.08, "criterion": "depth", "intervals_m": None}
    with pytest.raises(InputError, match=told):
        compare(*two_sets(), **(asked | change))
