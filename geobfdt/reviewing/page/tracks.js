/** The tracks beside the images: depth ruler, curves of the file, tadpoles and confidence, each with its scale. */

import { AXIS, azimuthTicks, brief, depthTicks } from "./columns.js";
import { lookOf } from "./drawing.js";
import { colours, KINDS } from "./theme.js";

/** Bins of a curve asked for at once, and answers kept. */
const BINS = 256;
const KEPT = 240;
const FONT = "11px system-ui, 'DejaVu Sans', sans-serif";
const TAIL = 11;

/** Envelopes of curves, fetched by blocks of bins that are about as high as a pixel, like the tiles of the image. */
export class CurveBlocks {
  /**
   * @param {{row_step_m, top_m, base_m}} log
   * @param {(number: number, top_m: number, base_m: number, points: number) => Promise<object>} fetchCurve
   * @param {() => void} changed called when a block has come
   */
  constructor(log, fetchCurve, changed) {
    this.log = log;
    this._fetch = fetchCurve;
    this._changed = changed;
    this._kept = new Map();
  }

  /** Blocks {depth_m, least, most} of a curve that are here already for an interval; the others are asked for. */
  between(number, top_m, base_m, metres_per_pixel) {
    const level = Math.max(Math.round(Math.log2(metres_per_pixel / this.log.row_step_m)), 0);
    const height_m = BINS * this.log.row_step_m * 2 ** level;
    const from_m = Math.max(top_m, this.log.top_m) - this.log.top_m;
    const to_m = Math.min(base_m, this.log.base_m) - this.log.top_m;
    const found = [];
    for (let index = Math.max(Math.floor(from_m / height_m), 0); index * height_m <= to_m; index += 1) {
      const block = this._block(number, level, index, height_m);
      if (block) found.push(block);
    }
    return found;
  }

  _block(number, level, index, height_m) {
    const name = `${number}/${level}/${index}`;
    if (this._kept.has(name)) {
      const block = this._kept.get(name);
      this._kept.delete(name);
      this._kept.set(name, block);
      return block;
    }
    this._kept.set(name, null);
    if (this._kept.size > KEPT) this._kept.delete(this._kept.keys().next().value);
    const top_m = this.log.top_m + index * height_m;
    this._fetch(number, top_m, top_m + height_m, BINS).then(
      (block) => {
        this._kept.set(name, block);
        this._changed();
      },
      () => setTimeout(() => this._kept.delete(name), 3000), // and is asked for again
    );
    return null;
  }
}

/** Depth ruler: labels at round figures of the shown unit; the ticks' depths are returned for the grid. */
export function drawRuler(context, column, space, unit_m) {
  const { ink, faint, line } = colours();
  const base_m = space.top_m + space.height * space.metres_per_pixel;
  const ticks = depthTicks(space.top_m, base_m, space.metres_per_pixel, unit_m);
  const right = column.x + column.width;
  context.font = FONT;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { depth_m, label } of ticks) {
    const y = Math.round(space.y + (depth_m - space.top_m) / space.metres_per_pixel) + 0.5;
    context.strokeStyle = label ? faint : line;
    context.beginPath();
    context.moveTo(right - (label ? 8 : 4), y);
    context.lineTo(right, y);
    context.stroke();
    context.fillStyle = ink;
    // A label at the edge is left out rather than cut in half.
    if (label && y > space.y + 7 && y < space.y + space.height - 7) context.fillText(label, right - 10, y);
  }
  return ticks;
}

/** A curve with the envelope of its values in every bin, and its scale above. */
export function drawCurve(context, column, space, curve, blocks, colour) {
  const { low, high, logarithmic } = scaleOf(curve);
  const share = (value) =>
    logarithmic ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low || 1);
  const x = (value) => column.x + 1 + share(value) * (column.width - 2);
  const y = (depth_m) => space.y + (depth_m - space.top_m) / space.metres_per_pixel;
  context.save();
  context.beginPath();
  context.rect(column.x, space.y, column.width, space.height);
  context.clip();
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 1.3;
  for (const run of runsOf(blocks)) {
    envelope(context, run, x, y);
    context.beginPath();
    for (const [depth_m, least, most] of run) context.lineTo(x((least + most) / 2), y(depth_m));
    context.stroke();
  }
  context.restore();
  axisEnds(context, column, brief(low, logarithmic ? low : high - low), brief(high, high - low), curve.unit);
}

/** Pieces of a curve without gaps: lists of [depth_m, least, most]. */
function runsOf(blocks) {
  const runs = [[]];
  for (const { depth_m, least, most } of blocks) {
    for (let k = 0; k < depth_m.length; k += 1) {
      if (least[k] !== null && most[k] !== null) runs.at(-1).push([depth_m[k], least[k], most[k]]);
      else if (runs.at(-1).length) runs.push([]);
    }
  }
  return runs.filter((run) => run.length);
}

/** The band between the least and the most of every bin. */
function envelope(context, run, x, y) {
  context.beginPath();
  for (const [depth_m, least] of run) context.lineTo(x(least), y(depth_m));
  for (const [depth_m, , most] of [...run].reverse()) context.lineTo(x(most), y(depth_m));
  context.closePath();
  context.globalAlpha = 0.3;
  context.fill();
  context.globalAlpha = 1;
}

/**
 * What a track spans: what the curve spans, let out to figures that read well; resistivity by logarithms, from 0.2 to
 * 2,000 ohm m as on every log.
 *
 * @returns {{low: number, high: number, logarithmic: boolean}}
 */
export function scaleOf({ least, most, unit }) {
  if (/^ohm/i.test(unit ?? "")) return { low: 0.2, high: 2000, logarithmic: true };
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { low: 0, high: 1, logarithmic: false };
  const span = most - least || Math.abs(most) || 1;
  const step = 10 ** Math.floor(Math.log10(span)) / 2;
  const low = Math.floor(least / step + 1e-6) * step;
  return { low, high: Math.ceil(most / step - 1e-6) * step, logarithmic: false };
}

/** Places between 0 and 1 of the lines of a curve's grid: decades, or quarters. */
export const gridOf = (curve) =>
  scaleOf(curve).logarithmic ? [1, 10, 100, 1000].map((at) => Math.log10(at / 0.2) / 4) : [0.25, 0.5, 0.75];

function axisEnds(context, column, left, right, unit) {
  const { faint } = colours();
  context.font = FONT;
  context.fillStyle = faint;
  context.textBaseline = "middle";
  const y = AXIS / 2;
  context.textAlign = "left";
  context.fillText(left, column.x + 3, y);
  context.textAlign = "right";
  context.fillText(right, column.x + column.width - 3, y);
  const room = column.width - context.measureText(left).width - context.measureText(right).width - 14;
  if (!unit || context.measureText(unit).width > room) return;
  context.textAlign = "center";
  context.fillText(unit, column.x + column.width / 2, y);
}

/** Labels above a column at places between 0 and 1 of its width; those at the ends stay inside. */
export function drawAxis(context, column, labels) {
  const { ink, faint } = colours();
  context.font = FONT;
  context.textBaseline = "middle";
  for (const [place, label] of labels) {
    const x = column.x + place * column.width;
    context.strokeStyle = faint;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(Math.min(Math.max(x, column.x + 0.5), column.x + column.width - 0.5), AXIS - 4);
    context.lineTo(Math.min(Math.max(x, column.x + 0.5), column.x + column.width - 0.5), AXIS);
    context.stroke();
    context.textAlign = place < 0.02 ? "left" : place > 0.98 ? "right" : "center";
    context.fillStyle = ink;
    context.fillText(label, x + (place < 0.02 ? 2 : place > 0.98 ? -2 : 0), AXIS / 2 - 1);
  }
}

/** Azimuths above an image, at the places where they are seen. */
export const azimuthLabels = (log) =>
  azimuthTicks(log).map(([azimuth_deg, label]) => [(azimuth_deg - log.first_azimuth_deg) / 360, label]);

/** Lines of a track's grid, at places between 0 and 1. */
export function drawGrid(context, column, space, places) {
  context.strokeStyle = colours().line;
  context.lineWidth = 1;
  context.beginPath();
  for (const place of places) {
    const x = Math.round(column.x + place * column.width) + 0.5;
    context.moveTo(x, space.y);
    context.lineTo(x, space.y + space.height);
  }
  context.stroke();
}

/** Where a pick's tadpole has its head: dip across, depth down. @param {boolean} isTrue of true dips */
export function tadpoleAt(column, space, row, isTrue) {
  const dip_deg = isTrue ? row.true_dip_deg : row.dip_deg;
  if (dip_deg === null || dip_deg === undefined) return null;
  return { x: column.x + (dip_deg / 90) * column.width, y: space.y + (row.depth_m - space.top_m) / space.metres_per_pixel };
}

/** Tadpoles: the head at the dip, the tail towards the azimuth with the reference upwards. */
export function drawTadpole(context, column, space, row, isTrue, emphasis) {
  const at = tadpoleAt(column, space, row, isTrue);
  if (!at) return;
  const azimuth = ((isTrue ? row.true_azimuth_deg : row.azimuth_deg) * Math.PI) / 180;
  prepare(context, row, emphasis);
  context.lineWidth = emphasis ? 2.6 : 1.5;
  context.beginPath();
  context.moveTo(at.x, at.y);
  context.lineTo(at.x + TAIL * Math.sin(azimuth), at.y - TAIL * Math.cos(azimuth));
  context.stroke();
  marker(context, row, at.x, at.y, emphasis ? 5 : 3.4);
  context.globalAlpha = 1;
}

/** Where a pick stands in the confidence track; one drawn by hand has none and stands at the right edge. */
export const confidenceAt = (column, space, row) => ({
  x: column.x + 6 + (row.confidence ?? 1) * (column.width - 12),
  y: space.y + (row.depth_m - space.top_m) / space.metres_per_pixel,
});

export function drawConfidence(context, column, space, row, emphasis) {
  const at = confidenceAt(column, space, row);
  prepare(context, row, emphasis);
  context.lineWidth = 1;
  if (row.confidence === null) context.globalAlpha *= 0.35;
  context.beginPath();
  context.moveTo(column.x, at.y);
  context.lineTo(at.x, at.y);
  context.stroke();
  marker(context, row, at.x, at.y, emphasis ? 5 : 3.2);
  context.globalAlpha = 1;
}

function prepare(context, row, emphasis) {
  const palette = colours();
  context.setLineDash([]);
  context.strokeStyle = context.fillStyle = row.status === "rejected" ? palette.faint : palette[row.kind];
  context.globalAlpha = emphasis ? 1 : row.status === "rejected" ? 0.5 : lookOf(row).alpha;
}

/** The kind's marker; hollow where the pick is rejected. */
function marker(context, { kind, status }, x, y, size) {
  context.beginPath();
  if (KINDS[kind]?.marker === "diamond") {
    context.moveTo(x, y - size * 1.25);
    context.lineTo(x + size * 1.25, y);
    context.lineTo(x, y + size * 1.25);
    context.lineTo(x - size * 1.25, y);
    context.closePath();
  } else if (KINDS[kind]?.marker === "square") context.rect(x - size * 0.9, y - size * 0.9, size * 1.8, size * 1.8);
  else context.arc(x, y, size, 0, 2 * Math.PI);
  if (status !== "rejected") context.fill();
  context.lineWidth = 1.2;
  context.stroke();
}
