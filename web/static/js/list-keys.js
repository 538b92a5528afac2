// Walking a list with the keyboard: j and k move the focus from row to row, / goes to the search.

const links = [...document.querySelectorAll("[data-keys] .title a")];
const search = document.querySelector('main input[type="search"]') ?? document.querySelector('input[type="search"]');

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function move(step) {
  const here = links.indexOf(document.activeElement);
  const next = here === -1 ? (step > 0 ? 0 : links.length - 1) : here + step;
  links[next]?.focus();
}

function seek() {
  if (search && !search.checkVisibility()) search.closest("details")?.setAttribute("open", "");
  search?.focus();
}

const acts = { j: () => move(1), k: () => move(-1), "/": seek };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

for (const link of links) {
  const row = link.closest("li");
  link.addEventListener("focus", () => row.classList.add("current"));
  link.addEventListener("blur", () => row.classList.remove("current"));
}
