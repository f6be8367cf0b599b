/**
 * Drawing traces of planes over an image: by kind in colour and dash, by status in weight, by confidence in paleness.
 *
 * A *space* is one image panel on the canvas: {x, width, y, height, first_azimuth_deg, top_m, metres_per_pixel}, in CSS
 * pixels and in the depth of its upper edge.
 */

import { onSpan, reach, traceDepth, trough } from "./plane.js";
import { KINDS } from "./theme.js";

/** Opacity of a pick of confidence 0, which must not vanish on the noisiest rock. */
const PALEST = 0.45;
/** Radius of the round handle in pixels, and how near the pointer must be to take it. */
const HANDLE = 7;
export const GRASP = 11;
/** Dash of a trace where it is not seen. */
const BEYOND = [1.5, 4.5];
const WHITE = "#ffffff";
const REJECTED = "#6b6b6b";
/** Okabe and Ito's vermilion and reddish purple: apart from each other and from the kinds for every eye. */
export const MARKED = { missed: "#e0007f", false: "#5b00d6" }; // neither is found in rock, brown or grey

export const xOf = (space, azimuth_deg) => {
  const along = (((azimuth_deg - space.first_azimuth_deg) % 360) + 360) % 360;
  return space.x + (along / 360) * space.width;
};
export const yOf = (space, depth_m) => space.y + (depth_m - space.top_m) / space.metres_per_pixel;
export const azimuthAt = (space, x) => {
  const azimuth_deg = space.first_azimuth_deg + ((x - space.x) / space.width) * 360;
  return ((azimuth_deg % 360) + 360) % 360;
};
export const depthAt = (space, y) => space.top_m + (y - space.y) * space.metres_per_pixel;

/** Whether any of a plane's trace is within a space. */
export function inView(space, plane, hole) {
  const reach_m = reach(plane, hole);
  const base_m = space.top_m + space.height * space.metres_per_pixel;
  return plane.depth_m + reach_m >= space.top_m && plane.depth_m - reach_m <= base_m;
}

/** A trace from the left edge to the right one: [[x, y, azimuth_deg], ...]; flat ones need fewer points. */
function points(space, plane, hole) {
  const tall = reach(plane, hole) / space.metres_per_pixel;
  const steps = tall < 3 ? 24 : tall < 30 ? 48 : tall < 300 ? 72 : 180;
  const across = [];
  for (let k = 0; k <= steps; k += 1) {
    const azimuth_deg = space.first_azimuth_deg + (k / steps) * 360;
    across.push([space.x + (k / steps) * space.width, yOf(space, traceDepth(plane, hole, azimuth_deg)), azimuth_deg]);
  }
  return across;
}

/** Stroke what of a trace is seen (or, with `seen` false, only inferred); null span: all of it is seen. */
function stroke(context, across, span_deg, seen) {
  context.beginPath();
  let down = false;
  for (const [x, y, azimuth_deg] of across) {
    if (onSpan(azimuth_deg, span_deg) === seen) {
      if (down) context.lineTo(x, y);
      else context.moveTo(x, y);
      down = true;
    } else down = false;
  }
  context.stroke();
}

/** What a row looks like: {colour, width, dash, alpha, rim}; rim is a colour, or null for none. */
export function lookOf(row) {
  const kind = KINDS[row.kind] ?? KINDS.unknown;
  if (row.status === "rejected") return { colour: REJECTED, width: 1.2, dash: [3, 4], alpha: 0.6, rim: WHITE };
  const alpha = PALEST + (1 - PALEST) * Math.min(Math.max(row.confidence ?? 1, 0), 1);
  const accepted = row.status === "accepted";
  // Dots are mostly gaps, and read as paler than a line of their width.
  const width = (accepted ? 2.6 : 1.5) + (row.kind === "unknown" ? 0.4 : 0);
  return { colour: kind.colour, width, dash: kind.dash, alpha: accepted ? 1 : alpha, rim: kind.rim };
}

/** One line with its rim; beyond the span of a partial trace it is dotted. */
function line(context, across, span_deg, { colour, width, dash, alpha, rim }) {
  context.lineJoin = "round";
  const strokes = [{ seen: true, width, dash, alpha }];
  if (span_deg) strokes.push({ seen: false, width: Math.max(1.2, width * 0.7), dash: BEYOND, alpha: alpha * 0.9 });
  for (const one of strokes) {
    // The rim leaves the gaps of dashes open, lest they all look solid; dots need it whole to be found at all.
    const under = { ...one, width: one.width + 1.5, dash: one.seen && isDotted(one.dash) ? [] : one.dash, alpha: one.alpha * 0.6 };
    if (rim) pass(context, across, span_deg, under, rim);
    pass(context, across, span_deg, one, colour);
  }
  context.setLineDash([]);
  context.globalAlpha = 1;
}

const isDotted = ([on]) => on !== undefined && on < 3;

function pass(context, across, span_deg, { seen, width, dash, alpha }, colour) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  stroke(context, across, span_deg, seen);
}

/** The tick at the right end of an accepted trace. */
function tick(context, across, colour) {
  const [x, y] = across.at(-1);
  const mark = () => {
    context.beginPath();
    context.moveTo(x - 13, y - 4);
    context.lineTo(x - 9.5, y);
    context.lineTo(x - 3, y - 9);
    context.stroke();
  };
  context.lineCap = "round";
  context.strokeStyle = "#ffffff";
  context.lineWidth = 4.5;
  mark();
  context.strokeStyle = colour;
  context.lineWidth = 2.2;
  mark();
  context.lineCap = "butt";
}

/** A pick's trace; `plain` leaves out rims, which cost a third of the time where there are very many. */
export function drawTrace(context, space, row, hole, { plain = false } = {}) {
  const across = points(space, row, hole);
  const look = lookOf(row);
  line(context, across, row.span_deg, plain ? { ...look, rim: null } : look);
  if (row.status === "accepted" && !plain) tick(context, across, look.colour);
}

/** A selected pick: a bright rim within a dark one lifts it off any rock. */
export function drawSelected(context, space, row, hole, current) {
  const across = points(space, row, hole);
  const look = lookOf(row);
  context.setLineDash([]);
  for (const [colour, extra] of [["rgb(0 0 0 / 65%)", current ? 7 : 5], ["#fff3b0", current ? 4.6 : 3]]) {
    context.strokeStyle = colour;
    context.lineWidth = look.width + extra;
    stroke(context, across, null, true);
  }
  line(context, across, row.span_deg, { ...look, alpha: 1, rim: null, width: Math.max(look.width, 1.8) });
  if (row.status === "accepted") tick(context, across, look.colour);
}

/** Where the handle of a plane is taken, [[x, y], ...]: at the seam of the image it stands on both sides. */
export function handlesAt(space, plane, hole) {
  const at = trough(plane, hole);
  const [x, y] = [xOf(space, at.azimuth_deg), yOf(space, at.depth_m)];
  const places = [[x, y]];
  if (x - space.x < GRASP) places.push([x + space.width, y]);
  if (space.x + space.width - x < GRASP) places.push([x - space.width, y]);
  return places;
}

/** The round handle in the trough of the current pick. */
export function drawHandles(context, space, plane, hole) {
  context.lineWidth = 2;
  context.strokeStyle = "#000000";
  for (const [x, y] of handlesAt(space, plane, hole)) {
    context.fillStyle = "#ffffff";
    context.beginPath();
    context.arc(x, y, HANDLE, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fillStyle = "#000000";
    context.fill();
  }
}

/** A trace of the layer that is compared with, and what the comparison made of it: "missed", "false", "paired" or null. */
export function drawLayerTrace(context, space, row, hole, mark, current = false) {
  const across = points(space, row, hole);
  const look = lookOf({ ...row, status: "undecided" });
  if (current) line(context, across, null, { ...look, colour: "#fff3a0", dash: [], width: 9, alpha: 0.9 });
  if (!MARKED[mark]) {
    line(context, across, row.span_deg, mark === "paired" ? { ...look, alpha: look.alpha * 0.75 } : look);
    return;
  }
  line(context, across, row.span_deg, { ...look, colour: MARKED[mark], rim: WHITE, width: 2.4, alpha: 1 });
  const [x, y] = across[0];
  drawMark(context, mark, x + 9, y);
}

/** The sign of a missed pick is a ring, that of a false one a cross: told apart without colour. */
export function drawMark(context, mark, x, y) {
  context.beginPath();
  if (mark === "missed") context.arc(x, y, 5.5, 0, 2 * Math.PI);
  else {
    for (const side of [-1, 1]) {
      context.moveTo(x - 5, y - 5 * side);
      context.lineTo(x + 5, y + 5 * side);
    }
  }
  context.strokeStyle = "#ffffff";
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = MARKED[mark];
  context.lineWidth = 2.5;
  context.stroke();
}

/** What is being drawn: its points, the plane through them and its misfit. */
export function drawDraft(context, space, { points: clicked, plane, span_deg, label }, hole) {
  if (plane) {
    const across = points(space, plane, hole);
    line(context, across, span_deg, { colour: "#d4006a", width: 2.2, dash: [], alpha: 1, rim: WHITE });
    if (label) caption(context, space, xOf(space, plane.azimuth_deg), yOf(space, trough(plane, hole).depth_m), label);
  }
  for (const { azimuth_deg, depth_m } of clicked) {
    const x = xOf(space, azimuth_deg);
    const y = yOf(space, depth_m);
    for (const [colour, width] of [["#ffffff", 4], ["#d4006a", 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(x - 6, y);
      context.lineTo(x + 6, y);
      context.moveTo(x, y - 6);
      context.lineTo(x, y + 6);
      context.stroke();
    }
  }
}

/** A few words in a box beside a point, kept within the panel. */
function caption(context, space, x, y, text) {
  context.font = "12px system-ui, sans-serif";
  const width = context.measureText(text).width + 10;
  const left = Math.min(Math.max(x - width / 2, space.x + 2), space.x + space.width - width - 2);
  const top = Math.min(Math.max(y + 12, space.y + 2), space.y + space.height - 22);
  context.fillStyle = "rgb(255 255 255 / 92%)";
  context.fillRect(left, top, width, 19);
  context.fillStyle = "#8a0045";
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, left + 5, top + 10);
}
