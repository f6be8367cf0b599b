"""The network's three ways of writing a plane: round trips, agreement with the geometry module, and gradients."""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from geobfdt.borehole.geometry import plane_from_sinusoid, sinusoid_from_plane
from geobfdt.model.planes import MAX_DIP_DEG, Target, planes_from_sinusoids, sinusoids_from_planes
from geobfdt.windows.grid import HEIGHT_RADII

TARGETS: tuple[Target, ...] = get_args(Target)

targets = st.sampled_from(TARGETS)
depths = st.floats(-HEIGHT_RADII / 2, HEIGHT_RADII / 2)
dips = st.floats(0.0, 85.0)
azimuths = st.floats(0.0, 360.0, exclude_max=True)


def sinusoid(z0: float, dip_deg: float, azimuth_deg: float) -> Tensor:
    a, b = sinusoid_from_plane(dip_deg, azimuth_deg)
    return torch.tensor([z0, float(a), float(b)])


@settings(deadline=None)
@given(targets, depths, dips, azimuths)
def test_sinusoid_to_plane_and_back(target: Target, z0: float, dip: float, azimuth: float) -> None:
    before = sinusoid(z0, dip, azimuth)
    after = sinusoids_from_planes(planes_from_sinusoids(before, target), target)
    # Near 85 degrees tan magnifies the rounding of float32 by more than a hundred.
    torch.testing.assert_close(after, before, atol=2e-5, rtol=1e-4)


@settings(deadline=None)
@given(targets, depths, dips, azimuths)
def test_planes_agree_with_the_geometry_module(target: Target, z0: float, dip: float, azimuth: float) -> None:
    depth, second, third = planes_from_sinusoids(sinusoid(z0, dip, azimuth), target).double().tolist()
    assert depth == pytest.approx(z0 / HEIGHT_RADII + 0.5, abs=1e-6)
    if target == "sinusoid":
        expected = np.tan(np.radians(dip)) / HEIGHT_RADII * np.exp(1j * np.radians(azimuth))
        assert complex(second, third) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    elif target == "scalar":
        assert second == pytest.approx(dip / 90, abs=1e-5)
        turn = 2j * np.pi * (third - azimuth / 360)
        assert dip < 0.01 or abs(np.exp(turn) - 1) < 1e-4
    else:
        expected = dip / 90 * np.exp(1j * np.radians(azimuth))
        assert complex(second, third) == pytest.approx(expected, abs=1e-5)


@settings(deadline=None)
@given(st.floats(0.0, 1.0), st.floats(0.0, 0.94), st.floats(0.0, 1.0))
def test_scalar_planes_draw_what_the_geometry_module_says(depth: float, dip: float, azimuth: float) -> None:
    z0, a, b = sinusoids_from_planes(torch.tensor([depth, dip, azimuth]), "scalar").double().tolist()
    assert z0 == pytest.approx((depth - 0.5) * HEIGHT_RADII, abs=1e-5)
    np.testing.assert_allclose((a, b), sinusoid_from_plane(90 * dip, 360 * azimuth), rtol=1e-3, atol=1e-4)


@settings(deadline=None)
@given(targets, depths, dips, azimuths)
def test_targets_are_bounded(target: Target, z0: float, dip: float, azimuth: float) -> None:
    plane = planes_from_sinusoids(sinusoid(z0, dip, azimuth), target)
    low = torch.tensor([0.0, 0.0, 0.0] if target == "scalar" else [0.0, -1.0, -1.0])
    assert ((plane >= low - 1e-6) & (plane <= 1 + 1e-6)).all()


def test_only_the_scalar_has_a_seam() -> None:
    below, above = sinusoid(0.0, 40.0, 359.9), sinusoid(0.0, 40.0, 0.1)
    jump = {t: float((planes_from_sinusoids(below, t) - planes_from_sinusoids(above, t)).abs().sum()) for t in TARGETS}
    assert jump["vector"] < 0.01
    assert jump["sinusoid"] < 0.01
    assert jump["scalar"] > 0.9


@pytest.mark.parametrize(
    ("target", "steep"),
    [("scalar", (1.0, 0.0)), ("scalar", (3.0, 0.0)), ("vector", (0.8, 0.8)), ("sinusoid", (3.0, -2.0))],
)
def test_steeper_planes_are_drawn_at_the_steepest_dip(target: Target, steep: tuple[float, float]) -> None:
    _, a, b = sinusoids_from_planes(torch.tensor([0.5, *steep]), target).tolist()
    assert float(plane_from_sinusoid(a, b)[0]) == pytest.approx(MAX_DIP_DEG, abs=1e-3)


@pytest.mark.parametrize("target", TARGETS)
def test_any_leading_shape_and_half_precision_are_taken(target: Target) -> None:
    planes = torch.rand(2, 3, 4, 3, generator=torch.Generator().manual_seed(0)).to(torch.bfloat16)
    drawn = sinusoids_from_planes(planes, target)
    assert drawn.shape == planes.shape
    assert drawn.dtype == torch.float32


FLAT = [0.0, 0.0]
NEARLY_FLAT = [1e-12, 0.0]
STEEP = [30.0, -30.0]  # as a sinusoid; as a plane far beyond the cap


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("convert", [planes_from_sinusoids, sinusoids_from_planes])
def test_flat_planes_are_numbers_and_come_back_flat(
    convert: Callable[[Tensor, Target], Tensor], target: Target
) -> None:
    converted = convert(torch.tensor([[0.5, *pair] for pair in (FLAT, NEARLY_FLAT, STEEP)]), target)
    assert converted.isfinite().all()
    torch.testing.assert_close(converted[:2, 1], torch.zeros(2))


def gradient_is_finite(convert: Callable[[Tensor, Target], Tensor], target: Target, pair: list[float]) -> bool:
    values = torch.tensor([0.5, *pair], requires_grad=True)
    (gradient,) = torch.autograd.grad(convert(values, target).sum(), values)
    return bool(gradient.isfinite().all())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("convert", [planes_from_sinusoids, sinusoids_from_planes])
@pytest.mark.parametrize("pair", [FLAT, NEARLY_FLAT, STEEP], ids=["flat", "nearly flat", "steep"])
def test_gradients_are_finite(convert: Callable[[Tensor, Target], Tensor], target: Target, pair: list[float]) -> None:
    assert gradient_is_finite(convert, target, pair)
