// Long lists get a box that narrows them as one types.

const MOST_AT_A_GLANCE = 10; // choices that are seen without searching

/** A box before `place` that leaves of `choices` those with what is typed in it, and of `groups` those with some. */
export function wireNarrowing(place, choices, label, groups = []) {
  if (choices.length <= MOST_AT_A_GLANCE) return;
  const box = Object.assign(document.createElement("input"), { type: "search", className: "input f-filter", placeholder: "Buscar en la lista" });
  box.setAttribute("aria-label", label);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.addEventListener("change", (event) => event.stopPropagation()); // searching marks nothing
  box.addEventListener("input", (event) => {
    event.stopPropagation(); // and answers nothing
    const wanted = plain(box.value);
    for (const choice of choices) choice.hidden = !plain(choice.textContent).includes(wanted);
    for (const group of groups) group.hidden = !group.querySelector(".choice:not([hidden])");
  });
  place.before(box);
}

/** Text without what people leave out when they look for it: accents, capitals, blanks. */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLocaleLowerCase("es");
