/**
 * How wide and how oval the hole is at a depth, from the nodes that /api/hole hands out.
 *
 * Between nodes both run straight and beyond them they stay, as numpy.interp has it, so that the page computes with the
 * very radius that the package does. Pure, but for the function that fetches, which is handed in.
 */

/** Metres of hole fetched at once; a caliper of 3 mm rows has some 5,000 nodes in it. */
export const BLOCK_M = 16;

/** np.interp: `at` between increasing `where`, held beyond its ends. */
export function interpolate(at, where, values) {
  const last = where.length - 1;
  if (at <= where[0]) return values[0];
  if (at >= where[last]) return values[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (where[middle] <= at) low = middle;
    else high = middle;
  }
  const share = (at - where[low]) / (where[high] - where[low]);
  return values[low] + share * (values[high] - values[low]);
}

/** The hole of one log, fetched by blocks as they are looked at. */
export class Hole {
  /**
   * @param {{hole_diameter_m: number, caliper: boolean, oval: boolean}} log
   * @param {(top_m: number, base_m: number) => Promise<object>} fetchNodes
   * @param {() => void} changed called when a block has come and traces must be drawn again
   */
  constructor(log, fetchNodes, changed = () => {}) {
    this.diameter_m = log.hole_diameter_m;
    this.varies = log.caliper || log.oval;
    this._fetch = fetchNodes;
    this._changed = changed;
    this._blocks = new Map(); // number -> nodes once they are here, a promise until then
  }

  /** The hole at a depth by what is known so far: the log's own diameter until its block has come. */
  at(depth_m) {
    const block = this.varies ? this._blocks.get(Math.floor(depth_m / BLOCK_M)) : null;
    if (!block || block instanceof Promise) return { radius_m: this.diameter_m / 2, c: 0, s: 0 };
    return {
      radius_m: interpolate(depth_m, block.where, block.diameter) / 2,
      c: interpolate(depth_m, block.where, block.c),
      s: interpolate(depth_m, block.where, block.s),
    };
  }

  /** Fetch what an interval needs; resolves when all of it is here. A block that fails is asked for again later. */
  async load(top_m, base_m) {
    if (!this.varies) return;
    const wanted = [];
    for (let number = Math.floor(top_m / BLOCK_M); number <= Math.floor(base_m / BLOCK_M); number += 1) {
      if (!this._blocks.has(number)) this._blocks.set(number, this._load(number));
      wanted.push(this._blocks.get(number));
    }
    await Promise.all(wanted);
  }

  async _load(number) {
    try {
      const nodes = await this._fetch(number * BLOCK_M, (number + 1) * BLOCK_M);
      this._blocks.set(number, columns(nodes, this.diameter_m));
      this._changed();
    } catch {
      this._blocks.delete(number);
    }
  }
}

/** Nodes as columns, with what they leave out filled in: a search must not split pairs at every trace. */
function columns({ depth_m, diameter_m, ovality }, constant_m) {
  if (depth_m.length === 0) return { where: [0], diameter: [constant_m], c: [0], s: [0] };
  return {
    where: depth_m,
    diameter: diameter_m.length ? diameter_m : depth_m.map(() => constant_m),
    c: ovality.length ? ovality.map((one) => one[0]) : depth_m.map(() => 0),
    s: ovality.length ? ovality.map((one) => one[1]) : depth_m.map(() => 0),
  };
}
