// Tables of forms: rows are added, removed and moved in place; a pasted range of a spreadsheet fills cells; totals are live.
// Without this file the same buttons submit the form and the server does the work.

const NUMBER = new Intl.NumberFormat("es-CO", { maximumFractionDigits: 6 });

/** Wire every table under `root`. */
export function wireTables(root) {
  for (const table of root.querySelectorAll("table[data-table]")) wire(table);
}

function wire(table) {
  const template = blankRow(table);
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

  table.addEventListener("keydown", (event) => {
    const inOneLine = event.target.matches("input:not([type=file], [type=checkbox], [type=radio])");
    if (event.key !== "Enter" || event.isComposing || !inOneLine || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // Enter in a cell means another row, never «send»
    add(table, template, event.target.closest("[data-row]"))?.focusFirst();
  });

  table.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!/[\t\n]/.test(text.trim()) || (event.target.matches("textarea") && !text.includes("\t"))) return;
    event.preventDefault();
    paste(table, template, event.target.closest("td"), parseRange(text));
  });

  table.addEventListener("input", () => total(table));
  table.addEventListener("change", () => total(table));
  total(table);
}

const rowsOf = (table) => [...table.tBodies[0].querySelectorAll(":scope > [data-row]")];

/** A copy of the first row with nothing in it. */
function blankRow(table) {
  const row = rowsOf(table)[0].cloneNode(true);
  for (const gone of row.querySelectorAll(".f-error, .f-warning, .f-remarks, .f-files")) gone.remove();
  row.querySelectorAll(".f-wrong").forEach((cell) => cell.classList.remove("f-wrong"));
  for (const input of row.querySelectorAll("input, textarea, select")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
    if (input.type === "checkbox" || input.type === "radio") input.removeAttribute("checked");
    else if (input.matches("textarea")) input.textContent = "";
    else if (input.matches("select")) input.querySelectorAll("[selected]").forEach((option) => option.removeAttribute("selected"));
    else input.setAttribute("value", "");
  }
  return row;
}

function add(table, template, after) {
  if (rowsOf(table).length >= Number(table.dataset.max)) {
    say(table, `Caben ${table.dataset.max} filas como máximo.`);
    return null;
  }
  const row = template.cloneNode(true);
  if (after) after.after(row);
  else table.tBodies[0].append(row);
  changed(table);
  return Object.assign(row, { focusFirst: () => row.querySelector("input:not([type=hidden]), textarea, select")?.focus() });
}

function remove(table, template, row, undo) {
  const next = row.nextElementSibling;
  const focus = next ?? row.previousElementSibling;
  const number = rowsOf(table).indexOf(row) + 1;
  row.remove();
  if (!rowsOf(table).length) add(table, template, null);
  changed(table);
  offerUndo(table, row, next, number, undo);
  (focus?.querySelector("button[value^='remove:']") ?? undo.querySelector("button")).focus();
}

function offerUndo(table, row, next, number, undo) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small";
  button.textContent = "Deshacer";
  button.addEventListener("click", () => {
    if (next?.isConnected) next.before(row);
    else table.tBodies[0].append(row);
    undo.hidden = true;
    changed(table);
    row.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  });
  undo.replaceChildren(`Fila quitada: ${table.dataset.item} ${number}. `, button);
  undo.setAttribute("role", "status");
  undo.hidden = false;
}

function move(table, row, other, where, button) {
  other[where](row);
  changed(table);
  button.focus();
}

/** Number rows again: names, ids and labels carry the position. */
function changed(table) {
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
  total(table);
  // Whoever saves drafts listens to this.
  table.dispatchEvent(new Event("input", { bubbles: true }));
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

function paste(table, template, cell, range) {
  let row = cell.closest("[data-row]");
  const first = [...row.querySelectorAll(":scope > td[data-column]")].indexOf(cell);
  for (const [index, values] of range.entries()) {
    if (index) row = row.nextElementSibling ?? add(table, template, row);
    if (!row) break;
    const cells = [...row.querySelectorAll(":scope > td[data-column]")];
    values.forEach((value, column) => fill(cells[first + column], value.trim()));
  }
  changed(table);
  say(table, `Se pegaron ${range.length} filas.`);
}

function fill(cell, value) {
  const input = cell?.querySelector("select, textarea, input:not([type=hidden], [type=file], [type=checkbox])");
  if (!input) return;
  if (input.matches("select")) {
    const wanted = value.toLocaleLowerCase("es");
    const option = [...input.options].find((item) => item.label.toLocaleLowerCase("es") === wanted || item.value === value);
    if (option) input.value = option.value;
  } else if (input.type === "date") input.value = isoDate(value);
  else input.value = value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** «24/11/2026» as spreadsheets in Colombia write it. */
function isoDate(value) {
  const parts = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(value);
  return parts ? `${parts[3]}-${parts[2].padStart(2, "0")}-${parts[1].padStart(2, "0")}` : value;
}

/** A typed number as forms/numbers.py reads it; null for what is not one. */
export function parseNumber(typed, decimals = 2) {
  let text = typed.replace(/[\s$%\u00a0\u202f]|COP/g, "");
  const dots = text.split(".").length - 1;
  const commas = text.split(",").length - 1;
  const grouped = (mark) => new RegExp(`^[+-]?\\d{1,3}(\\${mark}\\d{3})+$`);
  if (dots && commas) {
    const mark = text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",";
    const whole = text.slice(0, text.lastIndexOf(mark));
    if (!grouped(mark === "." ? "," : ".").test(whole)) return null;
    text = `${whole.replace(/[.,]/g, "")}.${text.slice(text.lastIndexOf(mark) + 1)}`;
  } else if (dots > 1 || (dots === 1 && decimals < 3)) {
    if (grouped(".").test(text)) text = text.replaceAll(".", "");
  } else if (commas > 1) {
    if (grouped(",").test(text)) text = text.replaceAll(",", "");
  } else text = text.replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function total(table) {
  for (const output of table.querySelectorAll("output[data-total]")) {
    const scale = 10 ** Number(output.dataset.decimals);
    let units = 0; // whole units of the last decimal, so that 33,33 + 33,33 + 33,34 is 100
    for (const input of table.querySelectorAll(`td[data-column="${output.dataset.total}"] input:not([type=hidden])`)) {
      units += Math.round((parseNumber(input.value, Number(output.dataset.decimals)) ?? 0) * scale);
    }
    output.textContent = sentence(units / scale, output.dataset.kind);
    output.classList.toggle("f-off", output.dataset.kind === "percent" && units !== 0 && units !== 100 * scale);
  }
}

function sentence(sum, kind) {
  if (kind === "money") return `Suma: $ ${NUMBER.format(sum)}`;
  if (kind !== "percent") return `Suma: ${NUMBER.format(sum)}`;
  const gap = Math.round((100 - sum) * 1e6) / 1e6;
  if (!gap || !sum) return `Suma: ${NUMBER.format(sum)} %`; // all left out is as good as 100
  return `Suma: ${NUMBER.format(sum)} %, ${gap > 0 ? "faltan" : "sobran"} ${NUMBER.format(Math.abs(gap))} %`;
}

function say(table, words) {
  const place = table.closest(".f-question").querySelector("[data-undo]");
  place.setAttribute("role", "status");
  place.textContent = words;
  place.hidden = false;
}
