/** What a comparison of two pick sets means for the page: no matching here, the server's `match` does that. */

/** The name that the server knows the review's own picks by. */
export const REVIEW = "review";

/**
 * Picks on which two sets disagree, in the order to walk through: what the estimate missed, then what it has too many,
 * each by depth.
 *
 * @param {{missed: number[], false: number[]}} answer of /api/compare
 * @param {Map<number, object>} refRows
 * @param {Map<number, object>} estRows
 * @returns {{what: "missed"|"false", row: object}[]}
 */
export function disagreements(answer, refRows, estRows) {
  const of = (what, ids, rows) =>
    ids
      .map((id) => rows.get(id))
      .filter(Boolean)
      .sort((one, other) => one.depth_m - other.depth_m)
      .map((row) => ({ what, row }));
  return [...of("missed", answer.missed, refRows), ...of("false", answer.false, estRows)];
}

/** The values of an `add` edit that takes a pick of a layer into the review. */
export function added({ depth_m, dip_deg, azimuth_deg, kind, confidence }) {
  const values = { depth_m, dip_deg, azimuth_deg, kind };
  return confidence === null || confidence === undefined ? values : { ...values, confidence };
}
