/**
 * Inputs whose value belongs to the store. They show it, Enter gives what was typed to `take`, Escape or leaving puts
 * the store's own back: nothing half typed is ever posted.
 *
 * @param {HTMLInputElement} input
 * @param {function(string): Promise<void>} take throws with a sentence where the text is no value
 * @param {function(string): void} complain is given that sentence
 * @returns {{show: function(string): void}} `show` sets the store's value; it waits while the input is being typed in
 */
export function entry(input, take, complain) {
  let own = "";
  let typing = false;
  const back = () => {
    typing = false;
    input.value = own;
    input.removeAttribute("aria-invalid");
  };
  input.addEventListener("input", () => {
    typing = true;
    input.removeAttribute("aria-invalid");
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // for the page Escape also drops the selection
      back();
      toLog();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    try {
      await take(input.value.trim());
      back();
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      complain(error.message);
    }
  });
  input.addEventListener("blur", back);
  return {
    show(text) {
      own = text;
      if (!typing) input.value = text;
    },
  };
}

/** Give the focus back to the image, where the single-letter keys are heard. */
export function toLog() {
  document.getElementById("log")?.focus({ preventScroll: true });
}

/**
 * The number in a text, with a comma or a point. Throws where there is none, or it is outside the bounds.
 *
 * @param {string} what the quantity with its unit, for the sentence
 */
export function number(text, what, least, most) {
  const value = text === "" ? NaN : Number(text.replace(",", "."));
  if (!Number.isFinite(value)) throw new Error(`${what}: ${text || "nothing"} is not a number`);
  if (value < least || value > most) throw new Error(`${what} lies between ${least} and ${most}, not at ${text}`);
  return value;
}
