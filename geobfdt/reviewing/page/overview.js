/**
 * The strip of the whole well: the image from top to base, picks per metre by kind, what is reviewed, what is doubtful,
 * and the frame of what the log view shows, which is dragged.
 */

import { colours, onTheme } from "./theme.js";
import { Tiles } from "./tiles.js";

/** Undecided picks below this confidence are marked: a detector's own threshold lies about here. */
const DOUBTFUL = 0.5;
/** Pixels that one bar of the densities is high. */
const BAR = 3;
const MARGIN = 17;
const REVIEWED = { x: 3, width: 6 };
const IMAGE = { x: 11, width: 22 };
const DENSITY = { x: 36, width: 32 };
const DOUBT = { x: 70, width: 6 };

export class Overview {
  /** @param {HTMLCanvasElement} canvas @param {import("./logview.js").LogView} view */
  constructor(canvas, view) {
    Object.assign(this, { canvas, view, store: view.store });
    this.held = null;
    this._bars = null;
    const { store } = this;
    const redraw = () => this.redraw();
    // Tiles of its own: scrolling in the log view must not push the strip's out of memory.
    this.tiles = new Tiles(store.tiles, store.log, redraw);
    store.on("tiles", () => this.tiles.renew());
    for (const event of ["view", "reviewed", "unit"]) store.on(event, redraw);
    for (const event of ["rows", "filter"]) store.on(event, () => ((this._bars = null), redraw()));
    onTheme(redraw);
    new ResizeObserver(() => this._resize()).observe(canvas.parentElement);
    canvas.addEventListener("pointerdown", (event) => this._down(event));
    canvas.addEventListener("pointermove", (event) => this._move(event));
    canvas.addEventListener("pointerup", () => (this.held = null));
    canvas.addEventListener("pointercancel", () => (this.held = null));
    canvas.addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this._key(event));
    this._resize();
  }

  _resize() {
    const { clientWidth, clientHeight } = this.canvas.parentElement;
    this.ratio = window.devicePixelRatio || 1;
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.round(clientWidth * this.ratio);
    this.canvas.height = Math.round(clientHeight * this.ratio);
    this._bars = null;
    this.redraw();
  }

  get metres_per_pixel() {
    const { top_m, base_m, row_step_m } = this.store.log;
    return Math.max(base_m - top_m, row_step_m) / Math.max(this.height - 2 * MARGIN, 1);
  }

  _y(depth_m) {
    return MARGIN + (depth_m - this.store.log.top_m) / this.metres_per_pixel;
  }

  _depth(y) {
    return this.store.log.top_m + (y - MARGIN) * this.metres_per_pixel;
  }

  // -------------------------------------------------------------------------------------------------- the hand

  _down(event) {
    if (event.button !== 0) return;
    if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId);
    const depth_m = this._depth(event.offsetY);
    const [top, base] = this._frameEdges();
    const { centre_m } = this.store.view;
    // Taken inside, the frame is dragged by where it was taken; beside it, it jumps there first.
    const inside = event.offsetY >= top && event.offsetY <= base;
    this.held = { offset_m: inside ? centre_m - depth_m : 0 };
    if (!inside) this.store.goTo(depth_m);
  }

  _move(event) {
    if (this.held) this.store.goTo(this._depth(event.offsetY) + this.held.offset_m);
  }

  _wheel(event) {
    event.preventDefault();
    const { centre_m, height_px, metres_per_pixel } = this.store.view;
    this.store.setView({ centre_m: centre_m + Math.sign(event.deltaY) * 0.5 * height_px * metres_per_pixel });
  }

  /** As a scroll bar: arrows by a tenth of a screen. */
  _key(event) {
    const by = { ArrowUp: -0.1, ArrowDown: 0.1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { centre_m, height_px, metres_per_pixel } = this.store.view;
    this.store.setView({ centre_m: centre_m + by * height_px * metres_per_pixel });
  }

  // ------------------------------------------------------------------------------------------------- the strip

  redraw() {
    if (this._asked) return;
    this._asked = true;
    requestAnimationFrame(() => {
      this._asked = false;
      if (this.height > 2 * MARGIN) this._frame();
    });
  }

  _frame() {
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const palette = colours();
    const height = this.height - 2 * MARGIN;
    context.fillStyle = palette.ground;
    context.fillRect(REVIEWED.x, MARGIN, REVIEWED.width, height);
    context.fillRect(IMAGE.x, MARGIN, IMAGE.width, height);
    const from = { top_m: this.store.log.top_m, metres_per_pixel: this.metres_per_pixel };
    this.tiles.draw(context, this.view.looks[0], { ...IMAGE, y: MARGIN, height }, from, this.ratio);
    context.fillStyle = palette.good;
    for (const [top_m, base_m] of this.store.reviewed_m)
      context.fillRect(REVIEWED.x, this._y(top_m), REVIEWED.width, Math.max(this._y(base_m) - this._y(top_m), 1));
    this._drawBars(context, palette);
    this._drawEnds(context, palette);
    this._drawFrame(context, palette);
    this._tellBar();
  }

  /** Picks per metre in every bar by kind, and the depths of doubtful ones. */
  _counted() {
    if (this._bars) return this._bars;
    const bars = Array.from({ length: Math.ceil((this.height - 2 * MARGIN) / BAR) }, () => ({}));
    const doubtful = [];
    for (const row of this.store.shown()) {
      if (row.status === "rejected") continue;
      const bar = bars[Math.min(Math.max(Math.floor((this._y(row.depth_m) - MARGIN) / BAR), 0), bars.length - 1)];
      bar[row.kind] = (bar[row.kind] ?? 0) + 1;
      if (row.status === "undecided" && (row.confidence ?? 1) < DOUBTFUL) doubtful.push(row.depth_m);
    }
    const totals = bars.map((bar) => Object.values(bar).reduce((sum, one) => sum + one, 0));
    this._bars = { bars, most: totals.reduce((most, one) => Math.max(most, one), 1), doubtful };
    return this._bars;
  }

  _drawBars(context, palette) {
    const { bars, most, doubtful } = this._counted();
    bars.forEach((bar, place) => {
      let { x } = DENSITY;
      for (const kind of ["fracture", "bedding", "unknown"]) {
        const width = ((bar[kind] ?? 0) / most) * DENSITY.width;
        context.fillStyle = palette[kind];
        context.fillRect(x, MARGIN + place * BAR, width, BAR - 0.5);
        x += width;
      }
    });
    context.fillStyle = palette.warn;
    let last = -Infinity;
    for (const depth_m of doubtful) {
      const y = this._y(depth_m);
      if (y - last < 1.5) continue;
      context.fillRect(DOUBT.x, y - 1, DOUBT.width, 2);
      last = y;
    }
  }

  _drawEnds(context, palette) {
    const { top_m, base_m } = this.store.log;
    context.font = "10px system-ui, sans-serif";
    context.fillStyle = palette.faint;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const digits = base_m - top_m < 20 ? 1 : 0;
    for (const [depth_m, y] of [[top_m, MARGIN / 2], [base_m, this.height - MARGIN / 2]])
      context.fillText(`${this.store.fmtDepth(depth_m, digits)} ${this.store.depthUnit}`, this.width / 2, y);
  }

  _frameEdges() {
    const [top_m, base_m] = this.view.extent();
    const [top, base] = [this._y(top_m), this._y(base_m)];
    const missing = Math.max(8 - (base - top), 0) / 2;
    return [top - missing, base + missing];
  }

  _drawFrame(context, palette) {
    const [top, base] = this._frameEdges();
    context.fillStyle = palette.accent;
    context.globalAlpha = 0.16;
    context.fillRect(1, top, this.width - 2, base - top);
    context.globalAlpha = 1;
    context.strokeStyle = palette.accent;
    context.lineWidth = 2;
    context.strokeRect(2, top, this.width - 4, base - top);
  }

  _tellBar() {
    const { top_m, base_m } = this.store.log;
    const { centre_m } = this.store.view;
    const text = `${this.store.fmtDepth(centre_m)} ${this.store.depthUnit}`;
    for (const [name, value] of [["min", top_m], ["max", base_m], ["now", centre_m], ["text", text]])
      this.canvas.setAttribute(`aria-value${name}`, typeof value === "number" ? value.toFixed(2) : value);
  }
}
