/** What is compared with what: two pick sets, a criterion, where, and the tolerance slider of the sources. */

import { choice, el, fillOptions } from "./dom.js";
import { REVIEW } from "./comparison.js";
import { CRITERIA } from "./score_table.js";

const PLACES = [
  ["reviewed", "reviewed part"],
  ["all", "whole log"],
];

/**
 * @param {() => void} changed called when anything else is asked for
 * @returns {{element, ref, est, criterion, where, prefer, begin, path, fill}} the chosen values as functions; `prefer`
 *   takes a layer as the estimate, `begin` says whether metres are reviewed already, `fill` which layers there are, and
 *   `path` is the question to the server
 */
export function compareForm(changed) {
  const ref = choice("compare-ref", "reference", [], changed);
  const est = choice("compare-est", "estimate", [], changed);
  const criterion = choice("compare-criterion", "by", Object.entries(CRITERIA), changed);
  criterion.select.setAttribute("aria-label", "criterion of a match");
  const where = choice("compare-where", "in", PLACES, changed);
  where.select.setAttribute("aria-label", "where to compare");
  const tolerance = toleranceSlider(changed);
  const value = ({ select }) => select.value;
  return {
    element: el("div", {}, ref.row, est.row, el("div", { class: "pair" }, criterion.row, where.row), tolerance.row),
    ref: () => value(ref),
    est: () => value(est),
    criterion: () => value(criterion),
    where: () => value(where),
    prefer(layer) {
      const names = [...est.select.options].map((option) => option.value);
      if (names.includes(layer) && value(ref) !== layer) est.select.value = layer;
    },
    begin(reviewed) {
      where.select.value = reviewed ? "reviewed" : "all";
    },
    path() {
      const sides = { ref: value(ref), est: value(est), tolerance_m: tolerance.metres() };
      return `/api/compare?${new URLSearchParams({ ...sides, criterion: value(criterion), where: value(where) })}`;
    },
    fill: (layers) => fillSides(ref.select, est.select, layers),
  };
}

function fillSides(ref, est, layers) {
  const first = est.options.length === 0;
  for (const select of [ref, est])
    fillOptions(
      select,
      [REVIEW, ...layers].map((name) => [name, name]),
    );
  // The interpreter's review is the reference until said otherwise.
  if ((first || est.value === ref.value) && layers.length > 0)
    est.value = layers.find((name) => name !== ref.value) ?? REVIEW;
}

/** From 1 to 20 cm, as published: no single tolerance is the right one. */
function toleranceSlider(changed) {
  const shown = el("output", { id: "compare-tolerance-shown", for: "compare-tolerance", class: "number" }, "8 cm");
  const bounds = { min: "1", max: "20", step: "1", value: "8" };
  const name = { id: "compare-tolerance", "aria-label": "tolerance, centimetres" };
  const slider = el("input", { type: "range", ...name, ...bounds });
  slider.addEventListener("input", () => {
    shown.textContent = `${slider.value} cm`;
    slider.setAttribute("aria-valuetext", `${slider.value} centimetres`);
    changed();
  });
  const caption = el("label", { for: "compare-tolerance" }, "tolerance");
  return {
    row: el("div", { class: "field slider" }, caption, slider, shown),
    metres: () => String(slider.value / 100),
  };
}
