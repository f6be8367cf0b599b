/**
 * Planes that cut a hole, and the curves they draw on its unwrapped wall: the mathematics of
 * geobfdt/borehole/geometry.py that the page needs while a hand moves, tested against it with the same numbers.
 *
 * A plane is {depth_m, dip_deg, azimuth_deg}: depth where it cuts the hole's axis, azimuth of the deepest point of its
 * trace in a round hole, clockwise from the image's reference. A hole is {radius_m, c, s}: the wall stands at
 * r(theta) = radius_m (1 + c cos 2 theta + s sin 2 theta); c = s = 0 is a round one.
 *
 * Pure functions: nothing here touches the page, so that node can test it.
 */

const RAD = Math.PI / 180;
/** Steeper planes than this run along the hole and out of any screen. */
export const STEEPEST_DEG = 89;
/** Below this share of the circle a curve through the points is a guess elsewhere, and a partial trace is offered. */
export const WHOLE_ARC_DEG = 270;

/** Any azimuth in [0, 360). */
export const wrapped = (azimuth_deg) => {
  const turned = ((azimuth_deg % 360) + 360) % 360;
  return turned >= 360 ? 0 : turned; // -1e-14 + 360 is 360 in floating point
};

/** Radius in metres of the wall that is looked at in an azimuth. */
export function radiusAt(hole, azimuth_deg) {
  if (!hole.c && !hole.s) return hole.radius_m;
  const twice = 2 * azimuth_deg * RAD;
  return hole.radius_m * (1 + hole.c * Math.cos(twice) + hole.s * Math.sin(twice));
}

/** Depth in metres at which a plane's trace runs in an azimuth. */
export function traceDepth(plane, hole, azimuth_deg) {
  const swing = Math.tan(plane.dip_deg * RAD) * Math.cos((azimuth_deg - plane.azimuth_deg) * RAD);
  return plane.depth_m + radiusAt(hole, azimuth_deg) * swing;
}

/** How far in metres a plane's trace reaches above and below its depth. */
export const reach = (plane, hole) =>
  hole.radius_m * (1 + Math.hypot(hole.c, hole.s)) * Math.tan(plane.dip_deg * RAD);

/** The point of the trace in the dip direction, where its handle sits: {azimuth_deg, depth_m}. */
export const trough = (plane, hole) => ({
  azimuth_deg: plane.azimuth_deg,
  depth_m: traceDepth(plane, hole, plane.azimuth_deg),
});

/**
 * The plane of the same depth whose trough is a point: the inverse of {@link trough}. A point above the plane's depth
 * makes it level, and one too deep as steep as planes are drawn.
 */
export function withTrough(plane, hole, point) {
  const tangent = (point.depth_m - plane.depth_m) / radiusAt(hole, point.azimuth_deg);
  const dip_deg = Math.min(Math.max(Math.atan(tangent) / RAD, 0), STEEPEST_DEG);
  return { ...plane, dip_deg, azimuth_deg: wrapped(point.azimuth_deg) };
}

/**
 * The plane nearest to points on the wall, by least squares of depth_i = d + x r_i cos theta_i + y r_i sin theta_i.
 *
 * @param {{azimuth_deg: number, depth_m: number}[]} points three or more
 * @param {(depth_m: number) => object} holeAt the hole at a depth; asked for at the mean depth of the points, and once
 *   more at the depth the first fit found, since a washout beside the plane is not the plane's
 * @returns {{depth_m, dip_deg, azimuth_deg, rms_m} | null} null where the points lie so that no single plane fits best
 */
export function fitPlane(points, holeAt) {
  if (points.length < 3) return null;
  // Depths count from their mean: 5,000 m squared would cost the normal equations seven digits.
  const mean_m = points.reduce((sum, point) => sum + point.depth_m, 0) / points.length;
  let plane = { depth_m: mean_m };
  for (let pass = 0; pass < 2 && plane; pass += 1) plane = fitOnce(points, mean_m, holeAt(plane.depth_m));
  return plane;
}

function fitOnce(points, mean_m, hole) {
  const matrix = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
  const right = [0, 0, 0];
  for (const { azimuth_deg, depth_m } of points) {
    // In radii, so that all three unknowns weigh alike when the matrix is judged.
    const share = radiusAt(hole, azimuth_deg) / hole.radius_m;
    const row = [1, share * Math.cos(azimuth_deg * RAD), share * Math.sin(azimuth_deg * RAD)];
    for (let i = 0; i < 3; i += 1) {
      for (let j = 0; j < 3; j += 1) matrix[i][j] += row[i] * row[j];
      right[i] += row[i] * (depth_m - mean_m);
    }
  }
  const solved = solve3(matrix, right);
  if (!solved) return null;
  const [offset, x, y] = solved;
  const plane = {
    depth_m: mean_m + offset,
    dip_deg: Math.min(Math.atan(Math.hypot(x, y) / hole.radius_m) / RAD, STEEPEST_DEG),
    azimuth_deg: wrapped(Math.atan2(y, x) / RAD),
  };
  const squares = points.map((point) => (point.depth_m - traceDepth(plane, hole, point.azimuth_deg)) ** 2);
  return { ...plane, rms_m: Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / points.length) };
}

/** Solve a 3 x 3 system by elimination with pivots; null where it has no single solution. */
export function solve3(matrix, right) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const scale = Math.max(...matrix.flat().map(Math.abs));
  for (let column = 0; column < 3; column += 1) {
    let pivot = column;
    for (let i = column + 1; i < 3; i += 1) if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    if (!(Math.abs(rows[pivot][column]) > 1e-9 * scale)) return null;
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let i = 0; i < 3; i += 1) {
      if (i === column) continue;
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j < 4; j += 1) rows[i][j] -= factor * rows[column][j];
    }
  }
  return [0, 1, 2].map((i) => rows[i][3] / rows[i][i]);
}

/**
 * The arc that points cover: clockwise from one azimuth to another, the widest gap between neighbours left out.
 *
 * covered_deg grows the arc by half a mean spacing at either end, so that points spread evenly cover the whole circle
 * however few they are.
 *
 * @param {number[]} azimuths_deg
 * @returns {{from_deg: number, to_deg: number, covered_deg: number}}
 */
export function arcOf(azimuths_deg) {
  const around = azimuths_deg.map(wrapped).sort((one, other) => one - other);
  let gap_deg = -1;
  let after = 0;
  for (let i = 0; i < around.length; i += 1) {
    const next = (i + 1) % around.length;
    const width = around.length === 1 ? 360 : wrapped(around[next] - around[i]);
    if (width > gap_deg) [gap_deg, after] = [width, next];
  }
  const last = (after + around.length - 1) % around.length;
  const count = around.length;
  const covered_deg = count < 2 ? 0 : Math.min(((360 - gap_deg) * count) / (count - 1), 360);
  return { from_deg: around[after], to_deg: around[last], covered_deg };
}

/** Degrees of a clockwise arc [from, to]. */
const spanWidth = ([from_deg, to_deg]) => (to_deg - from_deg >= 360 ? 360 : wrapped(to_deg - from_deg));

/** Whether an azimuth lies on a clockwise arc [from, to]; null is the whole circle. */
export const onSpan = (azimuth_deg, span_deg) =>
  !span_deg || wrapped(azimuth_deg - span_deg[0]) <= spanWidth(span_deg);
