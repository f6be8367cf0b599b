"""Radiometric augmentation: what tools and processing do to grey values. Pixels change, the truth never does.

Windows are (batch, 2, rows, columns), the image in any unit and its 0/1 validity. Everything is measured in the
*spread* of each window's valid pixels, so the same parameters mean the same in ohm-metres, in millivolts and in grey
levels. Parameters have one value per window or per pixel: any shape that broadcasts to (batch, rows, columns). Values
of missing pixels are never used. A window without a valid pixel comes back as it is.

The detector removes gain and offset of a whole window by itself; what teaches it something varies within a window.
"""

from __future__ import annotations

import torch
from torch import Tensor

_KNEE_SPREADS = 4.0
"""Beyond about so many spreads a bend fades into a straight line: exponentials of outliers have no bound."""


def centre_and_spread(windows: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of each window's valid pixels, (batch, 1, 1); 0 where there are none.

    A second pass leaves out what lies beyond three spreads, so that a few extreme pixels do not set the scale.
    """
    return _centre_and_spread(windows[:, 0], windows[:, 1])


def gain(windows: Tensor, factor: Tensor) -> Tensor:
    """Contrast: values move away from the window's centre by a factor > 0; equal over a window it keeps their order."""
    return _with_image(windows, gained(windows[:, 0], windows[:, 1], factor))


def add(windows: Tensor, pattern: Tensor) -> Tensor:
    """Add a pattern in spreads: (batch, 1, 1) brightness, (batch, rows, 1) or (batch, 1, columns) stripes, or noise."""
    return _with_image(windows, added(windows[:, 0], windows[:, 1], pattern))


def bend(windows: Tensor, curvature: Tensor) -> Tensor:
    """Gamma: a smooth, strictly rising curve, ``expm1(curvature u) / curvature`` with u spreads from the centre.

    Positive curvature opens the bright end, negative the dark one, 0 changes nothing; useful up to about +-0.6.
    """
    return _with_image(windows, bent(windows[:, 0], windows[:, 1], curvature))


def blur(windows: Tensor, share: Tensor) -> Tensor:
    """Give a share in [0, 1] of each pixel to its neighbours, along azimuth (around the hole) and then along depth.

    share is (batch, 1, 1): one for all pixels of a window.
    Missing pixels give nothing: their part is left to the valid ones, so gaps do not darken their edges.
    """
    return _with_image(windows, blurred(windows[:, 0], windows[:, 1], share))


# The same for images (batch, rows, columns) and their validity apart: windows that are changed many times are put
# together once, which costs more than any of the changes.


def gained(image: Tensor, valid: Tensor, factor: Tensor) -> Tensor:
    """Images as :func:`gain` leaves them."""
    centre, _ = _centre_and_spread(image, valid)
    return _where_valid(image, valid, centre + (_seen(image, valid) - centre) * factor)


def added(image: Tensor, valid: Tensor, pattern: Tensor) -> Tensor:
    """Images as :func:`add` leaves them."""
    _, spread = _centre_and_spread(image, valid)
    return _where_valid(image, valid, _seen(image, valid) + spread * pattern)


def bent(image: Tensor, valid: Tensor, curvature: Tensor) -> Tensor:
    """Images as :func:`bend` leaves them."""
    centre, spread = _centre_and_spread(image, valid)
    u = (_seen(image, valid) - centre) / spread.clamp(min=torch.finfo(spread.dtype).tiny)
    near = _KNEE_SPREADS * torch.tanh(u / _KNEE_SPREADS)
    # expm1(x) / x is 1 at 0, where the quotient itself is 0 / 0.
    curvature = torch.where(curvature.abs() < 1e-4, 1e-4, curvature)
    curve = torch.expm1(curvature * near) / curvature + (u - near)
    return _where_valid(image, valid, centre + spread * curve)


def blurred(image: Tensor, valid: Tensor, share: Tensor) -> Tensor:
    """Images as :func:`blur` leaves them."""
    weighted, weight = _seen(image, valid) * valid, valid
    weighted, weight = (_spread_columns(part, share) for part in (weighted, weight))
    weighted, weight = (_spread_rows(part, share) for part in (weighted, weight))
    return _where_valid(image, valid, weighted / weight.clamp(min=1e-6))


def hide(windows: Tensor, lost: Tensor) -> Tensor:
    """Make the pixels invalid where lost is True; their values stay, and mean nothing."""
    return torch.stack([windows[:, 0], windows[:, 1] * ~lost], dim=1)


def pad_gaps(rows: int, columns: int, pads: Tensor, coverage: Tensor, turn: Tensor, twist: Tensor) -> Tensor:
    """(batch, rows, columns) bool, True between the pads of a tool; all parameters (batch,).

    pads      how many, evenly spaced around the hole
    coverage  fraction of the wall that they see, in [0, 1]
    turn      of the tool, in turns clockwise seen downhole
    twist     turns that the tool makes over the window's height
    """
    pads, coverage, turn, twist = (part[:, None, None] for part in (pads, coverage, turn, twist))
    down = (torch.arange(rows, device=pads.device)[:, None] + 0.5) / rows
    around = (torch.arange(columns, device=pads.device) + 0.5) / columns
    return torch.remainder((around - turn - twist * down) * pads, 1.0) >= coverage


def holes(rows: int, columns: int, centre: Tensor, half: Tensor) -> Tensor:
    """(batch, rows, columns) bool, True inside n ellipses a window.

    centre and half are (batch, n, 2): middle and half size as fractions of the window's (height, circumference). A half
    size of 0 makes no hole.
    """
    down = (torch.arange(rows, device=centre.device) + 0.5) / rows - centre[..., :1]
    around = (torch.arange(columns, device=centre.device) + 0.5) / columns - centre[..., 1:]
    around = torch.remainder(around + 0.5, 1.0) - 0.5  # the shorter way around the hole
    half = half.clamp(min=1e-9)
    distance = (down / half[..., :1]).square()[..., :, None] + (around / half[..., 1:]).square()[..., None, :]
    return (distance < 1).any(1)


def _centre_and_spread(image: Tensor, valid: Tensor) -> tuple[Tensor, Tensor]:
    image = _seen(image, valid)
    _, spread, away = _moments(image, valid)
    centre, spread, _ = _moments(image, valid * (away.abs() <= 3 * spread))
    return centre, spread


def _moments(image: Tensor, weight: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Weighted mean and standard deviation of images, (batch, 1, 1), and how far off the mean each pixel is."""
    count = weight.sum((1, 2), keepdim=True).clamp(min=1.0)
    centre = (image * weight).sum((1, 2), keepdim=True) / count
    away = image - centre
    return centre, away.square().mul_(weight).sum((1, 2), keepdim=True).div(count).sqrt(), away


def _seen(image: Tensor, valid: Tensor) -> Tensor:
    """The images, 0 where they are missing, whatever stands there."""
    return torch.where(valid > 0, image, 0.0)


def _where_valid(image: Tensor, valid: Tensor, changed: Tensor) -> Tensor:
    """Changed images where they are valid; elsewhere what stood there, which means nothing."""
    return torch.where(valid > 0, changed, image)


def _with_image(windows: Tensor, image: Tensor) -> Tensor:
    return torch.stack([image, windows[:, 1]], dim=1)


def _spread_columns(image: Tensor, share: Tensor) -> Tensor:
    return image * (1 - share) + (image.roll(1, 2) + image.roll(-1, 2)) * (share / 2)


def _spread_rows(image: Tensor, share: Tensor) -> Tensor:
    tall = torch.cat([image[:, :1], image, image[:, -1:]], dim=1)
    return image * (1 - share) + (tall[:, :-2] + tall[:, 2:]) * (share / 2)
