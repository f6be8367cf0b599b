/** What is remembered of how a log is looked at: the look of each image, and the curves shown as tracks. */

import { remember, remembered } from "./theme.js";

/** Looks that a log has: {look, map} by name; colour pictures have no map. */
export function looksOf(log) {
  const looks = [];
  for (const look of log.looks) {
    if (look === "colour") looks.push({ name: "colour", look, map: "brown" });
    else for (const map of ["brown", "grey"]) looks.push({ name: `${look}, ${map}`, look, map });
  }
  return looks;
}

/** The look that a panel begins with: the one chosen last, where this log has it. */
export function startLook(log, panel) {
  const looks = looksOf(log);
  // Bare in true colour or in one contrast for the whole log; under the picks in the contrast of the place.
  const coloured = looks.find(({ look }) => look === "colour");
  const usual = panel === 0 && coloured ? coloured : looks.find(({ look }) => look === ["static", "dynamic"][panel]);
  return looks.find(({ name }) => name === remembered(`look.${panel}`)) ?? usual ?? looks[0];
}

/** Numbers of the curves chosen last, by name; null where this log has none of them. */
export function rememberedCurves(curves) {
  try {
    const names = JSON.parse(remembered("curves", "[]"));
    const numbers = names.map((name) => curves.findIndex((curve) => curve.name === name));
    const known = numbers.filter((number) => number >= 0);
    return known.length ? known : null;
  } catch {
    return null;
  }
}

/** Keep the choice of curves for the next log too. */
export const rememberCurves = (curves) => remember("curves", JSON.stringify(curves.map(({ name }) => name)));
