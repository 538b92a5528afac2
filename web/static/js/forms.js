// A form that keeps itself: drafts are saved quietly, survive a lost connection, and conditional questions come and go.
// <form data-form data-draft-url="…" data-draft-key="…"> with an optional <p data-saving> for what is said about saving,
// and data-page="…" where the page has another address than the one that was sent to.

import { answersOf, hasRemarks, openedWith, quietly } from "./answers.js";
import { waiting, wireChosen } from "./chosen.js";
import { dropCopy, keepCopy, offerCopy } from "./copies.js";
import { wireFinders } from "./entities.js";
import { wireGrowing } from "./growing.js";
import { wireNarrowing } from "./narrowing.js";
import { wireOnce } from "./once.js";
import { released } from "./pressing.js";
import { wireSending } from "./sending.js";
import { wireSums } from "./sums.js";
import { wireTables } from "./tables.js";

const QUIET = 2000; // milliseconds without typing before a draft is saved
const PATIENCE = 10000; // milliseconds after which a saving counts as failed
const REMARKS = "Lo que escribió en las observaciones queda en este dispositivo hasta que pulse «Guardar borrador».";
const CLOCK = new Intl.DateTimeFormat("es-CO", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "America/Bogota" });

// What was sent is in the draft, also where the answer was that something is missing: loading the page again (F5) asks for
// it as it stands, instead of sending once more what was typed before.
const drafted = document.querySelector("form[data-draft-url]");
if (drafted) history.replaceState(history.state, "", (drafted.dataset.page ?? location.href).split("#")[0] + location.hash);
for (const form of document.querySelectorAll("form[data-form]")) start(form);
// Who is typing already stays where they are.
if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();

function start(form) {
  wireTables(form);
  wireSums(form);
  wireConditions(form);
  wirePickers(form);
  wireFinders(form);
  wireGrowing(form);
  wireSending(form, () => unsentRegion(form)); // before the draft, which has to know whether the sending was stopped
  if (form.dataset.draftUrl) wireDraft(form);
  wireOnce(form);
}

// --- Drafts ---

function wireDraft(form) {
  const key = `att:${form.dataset.draftKey}`;
  const live = liveRegion(form);
  let timer = 0;
  const opened = openedWith(form);
  let saved = opened;
  let saving = Promise.resolve();
  let underWay = 0;

  wireChosen(form, key);
  offerCopy(form, key);

  // Since when a copy tells what was written: what a quiet saving left here is in no draft.
  const base = () => (hasRemarks(form) ? quietly(saved, opened) : saved);
  const save = () => {
    clearTimeout(timer);
    const answers = answersOf(form);
    if (answers === saved) return;
    // One after the other, so that an older draft never arrives after a newer one.
    underWay += 1;
    saving = saving.then(() => send(form, { key, answers, base: base(), live })).then((done) => {
      underWay -= 1;
      if (done) saved = answers;
    });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", (event) => { if (event.target.type === "file") live.textContent = waiting(form); });
  form.addEventListener("focusout", save);
  window.addEventListener("online", save);
  // Whoever leaves within the moment of quiet finds it on the device.
  window.addEventListener("pagehide", () => {
    if (answersOf(form) !== saved) keepCopy(form, key, answersOf(form), base());
  });
  if (answersOf(form) !== saved) soon(); // typed before this file was there
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // The copy outlives the click: if the sending fails for want of network or session, nothing is lost.
    keepCopy(form, key, answersOf(form), base());
    if (event.defaultPrevented) return;
    if (underWay) {
      // A quiet saving carries no files: arriving after what is sent now, it would take them away.
      event.preventDefault();
      saving.then(() => form.requestSubmit(event.submitter));
    } else saved = answersOf(form);
  });
}

/** Save quietly; what the server says is read whole first, and told when nobody presses anything. */
async function send(form, { key, answers, base, live }) {
  const [kept, told] = await store(form).catch(() => [false, "No se pudo guardar el borrador. Lo que escribió queda en este dispositivo."]);
  const here = hasRemarks(form);
  if (kept && !here) dropCopy(key);
  else keepCopy(form, key, answers, base);
  await released(); // nothing is waited for from here on: what is painted must not move what is being pressed
  if (kept) heed(form, kept);
  const left = [kept && here && REMARKS, waiting(form)].filter(Boolean);
  live.textContent = left.length ? [told.replace(/\.?$/, "."), ...left].join(" ") : told;
  return Boolean(kept);
}

/** What the server says of the saved draft, or false, and what to tell. */
async function store(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  const response = await fetch(form.dataset.draftUrl, {
    method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "X-Requested-With": "fetch" },
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (response.type === "opaqueredirect") {
    return [false, "Su sesión terminó y el borrador no se guardó. Ingrese de nuevo. Lo que escribió queda en este dispositivo."];
  }
  const said = response.headers.get("content-type")?.includes("json") ? await response.json() : {};
  if (response.status === 409) return [false, `${said.message} Actualice la página para ver lo que se guardó.`];
  if (!response.ok) throw new Error(String(response.status));
  return [said, `Borrador guardado a las ${CLOCK.format(new Date())}`];
}

/** The server answers with the revision, which the next save sends back, and with what is worth knowing by now. */
function heed(form, { revision, hints }) {
  // The page may offer the same draft in another way (as a workbook): that one goes on from here too.
  if (revision !== undefined) for (const input of document.querySelectorAll("input[name=revision]")) input.value = revision;
  if (hints) showHints(form, hints);
  // What somebody else had written is by now written by both.
  for (const said of document.querySelectorAll("[data-drafted-by]")) {
    said.textContent = `Este borrador lo había escrito ${said.dataset.draftedBy}; usted lo guardó con sus cambios. Revíselo antes de enviarlo a su nombre.`;
  }
}

/** [{path, text, url}] beside their questions; a question that is said nothing about loses what it had. */
function showHints(form, hints) {
  for (const question of form.querySelectorAll("[data-path]")) {
    const told = hints.filter((hint) => hint.path === question.dataset.path);
    let list = question.querySelector(":scope > .f-hints");
    if (!list && !told.length) continue;
    if (!list) {
      list = document.createElement("ul");
      list.className = "f-hints";
      list.setAttribute("aria-live", "polite");
      question.append(list);
    }
    const items = told.map(hintItem);
    if (list.innerHTML !== items.map((item) => item.outerHTML).join("")) list.replaceChildren(...items); // said once
  }
}

function hintItem({ text, url }) {
  const item = document.createElement("li");
  const words = url?.startsWith("/") ? Object.assign(document.createElement("a"), { href: url }) : item;
  words.textContent = text;
  if (words !== item) item.append(words);
  return item;
}

/** Where it is said why nothing was sent, above the buttons: what is said of the draft comes and goes beside it. */
function unsentRegion(form) {
  const place = Object.assign(document.createElement("p"), { className: "f-saving f-unsent small" });
  place.setAttribute("role", "status");
  (form.querySelector(":scope > .acts") ?? form.lastElementChild).before(place);
  return place;
}

function liveRegion(form) {
  let live = form.querySelector("[data-saving]");
  if (!live) {
    live = document.createElement("p");
    live.className = "f-saving";
    form.append(live);
  }
  live.setAttribute("role", "status"); // polite by definition
  return live;
}

// --- Conditional questions ---

/** Hidden questions keep what was typed in case they come back; the server drops what does not apply. */
function wireConditions(form) {
  const update = () => {
    for (const place of form.querySelectorAll("[data-show-if]")) place.toggleAttribute("hidden", false);
    for (const place of form.querySelectorAll("[data-show-if]")) {
      const values = valuesOf(form, place, place.dataset.showIf);
      const wanted = place.dataset.showValues.split("|");
      const shown = values.some((value) => wanted.includes(value));
      // A cell keeps its place under its heading, and loses what is in it.
      if (place.matches("td")) for (const part of place.children) part.toggleAttribute("hidden", !shown);
      else place.hidden = !shown;
      place.classList.toggle("f-not-asked", !shown);
    }
  };
  form.addEventListener("change", update);
  form.addEventListener("input", (event) => event.target.matches("table") && update()); // its rows changed
  update();
}

function valuesOf(form, place, name) {
  const row = place.closest("[data-row]");
  const cell = row?.querySelector(`td[data-column="${CSS.escape(name)}"]`);
  const inputs = cell ? cell.querySelectorAll("[name]") : form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  const asked = [...inputs].filter((input) => !input.closest("[hidden]"));
  return asked.filter((input) => !["checkbox", "radio"].includes(input.type) || input.checked).map((input) => input.value).filter(Boolean);
}

// --- Lists of entities ---

function wirePickers(form) {
  for (const picker of form.querySelectorAll("[data-picker]")) {
    wireNarrowing(picker, [...picker.querySelectorAll(".choice")], "Buscar en la lista", picker.querySelectorAll(".f-group"));
  }
}
