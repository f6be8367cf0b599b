/** The picks that are selected: every figure of one, which inputs change, or what several come to. */

import { get } from "./api.js";
import { button, el, field, fill } from "./dom.js";
import { entry, number } from "./entry.js";
import { Hole } from "./hole.js";
import { KINDS, STATUSES, figure, setNames } from "./kinds.js";
import { mountMany } from "./pick_many.js";
import { turned } from "./orientation.js";

/** Steepest dip that a sinusoid shows, in degrees; the server refuses 90. */
const STEEPEST_DEG = 89.9;

const PER_METRE = { m: { small: "cm", times: 100 }, ft: { small: "in", times: 100 / 2.54 } };

/** The current pick as the store holds it, or null. */
const currentOf = (store) => (store.current === null ? null : (store.rows.get(store.current) ?? null));

export function mount(element, store) {
  const nothing = el(
    "p",
    { class: "hint" },
    "No pick is selected. Click one on the image, or press ",
    el("kbd", {}, "j"),
    " for the next.",
  );
  const one = el("div", { class: "pick-one" });
  const many = el("div", { class: "pick-many" });
  const showOne = mountOne(one, store);
  const showMany = mountMany(many, store);
  element.append(nothing, one, many);

  const show = () => {
    const several = store.selection.size > 1;
    const row = currentOf(store);
    nothing.hidden = row !== null || several;
    one.hidden = row === null || several;
    many.hidden = !several;
    if (several) showMany();
    else if (row) showOne(row);
  };
  for (const event of ["ready", "selection", "rows", "reviewed", "unit"]) store.on(event, show);
  show();
}

/** The form of one pick; what is returned shows a row in it. */
function mountOne(element, store) {
  const set = (values) => {
    const row = currentOf(store);
    return row ? store.edit({ do: "set", ids: [row.id], values }) : Promise.resolve();
  };
  const inputs = geometryInputs(store, set);
  const hole = { at: null };
  const facts = el("dl", { class: "facts" });
  const title = el("h2", { id: "pick-title", class: "pick-title", "aria-live": "polite" });
  const statuses = toggles(
    "pick-status",
    "status",
    STATUSES.map(({ status, text, key }) => [status, text, key]),
    (status) => set({ status }),
  );
  const kinds = toggles(
    "pick-kind",
    "kind",
    KINDS.map(({ kind, text, key }) => [kind, text, key]),
    (kind) => set({ kind }),
  );
  element.append(title, statuses.row, kinds.row, ...inputs.rows, facts);
  const shown = (row) => {
    if (!row) return;
    const how = row.added ? "drawn by hand" : row.changed ? "moved by hand" : "";
    fill(title, `Pick ${row.id}`, el("span", { class: "hint" }, how));
    statuses.show(row.status);
    kinds.show(row.kind);
    inputs.show(row);
    const radius_m = radiusAt(row.depth_m, hole, store, () => shown(currentOf(store)));
    fill(
      facts,
      ...factsOf(row, radius_m, store)
        .map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])
        .flat(),
    );
  };
  return shown;
}

/** Radius of the hole at a depth in metres: of the log until the caliper has been fetched, which calls `changed`. */
function radiusAt(depth_m, hole, store, changed) {
  hole.at ??= new Hole(store.log, (top_m, base_m) => get(`/api/hole?top_m=${top_m}&base_m=${base_m}`), changed);
  hole.at.load(depth_m, depth_m);
  return hole.at.at(depth_m).radius_m;
}

/** A row of buttons of which one is pressed: unlike radio inputs they leave the single-letter keys to the page. */
function toggles(id, caption, options, taken) {
  const buttons = options.map(([value, text, key]) =>
    button(`${id}-${value}`, text, () => Promise.resolve(taken(value)).catch(() => {}), {
      key,
      class: `toggle is-${value}`,
    }),
  );
  const group = el("div", { id, class: "toggles", role: "group", "aria-label": caption }, ...buttons);
  return {
    row: group,
    show(chosen) {
      options.forEach(([value], k) => buttons[k].setAttribute("aria-pressed", String(value === chosen)));
    },
  };
}

/** The inputs of a pick's geometry and set: what changes as [row, entry], read and written in the shown unit. */
function geometryInputs(store, set) {
  const numbers = { inputmode: "decimal", class: "number" };
  const depth = field("pick-depth", "depth", numbers, store.depthUnit);
  const dip = field("pick-dip", "dip", { ...numbers, "aria-label": "dip on the image, degrees" }, "°");
  const azimuth = field("pick-azimuth", "azimuth", { ...numbers, "aria-label": "azimuth on the image, degrees" }, "°");
  const name = field("pick-set", "set", { class: "name", list: "pick-sets", placeholder: "none" });
  const known = el("datalist", { id: "pick-sets" });
  const complain = (sentence) => store.tell(sentence, "error");
  const at = entry(
    depth.input,
    async (text) => {
      const depth_m = store.parseDepth(text);
      if (!Number.isFinite(depth_m)) throw new Error(`depth: ${text || "nothing"} is not a number`);
      await set({ depth_m });
    },
    complain,
  );
  const dips = entry(
    dip.input,
    (text) => Promise.resolve().then(() => set({ dip_deg: number(text, "dip in degrees", 0, STEEPEST_DEG) })),
    complain,
  );
  const turns = entry(
    azimuth.input,
    (text) => Promise.resolve().then(() => set({ azimuth_deg: turned(number(text, "azimuth in degrees", -360, 720)) })),
    complain,
  );
  const names = entry(name.input, (text) => set({ set: text }), complain);
  const span = spanInputs(store, set, complain);
  return {
    rows: [el("div", { class: "pick-grid" }, depth.row, name.row, dip.row, azimuth.row), known, span.row],
    show(row) {
      depth.row.querySelector(".unit").textContent = store.depthUnit;
      at.show(store.fmtDepth(row.depth_m, 3));
      dips.show(figure(row.dip_deg, 2));
      turns.show(figure(row.azimuth_deg, 2));
      names.show(row.set);
      fill(known, ...setNames(store.rows.values()).map((value) => el("option", { value })));
      span.show(row);
    },
  };
}

/** From and to of a trace that is seen on a part of the wall only. */
function spanInputs(store, set, complain) {
  const from = el("input", {
    id: "pick-span-from",
    class: "number",
    inputmode: "decimal",
    "aria-label": "trace seen from azimuth, degrees",
    placeholder: "0",
  });
  const to = el("input", {
    id: "pick-span-to",
    class: "number",
    inputmode: "decimal",
    "aria-label": "trace seen to azimuth, degrees, clockwise",
    placeholder: "360",
  });
  const whole = button("pick-span-whole", "whole", () => set({ span_deg: null }).catch(() => {}), {
    "aria-label": "the trace is seen all round",
  });
  const take = async () => {
    const read = (input, what) => turned(number(input.value.trim(), what, -360, 720));
    await set({ span_deg: [read(from, "trace seen from, degrees"), read(to, "trace seen to, degrees")] });
  };
  // The first of two ends typed is not yet an arc: only both together are posted.
  const taking = (other) => async () => {
    if (other.value.trim() === "") other.focus();
    else await take();
  };
  for (const [input, other] of [
    [from, to],
    [to, from],
  ]) {
    input.addEventListener("keydown", async (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      await taking(other)().catch((error) => complain(error.message));
    });
  }
  let shown = null;
  return {
    row: el(
      "div",
      { class: "field span", role: "group", "aria-label": "partial trace" },
      el("span", {}, "trace seen"),
      from,
      el("span", { class: "unit" }, "to"),
      to,
      el("span", { class: "unit" }, "°"),
      whole,
    ),
    show(row) {
      const state = `${row.id} ${row.span_deg}`;
      whole.setAttribute("aria-pressed", String(row.span_deg === null));
      if (state === shown) return;
      shown = state;
      from.value = row.span_deg ? figure(row.span_deg[0], 0) : "";
      to.value = row.span_deg ? figure(row.span_deg[1], 0) : "";
    },
  };
}

/** [name, value] pairs of what cannot be typed. */
function factsOf(row, radius_m, store) {
  const { small, times } = PER_METRE[store.depthUnit] ?? PER_METRE.m;
  const height_m = 2 * radius_m * Math.tan((row.dip_deg * Math.PI) / 180);
  const facts = [];
  if (row.true_dip_deg !== null) {
    facts.push(["true dip / azimuth", `${figure(row.true_dip_deg)}° / ${figure(row.true_azimuth_deg)}°`]);
  } else {
    facts.push(["true dip / azimuth", store.log.has_true_dips ? "not yet computed" : "no survey"]);
  }
  facts.push([
    "confidence, trace height",
    `${row.confidence === null ? "none" : figure(row.confidence, 2)}, ${figure(height_m * times)} ${small}`,
  ]);
  const deviations = [
    [row.depth_sd_m === null ? null : row.depth_sd_m * times, small, " "],
    [row.dip_sd_deg, "°", ""],
    [row.azimuth_sd_deg, "°", ""],
  ];
  const told = deviations.every(([value]) => value === null)
    ? row.changed || row.added
      ? "none: set by hand"
      : "none given"
    : deviations.map(([value, unit, space]) => (value === null ? "–" : `${figure(value)}${space}${unit}`)).join(", ");
  facts.push(["± depth, dip, azimuth", told]);
  if (row.quality) facts.push(["quality", row.quality]);
  return facts;
}
