/**
 * What the page knows: the log, the picks, what is selected, filtered and looked at. Everything shown is drawn from
 * here, and everything changed goes through `store.edit`, which posts it to the server's journal.
 *
 * Depths are metres along hole and angles degrees, as everywhere in geobfdt; `fmtDepth` and `parseDepth` turn depths
 * into the shown unit and back.
 */

import { get, post } from "./api.js";
import { passes, unfiltered } from "./filter.js";

export const METRES_PER_FOOT = 0.3048;
export const STATUSES = ["undecided", "accepted", "rejected"];

/** Events: "ready", "rows", "selection", "filter", "view", "reviewed", "layers", "tiles", "unit", "told", "panel", "save". */
export class Store {
  constructor() {
    this.log = null;
    this.tiles = null;
    this.curves = [];
    /** @type {Map<number, object>} id -> ROW, with the edits that are on their way to the server already applied */
    this.rows = new Map();
    this.layers = [];
    this.reviewed_m = [];
    this.can = { snap: false, teach: false, report: false };
    this.blind = null;
    this.out = this.reviewer = this.version = "";
    this.depthUnit = "m";
    this.undoable = this.redoable = false;
    this.edits = 0;
    this.selection = new Set();
    this.current = null;
    this.filter = unfiltered();
    /** height_px is what the log view is high, so that "a screen" means something to every module. */
    this.view = { centre_m: 0, metres_per_pixel: 0.005, height_px: 600 };
    this.layerShown = null;
    this.marks = null;
    this.panel = null;
    /** Whether a decision on one pick goes on to the next undecided one. */
    this.advancing = false;
    this._listeners = new Map();
    this._answered = new Map(); // rows as the server last told them
    this._pending = []; // edits posted and not yet answered, in order
    this._queue = Promise.resolve();
    this._sorted = this._shown = null;
    this._places = new Map(); // id -> place in _sorted
  }

  // ---------------------------------------------------------------------------------------------------- events

  /** Call `fn(detail)` at every `event`; returns a function that stops it. */
  on(event, fn) {
    if (!this._listeners.has(event)) this._listeners.set(event, new Set());
    this._listeners.get(event).add(fn);
    return () => this._listeners.get(event).delete(fn);
  }

  /** A listener that fails must not keep the others from hearing. */
  emit(event, detail) {
    if (event === "rows") this._reorder(detail?.ids);
    if (event === "filter") this._shown = null;
    for (const fn of this._listeners.get(event) ?? []) {
      try {
        fn(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  /** Say something in the status line. @param {"note"|"error"} kind */
  tell(sentence, kind = "note") {
    this.emit("told", { sentence, kind });
  }

  // ------------------------------------------------------------------------------------------------------ state

  /** Fetch the whole state; at the start, and when a blind pass ends and the hidden picks appear. */
  async load() {
    const state = await get("/api/state");
    const first = this.log === null;
    Object.assign(this, { log: state.log, tiles: state.tiles, curves: state.curves, layers: state.layers });
    Object.assign(this, { can: state.can, out: state.out, reviewer: state.reviewer, version: state.version });
    this._answered = new Map(state.rows.map((row) => [row.id, row]));
    this.rows = new Map(this._answered);
    this._keepFacts(state);
    if (!first) {
      this.select([...this.selection].filter((id) => this.rows.has(id)));
      for (const event of ["layers", "reviewed", "rows"]) this.emit(event);
      return;
    }
    this.depthUnit = state.depth_unit;
    this.view.centre_m = (state.log.top_m + state.log.base_m) / 2;
    this.emit("ready");
    for (const event of ["unit", "layers", "reviewed", "rows", "selection", "view"]) this.emit(event);
  }

  /** Say "tiles" once the server has averaged the whole log: coarse tiles made before that were of single rows. */
  async awaitTiles() {
    while (!this.tiles.ready) {
      await new Promise((done) => setTimeout(done, 1000));
      this.tiles.ready = (await get("/api/tiles")).ready;
      if (this.tiles.ready) this.emit("tiles");
    }
  }

  async refreshLayers() {
    this.layers = (await get("/api/layers")).layers;
    if (!this.layers.some((layer) => layer.name === this.layerShown)) this.layerShown = this.marks = null;
    this.emit("layers");
  }

  _keepFacts({ reviewed_m, undo, redo, edits, blind }) {
    Object.assign(this, { reviewed_m, undoable: undo, redoable: redo, edits, blind });
  }

  // ------------------------------------------------------------------------------------------------------ edits

  /**
   * Post one edit (the contract is in the server's routes). Values of a "set" are shown at once and taken back when
   * the server refuses; edits are posted one after another, so that the journal has them in the order they were made.
   *
   * @returns {Promise<object>} the server's answer; rejects with its sentence, which has been told already
   */
  edit(edit) {
    const entry = { edit };
    this._pending.push(entry);
    if (edit.do === "set") {
      this._overlay(edit.ids);
      this.emit("rows", { ids: edit.ids });
    }
    const answer = this._queue.then(() => this._post(entry));
    this._queue = answer.catch(() => {}); // one refusal must not block what follows
    return answer;
  }

  async _post(entry) {
    const { edit } = entry;
    try {
      const answer = await post("/api/edit", edit);
      for (const row of answer.rows) this._answered.set(row.id, row);
      for (const id of answer.removed) this._answered.delete(id);
      const wasBlind = this.blind && !this.blind.finished;
      this._keepFacts(answer);
      this._settle(entry, [...answer.rows.map((row) => row.id), ...answer.removed]);
      this.emit("reviewed");
      if (wasBlind && answer.blind?.finished) await this.load();
      return answer;
    } catch (error) {
      this._settle(entry, edit.ids ?? []);
      this.tell(error.message, "error");
      throw error;
    }
  }

  _settle(entry, ids) {
    this._pending = this._pending.filter((one) => one !== entry);
    this._overlay(ids);
    if (ids.some((id) => !this.rows.has(id) && this.selection.has(id)))
      this.select([...this.selection].filter((id) => this.rows.has(id)));
    this.emit("rows", { ids });
  }

  /** Rows as answered, with the values of the edits on their way laid over them. */
  _overlay(ids) {
    const waiting = this._pending.filter(({ edit }) => edit.do === "set");
    for (const id of ids) {
      const answered = this._answered.get(id);
      if (!answered) {
        this.rows.delete(id);
        continue;
      }
      const values = waiting.filter(({ edit }) => edit.ids.includes(id)).map(({ edit }) => edit.values);
      this.rows.set(id, Object.assign({}, answered, ...values));
    }
  }

  // -------------------------------------------------------------------------------------- selection and filter

  /** Select picks. @param {{add?: boolean, current?: number|null}} options current: by default the last of `ids` */
  select(ids, { add = false, current = null } = {}) {
    const known = [...ids].filter((id) => this.rows.has(id));
    this.selection = new Set(add ? [...this.selection, ...known] : known);
    const wanted = current ?? known.at(-1) ?? (add ? this.current : null);
    this.current = this.selection.has(wanted) ? wanted : ([...this.selection].at(-1) ?? null);
    this.emit("selection");
  }

  /** Focus one pick; it alone is selected. @param {{reveal?: boolean}} options scroll to it if it is not well in view */
  setCurrent(id, { reveal = true } = {}) {
    this.select(id === null ? [] : [id], { current: id });
    if (reveal) this.reveal(id);
  }

  reveal(id) {
    const row = this.rows.get(id);
    if (!row) return;
    const { centre_m, metres_per_pixel, height_px } = this.view;
    // The middle three fifths: a pick at the very edge is seen without what it cuts through.
    if (Math.abs(row.depth_m - centre_m) > 0.3 * height_px * metres_per_pixel) this.goTo(row.depth_m);
  }

  setFilter(partial) {
    this.filter = { ...this.filter, ...partial };
    this.emit("filter");
  }

  clearFilter() {
    this.filter = unfiltered();
    this.emit("filter");
  }

  /** Keep the order where an edit left depths alone, as most do: sorting 20,000 rows at every answer would be felt. */
  _reorder(ids) {
    this._shown = null;
    if (!this._sorted) return;
    const kept = [...this._sorted];
    for (const id of ids ?? [null]) {
      const row = this.rows.get(id);
      const place = this._places.get(id);
      if (!row || place === undefined || kept[place].depth_m !== row.depth_m) {
        this._sorted = null;
        return;
      }
      kept[place] = row;
    }
    this._sorted = kept;
  }

  /** All rows by depth. */
  sorted() {
    if (this._sorted) return this._sorted;
    this._sorted = [...this.rows.values()].sort((one, other) => one.depth_m - other.depth_m || one.id - other.id);
    this._places = new Map(this._sorted.map((row, place) => [row.id, place]));
    return this._sorted;
  }

  /** The rows that pass the filter, by depth. */
  shown() {
    this._shown ??= this.sorted().filter((row) => passes(row, this.filter));
    return this._shown;
  }

  /** @returns {{undecided: number, accepted: number, rejected: number}} */
  counts() {
    const counts = { undecided: 0, accepted: 0, rejected: 0 };
    for (const row of this.rows.values()) counts[row.status] += 1;
    return counts;
  }

  // ------------------------------------------------------------------------------------------------------- view

  goTo(depth_m) {
    this.setView({ centre_m: depth_m });
  }

  /** Move or zoom, kept within the log. @param {{centre_m?, metres_per_pixel?, height_px?}} partial */
  setView(partial) {
    const view = { ...this.view, ...partial };
    if (this.log) {
      const { top_m, base_m, row_step_m } = this.log;
      const widest = (1.1 * Math.max(base_m - top_m, row_step_m)) / view.height_px;
      view.metres_per_pixel = Math.min(Math.max(view.metres_per_pixel, row_step_m / 40), Math.max(widest, row_step_m));
      // A little is shown beyond the ends, so that what lies there is not read at the screen's edge.
      const margin_m = 0.45 * view.height_px * view.metres_per_pixel;
      const middle_m = (top_m + base_m) / 2;
      const [highest_m, lowest_m] = [Math.min(top_m + margin_m, middle_m), Math.max(base_m - margin_m, middle_m)];
      view.centre_m = Math.min(Math.max(view.centre_m, highest_m), lowest_m);
    }
    this.view = view;
    this.emit("view");
  }

  /**
   * Show a layer over the first image.
   *
   * @param {{missed: Set, false: Set, pairs: Map, ref: string, est: string, at: number?}|null} marks what a comparison
   *   made of the picks of both sets: missed are ids of the reference, false ids of the estimate; `at` is the one of the
   *   layer that is looked at
   */
  setMarks(layerName, marks) {
    this.layerShown = layerName;
    this.marks = marks;
    this.emit("layers");
  }

  /** Open one of the panels at the right: "list", "nets", "compare", "teach", "save". */
  openPanel(name, { focus = true } = {}) {
    this.panel = name;
    this.emit("panel", { name, focus });
  }

  // ------------------------------------------------------------------------------------------------------- unit

  setUnit(unit) {
    this.depthUnit = unit;
    this.emit("unit");
  }

  /** Metres of the shown unit in a metre or a foot. */
  get unit_m() {
    return this.depthUnit === "ft" ? METRES_PER_FOOT : 1;
  }

  /** A depth or a length in the shown unit, without the unit's name. */
  fmtDepth(m, digits = 2) {
    return Number.isFinite(m) ? (m / this.unit_m).toFixed(digits) : "";
  }

  /** Metres of a depth typed in the shown unit, or with "m" or "ft" behind it; NaN where it is none. */
  parseDepth(text) {
    const found = /^\s*(-?[\d\s]*[.,]?\d+)\s*(m|ft)?\s*$/i.exec(text);
    if (!found) return NaN;
    const value = Number(found[1].replace(/\s/g, "").replace(",", "."));
    const unit = found[2]?.toLowerCase();
    return value * (unit === "ft" ? METRES_PER_FOOT : unit === "m" ? 1 : this.unit_m);
  }
}

export const store = new Store();
