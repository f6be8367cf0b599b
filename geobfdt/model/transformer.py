"""Encoder and decoder layers; the decoder layer looks along the curve of its query's current plane."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from geobfdt.model.backbone import FINE_STRIDE
from geobfdt.windows.grid import ROW_STEP_RADII
from geobfdt.windows.traces import column_azimuths, traces


class Dropout(nn.Module):
    """Dropout whose mask is drawn eight elements at a time, a byte each: ``share`` is rounded to a 256th.

    On processors that MKL does not favour, torch draws its masks one element after the other on one core, which was
    over a third of a training step.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.dropped = round(256 * share)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.dropped:
            return x
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        kept = words.view(torch.uint8)[: x.numel()].view(x.shape) >= self.dropped
        return x * kept.to(x.dtype).mul_(256 / (256 - self.dropped))


class Attention(nn.Module):
    """Multi-head attention whose queries and keys carry positions, with a residual and a norm (post-norm, as in DETR).

    Written out instead of torch's fused one: on two CPU cores in bf16 the flash kernel's backward took 40 % of a step,
    and torch's plain kernel computes in float32.
    """

    def __init__(self, channels: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, channels)
        for layer in (self.query, self.key, self.value, self.out):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.dropout = Dropout(dropout)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor, x_position: Tensor, memory: Tensor, memory_position: Tensor) -> Tensor:
        """x (batch, n, channels) attends to memory (batch, m, channels)."""
        query = self._split(self.query(x + x_position)) / math.sqrt(x.shape[-1] // self.heads)
        key = self._split(self.key(memory + memory_position))
        # Autocast would write out the softmax in float32, which it computes in anyway.
        with torch.autocast(x.device.type, enabled=False):
            share = self.dropout((query @ key.transpose(-1, -2)).softmax(-1))
        read = rearrange(share @ self._split(self.value(memory)), "batch heads n c -> batch n (heads c)")
        normed: Tensor = self.norm(x + self.dropout(self.out(read)))
        return normed

    def _split(self, x: Tensor) -> Tensor:
        return rearrange(x, "batch n (heads c) -> batch heads n c", heads=self.heads)


class FeedForward(nn.Module):
    def __init__(self, channels: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(True), Dropout(dropout), nn.Linear(hidden, channels)
        )
        self.dropout = Dropout(dropout)
        self.norm = nn.LayerNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        normed: Tensor = self.norm(x + self.dropout(self.mlp(x)))
        return normed


class EncoderLayer(nn.Module):
    """Self-attention over the cells of the coarse map, then a feed-forward."""

    def __init__(self, channels: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(channels, heads, dropout)
        self.feed_forward = FeedForward(channels, hidden, dropout)

    def forward(self, memory: Tensor, position: Tensor) -> Tensor:
        encoded: Tensor = self.feed_forward(self.attention(memory, position, memory, position))
        return encoded


class CurveSampling(nn.Module):
    """Reads the fine map along each query's sinusoid and tells the query how the rock lies off it.

    At every one of the map's columns it looks at ``offsets`` rows around the curve through a hidden layer with weights
    shared over azimuths, and pools the answers by their Fourier moments over azimuth: mean, 2 cos, 2 sin, and the
    second harmonic. If the true trace runs delta(theta) off the curve, the first three moments of delta are exactly the
    corrections to z0, a and b.

    The hidden layer is linear before its ReLU and so is the interpolation in depth, so they change places: the layer
    runs once over the map as a convolution in depth, and one pair of rows a query and column is gathered instead of
    ``offsets`` of them. The query takes part by adding to the hidden layer.
    """

    def __init__(self, map_channels: int, channels: int, offsets: int = 9) -> None:
        super().__init__()
        # Every other row: what lies between is in it, blended by the map's last layer.
        self.look = nn.Conv2d(map_channels, map_channels, (offsets, 1), padding=(offsets // 2 * 2, 0), dilation=(2, 1))
        self.ask = nn.Linear(channels, map_channels)
        self.pool = nn.Linear(MOMENTS * map_channels, channels)
        self.norm = nn.LayerNorm(channels)

    def forward(self, queries: Tensor, sinusoids: Tensor, fine: Tensor) -> Tensor:
        """queries (batch, n, channels), sinusoids (batch, n, 3), fine map (batch, map_channels, rows, columns)."""
        # In place: these are the largest arrays of the whole detector, and every pass over them counts.
        hidden = sample_along(self.look(fine), sinusoids).add_(self.ask(queries)[:, None]).relu_()
        columns = hidden.shape[1]
        basis = fourier_basis(columns, hidden.device).to(hidden.dtype) / columns
        moments = basis.T @ rearrange(hidden, "batch columns n c -> batch columns (n c)")  # one product, without copies
        moments = rearrange(moments, "batch moments (n c) -> batch n (moments c)", n=queries.shape[1])
        normed: Tensor = self.norm(queries + self.pool(moments))
        return normed


MOMENTS = 5


def fourier_basis(columns: int, device: torch.device | None = None) -> Tensor:
    """(columns, 5): 1, 2 cos, 2 sin, 2 cos 2 theta, 2 sin 2 theta at the centres of a map's columns."""
    theta = column_azimuths(columns, device)
    harmonics = [torch.ones_like(theta)]
    for order in (1, 2):
        harmonics += [2 * (order * theta).cos(), 2 * (order * theta).sin()]
    return torch.stack(harmonics, dim=-1)


def sample_along(fine: Tensor, sinusoids: Tensor) -> Tensor:
    """Values of a map (batch, channels, rows, columns) along n sinusoids (batch, n, 3), interpolated in depth.

    Returns (batch, columns, n, channels), zero where the curve has left the map by a row. The columns of the map are
    the azimuths read, so the interpolation is one-dimensional.
    """
    rows, columns = fine.shape[2:]
    z = traces(sinusoids.float(), column_azimuths(columns, fine.device)).transpose(1, 2)
    row = z / (FINE_STRIDE * ROW_STEP_RADII) + (rows + 1) / 2  # a row of zeros is laid above the map and below it
    row = row.clamp(0, rows + 1)
    above = row.floor().clamp(max=rows)
    share = row - above
    return (_blended if torch.is_grad_enabled() else _looked_up)(fine, above.long(), share)


def _blended(fine: Tensor, above: Tensor, share: Tensor) -> Tensor:
    """(batch, columns, n, channels): rows ``above`` (batch, columns, n) of a map, counted from one of zeros above it,
    blended with those below them by their ``share``.

    The two weights of each sample stand in a matrix over the rows: reading the map, and the way back of its gradient,
    are then products of matrices, several times faster than gathering rows and scattering their gradients.
    """
    rows = fine.shape[2]
    weights = torch.zeros(above.numel() * (rows + 2), dtype=fine.dtype, device=fine.device)
    place = torch.arange(0, len(weights), rows + 2, device=fine.device) + above.flatten()
    weights.index_copy_(0, place, (1 - share).to(fine.dtype).flatten())
    weights.index_copy_(0, place + 1, share.to(fine.dtype).flatten())
    return weights.view(*above.shape, rows + 2) @ F.pad(
        rearrange(fine, "batch c rows columns -> batch columns rows c"), (0, 0, 1, 1)
    )


def _looked_up(fine: Tensor, above: Tensor, share: Tensor) -> Tensor:
    """The same where nothing goes back: the two rows of each sample alone are read. Products of two bfloat16 numbers
    are exact in float32, so that their sum, rounded once, is that of the matrices.
    """
    batch, channels, rows, columns = fine.shape
    table = rearrange(F.pad(fine, (0, 0, 1, 1)), "batch c rows columns -> (batch rows columns) c")
    first = torch.arange(batch, device=fine.device)[:, None] * ((rows + 2) * columns)
    place = above * columns + (first + torch.arange(columns, device=fine.device))[..., None]
    pairs = torch.stack([place, place + columns], -1).view(-1, 2)
    if torch.compiler.is_exporting():  # a bag of rows would become a loop over them
        share = share[..., None]
        return table[place] * (1 - share) + table[place + columns] * share
    weights = torch.stack([1 - share, share], -1).to(fine.dtype).view(-1, 2)
    read = F.embedding_bag(pairs, table.float(), mode="sum", per_sample_weights=weights.float())
    return read.to(fine.dtype).view(*above.shape, channels)


class DecoderLayer(nn.Module):
    """Self-attention among queries, cross-attention to the memory, curve sampling (unless plain), feed-forward."""

    def __init__(
        self, channels: int, heads: int, hidden: int, dropout: float, map_channels: int | None, offsets: int
    ) -> None:
        super().__init__()
        self.self_attention = Attention(channels, heads, dropout)
        self.cross_attention = Attention(channels, heads, dropout)
        self.curve = None if map_channels is None else CurveSampling(map_channels, channels, offsets=offsets)
        self.feed_forward = FeedForward(channels, hidden, dropout)

    def forward(
        self,
        queries: Tensor,
        position: Tensor,
        memory: Tensor,
        memory_position: Tensor,
        sinusoids: Tensor,
        fine: Tensor | None,
        groups: list[int],
    ) -> Tensor:
        """Queries of different ``groups``, as many of them in turn, do not know of each other."""
        apart = zip(torch.split(queries, groups, 1), torch.split(position, groups, 1), strict=True)
        queries = torch.cat([self.self_attention(own, place, own, place) for own, place in apart], 1)
        queries = self.cross_attention(queries, position, memory, memory_position)
        if self.curve is not None and fine is not None:
            queries = self.curve(queries, sinusoids, fine)
        decoded: Tensor = self.feed_forward(queries)
        return decoded
