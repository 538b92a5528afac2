// Registering an advisory: the milestones of the marked entities come by themselves, rows are added in place, and a
// long list of entities is narrowed as one types. Without this file the same buttons send the form and the server does it.

import { wireNarrowing } from "./narrowing.js";
import { pasted, spread } from "./pasting.js";

const MOST_PEOPLE = 500;

const form = document.querySelector("form[data-advising]");
if (form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='acto']");
    if (button?.value !== "fila") return;
    event.preventDefault();
    addPerson(form.querySelector("[data-people] tbody"));
  });
  form.querySelector("[data-people]").addEventListener("paste", pastePeople);
  wireMilestones(form);
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

/** Marking an entity brings its milestones, as the button does; what was chosen for the others stays. */
function wireMilestones(form) {
  const ask = (shown) => { form.querySelector("[data-ask]").hidden = !shown; };
  ask(false);
  let asked = 0;
  const bring = async () => {
    const turn = (asked += 1);
    const data = new FormData(form);
    for (const name of ["minutes_file", "attendance_file"]) data.delete(name);
    data.set("acto", "hitos");
    try {
      const response = await fetch(form.action, { method: "POST", body: data });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("[data-milestones]");
      if (!response.ok || !fresh) throw new Error(String(response.status));
      if (turn !== asked) return; // another entity was marked meanwhile
      const place = form.querySelector("[data-milestones]");
      const chosen = new Map([...place.querySelectorAll("select")].map((select) => [select.name, select.value]));
      const unfolded = new Set([...place.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
      place.replaceChildren(...fresh.childNodes);
      for (const select of place.querySelectorAll("select")) select.value = chosen.get(select.name) ?? select.value;
      for (const summary of place.querySelectorAll("summary")) {
        summary.parentElement.open ||= unfolded.has(summary.textContent);
      }
      ask(false);
      form.dispatchEvent(new Event("filled"));
    } catch {
      ask(true); // the server does it when asked with the button
    }
  };
  const plans = form.querySelector("[data-plans]");
  plans.addEventListener("change", bring);
  // What was marked before this file was there brings its milestones too.
  if ([...plans.querySelectorAll("input")].some((box) => box.checked !== box.defaultChecked)) bring();
}
