"""Imagers see into the rock: dips are those of the cylinder that they see, named by the user or shown by an export."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geobfdt import formats
from geobfdt.borehole.geometry import height_m
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import well_from
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.corpus import write_corpus

CALIPER_M = 0.2159
DIPS = np.array([25.0, 40.0, 55.0, 62.0, 71.0, 10.0])


def log(**given: object) -> ImageLog:
    image = np.random.default_rng(0).normal(size=(50, 36))
    return ImageLog(image, 100 + 0.01 * np.arange(50), CALIPER_M, well="w", **given)  # type: ignore[arg-type]


@given(deeper=st.floats(0, 0.1), dip=st.floats(1, 89))
def test_one_trace_is_a_gentler_plane_on_the_cylinder_that_the_tool_sees(deeper: float, dip: float) -> None:
    seen = log().seen_inside(deeper).hole_diameter_m
    trace_m = height_m(dip, CALIPER_M)
    gentler = np.degrees(np.arctan(trace_m / seen))
    assert gentler <= dip + 1e-9
    assert np.tan(np.radians(gentler)) * (CALIPER_M + 2 * deeper) == pytest.approx(trace_m)


def test_the_caliper_and_an_oval_hole_grow_with_it() -> None:
    caliper = np.linspace(0.2, 0.3, 50)
    oval = np.full((50, 2), 0.05)
    seen = log(caliper_m=caliper, ovality=oval).seen_inside(0.01)
    np.testing.assert_allclose(seen.caliper_m, caliper + 0.02)
    # What the wall departs from a circle, in metres, stays.
    np.testing.assert_allclose(seen.ovality * seen.caliper_m[:, None], oval * caliper[:, None])
    assert log().seen_inside(0.0).hole_diameter_m == CALIPER_M


def text(deeper_m: float, unit: str = "in") -> str:
    factor = 0.0254 if unit == "in" else 1.0
    heights = height_m(DIPS, CALIPER_M + 2 * deeper_m)
    rows = "".join(
        f"{100 + k},{dip},{10 * k},{height:.4f},{CALIPER_M / factor:.5f}\n"
        for k, (dip, height) in enumerate(zip(DIPS, heights, strict=True))
    )
    return f"depth,dip,azimuth,DipHeight,AvgCali\nm,deg,deg,m,{unit}\n{rows}"


@pytest.mark.parametrize(("inches", "unit"), [(0.25, "in"), (0.39, "m"), (1.0, "in")])
def test_an_export_that_was_computed_inside_the_rock_says_so(tmp_path: Path, inches: float, unit: str) -> None:
    path = tmp_path / "dips.csv"
    path.write_text(text(inches * 0.0254, unit))
    with pytest.warns(InputWarning, match=rf"{inches:.2f} in inside .* --depth-of-investigation {inches * 0.0254:.4f}"):
        assert len(formats.read_picks(path)) == len(DIPS)


def test_nothing_is_said_of_an_export_on_the_caliper_or_of_heights_that_are_others(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(text(0.0))
    (tmp_path / "noise.csv").write_text("depth,dip,azimuth,height,caliper\nm,deg,deg,m,m\n" + "".join(
        f"{k},{dip},0,{0.2 + 0.1 * k},0.2\n" for k, dip in enumerate(DIPS)
    ))  # fmt: skip
    picks = Picks(100.0 + np.arange(6), DIPS, np.zeros(6))
    formats.write(picks, tmp_path / "own.las", hole_diameter_m=CALIPER_M)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("plain.csv", "noise.csv", "own.las"):
            assert len(formats.read_picks(tmp_path / name)) == 6


def test_a_command_takes_it_and_inches_or_a_corpus_are_refused(tmp_path: Path, run) -> None:
    np.save(tmp_path / "w.npy", np.asarray(log().image))
    options = {"hole_diameter_m": CALIPER_M, "reference": "north", "top_m": 1, "base_m": 2}
    read = formats.read(tmp_path / "w.npy", depth_of_investigation_m=0.00635, **options)
    assert read.hole_diameter_m == pytest.approx(CALIPER_M + 0.0127)
    with pytest.raises(InputError, match=r"w\.npy: depth of investigation of 0\.25 m: must be 0 to 0\.1 metres"):
        formats.read(tmp_path / "w.npy", depth_of_investigation_m=0.25, **options)
    write_corpus(tmp_path / "c.h5", [well_from(log(), Picks(), [(100.0, 100.3)], "test")])
    code, _, told = run("qc", tmp_path / "c.h5", "--depth-of-investigation", 0.01)
    assert (code, "was told when it was made" in told) == (2, True)
    formats.write(Picks(100.0 + np.arange(6), DIPS, np.zeros(6)), tmp_path / "p.csv")
    out = tmp_path / "p.las"
    deeper = ("--hole-diameter", CALIPER_M, "--depth-of-investigation", 0.01)
    assert run("export", tmp_path / "p.csv", "-o", out, *deeper)[0] == 0
    assert "0.1179" in out.read_text()  # the radius that the heights are of
    code, _, told = run("score", out, out, "--depth-of-investigation", 0.01)
    assert (code, "give --hole-diameter" in told) == (2, True)


def test_a_corpus_and_its_scores_are_of_the_cylinder_that_the_tool_sees(tmp_path: Path, run) -> None:
    """Curves of picks that differ in dip lie as far apart as on the wider cylinder, told to import or to score."""
    np.save(tmp_path / "w.npy", np.asarray(log().image))
    depths, flat = 100.05 + 0.05 * np.arange(8), np.zeros(8)
    formats.write(Picks(depths, flat + 60.0, flat, well="w"), tmp_path / "truth.csv")
    formats.write(Picks(depths, flat + 61.0, flat, well="w"), tmp_path / "found.csv")
    hole = ("--hole-diameter", CALIPER_M, "--depth-of-investigation", 0.0508)
    strip = ("--reference", "north", "--top", 100, "--bottom", 100.49, "--picks", tmp_path / "truth.csv")
    assert run("import", tmp_path / "w.npy", "-o", tmp_path / "c.h5", *hole, *strip)[0] == 0
    assert formats.read(tmp_path / "c.h5").hole_diameter_m == pytest.approx(CALIPER_M + 0.1016)
    tolerances = [part for k in range(1, 12) for part in ("--tolerance", k / 1000)]

    def score(against: str, *options: object) -> dict[str, object]:
        command = ("score", tmp_path / "found.csv", tmp_path / against, *tolerances, *options)
        assert run(*command, "-o", tmp_path / "s.json")[::2] == (0, "")
        told = dict(json.loads((tmp_path / "s.json").read_text()))
        assert told.pop("provenance")
        return told

    inside = ("--interval", "100.05:100.4")
    of_corpus, told, untold = score("c.h5"), score("truth.csv", *hole, *inside), score("truth.csv", *hole[:2], *inside)
    assert of_corpus == told
    assert of_corpus != untold
