/**
 * Petals of a rose diagram: counts of azimuths in sectors, drawn so that areas, not radii, count planes; as in the
 * report, clockwise from the top. Angles are degrees.
 */

import { turned } from "./orientation.js";

/** Degrees a petal. */
export const SECTOR_DEG = 10;

/** Counts by sector of azimuths in degrees: sector k holds k * SECTOR_DEG up to, not with, (k + 1) * SECTOR_DEG. */
export function sectorCounts(azimuths_deg) {
  const counts = new Array(360 / SECTOR_DEG).fill(0);
  for (const azimuth of azimuths_deg) counts[sectorOf(azimuth)]++;
  return counts;
}

/** Which sector an azimuth falls into. */
export function sectorOf(azimuth_deg) {
  return Math.min(360 / SECTOR_DEG - 1, Math.floor(turned(azimuth_deg) / SECTOR_DEG));
}

/** Both ends of the strike of a plane by its dip direction, degrees in [0, 360). */
export function strikesOf(azimuth_deg) {
  return [turned(azimuth_deg - 90), turned(azimuth_deg + 90)];
}

/**
 * Radii of the petals of several layers, stacked outwards, in a disc of radius 1.
 *
 * @param {number[][]} layers counts by sector, a layer a kind of pick
 * @returns {{inner: number, outer: number}[][]} layers of radii by sector; the largest sector reaches 1
 */
export function petals(layers) {
  const sectors = 360 / SECTOR_DEG;
  const below = new Array(sectors).fill(0);
  const totals = below.map((_, sector) => layers.reduce((sum, counts) => sum + counts[sector], 0));
  const most = Math.max(1, ...totals);
  return layers.map((counts) =>
    counts.map((count, sector) => {
      const inner = Math.sqrt(below[sector] / most);
      below[sector] += count;
      return { inner, outer: Math.sqrt(below[sector] / most) };
    }),
  );
}
