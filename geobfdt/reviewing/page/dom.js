/** Building elements: what a page's controls share. Styles are classes, for the content policy forbids inline ones. */

/**
 * An element. Attributes named `on...` are listeners, `class` and the like are set as attributes, `true` sets an empty
 * one and false, null and undefined set none. Children are nodes or texts; null is left out.
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button with a name of its own; `key` is shown as the key that does the same. */
export function button(id, text, onclick, { key = null, ...attributes } = {}) {
  const label = key ? [text, " ", el("kbd", { "aria-hidden": "true" }, key)] : [text];
  return el("button", { id, type: "button", "aria-keyshortcuts": key, onclick, ...attributes }, ...label);
}

/** A caption, its input and its unit in one row; the input is what is returned beside the row. */
export function field(id, caption, attributes = {}, unit = "") {
  const input = el("input", { id, autocomplete: "off", ...attributes });
  const row = el(
    "div",
    { class: "field" },
    el("label", { for: id }, caption),
    input,
    el("span", { class: "unit" }, unit),
  );
  return { row, input };
}

/** A caption and a select of [value, text] options. */
export function choice(id, caption, options, onchange) {
  const select = el("select", { id, onchange });
  fillOptions(select, options);
  return { row: el("div", { class: "field" }, el("label", { for: id }, caption), select), select };
}

/** Give a select other options, keeping what was chosen where it is still there. */
export function fillOptions(select, options) {
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => el("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}

/** A box to tick with its caption. */
export function tick(id, caption, onchange, attributes = {}) {
  const input = el("input", { id, type: "checkbox", onchange, ...attributes });
  return { row: el("label", { class: "tick", for: id }, input, el("span", {}, caption)), input };
}

/** A heading that folds what follows it. */
export function folding(id, caption, open, ...children) {
  return el("details", { id, class: "fold", open }, el("summary", {}, caption), ...children);
}

/** Replace what an element holds by texts and nodes. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined));
}

/** Run a function at most once a frame, however often it is asked for. */
export function oncePerFrame(draw) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

/** Ask before something that cannot be taken back: resolves to true when the person says so. Escape says no. */
export function confirmed(id, question, yes, no = "Cancel") {
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = el(
      "dialog",
      { id, class: "ask", "aria-labelledby": `${id}-text`, oncancel: () => close(false) },
      el("p", { id: `${id}-text` }, question),
      el(
        "div",
        { class: "buttons" },
        button(`${id}-no`, no, () => close(false)),
        button(`${id}-yes`, yes, () => close(true)),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
