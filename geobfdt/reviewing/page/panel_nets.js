/** Orientations: the stereonet and the rose of what the filter shows, brushes on both, and the sets made by them. */

import { button, choice, el, tick } from "./dom.js";
import { passes } from "./filter.js";
import { KINDS, counted, kindOf, orientationOf, orientationWords, setColour, setNames } from "./kinds.js";
import { polePoint } from "./net.js";
import { DENSITY_LEVELS } from "./net_draw.js";
import { rangesForm } from "./net_ranges.js";
import { mountNet } from "./net_view.js";
import { mountRose } from "./rose_view.js";
import { mountSets } from "./sets.js";
import { colours } from "./theme.js";

const DENSITY_TITLE =
  `Shades: ${DENSITY_LEVELS.join(", ")} times an even spread,` + " by Schmidt's circles of 1 % of the hemisphere";

export function mount(element, store) {
  const state = { poles: null, sets: [], left: 0, colourBy: "kind", density: false, strikes: false };
  const given = givenOf(state, store);
  const net = mountNet(store, given);
  const rose = mountRose(store, given);
  const words = el("p", { id: "nets-words", class: "hint" });
  const drop = button("brush-clear", "drop the brush", () => brush([], false, store));
  const redraw = () => {
    words.textContent = wordsOf(state, store, given);
    drop.hidden = store.filter.brush === null;
    net.draw();
    rose.draw();
  };
  const tools = toolsOf(state, redraw);
  const sets = el("div", { role: "group", "aria-label": "sets" });
  const netPart = [words, tools.ofNet, net.canvas, tools.legend, net.says, el("div", { class: "buttons" }, drop)];
  const rosePart = [tools.ofRose, rose.canvas, rose.says, rangesForm(store, given)];
  element.append(...netPart, ...rosePart, el("h3", {}, "Sets"), sets);
  mountSets(sets, store);
  const changed = () => {
    state.poles = null;
    if (store.log) redraw();
  };
  for (const event of ["ready", "rows", "filter"]) store.on(event, changed);
  for (const event of ["selection", "unit"]) store.on(event, () => store.log && redraw());
  changed();
}

/** What the net and the rose draw, and what they do with a brush. */
function givenOf(state, store) {
  const northUp = () => store.log.has_true_dips || store.log.reference === "north";
  return {
    poles: () => polesOf(state, store),
    colourOf: (one) => colourOf(one, state),
    ends: () => (northUp() ? ["N", "E", "S", "W"] : ["HS", "90", "180", "270"]),
    density: () => state.density,
    colouring: () => state.colourBy,
    strikes: () => state.strikes,
    brush: (ids, add) => brush(ids, add, store),
  };
}

/** What can be chosen about the net and the rose, and the legend of both. */
function toolsOf(state, changed) {
  const byWhat = [
    ["kind", "kind"],
    ["set", "set"],
  ];
  const colouring = choice("net-colours", "colours", byWhat, (event) => {
    state.colourBy = event.target.value;
    changed();
  });
  const shade = (event) => {
    state.density = event.target.checked;
    changed();
  };
  const density = tick("net-density", "Schmidt density", shade, { title: DENSITY_TITLE });
  const ofWhat = [
    ["dips", "dip directions"],
    ["strikes", "strikes"],
  ];
  const rose = choice("rose-of", "rose of", ofWhat, (event) => {
    state.strikes = event.target.value === "strikes";
    changed();
  });
  const signs = KINDS.map(({ kind, sign, text }) => [el("span", { class: `sign ${kind}` }, sign), ` ${text}`]);
  return {
    ofNet: el("div", { class: "net-tools" }, colouring.row, density.row),
    ofRose: rose.row,
    legend: el("p", { class: "legend" }, ...signs.map((parts) => el("span", {}, ...parts))),
  };
}

/**
 * The poles to draw: of what the filter would show without its brush, so that a brush can be widened. Rejected picks
 * are no planes, and are left out.
 */
function polesOf(state, store) {
  if (state.poles) return state.poles;
  const filter = { ...store.filter, brush: null };
  const rows = store.sorted().filter((row) => row.status !== "rejected" && passes(row, filter));
  const poles = [];
  for (const row of rows) {
    const plane = orientationOf(row, store.log);
    if (plane) poles.push({ id: row.id, row, plane, point: polePoint(plane.dip_deg, plane.azimuth_deg) });
  }
  state.left = rows.length - poles.length;
  state.sets = setNames(store.rows.values());
  state.poles = poles;
  return poles;
}

function colourOf(one, state) {
  if (state.colourBy === "kind") return colours()[kindOf(one.row.kind).colour];
  const place = state.sets.indexOf(one.row.set);
  return place < 0 ? colours().faint : setColour(place);
}

function wordsOf(state, store, given) {
  const poles = given.poles();
  const left = state.left ? `; ${state.left} without a true dip left out` : "";
  const rejected = store.counts().rejected ? "; no rejected" : "";
  return `${counted(poles.length, "pole")}: ${orientationWords(store.log)}${rejected}${left}`;
}

/** Select what was brushed and show it alone on the log; an empty brush shows all again. */
function brush(ids, add, store) {
  const chosen = new Set(add ? [...(store.filter.brush ?? store.selection), ...ids] : ids);
  store.select([...chosen], { current: chosen.has(store.current) ? store.current : (ids[0] ?? null) });
  store.setFilter({ brush: chosen.size ? chosen : null });
}
