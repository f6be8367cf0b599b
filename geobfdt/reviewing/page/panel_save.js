/** Writing the results: which picks, whether a report, and the files that came of it. */

import { post } from "./api.js";
import { button, choice, el, fill, fillOptions, tick } from "./dom.js";
import { counted } from "./kinds.js";

const WHICH = [
  ["kept", "all but rejected"],
  ["accepted", "accepted ones only"],
];

export function mount(element, store) {
  const state = { running: false, at: -1 };
  const journal = el("p", { id: "save-journal", class: "says" });
  const form = saveForm(() => show());
  const write = button("save-write", "write the files", () => save(), { key: "Ctrl+S" });
  write.setAttribute("aria-keyshortcuts", "Control+S");
  const told = el("p", { id: "save-told", class: "says", role: "status" });
  const files = el("ul", { id: "save-files", class: "files", "aria-label": "files written" });
  const buttons = el("div", { class: "buttons" }, write);
  element.append(el("h3", {}, "Write the results"), journal, ...form.rows, buttons, told, files);

  const save = async () => {
    if (state.running) return;
    state.running = true;
    write.setAttribute("aria-disabled", "true");
    told.textContent = "Writing …";
    try {
      const at = store.edits;
      const answer = await post("/api/save", form.asked());
      state.at = at;
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
    form.show(store);
    journal.textContent = journalWords(state.at, form.asked().which, store);
  };
  store.on("save", save);
  for (const event of ["ready", "rows", "reviewed", "layers"]) store.on(event, show);
  show();
}

/** What is on the disk already and what writing would write; `at` edits were made when files were last written. */
function journalWords(at, which, store) {
  const { accepted, undecided } = store.counts();
  const n = which === "accepted" ? accepted : accepted + undecided;
  const kept = `Every edit is on the disk already: ${counted(store.edits, "edit")} in ${store.out}.review.jsonl.`;
  if (at < 0) return `${kept} Written now: ${counted(n, "pick")}.`;
  if (store.edits === at) return `${kept} The files hold them all.`;
  return `${kept} Some came after the files were written. Written now: ${counted(n, "pick")}.`;
}

/** What is to be written: which picks, whether a report, and whose agreement. */
function saveForm(changed) {
  const which = choice("save-which", "picks", WHICH, changed);
  const report = tick("save-report", "report (HTML), which takes a while on a long log");
  const none = [["", "none"]];
  const pair = [choice("save-agreement-ref", "agreement of", none), choice("save-agreement-est", "with", none)];
  return {
    rows: [which.row, report.row, ...pair.map(({ row }) => row)],
    asked() {
      const names = pair.map(({ select }) => select.value);
      return {
        which: which.select.value,
        report: report.input.checked,
        agreement: names.every(Boolean) ? names : null,
      };
    },
    show(store) {
      report.row.hidden = !store.can.report;
      const options = [...none, ...["review", ...store.layers.map(({ name }) => name)].map((name) => [name, name])];
      for (const { row, select } of pair) {
        row.hidden = store.layers.length === 0;
        if (select.options.length !== options.length) fillOptions(select, options);
      }
    },
  };
}
