/** The top bar: well, unit, scale, tools, undo and redo, counts. Its buttons are the keys' own actions. */

import { el } from "./dom.js";
import { backAfterMouse } from "./focus.js";
import { PAPER_M } from "./logview.js";

/** Depth scales of paper logs. */
const SCALES = [1, 2, 5, 10, 20, 40, 50, 100, 200, 500, 1000, 2000, 5000];
const BUTTONS = ["zoom-in", "zoom-out", "true-scale", "draw", "snap", "hide", "reviewed", "advance", "undo", "redo", "help"];
const byId = (id) => document.getElementById(id);

export class Bar {
  /** @param {{view, store, drawMode, act: (action: string) => void, focus: () => void}} page */
  constructor({ view, store, drawMode, act, focus }) {
    Object.assign(this, { view, store, drawMode, focus });
    for (const id of BUTTONS) {
      byId(id).addEventListener("click", () => {
        act(id);
        if (id !== "help") focus();
      });
    }
    byId("theme").addEventListener("click", focus);
    byId("scales").append(...SCALES.map((n) => el("option", { value: `1:${n}` })));
    this._scale(byId("scale"));
    const unit = byId("unit");
    unit.addEventListener("change", () => store.setUnit(unit.value));
    backAfterMouse(unit, view.top);
    for (const event of ["ready", "rows", "reviewed", "unit", "view", "layers"]) store.on(event, () => this._later());
    view.onChange = () => this._later();
    this.show();
  }

  _scale(input) {
    input.addEventListener("change", () => {
      const n = Number(/^\s*(?:1\s*:)?\s*([\d.]+)\s*$/.exec(input.value)?.[1]);
      if (n > 0) this.store.setView({ metres_per_pixel: n * PAPER_M });
      else this.store.tell(`${input.value} is no scale: type one like 1:20.`, "error");
      this.show();
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.stopPropagation();
      input.blur();
      this.focus();
    });
    input.addEventListener("focus", () => input.select());
  }

  /** Once a frame: dragging and scrolling change the view far more often. */
  _later() {
    if (this._asked) return;
    this._asked = true;
    requestAnimationFrame(() => {
      this._asked = false;
      this.show();
    });
  }

  show() {
    const { store, view } = this;
    const { log, depthUnit } = store;
    byId("well").textContent = byId("well").title = log.well || log.file;
    const ends = `${store.fmtDepth(log.top_m)}–${store.fmtDepth(log.base_m)} ${depthUnit}`;
    byId("interval").textContent = `${ends} · hole ${(log.hole_diameter_m * 1000).toFixed(0)} mm`;
    const from = log.reference === "north" ? "north" : "high side";
    const rows = `rows of ${(log.row_step_m * 1000).toFixed(2)} mm`;
    byId("interval").title = `${log.file}, ${log.columns} columns, ${rows}, azimuths from ${from}`;
    document.title = `${log.well || log.file} – geobfdt review`;
    byId("unit").value = depthUnit;
    const scale = byId("scale");
    if (document.activeElement !== scale) scale.value = `1:${rounded(store.view.metres_per_pixel / PAPER_M)}`;
    press("true-scale", view.isTrueScale());
    press("draw", this.drawMode.active);
    press("hide", view.hidden);
    press("reviewed", view.isReviewed());
    press("advance", store.advancing);
    byId("snap").disabled = !store.can.snap;
    byId("undo").disabled = !store.undoable;
    byId("redo").disabled = !store.redoable;
    this._counts();
  }

  _counts() {
    const { undecided, accepted, rejected } = this.store.counts();
    const parts = [count("undecided", undecided, "?"), count("accepted", accepted, "✓"), count("rejected", rejected, "✗")];
    if (this.store.blind && !this.store.blind.finished) {
      const title = "Earlier picks are hidden until this pass is finished";
      parts.unshift(el("span", { id: "blind-pass", class: "blind", title }, "blind pass"));
    }
    byId("counts").replaceChildren(...parts);
  }
}

/** A count with its word, for which a sign stands where the bar is short. */
function count(name, n, sign) {
  const words = [el("span", { class: "long" }, name), el("span", { class: "short", "aria-hidden": "true" }, sign)];
  return el("span", { id: `count-${name}`, class: name, title: name }, el("b", {}, n.toLocaleString("en")), " ", ...words);
}

const press = (id, on) => byId(id).setAttribute("aria-pressed", String(on));
const rounded = (n) => (n < 10 ? Number(n.toFixed(1)) : Number(n.toPrecision(3)));
