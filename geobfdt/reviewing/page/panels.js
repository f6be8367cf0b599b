/** The panels at the right: each module is loaded by itself, so that one that fails leaves the others and the log. */

import { remember, remembered } from "./theme.js";

const TABS = ["list", "nets", "compare", "teach", "save"];
const byId = (id) => document.getElementById(id);

/** Mount every panel and the help, and let tabs open them. */
export async function mountPanels(store) {
  const modules = ["pick", ...TABS].map((name) => [`./panel_${name}.js`, `panel-${name}`]);
  modules.push(["./help.js", "panel-help"]);
  await Promise.all(modules.map(([module, id]) => mountPanel(module, byId(id), store)));
  store.on("panel", ({ name, focus }) => show(name, focus));
  for (const name of TABS) {
    const tab = byId(`tab-${name}`);
    tab.addEventListener("click", () => store.openPanel(name, { focus: false }));
    tab.addEventListener("keydown", (event) => step(store, name, event));
    byId(`panel-${name}`).setAttribute("role", "tabpanel");
  }
  const last = remembered("panel");
  store.openPanel(TABS.includes(last) ? last : "list", { focus: false });
}

async function mountPanel(module, element, store) {
  try {
    const { mount } = await import(module);
    mount(element, store);
  } catch (error) {
    console.error(error);
    element.textContent = "This panel could not be opened.";
    element.classList.add("missing");
  }
}

/** Arrows go from tab to tab, as everywhere. */
function step(store, name, event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const next = TABS[(TABS.indexOf(name) + by + TABS.length) % TABS.length];
  store.openPanel(next, { focus: false });
  byId(`tab-${next}`).focus();
}

function show(name, focus) {
  for (const one of TABS) {
    const open = one === name;
    byId(`panel-${one}`).hidden = !open;
    byId(`tab-${one}`).setAttribute("aria-selected", String(open));
    byId(`tab-${one}`).tabIndex = open ? 0 : -1;
  }
  remember("panel", name);
  // A panel that chose what gets the focus has done so in its own listener.
  const panel = byId(`panel-${name}`);
  if (focus && !panel.contains(document.activeElement))
    panel.querySelector("button:not(:disabled), input:not(:disabled), select:not(:disabled)")?.focus();
}
