"""The detector: a circular ResNet sees a window, an encoder mixes its coarse map, queries find the planes."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import cast

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn

from geobfdt.borehole.picks import KINDS
from geobfdt.model.backbone import AzimuthConv2d, Backbone
from geobfdt.model.config import ModelConfig
from geobfdt.model.encoding import PlaneEncoding, map_encoding
from geobfdt.model.masks import MaskHead
from geobfdt.model.planes import Target, planes_from_sinusoids, sinusoids_from_planes
from geobfdt.model.proposals import Proposals
from geobfdt.model.transformer import DecoderLayer, EncoderLayer
from geobfdt.windows.cut import TARGET_RADII
from geobfdt.windows.grid import HEIGHT_RADII, ImageForm

FRACTURE = KINDS.index("fracture")


@dataclass(frozen=True)
class Detections:
    """What the queries say, stacked over the decoder layers, the last layer last.

    logits  (layers, batch, queries, 2) of "fracture" and "bedding"; a query of neither is empty
    planes  (layers, batch, queries, 3) in the model's own form (see planes.py)
    target  that form
    fine_map  (batch, 2, rows / 4, 45) logits of a trace of either kind passing through each of its cells, which teach
            the map what curve sampling looks for; None from a plain decoder
    spread  (batch, queries, 3) natural logarithms of the mean absolute errors that the last layer's planes are expected
            to have, as :func:`~geobfdt.model.planes.dip_vector_errors` counts them; None from a plain decoder
    calibration  (2, 2) factor and offset, for each kind, that turn logits into those of a calibrated score
    denoised  what became of the denoising queries that the decoder was given beside its own; None without any
    masks   (batch, 3, rows, columns) logits of background, fracture and bedding at every pixel, from a detector in
            training that is taught them beside the planes; None from any other
    """

    logits: Tensor
    planes: Tensor
    target: Target
    fine_map: Tensor | None = None
    spread: Tensor | None = None
    calibration: Tensor = field(default_factory=lambda: uncalibrated())
    denoised: Detections | None = None
    masks: Tensor | None = None

    @property
    def scores(self) -> Tensor:
        """(batch, queries, 2) calibrated scores of the last layer, in [0, 1]."""
        factor, offset = self.calibration.T
        scores: Tensor = (self.logits[-1].float() * factor + offset).sigmoid()
        return scores

    @property
    def sinusoids(self) -> Tensor:
        """(batch, queries, 3) sinusoids of the last layer in hole radii, z0 from the window's centre."""
        return sinusoids_from_planes(self.planes[-1], self.target)


FOLLOWED = (1, 2, 4)
"""Steps, in cells of the fine map, at which it is looked over: traces too faint for a cell stand out along eight."""


class Follow(nn.Module):
    """Adds to each cell of a map (batch, channels, rows, columns), none of them negative, what the cells a step away in
    every direction say; nothing at first.
    """

    def __init__(self, channels: int, step: int) -> None:
        super().__init__()
        self.gather, self.answer = _square(channels, step), _square(channels)
        nn.init.zeros_(self.answer.weight)
        nn.init.zeros_(cast(Tensor, self.answer.bias))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.answer(torch.relu(self.gather(x))))


def _square(channels: int, step: int = 1) -> AzimuthConv2d:
    """3 x 3 cells of a map, ``step`` apart."""
    return AzimuthConv2d(nn.Conv2d(channels, channels, 3, padding=step, dilation=step))


def uncalibrated() -> Tensor:
    """The calibration (2, 2) that leaves logits as they are."""
    return torch.tensor([[1.0, 0.0]]).repeat(len(KINDS), 1)


def standardise(windows: Tensor) -> Tensor:
    """Bring the image channel of windows (batch, 2, rows, columns) to zero mean and unit spread over its valid pixels.

    The second pass is blind to values beyond three spreads, so that a few extreme pixels do not flatten the rest; what
    remains extreme is pressed into (-4, 4). Missing pixels become 0. It commutes with rolling and flipping a window and
    does not see gain or offset, so every tool's unit is the same to the network.
    """
    shape = windows[:, 0].shape
    image, valid = (channel.flatten(1) for channel in windows.float().unbind(1))
    pixels = valid.sum(1, keepdim=True)
    image = image * valid
    # In place from here on: a new array of this size costs more than the arithmetic on it. First into [-1, 1], as the
    # squares of a spike of 1e30 would overflow.
    low, high = image.aminmax(dim=1, keepdim=True)
    image.div_(torch.maximum(-low, high).clamp(min=torch.finfo(image.dtype).tiny))
    image.sub_(image.sum(1, keepdim=True) / pixels.clamp(min=1.0)).mul_(valid)
    spread = (_dot(image, image) / pixels.clamp(min=1.0)).sqrt()
    ordinary = (image.abs() <= 3 * spread) * valid
    count = ordinary.sum(1, keepdim=True).clamp(min=1.0)
    mean = _dot(image, ordinary) / count
    spread = (ordinary.mul_(image).square_().sum(1, keepdim=True) / count - mean**2).clamp(min=0.0).sqrt()
    image.sub_(mean).mul_((pixels > 1) / (4 * spread.clamp(min=1e-6))).tanh_().mul_(4 * valid)
    return torch.stack([image.view(shape), valid.view(shape)], dim=1)


def image_channels(config: ModelConfig) -> int:
    """Of windows: an image or, on two scales, two, and their validity."""
    return 3 if config.image == "both" else 2


def scaled(windows: Tensor, form: ImageForm) -> Tensor:
    """Windows (batch, channels, rows, columns), cut in a form, as the network takes them: each by its own spread, see
    :func:`standardise`; or, where values lie on a log's scale in [0, 1] already, centred and as large.
    """
    if form == "window":
        return standardise(windows)
    valid = windows[:, 1:2].float()
    centred = 4 * (windows.float() - 0.5) * valid
    centred[:, 1:2] = valid
    return centred


def as_computed(windows: Tensor) -> Tensor:
    """Windows laid out for convolutions and, under autocast, in its precision at once: what is done with them before
    the first of these then moves half of the memory.
    """
    device = windows.device.type
    if torch.is_autocast_enabled(device):
        windows = windows.to(torch.get_autocast_dtype(device))
    return windows.contiguous(memory_format=torch.channels_last)


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """(batch, n) . (batch, n) -> (batch, 1), in float32 whatever autocast would have."""
    product: Tensor = torch.linalg.vecdot(one, other)
    return product[:, None]


class EncoderNet(nn.Module):
    """What comes before any head: a backbone, the projection of its coarse map, and the layers that mix it."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.channels
        self.backbone = Backbone(config.backbone, config.width, image_channels(config))
        self.project = nn.Conv2d(self.backbone.out_channels, channels, 1)
        layer = (channels, config.heads, config.feed_forward, config.dropout)
        self.encoder = nn.ModuleList(EncoderLayer(*layer) for _ in range(config.encoder_layers))

    def encoded(self, coarse: Tensor) -> tuple[Tensor, Tensor, tuple[int, int]]:
        """The backbone's coarse map mixed, (batch, cells, channels), the cells' positions, and its rows and columns."""
        memory = self.project(coarse)
        _, channels, rows, columns = memory.shape
        position = map_encoding(rows, columns, channels, memory.device).to(memory.dtype)
        memory = rearrange(memory, "batch c rows columns -> batch (rows columns) c")
        for layer in self.encoder:
            memory = layer(memory, position)
        return memory, position, (rows, columns)


class Detector(EncoderNet):
    """Windows (batch, 2, rows, 180) -> :class:`Detections`. Channel 0 is the image in any unit, 1 its 0/1 validity;
    where the configuration's image is "both", channel 2 is the image on a second scale.

    The buffers calibration and spread_factor are fitted to windows that training never saw (see calibrate.calibrate).
    """

    calibration: Tensor
    spread_factor: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        channels = config.channels
        layer = (channels, config.heads, config.feed_forward, config.dropout)
        self.curve = config.decoder == "curve"
        if self.curve:
            self.fine = nn.Conv2d(self.backbone.width, config.curve_channels, 1)
            self.first = nn.Conv2d(self.backbone.width, config.curve_channels, 1)
            self.second = nn.Conv2d(2 * self.backbone.width, config.curve_channels, 1)
            self.coarse = nn.Conv2d(channels, config.curve_channels, 1)
            self.blend = _square(config.curve_channels)
            self.follow = nn.ModuleList(Follow(config.curve_channels, step) for step in FOLLOWED)
            # "trace" is its name in weights that were stored: what it says is the fine map of Detections.
            self.trace = nn.Conv2d(config.curve_channels, len(KINDS), 1)
            nn.init.constant_(cast(Tensor, self.trace.bias), -3.0)
            self.spread = nn.Linear(channels, 3)
            nn.init.zeros_(self.spread.weight)
            nn.init.constant_(self.spread.bias, -4.0)
            self.register_buffer("spread_factor", torch.ones(3))
        map_channels = config.curve_channels if self.curve else None
        self.decoder = nn.ModuleList(
            DecoderLayer(*layer, map_channels, config.curve_offsets) for _ in range(config.decoder_layers)
        )
        self.register_buffer("calibration", uncalibrated())
        self.queries = nn.Parameter(torch.empty(config.queries + config.proposals, channels).normal_(std=0.1))
        self.references = nn.Parameter(initial_references(config.queries, config.target, flat=config.proposals > 0))
        self.propose = Proposals(config.proposals) if config.proposals else None
        self.encode_plane = PlaneEncoding(channels)
        self.classify = nn.ModuleList(nn.Linear(channels, len(KINDS)) for _ in range(config.decoder_layers))
        self.refine = nn.ModuleList(
            nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, 3))
            for _ in range(config.decoder_layers)
        )
        for classify, refine in zip(self.classify, self.refine, strict=True):
            # Few queries hold a plane: start from "nothing here".
            nn.init.constant_(cast(nn.Linear, classify).bias, -3.0)
            last = cast(nn.Linear, cast(nn.Sequential, refine)[-1])
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)
        # The last of all: the rest starts from the same numbers with it and without.
        self.masks = MaskHead(config.width) if config.head == "both" else None

    def forward(self, windows: Tensor, denoising: Tensor | None = None) -> Detections:
        """``denoising`` (batch, m, 3): sinusoids in hole radii that more queries start from, unseen by the others."""
        *maps, coarse = self.backbone(as_computed(scaled(windows, self.config.image)))
        masks = self.masks((*maps, coarse)) if self.masks is not None and self.training else None
        memory, position, size = self.encoded(coarse)
        if not self.curve:
            logits, planes, _ = self._decode(memory, position, None, self.references, denoising)
            return self._detections(logits, planes, masks=masks)
        curve_map = self._curve_map(maps, memory, size)
        fine_map = self.trace(curve_map).float()
        references: Tensor = self.references
        if self.propose is not None:
            proposed = planes_from_sinusoids(self.propose(fine_map[:, FRACTURE], windows[:, 1]), self.config.target)
            references = torch.cat([references.expand(memory.shape[0], -1, -1), proposed], dim=1)
        logits, planes, queries = self._decode(memory, position, curve_map, references, denoising)
        # Detached: what says how far off a plane may be must not move it.
        spread = self.spread(queries[:, : len(self.queries)].detach()).float()
        if not self.training:  # in training the layer would learn to undo the factor
            spread = spread + self.spread_factor.log()
        return self._detections(logits, planes, fine_map, spread, masks)

    def _detections(
        self,
        logits: Tensor,
        planes: Tensor,
        fine_map: Tensor | None = None,
        spread: Tensor | None = None,
        masks: Tensor | None = None,
    ) -> Detections:
        """What the detector's own queries say, with what the denoising ones after them say, if any, apart."""
        own, target = len(self.queries), self.config.target
        denoised = Detections(logits[:, :, own:], planes[:, :, own:], target) if logits.shape[2] > own else None
        return Detections(
            logits[:, :, :own], planes[:, :, :own], target, fine_map, spread, self.calibration, denoised, masks
        )

    def _curve_map(self, maps: list[Tensor], memory: Tensor, size: tuple[int, int]) -> Tensor:
        """The finest of the backbone's maps, with the wider view of the coarser ones and of the encoder added to it."""
        summed = self.coarse(rearrange(memory, "batch (rows columns) c -> batch c rows columns", rows=size[0]))
        for layer, finer in zip((self.second, self.first, self.fine), reversed(maps), strict=True):
            summed = layer(finer) + F.interpolate(summed, size=finer.shape[-2:], mode="nearest")
        blended: Tensor = torch.relu(self.blend(torch.relu(summed)))
        for follow in self.follow:
            blended = follow(blended)
        return blended

    def _decode(
        self, memory: Tensor, position: Tensor, curve_map: Tensor | None, references: Tensor, denoising: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Logits and planes of all layers, each of which refines the planes of the one before it; the last queries.

        Denoising queries follow the others, and are like those that start from proposals: both start near a plane.
        """
        queries = self.queries.expand(memory.shape[0], -1, -1)
        planes = references.expand(memory.shape[0], -1, -1)
        groups = [len(self.queries)]
        if denoising is not None:
            groups.append(denoising.shape[1])
            first = self.config.queries if self.config.proposals else 0
            like = first + torch.arange(denoising.shape[1], device=denoising.device) % (len(self.queries) - first)
            queries = torch.cat([queries, queries[:, like]], dim=1)
            planes = torch.cat([planes, planes_from_sinusoids(denoising, self.config.target)], dim=1)
        all_logits, all_planes = [], []
        for layer, classify, refine in zip(self.decoder, self.classify, self.refine, strict=True):
            sinusoids = sinusoids_from_planes(planes.detach(), self.config.target)
            queries = layer(queries, self.encode_plane(planes), memory, position, sinusoids, curve_map, groups)
            planes = planes + refine(queries).float()
            all_logits.append(classify(queries).float())
            all_planes.append(planes)
            planes = planes.detach()
        return torch.stack(all_logits), torch.stack(all_planes), queries


def initial_references(queries: int, target: Target, flat: bool) -> Tensor:
    """(queries, 3) planes that the queries start from: spread over the depths of targets, so that each has a
    stretch of its own; flat, or every other one of them at 50 degrees towards azimuths a golden angle apart.
    """
    number = torch.arange(queries)
    dip = torch.where((number % 2 == 0) | flat, 0.0, 50.0 / 90.0)
    turn = (number * 0.381966) % 1.0
    depth = 0.5 + ((number + 0.5) / queries - 0.5) * (2 * TARGET_RADII / HEIGHT_RADII)
    if target == "scalar":
        return torch.stack([depth, dip, turn], dim=-1)
    azimuth = 2 * math.pi * turn
    vector = torch.stack([depth, dip * azimuth.cos(), dip * azimuth.sin()], dim=-1)
    return planes_from_sinusoids(sinusoids_from_planes(vector), target)
