/** Sets of planes: what a geologist calls the groups on the net. Made from the selection, listed with their means. */

import { button, confirmed, el, field, fill, oncePerFrame } from "./dom.js";
import { toLog } from "./entry.js";
import { counted, figure, orientationOf, setColour, setNames } from "./kinds.js";
import { fisherMean } from "./orientation.js";

export function mountSets(element, store) {
  const name = field("set-name", "set", { class: "name", list: "pick-sets", placeholder: "name" });
  const make = button("set-make", "make a set of the selection", () => take(), {});
  const list = el("ul", { id: "sets", class: "sets" });
  const take = async () => {
    const set = name.input.value.trim();
    if (!set) {
      store.tell("Give the set a name first.", "error");
      name.input.focus();
      return;
    }
    const ids = [...store.selection];
    if (ids.length === 0) {
      store.tell(
        "Select the planes of the set first: draw round poles on the net, or press petals of the rose.",
        "error",
      );
      return;
    }
    await store.edit({ do: "set", ids, values: { set } });
    name.input.value = "";
    store.tell(`${counted(ids.length, "pick")} in set ${set}.`);
    toLog();
  };
  name.input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") take().catch(() => {});
  });
  element.append(name.row, el("div", { class: "buttons" }, make), list);
  const show = oncePerFrame(() => {
    if (!store.log) return;
    make.textContent = `make a set of the ${counted(store.selection.size, "selected pick")}`;
    showSets(list, store);
  });
  for (const event of ["ready", "rows", "selection"]) store.on(event, show);
  show();
}

function showSets(list, store) {
  const focused = document.activeElement?.id;
  const rows = [...store.rows.values()].filter((row) => row.set && row.status !== "rejected");
  const names = setNames(store.rows.values());
  fill(
    list,
    ...names.map((name, k) =>
      setRow(
        name,
        k,
        rows.filter((row) => row.set === name),
        store,
      ),
    ),
  );
  if (names.length === 0) fill(list, el("li", { class: "hint" }, "No sets yet."));
  if (focused?.startsWith("set-of-")) document.getElementById(focused)?.focus();
}

function setRow(name, k, rows, store) {
  const mean = fisherMean(rows.map((row) => orientationOf(row, store.log)).filter(Boolean));
  const plane = mean ? `${figure(mean.dip_deg, 0)}° / ${figure(mean.azimuth_deg, 0)}°` : "–";
  const swatch = el("span", { class: "swatch set" });
  swatch.style.background = setColour(k);
  const choose = button(`set-of-${k}`, "", () => store.select(rows.map((row) => row.id)), {
    class: "link",
    "aria-label": `select the ${counted(rows.length, "pick")} of set ${name}, mean ${plane}`,
  });
  fill(choose, swatch, el("span", { class: "set-name" }, name));
  const drop = button(`set-of-${k}-drop`, "dissolve", () => dissolve(name, store), {
    "aria-label": `dissolve set ${name}`,
  });
  return el(
    "li",
    {},
    choose,
    el("span", { class: "number" }, String(rows.length)),
    el("span", { class: "number" }, plane),
    drop,
  );
}

async function dissolve(name, store) {
  const ids = [...store.rows.values()].filter((row) => row.set === name).map((row) => row.id);
  const sure = await confirmed(
    "ask-dissolve",
    `Take ${counted(ids.length, "pick")} out of set ${name}? The picks stay; one undo takes it back.`,
    "Dissolve",
  );
  if (sure) await store.edit({ do: "set", ids, values: { set: "" } }).catch(() => {});
}
