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
    const wrong = [...form.querySelectorAll("input[type=file]")].filter((input) => !check(input));
    if (wrong.length) {
      event.preventDefault();
      wrong[0].focus();
    } else if (navigator.onLine === false) {
      event.preventDefault();
      const place = live();
      place.textContent = OFFLINE;
      place.classList.add("warned");
    }
  });
}

/** Say beside `input` what is wrong with its files; returns whether nothing is. */
function check(input) {
  if (!input.dataset.most) return true; // it is read and not kept: the server says what it takes
  const found = [...input.files].map((file) => refusal(file, input)).filter(Boolean);
  const id = `${input.id}-archivo`;
  document.getElementById(id)?.remove();
  if (input.hasAttribute("aria-errormessage")) for (const name of ["aria-invalid", "aria-errormessage"]) input.removeAttribute(name);
  if (!found.length) return true;
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
