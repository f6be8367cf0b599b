/** The filter as a form: which kinds, statuses, sets and ranges are shown in the list, the log and the nets. */

import { button, el, fill, folding, oncePerFrame } from "./dom.js";
import { entry, number } from "./entry.js";
import { KINDS, STATUSES, counted, setNames } from "./kinds.js";

/** Ranges: what filters by it, its caption, its bounds and unit. Azimuths run clockwise and through the reference. */
const RANGES = [
  { name: "confidence", caption: "confidence", bounds: [0, 1], unit: "", digits: 2 },
  { name: "dip_deg", caption: "dip on the image", bounds: [0, 90], unit: "°", digits: 1 },
  { name: "azimuth_deg", caption: "azimuth, clockwise", bounds: [0, 360], unit: "°", digits: 0 },
];

export function mountFilter(element, store) {
  const summary = el("span", { id: "filter-shown" });
  const clear = button("filter-clear", "clear", () => store.clearFilter(), { "aria-label": "show all picks again" });
  const kinds = chips(
    "kind",
    KINDS.map(({ kind, text }) => [kind, text]),
    "kinds",
    store,
  );
  const statuses = chips(
    "status",
    STATUSES.map(({ status, done }) => [status, done]),
    "statuses",
    store,
  );
  const sets = setChips(store);
  const brush = button("filter-brush", "", () => store.setFilter({ brush: null }), { class: "chip" });
  const ranges = RANGES.map((range) => rangeFields(range, store));
  const form = folding(
    "filter",
    ["Filter: ", summary],
    false,
    kinds.row,
    statuses.row,
    sets.row,
    ...ranges.map(({ row }) => row),
    brush,
  );
  element.append(el("div", { class: "fold-row" }, form, clear));
  const show = oncePerFrame(() => {
    if (!store.log) return;
    const { length } = store.shown();
    summary.textContent =
      length === store.rows.size
        ? `all ${counted(length, "pick")}`
        : `${length.toLocaleString("en")} of ${counted(store.rows.size, "pick")}`;
    for (const part of [kinds, statuses, sets, ...ranges]) part.show();
    brush.hidden = store.filter.brush === null;
    brush.textContent = `brushed on the nets: ${store.filter.brush?.size ?? 0} ✕`;
    clear.hidden = length === store.rows.size && isOpen(store.filter);
  });
  for (const event of ["ready", "rows", "filter"]) store.on(event, show);
  store.on("panel", ({ name, focus }) => {
    if (name === "list" && focus) form.open = true;
  });
  show();
}

/** Whether a filter lets everything pass. */
const isOpen = ({ kinds, statuses, sets, brush, ...ranges }) =>
  kinds.size === KINDS.length &&
  statuses.size === STATUSES.length &&
  sets === null &&
  brush === null &&
  RANGES.every(({ name, bounds }) => ranges[name][0] === bounds[0] && ranges[name][1] === bounds[1]);

/** Buttons that put a value of one column in and out of the filter, with how many picks have it. */
function chips(column, options, part, store) {
  const buttons = options.map(([value]) =>
    button(`filter-${column}-${value}`, "", () => store.setFilter({ [part]: toggled(store.filter[part], value) }), {
      class: `chip is-${value}`,
    }),
  );
  return {
    row: el("div", { class: "chips", role: "group", "aria-label": `show by ${column}` }, ...buttons),
    show() {
      const counts = new Map();
      for (const row of store.rows.values()) counts.set(row[column], (counts.get(row[column]) ?? 0) + 1);
      options.forEach(([value, text], k) => {
        fill(
          buttons[k],
          column === "kind" ? el("span", { class: `swatch ${value}` }) : null,
          text,
          " ",
          el("b", {}, String(counts.get(value) ?? 0)),
        );
        buttons[k].setAttribute("aria-pressed", String(store.filter[part].has(value)));
      });
    },
  };
}

function toggled(values, value) {
  const others = new Set(values);
  if (!others.delete(value)) others.add(value);
  return others;
}

/** The sets that there are, and the picks in none; hidden until a set was made. */
function setChips(store) {
  const row = el("div", { class: "chips", role: "group", "aria-label": "show by set" });
  let names = [];
  const press = (name) => {
    const shown = toggled(store.filter.sets ?? new Set(["", ...names]), name);
    store.setFilter({ sets: shown.size === names.length + 1 ? null : shown });
  };
  return {
    row,
    show() {
      const found = setNames(store.rows.values());
      row.hidden = found.length === 0;
      // Built anew only where sets came or went, lest the focus on one of them be lost.
      if (found.join("\n") !== names.join("\n")) {
        names = found;
        fill(
          row,
          ...["", ...names].map((name, k) =>
            button(`filter-set-${k}`, name || "no set", () => press(name), { class: "chip" }),
          ),
        );
      }
      ["", ...names].forEach((name, k) => {
        row.children[k]?.setAttribute(
          "aria-pressed",
          String(store.filter.sets === null || store.filter.sets.has(name)),
        );
      });
    },
  };
}

/** From and to of one range; Enter takes either. */
function rangeFields({ name, caption, bounds, unit, digits }, store) {
  const ends = ["from", "to"].map((end, k) => {
    const input = el("input", {
      id: `filter-${name}-${end}`,
      class: "number",
      inputmode: "decimal",
      autocomplete: "off",
      "aria-label": `${caption} ${end}`,
    });
    const taken = async (text) => {
      const ends = [...store.filter[name]];
      ends[k] = text === "" ? bounds[k] : number(text, caption, ...bounds);
      store.setFilter({ [name]: ends });
    };
    return { input, shown: entry(input, taken, (sentence) => store.tell(sentence, "error")) };
  });
  const [from, to] = ends.map(({ input }) => input);
  return {
    row: el(
      "div",
      { class: "field range", role: "group", "aria-label": caption },
      el("span", { class: "caption" }, caption),
      from,
      el("span", { class: "unit" }, "to"),
      to,
      el("span", { class: "unit" }, unit),
    ),
    show() {
      ends.forEach(({ shown }, k) => shown.show(String(Number(store.filter[name][k].toFixed(digits)))));
    },
  };
}
