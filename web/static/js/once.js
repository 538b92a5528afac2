// A form that is on its way is not sent again by a second click. The server is safe without this; the receipt is calmer with it.

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return; // it is not on its way
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// Coming back with the browser's own button finds a form that can be sent.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});
