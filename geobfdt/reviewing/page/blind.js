/** The blind second pass: what it is while it runs, and the button that ends it. */

import { button, confirmed, el, fill } from "./dom.js";

const RUNNING =
  "A blind second pass: the earlier picks are hidden, so that yours owe nothing to them. Draw every plane that you see " +
  "in the metres you review, tick them, then finish; only then are the two compared.";

export function mountBlind(store) {
  const text = el("p", {});
  const finish = button("blind-finish", "finish the blind pass…", () => finishIt(store));
  const element = el(
    "div",
    { id: "blind", class: "notice", role: "group", "aria-label": "blind second pass", hidden: true },
    text,
    el("div", { class: "buttons" }, finish),
  );
  const show = () => {
    element.hidden = store.blind === null;
    if (store.blind === null) return;
    const { finished } = store.blind;
    finish.hidden = finished;
    fill(text, finished ? "The blind pass is finished: compare its picks with the first ones below." : RUNNING);
  };
  return { element, show };
}

async function finishIt(store) {
  const question =
    "Finish the blind pass? The earlier picks are then shown, and this pass cannot be opened again: " +
    "no undo reaches beyond it.";
  if (await confirmed("ask-finish", question, "Finish")) await store.edit({ do: "finish" }).catch(() => {});
}
