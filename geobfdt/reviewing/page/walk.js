/** The disagreements of a comparison one by one, and what can be done about each. */

import { REVIEW, added } from "./comparison.js";
import { button, el, fill } from "./dom.js";
import { counted, figure, kindOf } from "./kinds.js";

/**
 * Build the list and its buttons.
 *
 * @param {{answer, walk, at, decided}} state of the panel: its `walk` and the place `at` in it are shown and moved here
 * @param {{ref: () => string, est: () => string}} form the names of the two sets
 * @returns {{element, show, go}}
 */
export function mountWalk(state, store, form) {
  const title = el("p", { id: "walk-at", class: "says", "aria-live": "polite" });
  const list = el("ol", { id: "walk-list", class: "walk", "aria-label": "disagreements" });
  const previous = button("walk-previous", "previous", () => step(-1));
  const next = button("walk-next", "next", () => step(1));
  const accept = button("walk-accept", "take it", () => take(), { "aria-label": "take this pick into the review" });
  const reject = button("walk-reject", "reject it", () => drop(), { "aria-label": "reject this pick in the review" });
  const sideOf = (one) => (one.what === "missed" ? form.ref() : form.est());
  const step = (by) => {
    if (state.walk.length === 0) return;
    go((state.at + by + state.walk.length) % state.walk.length);
  };
  const go = (at) => {
    state.at = at;
    const one = state.walk[at];
    const side = sideOf(one);
    store.select(side === REVIEW ? [one.row.id] : []);
    // Of two sets beside the review one alone is shown: that which has the pick.
    if (side !== REVIEW && store.marks) store.setMarks(side, { ...store.marks, at: one.row.id });
    store.goTo(one.row.depth_m);
    show();
  };
  const decide = async (edit) => {
    state.decided = true;
    await store.edit(edit).catch(() => {
      state.decided = false;
    });
  };
  const take = async () => {
    const one = state.walk[state.at];
    if (one && sideOf(one) !== REVIEW) await decide({ do: "add", values: added(one.row) });
  };
  const drop = async () => {
    const one = state.walk[state.at];
    if (one && sideOf(one) === REVIEW) await decide({ do: "set", ids: [one.row.id], values: { status: "rejected" } });
  };
  const show = () => {
    const one = state.walk[state.at];
    const missed = state.walk.filter(({ what }) => what === "missed").length;
    const where = one ? ` At ${state.at + 1}: ${one.what} in ${form.est()}, in ${sideOf(one)} only.` : "";
    title.textContent = state.answer
      ? `${counted(state.walk.length, "disagreement")}: ${missed} missed, ${state.walk.length - missed} false.${where}`
      : "";
    accept.setAttribute("aria-disabled", String(!one || sideOf(one) === REVIEW));
    reject.setAttribute("aria-disabled", String(!one || sideOf(one) !== REVIEW));
    fill(list, ...windowed(state).map(([entry, k]) => walkRow(entry, k, k === state.at, store, go)));
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  const element = el(
    "div",
    { class: "walk-frame", role: "group", "aria-label": "disagreements" },
    title,
    el("div", { class: "buttons" }, previous, next, accept, reject),
    list,
  );
  return { element, show, go };
}

/** Of long lists the hundred around the place. */
function windowed({ walk, at }) {
  const first = Math.max(0, Math.min(at - 50, walk.length - 100));
  return walk.slice(first, first + 100).map((one, k) => [one, first + k]);
}

function walkRow({ what, row }, k, current, store, go) {
  const text = `${store.fmtDepth(row.depth_m)} ${store.depthUnit}`;
  const one = button(`walk-${k}`, "", () => go(k), {
    class: `walk-row is-${what}`,
    "aria-current": current ? "true" : null,
  });
  fill(
    one,
    el("span", { class: "what" }, what === "missed" ? "○ missed" : "✕ false"),
    el("span", { class: "number" }, text),
    el("span", { class: `swatch ${kindOf(row.kind).kind}` }),
    el("span", { class: "number" }, `${figure(row.dip_deg, 0)}° / ${figure(row.azimuth_deg, 0)}°`),
  );
  return el("li", {}, one);
}
