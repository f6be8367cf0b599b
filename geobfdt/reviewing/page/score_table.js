/** The scores of a comparison as a table, with chance beside them. */

import { el, fill } from "./dom.js";
import { figure } from "./kinds.js";

export const CRITERIA = { depth: "depth", curve: "whole curve", joint: "depth, dip and azimuth" };

const MEASURES = [
  ["recalled", ({ hits }) => hits],
  ["missed", ({ n_ref, hits }) => n_ref - hits],
  ["false", ({ n_est, hits }) => n_est - hits],
  ["sensitivity", ({ sensitivity }) => figure(sensitivity, 2)],
  ["precision", ({ precision }) => figure(precision, 2)],
  ["F1", ({ f1 }) => figure(f1, 2)],
  ["chance F1", ({ chance_f1 }) => figure(chance_f1, 2)],
  ["skill", ({ skill }) => figure(skill, 2)],
];

const MEANING = {
  "chance F1": "what as many picks at random depths would score",
  skill: "how far F1 is on the way from chance to perfect",
};

/**
 * Fill a table with a column a criterion and a column a kind.
 *
 * @param {HTMLTableElement} table
 * @param {{scores: object, kinds: object}} answer of /api/compare; null empties the table
 * @param {string} chosen the criterion of the kinds, marked
 */
export function showScores(table, answer, chosen) {
  if (!answer) return fill(table);
  const columns = [
    ...Object.keys(CRITERIA)
      .filter((key) => answer.scores[key])
      .map((key) => [key, answer.scores[key], key === chosen ? "chosen" : null]),
    ...Object.entries(answer.kinds ?? {}).map(([kind, scores]) => [kind, scores, "of-kind"]),
  ];
  const heads = columns.map(([name, , look]) => el("th", { scope: "col", class: look, title: CRITERIA[name] }, name));
  const rows = MEASURES.map(([name, value]) =>
    el(
      "tr",
      {},
      el("th", { scope: "row", title: MEANING[name] }, name),
      ...columns.map(([key, scores, look]) =>
        el("td", { class: look, "data-score": `${key} ${name}` }, String(value(scores))),
      ),
    ),
  );
  fill(
    table,
    el("caption", {}, `By criterion; kinds by ${CRITERIA[chosen]}`),
    el("thead", {}, el("tr", {}, el("td", {}), ...heads)),
    el("tbody", {}, ...rows),
  );
}
