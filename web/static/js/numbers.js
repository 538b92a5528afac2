// Numbers as people in Colombia write and read them; the server does it alike (forms/numbers.py, edge/words.py).

const SAID = new Intl.NumberFormat("es-CO", { maximumFractionDigits: 6 });

/** «1.234,5». */
export const inWords = (number) => SAID.format(number);

/** A typed number as forms/numbers.py reads it; null for what is not one. */
export function parseNumber(typed, decimals = 2) {
  let text = typed.replace(/[\s$%\u00a0\u202f]|COP/g, "");
  const dots = text.split(".").length - 1;
  const commas = text.split(",").length - 1;
  const grouped = (mark) => new RegExp(`^[+-]?\\d{1,3}(\\${mark}\\d{3})+$`);
  if (dots && commas) {
    const mark = text.lastIndexOf(".") > text.lastIndexOf(",") ? "." : ",";
    const whole = text.slice(0, text.lastIndexOf(mark));
    if (!grouped(mark === "." ? "," : ".").test(whole)) return null;
    text = `${whole.replace(/[.,]/g, "")}.${text.slice(text.lastIndexOf(mark) + 1)}`;
  } else if (dots > 1 || (dots === 1 && decimals < 3)) {
    if (grouped(".").test(text)) text = text.replaceAll(".", "");
  } else if (commas > 1) {
    if (grouped(",").test(text)) text = text.replaceAll(",", "");
  } else text = text.replace(",", ".");
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

/** «95 %, faltan 5 %»: percentages make a whole; all left out is as good as 100. */
export function share(sum) {
  const gap = Math.round((100 - sum) * 1e6) / 1e6;
  const said = `${inWords(sum)}\u00a0%`;
  return !gap || !sum ? said : `${said}, ${gap > 0 ? "faltan" : "sobran"} ${inWords(Math.abs(gap))}\u00a0%`;
}
