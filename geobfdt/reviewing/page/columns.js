/** Which columns stand side by side in the log view, how wide, and the depths at which its ruler is labelled. */

const RULER = 58;
const TADPOLES = 108;
const CONFIDENCE = 56;
const CURVE = 78;
const GAP = 1;
/** Images narrower than this show nothing: curves are narrowed first. */
const NARROWEST_IMAGE = 150;
/** By default no more curves are shown than leave the images this wide. */
const GOOD_IMAGE = 200;
/** Height of the row above the tracks in which their scales stand, in pixels. */
export const AXIS = 22;

/** What an interpreter looks for beside an image: mnemonics, and how descriptions begin (some count before them). */
const WANTED = [
  [/^(s?gr|cgr|ecgr|gam)/i, /^[\d\s]*(natural )?gamma/i],
  [/^(cal|hcal|dcal|c[12]$|c1?3$)/i, /^[\d\s]*(mean )?caliper/i],
  [/^(s?dev|hdev|incl?|inn|tilt)/i, /^[\d\s]*((hole )?deviation|inclination)/i],
];

/** Numbers of the curves shown at first: gamma ray, caliper and deviation where the file has them, else its first. */
export function usualCurves(curves, width) {
  const found = WANTED.map(([mnemonic, begins]) => {
    const named = curves.findIndex(({ name }) => mnemonic.test(name));
    return named >= 0 ? named : curves.findIndex(({ description }) => begins.test(description ?? ""));
  }).filter((number, place, all) => number >= 0 && all.indexOf(number) === place);
  const chosen = found.length ? found : curves.map((_, number) => number).slice(0, 2);
  const room = Math.floor((width - RULER - TADPOLES - CONFIDENCE - 2 * GOOD_IMAGE) / CURVE);
  return chosen.slice(0, Math.max(room, 0));
}

/**
 * Columns from left to right: {id, type, x, width} in CSS pixels, with `number` for curves and `panel` for images.
 *
 * @param {number} width of the log view
 * @param {number[]} curves numbers of those shown
 */
export function columnsOf(width, curves) {
  const fixed = RULER + TADPOLES + CONFIDENCE + (5 + curves.length) * GAP;
  const curve = Math.max(Math.min(CURVE, (width - fixed - 2 * NARROWEST_IMAGE) / Math.max(curves.length, 1)), 24);
  const image = Math.max(Math.floor((width - fixed - curve * curves.length) / 2), 60);
  const wanted = [
    { id: "ruler", type: "ruler", width: RULER },
    ...curves.map((number) => ({ id: `curve-${number}`, type: "curve", number, width: curve })),
    { id: "image-0", type: "image", panel: 0, width: image },
    { id: "image-1", type: "image", panel: 1, width: image },
    { id: "tadpoles", type: "tadpoles", width: TADPOLES },
    { id: "confidence", type: "confidence", width: CONFIDENCE },
  ];
  let x = 0;
  return wanted.map((column) => {
    const placed = { ...column, x };
    x += column.width + GAP;
    return placed;
  });
}

/** The smallest of 1, 2 and 5 times a power of ten that is at least `least`. */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].find((times) => times * power >= least * (1 - 1e-9)) * power;
}

/**
 * Ticks of a depth ruler between two depths.
 *
 * @param {number} unit_m metres of the shown unit
 * @param {number} apart_px pixels that labels need between them
 * @returns {{depth_m: number, label: string|null}[]} label null: a minor tick
 */
export function depthTicks(top_m, base_m, metres_per_pixel, unit_m, apart_px = 56) {
  const step = niceStep((apart_px * metres_per_pixel) / unit_m);
  // Five minor ticks a label where it is 1 or 5, four where it is 2: every tick then stands at a round figure.
  const parts = String(step / 10 ** Math.floor(Math.log10(step) + 1e-9)).startsWith("2") ? 4 : 5;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const ticks = [];
  for (let k = Math.ceil(((top_m / unit_m) * parts) / step); k * step <= (base_m / unit_m) * parts; k += 1) {
    const value = (k * step) / parts;
    ticks.push({ depth_m: value * unit_m, label: k % parts === 0 ? value.toFixed(digits) : null });
  }
  return ticks;
}

/** Azimuths at which an image is labelled, [[azimuth_deg, label], ...] from its left edge to its right one. */
export function azimuthTicks({ first_azimuth_deg, reference }) {
  const ticks = [];
  for (let k = Math.ceil(first_azimuth_deg / 90 - 1e-9); k * 90 <= first_azimuth_deg + 360 + 1e-9; k += 1) {
    const around = ((k % 4) + 4) % 4;
    ticks.push([k * 90, reference === "north" ? "NESW"[around] : `${around * 90}°`]);
  }
  return ticks;
}

/** A figure with as many digits as its scale needs. */
export function brief(value, span) {
  const digits = Math.min(Math.max(0, 2 - Math.floor(Math.log10(Math.max(span, 1e-9)) + 1e-9)), 4);
  return String(Number(value.toFixed(digits)));
}
