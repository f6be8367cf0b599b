/** Two pick sets against each other: the tolerance slider, the scores, and every disagreement to walk through. */

import { mountAgreement } from "./agreement.js";
import { get } from "./api.js";
import { mountBlind } from "./blind.js";
import { compareForm } from "./compare_form.js";
import { REVIEW, disagreements } from "./comparison.js";
import { el, oncePerFrame } from "./dom.js";
import { latest } from "./latest.js";
import { CRITERIA, showScores } from "./score_table.js";
import { mountWalk } from "./walk.js";

const ALONE = "There is nothing to compare with yet: start with a second --picks NAME=FILE, or teach the detector.";

export function mount(element, store) {
  const state = { answer: null, walk: [], at: -1, decided: false };
  const form = compareForm(() => asking.ask(true));
  const says = el("p", { id: "compare-says", class: "says", "aria-live": "polite" });
  const table = el("table", { id: "compare-scores", class: "scores" });
  const walk = mountWalk(state, store, form);
  const agreement = mountAgreement(store, form);
  const body = el("div", { id: "compare-body" }, form.element, says, table, walk.element, agreement.element);
  const blind = mountBlind(store);
  element.append(blind.element, body);
  const parts = { state, store, form, says, table, walk };
  const asking = askingOf(parts);
  listen(parts, asking, blind, body);
}

/** Asking the server, one question at a time, and showing what it answers. */
function askingOf({ state, store, form, says, table, walk }) {
  const answered = (answer, { marked }) => {
    const gone = takeAnswer(state, answer, store);
    const where = `${store.fmtDepth(answer.metres, 1)} ${store.depthUnit}`;
    says.textContent = `${where} compared at ${Math.round(answer.tolerance_m * 100)} cm by ${CRITERIA[form.criterion()]}`;
    showScores(table, answer, form.criterion());
    if (marked) mark(answer, store);
    // What was decided is gone from the list: the walk goes on at the one that took its place.
    if (state.decided && gone && state.at >= 0) walk.go(state.at);
    else walk.show();
    state.decided = false;
  };
  const failed = (error) => {
    Object.assign(state, { answer: null, walk: [], at: -1, decided: false });
    says.textContent = error.message;
    showScores(table, null);
    walk.show();
    if (store.marks !== null) store.setMarks(null, null);
  };
  const post = latest(({ path }) => get(path), answered, failed);
  return {
    /** @param {boolean} marked whether the log is to show what is missed and false */
    ask(marked) {
      if (!form.ref()) return;
      const none = form.where() === "reviewed" && store.reviewed_m.length === 0;
      // Said here and not asked for: what the server refuses stands in the browser's console as an error.
      if (store.layers.length === 0) failed(new Error(ALONE));
      else if (form.ref() === form.est()) failed(new Error("Choose two different pick sets."));
      else if (none)
        failed(new Error("Nothing is ticked as reviewed yet: tick some metres, or compare the whole log."));
      else post({ path: form.path(), marked });
    },
    again: () => state.answer && answered(state.answer, { marked: false }),
  };
}

/** Keep an answer; whether the disagreement that the walk stood at is no longer one. */
function takeAnswer(state, answer, store) {
  const before = state.walk[state.at];
  state.answer = answer;
  state.walk = disagreements(answer, rowsOf(answer.ref, store), rowsOf(answer.est, store));
  const same = ({ what, row }) => what === before.what && row.id === before.row.id;
  const still = before ? state.walk.findIndex(same) : -1;
  state.at = still >= 0 ? still : Math.min(state.at, state.walk.length - 1);
  return still < 0;
}

/** Rows by id of the review's picks or of a layer. */
function rowsOf(name, store) {
  if (name === REVIEW) return store.rows;
  const layer = store.layers.find((one) => one.name === name);
  return new Map((layer?.rows ?? []).map((row) => [row.id, row]));
}

/** What the log draws: the layer that is not the review, and which picks are missed and false. */
function mark({ ref, est, pairs, missed, false: extra }, store) {
  const layer = [est, ref].find((name) => name !== REVIEW);
  store.setMarks(layer, { missed: new Set(missed), false: new Set(extra), pairs: new Map(pairs), ref, est });
}

function listen({ state, store, form }, asking, blind, body) {
  let known = null;
  let opened = false;
  // Marks are told by the event "layers" too: only other layers, not other marks, ask again.
  const layersChanged = () => {
    blind.show();
    body.hidden = store.blind !== null && !store.blind.finished;
    const names = store.layers.map(({ name, rows }) => `${name} ${rows.length}`).join("\n");
    if (body.hidden || names === known) return;
    known = names;
    form.fill(store.layers.map(({ name }) => name));
    if (opened) asking.ask(true);
  };
  const open = () => {
    if (!opened) form.begin(store.reviewed_m.length > 0);
    opened = true;
    form.prefer(store.layerShown); // who looks at a layer means that one
    if (!body.hidden) asking.ask(true);
  };
  // After an edit the figures are asked for anew while they are looked at, here or as marks on the log.
  const again = oncePerFrame(() => {
    blind.show();
    const marked = store.marks !== null;
    if (opened && (store.panel === "compare" || marked)) asking.ask(marked || state.answer === null);
  });
  store.on("panel", ({ name }) => name === "compare" && open());
  for (const event of ["ready", "layers"]) store.on(event, layersChanged);
  for (const event of ["rows", "reviewed"]) store.on(event, again);
  store.on("unit", asking.again);
  layersChanged();
}
