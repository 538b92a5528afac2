// Short forms, which keep nothing while they are typed: what is sent is kept for one page, in case that page is the ingreso
// because the session had ended. Any other page that comes says that it arrived, or shows again what was typed. What the
// ingreso did keep from arriving is offered on its page until somebody takes it or drops it.

import { answersOf, openedWith } from "./answers.js";
import { dropCopies, dropEvery, keepCopy, keptUnder, offerCopy, renameEvery } from "./copies.js";

const SENT = "att:de-paso:"; // what is on its way
const WAITING = "att:no-llego:"; // what did not arrive
const COMING = "att:ingreso"; // that the page before was the ingreso

/** The page that comes is to offer what was sent. */
export function expect() {
  try { sessionStorage.setItem(COMING, "yes"); } catch { /* nothing is offered, then */ }
}

/** Keep what `forms` of this person send, and offer what could not be sent before. */
export function wirePassing(forms, person) {
  const on = (form) => `${person}:${new URL(form.action).pathname}`;
  if (comes()) renameEvery(SENT, WAITING);
  else {
    for (const rest of keptUnder(SENT)) dropCopies(WAITING + rest);
    dropEvery(SENT);
  }
  for (const form of forms) {
    const empty = openedWith(form);
    offerCopy(form, WAITING + on(form));
    form.addEventListener("submit", () => answersOf(form) !== empty && keepCopy(form, SENT + on(form), answersOf(form), empty));
  }
}

/** Forget what this person sent that did not arrive. */
export function dropPassed(person) {
  for (const place of [SENT, WAITING]) dropEvery(`${place}${person}:`);
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
