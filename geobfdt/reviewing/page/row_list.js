/** The list of the picks that the filter shows. Only the rows in sight exist, so that 20,000 scroll as 20 do. */

import { el, fill, oncePerFrame } from "./dom.js";
import { figure, kindOf, statusOf } from "./kinds.js";

/** Pixels a row; panels.css gives rows the same height. */
const ROW_PX = 24;

const STATUS_ORDER = { undecided: 0, rejected: 1, accepted: 2 };

/** Columns by what they sort by; a missing confidence sorts as certain, as the filter takes it. */
const COLUMNS = [
  { by: "status", text: "✓", name: "status", value: (row) => STATUS_ORDER[row.status] },
  { by: "depth", text: "depth", name: "depth", value: (row) => row.depth_m },
  { by: "kind", text: "kind", name: "kind", value: (row) => row.kind },
  { by: "dip", text: "dip °", name: "dip", value: (row) => row.dip_deg },
  { by: "azimuth", text: "azi °", name: "azimuth", value: (row) => row.azimuth_deg },
  { by: "confidence", text: "conf.", name: "confidence", value: (row) => row.confidence ?? 1 },
];

/** Rows (by depth) in the order of a column; equal ones stay by depth. */
export function ordered(rows, by, falling) {
  const { value } = COLUMNS.find((column) => column.by === by);
  if (by === "depth") return falling ? [...rows].reverse() : rows;
  const sign = falling ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return a < b ? -sign : a > b ? sign : 0;
  });
}

/** Build the list and its headings in an element. */
export function mountList(element, store) {
  const state = { by: "depth", falling: false, rows: [], place: new Map() };
  const heads = headings(state, () => refresh());
  const spacer = el("div", { class: "rows" });
  const list = el(
    "div",
    {
      id: "list",
      class: "list",
      role: "listbox",
      tabindex: "0",
      "aria-label": "picks shown",
      "aria-multiselectable": "true",
    },
    spacer,
  );
  element.append(heads.row, list);
  const draw = oncePerFrame(() => drawRows(list, spacer, state, store));
  const refresh = oncePerFrame(() => {
    state.rows = store.log ? ordered(store.shown(), state.by, state.falling) : [];
    state.place = new Map(state.rows.map((row, place) => [row.id, place]));
    spacer.style.height = `${state.rows.length * ROW_PX}px`;
    heads.show(store.depthUnit);
    draw();
  });
  list.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(draw).observe(list);
  list.addEventListener("click", (event) => clicked(event, state, store));
  list.addEventListener("keydown", (event) => pressed(event, list, state, store));
  for (const event of ["ready", "rows", "filter"]) store.on(event, refresh);
  store.on("unit", refresh);
  store.on("selection", () => {
    intoSight(list, state, store);
    draw();
  });
  refresh();
}

/** The columns' names as buttons: pressing one sorts by it, pressing it again turns the order round. */
function headings(state, changed) {
  const buttons = COLUMNS.map((column) => {
    const head = el("button", { id: `sort-${column.by}`, type: "button", class: `cell ${column.by}` }, column.text);
    head.addEventListener("click", () => {
      state.falling = state.by === column.by && !state.falling;
      state.by = column.by;
      changed();
    });
    return head;
  });
  const row = el("div", { class: "list-heads", role: "group", "aria-label": "sort the list by" }, ...buttons);
  const show = (unit) =>
    COLUMNS.forEach((column, k) => {
      const sorted = state.by === column.by;
      const arrow = sorted ? (state.falling ? " ↓" : " ↑") : "";
      buttons[k].textContent = (column.by === "depth" ? `depth ${unit}` : column.text) + arrow;
      const way = sorted ? (state.falling ? ", sorted, largest first" : ", sorted, smallest first") : "";
      buttons[k].setAttribute("aria-label", `sort by ${column.name}${way}`);
      buttons[k].setAttribute("aria-pressed", String(sorted));
    });
  return { row, show };
}

function drawRows(list, spacer, state, store) {
  const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - 4);
  const last = Math.min(state.rows.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW_PX) + 4);
  const rows = [];
  for (let place = first; place < last; place++) rows.push(listRow(state.rows[place], place, state.rows.length, store));
  fill(spacer, ...rows);
  if (store.current !== null && state.place.has(store.current))
    list.setAttribute("aria-activedescendant", `list-${store.current}`);
  else list.removeAttribute("aria-activedescendant");
}

function listRow(row, place, count, store) {
  const kind = kindOf(row.kind);
  const status = statusOf(row.status);
  const depth = store.fmtDepth(row.depth_m);
  const name = [
    `${depth} ${store.depthUnit}`,
    row.kind,
    `dip ${figure(row.dip_deg, 0)}`,
    `azimuth ${figure(row.azimuth_deg, 0)}`,
    `confidence ${figure(row.confidence, 2)}`,
    row.status,
    ...(row.set ? [`set ${row.set}`] : []),
  ].join(", ");
  const element = el(
    "div",
    {
      id: `list-${row.id}`,
      role: "option",
      class: `list-row is-${row.status}${row.id === store.current ? " current" : ""}`,
      "data-id": row.id,
      "aria-selected": String(store.selection.has(row.id)),
      "aria-label": name,
      "aria-posinset": place + 1,
      "aria-setsize": count,
      title: row.set ? `set ${row.set}` : null,
    },
    el("span", { class: "cell status" }, status.sign),
    el("span", { class: "cell depth" }, depth),
    el("span", { class: "cell kind" }, el("span", { class: `swatch ${kind.kind}` }), kind.short),
    el("span", { class: "cell dip" }, figure(row.dip_deg, 1)),
    el("span", { class: "cell azimuth" }, figure(row.azimuth_deg, 0)),
    el("span", { class: "cell confidence" }, figure(row.confidence, 2)),
  );
  element.style.top = `${place * ROW_PX}px`;
  return element;
}

/** Scroll the list until the current pick is in it: by a row where it is next to what is seen, else to the middle. */
function intoSight(list, state, store) {
  const place = state.place.get(store.current);
  if (place === undefined || list.clientHeight === 0) return;
  const top = place * ROW_PX;
  const above = list.scrollTop - top;
  const below = top + ROW_PX - list.scrollTop - list.clientHeight;
  if (Math.max(above, below) > 2 * ROW_PX) list.scrollTop = top - (list.clientHeight - ROW_PX) / 2;
  else if (above > 0) list.scrollTop = top;
  else if (below > 0) list.scrollTop += below;
}

function clicked(event, state, store) {
  const id = Number(event.target.closest("[data-id]")?.dataset.id ?? NaN);
  if (!state.place.has(id)) return;
  if (event.shiftKey && state.place.has(store.current)) return select(range(state, store.current, id), id, store);
  if (event.ctrlKey || event.metaKey) {
    const ids = new Set(store.selection);
    if (!ids.delete(id)) ids.add(id);
    return select([...ids], ids.has(id) ? id : null, store);
  }
  store.setCurrent(id);
}

function select(ids, current, store) {
  store.select(ids, { current });
  if (current !== null) store.reveal(current);
}

/** Ids from one row of the list to another, as shown. */
function range(state, from, to) {
  const [first, last] = [state.place.get(from), state.place.get(to)].sort((one, other) => one - other);
  return state.rows.slice(first, last + 1).map((row) => row.id);
}

/** Arrows walk the list, Shift takes what is passed along, Enter goes to the pick on the image. */
function pressed(event, list, state, store) {
  if (event.ctrlKey || event.metaKey || event.altKey || state.rows.length === 0) return;
  const screen = Math.max(1, Math.floor(list.clientHeight / ROW_PX) - 1);
  const last = state.rows.length - 1;
  const at = state.place.get(store.current);
  const places = {
    ArrowDown: at === undefined ? 0 : at + 1,
    ArrowUp: at === undefined ? last : at - 1,
    PageDown: (at ?? 0) + screen,
    PageUp: (at ?? 0) - screen,
    Home: 0,
    End: last,
  };
  if (event.key === "Enter" && at !== undefined) store.goTo(state.rows[at].depth_m);
  else if (!(event.key in places)) return;
  else {
    const id = state.rows[Math.min(last, Math.max(0, places[event.key]))].id;
    if (event.shiftKey && at !== undefined) select([...store.selection, ...range(state, store.current, id)], id, store);
    else store.setCurrent(id);
  }
  // On the image the same keys move the pick itself.
  event.preventDefault();
  event.stopPropagation();
}
