/** The agreement of two interpreters: by a button, for chance takes its time; in a dialog, for its tables are wide. */

import { get } from "./api.js";
import { button, el } from "./dom.js";

/** @returns {{element}} the button and its dialog; `form` holds the names of the two sets */
export function mountAgreement(store, form) {
  const title = el("h2", { id: "agreement-title" });
  const text = el("pre", {
    id: "agreement-text",
    class: "agreement",
    tabindex: "0",
    "aria-labelledby": "agreement-title",
  });
  const close = button("agreement-close", "Close", () => dialog.close());
  const hint = el("p", { class: "hint" }, "The Save panel writes these figures beside the picks.");
  const dialog = el(
    "dialog",
    { id: "agreement-dialog", "aria-labelledby": "agreement-title" },
    el("div", { class: "help-head" }, title, close),
    text,
    hint,
  );
  const ask = async () => {
    const [ref, est] = [form.ref(), form.est()];
    title.textContent = `One: ${ref}; other: ${est}`;
    text.textContent = "Counting …";
    dialog.showModal();
    try {
      const answer = await get(`/api/agreement?${new URLSearchParams({ ref, est })}`);
      text.textContent = Array.isArray(answer.text) ? answer.text.join("\n") : answer.text;
    } catch (error) {
      text.textContent = error.message;
    }
  };
  const start = button("agreement", "agreement of the two…", () => {
    if (form.ref() !== form.est()) ask();
    else store.tell("Choose two different pick sets.", "error");
  });
  return { element: el("div", {}, el("div", { class: "buttons" }, start), dialog) };
}
