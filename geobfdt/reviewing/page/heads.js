/** The heads above the columns: names of curves, the look of each image, which layer and which dips are shown. */

import { el } from "./dom.js";
import { backAfterMouse } from "./focus.js";
import { looksOf } from "./looks.js";
import { remember } from "./theme.js";

export class Heads {
  /** @param {import("./logview.js").LogView} view @param {HTMLElement} element */
  constructor(view, element) {
    Object.assign(this, { view, store: view.store, element });
    this.looks = [0, 1].map((panel) => this._lookOf(panel));
    this.layer = chooser("layer", "Layer over the bare image", "Picks of another set over this image");
    this.layer.addEventListener("change", () => this.store.setMarks(this.layer.value || null, null));
    this.dips = chooser("tadpole-dips", "Dips of the tadpoles", "The dip in the image or the true one");
    this.dips.append(el("option", { value: "apparent" }, "dip in image"), el("option", { value: "true" }, "true dip"));
    this.dips.addEventListener("change", () => this._dips(this.dips.value));
    for (const select of [...this.looks, this.layer, this.dips]) backAfterMouse(select, view.top);
    this._buildMenu();
    this.store.on("layers", () => this._layers());
    this._layers();
    this._curves();
    view.onLayout = (columns) => this.place(columns);
    this.place(view.columns);
  }

  _buildMenu() {
    const title = "Choose the curves shown as tracks";
    const opens = { "aria-expanded": "false", "aria-haspopup": "true", title, onclick: () => this._toggle() };
    this.menu = el("button", { id: "tracks", type: "button", ...opens }, "Tracks");
    const named = { role: "group", "aria-label": "Curves shown as tracks" };
    this.list = el("div", { id: "tracks-menu", class: "floating", hidden: true, ...named });
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this._toggle(false);
      this.menu.focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (!this.list.hidden && !event.target.closest("#tracks-menu, #tracks")) this._toggle(false);
    });
    this.element.after(this.list);
  }

  _lookOf(panel) {
    const name = panel ? "Look of the image with picks" : "Look of the bare image";
    const select = chooser(`look-${panel}`, name, "Look of the image");
    select.append(...looksOf(this.store.log).map(({ name }) => el("option", {}, name)));
    select.value = this.view.looks[panel].name;
    select.addEventListener("change", () => {
      this.view.looks[panel] = looksOf(this.store.log).find(({ name }) => name === select.value);
      remember(`look.${panel}`, select.value);
      this.view.redraw();
    });
    return select;
  }

  _dips(which) {
    this.view.trueDips = which === "true";
    this.view.redraw();
  }

  _layers() {
    const { layers, layerShown } = this.store;
    const options = layers.map(({ name }) => el("option", { value: name }, `with ${name}`));
    this.layer.replaceChildren(el("option", { value: "" }, "bare"), ...options);
    this.layer.value = layerShown ?? "";
    this.layer.hidden = layers.length === 0;
  }

  _curves() {
    const { curves } = this.store;
    const lines = curves.map((curve, number) => {
      const box = el("input", { id: `track-${number}`, type: "checkbox", onchange: () => this._chosen() });
      box.checked = this.view.curves.includes(number);
      const says = [curve.description, curve.unit && `(${curve.unit})`].filter(Boolean).join(" ");
      return el("label", { for: `track-${number}` }, box, el("b", {}, curve.name), el("span", { class: "unit" }, says));
    });
    const none = el("p", { class: "missing" }, "The file has no curves beside its image.");
    this.list.replaceChildren(...(lines.length ? lines : [none]));
  }

  /** Curves in the order they were ticked: those already shown stay where they are. */
  _chosen() {
    const numbers = this.store.curves.map((_, number) => number);
    const ticked = numbers.filter((number) => this.list.querySelector(`#track-${number}`).checked);
    const kept = this.view.curves.filter((number) => ticked.includes(number));
    this.view.setCurves([...kept, ...ticked.filter((number) => !kept.includes(number))]);
  }

  _toggle(open = this.list.hidden) {
    this.list.hidden = !open;
    this.menu.setAttribute("aria-expanded", String(open));
    if (open) this.list.querySelector("input")?.focus();
  }

  /** Set every head above its column. */
  place(columns) {
    const heads = columns.map((column) => {
      const head = el("div", { class: `head ${column.type}` }, ...this._inside(column));
      head.style.left = `${column.x}px`;
      head.style.width = `${column.width}px`;
      return head;
    });
    const focused = document.activeElement?.id;
    this.element.replaceChildren(...heads);
    if (focused && this.element.querySelector(`#${focused}`)) document.getElementById(focused).focus();
  }

  _inside(column) {
    if (column.type === "ruler") return [this.menu];
    if (column.type === "curve") {
      const { name, description } = this.store.curves[column.number];
      return [named(name, description || name)];
    }
    if (column.panel === 1) return [this.looks[1], el("b", {}, "picks")];
    if (column.panel === 0) return [this.looks[0], this.layer];
    if (column.type === "confidence") return [named("Conf.", "Confidence of the pick, 0 to 1")];
    if (this.store.log.has_true_dips) return [this.dips];
    return [named("Tadpoles", "Dip in the image; the tail points to the azimuth")];
  }
}

const chooser = (id, name, title) => el("select", { id, "aria-label": name, title });
const named = (text, title) => el("span", { class: "name", title }, text);
