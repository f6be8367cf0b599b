/** Which picks are in view, and which of them a pointer would take hold of. */

import { AXIS } from "./columns.js";
import { azimuthAt, GRASP, handlesAt, inView, yOf } from "./drawing.js";
import { reach, traceDepth } from "./plane.js";
import { confidenceAt, tadpoleAt } from "./tracks.js";

/** More picks than this in view are thinned to the most confident of every few pixels' depth, lest they hide the rock. */
const MOST_DRAWN = 300;
const APART = 4;
/** How near the pointer must be to a curve, and to a marker, in pixels. */
const NEAR = 6;
const NEAR_MARKER = 9;

/**
 * The rows of a list sorted by depth whose traces are in a space. Where they are more than can be seen they are
 * thinned, and the list's `leftOut` says by how many.
 *
 * @param {object[]} rows sorted by depth
 * @param {object} space as drawing.js has it
 * @param {import("./hole.js").Hole} hole
 */
export function rowsInView(rows, space, hole) {
  const base_m = space.top_m + space.height * space.metres_per_pixel;
  const furthest = furthestReach(rows, hole.diameter_m);
  const found = [];
  for (let k = lowerBound(rows, space.top_m - furthest); k < rows.length; k += 1) {
    if (rows[k].depth_m > base_m + furthest) break;
    if (inView(space, rows[k], hole.at(rows[k].depth_m))) found.push(rows[k]);
  }
  if (found.length <= MOST_DRAWN) return found;
  const kept = thinned(found, APART * space.metres_per_pixel);
  kept.leftOut = found.length - kept.length;
  return kept;
}

let reached = { rows: null, metres: 0 };
/** How far the steepest of these rows reaches; remembered for the list it was computed of. Half again for washouts. */
function furthestReach(rows, diameter_m) {
  if (reached.rows !== rows) {
    const hole = { radius_m: diameter_m / 2, c: 0, s: 0 };
    const metres = rows.reduce((most, row) => Math.max(most, reach(row, hole)), 0);
    reached = { rows, metres: 1.5 * metres };
  }
  return reached.metres;
}

/** Index of the first row at or below a depth. */
function lowerBound(rows, depth_m) {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].depth_m < depth_m) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most confident row of every interval of so many metres. */
function thinned(rows, apart_m) {
  const best = new Map();
  for (const row of rows) {
    const place = Math.floor(row.depth_m / apart_m);
    const other = best.get(place);
    if (!other || (row.confidence ?? 1) > (other.confidence ?? 1)) best.set(place, row);
  }
  return [...best.values()];
}

/**
 * What a pointer would take hold of at a pixel of the canvas: {id, part: "trough"|"body"|"marker"}, or null.
 *
 * @param {import("./logview.js").LogView} view
 */
export function hit(view, x, y) {
  const { column } = view.at(x, y);
  if (view.hidden || y < AXIS || !column) return null;
  if (column.type === "tadpoles" || column.type === "confidence") return hitMarker(view, column, x, y);
  return column.panel === 1 ? (hitHandle(view, x, y) ?? hitTrace(view, x, y)) : null;
}

function hitHandle(view, x, y) {
  const current = view.store.rows.get(view.store.current);
  if (!current) return null;
  const space = view.space();
  const places = handlesAt(space, current, view.hole.at(current.depth_m));
  const near = places.some(([left, top]) => Math.hypot(left - x, top - y) <= GRASP);
  return near ? { id: current.id, part: "trough" } : null;
}

function hitTrace(view, x, y) {
  const space = view.space();
  const azimuth_deg = azimuthAt(space, x);
  const pixel_deg = 360 / space.width;
  let best = null;
  let nearest = NEAR;
  for (const row of view.seen()) {
    const hole = view.hole.at(row.depth_m);
    const at = yOf(space, traceDepth(row, hole, azimuth_deg));
    const next = yOf(space, traceDepth(row, hole, azimuth_deg + pixel_deg));
    // Distance square to the curve: on the flank of a steep one a pixel beside is many pixels above.
    const away = Math.abs(at - y) / Math.hypot(1, next - at) - (row.id === view.store.current ? 1.5 : 0);
    if (away < nearest) [best, nearest] = [row, away];
  }
  return best && { id: best.id, part: "body" };
}

function hitMarker(view, column, x, y) {
  const space = view.space();
  let best = null;
  let nearest = NEAR_MARKER;
  for (const row of view.seen()) {
    const isTadpole = column.type === "tadpoles";
    const at = isTadpole ? tadpoleAt(column, space, row, view.trueDips) : confidenceAt(column, space, row);
    const away = at ? Math.hypot(at.x - x, at.y - y) : Infinity;
    if (away < nearest) [best, nearest] = [row, away];
  }
  return best && { id: best.id, part: "marker" };
}
