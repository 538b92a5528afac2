// Entities found while one types: <div data-finder="question"> with a box, and a place for what is found.
// Without this file its button sends the form and the server looks.

const QUIET = 250; // milliseconds without typing before it looks
const LEAST = 2; // characters that are worth looking for

/** Let every finder of the form look by itself. */
export function wireFinders(form) {
  if (!form.dataset.entitiesUrl) return;
  for (const finder of form.querySelectorAll("[data-finder]")) wireFinder(form, finder);
}

function wireFinder(form, finder) {
  const box = finder.querySelector("[data-finder-box]");
  const found = finder.querySelector("[data-finder-found]");
  let timer = 0;
  let asked = 0;
  finder.querySelector("[data-finder-button]").hidden = true;
  box.removeAttribute("name"); // searching is not answering
  const look = async () => {
    const text = box.value.trim();
    const turn = (asked += 1);
    if (text.length < LEAST) return show(form, finder, found, null);
    try {
      const answer = await fetch(`${form.dataset.entitiesUrl}?${new URLSearchParams({ buscar: text })}`, { headers: { Accept: "application/json" } });
      const body = answer.ok ? await answer.json() : null;
      if (turn === asked) show(form, finder, found, body);
    } catch {
      if (turn === asked) say(found, "No se pudo buscar: revise la conexión. También puede escribir el código o el nombre abajo.");
    }
  };
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    clearTimeout(timer);
    timer = setTimeout(look, QUIET);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(timer);
    look();
  });
  if (box.value !== box.defaultValue) look(); // typed before this file was there
}

/** The answers as boxes of the question; what was ticked before stays ticked and in sight. */
function show(form, finder, found, body) {
  const name = finder.dataset.finder;
  const ticked = [...found.querySelectorAll("input:checked")].map((input) => input.closest(".choice"));
  found.replaceChildren(...ticked);
  if (!body) return;
  const listed = new Set([...form.querySelectorAll(`input[type="checkbox"][name="${CSS.escape(name)}"]`)].map((input) => input.value));
  if (!body.items.length) return say(found, "Ninguna entidad coincide.");
  say(found, body.more ? "Estas son las primeras; escriba más para ver otras." : "Marque las que agrega.");
  for (const item of body.items) found.append(choice(name, item, listed.has(String(item.id))));
}

function say(found, text) {
  const line = document.createElement("p");
  line.className = "f-hint";
  line.textContent = text;
  found.append(line);
}

function choice(name, item, listed) {
  const place = document.createElement("div");
  place.className = "choice";
  if (listed) {
    place.textContent = `${item.label}: ya está en la lista`;
    return place;
  }
  const input = Object.assign(document.createElement("input"), { type: "checkbox", name, value: item.id, id: `p-${name}-b${item.id}` });
  const label = Object.assign(document.createElement("label"), { htmlFor: input.id, textContent: item.label });
  place.append(input, label);
  return place;
}
