/** The line at the foot: what is under the cursor, what was told, and where edits are kept. */

const POINTS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
/** An error is not talked over for this long. */
const ERROR_MS = 6000;

export class StatusLine {
  /** @param {{cursor: HTMLElement, told: HTMLElement, saved: HTMLElement}} elements */
  constructor(store, elements) {
    Object.assign(this, { store, ...elements });
    this._error_at = -Infinity;
    this._describing = false; // whether the line tells the current pick, which an edit then changes
    store.on("told", ({ sentence, kind }) => this.tell(sentence, kind));
    for (const event of ["selection", "unit"]) store.on(event, () => this._selected());
    store.on("reviewed", () => this._kept());
    store.on("rows", ({ ids } = {}) => {
      this._kept();
      if (this._describing && ids?.includes(store.current)) this._selected();
    });
  }

  tell(sentence, kind) {
    this.told.textContent = this.told.title = sentence;
    this.told.className = kind;
    this._describing = false;
    if (kind === "error") this._error_at = performance.now();
  }

  /**
   * @param {{depth_m, azimuth_deg}|null} at what is under the cursor
   * @param {{id, plane}|null} draft what a hand moves
   */
  hover(at, draft) {
    if (draft) {
      const row = { ...this.store.rows.get(draft.id), ...draft.plane };
      this.cursor.textContent = this._plane(row);
    } else if (at) {
      const azimuth = at.azimuth_deg === null ? "" : `, ${this._azimuth(at.azimuth_deg)}`;
      this.cursor.textContent = `${this.store.fmtDepth(at.depth_m, 3)} ${this.store.depthUnit}${azimuth}`;
    } else this.cursor.textContent = "";
  }

  _azimuth(azimuth_deg) {
    const figure = `${Math.floor(azimuth_deg)}°`;
    if (this.store.log.reference !== "north") return `${figure} from high side`;
    return `${figure} ${POINTS[Math.round(azimuth_deg / 45) % 8]}`;
  }

  _plane({ depth_m, dip_deg, azimuth_deg }) {
    const at = `${this.store.fmtDepth(depth_m, 3)} ${this.store.depthUnit}`;
    return `${at}, dip ${dip_deg.toFixed(1)}°, azimuth ${azimuth_deg.toFixed(1)}°`;
  }

  _selected() {
    if (performance.now() - this._error_at < ERROR_MS) return;
    const { selection, current, rows } = this.store;
    if (selection.size > 1) return this.tell(`${selection.size} picks selected.`, "note");
    const row = rows.get(current);
    if (!row) return this.tell("", "note");
    const certain = row.confidence === null ? "" : `, confidence ${row.confidence.toFixed(2)}`;
    this.tell(`${row.kind} at ${this._plane(row)}${certain}, ${row.status}`, "note");
    this._describing = true;
  }

  _kept() {
    const { edits, out } = this.store;
    const counted = `${edits} edit${edits === 1 ? "" : "s"} kept in ${out.split("/").at(-1)}.review.jsonl`;
    this.saved.textContent = edits ? counted : "no edits yet";
    this.saved.title = "Every edit is on the disk before the page says so; undo is an edit too";
  }
}
