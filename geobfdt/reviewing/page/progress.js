/** How far the review has come: picks decided, metres ticked as reviewed, and the ticking itself. */

import { button, confirmed, el, fill, folding, oncePerFrame } from "./dom.js";
import { counted } from "./kinds.js";

/** Metres in [top, base] intervals that do not overlap, as the server keeps them. */
export const metresOf = (intervals_m) => intervals_m.reduce((sum, [top, base]) => sum + base - top, 0);

export function mountProgress(element, store) {
  const decided = bar("progress-decided", "picks decided");
  const reviewed = bar("progress-reviewed", "metres reviewed");
  const tick = button("progress-tick", "tick screen", () => tickScreen(store), {
    key: "r",
    "aria-label": "tick what is on the screen as reviewed",
  });
  const untick = button("progress-untick", "untick", () => onScreen(store, false, false), {
    "aria-label": "what is on the screen is not reviewed",
  });
  const accept = button("progress-accept", "accept…", () => acceptScreen(store), {
    "aria-label": "accept the undecided picks on the screen and tick it as reviewed",
  });
  const intervals = el("ul", { id: "intervals", class: "intervals" });
  const list = folding("reviewed-list", "Reviewed intervals", false, intervals);
  element.append(decided.row, reviewed.row, el("div", { class: "buttons" }, tick, untick, accept), list);
  const show = oncePerFrame(() => {
    if (!store.log) return;
    const { undecided } = store.counts();
    const [done, all] = [store.rows.size - undecided, store.rows.size];
    decided.show(done, all, `${done.toLocaleString("en")} of ${counted(all, "pick")} decided`);
    const [metres, length] = [metresOf(store.reviewed_m), store.log.base_m - store.log.top_m];
    const inUnit = (m) => store.fmtDepth(m, 1);
    reviewed.show(metres, length, `${inUnit(metres)} of ${inUnit(length)} ${store.depthUnit} reviewed`);
    list.querySelector("summary").textContent = `Reviewed intervals: ${store.reviewed_m.length}`;
    showIntervals(intervals, store);
  });
  for (const event of ["ready", "rows", "reviewed", "unit"]) store.on(event, show);
  show();
}

/** A progress bar with its figures in words. */
function bar(id, name) {
  const progress = el("progress", { id, "aria-label": name, max: "1", value: "0" });
  const text = el("span", { class: "bar-text" });
  return {
    row: el("div", { class: "bar" }, progress, text),
    show(done, all, words) {
      progress.value = all > 0 ? done / all : 0;
      text.textContent = words;
    },
  };
}

function showIntervals(list, store) {
  const focused = document.activeElement?.id;
  fill(
    list,
    ...store.reviewed_m.map(([top_m, base_m], k) => {
      const text = `${store.fmtDepth(top_m)} – ${store.fmtDepth(base_m)} ${store.depthUnit}`;
      return el(
        "li",
        {},
        button(`interval-${k}`, text, () => store.goTo((top_m + base_m) / 2), {
          class: "link",
          "aria-label": `go to ${text}`,
        }),
        button(`interval-${k}-untick`, "untick", () => post(store, top_m, base_m, false, false), {
          "aria-label": `untick ${text}`,
        }),
      );
    }),
  );
  if (store.reviewed_m.length === 0)
    fill(list, el("li", { class: "hint" }, "None yet. What is ticked is what teaching and scores may trust."));
  if (focused?.startsWith("interval-")) document.getElementById(focused)?.focus();
}

/** [top, base] in metres of what the log view shows, within the log. */
export function screen_m(store) {
  const { centre_m, metres_per_pixel, height_px } = store.view;
  const half_m = (height_px * metres_per_pixel) / 2;
  return [Math.max(store.log.top_m, centre_m - half_m), Math.min(store.log.base_m, centre_m + half_m)];
}

/** The undecided picks between two depths. */
const undecidedIn = (store, top_m, base_m) =>
  store.sorted().filter((row) => row.status === "undecided" && row.depth_m >= top_m && row.depth_m <= base_m);

const post = (store, top_m, base_m, on, accept) =>
  store.edit({ do: "reviewed", top_m, base_m, on, accept }).catch(() => {});

function onScreen(store, on, accept) {
  return post(store, ...screen_m(store), on, accept);
}

/** Tick the screen; picks stay as they are, and how many are undecided is told. */
async function tickScreen(store) {
  const [top_m, base_m] = screen_m(store);
  await post(store, top_m, base_m, true, false);
  const left = undecidedIn(store, top_m, base_m).length;
  if (left) store.tell(`Ticked; ${counted(left, "pick")} in it still undecided.`);
}

/** Accepting what nobody looked at one by one is asked for in so many words. */
async function acceptScreen(store) {
  const [top_m, base_m] = screen_m(store);
  const text = `${store.fmtDepth(top_m)} to ${store.fmtDepth(base_m)} ${store.depthUnit}`;
  const n = undecidedIn(store, top_m, base_m).length;
  const [picks, them] = n === 1 ? ["the 1 undecided pick", "it"] : [`all ${n} undecided picks`, "them"];
  const question =
    `Accept ${picks} from ${text}, whether the filter shows ${them} or not, ` +
    "and tick the interval as reviewed? One undo takes it back.";
  if (n === 0) store.tell("No pick on the screen is undecided.");
  else if (await confirmed("ask-accept", question, `Accept ${n}`)) await post(store, top_m, base_m, true, true);
}
