/**
 * The image of the log in tiles: 512 rows each, and every level with rows twice as high as the level below.
 *
 * A level is chosen so that a row is about a pixel of the screen. The tiles last drawn are kept; while one is on its
 * way, what coarser tiles are here already stand in for it.
 */

/** Tiles kept in memory: two panels of a tall screen use some eight, so that scrolling back costs nothing. */
const KEPT = 64;
/** Tiles on their way beyond which those scrolled past are given up: a drag through the well passes hundreds. */
const MOST_WAITING = 12;
/** A tile that failed is asked for again after this long, and after twice as long when it fails again. */
const RETRY_MS = 3000;

const waitOf = ({ failures }) => RETRY_MS * 2 ** Math.min(failures - 1, 6);

/** The level whose rows are nearest to a pixel. @param {{step_m, levels}} tiles */
function levelFor(tiles, metres_per_pixel) {
  const level = Math.round(Math.log2(metres_per_pixel / tiles.step_m));
  return Math.min(Math.max(level, 0), tiles.levels - 1);
}

/** Metres that one tile of a level covers. */
const tileHeight = (tiles, level) => tiles.rows * tiles.step_m * 2 ** level;

export class Tiles {
  /**
   * @param {{rows, columns, step_m, origin_m, levels, ready}} tiles as /api/state tells them
   * @param {{top_m, base_m}} log tiles beyond its ends are never asked for
   * @param {() => void} changed called when a tile has come
   */
  constructor(tiles, log, changed) {
    this.tiles = tiles;
    this.log = log;
    this._changed = changed;
    this._kept = new Map(); // address -> {image, ready, failed_at, failures, picture}, the longest unused first
    this._picture = 0; // number of the picture being drawn
    this._made = tiles.ready ? "" : "&early";
  }

  /** Ask again for what was made before the server had averaged the whole log: its coarse tiles were of single rows. */
  renew() {
    this._made = "";
    for (const [address, tile] of this._kept) this._drop(address, tile);
    this._changed();
  }

  /**
   * Draw the image between two depths into a rectangle of a canvas.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {{look: string, map: string}} style
   * @param {{x, y, width, height}} box in CSS pixels
   * @param {{top_m, metres_per_pixel}} at depth of the box's upper edge, and its scale
   * @param {number} ratio device pixels per CSS pixel
   */
  draw(context, style, box, { top_m, metres_per_pixel }, ratio) {
    const level = levelFor(this.tiles, metres_per_pixel / ratio);
    const base_m = top_m + box.height * metres_per_pixel;
    const yOf = (depth_m) => Math.round((box.y + (depth_m - top_m) / metres_per_pixel) * ratio) / ratio;
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    // Magnified pixels stay pixels: what looks smooth would be what was never measured.
    context.imageSmoothingEnabled = metres_per_pixel / ratio > 0.34 * this.tiles.step_m;
    for (const index of this._between(level, top_m, base_m)) {
      const tile = this._tile(style, level, index, true);
      const [from_m, to_m] = this._extent(level, index);
      if (tile.ready) {
        const y = yOf(from_m);
        context.drawImage(tile.image, box.x, y, box.width, yOf(to_m) - y);
      } else this._standIn(context, style, box, level, index, yOf);
    }
    context.restore();
  }

  /** Part of the nearest coarser tile that is here, where a tile is not. */
  _standIn(context, style, box, level, index, yOf) {
    const [from_m, to_m] = this._extent(level, index);
    for (let coarser = level + 1; coarser < this.tiles.levels; coarser += 1) {
      const step = 2 ** (coarser - level);
      const tile = this._tile(style, coarser, Math.floor(index / step), false);
      if (!tile?.ready) continue;
      const rows = this.tiles.rows / step;
      const y = yOf(from_m);
      const source_y = (index % step) * rows;
      context.drawImage(tile.image, 0, source_y, tile.image.naturalWidth, rows, box.x, y, box.width, yOf(to_m) - y);
      return;
    }
  }

  /** Fetch what a picture will need next, without drawing it. */
  ahead(style, top_m, base_m, metres_per_pixel, ratio) {
    const level = levelFor(this.tiles, metres_per_pixel / ratio);
    for (const index of this._between(level, top_m, base_m)) this._tile(style, level, index, true);
  }

  /** Give up tiles that are on their way and not needed any more. Called after every picture. */
  settle() {
    const waiting = [...this._kept].filter(([, tile]) => !tile.ready && !tile.failed_at);
    const past = waiting.filter(([, tile]) => tile.picture < this._picture);
    for (const [address, tile] of past.slice(0, Math.max(waiting.length - MOST_WAITING, 0))) this._drop(address, tile);
    this._picture += 1;
  }

  _drop(address, tile) {
    if (!tile.ready) {
      tile.image.onload = tile.image.onerror = null;
      tile.image.src = ""; // the browser need not wait for it either
    }
    this._kept.delete(address);
  }

  *_between(level, top_m, base_m) {
    const height_m = tileHeight(this.tiles, level);
    const first = Math.floor((Math.max(top_m, this.log.top_m) - this.tiles.origin_m) / height_m);
    const last = Math.floor((Math.min(base_m, this.log.base_m) - this.tiles.origin_m) / height_m);
    for (let index = Math.max(first, 0); index <= last; index += 1) yield index;
  }

  _extent(level, index) {
    const height_m = tileHeight(this.tiles, level);
    return [this.tiles.origin_m + index * height_m, this.tiles.origin_m + (index + 1) * height_m];
  }

  _tile({ look, map }, level, index, fetching) {
    const address = `/api/tiles/${look}/${level}/${index}.png?map=${map}${this._made}`;
    let tile = this._kept.get(address);
    const stale = tile?.failed_at && performance.now() - tile.failed_at > waitOf(tile);
    if ((!tile || stale) && fetching) tile = this._ask(address, tile ? tile.failures : 0);
    if (tile) {
      tile.picture = this._picture;
      this._kept.delete(address); // and to the end again: the order is that of use
      this._kept.set(address, tile);
    }
    return tile;
  }

  _ask(address, failures) {
    const tile = { image: new Image(), ready: false, failed_at: 0, failures, picture: this._picture };
    tile.image.onload = () => {
      tile.ready = true;
      this._changed();
    };
    tile.image.onerror = () => {
      tile.failed_at = performance.now();
      tile.failures += 1;
      setTimeout(this._changed, waitOf(tile) + 50);
    };
    tile.image.src = address;
    this._kept.set(address, tile);
    for (const [old, one] of this._kept) {
      if (this._kept.size <= KEPT) break;
      this._drop(old, one);
    }
    return tile;
  }
}
