/**
 * Moving the current pick by keys: arrows and signs. A key held down moves a draft; one edit is posted when the keys
 * are let go, so that the journal and the undo hold what was meant and not every step of it.
 */

import { STEEPEST_DEG, wrapped } from "./plane.js";

const MM = 0.001;
/** Key -> which value by how much; with Shift ten times that. */
const STEPS = {
  ArrowUp: ["depth_m", -MM],
  ArrowDown: ["depth_m", MM],
  ArrowLeft: ["azimuth_deg", -1],
  ArrowRight: ["azimuth_deg", 1],
  "+": ["dip_deg", 0.5],
  "=": ["dip_deg", 0.5],
  "*": ["dip_deg", 0.5],
  "-": ["dip_deg", -0.5],
  "_": ["dip_deg", -0.5],
};
/** Plus and minus need Shift on many keyboards, so Shift there means ten times only where the bare key has a sign. */
const SHIFTED = { "*": 10, "_": 10 };

export class Nudge {
  /** @param {import("./logview.js").LogView} view */
  constructor(view) {
    Object.assign(this, { view, store: view.store });
    this.moving = null; // {id, values}: what the draft holds
    addEventListener("keyup", (event) => this.moving && event.key !== "Shift" && this.flush());
    addEventListener("blur", () => this.flush());
  }

  /** One step of a key; returns the pick's shape as it now is, or null where none is selected. */
  step(event) {
    const row = this.store.rows.get(this.store.current);
    if (!row) return null;
    if (this.moving && this.moving.id !== row.id) this.flush();
    const [name, by] = STEPS[event.key];
    const values = { ...this.moving?.values };
    const value = (values[name] ?? row[name]) + by * times(event);
    if (name === "dip_deg") values[name] = Math.min(Math.max(value, 0), STEEPEST_DEG);
    else values[name] = name === "azimuth_deg" ? wrapped(value) : value;
    this.moving = { id: row.id, values };
    this.view.draft = { id: row.id, plane: values };
    this.view.redraw();
    return { ...row, ...values };
  }

  /** Post what was moved; anything that reads or changes picks calls this first. */
  flush() {
    if (!this.moving) return;
    const { id, values } = this.moving;
    this.moving = this.view.draft = null;
    this.store.edit({ do: "set", ids: [id], values: { ...values, status: "accepted" } }).catch(() => {});
  }

  /** Put the pick back. @returns {boolean} whether it had been moved */
  cancel() {
    const was = this.moving !== null;
    if (was) this.moving = this.view.draft = null;
    this.view.redraw();
    return was;
  }
}

function times({ key, shiftKey, code }) {
  if (SHIFTED[key]) return SHIFTED[key];
  if (!shiftKey) return 1;
  // "+" typed with Shift on the key of "=" is the plain plus of that keyboard.
  return key === "+" && code === "Equal" ? 1 : 10;
}
