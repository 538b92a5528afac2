// What stops a sending before it leaves the page: no connection, and files that the server would refuse once uploaded.
// The server checks the same, and says with each box what it takes (web/uploads.py): here it is told before minutes of
// uploading. <input type="file" accept=".pdf,…" data-most="bytes" data-kinds="PDF, …">

const OFFLINE = "Sin conexión: no se envió. No cierre esta página; lo que escribió queda en ella. Envíelo cuando vuelva la señal.";

/** Stop the sendings of `form` that cannot succeed; `live` gives the place where it is said why. */
export function wireSending(form, live) {
  form.addEventListener("change", (event) => {
    if (event.target.type === "file") check(event.target);
  });
  form.addEventListener("submit", (event) => {
    const wrong = [...form.querySelectorAll("input[type=file]")].filter((input) => input.dataset.refused || !check(input));
    if (wrong.length) {
      event.preventDefault();
      wrong.forEach(tellOnce);
      wrong[0].focus();
    } else if (navigator.onLine === false) {
      event.preventDefault();
      const place = besides(form, event.submitter) ?? live();
      place.textContent = OFFLINE;
      place.classList.add("warned");
      place.scrollIntoView({ block: "nearest" });
    }
  });
}

/** A file that was refused stops one sending, not all of them: whoever has read it may go on without that file. */
function tellOnce(input) {
  delete input.dataset.refused;
  document.getElementById(idOf(input))?.append(" Ya no está elegido: si pulsa otra vez, se envía sin él.");
}

const idOf = (input) => `${input.id}-archivo`;

/** A place right under a button in the middle of a form, whose end is out of sight; nothing for those that end it. */
function besides(form, button) {
  form.querySelector(".f-unsent")?.remove();
  if (!button || button.matches(".visually-hidden") || button.closest(".acts") === form.querySelector(":scope > .acts")) return null;
  const place = Object.assign(document.createElement("p"), { className: "f-saving f-unsent small" });
  place.setAttribute("role", "status");
  (button.closest("p, .acts") ?? button).after(place);
  return place;
}

/** Say beside `input` what is wrong with its files, which are taken out of it; returns whether nothing is. */
function check(input) {
  if (!input.dataset.most) return true; // it is read and not kept: the server says what it takes
  const told = new Map([...input.files].map((file) => [file, refusal(file, input)]));
  const found = [...told.values()].filter(Boolean);
  const id = idOf(input);
  document.getElementById(id)?.remove();
  if (input.hasAttribute("aria-errormessage")) for (const name of ["aria-invalid", "aria-errormessage"]) input.removeAttribute(name);
  delete input.dataset.refused;
  if (!found.length) return true;
  input.dataset.refused = "yes";
  const taken = new DataTransfer(); // what is refused must not stand in the way of the rest
  for (const [file, refused] of told) if (!refused) taken.items.add(file);
  input.files = taken.files;
  const words = Object.assign(document.createElement("p"), { id, className: "message f-error", textContent: found.join(" ") });
  words.setAttribute("role", "alert");
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-errormessage", id);
  input.before(words);
  return false;
}

function refusal(file, { accept, dataset }) {
  const most = Number(dataset.most);
  if (file.size > most) return `«${file.name}» pesa más de ${Math.floor(most / 1024 / 1024)} MB. Elija otro archivo.`;
  if (!file.size) return `«${file.name}» está vacío. Elija otro archivo.`;
  const ending = `.${file.name.split(".").pop().toLowerCase()}`;
  return accept.split(",").includes(ending) ? "" : `«${file.name}» no es un archivo admitido. Adjunte uno de estos: ${dataset.kinds}.`;
}
