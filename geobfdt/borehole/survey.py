"""Survey: which way a hole runs, and with it where its depths lie and the true dips of what its image shows."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geobfdt.borehole import Reference
from geobfdt.borehole.geometry import true_from_apparent
from geobfdt.borehole.picks import Picks, wrap_azimuth_deg
from geobfdt.errors import InputError, InputWarning

Floats = NDArray[np.float64]

NO_HIGH_SIDE_DEG = 0.5
"""Within so much of the vertical no tool tells where the high side is: its bearing is noise."""


@dataclass(frozen=True)
class Collar:
    """Where depth 0 along a hole lies: at the surface, or where else its depths count from, as the kelly bushing.

    easting_m, northing_m, elevation_m   metres in the grid of the user's map, elevations upwards

    Raises :class:`InputError` on what is no number.
    """

    easting_m: float
    northing_m: float
    elevation_m: float

    def __post_init__(self) -> None:
        if not np.isfinite([self.easting_m, self.northing_m, self.elevation_m]).all():
            raise InputError(f"collar: easting, northing and elevation must be numbers of metres, found {self}")


@dataclass(frozen=True, eq=False)
class Survey:
    """Stations of a hole, at least one; between two of them it follows an arc of least curvature.

    depth_m        (n,) metres along hole, strictly increasing
    deviation_deg  (n,) from the vertical, [0, 180]: 0 straight down, 90 horizontal, more in a hole that goes up
    azimuth_deg    (n,) of the hole from north, [0, 360)

    Raises :class:`InputError` on values outside those ranges. One station stands for a straight hole of any length.
    """

    depth_m: Floats
    deviation_deg: Floats
    azimuth_deg: Floats

    def __post_init__(self) -> None:
        for name in ("depth_m", "deviation_deg", "azimuth_deg"):
            values = np.atleast_1d(np.asarray(getattr(self, name), np.float64))
            object.__setattr__(self, name, values)
            if values.shape != self.depth_m.shape:
                raise InputError(f"survey: {len(values)} values of {name} for {len(self.depth_m)} depths")
            if not np.isfinite(values).all():
                raise InputError(f"survey: station {int(np.argmin(np.isfinite(values))) + 1} has no {name}")
        if not len(self.depth_m):
            raise InputError("survey: holds no station")
        if not (np.diff(self.depth_m) > 0).all():
            station = int(np.argmin(np.diff(self.depth_m) > 0)) + 2
            raise InputError(
                f"survey: depths must increase, but station {station} lies at {self.depth_m[station - 1]:g} m"
            )
        within = (self.deviation_deg >= 0) & (self.deviation_deg <= 180)
        if not within.all():
            station = int(np.argmin(within))
            raise InputError(
                f"survey: station {station + 1} deviates {self.deviation_deg[station]:g} degrees from the vertical; "
                "it must be 0 to 180"
            )
        object.__setattr__(self, "azimuth_deg", wrap_azimuth_deg(self.azimuth_deg))

    def at(self, depth_m: ArrayLike) -> tuple[Floats, Floats]:
        """(deviation_deg, azimuth_deg) of the hole at depths (m,), as at its ends beyond them.

        Along an arc of least curvature the direction turns evenly from that of one station to that of the next.
        """
        depth = np.atleast_1d(np.asarray(depth_m, np.float64))
        directions = self._directions()
        if len(directions) == 1:
            towards = np.broadcast_to(directions, (len(depth), 3))
        else:
            below = np.clip(np.searchsorted(self.depth_m, depth, side="right"), 1, len(self.depth_m) - 1)
            top, base = directions[below - 1], directions[below]
            share = (depth - self.depth_m[below - 1]) / (self.depth_m[below] - self.depth_m[below - 1])
            share = np.clip(share, 0.0, 1.0)[:, None]
            turn = np.arctan2(np.linalg.norm(np.cross(top, base), axis=1), (top * base).sum(1))[:, None]
            bent = turn > 1e-9
            sine = np.sin(np.where(bent, turn, 1.0))
            first = np.where(bent, np.sin((1 - share) * turn) / sine, 1 - share)
            second = np.where(bent, np.sin(share * turn) / sine, share)
            towards = first * top + second * base
        north, east, down = towards.T
        deviation = np.degrees(np.arctan2(np.hypot(north, east), down))
        return deviation, wrap_azimuth_deg(np.degrees(np.arctan2(east, north)))

    def _directions(self) -> Floats:
        """Unit vectors (north, east, down) along the hole, (n, 3)."""
        deviation, azimuth = np.radians(self.deviation_deg), np.radians(self.azimuth_deg)
        level = np.sin(deviation)
        return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), np.cos(deviation)], axis=1)

    def true_vertical_depth_m(self, depth_m: ArrayLike) -> Floats:
        """Metres below the first station of depths (m,) along hole, by the minimum curvature method (wellpathpy)."""
        return self._from_first_station(depth_m)[:, 2]

    def positions(self, depth_m: ArrayLike, collar: Collar) -> tuple[Floats, Floats, Floats]:
        """(x, y, z) of depths (m,) along hole, each (m,): metres east, north and up in the grid of the collar, by the
        minimum curvature method (wellpathpy).

        Beyond its first and last stations the hole is straight, up to the collar at depth 0 too. Lengths are those in
        the ground: the scale of a map projection is not applied, and azimuths are taken to count from the grid's north.
        """
        depth = np.atleast_1d(np.asarray(depth_m, np.float64))
        placed = self._from_first_station(np.concatenate([[0.0], depth]))
        north, east, down = (placed[1:] - placed[0]).T
        return collar.easting_m + east, collar.northing_m + north, collar.elevation_m - down

    def _from_first_station(self, depth_m: ArrayLike) -> Floats:
        """Metres north, east and down of the first station of depths (m,) along hole, (m, 3)."""
        from wellpathpy import deviation

        depth = np.atleast_1d(np.asarray(depth_m, np.float64))
        if len(self.depth_m) == 1:
            return np.asarray((depth - self.depth_m[0])[:, None] * self._directions())
        asked = np.concatenate([self.depth_m[:1], depth])
        # Every depth as a station of its own: wellpathpy's resampling is lost where stations differ by 1e-9 degrees.
        along = np.unique(np.concatenate([self.depth_m, asked]))
        path = deviation(along - along[0], *self.at(along)).minimum_curvature()
        placed = np.stack([path.northing, path.easting, path.depth], axis=1)[np.searchsorted(along, asked)]
        return np.asarray(placed[1:] - placed[0])


def with_true_dips(picks: Picks, survey: Survey, reference: Reference) -> Picks:
    """The same picks with true dips and azimuths, from what the image shows and which way the hole runs, and with that.

    ``reference`` is what the azimuths of the picks count from. Those from north are first turned by the bearing of the
    high side, which is the azimuth of the hole. Raises :class:`InputError` where they count from the high side of a
    hole that is vertical there and has none.
    """
    _tell_beyond(picks, survey)
    deviation, azimuth = survey.at(picks.depth_m)
    apparent = np.asarray(picks.azimuth_deg)
    if reference == "high_side":
        check_high_side(picks.depth_m, deviation)
    else:
        apparent = apparent - azimuth
    dip, true_azimuth = true_from_apparent(picks.dip_deg, apparent, deviation, azimuth)
    return replace(
        picks,
        true_dip_deg=dip,
        true_azimuth_deg=wrap_azimuth_deg(true_azimuth),
        hole_deviation_deg=deviation,
        hole_azimuth_deg=azimuth,
    )


def _tell_beyond(picks: Picks, survey: Survey) -> None:
    """Warn of picks beyond the stations, where the hole is taken to run on; one station stands for a straight hole."""
    if len(survey.depth_m) == 1:
        return
    for beyond, where, station in (
        (picks.depth_m < survey.depth_m[0], "above the first", survey.depth_m[0]),
        (picks.depth_m > survey.depth_m[-1], "below the last", survey.depth_m[-1]),
    ):
        if beyond.any():
            warnings.warn(
                f"survey: {beyond.sum()} of {len(picks)} picks lie {where} station, at {station:g} m, up to "
                f"{np.abs(picks.depth_m - station)[beyond].max():.2f} m off; the hole is taken to run on as "
                "it does there",
                InputWarning,
                stacklevel=3,
            )


def check_high_side(depth_m: Floats, deviation_deg: Floats) -> None:
    """Raise :class:`InputError` where a hole (m,) is vertical, which has no high side; NaN where that is not known."""
    upright = np.minimum(deviation_deg, 180 - deviation_deg) < NO_HIGH_SIDE_DEG
    if upright.any():
        raise InputError(
            f"the hole is vertical at {depth_m[int(np.argmax(upright))]:.2f} m and has no high side there; "
            "azimuths that count from it say nothing about north: export the image against north"
        )
