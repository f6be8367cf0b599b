/** Keys act on the log: a control that was changed by mouse hands the focus back, one changed by keys keeps it. */

/** @param {HTMLElement} control a select or a box to tick @param {HTMLElement} log what keys act on */
export function backAfterMouse(control, log) {
  control.addEventListener("change", () => {
    // The browser's own judgement of who needs to see the focus tells whether it was moved by keys.
    if (!control.matches(":focus-visible")) log.focus({ preventScroll: true });
  });
}
