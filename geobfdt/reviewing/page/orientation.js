/**
 * Planes as directions: poles and mean planes. Angles are degrees everywhere; the numbers are
 * those of `geobfdt.borehole.geometry` and `geobfdt.report.statistics`, and a test holds them together.
 *
 * A direction is [along reference, 90 degrees clockwise of it, down]: north, east, down for true orientations, high
 * side, right, along hole for those of an image.
 */

const RADIANS = Math.PI / 180;

/** An azimuth in [0, 360) degrees. */
export function turned(azimuth_deg) {
  return ((azimuth_deg % 360) + 360) % 360;
}

/** The downward unit normal of a plane; it points against the dip direction. */
export function pole(dip_deg, azimuth_deg) {
  const dip = dip_deg * RADIANS;
  const azimuth = azimuth_deg * RADIANS;
  return [-Math.sin(dip) * Math.cos(azimuth), -Math.sin(dip) * Math.sin(azimuth), Math.cos(dip)];
}

/** {dip_deg in [0, 90], azimuth_deg in [0, 360)} of the plane with this normal, of any length and sign. */
export function planeOfPole(normal) {
  const [n, e, d] = normal[2] < 0 ? normal.map((part) => -part) : normal;
  return {
    dip_deg: Math.atan2(Math.hypot(n, e), d) / RADIANS,
    azimuth_deg: turned(Math.atan2(-e, -n) / RADIANS),
  };
}

const dot = (one, other) => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];

/**
 * The mean plane of a set by Fisher's law (Fisher 1953, Proc. R. Soc. A 217, 295), or null of no planes.
 *
 * @param {{dip_deg: number, azimuth_deg: number}[]} planes
 * @returns {null | {count, dip_deg, azimuth_deg, kappa, alpha95_deg}} kappa is the concentration of the poles,
 *   Infinity for equal ones; alpha95_deg the radius of the cone that holds the mean pole with 95 % confidence. Both
 *   are NaN of fewer than two planes.
 */
export function fisherMean(planes) {
  const count = planes.length;
  if (count === 0) return null;
  const normals = planes.map((plane) => pole(plane.dip_deg, plane.azimuth_deg));
  const axis = longestAxis(normals);
  const resultant = [0, 0, 0];
  for (const normal of normals) {
    // Upright planes have poles on either side; the axis of the whole set says which of the two to take.
    const sign = dot(normal, axis) < 0 ? -1 : 1;
    for (let k = 0; k < 3; k++) resultant[k] += sign * normal[k];
  }
  const length = Math.hypot(...resultant);
  const mean = { count, ...planeOfPole(resultant), kappa: NaN, alpha95_deg: NaN };
  if (count < 2) return mean;
  const spread = count - length;
  mean.kappa = spread > 1e-12 ? (count - 1) / spread : Infinity;
  const cosine = 1 - (spread / length) * (20 ** (1 / (count - 1)) - 1);
  mean.alpha95_deg = Math.acos(Math.min(1, Math.max(-1, cosine))) / RADIANS;
  return mean;
}

/** The eigenvector of the largest eigenvalue of the sum of v v', by Jacobi's rotations of the 3 x 3 matrix. */
function longestAxis(vectors) {
  const matrix = [0, 1, 2].map((i) => [0, 1, 2].map((j) => vectors.reduce((sum, v) => sum + v[i] * v[j], 0)));
  const turns = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 30; sweep++) {
    const off = Math.abs(matrix[0][1]) + Math.abs(matrix[0][2]) + Math.abs(matrix[1][2]);
    if (off < 1e-14 * vectors.length) break;
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ])
      rotate(matrix, turns, p, q);
  }
  const diagonal = [0, 1, 2].map((k) => matrix[k][k]);
  const largest = diagonal.indexOf(Math.max(...diagonal));
  return turns.map((row) => row[largest]);
}

function rotate(matrix, turns, p, q) {
  if (matrix[p][q] === 0) return;
  const ratio = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const rows of [matrix, turns]) {
    for (const row of rows) [row[p], row[q]] = [cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]];
  }
  const [above, below] = [[...matrix[p]], [...matrix[q]]];
  for (let k = 0; k < 3; k++) {
    matrix[p][k] = cosine * above[k] - sine * below[k];
    matrix[q][k] = sine * above[k] + cosine * below[k];
  }
}
