/** Teaching the detector: what it would learn from, its progress, and what it scores on metres it has not seen. */

import { get, post } from "./api.js";
import { button, el, field, fill } from "./dom.js";
import { number } from "./entry.js";
import { counted, figure } from "./kinds.js";
import { metresOf } from "./progress.js";

/** The page asks once a second, and only while something runs. */
const EVERY_MS = 1000;
const MOST_STEPS = 100000;

export function mount(element, store) {
  // Beginnings and ends of what was asked of the server: odd while its answer is out.
  const state = { answer: null, timer: null, acts: 0 };
  const acting = () => state.acts % 2 === 1;
  const would = el("p", { id: "teach-from" });
  const steps = field("teach-steps", "steps", { class: "number", inputmode: "numeric", value: "300" });
  const buttons = {
    start: button("teach-start", "train on this", () => act(() => ({ do: "start", steps: stepsAsked() }))),
    cancel: button("teach-cancel", "cancel", () => act(() => ({ do: "cancel" }))),
    resume: button("teach-resume", "resume", () => act(() => ({ do: "resume" }))),
  };
  const progress = el("progress", { id: "teach-progress", max: "1", value: "0", "aria-label": "training" });
  const told = el("p", { id: "teach-told", class: "says", role: "status" });
  const result = el("div", { id: "teach-result" });
  const why = el(
    "p",
    { class: "hint" },
    "Fine-tunes the detector on the accepted picks of the reviewed metres, tries it on reviewed metres kept back " +
      "from it, and shows its new picks as a second layer. Metres that are not ticked as reviewed teach nothing.",
  );
  element.append(
    el("h3", {}, "Train on this"),
    why,
    would,
    steps.row,
    el("div", { class: "buttons" }, ...Object.values(buttons)),
    progress,
    told,
    result,
  );

  const stepsAsked = () => Math.round(number(steps.input.value.trim(), "steps", 1, MOST_STEPS));
  const act = async (body) => {
    if (acting()) return;
    state.acts += 1;
    let answer = null;
    try {
      answer = await post("/api/teach", body());
    } catch (error) {
      store.tell(error.message, "error");
    }
    state.acts += 1;
    if (answer) take(answer);
    else poll();
  };
  const take = (answer) => {
    const ended = state.answer?.state === "running" && answer.state === "finished";
    state.answer = answer;
    if (ended) store.refreshLayers().catch((error) => store.tell(error.message, "error"));
    show();
    clearTimeout(state.timer);
    state.timer = answer.state === "running" ? setTimeout(poll, EVERY_MS) : null;
  };
  const poll = () => {
    const { acts } = state;
    const heard = (answer) => {
      // Asked before something was begun or stopped, or meanwhile, it would say what no longer is: the answer to that
      // counts, and goes on asking.
      if (acts === state.acts && !acting()) take(answer);
    };
    return get("/api/teach").then(heard, (error) => {
      told.textContent = error.message;
      if (state.answer?.state === "running") state.timer = setTimeout(poll, 5 * EVERY_MS);
    });
  };
  const show = () => {
    if (!store.log) return;
    fill(would, learnsFrom(store));
    showRun(state.answer, buttons, progress, told, store);
    showResult(result, state.answer, store);
    steps.input.disabled = state.answer?.state === "running";
  };
  store.on("panel", ({ name }) => name === "teach" && state.answer === null && store.can.teach && poll());
  for (const event of ["ready", "rows", "reviewed", "unit", "layers"]) store.on(event, show);
  show();
}

/** The reviewed metres and the accepted picks in them, in words. */
function learnsFrom(store) {
  if (!store.can.teach) return "This installation cannot train: it was started without what training needs.";
  const metres = metresOf(store.reviewed_m);
  const inside = (depth_m) => store.reviewed_m.some(([top, base]) => depth_m >= top && depth_m <= base);
  const rows = store.sorted().filter((row) => inside(row.depth_m));
  const taken = rows.filter((row) => row.status === "accepted").length;
  const open = rows.filter((row) => row.status === "undecided").length;
  const left = open ? ` ${counted(open, "undecided pick")} there would count as no planes: decide them first.` : "";
  const length = `${store.fmtDepth(metres, 1)} ${store.depthUnit}`;
  return `It would learn from ${length} reviewed with ${counted(taken, "accepted pick")}.${left}`;
}

function showRun(answer, buttons, progress, told, store) {
  const state = answer?.state ?? "none";
  const enable = (one, can) => {
    one.hidden = !can;
  };
  enable(buttons.start, state !== "running");
  enable(buttons.cancel, state === "running");
  enable(buttons.resume, state === "cancelled");
  buttons.start.setAttribute("aria-disabled", String(!store.can.teach));
  progress.hidden = state === "none";
  if (state === "none") {
    told.textContent = "";
    return;
  }
  // Before the first step its length is not known: a bar without a value says so.
  if (state === "running" && answer.stage !== "training") progress.removeAttribute("value");
  else progress.value = answer.steps ? answer.step / answer.steps : 0;
  told.textContent = state === "running" ? stageWords(answer) : answer.told;
}

/** Where a running training stands: its stage, what it says of itself and the time left. */
export function stageWords({ stage, step, steps, seconds_left, told }) {
  const where = told || (stage === "training" ? `step ${step} of ${steps}` : "");
  const left = seconds_left === null ? "" : `, ${timeWords(seconds_left)} left`;
  return where ? `${stage}: ${where}${left}` : `${stage} …${left}`;
}

/** Seconds in words, "2 min 05 s". */
export function timeWords(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** Scores before and after, with chance beside them, and where the weights are. */
function showResult(element, answer, store) {
  if (!answer || answer.state !== "finished" || !answer.scores) return fill(element);
  const { before, after } = answer.scores;
  const rows = Object.keys(after).map((name) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, name),
      ...[before[name]?.f1, after[name].f1, after[name].chance_f1].map((value) =>
        el("td", {}, figure(value ?? null, 2)),
      ),
      el("td", {}, change(before[name]?.f1, after[name].f1)),
    ),
  );
  const head = el(
    "tr",
    {},
    el("td", {}),
    ...["before", "after", "chance", "change"].map((name) => el("th", { scope: "col" }, name)),
  );
  const shown = store.layerShown === "retrained";
  const layer = button(
    "teach-layer",
    shown ? "hide the new picks" : "show the new picks on the log",
    () => store.setMarks(shown ? null : "retrained", null),
    { "aria-pressed": String(shown) },
  );
  fill(
    element,
    el(
      "table",
      { id: "teach-scores", class: "scores" },
      el(
        "caption",
        {},
        `F1 on ${store.fmtDepth(metresOf(answer.held_out_m), 1)} ${store.depthUnit} that training did not see`,
      ),
      el("thead", {}, head),
      el("tbody", {}, ...rows),
    ),
    el(
      "div",
      { class: "buttons" },
      layer,
      button("teach-compare", "compare with the review", () => {
        store.setMarks("retrained", null);
        store.openPanel("compare");
      }),
    ),
    answer.weights
      ? el("p", { class: "path" }, "Weights: ", el("code", { id: "teach-weights" }, answer.weights))
      : null,
  );
}

const change = (before, after) =>
  Number.isFinite(before) && Number.isFinite(after)
    ? `${after >= before ? "+" : "−"}${Math.abs(after - before).toFixed(2)}`
    : "–";
