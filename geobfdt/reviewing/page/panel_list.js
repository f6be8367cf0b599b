/** The picks as a list: the filter above it, how far the review has come below it. */

import { button, el, oncePerFrame } from "./dom.js";
import { mountFilter } from "./filter_form.js";
import { mountProgress } from "./progress.js";
import { mountList } from "./row_list.js";

export function mount(element, store) {
  const filter = el("div", {});
  const list = el("div", { class: "list-frame" });
  const progress = el("div", { class: "progress", role: "group", "aria-label": "progress" });
  const undecided = button("next-undecided", "next undecided", () => go(store, nextUndecided(store), "undecided"), {
    key: "n",
  });
  const doubtful = button("next-doubtful", "next doubtful", () => go(store, leastCertain(store), "undecided"), {
    key: "d",
  });
  element.classList.add("panel-list");
  element.append(filter, el("div", { class: "buttons" }, undecided, doubtful), list, progress);
  mountFilter(filter, store);
  mountList(list, store);
  mountProgress(progress, store);
  const show = oncePerFrame(() => {
    const none = store.log !== null && !store.shown().some((row) => row.status === "undecided");
    for (const one of [undecided, doubtful]) one.setAttribute("aria-disabled", String(none));
  });
  for (const event of ["ready", "rows", "filter"]) store.on(event, show);
  show();
}

function go(store, row, what) {
  if (row) store.setCurrent(row.id);
  else store.tell(`No pick that the filter shows is ${what}.`);
}

/** The next undecided pick below the current one, and from the top again after the last; null where there is none. */
export function nextUndecided(store) {
  const rows = store.shown();
  const at = rows.findIndex((row) => row.id === store.current);
  return [...rows.slice(at + 1), ...rows.slice(0, at + 1)].find((row) => row.status === "undecided") ?? null;
}

/** The undecided pick of least confidence; from an undecided one on, the next more certain, so that all are walked. */
export function leastCertain(store) {
  const certain = (row) => row.confidence ?? 1;
  const rows = store.shown().filter((row) => row.status === "undecided");
  rows.sort((one, other) => certain(one) - certain(other));
  const at = rows.findIndex((row) => row.id === store.current);
  return rows[at + 1] ?? rows[0] ?? null;
}
