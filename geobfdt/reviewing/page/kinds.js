/** What the panels call and draw kinds and statuses by: the same forms as the report's plots. */

/**
 * Kinds of picks: their key, the sign that looks like their mark on a net, their word and a short one, the name of
 * their colour in theme.js, that mark, their line.
 */
export const KINDS = [
  {
    kind: "fracture",
    key: "f",
    sign: "◆",
    text: "fracture",
    short: "fract.",
    colour: "fracture",
    mark: "diamond",
    dash: "solid",
  },
  {
    kind: "bedding",
    key: "b",
    sign: "●",
    text: "bedding",
    short: "bed",
    colour: "bedding",
    mark: "disc",
    dash: "dashed",
  },
  {
    kind: "unknown",
    key: "o",
    sign: "■",
    text: "unknown",
    short: "unkn.",
    colour: "unknown",
    mark: "square",
    dash: "dotted",
  },
];

export const STATUSES = [
  { status: "accepted", key: "a", text: "accept", done: "accepted", sign: "✓" },
  { status: "rejected", key: "x", text: "reject", done: "rejected", sign: "✗" },
  { status: "undecided", key: "u", text: "undecided", done: "undecided", sign: "?" },
];

export const kindOf = (name) => KINDS.find(({ kind }) => kind === name) ?? KINDS[2];
export const statusOf = (name) => STATUSES.find(({ status }) => status === name) ?? STATUSES[2];

/** Colours that sets of planes are told apart by: Okabe and Ito's, which differ for every eye, in both themes. */
const SET_COLOURS = ["#e69f00", "#56b4e9", "#cc79a7", "#009e73", "#d55e00", "#8f7be0", "#b5a900", "#7f7f7f"];

/** The colour of the set at a place of the list of sets. */
export const setColour = (place) => SET_COLOURS[place % SET_COLOURS.length];

/** Names of the sets that picks were put into, in the order of the alphabet. */
export function setNames(rows) {
  const names = new Set();
  for (const row of rows) if (row.set) names.add(row.set);
  return [...names].sort((one, other) => one.localeCompare(other, undefined, { numeric: true }));
}

/**
 * The plane of a row that nets and means are drawn of, {dip_deg, azimuth_deg}: true where the log has true dips, else
 * that of the image; null for a row without a true one in a log that has them, since the two must not be mixed.
 */
export function orientationOf(row, log) {
  if (!log.has_true_dips) return { dip_deg: row.dip_deg, azimuth_deg: row.azimuth_deg };
  if (row.true_dip_deg === null || row.true_azimuth_deg === null) return null;
  return { dip_deg: row.true_dip_deg, azimuth_deg: row.true_azimuth_deg };
}

/** Which orientations those are, in words. */
export function orientationWords(log) {
  if (log.has_true_dips) return "true dips, from north";
  return log.reference === "north" ? "image dips, from north" : "image dips, from high side";
}

/** Text of a number with so many decimals, a dash where there is none. */
export const figure = (value, digits = 1) => (value === null || !Number.isFinite(value) ? "–" : value.toFixed(digits));

/** A count with its noun, "1 pick", "20,000 picks". */
export const counted = (n, noun) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;
