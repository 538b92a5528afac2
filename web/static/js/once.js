// A form that is on its way is not sent again by a second click. The server does a form with a key once in any case (edge's
// idempotency); for the others, and for a calm receipt, this is the guard.

const ON_ITS_WAY = 10_000; // milliseconds after which somebody may try again: nothing came, or what came was a file

/** Let `form` go once. Wired last: what another listener stopped is not on its way. */
export function wireOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, ON_ITS_WAY);
  });
  // Coming back with the browser's own button finds a form that can be sent.
  window.addEventListener("pageshow", () => delete form.dataset.sent);
}
