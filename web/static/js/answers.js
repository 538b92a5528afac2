// What a form answers, and whether answers that were kept say anything that the page does not. The server may have written
// the same answers in other ways: blanks at the ends, line breaks, figures, pasted names that became ticked ones.

import { parseNumber } from "./numbers.js";

const NOT_TYPED = /^(csrf_token|_action|revision|page|key)$/;
export const NOT_ANSWERS = /^(csrf_token|_action|revision|page|key|remark_path|peer)$/;
const PASTED = "__lines";

/** What is typed, as text that can be compared and kept. Files and the protection token stay out. */
export function answersOf(form) {
  return asText([...new FormData(form)]);
}

/** What the page came with, as the same text: what was typed before the scripts were there is not in it.
 *
 * What the browser put back by itself, on a page that is loaded again or gone back to, came with the page.
 */
export function openedWith(form) {
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return answersOf(form);
  const asked = [...form.elements].filter((box) => box.name && !box.matches(NO_ANSWER));
  return asText(asked.flatMap((box) => defaultsOf(box).map((value) => [box.name, value])));
}

const NO_ANSWER = ":disabled, fieldset, output, object, button, [type=submit], [type=button], [type=reset], [type=image], [type=file]";

function defaultsOf(box) {
  if (box.matches("[type=checkbox], [type=radio]")) return box.defaultChecked ? [box.value] : [];
  if (!box.matches("select")) return [box.defaultValue];
  const options = [...box.options].filter((option) => !option.disabled);
  const chosen = options.filter((option) => option.defaultSelected);
  if (box.multiple) return chosen.map((option) => option.value);
  const shown = chosen.at(-1) ?? options[0];
  return shown ? [shown.value] : [];
}

const asText = (pairs) => JSON.stringify(pairs.filter(([name, value]) => typeof value === "string" && !NOT_TYPED.test(name)));

/** The names among `pairs`, kept earlier, that differ from what `form` shows and could be put back. */
export function differing(form, pairs, parts = null) {
  const concerned = (all) => (parts ? all.filter(([name]) => parts.has(partOf(form, name))) : all);
  const page = [...new FormData(form)];
  const kept = answersIn(form, concerned(pairs));
  const shown = answersIn(form, concerned(page));
  settlePasted(kept, shown);
  settleRemark(kept, answersIn(form, page));
  const names = new Set([...kept.keys(), ...shown.keys()]);
  return [...names].filter((name) => String(kept.get(name) ?? "") !== String(shown.get(name) ?? ""));
}

/** What was written on this device since the page opened: the parts of the form that differ between two sets of answers. */
export function written(form, pairs, base) {
  const byPart = (all) => {
    const found = new Map();
    for (const [name, value] of all) found.set(partOf(form, name), `${found.get(partOf(form, name)) ?? ""}\n${name}=${value}`);
    return found;
  };
  const [now, before] = [byPart(pairs), byPart(base)];
  return new Set([...now.keys(), ...before.keys()].filter((part) => now.get(part) !== before.get(part)));
}

/** The parts of the form that its page says otherwise (`now`) than when something was written there (`base`). */
export function changedSince(form, now, base) {
  const [after, before] = [answersIn(form, now), answersIn(form, base)];
  const names = [...new Set([...after.keys(), ...before.keys()])];
  return new Set(names.filter((name) => String(after.get(name) ?? "") !== String(before.get(name) ?? "")).map((name) => partOf(form, name)));
}

/** A table is put back whole, a question with what was pasted for it. */
export function partOf(form, name) {
  const table = /^(.+?)-\d+-/.exec(name)?.[1];
  if (table && form.querySelector(`table[data-table="${CSS.escape(table)}"]`)) return table;
  return name.endsWith(PASTED) ? name.slice(0, -PASTED.length) : name;
}

/** Names that were pasted and by now are ticked: everything that was chosen still is, and more. */
function settlePasted(kept, shown) {
  for (const name of [...kept.keys()].filter((key) => key.endsWith(PASTED))) {
    const base = name.slice(0, -PASTED.length);
    const [before, now] = [kept.get(base) ?? [], shown.get(base) ?? []];
    if (now.length <= before.length || !before.every((value) => now.includes(value))) continue;
    for (const key of [name, base]) kept.delete(key);
    shown.delete(base);
  }
}

/** Whether remarks, or answers to them, were written that only a button sends: a quiet saving leaves them here. */
export const hasRemarks = (form) =>
  [...form.querySelectorAll("textarea:is([name^=answer-], [name^=remark-], [name=remark_text])")].some((box) => box.value.trim() !== box.defaultValue.trim());

const REMARK = /^(answer-|remark-|remark_text$)/;

/** What the page says once `saved` was saved quietly: of remarks and of answers to them, what it was `opened` with. */
export const quietly = (saved, opened) =>
  JSON.stringify([...JSON.parse(saved).filter(([name]) => !REMARK.test(name)), ...JSON.parse(opened).filter(([name]) => REMARK.test(name))]);

/** A new remark that by now stands among the numbered ones. */
function settleRemark(kept, shown) {
  const numbered = [...shown].filter(([name]) => /^remark-\d+$/.test(name)).flatMap(([, texts]) => texts);
  if (kept.get("remark_text")?.every((text) => numbered.includes(text))) kept.delete("remark_text");
}

/** Answers by name in one spelling; what is empty, or has no box to be put back in, is left out. */
function answersIn(form, pairs) {
  const found = new Map();
  for (const [name, value] of pairs) {
    const input = typeof value === "string" && !NOT_ANSWERS.test(name) && boxOf(form, name);
    const text = input && spelling(input, value);
    if (text) found.set(name, [...new Set([...(found.get(name) ?? []), text])].sort());
  }
  return found;
}

/** The box of an answer, or of the same column in the first row for a row that the page does not have. */
export function boxOf(form, name) {
  const box = (sought) => form.querySelector(`[name="${CSS.escape(sought)}"]:not([type=hidden])`);
  return box(name) ?? box(name.replace(/-\d+-/, "-0-"));
}

function spelling(input, value) {
  const lines = value.normalize("NFC").split(/\r\n?|\n/).map((line) => line.replace(/\s+/g, " ").trim());
  const text = lines.filter(Boolean).join("\n");
  return input.inputMode ? String(parseNumber(text) ?? text) : text;
}
