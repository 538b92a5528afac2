// Nothing moves under a finger: a button that slips away between pressing and lifting is never pressed. What arrives by
// itself meanwhile (the answer to a quiet saving, which leaving a box to press a button starts) waits for `released()`.

let pressed = false;
let waiting = [];

/** Resolves once no finger or mouse button is down, after the click that its lifting makes. */
export const released = () => (pressed ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve());

const lift = () => {
  pressed = false;
  const resolved = waiting;
  waiting = [];
  setTimeout(() => resolved.forEach((resolve) => resolve()));
};

window.addEventListener("pointerdown", () => { pressed = true; }, true);
for (const ending of ["pointerup", "pointercancel", "dragend"]) window.addEventListener(ending, lift, true);
window.addEventListener("blur", lift); // the lifting happens where this page does not see it
