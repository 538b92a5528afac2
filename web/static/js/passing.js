// Short forms, which keep nothing while they are typed: what is sent is kept for one page, in case that page is the ingreso
// because the session had ended. Any other page that comes says that it arrived, or shows again what was typed.

import { answersOf, openedWith } from "./answers.js";
import { dropEvery, keepCopy, offerCopy } from "./copies.js";

const KEPT = "att:de-paso:";
const COMING = "att:ingreso"; // that the page before was the ingreso

/** The page that comes is to offer what was sent. */
export function expect() {
  try { sessionStorage.setItem(COMING, "yes"); } catch { /* nothing is offered, then */ }
}

/** Keep what `forms` of this person send, and offer what could not be sent before. */
export function wirePassing(forms, person) {
  const came = comes();
  for (const form of forms) {
    const key = `${KEPT}${person}:${new URL(form.action).pathname}`;
    const empty = openedWith(form);
    if (came) offerCopy(form, key);
    form.addEventListener("submit", () => answersOf(form) !== empty && keepCopy(form, key, answersOf(form), empty));
  }
  if (!came) dropEvery(KEPT);
}

function comes() {
  try {
    const came = sessionStorage.getItem(COMING);
    sessionStorage.removeItem(COMING);
    return came;
  } catch {
    return null;
  }
}
