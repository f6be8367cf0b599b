"""Radiometric augmentation: grey values change, order and truth do not, and missing pixels play no part."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from geobfdt.augment import add, bend, blur, gain, hide, holes, pad_gaps
from geobfdt.augment.radiometric import centre_and_spread

ROWS, COLUMNS = 24, 20
BATCH = 3


def per_window(*values: float) -> Tensor:
    return torch.tensor(values)[:, None, None]


NOISE = torch.randn(BATCH, ROWS, COLUMNS, generator=torch.Generator().manual_seed(1))
CHANGES: dict[str, Callable[[Tensor], Tensor]] = {
    "gain": lambda w: gain(w, per_window(0.5, 1.5, 2.0)),
    "brightness": lambda w: add(w, per_window(-1.0, 0.5, 2.0)),
    "bend": lambda w: bend(w, per_window(-0.5, 0.3, 0.6)),
    "noise": lambda w: add(w, 0.3 * NOISE),
    "row stripes": lambda w: add(w, NOISE[:, :, :1]),
    "column stripes": lambda w: add(w, NOISE[:, :1]),
    "blur": lambda w: blur(w, per_window(0.2, 0.5, 1.0)),
}
MONOTONE = ["gain", "brightness", "bend"]


def windows(seed: int = 0) -> Tensor:
    """(3, 2, ROWS, COLUMNS): whole, with gaps that hold NaN, and without any valid pixel."""
    generator = torch.Generator().manual_seed(seed)
    image = torch.randn(BATCH, ROWS, COLUMNS, generator=generator)
    valid = torch.ones_like(image)
    valid[1] = (torch.rand(ROWS, COLUMNS, generator=generator) > 0.4).float()
    valid[2] = 0
    image[valid == 0] = math.nan
    return torch.stack([image, valid], dim=1)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_valid_pixels_change_and_nothing_else_does(change: Callable[[Tensor], Tensor]) -> None:
    before = windows()
    copy = before.clone()
    after = change(before)
    torch.testing.assert_close(before, copy, equal_nan=True)
    assert torch.equal(after[:, 1], before[:, 1])
    valid = before[:, 1] > 0
    assert after[:, 0][valid].isfinite().all()
    for index in (0, 1):
        assert float((after[index, 0] - before[index, 0])[valid[index]].abs().mean()) > 0.05
    torch.testing.assert_close(after[:, 0][~valid], before[:, 0][~valid], equal_nan=True)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(("factor", "offset"), [(1e-3, 0.0), (1e3, -5e3)])
def test_the_unit_of_an_image_does_not_matter(change: Callable[[Tensor], Tensor], factor: float, offset: float) -> None:
    other_unit = windows()
    other_unit[:, 0] = other_unit[:, 0] * factor + offset
    expected = change(windows())[:, 0] * factor + offset
    torch.testing.assert_close(change(other_unit)[:, 0], expected, atol=2e-3 * factor, rtol=1e-4, equal_nan=True)


@pytest.mark.parametrize("name", MONOTONE)
@settings(max_examples=25, deadline=None)
@given(
    strength=st.floats(-0.6, 0.6),
    values=st.lists(st.floats(-1e4, 1e4, width=32).map(lambda v: round(v, 1)), min_size=4, max_size=30, unique=True),
)
def test_tools_responses_keep_the_order_of_pixels(name: str, strength: float, values: list[float]) -> None:
    image = torch.tensor(sorted(values), dtype=torch.float64)[None, None]
    parameter = torch.tensor([[[strength]]], dtype=torch.float64)
    window = torch.stack([image, torch.ones_like(image)], dim=1)
    if name == "gain":
        changed = gain(window, parameter.exp())
    else:
        changed = add(window, parameter) if name == "brightness" else bend(window, parameter)
    assert (changed[0, 0, 0].diff() > 0).all()


def test_a_bend_of_nothing_and_a_blur_of_nothing_change_nothing() -> None:
    zero = torch.zeros(BATCH, 1, 1)
    for same in (bend(windows(), zero), blur(windows(), zero), gain(windows(), zero + 1), add(windows(), zero)):
        torch.testing.assert_close(same, windows(), equal_nan=True, atol=1e-3, rtol=0)


def test_a_bend_opens_the_end_that_it_says() -> None:
    ramp = torch.linspace(-2, 2, 101)[None, None]
    step = bend(torch.stack([ramp, torch.ones_like(ramp)], dim=1), torch.full((1, 1, 1), 0.5))[0, 0, 0].diff()
    assert step[-1] > 1.5 * step[50] > 2 * step[0]


def test_blur_wraps_around_the_hole_and_leaves_flat_images_flat() -> None:
    image = torch.zeros(1, 5, 6)
    image[0, 2, 0] = 1.0
    blurred = blur(torch.stack([image, torch.ones_like(image)], dim=1), torch.full((1, 1, 1), 0.5))[0, 0]
    expected = torch.outer(torch.tensor([0, 0.25, 0.5, 0.25, 0]), torch.tensor([0.5, 0.25, 0, 0, 0, 0.25]))
    torch.testing.assert_close(blurred, expected)
    flat = windows()
    flat[:, 0] = torch.where(flat[:, 1] > 0, 7.0, math.nan)
    torch.testing.assert_close(blur(flat, torch.full((BATCH, 1, 1), 0.7)), flat, equal_nan=True)


def test_a_few_extreme_pixels_do_not_set_the_scale() -> None:
    window = windows()[:1]
    _, spread = centre_and_spread(window)
    window[0, 0, 3, 4] = 1e4
    _, with_outlier = centre_and_spread(window)
    assert float(with_outlier) == pytest.approx(float(spread), rel=0.1)


def test_hiding_shrinks_the_valid_part_only() -> None:
    lost = torch.zeros(BATCH, ROWS, COLUMNS, dtype=torch.bool)
    lost[:, 4:8] = True
    hidden = hide(windows(), lost)
    torch.testing.assert_close(hidden[:, 0], windows()[:, 0], equal_nan=True)
    assert torch.equal(hidden[:, 1], windows()[:, 1] * ~lost)


@pytest.mark.parametrize("pads", [4.0, 8.0])
def test_pads_cover_the_fraction_asked_for_and_turn_with_the_tool(pads: float) -> None:
    def gaps(turn: float, twist: float = 0.0) -> Tensor:
        return pad_gaps(ROWS, 360, *(torch.tensor([value]) for value in (pads, 0.75, turn, twist)))[0]

    assert float(gaps(0.0).float().mean()) == pytest.approx(0.25, abs=0.03)
    assert int((gaps(0.0)[0].int().diff() == 1).sum()) == pads
    assert torch.equal(gaps(10 / 360), gaps(0.0).roll(10, 1))
    twisted = gaps(0.0, twist=0.1)
    assert float((twisted[-1] ^ twisted[0].roll(round(0.1 * 360 * (ROWS - 1) / ROWS), 0)).float().mean()) < 0.05


def test_holes_lie_where_they_are_put_and_wrap_around() -> None:
    centre = torch.tensor([[[0.5, 0.0], [0.2, 0.5]]])
    half = torch.tensor([[[0.1, 0.1], [0.0, 0.0]]])
    hole = holes(100, 100, centre, half)[0]
    assert float(hole.float().mean()) == pytest.approx(math.pi * 0.01, rel=0.05)
    assert hole[50, 0]
    assert hole[50, 95]
    assert not hole[50, 50]
    assert not hole[20].any()
