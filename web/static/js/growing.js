// Boxes that grow with their text: CSS does it (field-sizing), and this file where the browser does not know how.
// A box of one line (data-line) wraps, and takes no line breaks.

const BY_ITSELF = CSS.supports("field-sizing", "content");

export const inOneLine = (text) => text.replace(/\s*[\r\n]+\s*/g, " ");

/** Wire every textarea under `root`, those that come later included. */
export function wireGrowing(root) {
  root.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("textarea[data-line]")) event.preventDefault();
  });
  // A phone, or a text that is dragged or pasted, may still break a line where there is only one.
  root.addEventListener("input", ({ target }) => {
    if (target.matches("textarea[data-line]") && /[\r\n]/.test(target.value)) target.value = inOneLine(target.value);
  });
  if (BY_ITSELF) return;
  const every = () => root.querySelectorAll("textarea").forEach(grow);
  // What is typed changes one box; pasted cells, added rows and questions that appear may change any.
  root.addEventListener("input", ({ target }) => (target.matches("textarea") ? grow(target) : every()));
  root.addEventListener("change", every);
  window.addEventListener("resize", every);
  every();
}

function grow(area) {
  area.style.height = "auto";
  const borders = area.offsetHeight - area.clientHeight;
  if (area.scrollHeight) area.style.height = `${area.scrollHeight + borders}px`;
}
