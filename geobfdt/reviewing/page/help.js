/** The help: every key, what the mouse does, and what lines, colours and marks mean. */

import { el } from "./dom.js";
import { GESTURES, KEYS } from "./keys.js";
import { KINDS } from "./kinds.js";

/** What is drawn, as [class of a sample drawn by panels.css, its sign, its meaning]. */
const LINES = [
  ...KINDS.map(({ kind, dash }) => [`line ${kind}`, "", `${kind}: ${dash} line`]),
  ["line accepted", "", "accepted: thicker, with a tick mark at its end"],
  ["line rejected", "", "rejected: thin, grey, dashed"],
  ["line partial", "", "partial trace: solid where it is seen, dotted elsewhere"],
];
const MARKS = [
  ["", "◆ ● ■", "poles and tadpoles: fracture, bedding, unknown"],
  ["", "●╱", "tadpole: across is the dip from 0 to 90°, the tail points to the dip direction, up is the reference"],
  ["", "✓ ✗ ?", "in the list: accepted, rejected, undecided"],
  ["", "○ ✕", "in a comparison: missed by the estimate, false in it"],
];

/** Build the help inside its section; the page opens the dialog around it. */
export function mount(element) {
  const groups = [...new Set(KEYS.map(({ group }) => group))];
  const close = el(
    "button",
    { id: "help-close", type: "button", onclick: () => element.closest("dialog")?.close() },
    "Close",
  );
  element.append(
    el("div", { class: "help-head" }, el("h2", {}, "Keys and signs"), close),
    el(
      "p",
      { class: "hint" },
      "Letters act while no field has the focus; Esc leaves a field and comes back to the log.",
    ),
    el(
      "div",
      { class: "help-columns" },
      ...groups.map((group) =>
        table(
          group,
          KEYS.filter((key) => key.group === group),
        ),
      ),
      table("Mouse and pen", GESTURES),
      table("Nets and list", PANELS),
      signs(),
    ),
  );
}

/** Keys of the panels themselves, which hold while they have the focus. */
const PANELS = [
  {
    shown: "arrows",
    does: "in the list: from pick to pick; on the net: to the next pole that way; on the rose: petal by petal",
  },
  { shown: "Shift+arrows", does: "in the list: take along what is passed" },
  { shown: "Enter", does: "go there (list), select (net, rose)" },
  { shown: "drag", does: "on the net: brush poles; with Shift add to them" },
];

function table(name, keys) {
  return el(
    "section",
    { class: "help-group", "aria-label": name },
    el("h3", {}, name),
    el("dl", {}, ...keys.map(({ shown, does }) => [el("dt", {}, el("kbd", {}, shown)), el("dd", {}, does)]).flat()),
  );
}

function signs() {
  const row = ([sample, sign, meaning]) => [
    el("dt", {}, el("span", { class: `sample ${sample}`, "aria-hidden": "true" }, sign)),
    el("dd", {}, meaning),
  ];
  return el(
    "section",
    { class: "help-group", "aria-label": "Signs" },
    el("h3", {}, "Signs"),
    el("dl", {}, ...LINES.map(row).flat(), ...MARKS.map(row).flat()),
  );
}
