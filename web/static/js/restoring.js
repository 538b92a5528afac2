// Kept answers, put back in the boxes of their form.

/** Put kept answers back in their inputs; tables grow until every kept row has its place. */
export function restore(form, pairs) {
  const kept = new Map();
  for (const [name, value] of pairs) kept.set(name, [...(kept.get(name) ?? []), value]);
  for (const table of form.querySelectorAll("table[data-table]")) {
    const rows = [...kept.keys()].map((name) => new RegExp(`^${table.dataset.table}-(\\d+)-`).exec(name)).filter(Boolean);
    const needed = Math.max(0, ...rows.map((match) => Number(match[1]) + 1));
    const button = table.closest(".f-question").querySelector(`button[value="add:${table.dataset.table}"]`);
    for (let count = table.tBodies[0].rows.length; count < needed; count += 1) button.click();
  }
  for (const people of form.querySelectorAll("table[data-people]")) {
    const needed = kept.get(people.dataset.people)?.length ?? 0;
    const button = form.querySelector("button[name='acto'][value='fila']");
    for (let count = people.tBodies[0].rows.length; count < needed; count += 1) button.click();
  }
  for (const place of form.querySelectorAll("[data-plans]")) listMarked(place, kept.get("plans") ?? []);
  fill(form, kept);
  // What comes with an answer (the milestones of a marked entity) is filled when it is there.
  form.addEventListener("filled", () => fill(form, new Map([...kept].filter(([name]) => name.startsWith("milestone-")))), { once: true });
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector("[data-plans]")?.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Entities that were marked after a search have no box on this page: the server is asked for them with the others. */
function listMarked(place, keys) {
  const listed = new Set([...place.querySelectorAll("[name=plans]")].map((box) => box.value));
  for (const value of keys.filter((key) => !listed.has(key))) place.append(Object.assign(document.createElement("input"), { type: "hidden", name: "plans", value }));
}

function fill(form, kept) {
  for (const [name, values] of kept) {
    for (const [index, input] of [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:not([type=hidden])`)].entries()) {
      if (input.type === "checkbox" || input.type === "radio") input.checked = values.includes(input.value);
      else input.value = values[index] ?? values.at(-1);
    }
  }
}
