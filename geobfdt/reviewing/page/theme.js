/**
 * Colours, dashes and markers of what is drawn, and the switch between light and dark.
 *
 * A kind is told by colour and by dash, so that it is read without colour; dark blue and light turquoise differ in
 * lightness for every eye and occur in no image map. On an image every line has a rim that lifts it off the rock.
 */

/**
 * Kind -> colour over an image, rim, dash in pixels, marker of tadpoles: those of the package's own figures. The rim is
 * as light as the colour is dark, so that one of the two stands out on any rock.
 */
export const KINDS = {
  fracture: { colour: "#0033cc", rim: "#ffffff", dash: [], marker: "diamond" },
  bedding: { colour: "#00c9b7", rim: "#00312c", dash: [8, 4], marker: "circle" },
  unknown: { colour: "#000000", rim: "#ffffff", dash: [2.5, 3], marker: "square" },
};

const query = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();
let palette = null;

/** A private window or a strict browser has no storage: the page then simply forgets. */
export function remembered(name, otherwise = null) {
  try {
    return localStorage.getItem(`geobfdt.${name}`) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(`geobfdt.${name}`, value);
  } catch {
    // forgotten
  }
}

const isDark = () => document.documentElement.dataset.theme === "dark";

/** Call `fn` when light and dark change: canvases must be drawn again. */
export const onTheme = (fn) => listeners.add(fn);

/** Take the remembered theme, or the system's, and follow the system until the switch is used. */
export function startTheme(button) {
  apply(remembered("theme") ?? (query.matches ? "dark" : "light"));
  query.addEventListener("change", () => remembered("theme") ?? apply(query.matches ? "dark" : "light"));
  button.addEventListener("click", () => {
    apply(isDark() ? "light" : "dark");
    remember("theme", document.documentElement.dataset.theme);
  });
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  palette = null;
  for (const fn of listeners) fn();
}

/**
 * The page's colours for canvases, read from the style sheet's variables: ground, panel, ink, faint, line, accent,
 * good, warn, bad, fracture, bedding, unknown (the last three legible on the ground, unlike KINDS over an image).
 */
export function colours() {
  if (!palette) {
    const style = getComputedStyle(document.documentElement);
    const names = "ground panel ink faint line accent good warn bad fracture bedding unknown".split(" ");
    palette = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  }
  return palette;
}
