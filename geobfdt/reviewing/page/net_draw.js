/** Drawing a stereonet and a rose on canvases. Lengths are CSS pixels; colours come from the theme. */

import { dipRadius, planeArc, schmidtDensity, unproject } from "./net.js";
import { pole } from "./orientation.js";
import { SECTOR_DEG } from "./rose.js";

/** Around the disc, for the names of its four ends: of a letter each, or of three figures. */
const MARGINS_PX = { letters: 18, figures: 28 };
/** Shades of density, in times an even spread. */
export const DENSITY_LEVELS = [1, 2, 4, 8, 16];
const DENSITY_NODES = 41;

/**
 * Make a canvas as sharp as the screen.
 *
 * @param {string[]} ends names of the four ends of the disc, clockwise from the top
 * @param {number} size CSS pixels a side; by default as it is laid out
 * @returns {null | {context, size, centre, radius}} null while it is not shown; the disc of the net within it
 */
export function sheet(canvas, ends, size = canvas.clientWidth) {
  const margin = ends.every((text) => text.length < 2) ? MARGINS_PX.letters : MARGINS_PX.figures;
  if (size < 40) return null;
  const sharpness = window.devicePixelRatio || 1;
  canvas.width = canvas.height = Math.round(size * sharpness);
  const context = canvas.getContext("2d");
  context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
  return { context, size, centre: size / 2, radius: size / 2 - margin };
}

/** Pixels of a place on the disc of radius 1, y up. */
export const pixel = ({ centre, radius }, [x, y]) => [centre + radius * x, centre - radius * y];

/** The place on the disc of a pixel. */
export const place = ({ centre, radius }, [x, y]) => [(x - centre) / radius, (centre - y) / radius];

/** Rim, rings of dip at every 30 degrees, spokes at every 30, names of the four ends. */
export function drawGrid(on, colours, { rings, ends }) {
  const { context, centre, radius } = on;
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  for (const ring of rings) circle(context, centre, ring * radius);
  for (let spoke = 0; spoke < 360; spoke += 30) {
    const inner = spoke % 90 ? (rings[0] ?? 0) : 0;
    line(context, pixel(on, spot(spoke, inner)), pixel(on, spot(spoke, 1)));
  }
  context.strokeStyle = colours.faint;
  circle(context, centre, radius);
  for (const tick of [0, 90, 180, 270]) line(context, pixel(on, spot(tick, 1)), pixel(on, spot(tick, 1 + 5 / radius)));
  context.fillStyle = colours.ink;
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  ends.forEach((text, k) => {
    context.textAlign = ["center", "left", "center", "right"][k];
    const [x, y] = pixel(on, spot(90 * k, 1 + (k % 2 ? 7 : 11) / radius));
    context.fillText(text, x, y);
  });
}

/** Small names of the rings, along the spoke towards 45 degrees. */
export function drawRingNames(on, colours, names) {
  const { context } = on;
  context.fillStyle = colours.ink;
  context.strokeStyle = colours.panel; // a halo, so that they are read over poles and petals
  context.lineWidth = 3;
  context.font = "10px system-ui, sans-serif";
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const [radius, text] of names) {
    const [x, y] = pixel(on, spot(45, radius));
    context.strokeText(text, x + 2, y);
    context.fillText(text, x + 2, y);
  }
}

export const dipRings = () => [30, 60].map(dipRadius);

/** The place at an azimuth and a distance from the middle. */
const spot = (azimuth_deg, radius) => {
  const angle = (azimuth_deg * Math.PI) / 180;
  return [radius * Math.sin(angle), radius * Math.cos(angle)];
};

function circle(context, centre, radius) {
  context.beginPath();
  context.arc(centre, centre, Math.max(0, radius), 0, 2 * Math.PI);
  context.stroke();
}

function line(context, [x1, y1], [x2, y2]) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** One mark of a pole: forms differ by kind, so that colour is not needed to tell them. */
const MARKS = {
  diamond(context, x, y, half) {
    context.moveTo(x, y - 1.25 * half);
    context.lineTo(x + 1.25 * half, y);
    context.lineTo(x, y + 1.25 * half);
    context.lineTo(x - 1.25 * half, y);
    context.closePath();
  },
  disc(context, x, y, half) {
    context.moveTo(x + half, y);
    context.arc(x, y, half, 0, 2 * Math.PI);
  },
  square(context, x, y, half) {
    context.rect(x - 0.9 * half, y - 0.9 * half, 1.8 * half, 1.8 * half);
  },
};

/**
 * Poles of one colour and form, in one path.
 *
 * @param {{point: number[]}[]} poles
 */
export function drawPoles(on, poles, { colour, mark, half, opacity = 1, rim = null }) {
  const { context } = on;
  context.globalAlpha = opacity;
  context.beginPath();
  for (const one of poles) MARKS[mark](context, ...pixel(on, one.point), half);
  context.fillStyle = colour;
  context.fill();
  if (rim) {
    context.strokeStyle = rim;
    context.lineWidth = 1;
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A ring round a pole: where the keyboard stands. */
export function drawRing(on, point, colour) {
  const { context } = on;
  const [x, y] = pixel(on, point);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 7, 0, 2 * Math.PI);
  context.stroke();
}

/** The great circle of a plane. */
export function drawPlane(on, { dip_deg, azimuth_deg }, colour, width) {
  polyline(on, planeArc(dip_deg, azimuth_deg), colour, width, []);
}

/** The path of a lasso while it is drawn. */
export function drawLasso(on, points, colour) {
  polyline(on, [...points, points[0]], colour, 1.5, [4, 3]);
}

function polyline(on, points, colour, width, dash) {
  const { context } = on;
  context.beginPath();
  for (const point of points) context.lineTo(...pixel(on, point));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.stroke();
  context.setLineDash([]);
}

/** Densities of planes on the lattice that {@link drawDensity} shades. */
export const densityOf = (planes) =>
  schmidtDensity(
    planes.map((one) => pole(one.dip_deg, one.azimuth_deg)),
    DENSITY_NODES,
  );

/** Shade where poles lie denser than even, darker at every level. */
export function drawDensity(on, density, colour) {
  const { context } = on;
  const step = 2;
  context.fillStyle = colour;
  for (let x = 0; x < on.size; x += step) {
    for (let y = 0; y < on.size; y += step) {
      const at = place(on, [x + step / 2, y + step / 2]);
      if (!unproject(at)) continue;
      const found = between(density, at);
      const level = DENSITY_LEVELS.filter((least) => found >= least).length;
      if (level === 0) continue;
      context.globalAlpha = 0.12 * level;
      context.fillRect(x, y, step, step);
    }
  }
  context.globalAlpha = 1;
}

/** A density between the nodes of the lattice; nodes beyond the rim have none and are left out of the mean. */
function between(density, [x, y]) {
  const across = ((x + 1) / 2) * (DENSITY_NODES - 1);
  const up = ((y + 1) / 2) * (DENSITY_NODES - 1);
  let [sum, weights] = [0, 0];
  for (const row of [Math.floor(up), Math.floor(up) + 1]) {
    for (const column of [Math.floor(across), Math.floor(across) + 1]) {
      const value = density[row * DENSITY_NODES + column];
      const weight = (1 - Math.abs(up - row)) * (1 - Math.abs(across - column));
      if (!(row < DENSITY_NODES && column < DENSITY_NODES) || Number.isNaN(value)) continue;
      sum += weight * value;
      weights += weight;
    }
  }
  return weights > 0 ? sum / weights : 0;
}

/** Petals of one layer; `chosen` sectors are rimmed. */
export function drawPetals(on, radii, colour) {
  const { context } = on;
  context.fillStyle = colour;
  radii.forEach(({ inner, outer }, sector) => {
    if (outer <= inner) return;
    context.beginPath();
    petalPath(on, sector, inner, outer);
    context.fill();
  });
}

export function drawPetalRim(on, sector, outer, colour) {
  const { context } = on;
  context.beginPath();
  petalPath(on, sector, 0, outer);
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.stroke();
}

function petalPath({ context, centre, radius }, sector, inner, outer) {
  // Canvas angles run clockwise from the right, azimuths clockwise from the top.
  const from = ((sector * SECTOR_DEG - 90) * Math.PI) / 180;
  const to = from + (SECTOR_DEG * Math.PI) / 180;
  context.arc(centre, centre, radius * outer, from, to);
  context.arc(centre, centre, radius * inner, to, from, true);
  context.closePath();
}
