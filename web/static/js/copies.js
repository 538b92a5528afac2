// The copies of forms that a browser keeps: kept, offered when the page does not say the same, put back or dropped.

import { answersOf, boxOf, changedSince, differing, NOT_ANSWERS, openedWith, partOf, written } from "./answers.js";
import { comparison } from "./comparing.js";
import { restore } from "./restoring.js";

const OFFERED = "~"; // after the key: a copy that was offered and is neither put back nor dropped
const CHOSEN = "#"; // after the key: the files that were chosen, which are not in any copy
const DAYS = 14; // that a copy is kept: longer than a week in the field, not for ever on a device that changes hands

/** Keep `answers` of `form` on this device, with those that the page opened with.
 *
 * The browser may refuse storage (private window, no space): saving on the server goes on without a copy.
 */
export function keepCopy(form, key, answers, base) {
  const once = form.elements.namedItem("key")?.value; // sent again with the same one, it is done once
  const words = wordsOf(form, JSON.parse(base));
  writeCopy(key, { at: Date.now(), answers, base, once, words });
}

/** What the form said before anybody wrote in what is kept of it. */
export const baseOf = (key) => (readCopy(key + OFFERED) ?? readCopy(key))?.base;

/** What was typed in this page has arrived; a copy that is still offered is of an earlier one, and waits for its answer. */
export function dropCopy(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

/** The form was sent: neither what was typed in this page nor what was offered from before is missing. */
export function dropCopies(key) {
  dropCopy(key);
  dropCopy(key + OFFERED);
  dropCopy(key + CHOSEN);
}

/** The files chosen in a form that may not have arrived: {name of the box: {label, files}}. */
export const chosenFiles = (key) => readCopy(key + CHOSEN)?.boxes ?? {};

export function keepChosen(key, boxes) {
  if (Object.keys(boxes).length) writeCopy(key + CHOSEN, { at: Date.now(), boxes });
  else dropCopy(key + CHOSEN);
}

/** Drop what is kept under keys that begin with `prefix`. */
export function dropEvery(prefix) {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch { /* nothing was kept */ }
}

/** Keep under `other` what is kept under keys that begin with `prefix`. */
export function renameEvery(prefix, other) {
  for (const rest of keptUnder(prefix)) {
    writeCopy(other + rest, readCopy(prefix + rest));
    dropCopy(prefix + rest);
  }
}

/** What follows `prefix` in the keys that begin with it. */
export function keptUnder(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
  } catch {
    return [];
  }
}

/** Copies that nobody came back for, forms sent from elsewhere among them, are not kept for ever. */
function dropOld() {
  const oldest = Date.now() - DAYS * 24 * 60 * 60 * 1000;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("att:") && !(readCopy(key)?.at > oldest)) dropCopy(key);
  } catch { /* nothing was kept */ }
}

function writeCopy(key, copy) {
  try { localStorage.setItem(key, JSON.stringify(copy)); } catch { /* no copy, then */ }
}

function readCopy(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

/** The copy to be offered, put where what is typed from now on does not replace it. */
function takeCopy(form, key) {
  const [before, last] = [readCopy(key + OFFERED), readCopy(key)];
  if (!last) return before;
  const copy = before && last.base ? together(form, before, last) : last;
  writeCopy(key + OFFERED, copy);
  dropCopy(key);
  return copy;
}

/** Two copies of one form: of a question that both wrote, what the `last` says. */
function together(form, before, last) {
  const answers = JSON.parse(last.answers);
  const parts = written(form, answers, JSON.parse(last.base));
  const isLast = ([name]) => parts.has(partOf(form, name));
  const asked = new Set(last.words.map(([question]) => question));
  const merged = (one, other) => JSON.stringify([...JSON.parse(one).filter((pair) => !isLast(pair)), ...JSON.parse(other).filter(isLast)]);
  return {
    ...last,
    answers: merged(before.answers, last.answers),
    base: merged(before.base, last.base), // what the page said of each question when it was written
    words: [...before.words.filter(([question]) => !asked.has(question)), ...last.words],
  };
}

/** Offer what this device kept and the page does not say; what was written elsewhere meanwhile stays as it is.
 *
 * Where both wrote the same question since, nothing is put back before somebody has seen the two answers and says so.
 */
export function offerCopy(form, key) {
  const copy = takeCopy(form, key);
  if (!copy) return;
  const kept = JSON.parse(copy.answers);
  const parts = copy.base ? written(form, kept, JSON.parse(copy.base)) : null;
  const names = differing(form, kept, parts);
  const opened = openedWith(form);
  if (!names.length) {
    // The browser may have put the answers back by itself: what is sent again is still the same form.
    if (answersOf(form) === copy.answers) sameForm(form, copy);
    return dropCopy(key + OFFERED);
  }
  const changed = copy.base ? changedSince(form, JSON.parse(opened), JSON.parse(copy.base)) : new Set();
  const wanted = parts ? kept.filter(([name]) => parts.has(partOf(form, name))) : kept;
  const offer = { form, key, copy, opened };
  const isChanged = (name) => changed.has(partOf(form, name));
  offerChanged({ ...offer, names: names.filter(isChanged), wanted: wanted.filter(([name]) => isChanged(name)) });
  offerMissing({ ...offer, names: names.filter((name) => !isChanged(name)), wanted: wanted.filter(([name]) => !isChanged(name)) });
}

/** What nobody else wrote since: it is put back at once. */
function offerMissing(offer) {
  const { form, copy, names, wanted } = offer;
  if (!names.length) return;
  show(offer, (notice) => {
    const words = document.createElement("p");
    words.textContent = `En este dispositivo hay respuestas que no alcanzaron a guardarse (${momentOf(copy)})${said(form, names, wanted)}.`;
    const acts = document.createElement("p");
    acts.append(
      act("Recuperarlas", () => putBack(offer, notice)),
      " ",
      act("Descartarlas", () => { notice.remove(); settle(offer); }),
    );
    return [words, acts];
  });
}

/** What the page says otherwise than when it was written here: another person, or another window, was at it meanwhile. */
function offerChanged(offer) {
  const { form, copy, names, opened, wanted } = offer;
  if (!names.length) return;
  const parts = [...new Set(names.map((name) => partOf(form, name)))];
  const tell = (part, pairs) => pairs.filter(([name, value]) => partOf(form, name) === part && value.trim() && boxOf(form, name));
  const rows = parts.map((part) => [
    labelOf(form, part), ...[JSON.parse(opened), wanted].map((pairs) => tell(part, pairs).map(([name, value]) => [name, saidBy(form, name, value)])),
  ]);
  show(offer, (notice) => {
    const words = document.createElement("p");
    words.textContent = `Esto cambió después de que usted lo escribió en este dispositivo (${momentOf(copy)}). Queda como está, salvo que usted ponga lo suyo.`;
    const acts = document.createElement("p");
    acts.append(
      act("Poner lo de este dispositivo", () => putBack(offer, notice)),
      " ",
      act("Dejarlo como está", () => { notice.remove(); settle(offer); }),
    );
    return [words, ...comparison(rows), acts];
  });
}

function show({ form }, contents) {
  const notice = document.createElement("div");
  notice.className = "notice warning f-restore";
  notice.setAttribute("role", "status");
  notice.append(...contents(notice));
  form.prepend(notice);
  bringToLight(form, notice);
}

const momentOf = (copy) => new Date(copy.at).toLocaleString("es-CO", { dateStyle: "long", timeStyle: "short", timeZone: "America/Bogota" });

/** Put back what is offered, but for what was typed meanwhile in this page, which stays: the other is shown beside it. */
function putBack(offer, notice) {
  const { form, key, copy, names, opened, wanted } = offer;
  const typed = written(form, JSON.parse(answersOf(form)), JSON.parse(opened));
  restore(form, wanted.filter(([name]) => !typed.has(partOf(form, name))));
  sameForm(form, copy);
  notice.remove(); // with the button that had the focus, which saves what was put back
  keepCopy(form, key, answersOf(form), opened);
  settle(offer);
  setBeside(form, wanted.filter(([name]) => names.includes(name) && typed.has(partOf(form, name))));
}

/** Of the copy that is offered, these questions have their answer: it goes on saying the others. */
function settle({ form, key, names }) {
  const copy = readCopy(key + OFFERED);
  if (!copy?.base) return dropCopy(key + OFFERED);
  const parts = new Set(names.map((name) => partOf(form, name)));
  const isSettled = ([name]) => parts.has(partOf(form, name));
  const [kept, base] = [JSON.parse(copy.answers), JSON.parse(copy.base)];
  const left = [...kept.filter((pair) => !isSettled(pair)), ...base.filter(isSettled)];
  if (differing(form, left, written(form, left, base)).length) writeCopy(key + OFFERED, { ...copy, answers: JSON.stringify(left) });
  else dropCopy(key + OFFERED);
}

/** An offer that nobody sees is none: the top of the page leads to it where its form is in a closed section, which is
 * opened, or further down than what is on the screen. */
function bringToLight(form, notice) {
  const closed = form.closest("details:not([open])");
  const title = closed ? closed.querySelector("summary") : form.querySelector("h2");
  if (!title || (!closed && notice.getBoundingClientRect().top < window.innerHeight)) return;
  if (closed) closed.open = true;
  notice.id ||= `recuperar-${form.dataset.keep ?? form.dataset.draftKey}`;
  const top = Object.assign(document.createElement("p"), { className: "notice warning" });
  const link = Object.assign(document.createElement("a"), { href: `#${notice.id}`, textContent: title.textContent.trim() });
  top.append("Algo que usted escribió y no se envió quedó en este dispositivo: ", link, ".");
  document.querySelector("main").prepend(top);
  for (const button of notice.querySelectorAll("button")) button.addEventListener("click", () => top.remove());
}

/** What was written since the page opened, with the words of its questions, for whoever may no longer send the form. */
function wordsOf(form, base) {
  const before = new Set(base.map(String));
  return [...new FormData(form)]
    .filter(([name, value]) => typeof value === "string" && value.trim() && !NOT_ANSWERS.test(name) && !before.has(String([name, value])))
    .map((pair) => inWords(form, pair));
}

const inWords = (form, [name, value]) => [labelOf(form, partOf(form, name)), saidBy(form, name, value)];

function saidBy(form, name, value) {
  const named = `[name="${CSS.escape(boxOf(form, name)?.name ?? name)}"]`;
  const select = form.querySelector(`select${named}`);
  if (select) return [...select.options].find((option) => option.value === value)?.label ?? value;
  const ticked = form.querySelector(`:is([type=radio], [type=checkbox])${named}[value="${CSS.escape(value)}"]`);
  return ticked?.labels?.[0]?.textContent.trim() ?? value;
}

/** Where the form is no longer for this person: what they had written, to be copied. */
export function showCopy(place) {
  const key = `att:${place.dataset.kept}`;
  const words = [key + OFFERED, key].flatMap((one) => readCopy(one)?.words ?? []);
  if (!words.length) return;
  const said = "En este dispositivo quedó lo que usted alcanzó a escribir. Cópielo si le hace falta.";
  place.replaceChildren(toCopy(said, words, "Lo que usted escribió", () => dropCopies(key)));
}

/** What was typed meanwhile stays; what was kept of the same questions is shown, to be copied. */
function setBeside(form, pairs) {
  if (!pairs.length) return;
  const said = "Se conservó lo que usted acaba de escribir. Esto decía lo que había quedado en este dispositivo.";
  form.prepend(toCopy(said, pairs.map((pair) => inWords(form, pair)), "Lo que había quedado en este dispositivo"));
}

function toCopy(said, words, label, drop = () => {}) {
  const box = Object.assign(document.createElement("textarea"), { className: "input", rows: 8, readOnly: true });
  box.value = words.map(([question, value]) => (question ? `${question}: ${value}` : value)).join("\n");
  box.setAttribute("aria-label", label);
  const notice = Object.assign(document.createElement("div"), { className: "notice warning" });
  notice.append(Object.assign(document.createElement("p"), { textContent: said }), box, act("Descartarlo", () => { drop(); notice.remove(); }));
  return notice;
}

/** Give `form` the key under which the copy was sent, so that the server does once what arrives twice. */
function sameForm(form, copy) {
  const key = form.elements.namedItem("key");
  if (copy.once && key) key.value = copy.once;
}

/** «: Justificación; Antecedentes», the questions that would change. */
function said(form, names, kept) {
  const labels = [...new Set(names.map((name) => groupOf(form, name, kept) ?? labelOf(form, partOf(form, name))).filter(Boolean))];
  return labels.length ? `: ${labels.slice(0, 5).join("; ")}${labels.length > 5 ? " y otras" : ""}` : "";
}

/** Of boxes that share a name: what they are all about, else those that were ticked. */
function groupOf(form, name, kept) {
  const boxes = [...form.querySelectorAll(`:is([type=radio], [type=checkbox])[name="${CSS.escape(name)}"]`)];
  if (boxes.length < 2) return undefined;
  const legend = boxes[0].closest("fieldset")?.querySelector("legend")?.textContent.trim();
  return legend ?? boxes.filter((box) => kept.some(([one, value]) => one === name && value === box.value)).map((box) => box.labels[0]?.textContent.trim()).join("; ");
}

function labelOf(form, part) {
  const question = form.querySelector(`[data-path="${CSS.escape(part)}"]`);
  const label = question?.querySelector("legend, label, h3") ?? form.querySelector(`[name="${CSS.escape(part)}"]`)?.labels?.[0];
  return label?.textContent.replace(/\((obligatorio|opcional)\)|\s+/g, " ").trim() ?? "";
}

/** A small button that `does` something. */
export function act(words, does) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = words;
  button.addEventListener("click", does);
  return button;
}

dropOld();
