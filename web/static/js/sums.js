// What the weights of a table add up to, group by group, while they are typed; the server counts alike (web/weight_sums.py).

import { parseNumber, share } from "./numbers.js";

/** Keep every list of sums under `root` up to date. */
export function wireSums(root) {
  for (const list of root.querySelectorAll("[data-sums]")) {
    const question = list.closest(".f-question");
    const update = () => show(list, question);
    question.addEventListener("input", update);
    question.addEventListener("change", update);
    update(); // what was typed wrongly and came back counts too
  }
}

/** The name as it was typed first of those that differ only in capitals, accents or blanks (forms/likeness.py). */
function firstTyped(names, name) {
  const plain = name.replace(/\s+/g, " ").toLowerCase().normalize("NFD");
  const key = plain.replace(/[\u0300-\u0302\u0304-\u036f]|(?<!n)\u0303/g, "");
  if (!names.has(key)) names.set(key, name);
  return names.get(key);
}

function show(list, question) {
  const { sums, group, groupColumn, decimals } = list.dataset;
  const scale = 10 ** Number(decimals);
  const typed = (row, column) => row.querySelector(`td[data-column="${column}"] :is(input:not([type=hidden]), textarea)`)?.value.trim() ?? "";
  // Whole units of the last decimal, so that 33,33 + 33,33 + 33,34 is 100.
  const units = (row, column) => Math.round((parseNumber(typed(row, column), Number(decimals)) ?? 0) * scale);
  const shares = new Map();
  const groups = new Map();
  const names = new Map();
  for (const row of question.querySelectorAll("[data-row]")) {
    const name = group ? firstTyped(names, typed(row, group)) : "";
    shares.set(name, (shares.get(name) ?? 0) + units(row, sums));
    if (groupColumn) groups.set(name, groups.get(name) || units(row, groupColumn));
  }
  const lines = [...shares].map(([name, sum]) => [name || (shares.size > 1 ? "Sin grupo" : "Suma"), sum]);
  if (groups.size > 1) lines.push(["Entre grupos", [...groups.values()].reduce((sum, one) => sum + one, 0)]);
  list.replaceChildren(...lines.map(([name, sum]) => {
    const item = document.createElement("li");
    item.textContent = `${name}: ${share(sum / scale)}`;
    item.classList.toggle("f-off", sum !== 0 && sum !== 100 * scale);
    return item;
  }));
}
