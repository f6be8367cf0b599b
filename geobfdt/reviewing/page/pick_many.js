/** What several selected picks come to, and what is done to all of them in one edit. */

import { button, el, field, fill } from "./dom.js";
import { entry } from "./entry.js";
import { KINDS, STATUSES, counted, figure, orientationOf, orientationWords } from "./kinds.js";
import { fisherMean } from "./orientation.js";

/** Build the panel; what is returned shows the selection of the store in it. */
export function mountMany(element, store) {
  const set = (values) => store.edit({ do: "set", ids: [...store.selection], values });
  const quietly = (values) => () => set(values).catch(() => {});
  const title = el("h2", { id: "many-title", class: "pick-title", "aria-live": "polite" });
  const facts = el("dl", { class: "facts" });
  const statuses = STATUSES.map(({ status, text }) =>
    button(`many-${status}`, `${text} all`, quietly({ status }), { class: `toggle is-${status}` }),
  );
  const kinds = KINDS.map(({ kind, text }) =>
    button(`many-${kind}`, text, quietly({ kind }), { class: `toggle is-${kind}` }),
  );
  const name = field("many-set", "set of all", { class: "name", list: "pick-sets", placeholder: "name, Enter" });
  const names = entry(
    name.input,
    (text) => set({ set: text }),
    (sentence) => store.tell(sentence, "error"),
  );
  const single = button("many-single", "only the current one", () => store.select([store.current]));
  element.append(
    el("div", { class: "title-row" }, title, single),
    el("div", { class: "toggles", role: "group", "aria-label": "status of all selected" }, ...statuses),
    el("div", { class: "toggles", role: "group", "aria-label": "kind of all selected" }, ...kinds),
    name.row,
    facts,
  );
  return () => {
    const rows = [...store.selection].map((id) => store.rows.get(id)).filter(Boolean);
    fill(title, `${counted(rows.length, "pick")} selected`);
    const sets = new Set(rows.map((row) => row.set));
    names.show(sets.size === 1 ? [...sets][0] : "");
    fill(
      facts,
      ...factsOf(rows, store)
        .map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])
        .flat(),
    );
  };
}

/** [name, value] pairs of a group of picks: counts, depths, the mean plane with its cone. */
function factsOf(rows, store) {
  const depths = rows.map((row) => row.depth_m);
  const facts = [
    [
      "by kind",
      tally(
        rows,
        "kind",
        KINDS.map(({ kind }) => kind),
      ),
    ],
    [
      "by status",
      tally(
        rows,
        "status",
        STATUSES.map(({ status }) => status),
      ),
    ],
    ["depth", `${store.fmtDepth(Math.min(...depths))} to ${store.fmtDepth(Math.max(...depths))} ${store.depthUnit}`],
  ];
  const planes = rows.map((row) => orientationOf(row, store.log)).filter(Boolean);
  const mean = fisherMean(planes);
  if (!mean) return [...facts, ["mean plane", "no true dips are known"]];
  const left = rows.length - planes.length;
  return [
    ...facts,
    [
      "mean dip / azimuth",
      `${figure(mean.dip_deg)}° / ${figure(mean.azimuth_deg)}°, 95 % cone ${figure(mean.alpha95_deg)}°`,
    ],
    ["kappa, of", `${figure(mean.kappa)}, ${orientationWords(store.log)}${left ? `; ${left} without` : ""}`],
  ];
}

const tally = (rows, column, values) =>
  values
    .map((value) => [value, rows.filter((row) => row[column] === value).length])
    .filter(([, n]) => n)
    .map(([value, n]) => `${n} ${value}`)
    .join(", ");
