/** Orientations: the stereonet and the rose of what the filter shows, brushes on both, and the sets made by them. */

import { button, choice, el, folding, tick } from "./dom.js";
import { number } from "./entry.js";
import { passes, withinAzimuths } from "./filter.js";
import { counted, kindOf, orientationOf, orientationWords, setColour, setNames } from "./kinds.js";
import { polePoint } from "./net.js";
import { DENSITY_LEVELS } from "./net_draw.js";
import { mountNet } from "./net_view.js";
import { mountRose } from "./rose_view.js";
import { mountSets } from "./sets.js";
import { colours } from "./theme.js";

export function mount(element, store) {
  const state = { poles: null, sets: [], left: 0, colourBy: "kind", density: false, strikes: false };
  const given = {
    poles: () => polesOf(state, store),
    colourOf: (one) => colourOf(one, state),
    ends: () => (store.log.has_true_dips || store.log.reference === "north" ? ["N", "E", "S", "W"] : ["HS", "90", "180", "270"]),
    density: () => state.density,
    strikes: () => state.strikes,
    brush: (ids, add) => brush(ids, add, store),
  };
  const net = mountNet(store, given);
  const rose = mountRose(store, given);
  const words = el("p", { id: "nets-words", class: "hint" });
  const redraw = () => {
    words.textContent = wordsOf(state, store, given);
    drop.hidden = store.filter.brush === null;
    net.draw();
    rose.draw();
  };
  const colouring = choice("net-colours", "colours by", [["kind", "kind"], ["set", "set"]], (event) => {
    state.colourBy = event.target.value;
    redraw();
  });
  const density = tick("net-density", "density (Schmidt, 1 %)", (event) => {
    state.density = event.target.checked;
    redraw();
  }, { title: `Shades: ${DENSITY_LEVELS.join(", ")} times an even spread, by Schmidt's circles of 1 % of the hemisphere` });
  const strikes = choice("rose-of", "rose of", [["dips", "dip directions"], ["strikes", "strikes"]], (event) => {
    state.strikes = event.target.value === "strikes";
    redraw();
  });
  const drop = button("brush-clear", "drop the brush", () => brush([], false, store));
  const sets = el("div", { class: "sets-frame", role: "group", "aria-label": "sets" });
  element.append(words, el("div", { class: "net-tools" }, colouring.row, density.row), net.canvas, net.says, el("div", { class: "buttons" }, drop), strikes.row, rose.canvas, rose.says, rangesForm(store, given), el("h3", {}, "Sets"), sets);
  mountSets(sets, store);
  const changed = () => {
    state.poles = null;
    if (store.log) redraw();
  };
  for (const event of ["ready", "rows", "filter"]) store.on(event, changed);
  for (const event of ["selection", "unit"]) store.on(event, () => store.log && redraw());
  changed();
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
  const left = state.left ? `; ${counted(state.left, "pick")} without a true dip left out` : "";
  return `Poles of ${counted(poles.length, "plane")}, ${orientationWords(store.log)}; rejected ones left out${left}.`;
}

/** Select what was brushed and show it alone on the log; an empty brush shows all again. */
function brush(ids, add, store) {
  const chosen = new Set(add ? [...(store.filter.brush ?? store.selection), ...ids] : ids);
  store.select([...chosen], { current: chosen.has(store.current) ? store.current : (ids[0] ?? null) });
  store.setFilter({ brush: chosen.size ? chosen : null });
}

/** Dip and azimuth from and to, for those who cannot draw round poles. */
function rangesForm(store, given) {
  const inputs = {};
  const range = (name, caption, least, most) => {
    const ends = ["from", "to"].map((end, k) => {
      const input = el("input", { id: `net-${name}-${end}`, class: "number", inputmode: "decimal", autocomplete: "off", value: String(k ? most : least), "aria-label": `${caption} ${end}, degrees` });
      input.addEventListener("keydown", (event) => event.key === "Enter" && take());
      return input;
    });
    inputs[name] = ends;
    return el("div", { class: "field range", role: "group", "aria-label": caption }, el("span", { class: "caption" }, caption), ends[0], el("span", { class: "unit" }, "to"), ends[1], el("span", { class: "unit" }, "°"));
  };
  const rows = [range("dip", "dip", 0, 90), range("azimuth", "azimuth, clockwise", 0, 360)];
  const take = () => {
    try {
      const read = (name, most) => inputs[name].map((input) => number(input.value.trim(), `${name} in degrees`, 0, most));
      const [least, most] = read("dip", 90);
      const azimuths = read("azimuth", 360);
      const found = given.poles().filter(({ plane }) => plane.dip_deg >= least && plane.dip_deg <= most && withinAzimuths(plane.azimuth_deg, azimuths));
      brush(found.map(({ id }) => id), false, store);
      store.tell(found.length ? `${counted(found.length, "plane")} selected.` : "No plane lies in those ranges.");
    } catch (error) {
      store.tell(error.message, "error");
    }
  };
  return folding("net-ranges", "Brush by numbers", false, ...rows, el("div", { class: "buttons" }, button("net-ranges-take", "select these planes", take)));
}
