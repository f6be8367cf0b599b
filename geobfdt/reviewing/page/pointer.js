/**
 * Mouse and pen on the log view: select, drag a curve (depth) or its handle (azimuth and dip), pan, scroll and zoom.
 *
 * While a hand moves, the pick has a draft geometry in the view; on release one edit is posted, of what moved alone, so
 * that a drag of the body leaves dip and azimuth the very numbers they were.
 */

import { AXIS } from "./columns.js";
import { depthAt } from "./drawing.js";
import { trough, withTrough } from "./plane.js";

/** A hand that clicks moves this much without meaning it, in pixels. */
const STILL = 3;
const ZOOM_STEP = 1.0015;

export class Pointer {
  /**
   * @param {import("./logview.js").LogView} view
   * @param {import("./drawmode.js").DrawMode} drawMode
   * @param {{onHover: (at: object|null, draft: object|null) => void, beforeEdit: () => void}} page onHover is told what
   *   is under the cursor and what a hand moves; beforeEdit posts what keys had moved
   */
  constructor(view, drawMode, { onHover, beforeEdit }) {
    Object.assign(this, { view, store: view.store, drawMode, onHover, beforeEdit });
    this.held = null;
    const canvas = view.top;
    canvas.addEventListener("pointerdown", (event) => this._down(event));
    canvas.addEventListener("pointermove", (event) => this._move(event));
    canvas.addEventListener("pointerup", (event) => this._up(event));
    canvas.addEventListener("pointercancel", () => this.cancel());
    canvas.addEventListener("pointerleave", () => this._leave());
    canvas.addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    canvas.addEventListener("contextmenu", (event) => this.held && event.preventDefault());
  }

  _place(event) {
    const { left, top } = this.view.top.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  _down(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.beforeEdit();
    this.view.top.focus({ preventScroll: true });
    // A press that is let go outside the window would never end. (Synthetic events have no pointer to capture.)
    if (event.isTrusted) this.view.top.setPointerCapture(event.pointerId);
    const at = this._place(event);
    const hit = event.button === 0 && !this.drawMode.active ? this.view.hit(at.x, at.y) : null;
    this.held = { start: at, moved: false, hit, centre_m: this.store.view.centre_m, shift: event.shiftKey };
    if (!hit || event.shiftKey) return;
    if (hit.id !== this.store.current) this.store.select([hit.id]);
    const row = this.store.rows.get(hit.id);
    const handle = trough(row, this.view.hole.at(row.depth_m));
    this.held.row = row;
    // The handle is dragged by where it was taken, not by its middle: it must not jump when the drag begins.
    this.held.start_m = depthAt(this.view.space(), at.y);
    this.held.offset_m = handle.depth_m - this.held.start_m;
    this.held.offset_deg = handle.azimuth_deg - this.view.at(at.x, at.y).azimuth_deg;
  }

  _move(event) {
    const at = this._place(event);
    this.view.cursor = at;
    const { held } = this;
    if (held && !held.moved) held.moved = Math.hypot(at.x - held.start.x, at.y - held.start.y) > STILL;
    if (held?.moved) this._drag(at);
    else this._hover(at);
    this.onHover(this.view.at(at.x, at.y), this.view.draft);
    this.view.redraw("top");
  }

  _hover(at) {
    const part = this.drawMode.active ? null : this.view.hit(at.x, at.y)?.part;
    const cursor = { trough: "grab", body: "ns-resize", marker: "pointer" }[part];
    this.view.top.style.cursor = cursor ?? (this.view.at(at.x, at.y).panel === null ? "default" : "crosshair");
  }

  _drag(at) {
    const { held, store } = this;
    if (!held.row || held.hit.part === "marker") {
      const { metres_per_pixel } = store.view;
      this.view.top.style.cursor = "grabbing";
      store.setView({ centre_m: held.centre_m - (at.y - held.start.y) * metres_per_pixel });
      return;
    }
    this.view.draft = { id: held.row.id, plane: this._dragged(at) };
  }

  /** The values that a drag gives: depth of the body, or dip and azimuth of the handle. */
  _dragged(at) {
    const { row, hit, start_m, offset_m, offset_deg } = this.held;
    const space = this.view.space();
    // By depths and not by pixels: the wheel may scroll the log under the hand.
    if (hit.part === "body") return { depth_m: row.depth_m + depthAt(space, at.y) - start_m };
    const column = this.view.column("image", 1);
    // Beyond the panel's edge the image goes on around the hole.
    const azimuth_deg = space.first_azimuth_deg + ((at.x - column.x) / column.width) * 360 + offset_deg;
    const point = { azimuth_deg, depth_m: depthAt(space, at.y) + offset_m };
    const { dip_deg, azimuth_deg: turned } = withTrough(row, this.view.hole.at(row.depth_m), point);
    return { dip_deg, azimuth_deg: turned };
  }

  _up(event) {
    const { held, store } = this;
    this.held = null;
    if (!held) return;
    const at = this._place(event);
    const draft = this.view.draft;
    this.view.draft = null;
    if (draft) {
      const values = { ...draft.plane, status: "accepted" };
      store.edit({ do: "set", ids: [draft.id], values }).catch(() => {}); // told already, and drawn as it was
    } else if (!held.moved) this._click(held, at);
    this._hover(at);
    this.view.redraw();
  }

  _click(held, at) {
    const { store } = this;
    if (at.y < AXIS) return;
    const { panel, azimuth_deg, depth_m } = this.view.at(at.x, at.y);
    if (this.drawMode.active) {
      if (panel !== null) this.drawMode.add({ azimuth_deg, depth_m });
    } else if (held.hit && held.shift) {
      const others = [...store.selection].filter((id) => id !== held.hit.id);
      if (others.length < store.selection.size) store.select(others);
      else store.select([held.hit.id], { add: true });
    } else if (held.hit) store.select([held.hit.id]);
    else if (!held.shift && store.selection.size) store.select([]);
  }

  /** Put a pick that is being dragged back. @returns {boolean} whether one was */
  cancel() {
    const dragging = this.view.draft !== null && this.held !== null;
    this.held = null;
    if (dragging) this.view.draft = null;
    this.view.redraw();
    return dragging;
  }

  _leave() {
    if (this.held) return;
    this.view.cursor = null;
    this.onHover(null);
    this.view.redraw("top");
  }

  _wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 24 : 1;
    const { centre_m, metres_per_pixel } = this.store.view;
    if (event.ctrlKey || event.metaKey) zoomAt(this.view, this._place(event).y, ZOOM_STEP ** (event.deltaY * lines));
    else this.store.setView({ centre_m: centre_m + event.deltaY * lines * metres_per_pixel });
  }
}

/** Zoom so that what is at a pixel of the canvas stays there. @param {number} times above 1 shows more of the log */
export function zoomAt(view, y, times) {
  const { store } = view;
  const at_m = depthAt(view.space(), y);
  const before = store.view.metres_per_pixel;
  const centre_m = store.view.centre_m;
  store.setView({ metres_per_pixel: before * times });
  store.setView({ centre_m: at_m + (centre_m - at_m) * (store.view.metres_per_pixel / before) });
}
