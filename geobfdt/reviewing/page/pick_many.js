/** What several selected picks come to, and what is done to all of them in one edit. */

import { button, el, field, fill } from "./dom.js";
import { entry } from "./entry.js";
import { KINDS, STATUSES, counted, figure, orientationOf } from "./kinds.js";
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

/** [name, value] pairs of a group of picks: counts, depths, and the mean plane of those not rejected with its cone. */
function factsOf(rows, store) {
  const depths = rows.map((row) => row.depth_m);
  const facts = [
    [
      "kinds",
      tally(
        rows,
        "kind",
        KINDS.map(({ kind, sign }) => [kind, sign]),
      ),
    ],
    [
      "status",
      tally(
        rows,
        "status",
        STATUSES.map(({ status, sign }) => [status, sign]),
      ),
    ],
    ["depth", `${store.fmtDepth(Math.min(...depths))} to ${store.fmtDepth(Math.max(...depths))} ${store.depthUnit}`],
  ];
  const kept = rows.filter((row) => row.status !== "rejected");
  const mean = fisherMean(kept.map((row) => orientationOf(row, store.log)).filter(Boolean));
  if (!mean) return [...facts, ["mean plane", kept.length ? "no true dips are known" : "all are rejected"]];
  const which = store.log.has_true_dips ? "true" : "image";
  return [
    ...facts,
    [`${which} mean of ${mean.count.toLocaleString("en")}`, `${figure(mean.dip_deg)}° / ${figure(mean.azimuth_deg)}°`],
    ["95 % cone, kappa", `${figure(mean.alpha95_deg)}°, ${figure(mean.kappa)}`],
  ];
}

/** Counts by the values of a column that occur, each behind its sign, which the value names. */
function tally(rows, column, values) {
  const counts = values.map(([value, sign]) => [value, sign, rows.filter((row) => row[column] === value).length]);
  return counts
    .filter(([, , n]) => n)
    .map(([value, sign, n]) =>
      el("span", { class: "tally", title: value, "aria-label": `${n} ${value}` }, `${sign} ${n}`),
    );
}
