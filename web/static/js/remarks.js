// Beside each answer under review, a button that aims a new remark at it.

const place = document.getElementById("remark_path");
const text = document.getElementById("remark_text");

if (place && text) {
  for (const option of place.options) {
    const target = option.value && document.getElementById(`p-${option.value.replaceAll("/", "-")}`);
    if (!target || target.tagName === "TR") continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button link small f-observe";
    button.textContent = "Observar";
    button.setAttribute("aria-label", `Observar: ${option.textContent}`);
    button.addEventListener("click", () => {
      place.value = option.value;
      text.focus();
    });
    target.classList.add("f-observable");
    (target.querySelector(":scope > .f-label") ?? target).after(button);
  }
}
