"""Synthetic wells with exact truth, or with an interpreter's picks: rock painted on a fine grid, then measured at a
tool's own resolution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from einops import reduce
from torch import Tensor

from geobfdt.augment.draw import Draw
from geobfdt.borehole.geometry import plane_from_sinusoid
from geobfdt.borehole.image_log import ImageLog
from geobfdt.borehole.picks import Picks
from geobfdt.borehole.well import Well
from geobfdt.errors import InputError
from geobfdt.synthetic import PlaneKinds, check_tool
from geobfdt.synthetic.artefacts import resample_columns
from geobfdt.synthetic.interpreters import Interpreter, Truth, interpreted
from geobfdt.synthetic.planes import FINEST_SPOT, FRACTURE_SLOTS, SECTION_RADII, THINNEST_BED, Grid, Planes
from geobfdt.synthetic.tool import damaged, draw_pads, recorded
from geobfdt.synthetic.windows import paint
from geobfdt.windows.grid import COLUMNS, ROW_STEP_RADII


@dataclass(frozen=True)
class Tool:
    """An imaging tool: columns around the hole, row step, pads (0: the whole wall), and the holes it runs in."""

    columns: int
    row_step_m: float
    pads: int
    hole_diameters_m: tuple[float, ...]
    resistivity: bool


SYNTHETIC_TOOLS = {
    "microresistivity_8_pads": Tool(360, 0.00254, 8, (0.2159, 0.3112), True),
    "microresistivity_4_pads": Tool(360, 0.0025, 4, (0.2159, 0.2413), True),
    "slim_microresistivity": Tool(240, 0.002, 8, (0.1524, 0.1556), True),
    "acoustic_televiewer": Tool(144, 0.004, 0, (0.096, 0.1524, 0.2159), False),
    "optical_televiewer": Tool(360, 0.002, 0, (0.076, 0.096, 0.1463), False),
    "lwd_56_sectors": Tool(56, 0.00762, 0, (0.2159, 0.3112), True),
    "lwd_16_sectors": Tool(16, 0.05, 0, (0.2159, 0.3112), True),
}
"""Columns and row steps as the vendors publish them. The 16-sector tool sees little, and is drawn only when asked."""

BEDS_PER_M, FRACTURES_PER_M = 20.0, 6.0
"""The densest that wells are drawn, on average over a well: interpreters seldom pick more, whatever the hole."""

_STEP_RADII = ROW_STEP_RADII / 2
"""Row step of the painted rock, whose columns are twice a window's."""


def synthetic_well(
    name: str,
    length_m: float,
    seed: int,
    *,
    tool: str | None = None,
    planes: PlaneKinds = "mixed",
    top_m: float = 1000.0,
    interpreter: Interpreter | None = None,
    hole_diameter_m: float | None = None,
    device: torch.device | str = "cpu",
) -> Well:
    """One well of ``length_m`` metres whose picks are exact, drawn from a seed, in the corpus split "test".

    ``tool`` is one of :data:`SYNTHETIC_TOOLS`, any but the coarsest when None; ``planes`` says which kinds it holds.
    With an ``interpreter`` the picks are those that he or she makes; the image is the same with any. The hole's
    diameter is one of the tool's when None. Raises :class:`InputError` on a tool that nobody knows or a length under a
    metre.
    """
    if tool is not None:
        check_tool(tool)
    if not length_m >= 1:
        raise InputError(f"--length {length_m:g}: a synthetic well needs at least 1 m")
    draw = Draw(seed, device)
    names = [key for key in SYNTHETIC_TOOLS if key != "lwd_16_sectors"]
    chosen = SYNTHETIC_TOOLS[tool or names[int(draw.integers(0, len(names), 1))]]
    # Drawn also where it is given, so that all that follows is the same.
    drawn_m = chosen.hole_diameters_m[int(draw.integers(0, len(chosen.hole_diameters_m), 1))]
    diameter_m = drawn_m if hole_diameter_m is None else hole_diameter_m
    radius_m = diameter_m / 2

    grid = Grid(math.ceil(length_m / (_STEP_RADII * radius_m)), 2 * COLUMNS, _STEP_RADII)
    on = torch.ones(1, dtype=torch.bool, device=draw.device)
    image, roughness, beds, fractures = paint(
        draw,
        grid,
        has_beds=on & (planes in ("mixed", "bedding")),
        has_fractures=on & (planes in ("mixed", "fracture")),
        spot=on * max(FINEST_SPOT, 0.25 * max(chosen.row_step_m / radius_m, 2 * math.pi / chosen.columns)),
        thinnest_bed=max(THINNEST_BED, 1 / BEDS_PER_M / radius_m),
        most_fractures=min(float(FRACTURE_SLOTS), max(1.5, FRACTURES_PER_M * SECTION_RADII * radius_m)),
    )
    image = damaged(draw, grid, image, roughness)
    image, valid = _measured(draw, chosen, image, grid, radius_m, roughness)
    log = _image_log(draw, chosen, image, valid, name, top_m, diameter_m)
    truth = _truth(grid, beds, fractures, log, radius_m)
    picks = interpreted(truth, log, interpreter, seed) if interpreter else truth.planes[truth.picked]
    return Well(log, picks, split="test")


def _measured(
    draw: Draw, tool: Tool, image: Tensor, grid: Grid, radius_m: float, roughness: Tensor
) -> tuple[Tensor, Tensor]:
    """The painted rock (1, rows, columns) as the tool's rows and columns see it, with its artefacts: (image, valid)."""
    rows = round(grid.height * radius_m / tool.row_step_m)
    image = _coarser(image, rows, tool.columns)
    native = Grid(rows, tool.columns, tool.row_step_m / radius_m)
    # White noise is averaged away when fine rows become a window's: scaled up so that as much of it is left.
    averaged = max(1.0, ROW_STEP_RADII / native.row_step) * max(1.0, tool.columns / 180)
    padded = torch.arange(1 if tool.pads else 0, device=draw.device)
    return recorded(
        draw,
        native,
        image,
        roughness,
        noise=lambda: (draw.log_uniform(0.05, 0.7, 1) * math.sqrt(averaged) * roughness)[:, None, None],
        pads=lambda: draw_pads(draw, native, padded, tool.pads),
    )


def _coarser(image: Tensor, rows: int, columns: int) -> Tensor:
    """(1, h, w) onto the tool's rows and columns, by area where that coarsens, linearly where it refines."""
    if columns < image.shape[-1]:
        # Columns first on a grid that both divide, so that averaging stays circular and even.
        fine = resample_columns(image, columns * math.ceil(image.shape[-1] / columns))
        image = reduce(fine, "batch rows (columns n) -> batch rows columns", "mean", columns=columns)
    if rows < image.shape[-2]:
        return F.interpolate(image[:, None], size=(rows, columns), mode="area")[:, 0]
    return F.interpolate(image[:, None], size=(rows, columns), mode="bilinear", align_corners=False)[:, 0]


def _image_log(
    draw: Draw, tool: Tool, image: Tensor, valid: Tensor, name: str, top_m: float, diameter_m: float
) -> ImageLog:
    """Put values into the tool's units: ohm metres over decades, or 8-bit amplitude."""
    scaled = (image - image.mean()) / image.std()
    if bool(draw.chance(0.5, 1)):
        scaled = -scaled
    if tool.resistivity:
        values = 10 ** (1.3 + float(draw.uniform(0.3, 0.6, 1)) * scaled.clamp(-5, 5))
    else:
        values = (128 + 45 * scaled).clamp(0, 255)
    values = torch.where(valid > 0, values, torch.nan)[0]
    depth_m = np.asarray(top_m + (np.arange(values.shape[0]) + 0.5) * tool.row_step_m, np.float64)
    return ImageLog(values.float().cpu().numpy(), depth_m, diameter_m, "north", 0.0, name, "SYNTHETIC")


def _truth(grid: Grid, beds: Planes, fractures: Planes, log: ImageLog, radius_m: float) -> Truth:
    """The planes whose depth lies in the image."""
    parts, strengths, picked = [], [], []
    for planes, kind in ((beds, "bedding"), (fractures, "fracture")):
        z0, a, b = (part.double().cpu().numpy() for part in planes.sinusoids[planes.drawn].unbind(-1))
        depth_m = log.depth_m[0] - log.row_step_m / 2 + (z0 + grid.height / 2) * radius_m
        dip, azimuth = plane_from_sinusoid(a, b)
        parts.append(Picks(depth_m, dip, azimuth, kind=kind, well=log.well))
        strengths.append(planes.strength[planes.drawn].abs().double().cpu().numpy())
        picked.append(planes.picked[planes.drawn].cpu().numpy())
    drawn = Picks.concatenate(parts)
    rows = np.argsort(drawn.depth_m, kind="stable")
    rows = rows[(drawn.depth_m[rows] >= log.top_m) & (drawn.depth_m[rows] <= log.base_m)]
    return Truth(drawn[rows], np.concatenate(strengths)[rows], np.concatenate(picked)[rows])
