// The menu: Escape closes what was opened in it and gives the focus back to what opened it.

document.querySelector("nav.menu")?.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest("details[open]");
  if (!open) return;
  event.preventDefault();
  open.open = false;
  open.querySelector("summary").focus();
});
