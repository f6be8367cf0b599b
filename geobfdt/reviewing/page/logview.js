/**
 * The log on the screen: columns side by side on two canvases, one of what stands still and one of what moves.
 *
 * The lower canvas (`log-base`) holds images, curves, traces and tadpoles; the upper one (`log`, which has the focus and
 * the pointer) the selected picks, handles, what is being drawn and the line at the cursor, so that a moving hand costs
 * a few strokes. Both are drawn at most once a frame, and only after something has changed.
 */

import { get } from "./api.js";
import { AXIS, columnsOf, usualCurves } from "./columns.js";
import * as drawing from "./drawing.js";
import { Hole } from "./hole.js";
import { rememberCurves, rememberedCurves, startLook } from "./looks.js";
import { hit, rowsInView } from "./picking.js";
import { drawBase } from "./picture.js";
import { onTheme } from "./theme.js";
import { Tiles } from "./tiles.js";
import { CurveBlocks } from "./tracks.js";

/** Metres of one CSS pixel of paper: 96 to the inch. */
export const PAPER_M = 0.0254 / 96;
/** Traces are computed with the caliper only where a washout could be seen: above this a screen has no room for it. */
const CALIPER_UP_TO_M = 80;
/** A view that has stood still for this long is being looked at. */
const REST_MS = 300;

export class LogView {
  /** @param {import("./store.js").Store} store that has loaded its state */
  constructor(store, base, top) {
    Object.assign(this, { store, base, top });
    this.hidden = false; // sinusoids
    this.trueDips = false;
    this.looks = [startLook(store.log, 0), startLook(store.log, 1)];
    this.curves = null; // numbers of those shown as tracks, once it is known how much room there is
    this.columns = [];
    this.cursor = null; // {x, y} in the canvas
    this.draft = null; // {id, plane}: the geometry of a pick while a hand moves it
    this.drawn = null; // {points, plane, span_deg, label}: what draw mode shows
    this.onLayout = () => {};
    this.onChange = () => {};
    this._dirty = { base: true, top: true };
    this._seen = null;
    this._asked = false;
    const changed = () => this.redraw();
    this.tiles = new Tiles(store.tiles, store.log, changed);
    store.on("tiles", () => this.tiles.renew());
    this.hole = new Hole(store.log, (top_m, base_m) => get(`/api/hole?top_m=${top_m}&base_m=${base_m}`), changed);
    this.blocks = new CurveBlocks(store.log, fetchCurve, changed);
    for (const event of ["rows", "filter", "view", "layers", "reviewed", "unit"]) store.on(event, changed);
    store.on("selection", () => this._selected());
    onTheme(changed);
    new ResizeObserver(() => this._resize()).observe(top.parentElement);
    this._resize();
  }

  // ----------------------------------------------------------------------------------------------------- layout

  _resize() {
    const { clientWidth, clientHeight } = this.top.parentElement;
    this.ratio = window.devicePixelRatio || 1;
    // A frame that is not shown yet has no size: it is laid out as a small one until it has.
    this.width = clientWidth || 600;
    this.height = clientHeight || 200;
    for (const canvas of [this.base, this.top]) {
      canvas.width = Math.round(this.width * this.ratio);
      canvas.height = Math.round(this.height * this.ratio);
    }
    this.curves ??= rememberedCurves(this.store.curves) ?? usualCurves(this.store.curves, this.width);
    this.store.setView({ height_px: this.height - AXIS });
    this.layout();
  }

  /** Place the columns; where they were in true shape they stay so, though the images are wider or narrower now. */
  layout() {
    const isTrue = this.columns.length > 0 && this.isTrueScale();
    this.columns = columnsOf(this.width, this.curves);
    if (isTrue) this.store.setView({ metres_per_pixel: this.trueScale() });
    this.onLayout(this.columns);
    this.redraw();
  }

  /** Show these curves as tracks, by number, in this order. */
  setCurves(numbers) {
    this.curves = numbers;
    rememberCurves(numbers.map((number) => this.store.curves[number]));
    this.layout();
  }

  column(type, panel) {
    return this.columns.find((one) => one.type === type && (panel === undefined || one.panel === panel));
  }

  /** Where depths are in the view, as drawing.js takes it; of a column, by default of panel 1. */
  space(column = this.column("image", 1)) {
    const { centre_m, metres_per_pixel } = this.store.view;
    const height = this.height - AXIS;
    const top_m = centre_m - (height / 2) * metres_per_pixel;
    const { first_azimuth_deg } = this.store.log;
    return { x: column.x, width: column.width, y: AXIS, height, first_azimuth_deg, top_m, metres_per_pixel };
  }

  /** Depths of the upper and lower edge of the view, kept within the log. */
  extent() {
    const { top_m, height, metres_per_pixel } = this.space();
    const { log } = this.store;
    return [Math.max(top_m, log.top_m), Math.min(top_m + height * metres_per_pixel, log.base_m)];
  }

  /** The first picture: the first pick, or the top of the log, in its true shape. */
  start() {
    this.store.setView({ metres_per_pixel: this.trueScale() });
    const { height_px, metres_per_pixel } = this.store.view;
    const above_m = 0.3 * height_px * metres_per_pixel;
    const [first] = this.store.shown();
    this.showFrom(Math.max(first ? first.depth_m - above_m : -Infinity, this.store.log.top_m));
  }

  /** Scroll so that a depth stands at the upper edge. */
  showFrom(top_m) {
    const { height_px, metres_per_pixel } = this.store.view;
    this.store.goTo(top_m + 0.48 * height_px * metres_per_pixel);
  }

  /** Hide or show the sinusoids. */
  setHidden(hidden) {
    this.hidden = hidden;
    this.onChange();
    this.redraw();
  }

  /** Whether all of what is on the screen is ticked as reviewed. */
  isReviewed() {
    const [top_m, base_m] = this.extent();
    return this.store.reviewed_m.some(([top, base]) => top <= top_m + 1e-6 && base >= base_m - 1e-6);
  }

  /** Metres a pixel at which a metre down is as long as a metre around the hole. */
  trueScale() {
    return (Math.PI * this.store.log.hole_diameter_m) / this.column("image", 1).width;
  }

  isTrueScale() {
    return Math.abs(this.store.view.metres_per_pixel / this.trueScale() - 1) < 0.005;
  }

  // ------------------------------------------------------------------------------------- pixels, as tests ask

  /** Where a point of the wall is drawn, in pixels of the page. @param {0|1} panel */
  pixelOf(panel, azimuth_deg, depth_m) {
    const space = this.space(this.column("image", panel));
    const { left, top } = this.top.getBoundingClientRect();
    return { x: left + drawing.xOf(space, azimuth_deg), y: top + drawing.yOf(space, depth_m) };
  }

  /** What is at a pixel of the page: {panel, azimuth_deg, depth_m}; panel and azimuth are null beside the images. */
  plane(x, y) {
    const { left, top } = this.top.getBoundingClientRect();
    return this.at(x - left, y - top);
  }

  /** The same at a pixel of the canvas, with the column there. */
  at(x, y) {
    const column = this.columns.find((one) => x >= one.x && x < one.x + one.width) ?? null;
    const depth_m = drawing.depthAt(this.space(), y);
    if (column?.type !== "image") return { panel: null, azimuth_deg: null, depth_m, column };
    return { panel: column.panel, azimuth_deg: drawing.azimuthAt(this.space(column), x), depth_m, column };
  }

  // ------------------------------------------------------------------------------------------------------ picks

  /** A row as it is drawn: with the geometry that a hand is giving it. */
  shape(row) {
    return this.draft?.id === row.id ? { ...row, ...this.draft.plane } : row;
  }

  /** The rows of a list sorted by depth whose traces are in view. */
  inView(rows, space) {
    return rowsInView(rows, space, this.hole);
  }

  /** The picks that are drawn: those in view that pass the filter. Found once for every picture, not at every move. */
  seen() {
    this._seen ??= this.inView(this.store.shown(), this.space());
    return this._seen;
  }

  /** What a pointer would take hold of: {id, part: "trough"|"body"|"marker"}, or null. */
  hit(x, y) {
    return hit(this, x, y);
  }

  /** The current pick's caliper must be here before it is moved, also where the view is too wide to ask for all. */
  _selected() {
    const row = this.store.rows.get(this.store.current);
    if (row) this.hole.load(row.depth_m, row.depth_m);
    this.redraw();
  }

  // ---------------------------------------------------------------------------------------------------- drawing

  /** Draw again at the next frame. @param {"base"|"top"} from the upper canvas alone, or both */
  redraw(from = "base") {
    this._dirty.top = true;
    if (from === "base") {
      this._dirty.base = true;
      this._seen = null;
    }
    if (this._asked) return;
    this._asked = true;
    requestAnimationFrame(() => {
      this._asked = false;
      this._frame();
    });
  }

  _frame() {
    if (!this.width || !this.columns.length) return;
    const space = this.space();
    const height_m = space.height * space.metres_per_pixel;
    if (height_m <= CALIPER_UP_TO_M) this.hole.load(space.top_m, space.top_m + height_m);
    if (this._dirty.base) {
      drawBase(this._cleared(this.base), this);
      this.tiles.settle();
      clearTimeout(this._resting);
      this._resting = setTimeout(() => this._fetchAhead(), REST_MS);
    }
    if (this._dirty.top) this._drawTop(this._cleared(this.top), space);
    this._dirty = { base: false, top: false };
  }

  /** While the eye rests: the tiles of the screens above and below. */
  _fetchAhead() {
    const { top_m, height, metres_per_pixel } = this.space();
    const screen_m = height * metres_per_pixel;
    for (const look of this.looks) {
      this.tiles.ahead(look, top_m + screen_m, top_m + 2 * screen_m, metres_per_pixel, this.ratio);
      this.tiles.ahead(look, top_m - screen_m, top_m, metres_per_pixel, this.ratio);
    }
  }

  _cleared(canvas) {
    const context = canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    return context;
  }

  _drawTop(context, space) {
    context.save();
    context.beginPath();
    context.rect(0, AXIS, this.width, this.height - AXIS);
    context.clip();
    if (!this.hidden) this._drawSelection(context, space);
    if (this.drawn) {
      const hole = this.hole.at(this.drawn.plane?.depth_m ?? this.drawn.points[0]?.depth_m ?? 0);
      for (const panel of [0, 1]) drawing.drawDraft(context, this.space(this.column("image", panel)), this.drawn, hole);
    }
    if (this.cursor && this.cursor.y > AXIS) drawCursor(context, this);
    context.restore();
  }

  _drawSelection(context, space) {
    const { selection, current, rows } = this.store;
    const chosen = [...selection].filter((id) => id !== current).map((id) => rows.get(id));
    context.save();
    context.beginPath();
    context.rect(space.x, space.y, space.width, space.height);
    context.clip();
    for (const row of chosen) {
      const hole = this.hole.at(row.depth_m);
      if (drawing.inView(space, row, hole)) drawing.drawSelected(context, space, row, hole, false);
    }
    const row = rows.get(current);
    const shape = row && this.shape(row);
    if (row) drawing.drawSelected(context, space, shape, this.hole.at(shape.depth_m), true);
    context.restore();
    // The handle is whole also at the image's edge.
    if (row) drawing.drawHandles(context, space, shape, this.hole.at(shape.depth_m));
  }
}

/** A line at the cursor's depth through every column, and at its azimuth in both images. */
function drawCursor(context, view) {
  const { x, y } = view.cursor;
  const { panel, azimuth_deg } = view.at(x, y);
  context.setLineDash([3, 3]);
  context.lineWidth = 1;
  for (const [colour, shift] of [["rgb(255 255 255 / 55%)", 0], ["rgb(0 0 0 / 55%)", 3]]) {
    context.strokeStyle = colour;
    context.lineDashOffset = shift;
    context.beginPath();
    context.moveTo(0, Math.round(y) + 0.5);
    context.lineTo(view.width, Math.round(y) + 0.5);
    if (panel !== null) {
      const other = view.space(view.column("image", 1 - panel));
      const across = Math.round(drawing.xOf(other, azimuth_deg)) + 0.5;
      context.moveTo(across, y - 9);
      context.lineTo(across, y + 9);
    }
    context.stroke();
  }
  context.setLineDash([]);
  context.lineDashOffset = 0;
}

const fetchCurve = (number, top_m, base_m, points) =>
  get(`/api/curves/${number}?top_m=${top_m}&base_m=${base_m}&points=${points}`);
