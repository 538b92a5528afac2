// A form that keeps itself: drafts are saved quietly, survive a lost connection, and conditional questions come and go.
// <form data-form data-draft-url="…" data-draft-key="…"> with an optional <p data-saving> for what is said about saving.

import { wireTables } from "./tables.js";

const QUIET = 2000; // milliseconds without typing before a draft is saved
const PATIENCE = 10000; // milliseconds after which a saving counts as failed
const CLOCK = new Intl.DateTimeFormat("es-CO", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "America/Bogota" });

for (const form of document.querySelectorAll("form[data-form]")) start(form);
document.querySelector("[data-focus]")?.focus();

function start(form) {
  wireTables(form);
  wireConditions(form);
  wirePickers(form);
  if (form.dataset.draftUrl) wireDraft(form);
}

// --- Drafts ---

function wireDraft(form) {
  const key = `att:${form.dataset.draftKey}`;
  const live = liveRegion(form);
  let timer = 0;
  let saved = answersOf(form);
  let saving = Promise.resolve();
  let underWay = 0;

  offerCopy(form, key);

  const save = () => {
    clearTimeout(timer);
    const answers = answersOf(form);
    if (answers === saved) return;
    // One after the other, so that an older draft never arrives after a newer one.
    underWay += 1;
    saving = saving.then(() => send(form, key, answers, live)).then((done) => {
      underWay -= 1;
      if (done) saved = answers;
    });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, QUIET);
  });
  form.addEventListener("focusout", save);
  window.addEventListener("online", save);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    // The copy outlives the click: if the sending fails for want of network or session, nothing is lost.
    keepCopy(key, answersOf(form));
    if (event.defaultPrevented) return;
    if (underWay) {
      // A quiet saving carries no files: arriving after what is sent now, it would take them away.
      event.preventDefault();
      saving.then(() => form.requestSubmit(event.submitter));
    } else saved = answersOf(form);
  });
}

async function send(form, key, answers, live) {
  try {
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    const response = await fetch(form.dataset.draftUrl, {
      method: "POST", body, credentials: "same-origin", redirect: "manual", headers: { "X-Requested-With": "fetch" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 409) {
      keepCopy(key, answers);
      live.textContent = "Otra persona cambió este borrador. Actualice la página; conservamos lo que escribió.";
      return false;
    }
    if (response.type === "opaqueredirect") {
      keepCopy(key, answers);
      live.textContent = "Su sesión terminó y el borrador no se guardó. Ingrese de nuevo. Lo que escribió queda en este dispositivo.";
      return false;
    }
    if (!response.ok) throw new Error(String(response.status));
    await heed(form, response);
    dropCopy(key);
    live.textContent = `Borrador guardado a las ${CLOCK.format(new Date())}`;
    return true;
  } catch {
    keepCopy(key, answers);
    live.textContent = "No se pudo guardar el borrador. Lo que escribió queda en este dispositivo.";
    return false;
  }
}

/** The server answers with the revision, which the next save sends back, and with what is worth knowing by now. */
async function heed(form, response) {
  if (!response.headers.get("content-type")?.includes("json")) return;
  const { revision, hints } = await response.json();
  const input = form.elements.namedItem("revision");
  if (input && revision !== undefined) input.value = revision;
  if (hints) showHints(form, hints);
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

/** What is typed, as text that can be compared and kept. Files and the protection token stay out. */
function answersOf(form) {
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !/^(csrf_token|_action|revision)$/.test(name));
  return JSON.stringify(pairs);
}

// The browser may refuse storage (private window, no space): saving on the server goes on without a copy.
function keepCopy(key, answers) {
  try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), answers })); } catch { /* no copy, then */ }
}

function dropCopy(key) {
  try { localStorage.removeItem(key); } catch { /* nothing was kept */ }
}

function readCopy(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

function offerCopy(form, key) {
  const copy = readCopy(key);
  if (!copy || copy.answers === answersOf(form)) return dropCopy(key);
  const notice = document.createElement("div");
  notice.className = "notice warning f-restore";
  notice.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = `En este dispositivo hay respuestas que no alcanzaron a guardarse (${new Date(copy.at).toLocaleString("es-CO", { dateStyle: "long", timeStyle: "short", timeZone: "America/Bogota" })}).`;
  const acts = document.createElement("p");
  acts.append(
    act("Recuperarlas", () => { restore(form, JSON.parse(copy.answers)); notice.remove(); }),
    " ",
    act("Descartarlas", () => { dropCopy(key); notice.remove(); }),
  );
  notice.append(words, acts);
  form.prepend(notice);
}

function act(words, does) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = words;
  button.addEventListener("click", does);
  return button;
}

/** Put kept answers back in their inputs; tables grow until every kept row has its place. */
function restore(form, pairs) {
  const kept = new Map();
  for (const [name, value] of pairs) kept.set(name, [...(kept.get(name) ?? []), value]);
  for (const table of form.querySelectorAll("table[data-table]")) {
    const rows = [...kept.keys()].map((name) => new RegExp(`^${table.dataset.table}-(\\d+)-`).exec(name)).filter(Boolean);
    const needed = Math.max(0, ...rows.map((match) => Number(match[1]) + 1));
    const button = table.closest(".f-question").querySelector(`button[value="add:${table.dataset.table}"]`);
    for (let count = table.tBodies[0].rows.length; count < needed; count += 1) button.click();
  }
  for (const [name, values] of kept) {
    for (const [index, input] of [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)].entries()) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else input.value = values[index] ?? values.at(-1);
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
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
      if (place.matches("td")) for (const part of place.children) part.toggleAttribute("hidden", !shown);
      else place.hidden = !shown;
    }
  };
  form.addEventListener("change", update);
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

/** Long lists of entities get a box that narrows them as one types. */
function wirePickers(form) {
  for (const picker of form.querySelectorAll("[data-picker]")) {
    const choices = [...picker.querySelectorAll(".choice")];
    if (choices.length <= 10) continue;
    const box = document.createElement("input");
    box.type = "search";
    box.className = "input f-filter";
    box.setAttribute("aria-label", "Buscar en la lista");
    box.placeholder = "Buscar en la lista";
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.addEventListener("input", (event) => {
      event.stopPropagation(); // searching is not answering
      const wanted = plain(box.value);
      for (const choice of choices) choice.hidden = !plain(choice.textContent).includes(wanted);
      for (const group of picker.querySelectorAll(".f-group")) group.hidden = !group.querySelector(".choice:not([hidden])");
    });
    picker.before(box);
  }
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").trim().toLocaleLowerCase("es");
