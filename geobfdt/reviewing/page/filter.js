/** Which picks are shown. Values that are missing (null) pass, except where the filter was narrowed to exclude them. */

export const KIND_NAMES = ["fracture", "bedding", "unknown"];

/** The filter that lets everything pass. */
export const unfiltered = () => ({
  kinds: new Set(KIND_NAMES),
  statuses: new Set(["undecided", "accepted", "rejected"]),
  sets: null,
  confidence: [0, 1],
  dip_deg: [0, 90],
  azimuth_deg: [0, 360],
  brush: null,
});

/** Whether a row passes; azimuths from > to run through north. */
export function passes(row, { kinds, statuses, sets, confidence, dip_deg, azimuth_deg, brush }) {
  if (!kinds.has(row.kind) || !statuses.has(row.status)) return false;
  if (sets !== null && !sets.has(row.set ?? "")) return false;
  if (brush !== null && !brush.has(row.id)) return false;
  if (row.dip_deg < dip_deg[0] || row.dip_deg > dip_deg[1]) return false;
  // A pick drawn by hand has no confidence: it is hidden only by whoever asks for confident ones.
  const certain = row.confidence ?? 1;
  if (certain < confidence[0] || certain > confidence[1]) return false;
  return withinAzimuths(row.azimuth_deg, azimuth_deg);
}

/** @param {[number, number]} range degrees; [0, 360] is everything */
export function withinAzimuths(azimuth_deg, [from, to]) {
  if (to - from >= 360) return true;
  return from <= to ? azimuth_deg >= from && azimuth_deg <= to : azimuth_deg >= from || azimuth_deg <= to;
}
