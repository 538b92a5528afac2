// A form without a draft on the server keeps what is typed on the device: a reloaded page, an ended session or a lost
// connection loses nothing. <form data-keep="name">; <main data-sent="name …"> says which of them got through, <main
// data-again> that this page answers a form that was sent, and may show it again. Without a connection no form of any page leaves
// it: the browser would show a page of its own in its place. Nor does one leave twice.

import { answersOf, openedWith } from "./answers.js";
import { wireChosen } from "./chosen.js";
import { baseOf, dropCopies, dropEvery, keepCopy, offerCopy, showCopy } from "./copies.js";
import { wireOnce } from "./once.js";
import { dropPassed, wirePassing } from "./passing.js";
import { wireSending } from "./sending.js";

const QUIET = 500; // milliseconds without typing before the copy is renewed

/** Whether this page shows again what was sent, for it to be corrected or gone on with: nothing of it has arrived. */
const again = document.querySelector("main")?.dataset.again !== undefined;
const keyOf = (name) => `att:${name}`;

for (const name of document.querySelector("main")?.dataset.sent?.split(" ") ?? []) {
  if (name.endsWith("-*")) dropOf(name.slice(0, -2));
  else dropCopies(keyOf(name));
}
for (const form of document.querySelectorAll("form[data-keep]")) start(form);
for (const form of document.querySelectorAll("form[method=post]:not([data-keep], [data-form])")) {
  let live;
  wireSending(form, () => (live ??= liveRegion(form)));
}
const secret = (form) => form.querySelector("[type=password], [autocomplete=one-time-code]");
const passing = [...document.querySelectorAll("form[method=post]:not([data-keep], [data-form])")].filter((form) => !secret(form));
wirePassing(passing, document.querySelector("main").dataset.person);
for (const form of document.querySelectorAll("form[method=post]:not([data-form])")) wireOnce(form);
for (const place of document.querySelectorAll("[data-kept]")) showCopy(place);

/** Whoever leaves takes along what only this device had of theirs; another person's waits for them. */
function dropOf(person) {
  dropEvery(keyOf(`${person}-`));
  dropPassed(person);
}

function start(form) {
  const key = keyOf(form.dataset.keep);
  let empty = (again && baseOf(key)) || openedWith(form);
  let [timer, typed] = [0, false];
  let sent; // from this page, which the browser may show again as it was left: that is nothing that did not arrive
  const keep = () => {
    clearTimeout(timer);
    const answers = answersOf(form);
    if (answers !== empty && answers !== sent) keepCopy(form, key, answers, empty);
  };
  offerCopy(form, key);
  if (again) keep(); // the tab may be closed before anything else is typed
  const live = liveRegion(form);
  wireSending(form, () => live);
  wireChosen(form, key); // after what is refused was taken out of its box
  form.addEventListener("input", () => {
    clearTimeout(timer);
    [typed, sent] = [true, undefined];
    timer = setTimeout(keep, QUIET);
  });
  form.addEventListener("focusout", keep);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    sent = answersOf(form);
    keepCopy(form, key, sent, empty); // whatever becomes of it on its way; the page that says it got through drops it
  });
  window.addEventListener("pageshow", () => {
    if (!again && !typed) empty = openedWith(form); // only now some browsers have put back what was there
  });
  window.addEventListener("pagehide", keep);
}

function liveRegion(form) {
  const live = Object.assign(document.createElement("p"), { className: "f-saving small" });
  live.setAttribute("role", "status");
  const last = form.querySelector(".acts") ?? [...form.querySelectorAll("button")].at(-1);
  if (last) last.before(live);
  else form.append(live);
  return live;
}
