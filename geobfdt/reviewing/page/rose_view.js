/** The rose: how many planes dip, or strike, into each sector of 10 degrees; petals are pressed to brush by them. */

import { el, oncePerFrame } from "./dom.js";
import { KINDS, counted } from "./kinds.js";
import { drawGrid, drawPetalRim, drawPetals, drawRingNames, place, sheet } from "./net_draw.js";
import { turned } from "./orientation.js";
import { SECTOR_DEG, petals, sectorCounts, sectorOf, strikesOf } from "./rose.js";
import { colours, onTheme } from "./theme.js";

const SECTORS = 360 / SECTOR_DEG;

/**
 * @param {{poles: () => object[], ends: () => string[], strikes: () => boolean,
 *   brush: (ids: number[], add: boolean) => void}} given
 * @returns {{canvas, says, draw}}
 */
export function mountRose(store, given) {
  const canvas = el("canvas", {
    id: "rose",
    class: "rose",
    tabindex: "0",
    role: "application",
    "aria-label": "rose diagram: left and right step from petal to petal, Enter selects its planes",
  });
  const says = el("p", { id: "rose-says", class: "says", "aria-live": "polite" });
  const state = { on: null, at: null };
  const azimuthsOf = ({ plane }) => (given.strikes() ? strikesOf(plane.azimuth_deg) : [plane.azimuth_deg]);
  const inSector = (sector) => (one) => azimuthsOf(one).some((azimuth) => sectorOf(azimuth) === sector);
  const brush = (add) => {
    const found = given.poles().filter(inSector(state.at));
    given.brush(
      found.map(({ id }) => id),
      add,
    );
  };
  const draw = oncePerFrame(() => {
    if (!store.log) return;
    state.on = sheet(canvas, given.ends());
    const ofKind = (kind) => given.poles().filter(({ row }) => row.kind === kind);
    const layers = KINDS.map(({ kind }) => sectorCounts(ofKind(kind).flatMap(azimuthsOf)));
    if (state.on) drawRose(state, store, given, layers, azimuthsOf);
    says.textContent = spoken(state, given, layers);
  });
  listen(canvas, state, brush, draw);
  new ResizeObserver(draw).observe(canvas);
  onTheme(draw);
  return { canvas, says, draw };
}

function listen(canvas, state, brush, draw) {
  canvas.addEventListener("click", (event) => {
    if (!state.on) return;
    const box = canvas.getBoundingClientRect();
    const [x, y] = place(state.on, [event.clientX - box.left, event.clientY - box.top]);
    if (Math.hypot(x, y) > 1) return;
    state.at = sectorOf((Math.atan2(x, y) * 180) / Math.PI);
    brush(event.shiftKey);
    draw();
  });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) state.at = state.at === null ? 0 : (state.at + steps[event.key] + SECTORS) % SECTORS;
    else if (event.key === "Enter" && state.at !== null) brush(event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation(); // on the image the same keys move the pick itself
    draw();
  });
  canvas.addEventListener("blur", () => {
    state.at = null;
    draw();
  });
}

function drawRose(state, store, given, layers, azimuthsOf) {
  const { on } = state;
  const look = colours();
  const most = largest(layers);
  const half = Math.floor(most / 2);
  on.context.clearRect(0, 0, on.size, on.size);
  // The inner ring is where half as many planes reach: areas count them, so it lies beyond half way.
  const ring = half ? Math.sqrt(half / most) : Math.SQRT1_2;
  drawGrid(on, look, { rings: [ring], ends: given.ends() });
  petals(layers).forEach((radii, k) => drawPetals(on, radii, look[KINDS[k].colour]));
  const chosen = given.poles().filter(({ id }) => store.selection.has(id));
  const counts = sectorCounts(chosen.flatMap(azimuthsOf));
  counts.forEach((count, sector) => {
    if (count) drawPetalRim(on, sector, Math.sqrt(count / Math.max(1, most)), look.accent);
  });
  if (state.at !== null) drawPetalRim(on, state.at, 1, look.ink);
  if (half)
    drawRingNames(on, look, [
      [ring, `${half}`],
      [1, `${most}`],
    ]);
}

const largest = (layers) => Math.max(0, ...layers[0].map((_, sector) => totalIn(layers, sector)));

const totalIn = (layers, sector) => layers.reduce((sum, counts) => sum + counts[sector], 0);

function spoken(state, given, layers) {
  const what = given.strikes() ? "strikes" : "dip directions";
  if (state.at !== null) {
    const from = turned(state.at * SECTOR_DEG);
    return `${from}° to ${from + SECTOR_DEG}°: ${counted(totalIn(layers, state.at), "plane")}`;
  }
  const level = given.poles().filter(({ plane }) => plane.dip_deg < 5).length;
  const vague = level ? `; ${level} dip less than 5°, where azimuths say little` : "";
  return `${what} in sectors of ${SECTOR_DEG}°, areas count planes${vague}`;
}
