/** What of the log view stands still while a hand moves: images, curves, traces, tadpoles, what is reviewed. */

import { AXIS } from "./columns.js";
import { drawLayerTrace, drawMark, drawTrace, MARKED, yOf } from "./drawing.js";
import { traceDepth } from "./plane.js";
import { colours } from "./theme.js";
import * as tracks from "./tracks.js";

/** Above this many traces in a view rims and ticks are left out: they would only fill the gaps. */
const PLAIN_FROM = 160;
/** What a comparison calls the picks under review. */
const REVIEW = "review";
const CURVE_COLOURS = ["good", "accent", "fracture", "faint"];

/** Draw the lower canvas. @param {import("./logview.js").LogView} view */
export function drawBase(context, view) {
  const { ground, panel, line } = colours();
  context.fillStyle = panel;
  context.fillRect(0, 0, view.width, view.height);
  context.fillStyle = ground;
  context.fillRect(0, 0, view.width, AXIS);
  const rows = view.seen();
  for (const column of view.columns) {
    const space = view.space(column);
    context.fillStyle = line;
    context.fillRect(column.x + column.width, 0, 1, view.height);
    if (column.type === "ruler") drawDepths(context, view, column, space);
    else if (column.type === "curve") drawCurve(context, view, column, space);
    else if (column.type === "image") drawImage(context, view, column, space, rows);
    else drawMarkers(context, view, column, space, rows);
  }
  context.fillStyle = line;
  context.fillRect(0, AXIS - 1, view.width, 1);
}

function drawDepths(context, view, column, space) {
  const { faint, good } = colours();
  context.save();
  context.fillStyle = good;
  context.globalAlpha = 0.85;
  for (const [top_m, base_m] of view.store.reviewed_m) {
    const top = Math.max(yOf(space, top_m), AXIS);
    const base = Math.min(yOf(space, base_m), view.height);
    if (base > top) context.fillRect(column.x, top, 5, base - top);
  }
  context.restore();
  tracks.drawRuler(context, column, space, view.store.unit_m);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = faint;
  context.textAlign = "right";
  context.fillText(view.store.depthUnit, column.x + column.width - 10, AXIS / 2);
}

function drawCurve(context, view, column, space) {
  const curve = view.store.curves[column.number];
  const place = view.curves.indexOf(column.number);
  const base_m = space.top_m + space.height * space.metres_per_pixel;
  tracks.drawGrid(context, column, space, tracks.gridOf(curve));
  const blocks = view.blocks.between(column.number, space.top_m, base_m, space.metres_per_pixel);
  tracks.drawCurve(context, column, space, curve, blocks, colours()[CURVE_COLOURS[place % CURVE_COLOURS.length]]);
}

function drawImage(context, view, column, space, rows) {
  hatch(context, column, space);
  const box = { x: column.x, y: space.y, width: column.width, height: space.height };
  view.tiles.draw(context, view.looks[column.panel], box, space, view.ratio);
  tracks.drawAxis(context, column, tracks.azimuthLabels(view.store.log));
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  if (!view.hidden && column.panel === 1) drawTraces(context, view, space, rows);
  if (!view.hidden && column.panel === 1 && rows.leftOut)
    drawNote(context, space, `${rows.leftOut.toLocaleString("en")} picks left out: zoom in`);
  if (!view.hidden && column.panel === 0) drawLayer(context, view, space);
  context.restore();
}

/** What is no image is hatched, so that it cannot be taken for a grey one. */
function hatch(context, column, space) {
  const { ground, line } = colours();
  context.save();
  context.beginPath();
  context.rect(column.x, space.y, column.width, space.height);
  context.clip();
  context.fillStyle = ground;
  context.fillRect(column.x, space.y, column.width, space.height);
  context.strokeStyle = line;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = column.x - space.height; x < column.x + column.width; x += 9) {
    context.moveTo(x, space.y + space.height);
    context.lineTo(x + space.height, space.y);
  }
  context.stroke();
  context.restore();
}

function drawTraces(context, view, space, rows) {
  const { selection } = view.store;
  const plain = rows.length > PLAIN_FROM;
  // Rejected ones lie below, accepted ones on top.
  for (const status of ["rejected", "undecided", "accepted"]) {
    for (const row of rows) {
      if (row.status !== status || selection.has(row.id)) continue;
      drawTrace(context, space, row, view.hole.at(row.depth_m), { plain });
    }
  }
  drawMarks(context, view, space, rows);
}

/** Where the review itself takes part in a comparison: which of its picks the other set missed, or has not. */
function drawMarks(context, view, space, rows) {
  const { marks } = view.store;
  if (!marks || (marks.ref !== REVIEW && marks.est !== REVIEW)) return;
  const found = new Set();
  for (const row of rows) {
    const mark = markOf(row.id, REVIEW, marks);
    if (mark === null || mark === "paired" || row.status === "rejected") continue;
    const at = traceDepth(row, view.hole.at(row.depth_m), space.first_azimuth_deg);
    drawMark(context, mark, space.x + 9, yOf(space, at));
    found.add(mark);
  }
  legend(context, space, found);
}

function drawLayer(context, view, space) {
  const { layers, layerShown, marks } = view.store;
  const layer = layers.find((one) => one.name === layerShown);
  if (!layer) return;
  const found = new Set();
  for (const row of view.inView(sortedRows(layer), space)) {
    const mark = markOf(row.id, layerShown, marks);
    if (mark) found.add(mark);
    drawLayerTrace(context, space, row, view.hole.at(row.depth_m), mark, marks?.at === row.id && mark !== "paired");
  }
  legend(context, space, found);
}

/** What a comparison made of a row of a set: missed ones are ids of the reference, false ones of the estimate. */
function markOf(id, layerName, marks) {
  if (!marks) return null;
  if (marks.ref === layerName && marks.missed.has(id)) return "missed";
  if (marks.est === layerName && marks.false.has(id)) return "false";
  return "paired";
}

/** A few words at the foot of a panel. */
function drawNote(context, space, text) {
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  const width = context.measureText(text).width + 12;
  const y = space.y + space.height - 14;
  context.fillStyle = "rgb(255 255 255 / 90%)";
  context.fillRect(space.x + (space.width - width) / 2, y - 11, width, 22);
  context.fillStyle = "#1d1c1a";
  context.fillText(text, space.x + space.width / 2, y);
}

const sorted = new WeakMap();
function sortedRows(layer) {
  if (!sorted.has(layer)) sorted.set(layer, [...layer.rows].sort((one, other) => one.depth_m - other.depth_m));
  return sorted.get(layer);
}

/** What the marks in a panel mean, at its foot. @param {Set<string>} found those that are there */
function legend(context, space, found) {
  const marks = ["missed", "false"].filter((mark) => found.has(mark));
  if (!marks.length) return;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "middle";
  const y = space.y + space.height - 14;
  context.fillStyle = "rgb(255 255 255 / 90%)";
  context.fillRect(space.x + 4, y - 11, 76 * marks.length, 22);
  marks.forEach((mark, place) => {
    drawMark(context, mark, space.x + 14 + 76 * place, y);
    context.fillStyle = MARKED[mark];
    context.fillText(mark, space.x + 24 + 76 * place, y);
  });
}

function drawMarkers(context, view, column, space, rows) {
  const tadpoles = column.type === "tadpoles";
  const thirds = [1 / 3, 2 / 3];
  tracks.drawGrid(context, column, space, tadpoles ? thirds : [0.5]);
  const dips = [[0, "0"], [thirds[0], "30"], [thirds[1], "60"], [1, "90"]];
  tracks.drawAxis(context, column, tadpoles ? dips : [[0, "0"], [1, "1"]]);
  context.save();
  context.beginPath();
  context.rect(column.x, space.y, column.width, space.height);
  context.clip();
  if (!view.hidden) {
    for (const row of rows) {
      const emphasis = view.store.selection.has(row.id);
      if (tadpoles) tracks.drawTadpole(context, column, space, view.shape(row), view.trueDips, emphasis);
      else tracks.drawConfidence(context, column, space, row, emphasis);
    }
  }
  context.restore();
}
