/** The stereonet: poles of the picks that the filter shows, a lasso that selects them, keys that walk them. */

import { el, oncePerFrame } from "./dom.js";
import { KINDS, counted, figure } from "./kinds.js";
import { inPolygon, nextPole } from "./net.js";
import {
  densityOf,
  dipRings,
  drawDensity,
  drawGrid,
  drawLasso,
  drawPlane,
  drawPoles,
  drawRing,
  drawRingNames,
  place,
  sheet,
} from "./net_draw.js";
import { fisherMean } from "./orientation.js";
import { colours, onTheme } from "./theme.js";

/** Pixels that a press may move and still be a click, and within which it finds a pole. */
const CLICK_PX = 4;
const REACH_PX = 9;

/**
 * @param {{poles: () => object[], colourOf: (pole) => string, ends: () => string[], density: () => boolean,
 *   colouring: () => string, brush: (ids: number[], add: boolean) => void}} given poles as {id, row, plane, point}
 * @returns {{canvas, says, draw}}
 */
export function mountNet(store, given) {
  const canvas = el("canvas", {
    id: "net",
    class: "net",
    tabindex: "0",
    role: "application",
    "aria-label":
      "stereonet of poles, lower hemisphere, equal area: arrows step from pole to pole, Enter selects, " +
      "drag round poles to brush",
  });
  const says = el("p", { id: "net-says", class: "says", "aria-live": "polite" });
  const state = { on: null, at: null, lasso: null, ground: null, density: { poles: null, values: null } };
  const draw = oncePerFrame(() => {
    state.on = store.log ? sheet(canvas, given.ends()) : null;
    if (state.on) drawNet(state, store, given);
    if (store.log) says.textContent = spoken(state, store, given);
  });
  listenToPointer(canvas, state, given, draw, store);
  canvas.addEventListener("keydown", (event) => walked(event, state, store, given, draw));
  canvas.addEventListener("blur", () => {
    state.at = null;
    draw();
  });
  new ResizeObserver(draw).observe(canvas);
  onTheme(draw);
  return { canvas, says, draw };
}

function drawNet(state, store, given) {
  const { on } = state;
  const look = colours();
  const poles = given.poles();
  const several = store.selection.size > 1 || store.filter.brush !== null;
  on.context.clearRect(0, 0, on.size, on.size);
  on.context.drawImage(ground(state, poles, several ? 0.3 : 0.85, given), 0, 0, on.size, on.size);
  const chosen = poles.filter(({ id }) => store.selection.has(id));
  drawGroups(on, chosen, given, { half: halfOf(poles) + 1, rim: chosen.length < 400 ? look.panel : null });
  drawRingNames(on, look, [
    [dipRings()[0], "30°"],
    [dipRings()[1], "60°"],
  ]);
  const mean = meanOfSelection(poles, store);
  if (mean) drawPlane(on, mean, look.accent, mean.count > 1 ? 2 : 1.2);
  const current = poles.find(({ id }) => id === (state.at ?? store.current));
  if (current) drawRing(on, current.point, look.accent);
  if (state.lasso?.length > 1) drawLasso(on, state.lasso, look.accent);
}

/** Pixels from the middle of a mark to its side: many poles are drawn smaller. */
const halfOf = ({ length }) => (length > 4000 ? 1.8 : length > 800 ? 2.4 : 3.2);

/** The net with all its poles, kept while only the selection changes: 20,000 marks take 0.2 s to draw. */
function ground(state, poles, opacity, given) {
  const look = colours();
  const { size } = state.on;
  const key = [
    size,
    window.devicePixelRatio,
    opacity,
    given.density(),
    given.colouring(),
    look.panel,
    ...given.ends(),
  ].join(" ");
  if (state.ground?.poles === poles && state.ground.key === key) return state.ground.canvas;
  const canvas = document.createElement("canvas");
  const on = sheet(canvas, given.ends(), size);
  if (given.density()) {
    if (state.density.poles !== poles) state.density = { poles, values: densityOf(poles.map(({ plane }) => plane)) };
    drawDensity(on, state.density.values, look.accent);
  }
  drawGrid(on, look, { rings: dipRings(), ends: given.ends() });
  // Under shades the marks are there to be seen through.
  const thin = given.density() ? 0.5 : 1;
  drawGroups(on, poles, given, { half: halfOf(poles) * (thin < 1 ? 0.7 : 1), opacity: opacity * thin });
  state.ground = { poles, key, canvas };
  return canvas;
}

/** Poles by kind and colour, each group in one path. */
function drawGroups(on, poles, given, how) {
  for (const { kind, mark } of KINDS) {
    const groups = new Map();
    for (const one of poles) {
      if (one.row.kind !== kind) continue;
      const colour = given.colourOf(one);
      if (!groups.has(colour)) groups.set(colour, []);
      groups.get(colour).push(one);
    }
    for (const [colour, group] of groups) drawPoles(on, group, { ...how, colour, mark });
  }
}

const meanOfSelection = (poles, store) =>
  fisherMean(poles.filter(({ id }) => store.selection.has(id)).map(({ plane }) => plane));

/** What the net says in words: the pole under the keyboard, or the mean of what is selected. */
function spoken(state, store, given) {
  const poles = given.poles();
  const at = poles.find(({ id }) => id === state.at);
  if (at) return `${at.row.kind}, ${store.fmtDepth(at.row.depth_m)} ${store.depthUnit}: ${planeWords(at.plane)}`;
  const mean = meanOfSelection(poles, store);
  if (!mean) return `${counted(poles.length, "pole")}; nothing selected`;
  const plane = planeWords(mean);
  if (mean.count === 1) return `selected plane ${plane}`;
  return `mean of ${mean.count} selected: ${plane}, 95 % cone ${figure(mean.alpha95_deg)}°`;
}

const planeWords = ({ dip_deg, azimuth_deg }) => `${figure(dip_deg)}° / ${figure(azimuth_deg)}°`;

function listenToPointer(canvas, state, given, draw, store) {
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return place(state.on, [event.clientX - box.left, event.clientY - box.top]);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !state.on) return;
    canvas.setPointerCapture(event.pointerId);
    state.lasso = [at(event)];
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!state.lasso) return;
    state.lasso.push(at(event));
    draw();
  });
  canvas.addEventListener("pointercancel", () => {
    state.lasso = null;
    draw();
  });
  canvas.addEventListener("pointerup", (event) => {
    if (!state.lasso) return;
    const { lasso } = state;
    state.lasso = null;
    const far = lasso.some((point) => distance(point, lasso[0]) * state.on.radius > CLICK_PX);
    if (far)
      given.brush(
        given
          .poles()
          .filter(({ point }) => inPolygon(point, lasso))
          .map(({ id }) => id),
        event.shiftKey,
      );
    else clickedAt(lasso[0], event.shiftKey, state, store, given);
    draw();
  });
}

const distance = ([x1, y1], [x2, y2]) => Math.hypot(x1 - x2, y1 - y2);

/** A click takes the pole under it; beside all poles it drops the brush. */
function clickedAt(point, add, state, store, given) {
  let nearest = null;
  for (const one of given.poles()) {
    const away = distance(one.point, point) * state.on.radius;
    if (away <= REACH_PX && (!nearest || away < nearest.away)) nearest = { id: one.id, away };
  }
  if (!nearest) given.brush([], false);
  else if (add) store.select([nearest.id], { add: true, current: nearest.id });
  else store.setCurrent(nearest.id);
}

const STEPS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** Arrows step to the nearest pole that way, Enter selects it (Shift+Enter adds it). */
function walked(event, state, store, given, draw) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const poles = given.poles();
  if (event.key in STEPS) {
    const from = poles.find(({ id }) => id === (state.at ?? store.current));
    state.at = from ? (nextPole(poles, from, STEPS[event.key])?.id ?? from.id) : (poles[0]?.id ?? null);
  } else if (event.key === "Enter" && state.at !== null) {
    if (event.shiftKey) store.select([state.at], { add: true, current: state.at });
    else store.setCurrent(state.at);
  } else return;
  event.preventDefault();
  event.stopPropagation(); // on the image the same keys move the pick itself
  draw();
}
