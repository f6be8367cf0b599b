/**
 * The review page: sets up the log view and its panels, and hands keys to actions.
 *
 * `window.geobfdt = {store, view}` is there for whoever drives the page, as its tests do.
 */

import { actionsOf } from "./actions.js";
import { Bar } from "./bar.js";
import { DrawMode } from "./drawmode.js";
import { Heads } from "./heads.js";
import { actionOf, shortcuts } from "./keys.js";
import { LogView } from "./logview.js";
import { Nudge } from "./nudge.js";
import { Overview } from "./overview.js";
import { mountPanels } from "./panels.js";
import { Pointer } from "./pointer.js";
import { goToDialog, helpDialog } from "./dialogs.js";
import { StatusLine } from "./statusline.js";
import { store } from "./store.js";
import { startTheme } from "./theme.js";

const byId = (id) => document.getElementById(id);
/** A pick that was moved by keys is posted before anything else is done, but not before it is moved on or put back. */
const KEEPS_DRAFT = new Set(["nudge", "escape"]);

/** What a key held down does again and again; decisions are made once a press. */
const REPEATS = new Set(["nudge", "next", "previous", "screen-down", "screen-up", "zoom-in", "zoom-out"]);

async function start() {
  // The token has become a cookie: it must not stay in the address bar, the history or a screenshot.
  if (location.search) history.replaceState(null, "", location.pathname);
  startTheme(byId("theme"));
  const status = new StatusLine(store, { cursor: byId("cursor"), told: byId("told"), saved: byId("saved") });
  try {
    await store.load();
  } catch (error) {
    byId("waiting").textContent = error.message;
    return;
  }
  byId("waiting").hidden = true;
  const canvas = byId("log");
  const view = new LogView(store, byId("log-base"), canvas);
  const nudge = new Nudge(view);
  const drawMode = new DrawMode(view, { bar: byId("drawbar"), onChange: () => bar.show() });
  const pointer = new Pointer(view, drawMode, {
    onHover: (at, draft) => status.hover(at, draft),
    beforeEdit: () => nudge.flush(),
  });
  new Heads(view, byId("heads"));
  new Overview(byId("overview"), view);
  const dialogs = { goTo: goToDialog(store, canvas), help: helpDialog(byId("help-dialog")) };
  const actions = actionsOf({ view, store, drawMode, nudge, pointer, dialogs });
  const act = (action, event) => {
    if (!KEEPS_DRAFT.has(action)) nudge.flush();
    actions[action](event);
  };
  const bar = new Bar({ view, store, drawMode, act, focus: () => canvas.focus({ preventScroll: true }) });
  canvas.setAttribute("aria-keyshortcuts", shortcuts());
  addEventListener("keydown", (event) => onKey(event, act, canvas));
  window.geobfdt = { store, view };
  view.start();
  canvas.focus({ preventScroll: true });
  store.tell(`${firstWords(store.rows.size)}, ? shows all keys.`);
  store.awaitTiles().catch(() => {}); // a server that is gone is told of by whatever is asked next
  await mountPanels(store);
}

const firstWords = (picks) =>
  picks
    ? `${picks > 1 ? picks.toLocaleString("en") + " picks" : "One pick"}: n goes to the next, a accepts, x rejects`
    : "No picks yet: p draws one by three or more clicks";

function onKey(event, act, canvas) {
  if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  if (event.repeat && !REPEATS.has(action)) return;
  act(action, event);
  // The focus stays in a panel that was gone to by choice; Escape is the way back.
  const opens = ["filter", "compare", "teach", "go-to", "help"].includes(action);
  const chosen = document.activeElement?.closest("#side, #drawbar, #overview, #whole") && action !== "escape";
  if (!opens && !chosen && !document.querySelector("dialog[open]")) canvas.focus({ preventScroll: true });
}

start();
