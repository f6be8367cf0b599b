"""Azimuths of columns and lines, however they are written: the planted image comes out as it lies around the hole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geobfdt.borehole.image_log import ImageLog
from geobfdt.errors import InputError, InputWarning
from geobfdt.formats.azimuths import circle
from geobfdt.formats.image_columns import find_images
from tests.formats.reading import read, silently

ROWS = 48
COMPASS = ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"]
DEPTHS = 1200 + 0.01 * np.arange(ROWS)


def seen(azimuths: NDArray[np.float64] | Sequence[float]) -> NDArray[np.float64]:
    """What the planted wall shows at each depth and azimuth: no other direction shows the same."""
    turned = np.asarray(azimuths, np.float64)[None, :] + 40 * np.arange(ROWS)[:, None]
    return (100 + 40 * np.cos(np.radians(turned)) + 9 * np.sin(np.radians(2 * turned - 20))).round(4)


def assert_in_place(log: ImageLog) -> None:
    """Every pixel shows what its azimuth does."""
    columns = log.image.shape[1]
    centres = log.first_azimuth_deg + (np.arange(columns) + 0.5) * 360 / columns
    np.testing.assert_allclose(log.image, seen(centres), atol=0.02)


def wide(names: Sequence[str], azimuths: NDArray[np.float64], separator: str = ",") -> str:
    lines = [separator.join(["DEPTH_m", *names])]
    lines += [separator.join([f"{z:.4f}", *map(str, row)]) for z, row in zip(DEPTHS, seen(azimuths), strict=True)]
    return "\n".join(lines) + "\n"


def long(header: str, azimuths: NDArray[np.float64], of: Callable[[float], object], seed: int | None = None) -> str:
    """A line a depth and azimuth, in the order of the azimuths, or in one of its own at every depth."""
    lines = [header]
    pixels = seen(azimuths)
    for row, z in enumerate(DEPTHS):
        order = np.arange(len(azimuths))
        if seed is not None:
            np.random.default_rng(seed + row).shuffle(order)
        lines += [f"{z:.4f},{of(azimuths[k])},{pixels[row, k]}" for k in order]
    return "\n".join(lines) + "\n"


# Headers


@pytest.mark.parametrize("head", ["AMP-", "AMP -", "AMP_-", "ABI - ", "AMP+"])
@pytest.mark.parametrize("columns", [16, 72])
def test_a_hyphen_between_name_and_azimuth_is_no_minus_sign(tmp_path: Path, head: str, columns: int) -> None:
    azimuths = np.arange(columns) * 360.0 / columns
    path = tmp_path / "h.csv"
    assert_in_place(
        silently(path, wide([f"{head}{a:g}" for a in azimuths], azimuths), first_azimuth_deg=-180 / columns)
    )


@given(
    first=st.sampled_from([-180.0, -90.0, 0.0]),
    columns=st.sampled_from([4, 16, 36, 72, 360]),
    head=st.sampled_from(["", "AMP_", "AMP ", "AMP["]),
    again=st.booleans(),
    backwards=st.booleans(),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_signed_azimuths_and_both_ends_of_the_circle_are_one_image(
    first: float, columns: int, head: str, again: bool, backwards: bool
) -> None:
    azimuths = first + np.arange(columns + again) * 360 / columns
    azimuths = azimuths[::-1] if backwards else azimuths
    if len({head, ""}) == 2 and first == 0 and columns == 360 and not again:
        return  # numbers of sectors
    names = [f"{head}{a:g}{']' if '[' in head else ''}" for a in azimuths]
    if first == 0 and columns == 360 and not again:
        return
    (image,) = find_images(names)
    assert len(image.columns) == columns
    assert image.first_azimuth_deg == pytest.approx(360 - 180 / columns)
    near = [float(name.strip("AMP_ []")) for name in image.columns]
    np.testing.assert_allclose(np.mod(near, 360), np.arange(columns) * 360 / columns)
    assert (image.again is not None) == again


def test_a_column_a_whole_turn_on_is_left_out_where_it_repeats_the_first_and_refused_where_not(tmp_path: Path) -> None:
    azimuths = np.arange(17) * 22.5
    text = wide([f"{a:g}" for a in azimuths], azimuths)
    with pytest.warns(InputWarning, match="column 360 repeats column 0, which stands for the same place"):
        assert_in_place(read(tmp_path / "a.csv", text))
    with pytest.raises(InputError, match=r"columns 0 and 360 stand for one place .* differ in 48 of 48 rows"):
        read(tmp_path / "b.csv", wide([f"{a:g}" for a in azimuths], azimuths * 0.94))


def test_two_columns_of_one_number_are_not_taken_in_turns(tmp_path: Path) -> None:
    azimuths = np.arange(16) * 22.5
    names = [f"IMG{k:02d}" for k in range(16)] + [f"IMG{k}" for k in range(10)]
    with pytest.raises(InputError, match=r"columns IMG00 and IMG0 stand for one place .* differ"):
        read(tmp_path / "a.csv", wide(names, np.r_[azimuths, azimuths[:10] + 7]))


def test_images_of_one_name_can_be_told_apart(tmp_path: Path) -> None:
    azimuths = np.arange(16) * 22.5 + 11.25
    names = [f"AMP_{a:g} [dB]" for a in azimuths] + [f"AMP_{a:g} [mV]" for a in azimuths]
    with pytest.raises(InputError, match=r"2 images, AMP .16 sectors., AMP#2 .16 sectors."):
        read(tmp_path / "a.csv", wide(names, np.r_[azimuths, azimuths + 7]))
    assert_in_place(silently(tmp_path / "a.csv", image="AMP"))


@pytest.mark.parametrize(
    "name", ["AMP {:g}\N{DEGREE SIGN} [dB]", "AMP_{:g}_dB", "{:g} (dB)", "AMP @ {:g}", "{:g} deg", "AZ{:g}", "A[{:g}]"]
)
def test_a_unit_of_the_amplitude_may_stand_behind_the_azimuth(tmp_path: Path, name: str) -> None:
    azimuths = np.arange(36) * 10.0 + 5
    assert_in_place(silently(tmp_path / "u.csv", wide([name.format(a) for a in azimuths], azimuths, ";")))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        (lambda a: f"{a - 11.25:g}-{a + 11.25:g}", 11.25),
        (lambda a: f"AMP {a - 11.25:g} to {a + 11.25:g} deg", 11.25),
        (lambda a: f"IMG_{a:g}".replace(".", "p"), 11.25),
        (lambda a: f"{a / 0.9:g} gon", 11.25),
        (
            lambda a: COMPASS[int(a // 22.5)],
            0.0,
        ),
        (
            lambda a: (
                "AMP_"
                + ["N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"][
                    int(a // 22.5)
                ]
            ),
            0.0,
        ),
    ],
)
def test_other_ways_to_name_a_direction(tmp_path: Path, name: Callable[[float], str], first: float) -> None:
    azimuths = np.arange(16) * 22.5 + first
    text = wide([name(a) for a in azimuths], azimuths)
    assert_in_place(silently(tmp_path / "d.csv", text, **({} if first else {"first_azimuth_deg": 348.75})))


@pytest.mark.parametrize(
    ("unit", "turn"), [("deg", 360.0), ("rad", 2 * np.pi), ("gon", 400.0), ("grad", 400.0), ("Grad", 360.0)]
)
def test_a_circle_closes_in_any_unit(unit: str, turn: float) -> None:
    for columns in (8, 45, 144):
        around = circle(np.round(np.arange(columns + 1) * turn / columns, 6), unit)
        assert list(around.order) == list(range(columns))
        assert around.again == (0, columns)


@pytest.mark.parametrize("suffix", ["wai", "WAF", "csv"])
@pytest.mark.parametrize("units", ["m" + ", " * 144, "m" + "," * 144, ""])
def test_the_ascii_export_of_wellcad_is_read_under_its_own_suffixes(tmp_path: Path, suffix: str, units: str) -> None:
    azimuths = np.arange(144) * 2.5
    header, _, lines = wide([f"{a:.2f} deg" for a in azimuths], azimuths).partition("\n")
    header = header.replace("DEPTH_m", "Depth" if units else "Depth_m")
    text = "\n".join([header, *([units] if units else []), lines])
    assert_in_place(silently(tmp_path / f"w.{suffix}", text, first_azimuth_deg=358.75))


# Middles and edges


@pytest.mark.parametrize("form", ["wide", "long"])
def test_azimuths_of_left_edges_can_be_said_to_be_that(tmp_path: Path, form: str) -> None:
    centres = np.arange(16) * 22.5 + 11.25
    names = [f"{a - 11.25:g}" for a in centres]
    text = wide(names, centres) if form == "wide" else long("DEPTH_m,AZIMUTH,AMP", centres, lambda a: a - 11.25)
    path = tmp_path / "e.csv"
    with pytest.warns(InputWarning, match=r"middles of columns, so that column 0 begins at 348\.75 .*-azimuth 0$"):
        read(path, text)
    assert_in_place(silently(path, first_azimuth_deg=0.0))
    with pytest.raises(InputError, match=r"says 90; leave it out, give 0 or 337\.5 if they are of left or right edges"):
        read(path, first_azimuth_deg=90.0)


def test_fine_columns_and_azimuths_that_only_middles_can_have_need_no_word(tmp_path: Path) -> None:
    for azimuths in (np.arange(180) * 2.0, np.arange(16) * 22.5 + 11.25):
        assert_in_place(silently(tmp_path / "f.csv", wide([f"{a:g} deg" for a in azimuths], azimuths)))


@pytest.mark.parametrize("header", ["AZ_FROM,AZ_TO", "StartAngle_deg,EndAngle_deg", "left azimuth,right azimuth"])
def test_columns_of_both_edges_place_the_lines(tmp_path: Path, header: str) -> None:
    centres = np.arange(16) * 22.5 + 11.25
    text = long(f"DEPTH_m,{header},AMP", centres, lambda a: f"{a - 11.25},{(a + 11.25) % 360}", seed=3)
    assert_in_place(silently(tmp_path / "e.csv", text))
    with pytest.raises(InputError, match="is not the width of one of 16 sectors"):
        read(tmp_path / "w.csv", long(f"DEPTH_m,{header},AMP", centres, lambda a: f"{a},{(a + 45) % 360}"))


# A line a depth and sector


@pytest.mark.parametrize(
    "name", ["AZIMUTH_TN", "Azimuth (deg N)", "Phi", "Winkel (Grad)", "Sektor", "X", "AngleFromNorth"]
)
@pytest.mark.parametrize("asked", [{}, {"image": "AMP"}])
def test_a_column_of_directions_counts_whatever_its_name_and_its_order(
    tmp_path: Path, name: str, asked: dict[str, str]
) -> None:
    text = long(f"DEPTH_m,{name},AMP", np.arange(16) * 22.5 + 11.25, str, seed=1)
    with pytest.warns(InputWarning, match=r"has the same values at every depth and was taken for azimuths"):
        assert_in_place(read(tmp_path / "n.csv", text, **asked))


@pytest.mark.parametrize(("name", "turn"), [("Azimuth_grad", 400.0), ("Phi_rad", 2 * np.pi), ("Phi_gon", 400.0)])
def test_directions_come_in_other_units(tmp_path: Path, name: str, turn: float) -> None:
    text = long(f"DEPTH_m,{name},AMP", np.arange(16) * 22.5 + 11.25, lambda a: f"{a * turn / 360:.6f}", seed=1)
    with pytest.warns(InputWarning):
        assert_in_place(read(tmp_path / "n.csv", text))


def test_a_column_that_sorts_lines_but_says_no_place_is_not_passed_over(tmp_path: Path) -> None:
    centres = np.arange(16) * 22.5 + 11.25
    with pytest.raises(InputError, match="column Q has the same values at every depth, in an order that changes"):
        read(tmp_path / "q.csv", long("DEPTH_m,Q,AMP", centres, lambda a: a * a, seed=1), image="AMP")
    with pytest.warns(InputWarning, match=r"Q .* neither azimuths nor numbers .* in the order of their lines"):
        assert_in_place(read(tmp_path / "s.csv", long("DEPTH_m,Q,AMP", centres, lambda a: a * a)))


@pytest.mark.parametrize("column", ["AZIMUTH", "SECTOR"])
def test_pixels_without_a_line_are_missing_and_lines_that_stand_twice_count_once(tmp_path: Path, column: str) -> None:
    centres = np.arange(16) * 22.5 + 11.25
    number = {a: k if column == "SECTOR" else a for k, a in enumerate(centres)}
    lines = long(f"DEPTH_m,{column},AMP", centres, number.__getitem__).splitlines()
    gone = [6, 101, 334]
    text = "\n".join([*np.delete(lines, gone), lines[50]]) + "\n"
    with pytest.warns(InputWarning, match=r"3 of 768 pixels have no line .* missing; 1 of 766 lines repeat another"):
        log = read(tmp_path / "m.csv", text)
    assert [16 * row + k + 1 for row, k in np.argwhere(np.isnan(log.image)).tolist()] == gone
    np.testing.assert_array_equal(
        np.nan_to_num(log.image, nan=-1), np.where(np.isnan(log.image), -1, seen(centres)).astype("f4")
    )
    other = lines[50].rpartition(",")[0] + ",7"
    with pytest.raises(InputError):
        read(tmp_path / "o.csv", "\n".join([*lines, other]) + "\n")


def test_both_ends_of_the_circle_in_lines(tmp_path: Path) -> None:
    with pytest.warns(InputWarning, match=r"AZIMUTH gives one direction twice, .* the second was left out"):
        assert_in_place(read(tmp_path / "b.csv", long("DEPTH_m,AZIMUTH,AMP", np.arange(17) * 22.5, str)))
