/** Writing the results: which picks, whether a report, and the files that came of it. */

import { post } from "./api.js";
import { button, choice, el, fill, fillOptions, tick } from "./dom.js";
import { counted } from "./kinds.js";

export function mount(element, store) {
  const state = { running: false, written: null, at: -1 };
  const journal = el("p", { id: "save-journal", class: "says" });
  const which = choice("save-which", "picks", [["kept", "all but rejected"], ["accepted", "accepted ones only"]], () => show());
  const report = tick("save-report", "report (HTML), which takes a while on a long log");
  const [ref, est] = ["ref", "est"].map((side, k) => choice(`save-agreement-${side}`, k ? "with" : "agreement of", [["", "none"]]));
  const write = button("save-write", "write the files", () => save(), { key: "Ctrl+S", "aria-keyshortcuts": "Control+S" });
  const told = el("p", { id: "save-told", class: "says", role: "status" });
  const files = el("ul", { id: "save-files", class: "files", "aria-label": "files written" });
  element.append(el("h3", {}, "Write the results"), journal, which.row, report.row, ref.row, est.row, el("div", { class: "buttons" }, write), told, files);

  const save = async () => {
    if (state.running) return;
    state.running = true;
    write.setAttribute("aria-disabled", "true");
    told.textContent = "Writing …";
    const pair = [ref.select.value, est.select.value];
    try {
      const answer = await post("/api/save", { which: which.select.value, report: report.input.checked, agreement: pair.every(Boolean) ? pair : null });
      state.at = store.edits;
      told.textContent = answer.told;
      store.tell(answer.told);
      fill(files, ...answer.files.map((name) => el("li", {}, el("code", {}, name))));
    } catch (error) {
      told.textContent = error.message;
      store.tell(error.message, "error");
    } finally {
      state.running = false;
      write.removeAttribute("aria-disabled");
      show();
    }
  };
  const show = () => {
    if (!store.log) return;
    report.row.hidden = !store.can.report;
    const { accepted, undecided } = store.counts();
    const n = which.select.value === "accepted" ? accepted : accepted + undecided;
    const since = state.at < 0 ? "" : store.edits === state.at ? " Nothing has changed since the files were written." : " Some came after the files were written.";
    journal.textContent = `Every edit is on the disk already: ${counted(store.edits, "edit")} in ${store.out}.review.jsonl.${since} Written now: ${counted(n, "pick")}.`;
    const names = ["review", ...store.layers.map(({ name }) => name)].map((name) => [name, name]);
    const pairs = store.layers.length ? [["", "none"], ...names] : [["", "none"]];
    for (const { select } of [ref, est]) if (select.options.length !== pairs.length) fillOptions(select, pairs);
    for (const { row } of [ref, est]) row.hidden = store.layers.length === 0;
  };
  store.on("save", save);
  for (const event of ["ready", "rows", "reviewed", "layers"]) store.on(event, show);
  show();
}
