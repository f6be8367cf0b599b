/** What every action of keys.js does; the buttons of the top bar do the same. */

import { zoomAt } from "./pointer.js";
import { remember, remembered } from "./theme.js";

const ZOOM = 1.25;
const SCREEN = 0.85; // a little of the last screen stays in view

/**
 * Functions by action.
 *
 * @param {{view, store, drawMode, nudge, pointer, dialogs}} page dialogs: {goTo, help}
 * @returns {Object<string, (event: Event) => void>}
 */
export function actionsOf(page) {
  const groups = [goActions, decideActions, drawActions, lookActions, keepActions];
  return Object.assign({}, ...groups.map((group) => group(page)));
}

function goActions({ view, store, dialogs }) {
  let doubtful = null; // the pick that the last "next doubtful" went to
  const step = (by) => {
    const found = beside(store, by, () => true);
    if (found) store.setCurrent(found.id);
    else store.tell("No pick passes the filter.");
  };
  const scroll = (screens) => {
    const { centre_m, height_px, metres_per_pixel } = store.view;
    store.setView({ centre_m: centre_m + screens * SCREEN * height_px * metres_per_pixel });
  };
  return {
    next: () => step(1),
    previous: () => step(-1),
    "next-undecided": () => goOn(store),
    "next-doubtful": () => {
      const found = nextDoubtful(store, doubtful);
      doubtful = found?.id ?? null;
      if (found) store.setCurrent(found.id);
      else store.tell("Nothing that passes the filter is undecided.");
    },
    "go-to": () => dialogs.goTo(),
    "screen-down": () => scroll(1),
    "screen-up": () => scroll(-1),
    top: () => view.showFrom(store.log.top_m),
    base: () => store.goTo(store.log.base_m),
  };
}

function goOn(store) {
  const found = beside(store, 1, (row) => row.status === "undecided");
  if (found) store.setCurrent(found.id);
  else store.tell("Nothing that passes the filter is undecided.");
}

/** The next row down (or up) that is wanted, beginning again at the other end; from the current pick or the view. */
function beside(store, by, wanted) {
  const rows = by > 0 ? store.shown() : [...store.shown()].reverse();
  const current = store.rows.get(store.current);
  const after = (row) => {
    if (!current) return by * (row.depth_m - store.view.centre_m) >= 0;
    const ahead = by * (row.depth_m - current.depth_m);
    return ahead > 0 || (ahead === 0 && by * (row.id - current.id) > 0);
  };
  const isOther = (row) => row.id !== current?.id;
  return rows.find((row) => after(row) && wanted(row)) ?? rows.find((row) => isOther(row) && wanted(row)) ?? null;
}

/** The least confident undecided row; asked again without having decided, the next after it. */
function nextDoubtful(store, last) {
  const rows = store.shown().filter((row) => row.status === "undecided");
  rows.sort((one, other) => (one.confidence ?? 1) - (other.confidence ?? 1) || one.depth_m - other.depth_m);
  const place = last === store.current ? rows.findIndex((row) => row.id === last) : -1;
  return rows[(place + 1) % (rows.length || 1)] ?? null;
}

function decideActions({ view, store, drawMode, nudge, pointer }) {
  store.advancing = remembered("advance") === "on";
  const set = (values) => {
    if (drawMode.active && values.kind) return drawMode.setKind(values.kind);
    const ids = [...store.selection];
    if (!ids.length) return store.tell("Select a pick first: click on its curve, or press j.");
    store.edit({ do: "set", ids, values }).catch(() => {});
  };
  const decide = (status) => {
    const alone = store.selection.size === 1;
    set({ status });
    if (alone && store.advancing) goOn(store);
  };
  return {
    accept: () => decide("accepted"),
    reject: () => decide("rejected"),
    advance: () => {
      store.advancing = !store.advancing;
      remember("advance", store.advancing ? "on" : "off");
      view.onChange();
      store.tell(store.advancing ? "Each decision goes on to the next undecided pick." : "Decisions stay at their pick.");
    },
    undecide: () => set({ status: "undecided" }),
    fracture: () => set({ kind: "fracture" }),
    bedding: () => set({ kind: "bedding" }),
    unknown: () => set({ kind: "unknown" }),
    reviewed: () => tickReviewed(view, store, false),
    "reviewed-accept": () => tickReviewed(view, store, true),
    escape: (event) => {
      if (pointer.cancel() || nudge.cancel()) return;
      if (event.target?.closest?.("#side")) return; // only back to the log, which the caller does
      if (drawMode.active) drawMode.stop();
      else store.select([]);
    },
  };
}

/** Tick the screen as reviewed; where all of it is already, take the tick back. */
function tickReviewed(view, store, accept) {
  const [top_m, base_m] = view.extent();
  const on = accept || !view.isReviewed();
  const words = `${store.fmtDepth(top_m)} to ${store.fmtDepth(base_m)} ${store.depthUnit}`;
  store
    .edit({ do: "reviewed", top_m, base_m, on, accept })
    .then((answer) => {
      const also = accept ? `, ${answer.rows.length} undecided accepted` : "";
      store.tell(on ? `Reviewed: ${words}${also}.` : `No longer reviewed: ${words}.`);
    })
    .catch(() => {});
}

function drawActions({ store, drawMode, nudge }) {
  return {
    draw: () => (drawMode.active ? drawMode.stop() : drawMode.start()),
    take: () => drawMode.active && drawMode.take(),
    insert: () => drawMode.insert(),
    "drop-point": () => drawMode.active && drawMode.drop(),
    snap: () => drawMode.snap(),
    nudge: (event) => nudge.step(event) ?? scrollBy(store, event.key),
  };
}

/** Without a pick to move, up and down scroll by a tenth of a screen. */
function scrollBy(store, key) {
  const by = { ArrowUp: -0.1, ArrowDown: 0.1 }[key];
  const { centre_m, height_px, metres_per_pixel } = store.view;
  if (by) store.setView({ centre_m: centre_m + by * height_px * metres_per_pixel });
  else store.tell("Select a pick to move it.");
}

function lookActions({ view, store, dialogs }) {
  const zoom = (times) => zoomAt(view, view.cursor?.y ?? view.height / 2, times);
  return {
    "zoom-in": () => zoom(1 / ZOOM),
    "zoom-out": () => zoom(ZOOM),
    "true-scale": () => store.setView({ metres_per_pixel: view.trueScale() }),
    hide: () => view.setHidden(!view.hidden),
    filter: () => store.openPanel("list"),
    compare: () => store.openPanel("compare"),
    teach: () => store.openPanel("teach"),
    help: () => dialogs.help(),
  };
}

function keepActions({ store }) {
  const turn = (what) => {
    if (what === "undo" ? !store.undoable : !store.redoable) return store.tell(`Nothing to ${what}.`);
    store
      .edit({ do: what })
      .then(({ rows }) => {
        const ids = rows.map((row) => row.id);
        if (ids.length) {
          store.select(ids, { current: ids[0] });
          store.reveal(ids[0]);
        }
        store.tell(what === "undo" ? "Undone." : "Done again.");
      })
      .catch(() => {});
  };
  return {
    undo: () => turn("undo"),
    redo: () => turn("redo"),
    save: () => {
      store.openPanel("save", { focus: false });
      store.emit("save");
    },
  };
}
