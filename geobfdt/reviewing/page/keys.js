/**
 * Every key of the page, in one table: the help shows it, and `actionOf` finds by it what a key press means.
 *
 * Single letters act only while no field has the focus and no modifier is held, so that typing a name never rejects a
 * pick. `action` names what happens; actions.js says how.
 */

/** @type {{group: string, keys: string[], shown: string, does: string, action: string}[]} one key a line, long as it is */
export const KEYS = [
  { group: "Go", keys: ["j"], shown: "j", does: "next pick by depth", action: "next" },
  { group: "Go", keys: ["k"], shown: "k", does: "previous pick by depth", action: "previous" },
  { group: "Go", keys: ["n"], shown: "n", does: "next undecided pick", action: "next-undecided" },
  { group: "Go", keys: ["d"], shown: "d", does: "next doubtful: the least confident undecided pick", action: "next-doubtful" },
  { group: "Go", keys: ["g"], shown: "g", does: "go to a depth", action: "go-to" },
  { group: "Go", keys: ["PageDown"], shown: "Page Down", does: "a screen down", action: "screen-down" },
  { group: "Go", keys: ["PageUp"], shown: "Page Up", does: "a screen up", action: "screen-up" },
  { group: "Go", keys: ["Home"], shown: "Home", does: "top of the log", action: "top" },
  { group: "Go", keys: ["End"], shown: "End", does: "base of the log", action: "base" },
  { group: "Decide", keys: ["a"], shown: "a", does: "accept", action: "accept" },
  { group: "Decide", keys: ["x"], shown: "x", does: "reject", action: "reject" },
  { group: "Decide", keys: ["u"], shown: "u", does: "undecided again", action: "undecide" },
  { group: "Decide", keys: ["f"], shown: "f", does: "kind: fracture", action: "fracture" },
  { group: "Decide", keys: ["b"], shown: "b", does: "kind: bedding", action: "bedding" },
  { group: "Decide", keys: ["o"], shown: "o", does: "kind: unknown", action: "unknown" },
  { group: "Decide", keys: ["e"], shown: "e", does: "go on to the next undecided pick after each decision, or stay", action: "advance" },
  { group: "Decide", keys: ["r"], shown: "r", does: "tick what is on the screen as reviewed", action: "reviewed" },
  { group: "Decide", keys: ["R"], shown: "Shift+R", does: "the same, and accept what is undecided there", action: "reviewed-accept" },
  { group: "Decide", keys: ["Escape"], shown: "Esc", does: "select nothing; leave draw mode; back to the log", action: "escape" },
  { group: "Move", keys: ["ArrowUp", "ArrowDown"], shown: "↑ ↓", does: "depth by 1 mm; with Shift 1 cm", action: "nudge" },
  { group: "Move", keys: ["ArrowLeft", "ArrowRight"], shown: "← →", does: "azimuth by 1°; with Shift 10°", action: "nudge" },
  { group: "Move", keys: ["+", "-", "=", "_", "*"], shown: "+ −", does: "dip by 0.5°; with Shift 5°", action: "nudge" },
  { group: "Move", keys: ["s"], shown: "s", does: "snap to the strongest trace near the curve", action: "snap" },
  { group: "Draw", keys: ["p"], shown: "p", does: "draw mode: click three or more points", action: "draw" },
  { group: "Draw", keys: ["Enter"], shown: "Enter", does: "take the drawn plane", action: "take" },
  { group: "Draw", keys: ["i"], shown: "i", does: "put a plane at mid-screen, to be moved by keys", action: "insert" },
  { group: "Draw", keys: ["Backspace"], shown: "Backspace", does: "drop the last point", action: "drop-point" },
  { group: "Look", keys: ["z"], shown: "z", does: "zoom in", action: "zoom-in" },
  { group: "Look", keys: ["Z"], shown: "Shift+Z", does: "zoom out", action: "zoom-out" },
  { group: "Look", keys: ["1"], shown: "1", does: "true shape: a metre down is a metre around", action: "true-scale" },
  { group: "Look", keys: ["h"], shown: "h", does: "hide or show the sinusoids", action: "hide" },
  { group: "Panels", keys: ["/"], shown: "/", does: "filter", action: "filter" },
  { group: "Panels", keys: ["c"], shown: "c", does: "compare", action: "compare" },
  { group: "Panels", keys: ["t"], shown: "t", does: "teach", action: "teach" },
  { group: "Panels", keys: ["?"], shown: "?", does: "this help", action: "help" },
  { group: "Keep", keys: ["Ctrl+z"], shown: "Ctrl+Z", does: "undo", action: "undo" },
  { group: "Keep", keys: ["Ctrl+Shift+Z", "Ctrl+y"], shown: "Ctrl+Shift+Z", does: "redo", action: "redo" },
  { group: "Keep", keys: ["Ctrl+s"], shown: "Ctrl+S", does: "save", action: "save" },
];

/** What the mouse and the pen do, for the help. */
export const GESTURES = [
  { shown: "click", does: "select a pick; with Shift add it to the selection" },
  { shown: "drag a curve", does: "depth" },
  { shown: "drag its round handle", does: "azimuth and dip" },
  { shown: "drag elsewhere", does: "move along the log" },
  { shown: "wheel", does: "scroll; with Ctrl zoom at the cursor" },
];

const BY_KEY = new Map(KEYS.flatMap((entry) => entry.keys.map((key) => [key, entry.action])));

/** The name of a key press as the table has it; Command counts as Ctrl. */
function keyName(event) {
  if (event.altKey) return "";
  if (!event.ctrlKey && !event.metaKey) return event.key;
  return `Ctrl+${event.shiftKey ? "Shift+" : ""}${event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase()}`;
}

/** The action of a key press, or undefined. Fields keep their keys, except those with Ctrl that save, undo and redo. */
export function actionOf(event) {
  const name = keyName(event);
  const inField = event.target.closest?.("input, select, textarea, [contenteditable], [role=tablist]");
  if (inField && !name.startsWith("Ctrl+") && name !== "Escape") return undefined;
  // A text field has its own undo.
  const inText = inField?.matches("input:not([type=checkbox], [type=radio], [type=range]), textarea");
  if (inText && name !== "Ctrl+s" && name !== "Escape") return undefined;
  if ((name === "Enter" || name === " ") && event.target.closest?.("button, a, summary")) return undefined;
  return BY_KEY.get(name);
}

/** All keys as the attribute aria-keyshortcuts has them. */
export const shortcuts = () =>
  KEYS.flatMap(({ keys }) => keys)
    .map((key) => key.replace("Ctrl", "Control"))
    .join(" ");
