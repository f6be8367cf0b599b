/* What a report can do with scripts: the depth under the pointer through all tracks, a pick's figures wherever it is
   pointed at, links that lead to a plane in the log, one zoom about what is looked at, light and dark. Everything on the
   page is there without them. */

const box = document.querySelector(".box");
const sheet = document.querySelector(".sheet");
const cursor = document.getElementById("cursor");
const told = document.getElementById("told");
const unit = document.documentElement.dataset.unit || "m";
const metres = unit === "ft" ? 0.3048 : 1;

/** The strip at a height of the screen, and its depth there in metres; null beside the log. */
function depthAt(y) {
  for (const strip of sheet.querySelectorAll(".strip")) {
    const at = strip.getBoundingClientRect();
    if (y < at.top || y > at.bottom || !at.height) continue;
    const top = Number(strip.dataset.top);
    return { strip, depth_m: top + ((y - at.top) / at.height) * (Number(strip.dataset.base) - top) };
  }
  return null;
}

function showCursor(event) {
  const found = depthAt(event.clientY);
  cursor.hidden = !found || event.clientY < document.querySelector(".heads").getBoundingClientRect().bottom;
  if (cursor.hidden) return;
  cursor.style.top = `${event.clientY - sheet.getBoundingClientRect().top}px`;
  cursor.firstElementChild.textContent = `${(found.depth_m / metres).toFixed(2)} ${unit}`;
}

/** Every place at which a pick is drawn. */
const places = (number) => document.querySelectorAll(`[data-n="${number}"]`);
let hot = null;

function point(number) {
  if (number === hot) return;
  if (hot !== null) for (const place of places(hot)) place.classList.remove("hot");
  hot = number;
  if (number === null) return;
  for (const place of places(number)) place.classList.add("hot");
  const row = document.querySelector(`.picks tr[data-n="${number}"]`);
  if (!row || !told) return;
  const heads = [...row.closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);
  told.classList.add("on");
  told.textContent = [...row.cells].map((cell, k) => `${heads[k]} ${cell.textContent}`).filter((text) => !text.endsWith(" ")).join(" · ");
}

const numberOf = (target) => target.closest?.("[data-n]")?.dataset.n ?? null;

/** Bring a pick into the middle of the box, where it is looked for. */
function show(number) {
  const place = document.getElementById(`p${number}`);
  if (!place) return;
  const at = place.getBoundingClientRect();
  const around = box.getBoundingClientRect();
  box.scrollTo({ top: box.scrollTop + at.top - around.top - around.height / 2, left: box.scrollLeft });
  if (around.top < 0 || around.top > innerHeight * 0.6) box.scrollIntoView({ block: "nearest" });
  point(String(number));
}

/** Draw at another scale, and keep the depth in the middle of the box where it is. */
function rescale(event) {
  const around = box.getBoundingClientRect();
  const middle = kept ?? depthAt(around.top + around.height / 2);
  if (!middle) return;
  const strip = middle.strip.getBoundingClientRect();
  const top = Number(middle.strip.dataset.top);
  const share = (middle.depth_m - top) / (Number(middle.strip.dataset.base) - top);
  box.scrollTop += strip.top + share * strip.height - (around.top + around.height / 2);
  kept = null;
}
let kept = null;

if (box) {
  box.addEventListener("pointermove", showCursor);
  box.addEventListener("pointerleave", () => { cursor.hidden = true; });
  for (const radio of document.querySelectorAll('input[name="scale"]')) {
    const keep = () => { const around = box.getBoundingClientRect(); kept = depthAt(around.top + around.height / 2); };
    radio.closest("label").addEventListener("pointerdown", keep);
    radio.addEventListener("keydown", keep);
    radio.addEventListener("change", rescale);
  }
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const radios = [...document.querySelectorAll('input[name="scale"]')];
    const next = radios.findIndex((radio) => radio.checked) + Math.sign(event.deltaY);
    if (!radios[next]) return;
    kept = depthAt(event.clientY);
    radios[next].checked = true;
    rescale();
  }, { passive: false });
}
document.addEventListener("pointerover", (event) => { const number = numberOf(event.target); if (number !== null) point(number); });
document.addEventListener("focusin", (event) => { const number = numberOf(event.target); if (number !== null) point(number); });
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#p"], .marks .pick, .over .pick');
  if (!link) return;
  const number = numberOf(link);
  if (number === null) return;
  if (link.matches("a")) { event.preventDefault(); show(number); }
  else point(number);
});
const theme = document.getElementById("theme");
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
}
