/** Brushing by numbers: dip and azimuth from and to, for those who cannot draw round poles. */

import { button, el, folding } from "./dom.js";
import { number } from "./entry.js";
import { withinAzimuths } from "./filter.js";
import { counted } from "./kinds.js";

/**
 * @param {{poles: () => object[], brush: (ids: number[], add: boolean) => void}} given
 * @returns {HTMLElement}
 */
export function rangesForm(store, given) {
  const take = () => {
    try {
      const [least, most] = dip.read();
      const azimuths = azimuth.read();
      const inside = ({ dip_deg, azimuth_deg }) =>
        dip_deg >= least && dip_deg <= most && withinAzimuths(azimuth_deg, azimuths);
      const found = given.poles().filter(({ plane }) => inside(plane));
      const ids = found.map(({ id }) => id);
      given.brush(ids, false);
      store.tell(ids.length ? `${counted(ids.length, "plane")} selected.` : "No plane lies in those ranges.");
    } catch (error) {
      store.tell(error.message, "error");
    }
  };
  const dip = rangeFields("dip", "dip", 90, take);
  const azimuth = rangeFields("azimuth", "azimuth, clockwise", 360, take);
  const buttons = el("div", { class: "buttons" }, button("net-ranges-take", "select these planes", take));
  return folding("net-ranges", "Brush by numbers", false, dip.row, azimuth.row, buttons);
}

/** From and to in degrees, 0 to `most`; Enter in either takes both. */
function rangeFields(name, caption, most, take) {
  const ends = ["from", "to"].map((end, k) => {
    const label = `${caption} ${end}, degrees`;
    const look = { class: "number", inputmode: "decimal", autocomplete: "off", value: String(k * most) };
    const input = el("input", { id: `net-${name}-${end}`, "aria-label": label, ...look });
    input.addEventListener("keydown", (event) => event.key === "Enter" && take());
    return input;
  });
  const unit = (text) => el("span", { class: "unit" }, text);
  const head = el("span", { class: "caption" }, caption);
  return {
    row: el(
      "div",
      { class: "field range", role: "group", "aria-label": caption },
      head,
      ends[0],
      unit("to"),
      ends[1],
      unit("°"),
    ),
    read: () => ends.map((input) => number(input.value.trim(), `${name} in degrees`, 0, most)),
  };
}
