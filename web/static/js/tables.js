// Tables of forms: rows are added, removed and moved in place; a pasted range of a spreadsheet fills cells; totals are live.
// Without this file the same buttons submit the form and the server does the work.

import { inWords, parseNumber, share } from "./numbers.js";
import { insert, PARAGRAPHS, pasted, spread, TEXT } from "./pasting.js";

/** Wire every table under `root`; those whose rows are given (data-fixed) take what is typed and pasted, and no more rows. */
export function wireTables(root) {
  for (const table of root.querySelectorAll("table[data-table]")) {
    const template = blankRow(table);
    wireRows(table, template);
    wireCells(table, template);
  }
  for (const table of root.querySelectorAll("table[data-fixed]")) wireCells(table, null);
}

function wireRows(table, template) {
  const undo = table.closest(".f-question").querySelector("[data-undo]");
  const question = table.closest(".f-question");

  question.addEventListener("click", (event) => {
    const button = event.target.closest("button[name='_action']");
    if (!button) return;
    const [verb, name] = button.value.split(":");
    if (name !== table.dataset.table) return;
    event.preventDefault();
    const row = button.closest("[data-row]");
    if (verb === "add") add(table, template, rowsOf(table).at(-1))?.focusFirst();
    if (verb === "remove") remove(table, template, row, undo);
    if (verb === "up" && row.previousElementSibling) move(table, row, row.previousElementSibling, "before", button);
    if (verb === "down" && row.nextElementSibling) move(table, row, row.nextElementSibling, "after", button);
  });
}

function wireCells(table, template) {
  // Enter in a cell of one line goes down, never «send»; with Shift, up. In a cell of several lines it breaks the line,
  // and Ctrl with Enter goes down.
  table.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || event.isComposing || event.altKey || command !== event.target.matches(PARAGRAPHS)) return;
    if (!command && !event.target.matches(ONE_LINE)) return;
    event.preventDefault();
    const cell = event.target.closest("td");
    if (event.shiftKey) focusCell(cell.closest("[data-row]").previousElementSibling, cell);
    else down(table, template, cell);
  });

  table.addEventListener("paste", (event) => {
    const range = pasted(event);
    if (!range) return;
    event.preventDefault();
    const alone = range.length === 1 && range[0].length === 1;
    if (alone && event.target.matches(TEXT)) insert(event.target, range[0][0]);
    else paste(table, template, event.target.closest("td"), range);
  });

  table.addEventListener("input", () => total(table));
  table.addEventListener("change", () => total(table));
  total(table);
}

const ONE_LINE = "input:not([type=file], [type=checkbox], [type=radio]), textarea[data-line]";
const BOX = "input:not([type=hidden]), textarea, select";

/** To the same column of the next row; from the last row, to a new one. */
function down(table, template, cell) {
  const row = cell.closest("[data-row]");
  if (row.nextElementSibling) focusCell(row.nextElementSibling, cell);
  else add(table, template, row)?.focusFirst();
}

function focusCell(row, cell) {
  const asked = [...(row?.querySelectorAll(BOX) ?? [])].filter((box) => !box.closest("[hidden]"));
  (asked.find((box) => box.closest("td").dataset.column === cell.dataset.column) ?? asked[0])?.focus();
}

const rowsOf = (table) => [...table.tBodies[0].querySelectorAll(":scope > [data-row]")];

/** A copy of the first row with nothing in it. */
function blankRow(table) {
  const row = rowsOf(table)[0].cloneNode(true);
  for (const gone of row.querySelectorAll(".f-error, .f-warning, .f-remarks, .f-cell-settled, .f-files")) gone.remove();
  for (const cell of row.querySelectorAll("[data-hint]")) delete cell.dataset.hint; // said once, in the first row
  row.querySelectorAll(".f-wrong").forEach((cell) => cell.classList.remove("f-wrong"));
  for (const input of row.querySelectorAll("input, textarea, select")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    // What was typed before this file was there is copied with the box, beside what the server wrote in it.
    if (input.type === "checkbox" || input.type === "radio") [input.defaultChecked, input.checked] = [false, false];
    else if (input.matches("textarea")) [input.defaultValue, input.value, input.rows] = ["", "", 1];
    else if (input.matches("select")) input.querySelectorAll("[selected]").forEach((option) => option.removeAttribute("selected"));
    else [input.defaultValue, input.value] = ["", ""];
  }
  return row;
}

function add(table, template, after) {
  if (!template) return null;
  if (rowsOf(table).length >= Number(table.dataset.max)) {
    say(table, `Caben ${table.dataset.max} filas como máximo.`);
    return null;
  }
  const row = template.cloneNode(true);
  if (after) after.after(row);
  else table.tBodies[0].append(row);
  changed(table);
  return Object.assign(row, { focusFirst: () => row.querySelector(BOX)?.focus() });
}

function remove(table, template, row, undo) {
  const next = row.nextElementSibling;
  const focus = next ?? row.previousElementSibling;
  const number = rowsOf(table).indexOf(row) + 1;
  row.remove();
  if (!rowsOf(table).length) add(table, template, null);
  changed(table);
  offerUndo(table, row, next, number);
  (focus?.querySelector("button[value^='remove:']") ?? undo.querySelector("button")).focus();
}

function offerUndo(table, row, next, number) {
  offer(table, `Fila quitada: ${table.dataset.item} ${number}. `, () => {
    if (next?.isConnected) next.before(row);
    else table.tBodies[0].append(row);
    changed(table);
    row.querySelector(BOX)?.focus();
  });
}

/** Say what was done, with a button that takes it back. */
function offer(table, words, undo) {
  const place = table.closest(".f-question").querySelector("[data-undo]");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = "Deshacer";
  button.addEventListener("click", () => {
    place.hidden = true;
    undo();
  });
  place.replaceChildren(words, button);
  place.setAttribute("role", "status");
  place.hidden = false;
}

function move(table, row, other, where, button) {
  other[where](row);
  changed(table);
  button.focus();
}

function changed(table) {
  if (table.dataset.table) renumber(table);
  total(table);
  // Whoever saves drafts listens to this.
  table.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Number rows again: names, ids and labels carry the position. */
function renumber(table) {
  const name = table.dataset.table;
  const item = table.dataset.item;
  const named = new RegExp(`^((?:p-)?${name})-\\d+(?=-|$)`);
  rowsOf(table).forEach((row, index) => {
    row.id = `p-${name}-${index}`;
    row.querySelector("[data-number]").textContent = index + 1;
    for (const element of row.querySelectorAll("[name], [id], [for], [aria-label], [aria-describedby]")) {
      for (const attribute of ["name", "id", "for"]) {
        if (element.hasAttribute(attribute)) element.setAttribute(attribute, element.getAttribute(attribute).replace(named, `$1-${index}`));
      }
      const described = element.getAttribute("aria-describedby");
      if (described) element.setAttribute("aria-describedby", described.split(" ").map((id) => id.replace(named, `$1-${index}`)).join(" "));
      const label = element.getAttribute("aria-label");
      if (label?.includes(`${item} `)) element.setAttribute("aria-label", label.replace(/\d+$/, index + 1));
    }
    for (const button of row.querySelectorAll("button[name='_action']")) {
      const [verb, target, ...rest] = button.value.split(":");
      button.value = verb === "detach" ? [verb, target.replace(named, `$1-${index}`), ...rest].join(":") : `${verb}:${target}:${index}`;
    }
  });
}

function paste(table, template, cell, range) {
  const before = rowsOf(table).map((row) => [...row.querySelectorAll(BOX)].map(state));
  const grow = (row) => row.nextElementSibling ?? add(table, template, row);
  const { rows, unread, beyond, left } = spread(cell, range, grow);
  changed(table);
  const told = [
    rows === 1 ? "Se pegó 1 fila." : `Se pegaron ${rows} filas.`,
    unread.length && `No se reconoció: ${unread.join("; ")}. Elija la opción en la lista o escriba la fecha.`,
    beyond.length && `No se pegó lo que pasa de la última columna: ${beyond.join("; ")}.`,
    left && `La tabla no admite más filas: ${left === 1 ? "1 quedó" : `${left} quedaron`} por fuera.`,
  ];
  offer(table, `${told.filter(Boolean).join(" ")} `, () => takeBack(table, before));
}

const state = (box) => (["checkbox", "radio"].includes(box.type) ? box.checked : box.value);

/** The table as it was before a paste: the rows that came are gone, and every box says what it said. */
function takeBack(table, before) {
  for (const row of rowsOf(table).slice(before.length)) row.remove();
  for (const [index, row] of rowsOf(table).entries()) {
    for (const [place, box] of [...row.querySelectorAll(BOX)].entries()) {
      if (box.type === "file") continue;
      if (["checkbox", "radio"].includes(box.type)) box.checked = before[index][place];
      else box.value = before[index][place];
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  changed(table);
}

/** A product that is left empty counts as what its factors make, and shows it (web/forms_view.py does alike). */
function reckon(table) {
  const { product, factors } = table.dataset;
  if (!product) return;
  const box = (row, column) => row.querySelector(`td[data-column="${column}"] input:not([type=hidden])`);
  for (const row of rowsOf(table)) {
    const values = factors.split(" ").map((column) => parseNumber(box(row, column)?.value ?? ""));
    const known = values.every((value) => value !== null);
    box(row, product).placeholder = known ? inWords(Math.round(values.reduce((one, other) => one * other) * 100) / 100) : "";
  }
}

function total(table) {
  reckon(table);
  for (const output of table.querySelectorAll("output[data-total]")) {
    const scale = 10 ** Number(output.dataset.decimals);
    let units = 0; // whole units of the last decimal, so that 33,33 + 33,33 + 33,34 is 100
    for (const input of table.querySelectorAll(`td[data-column="${output.dataset.total}"] input:not([type=hidden])`)) {
      units += Math.round((parseNumber(input.value.trim() || (output.dataset.total === table.dataset.product ? input.placeholder : ""), Number(output.dataset.decimals)) ?? 0) * scale);
    }
    output.textContent = sentence(units / scale, output.dataset.kind);
    output.classList.toggle("f-off", output.dataset.kind === "percent" && units !== 0 && units !== 100 * scale);
  }
}

function sentence(sum, kind) {
  if (kind === "money") return `Suma: $\u00a0${inWords(sum)}`;
  return `Suma: ${kind === "percent" ? share(sum) : inWords(sum)}`;
}

function say(table, words) {
  const place = table.closest(".f-question").querySelector("[data-undo]");
  place.setAttribute("role", "status");
  place.textContent = words;
  place.hidden = false;
}
