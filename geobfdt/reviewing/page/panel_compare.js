/** Two pick sets against each other: the tolerance slider, the scores, and every disagreement to walk through. */

import { get } from "./api.js";
import { mountBlind } from "./blind.js";
import { added, disagreements } from "./comparison.js";
import { button, choice, el, fill, fillOptions, oncePerFrame } from "./dom.js";
import { counted, figure, kindOf } from "./kinds.js";
import { latest } from "./latest.js";
import { CRITERIA, showScores } from "./score_table.js";

const REVIEW = "review";

/** Rows by id of the review's picks or of a layer. */
const rowsOf = (name, store) =>
  name === REVIEW ? store.rows : new Map((store.layers.find((layer) => layer.name === name)?.rows ?? []).map((row) => [row.id, row]));

export function mount(element, store) {
  const state = { answer: null, walk: [], at: -1, open: false, decided: false };
  const form = compareForm(() => ask());
  const says = el("p", { id: "compare-says", class: "says", "aria-live": "polite" });
  const table = el("table", { id: "compare-scores", class: "scores" });
  const walk = walkPart(state, store, form);
  const agreement = agreementPart(store, form);
  const body = el("div", { id: "compare-body" }, form.element, says, el("div", { class: "scroll" }, table), walk.element, agreement.element);
  const blind = mountBlind(store);
  element.append(blind.element, body);

  const answered = (answer) => {
    const before = state.walk[state.at];
    state.answer = answer;
    state.walk = disagreements(answer, rowsOf(answer.ref, store), rowsOf(answer.est, store));
    const still = before ? state.walk.findIndex(({ what, row }) => what === before.what && row.id === before.row.id) : -1;
    state.at = still >= 0 ? still : Math.min(state.at, state.walk.length - 1);
    says.textContent = `${store.fmtDepth(answer.metres, 1)} ${store.depthUnit} compared at ${Math.round(answer.tolerance_m * 100)} cm by ${CRITERIA[form.criterion()]}`;
    showScores(table, answer, form.criterion());
    mark(answer, store);
    // What was decided is gone from the list: the walk goes on at the one that took its place.
    if (state.decided && still < 0 && state.at >= 0) walk.go(state.at);
    else walk.show();
    state.decided = false;
  };
  const failed = (error) => {
    state.answer = null;
    state.walk = [];
    says.textContent = error.message;
    showScores(table, null);
    walk.show();
    store.setMarks(null, null);
  };
  const post = latest((path) => get(path), answered, failed);
  const ask = () => {
    if (form.ref() && form.est() && form.ref() !== form.est()) post(form.path());
    else if (form.ref()) failed(new Error("Choose two different pick sets."));
  };
  // Marks are told by the event "layers" too: only new layers, not new marks, ask again.
  let known = "";
  const layersChanged = () => {
    const blinded = store.blind !== null && !store.blind.finished;
    blind.show();
    body.hidden = blinded;
    const names = store.layers.map(({ name, rows }) => `${name} ${rows.length}`).join("\n");
    if (blinded || names === known) return;
    known = names;
    form.fill(store.layers.map(({ name }) => name));
    if (state.open) ask();
  };
  const open = () => {
    state.open = true;
    if (store.layers.length > 0 && !body.hidden) ask();
  };
  store.on("panel", ({ name }) => name === "compare" && open());
  for (const event of ["ready", "layers"]) store.on(event, layersChanged);
  const again = oncePerFrame(() => state.open && state.answer && ask());
  for (const event of ["rows", "reviewed"]) store.on(event, () => (blind.show(), again()));
  store.on("unit", () => state.answer && answered(state.answer));
  layersChanged();
}

/** What the log draws: the layer that is not the review, and which picks are missed and false. */
function mark({ ref, est, pairs, missed, false: extra }, store) {
  const layer = [est, ref].find((name) => name !== REVIEW);
  store.setMarks(layer, { missed: new Set(missed), false: new Set(extra), pairs: new Map(pairs), ref, est });
}

function compareForm(changed) {
  const ref = choice("compare-ref", "reference", [], changed);
  const est = choice("compare-est", "estimate", [], changed);
  const criterion = choice("compare-criterion", "criterion", Object.entries(CRITERIA), changed);
  const where = choice("compare-where", "where", [["reviewed", "reviewed metres"], ["all", "all of the log"]], changed);
  const shown = el("output", { id: "compare-tolerance-shown", for: "compare-tolerance", class: "number" }, "8 cm");
  const slider = el("input", { id: "compare-tolerance", type: "range", min: "1", max: "20", step: "1", value: "8", "aria-label": "tolerance, centimetres" });
  slider.addEventListener("input", () => {
    shown.textContent = `${slider.value} cm`;
    slider.setAttribute("aria-valuetext", `${slider.value} centimetres`);
    changed();
  });
  const tolerance = el("div", { class: "field slider" }, el("label", { for: "compare-tolerance" }, "tolerance"), slider, shown);
  return {
    element: el("div", { class: "form" }, ref.row, est.row, criterion.row, where.row, tolerance),
    ref: () => ref.select.value,
    est: () => est.select.value,
    criterion: () => criterion.select.value,
    path() {
      const asked = { ref: ref.select.value, est: est.select.value, tolerance_m: String(slider.value / 100), criterion: criterion.select.value, where: where.select.value };
      return `/api/compare?${new URLSearchParams(asked)}`;
    },
    fill(layers) {
      const first = est.select.options.length === 0;
      const options = [REVIEW, ...layers].map((name) => [name, name]);
      for (const { select } of [ref, est]) fillOptions(select, options);
      // The interpreter's review is the reference until said otherwise.
      if ((first || est.select.value === ref.select.value) && layers.length) est.select.value = layers.find((name) => name !== ref.select.value) ?? REVIEW;
    },
  };
}

/** The disagreements one by one, and what can be done about each. */
function walkPart(state, store, form) {
  const title = el("p", { id: "walk-at", class: "says", "aria-live": "polite" });
  const list = el("ol", { id: "walk-list", class: "walk", "aria-label": "disagreements" });
  const previous = button("walk-previous", "previous", () => step(-1));
  const next = button("walk-next", "next", () => step(1));
  const accept = button("walk-accept", "take into the review", () => take());
  const reject = button("walk-reject", "reject in the review", () => drop());
  const sideOf = (one) => (one.what === "missed" ? form.ref() : form.est());
  const step = (by) => {
    if (state.walk.length === 0) return;
    go((state.at + by + state.walk.length) % state.walk.length);
  };
  const go = (at) => {
    state.at = at;
    const one = state.walk[at];
    if (sideOf(one) === REVIEW) store.select([one.row.id]);
    else store.select([]);
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
    title.textContent = state.answer ? `${counted(state.walk.length, "disagreement")}: ${missed} missed, ${state.walk.length - missed} false.${where}` : "";
    accept.setAttribute("aria-disabled", String(!one || sideOf(one) === REVIEW));
    reject.setAttribute("aria-disabled", String(!one || sideOf(one) !== REVIEW));
    fill(list, ...windowed(state).map(([entry, k]) => walkRow(entry, k, k === state.at, store, go)));
    list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
  const element = el("div", { class: "walk-frame", role: "group", "aria-label": "disagreements" }, title, el("div", { class: "buttons" }, previous, next, accept, reject), list);
  return { element, show, go };
}

/** Of long lists the hundred around the place. */
function windowed({ walk, at }) {
  const first = Math.max(0, Math.min(at - 50, walk.length - 100));
  return walk.slice(first, first + 100).map((one, k) => [one, first + k]);
}

function walkRow({ what, row }, k, current, store, go) {
  const text = `${store.fmtDepth(row.depth_m)} ${store.depthUnit}`;
  const one = button(`walk-${k}`, "", () => go(k), { class: `walk-row is-${what}`, "aria-current": current ? "true" : null });
  fill(one, el("span", { class: "what" }, what === "missed" ? "○ missed" : "✕ false"), el("span", { class: "number" }, text), el("span", { class: `swatch ${kindOf(row.kind).kind}` }), el("span", { class: "number" }, `${figure(row.dip_deg, 0)}° / ${figure(row.azimuth_deg, 0)}°`));
  return el("li", {}, one);
}

/** The agreement of two interpreters, asked for by a button because chance takes its time. */
function agreementPart(store, form) {
  const text = el("pre", { id: "agreement-text", class: "agreement", tabindex: "0", hidden: true, "aria-label": "agreement of the two pick sets" });
  const ask = async () => {
    text.hidden = false;
    text.textContent = "Counting …";
    try {
      const answer = await get(`/api/agreement?${new URLSearchParams({ ref: form.ref(), est: form.est() })}`);
      text.textContent = Array.isArray(answer.text) ? answer.text.join("\n") : answer.text;
    } catch (error) {
      text.textContent = error.message;
    }
  };
  const start = button("agreement", "agreement of the two as interpreters", ask);
  return { element: el("div", { class: "agreement-frame" }, el("div", { class: "buttons" }, start), text) };
}
