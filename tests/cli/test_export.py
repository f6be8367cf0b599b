"""``geobfdt export`` writes what others read, chooses what is asked for, and says every mistake in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import geobfdt
from geobfdt import formats
from geobfdt.cli import main
from tests.formats.test_exports import GOLDEN, PICKS, image


@pytest.fixture
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run ``geobfdt export`` on picks.csv or another file, beside survey.csv and log.csv; the exit code and what was
    said come back.
    """
    formats.write(replace(PICKS, true_dip_deg=np.nan, true_azimuth_deg=np.nan), tmp_path / "picks.csv")
    (tmp_path / "survey.csv").write_text("MD_m,Inclination,Azimuth\n0,90,90\n100,90,90\n")
    log = image()
    table = pd.DataFrame(log.image, columns=[f"IMG[{k}]" for k in range(log.columns)])
    table.insert(0, "DEPTH_m", log.depth_m)
    table.to_csv(tmp_path / "log.csv", index=False)
    monkeypatch.chdir(tmp_path)

    def run(out: str, *arguments: object, picks: str = "picks.csv") -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["geobfdt", "export", picks, "-o", out, *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, capsys.readouterr().err

    return run


PLACE = ("--survey", "survey.csv", "--reference", "high_side", "--collar", "1000,2000,50")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("points.csv", ("--profile", "points", *PLACE)),
        ("orientations.csv", ("--profile", "orientations", *PLACE)),
        ("dips.txt", ("--profile", "dips", *PLACE[:4])),
        ("dfnworks.dat", ("--profile", "dfnworks", "--radius", 2.5, *PLACE)),
        ("core.csv", ("--profile", "core", "--reference", "high_side", "--mark", "bottom")),
        ("petrel.txt", ("--profile", "petrel", *PLACE)),
        ("picks_ft.csv", ("--depth-unit", "ft", *PLACE[:4])),
    ],
)
def test_the_command_line_writes_the_golden_files(export: Any, tmp_path: Path, name: str, options: Any) -> None:
    """Dips that went through the four digits of a CSV differ in the last of ten, which discs alone have."""
    code, said = export(name, *options)
    assert (code, said) == (0, "")
    written, golden = ((folder / name).read_text().replace("\n", " ") for folder in (tmp_path, GOLDEN))
    if name == "dfnworks.dat":
        assert written.split("Normal")[0] == golden.split("Normal")[0]
    else:
        assert written == golden


IMAGE = ("--hole-diameter", 0.2, "--reference", "north")
MISTAKES: dict[str, tuple[str, tuple[object, ...], str]] = {
    "no reference": ("p.csv", ("--profile", "points", *PLACE[:2], "--collar", "1,2,3"), "give --reference"),
    "no survey": ("p.csv", ("--profile", "points", "--collar", "1,2,3"), "give --survey FILE"),
    "no collar": ("p.csv", ("--profile", "points", *PLACE[:4]), "--collar EASTING,NORTHING,ELEVATION"),
    "half a collar": ("p.csv", ("--profile", "points", *PLACE[:4], "--collar", "1,2"), "write EASTING,NORTHING"),
    "a collar nowhere": ("p.csv", ("--profile", "points", *PLACE[:4], "--collar", "1,2,nan"), "write EASTING"),
    "no true dips": ("p.txt", ("--profile", "dips"), "2 of 2 picks have none"),
    "no mark": ("p.csv", ("--profile", "core", "--reference", "high_side"), "--mark top or --mark bottom"),
    "no radius": ("p.dat", ("--profile", "dfnworks", *PLACE), "--radius METRES"),
    "no such kind": ("p.csv", ("--only", "vein"), "--only vein: must be one of fracture, bedding, unknown"),
    "no such well": ("p.csv", ("--well", "B"), "its wells are A 1; choose one with --well"),
    "an image of nothing": ("p.csv", ("--image", "FMI"), "add --log LOG"),
    "a log in a CSV": ("p.csv", ("--log", "log.csv", *IMAGE), "--log goes with a file.dlis"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_on_the_command_line_ends_with_2_and_one_sentence(export: Any, tmp_path: Path, case: str) -> None:
    name, options, message = MISTAKES[case]
    code, said = export(name, *options)
    assert code == 2
    assert message in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("options", "depths"),
    [
        (("--only", "fracture"), [10.0]),
        (("--only", "fracture", "--only", "bedding"), [10.0, 40.5]),
        (("--least-confidence", 0.4), [10.0]),
        (("--top", 20), [40.5]),
        (("--bottom", 20), [10.0]),
        (("--top", 10, "--bottom", 40.5), [10.0, 40.5]),
        (("--well", "A 1"), [10.0, 40.5]),
        (("--only", "unknown"), []),
    ],
)
def test_a_selection_is_what_is_written(export: Any, tmp_path: Path, options: Any, depths: list[float]) -> None:
    assert export("chosen.csv", *options)[0] == 0
    assert formats.read_picks(tmp_path / "chosen.csv").depth_m.tolist() == depths


def test_picks_that_name_no_well_take_the_one_that_is_named(export: Any, tmp_path: Path) -> None:
    formats.write(replace(PICKS, well=""), tmp_path / "nameless.csv")
    assert export("named.csv", "--well", "B 2", picks="nameless.csv")[0] == 0
    assert set(formats.read_picks(tmp_path / "named.csv").well) == {"B 2"}


def test_a_collar_west_of_its_grid_s_origin_is_no_option(export: Any, tmp_path: Path) -> None:
    assert export("p.csv", "--profile", "points", *PLACE[:4], "--collar", "-10,-20,-5")[0] == 0
    points = pd.read_csv(tmp_path / "p.csv")
    assert points[["x_m", "y_m", "z_m"]].to_numpy().tolist() == [[0.0, -20.0, -5.0], [30.5, -20.0, -5.0]]


def test_a_log_and_its_picks_make_one_dlis(export: Any, tmp_path: Path) -> None:
    options = (
        "--log",
        "log.csv",
        "--hole-diameter",
        0.2,
        "--reference",
        "north",
        "--first-azimuth",
        90,
        "--well",
        "A 1",
    )
    assert export("both.dlis", *options) == (0, "")
    back = geobfdt.read(tmp_path / "both.dlis")
    assert (back.hole_diameter_m, back.reference, back.first_azimuth_deg, back.well) == (0.2, "north", 90.0, "A 1")
    np.testing.assert_allclose(back.image, image().image, rtol=1e-6)
