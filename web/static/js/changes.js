// Asks now and then whether this page still shows what there is; if not, offers to load it again. Never by itself.
// <p data-changes="address" data-mark="what the page was drawn from" role="status"></p>

import { released } from "./pressing.js";

const EVERY = 60_000; // milliseconds

for (const place of document.querySelectorAll("[data-changes]")) watch(place);

function watch(place) {
  const timer = setInterval(async () => {
    if (document.hidden || !(await changed(place))) return;
    clearInterval(timer);
    await released();
    const link = document.createElement("a");
    link.href = location.pathname + location.search;
    link.textContent = "Actualizar la página";
    place.append("Hay cambios. ", link);
  }, Number(place.dataset.every) || EVERY);
}

/** No answer is no news: a lost connection or an ended session says nothing about the page. */
async function changed(place) {
  try {
    const response = await fetch(place.dataset.changes, { headers: { Accept: "application/json" }, redirect: "error" });
    return response.ok && (await response.json()).mark !== place.dataset.mark;
  } catch {
    return false;
  }
}
