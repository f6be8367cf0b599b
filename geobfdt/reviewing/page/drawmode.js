/**
 * Draw mode: three or more clicks on a trace make a plane by least squares, drawn live with its misfit; Enter takes it,
 * Backspace drops the last point, Escape leaves. And the snap, which moves a plane onto the strongest trace near it.
 */

import { post } from "./api.js";
import { el } from "./dom.js";
import { backAfterMouse } from "./focus.js";
import { arcOf, fitPlane, WHOLE_ARC_DEG, wrapped } from "./plane.js";
import { KIND_NAMES } from "./filter.js";

/** Enough that the handle stands off the curve's middle. */
const INSERTED_DIP_DEG = 20;
const PLANE = ["depth_m", "dip_deg", "azimuth_deg"];
const planeOf = (values) => Object.fromEntries(PLANE.map((name) => [name, values[name]]));

export class DrawMode {
  /**
   * @param {import("./logview.js").LogView} view
   * @param {{bar: HTMLElement, onChange: () => void}} page the tool bar shown while drawing; onChange at start and end
   */
  constructor(view, { bar, onChange }) {
    Object.assign(this, { view, store: view.store, bar, onChange });
    this.active = false;
    this.kind = "fracture";
    this.points = [];
    this.plane = null; // fitted to the points, or snapped
    this.snapped = false;
    this._build();
  }

  _build() {
    this.kinds = el("select", { id: "draw-kind" }, ...KIND_NAMES.map((kind) => el("option", {}, kind)));
    this.kinds.addEventListener("change", () => (this.kind = this.kinds.value));
    this.told = el("span", { class: "told", id: "draw-told" });
    this.partial = el("input", { id: "draw-partial", type: "checkbox", onchange: () => this._show() });
    for (const control of [this.kinds, this.partial]) backAfterMouse(control, this.view.top);
    this.partialText = el("span", {}, "partial trace");
    const title = "Seen on this arc only: drawn solid there, dotted elsewhere";
    this.partialLabel = el("label", { for: "draw-partial", title }, this.partial, this.partialText);
    const tool = (id, text, key, act) => {
      const button = el("button", { id, type: "button", title: `${text} (${key})`, "aria-keyshortcuts": key }, text);
      button.addEventListener("click", () => {
        act();
        this.view.top.focus();
      });
      return button;
    };
    this.take_ = tool("draw-take", "Take", "Enter", () => this.take());
    this.drop_ = tool("draw-drop", "Drop last", "Backspace", () => this.drop());
    this.snap_ = tool("draw-snap", "Snap", "s", () => this.snap());
    const leave = tool("draw-leave", "Leave", "Escape", () => this.stop());
    const kind = el("label", { for: "draw-kind" }, "New", this.kinds);
    this.bar.append(kind, this.told, this.partialLabel, this.take_, this.drop_, this.snap_, leave);
  }

  /** The kind that the next pick is given. */
  setKind(kind) {
    this.kind = this.kinds.value = kind;
    this.store.tell(`The next pick is of kind ${kind}.`);
  }

  start() {
    this.active = true;
    this.store.select([]);
    // The kind under review is likelier the next one's than another.
    const kinds = this.store.filter.kinds;
    if (kinds.size === 1) [this.kind] = kinds;
    this.kinds.value = this.kind;
    this._clear();
    this.store.tell("Click three or more points of one trace.");
    this.onChange();
  }

  stop() {
    this.active = false;
    this._clear();
    this.onChange();
  }

  _clear() {
    this.points = [];
    this.plane = null;
    this.snapped = false;
    this.partial.checked = false;
    this._show();
  }

  add(point) {
    this.points.push(point);
    this._fit();
    // A plane that was fitted before its caliper came is fitted again with it.
    this.view.hole.load(point.depth_m, point.depth_m).then(() => this._fit());
  }

  drop() {
    this.points.pop();
    this._fit();
  }

  _fit() {
    this.snapped = false;
    this.plane = this.points.length >= 3 ? fitPlane(this.points, (depth_m) => this.view.hole.at(depth_m)) : null;
    this._show();
    if (this.plane) this.store.tell(this._words());
    else if (this.points.length >= 3) this.store.tell("These points fit many planes: click at other azimuths too.");
  }

  /** The arc that the points leave uncertain beyond, or null where they go far enough around. */
  _arc() {
    if (this.points.length < 3) return null;
    const arc = arcOf(this.points.map((point) => point.azimuth_deg));
    return arc.covered_deg < WHOLE_ARC_DEG ? [arc.from_deg, arc.to_deg] : null;
  }

  get span_deg() {
    return this.partial.checked ? this._arc() : null;
  }

  _words() {
    const { depth_m, dip_deg, azimuth_deg } = this.plane;
    const at = `${this.store.fmtDepth(depth_m, 3)} ${this.store.depthUnit}`;
    const figures = `${at}, dip ${dip_deg.toFixed(1)}°, azimuth ${azimuth_deg.toFixed(0)}°`;
    return this.snapped ? `${figures}, snapped` : `${figures}, misfit ${this._misfit()} of ${this.points.length} points`;
  }

  _misfit() {
    const mm = this.plane.rms_m * 1000;
    return `${mm.toFixed(mm < 10 ? 1 : 0)} mm`;
  }

  _show() {
    const { plane, points } = this;
    const arc = this._arc();
    if (!arc) this.partial.checked = false;
    this.partialLabel.hidden = !arc;
    if (arc) this.partialText.textContent = `partial trace, ${arc.map((one) => one.toFixed(0)).join("–")}°`;
    const missing = 3 - points.length;
    if (this.snapped) this.told.textContent = "snapped";
    else if (plane) this.told.textContent = `misfit ${this._misfit()}, ${points.length} points`;
    else if (missing <= 0) this.told.textContent = "no single plane fits";
    else this.told.textContent = `${missing} more point${missing > 1 ? "s" : ""} on one trace`;
    this.take_.disabled = this.snap_.disabled = !plane;
    this.snap_.hidden = !this.store.can.snap;
    this.drop_.disabled = points.length === 0;
    this.bar.hidden = !this.active;
    const label = plane && !this.snapped ? `${this._misfit()} rms` : null;
    this.view.drawn = this.active ? { points: [...points], plane, span_deg: this.span_deg, label } : null;
    this.view.redraw("top");
  }

  /** Add the drawn plane as a pick and stay in draw mode for the next one. */
  async take() {
    if (!this.plane) {
      this.store.tell("Three points make a plane.");
      return;
    }
    const values = { ...planeOf(this.plane), kind: this.kind };
    if (this.span_deg) values.span_deg = this.span_deg;
    this._clear();
    await this._add(values);
  }

  /** Add a gently dipping pick at mid-screen: how one is drawn without a mouse, since arrows and signs then move it. */
  async insert() {
    if (this.active) this.stop();
    const { log, view } = this.store;
    const azimuth_deg = wrapped(log.first_azimuth_deg + 180); // its trough stands in the middle of the image
    await this._add({ depth_m: view.centre_m, dip_deg: INSERTED_DIP_DEG, azimuth_deg, kind: this.kind });
  }

  async _add(values) {
    const answer = await this.store.edit({ do: "add", values }).catch(() => null);
    if (!answer) return;
    const added = answer.rows[0];
    this.store.select([added.id]);
    const at = `${this.store.fmtDepth(added.depth_m, 3)} ${this.store.depthUnit}`;
    this.store.tell(`Added: ${added.kind} at ${at}, dip ${added.dip_deg.toFixed(1)}°.`);
  }

  /** Snap what is drawn, or the current pick. */
  async snap() {
    const drawing = this.active && this.plane !== null;
    const row = drawing ? null : this.store.rows.get(this.store.current);
    if (!drawing && !row) return this.store.tell("Select a pick, or draw one, to snap it.");
    if (!this.store.can.snap) return this.store.tell("Snapping needs the detector, which is missing here.", "error");
    this.store.tell("Looking for the trace …");
    const from = this.plane;
    const answer = await post("/api/snap", planeOf(drawing ? from : row)).catch((error) => {
      this.store.tell(error.message, "error");
      return null;
    });
    if (!answer) return;
    if (!answer.plane) this.store.tell(answer.told);
    else if (!drawing) {
      const values = { ...planeOf(answer.plane), status: "accepted" };
      const edited = await this.store.edit({ do: "set", ids: [row.id], values }).catch(() => null);
      if (edited) this.store.tell(answer.told);
    } else if (this.active && this.plane === from) {
      this.plane = planeOf(answer.plane);
      this.snapped = true;
      this._show();
      this.store.tell(answer.told);
    }
  }
}
