// Files that were chosen and did not arrive: a quiet saving carries none, and no browser puts them back in their boxes.

import { act, chosenFiles, keepChosen } from "./copies.js";

const names = (box) => [...box.files].map((file) => file.name);

/** Remember on this device what is chosen in the boxes for files of `form`, and say on coming back what is missing. */
export function wireChosen(form, key) {
  tell(form, key);
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.name) return;
    const label = (target.getAttribute("aria-label") ?? target.labels[0]?.textContent ?? "").replace(/\(obligatorio\)|\s+/g, " ").trim();
    const { [target.name]: _, ...others } = chosenFiles(key);
    keepChosen(key, target.files.length ? { ...others, [target.name]: { label, files: names(target) } } : others);
  });
}

/** What is chosen in `form` and waits for a button, in words; nothing when all that was chosen is there. */
export function waiting(form) {
  const found = [...form.querySelectorAll("input[type=file]")].flatMap(names);
  if (!found.length) return "";
  const told = found.map((name) => `«${name}»`).join(", ");
  return `${told} ${found.length > 1 ? "no se han guardado: suben" : "no se ha guardado: sube"} cuando usted pulse un botón del formulario.`;
}

function tell(form, key) {
  const missing = Object.entries(chosenFiles(key)).filter(([name, { files }]) => !arrived(form, name, files));
  keepChosen(key, Object.fromEntries(missing));
  if (!missing.length) return;
  const notice = Object.assign(document.createElement("div"), { className: "notice warning" });
  notice.setAttribute("role", "status");
  const list = document.createElement("ul");
  for (const [name, { label, files }] of missing) list.append(line(boxOf(form, name), label, files));
  const words = Object.assign(document.createElement("p"), { textContent: "Estos archivos que usted eligió no alcanzaron a llegar. Elíjalos otra vez:" });
  notice.append(words, list, act("Entendido", () => { keepChosen(key, {}); notice.remove(); }));
  form.prepend(notice);
}

const boxOf = (form, name) => form.querySelector(`input[type=file][name="${CSS.escape(name)}"]`);

/** A file that arrived is named beside its box. */
function arrived(form, name, files) {
  const place = boxOf(form, name)?.closest("[data-path], td") ?? form;
  return files.every((file) => place.textContent.includes(file));
}

function line(box, label, files) {
  const item = document.createElement("li");
  const place = box?.id ? Object.assign(document.createElement("a"), { href: `#${box.id}` }) : document.createElement("span");
  place.textContent = label || "Archivo";
  item.append(place, `: ${files.map((file) => `«${file}»`).join(", ")}`);
  return item;
}
