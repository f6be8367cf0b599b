/** The heads above the columns: names of curves, the look of each image, which layer and which dips are shown. */

import { el } from "./dom.js";
import { looksOf } from "./logview.js";
import { remember } from "./theme.js";

export class Heads {
  /** @param {import("./logview.js").LogView} view @param {HTMLElement} element */
  constructor(view, element) {
    Object.assign(this, { view, store: view.store, element });
    this.looks = [0, 1].map((panel) => this._lookOf(panel));
    this.layer = el("select", { id: "layer", "aria-label": "Layer over the bare image", title: "Picks of another set over this image", onchange: (event) => this.store.setMarks(event.target.value || null, null) });
    this.dips = el("select", { id: "tadpole-dips", "aria-label": "Dips of the tadpoles", onchange: (event) => this._dips(event.target.value) });
    this.dips.append(el("option", { value: "apparent" }, "dip in image"), el("option", { value: "true" }, "true dip"));
    this.menu = el("button", { id: "tracks", type: "button", "aria-expanded": "false", "aria-haspopup": "true", title: "Choose the curves shown as tracks", onclick: () => this._toggle() }, "Tracks");
    this.list = el("div", { id: "tracks-menu", class: "floating", hidden: true, role: "group", "aria-label": "Curves shown as tracks" });
    this.list.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), this._toggle(false), this.menu.focus()));
    document.addEventListener("pointerdown", (event) => {
      if (!this.list.hidden && !event.target.closest("#tracks-menu, #tracks")) this._toggle(false);
    });
    element.after(this.list);
    this.store.on("layers", () => this._layers());
    this._layers();
    this._curves();
    view.onLayout = (columns) => this.place(columns);
    this.place(view.columns);
  }

  _lookOf(panel) {
    const select = el("select", { id: `look-${panel}`, "aria-label": panel ? "Look of the image with picks" : "Look of the bare image", title: "Look of the image" });
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
    this.layer.replaceChildren(el("option", { value: "" }, "bare"), ...layers.map(({ name }) => el("option", { value: name }, `with ${name}`)));
    this.layer.value = layerShown ?? "";
    this.layer.hidden = layers.length === 0;
  }

  _curves() {
    const { curves } = this.store;
    const lines = curves.map((curve, number) => {
      const box = el("input", { id: `track-${number}`, type: "checkbox", onchange: () => this._chosen() });
      box.checked = this.view.curves.includes(number);
      return el("label", { for: `track-${number}` }, box, el("b", {}, curve.name), el("span", { class: "unit" }, [curve.description, curve.unit && `(${curve.unit})`].filter(Boolean).join(" ")));
    });
    this.list.replaceChildren(...(lines.length ? lines : [el("p", { class: "missing" }, "The file has no other curves.")]));
  }

  /** Curves in the order they were ticked: those already shown stay where they are. */
  _chosen() {
    const ticked = this.store.curves.map((_, number) => number).filter((number) => this.list.querySelector(`#track-${number}`).checked);
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
      return [el("span", { class: "name", title: description || name }, name)];
    }
    if (column.type === "image") return column.panel ? [this.looks[1], el("b", {}, "picks")] : [this.looks[0], this.layer];
    if (column.type === "tadpoles") return this.store.log.has_true_dips ? [this.dips] : [el("span", { class: "name", title: "Dip in the image; the tail points to the azimuth" }, "Tadpoles")];
    return [el("span", { class: "name", title: "Confidence of the pick, 0 to 1" }, "Conf.")];
  }
}
