// What comes from a spreadsheet into the cells of a table: rows and columns, dates and options as people write them.

import { inOneLine } from "./growing.js";
import { plain } from "./narrowing.js";

export const PARAGRAPHS = "textarea:not([data-line])";
export const TEXT = "textarea, input[type=text]";

/** The cells that a paste brings; null for plain text, which the browser pastes itself. */
export function pasted(event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!event.target.closest("td[data-column]")) return null;
  // Paragraphs have line breaks too: in a cell of several lines only a spreadsheet pastes rows.
  const fromSheet = text.includes("\t") || /<t[dr][\s>]/i.test(event.clipboardData?.getData("text/html") ?? "");
  const dated = event.target.matches("input[type=date], input[type=month]"); // the browser pastes no words into it
  if (dated && text.trim()) return parseRange(text.trim());
  if (!/[\t\n]/.test(text.trim()) || (event.target.matches(PARAGRAPHS) && !fromSheet)) return null;
  return parseRange(text);
}

/** Text in place of what is selected, as if it were typed. */
export function insert(input, text) {
  input.setRangeText(input.matches(PARAGRAPHS) ? text : inOneLine(text), input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Rows and columns of what a spreadsheet puts on the clipboard; quoted cells may hold line breaks. */
export function parseRange(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (quoted && char === '"' && source[at + 1] === '"') { cell += '"'; at += 1; }
    else if (quoted && char === '"') quoted = false;
    else if (!quoted && char === '"' && cell === "") quoted = true;
    else if (!quoted && char === "\t") { rows.at(-1).push(cell); cell = ""; }
    else if (!quoted && char === "\n") { rows.at(-1).push(cell); rows.push([]); cell = ""; }
    else cell += char;
  }
  rows.at(-1).push(cell);
  return rows;
}

/** Fill cells from `cell` on; `next(row)` gives the row below, or nothing when there is no room.
 *
 * Returns how many rows were filled; in words what no list of options knows (those cells are left without an answer) and what
 * lies beyond the last column; and how many rows found no room.
 */
export function spread(cell, range, next) {
  let row = cell.closest("[data-row]");
  const first = cellsOf(row).indexOf(cell);
  const lines = isHeading(cellsOf(row).slice(first), range) ? range.slice(1) : range;
  const unread = [];
  const beyond = [];
  let rows = 0;
  for (const values of lines) {
    if (rows) row = next(row);
    if (!row) break;
    rows += 1;
    const cells = cellsOf(row).slice(first);
    for (const [column, value] of values.map((text) => text.trim()).entries()) {
      const told = `fila ${row.querySelector("[data-number]")?.textContent ?? rows}, «${shortened(value)}»`;
      if (value && !cells[column]) beyond.push(told);
      else if (!fill(cells[column], value)) unread.push(told);
    }
  }
  return { rows, unread, beyond, left: lines.length - rows };
}

const shortened = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const cellsOf = (row) => [...row.querySelectorAll(":scope > td[data-column]")];

/** Whether the first line repeats the names of the columns, as a table copied whole does. */
function isHeading(cells, range) {
  const named = range[0].filter((value) => value.trim());
  const label = (cell) => plain((cell?.dataset.label ?? "").replace(/\(obligatorio\)$/, ""));
  return range.length > 1 && named.length > 0 && range[0].every((value, column) => !value.trim() || plain(value) === label(cells[column]));
}

/** Whether the cell took `value`; one that has no box to type in takes everything. */
function fill(cell, value) {
  const input = cell?.querySelector("select, textarea, input:not([type=hidden], [type=file], [type=checkbox])");
  if (!input) return true;
  const option = input.matches("select") ? optionFor(input, value) : null;
  if (input.matches("select")) input.value = option?.value ?? "";
  else if (input.type === "date") input.value = isoDate(value);
  else if (input.type === "month") input.value = isoMonth(value);
  else input.value = input.matches("textarea[data-line]") ? inOneLine(value) : value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  const refused = ["date", "month"].includes(input.type) && value && !input.value;
  return !value || (!refused && (option !== null || !input.matches("select")));
}

/** The option that says `value`: the same words, or the only one that begins with them or has them all. */
function optionFor(select, value) {
  const options = [...select.options].filter((option) => option.value);
  const wanted = plain(value);
  const same = options.find((option) => plain(option.label) === wanted || option.value === value);
  if (same || !wanted) return same ?? null;
  const words = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  for (const fits of [
    (option) => plain(option.label).startsWith(wanted),
    (option) => words(wanted).every((word) => words(option.label).includes(word)),
  ]) {
    const found = options.filter(fits);
    if (found.length) return found.length === 1 ? found[0] : null;
  }
  return null;
}

const MONTHS = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
const WEEKDAY = /^(lunes|martes|miercoles|jueves|viernes|sabado|domingo),?\s+/;

/** A day as spreadsheets in Colombia write it: «24/11/2026», «24/11/26», «30-abr-27», «15 de agosto de 2027». */
function isoDate(value) {
  const text = plain(value).replace(WEEKDAY, "");
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return realDay(text);
  const parts = /^(\d{1,2})(?:[/.-]|\s+(?:de\s+)?)([a-z]+\.?|\d{1,2})(?:[/.-]|\s+(?:del?\s+)?)(\d{4}|\d{2})$/.exec(text);
  if (!parts) return "";
  const month = /^\d/.test(parts[2]) ? Number(parts[2]) : monthOf(parts[2]);
  return realDay(`${parts[3].padStart(4, "20")}-${String(month).padStart(2, "0")}-${parts[1].padStart(2, "0")}`);
}

/** 1 to 12 by its name, whole or shortened to three letters or more; 0 for what is no month. */
function monthOf(word) {
  const name = word.replace(/\.$/, "").replace(/^set(?!p)/, "sept").replace(/^sept$/, "sep");
  return name.length < 3 ? 0 : MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

/** A day of the calendar, or nothing: 31 June is none. */
function realDay(iso) {
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(iso) ? iso : "";
}

/** A month as spreadsheets write it: «abr-27», «agosto de 2027», «08/2027». */
function isoMonth(value) {
  const text = plain(value);
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  const parts = /^([a-z]+\.?|\d{1,2})(?:[/.-]|\s+(?:del?\s+)?)(\d{4}|\d{2})$/.exec(text);
  const month = parts && (/^\d/.test(parts[1]) ? Number(parts[1]) : monthOf(parts[1]));
  return month && month <= 12 ? `${parts[2].padStart(4, "20")}-${String(month).padStart(2, "0")}` : "";
}
