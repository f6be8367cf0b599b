/** The dialog that goes to a depth, and the one that holds the help. */

import { el } from "./dom.js";

/** @returns {() => void} opens it */
export function goToDialog(store, canvas) {
  const input = el("input", { id: "goto-depth", size: 10, autocomplete: "off", inputmode: "decimal" });
  const unit = el("span", {});
  const wrong = el("span", { class: "missing", role: "alert" });
  const go = el("button", { id: "goto-go", type: "submit" }, "Go");
  const cancel = el("button", { id: "goto-cancel", type: "button", onclick: () => dialog.close() }, "Cancel");
  const label = el("label", { for: "goto-depth" }, "Go to depth");
  const form = el("form", { method: "dialog" }, label, input, unit, go, cancel, wrong);
  const dialog = el("dialog", { id: "goto-dialog", "aria-label": "Go to a depth" }, form);
  form.addEventListener("submit", (event) => {
    const depth_m = store.parseDepth(input.value);
    event.preventDefault();
    const { top_m, base_m } = store.log;
    if (depth_m >= top_m && depth_m <= base_m) {
      store.goTo(depth_m);
      dialog.close();
    } else wrong.textContent = `between ${store.fmtDepth(top_m)} and ${store.fmtDepth(base_m)}`;
  });
  dialog.addEventListener("close", () => canvas.focus());
  document.body.append(dialog);
  return () => {
    unit.textContent = store.depthUnit;
    wrong.textContent = "";
    input.value = store.fmtDepth(store.view.centre_m);
    dialog.showModal();
    input.select();
  };
}

/** @returns {() => void} opens it */
export function helpDialog(dialog) {
  dialog.addEventListener("close", () => document.getElementById("log").focus());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close()); // beside it
  return () => dialog.showModal();
}
