"""A ResNet that is circular in azimuth."""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

BLOCKS_PER_STAGE = {10: (1, 1, 1, 1), 14: (1, 1, 2, 2), 18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
"""Depth of the ResNet -> residual blocks in each of its four stages."""

# (depth, azimuth). The azimuth strides, 2 * 2 * 3 with stem and pooling, divide the 180 columns of a window: a stride
# that left a remainder would break the circle at the seam. The depth strides make 4 * 2 * 4.
STAGE_STRIDES = ((1, 1), (2, 3), (2, 1), (1, 1))
DEPTH_STRIDE, AZIMUTH_STRIDE = 32, 12
FINE_STRIDE = 4
"""Depth and azimuth stride of the finest map, the one that curves are sampled on."""
_STEM = (14, 7)
"""Rows and columns that the stem sees: about a square of the wall twice over."""


class _Wrap(torch.autograd.Function):
    """Concatenation of the columns beyond the seam. Autograd's own backward of it fills and adds two whole maps."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, left: int, right: int) -> Tensor:
        ctx.sides = left, right
        return torch.cat([x[..., x.shape[-1] - left :], x, x[..., :right]], dim=-1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        (grad,), (left, right) = grads, ctx.sides
        columns = grad.shape[-1] - left - right
        inner = grad.narrow(-1, left, columns).clone(memory_format=torch.preserve_format)
        if left:
            inner[..., columns - left :] += grad[..., :left]
        if right:
            inner[..., :right] += grad[..., left + columns :]
        return inner, None, None


def wrap_azimuth(x: Tensor, left: int, right: int) -> Tensor:
    """(..., columns) -> (..., left + columns + right), continued around the hole."""
    if left == right == 0:
        return x
    wrapped: Tensor = _Wrap.apply(x, left, right)  # type: ignore[no-untyped-call]
    return wrapped


def pool_azimuth(x: Tensor) -> Tensor:
    """Largest of every three columns, two apart: (..., 2 n + 1) -> (..., n)."""
    if torch.is_grad_enabled():
        return F.max_pool2d(x, (1, 3), stride=(1, 2))
    # The same, without the indices that pooling writes down for the way back: they are four times its maps.
    return torch.maximum(torch.maximum(x[..., :-2:2], x[..., 1:-1:2]), x[..., 2::2])


_FEW = 8
"""With fewer channels a strided convolution of one cell leaves striding to us: on processors with AVX2 alone that of
torch 2.13 writes beyond its arrays when it learns, and the process dies."""


class AzimuthConv2d(nn.Conv2d):
    """A convolution whose padding wraps around in azimuth and is zero in depth."""

    def __init__(self, conv: nn.Conv2d) -> None:
        super().__init__(
            conv.in_channels,
            conv.out_channels,
            cast("tuple[int, int]", conv.kernel_size),
            cast("tuple[int, int]", conv.stride),
            padding=(cast(int, conv.padding[0]), 0),
            dilation=cast("tuple[int, int]", conv.dilation),
            bias=conv.bias is not None,
        )
        self.wrap = cast(int, conv.padding[1])

    def forward(self, x: Tensor) -> Tensor:
        if self.in_channels < _FEW and self.kernel_size == (1, 1) and self.stride != (1, 1):
            down, around = self.stride
            return F.conv2d(x[:, :, ::down, ::around], self.weight, self.bias)
        return super().forward(wrap_azimuth(x, self.wrap, self.wrap))


def make_circular(module: nn.Module) -> nn.Module:
    """Replace, in place, every convolution inside a module by one that wraps around in azimuth."""
    for name, child in module.named_children():
        if isinstance(child, nn.Conv2d):
            setattr(module, name, AzimuthConv2d(child))
        else:
            make_circular(child)
    return module


def fold_norms(module: nn.Module) -> nn.Module:
    """Put, in place, every batch norm into the convolution before it: a pass over the maps less, in prediction only."""
    previous: tuple[str, nn.Module] | None = None
    for name, child in module.named_children():
        if isinstance(child, nn.BatchNorm2d) and previous is not None and isinstance(previous[1], nn.Conv2d):
            setattr(module, previous[0], fuse_conv_bn_eval(previous[1], child))
            setattr(module, name, nn.Identity())
        else:
            fold_norms(child)
        previous = name, child
    return module


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut around them (He et al. 2016): torchvision's BasicBlock, its names and numbers.

    Written out, since importing torchvision takes as long as torch itself, longer than picking 50 m does.
    """

    def __init__(
        self, channels: int, out_channels: int, stride: tuple[int, int] = (1, 1), project: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.downsample = project

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu_(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        # Last, as there: gradients that meet in x are added in the order in which it was used.
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.relu_(y.add_(shortcut))


class Backbone(nn.Module):
    """Residual blocks over a window (batch, 2, rows, 180 columns).

    Returns the maps of its stem and of its first, second and last stage: (batch, width, rows / 4, 45),
    (batch, width, rows / 8, 45), (batch, 2 width, rows / 16, 15) and (batch, 8 width, rows / 32, 15).

    depth is 10, 14, 18 or 34; width is the channels of the first stage, 64 in the published model.
    """

    def __init__(self, depth: int = 10, width: int = 64, in_channels: int = 2) -> None:
        super().__init__()
        self.width = width
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, width, _STEM, stride=(FINE_STRIDE, 2), padding=(6, 0), bias=False),
            nn.BatchNorm2d(width),
        )
        self.stages = nn.ModuleList()
        channels = width
        for stage, (blocks, stride) in enumerate(zip(BLOCKS_PER_STAGE[depth], STAGE_STRIDES, strict=True)):
            out_channels = width * 2**stage
            self.stages.append(_stage(channels, out_channels, blocks, stride))
            channels = out_channels
        self.out_channels = channels
        make_circular(self)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        # Pooling, three columns wide with stride 2, looks one column back and never ahead: the stem computes that
        # column beyond the seam as well. What is pooled first has fewer values to rectify.
        x = self.stem(wrap_azimuth(windows, 5, 3))
        fine = pool_azimuth(x).relu_()
        first = self.stages[0](F.max_pool2d(fine, (3, 1), stride=(2, 1), padding=(1, 0)))
        second = self.stages[1](first)
        return fine, first, second, self.stages[3](self.stages[2](second))


def _stage(channels: int, out_channels: int, blocks: int, stride: tuple[int, int]) -> nn.Sequential:
    """One stage of residual blocks; the first of them strides and projects."""
    project = None
    if stride != (1, 1) or channels != out_channels:
        project = nn.Sequential(
            nn.Conv2d(channels, out_channels, 1, stride=stride, bias=False), nn.BatchNorm2d(out_channels)
        )
    first = ResidualBlock(channels, out_channels, stride, project)
    return nn.Sequential(first, *(ResidualBlock(out_channels, out_channels) for _ in range(blocks - 1)))
