// Two answers to the same questions, side by side, for whoever has to choose. Tables are told row by row, where they differ.

const HERE = "Como está ahora";
const KEPT = "En este dispositivo";

/** A heading and a table. `rows`: [question, what stands, what is kept], the last two as pairs of name and words. */
export function comparison(rows) {
  const title = Object.assign(document.createElement("h3"), { textContent: "En qué se diferencian" });
  const table = Object.assign(document.createElement("table"), { className: "table stack" });
  table.createTHead().insertRow().append(...["Pregunta", HERE, KEPT].map((words) => headOf(words, "col")));
  const body = table.createTBody();
  for (const [question, ...both] of rows) {
    const [here, kept] = both.map(linesOf);
    body.insertRow().append(headOf(question, "row"), cellOf(HERE, here, kept), cellOf(KEPT, kept, here));
  }
  return [title, table];
}

/** «Fila 2: Apoyo · Integra», or the answer itself where the question is no table. */
function linesOf(pairs) {
  const rows = new Map();
  for (const [name, words] of pairs) {
    const row = /^.+?-(\d+)-/.exec(name)?.[1];
    const label = row === undefined ? "" : `Fila ${Number(row) + 1}: `;
    rows.set(label, [...(rows.get(label) ?? []), words]);
  }
  return [...rows].map(([label, words]) => label + words.join(" · "));
}

function cellOf(label, lines, others) {
  const cell = document.createElement("td");
  cell.dataset.label = label;
  const own = lines.filter((line) => !others.includes(line));
  cell.append(...(own.length ? own : ["Sin respuesta"]).map((textContent) => Object.assign(document.createElement("p"), { textContent })));
  return cell;
}

function headOf(textContent, scope) {
  return Object.assign(document.createElement("th"), { textContent, scope });
}
