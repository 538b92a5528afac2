// Registering an advisory: the milestones of the marked entities come by themselves, rows are added in place, a list of
// entities is narrowed as one types, and what is looked for in a longer one comes without the page being loaded again.
// Without this file the same buttons send the form and the server does it.

import { wireNarrowing } from "./narrowing.js";
import { pasted, spread } from "./pasting.js";

const MOST_PEOPLE = 500;

const form = document.querySelector("form[data-advising]");
if (form) {
  form.addEventListener("click", (event) => {
    if (!event.target.closest("button[name='acto'][value='fila']")) return;
    event.preventDefault();
    addPerson(form.querySelector("[data-people] tbody"));
  });
  form.querySelector("[data-people]").addEventListener("paste", pastePeople);
  wireEntities(form);
  const choices = [...form.querySelectorAll("[data-plans] .choice")];
  const searched = form.elements.namedItem("plans_buscar"); // the list is longer than what is shown: the server looks
  if (choices.length && !searched) wireNarrowing(choices[0], choices, "Buscar en la lista de entidades");
}

/** Another empty row for somebody who attended. */
function addPerson(body) {
  const row = body.rows[0].cloneNode(true);
  const number = body.rows.length + 1;
  row.querySelectorAll(".wrong").forEach((cell) => cell.classList.remove("field", "wrong"));
  row.querySelectorAll(".message").forEach((message) => message.remove());
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    if (input.id) input.id = `people_name-${number}`;
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, String(number)));
  }
  body.append(row);
  row.querySelector("input").focus();
}

/** Rows and columns of a spreadsheet fill rows and columns; the table grows as far as they need. */
function pastePeople(event) {
  const range = pasted(event);
  if (!range) return;
  event.preventDefault();
  const cell = event.target.closest("td");
  const body = cell.closest("tbody");
  spread(cell, range, (row) => {
    if (!row.nextElementSibling && body.rows.length < MOST_PEOPLE) addPerson(body);
    return row.nextElementSibling;
  });
  cell.querySelector("input").focus();
  form.dispatchEvent(new Event("input", { bubbles: true })); // what was pasted is kept as what is typed
}

/** Marking an entity brings its milestones, and looking for entities brings those, as the buttons do; what was chosen stays. */
function wireEntities(form) {
  const ask = (shown) => { form.querySelector("[data-ask]").hidden = !shown; };
  const plans = form.querySelector("[data-plans]");
  ask(false);
  let asked = 0;
  let looking = null; // the button of a search that was not answered yet
  const bring = async (button = looking) => {
    const turn = (asked += 1);
    looking = button;
    const fetched = await answerTo(form, button).catch(() => null);
    if (turn !== asked) return; // another entity was marked meanwhile
    looking = null;
    if (!fetched && button) return form.requestSubmit(button); // which says it where there is no connection
    const unlisted = unlistedIn(plans);
    if (fetched && (button || unlisted.length)) putEntities(plans, fetched, button);
    else for (const input of unlisted) input.remove();
    if (fetched) putMilestones(form, fetched);
    ask(!fetched); // the server does it when asked with the button
    if (fetched) form.dispatchEvent(new Event("filled"));
  };
  plans.addEventListener("change", (event) => { if (event.target.type !== "search") bring(); });
  plans.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='_buscar']");
    if (!button) return;
    event.preventDefault();
    bring(button);
  });
  // What was marked before this file was there brings its milestones too.
  if ([...plans.querySelectorAll("[type=checkbox]")].some((box) => box.checked !== box.defaultChecked)) bring();
}

/** The page that comes when the form is sent with `button`, or with the one that shows milestones. Throws without one. */
async function answerTo(form, button) {
  const data = new FormData(form);
  for (const name of ["minutes_file", "attendance_file"]) data.delete(name);
  if (button) data.set(button.name, button.value);
  else data.set("acto", "hitos");
  const response = await fetch(form.action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!response.ok || !page.querySelector("[data-milestones]")) throw new Error(String(response.status));
  return page;
}

/** Entities that were put back from the copy of the device, and have no box of their own yet. */
const unlistedIn = (plans) => [...plans.querySelectorAll("input[type=hidden][name=plans]")];

function putEntities(plans, page, button) {
  const boxes = () => [...plans.querySelectorAll("[type=checkbox]")];
  const before = new Map(boxes().map((box) => [box.value, box.checked]));
  plans.replaceChildren(...page.querySelector("[data-plans]").childNodes);
  for (const box of boxes()) box.checked = before.get(box.value) ?? box.checked;
  if (button) (boxes().find((box) => !before.has(box.value)) ?? plans.querySelector("[type=search]"))?.focus();
}

function putMilestones(form, page) {
  const place = form.querySelector("[data-milestones]");
  const chosen = new Map([...place.querySelectorAll("select")].map((select) => [select.name, select.value]));
  const unfolded = new Set([...place.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
  place.replaceChildren(...page.querySelector("[data-milestones]").childNodes);
  for (const select of place.querySelectorAll("select")) select.value = chosen.get(select.name) ?? select.value;
  for (const summary of place.querySelectorAll("summary")) summary.parentElement.open ||= unfolded.has(summary.textContent);
}
