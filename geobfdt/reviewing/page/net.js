/**
 * The lower hemisphere on a sheet: equal-area (Schmidt) projection of poles and planes onto a disc of radius 1, x to
 * the right (east), y up (north). Angles are degrees.
 */

import { planeOfPole, pole } from "./orientation.js";

const RADIANS = Math.PI / 180;

/** [x, y] on the disc of a direction [north, east, down] that points down or is level. */
export function project([north, east, down]) {
  const level = Math.hypot(north, east);
  if (level === 0) return [0, 0];
  // sqrt(2) sin(theta / 2), theta from the vertical: equal areas of the hemisphere have equal areas on the sheet.
  const radius = Math.sqrt(Math.max(0, 1 - down / Math.hypot(level, down)));
  return [(radius * east) / level, (radius * north) / level];
}

/** The direction [north, east, down] at a place of the disc, or null beyond its rim. */
export function unproject([x, y]) {
  const radius = Math.hypot(x, y);
  if (radius > 1) return null;
  const down = 1 - radius * radius;
  const level = Math.sqrt(Math.max(0, 1 - down * down));
  return radius === 0 ? [0, 0, 1] : [(level * y) / radius, (level * x) / radius, down];
}

/** [x, y] of the pole of a plane. */
export function polePoint(dip_deg, azimuth_deg) {
  return project(pole(dip_deg, azimuth_deg));
}

/** {dip_deg, azimuth_deg} of the plane whose pole is drawn at a place, or null beyond the rim. */
export function planeAt(point) {
  const direction = unproject(point);
  return direction && planeOfPole(direction);
}

/** The great circle of a plane as points on the disc, from one end of its strike to the other. */
export function planeArc(dip_deg, azimuth_deg, steps = 60) {
  const [dip, azimuth] = [dip_deg * RADIANS, azimuth_deg * RADIANS];
  const strike = [Math.sin(azimuth), -Math.cos(azimuth), 0];
  const down = [Math.cos(dip) * Math.cos(azimuth), Math.cos(dip) * Math.sin(azimuth), Math.sin(dip)];
  return Array.from({ length: steps + 1 }, (_, step) => {
    const turn = (Math.PI * step) / steps;
    return project(strike.map((part, k) => Math.cos(turn) * part + Math.sin(turn) * down[k]));
  });
}

/** Radius on the disc of the poles of planes of one dip. */
export function dipRadius(dip_deg) {
  return Math.SQRT2 * Math.sin((dip_deg * RADIANS) / 2);
}

/** Whether a place lies inside a polygon of [x, y] corners, which closes by itself. */
export function inPolygon([x, y], corners) {
  let inside = false;
  for (let k = 0, last = corners.length - 1; k < corners.length; last = k++) {
    const [x1, y1] = corners[k];
    const [x2, y2] = corners[last];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

/**
 * The nearest other pole within 45 degrees of a way on the sheet, or null.
 *
 * @param {{id: number, point: number[]}[]} poles
 * @param {{id: number, point: number[]}} from
 * @param {number[]} way [right, up], one of them 1 or -1 and the other 0
 */
export function nextPole(poles, from, [right, up]) {
  let best = null;
  for (const one of poles) {
    if (one.id === from.id) continue;
    const [dx, dy] = [one.point[0] - from.point[0], one.point[1] - from.point[1]];
    const ahead = dx * right + dy * up;
    const aside = Math.abs(dx * up) + Math.abs(dy * right);
    if (ahead <= 0 || aside > ahead) continue;
    const away = Math.hypot(dx, dy);
    if (!best || away < best.away) best = { id: one.id, away };
  }
  return best;
}

/**
 * How many times more poles than an even spread would give lie within a small circle of 1 % of the hemisphere around
 * each node of a square lattice: Schmidt's counting (Schmidt 1925), on the sphere, so that the rim needs no rule.
 *
 * @param {number[][]} normals downward unit poles
 * @param {number} nodes nodes a side of the lattice over [-1, 1] x [-1, 1]
 * @returns {Float64Array} nodes x nodes densities, row by row from y = -1 up; NaN beyond the rim
 */
export function schmidtDensity(normals, nodes) {
  // A cap of half-angle a covers 1 - cos a of a hemisphere.
  const least = 0.99;
  const found = new Float64Array(nodes * nodes).fill(NaN);
  const even = normals.length * 0.01;
  for (let row = 0; row < nodes; row++) {
    for (let column = 0; column < nodes; column++) {
      const centre = unproject([(2 * column) / (nodes - 1) - 1, (2 * row) / (nodes - 1) - 1]);
      if (!centre) continue;
      let count = 0;
      for (const normal of normals) {
        // A pole at the rim is the same as its opposite, hence the absolute value.
        const cosine = centre[0] * normal[0] + centre[1] * normal[1] + centre[2] * normal[2];
        if (Math.abs(cosine) >= least) count++;
      }
      found[row * nodes + column] = even ? count / even : 0;
    }
  }
  return found;
}
