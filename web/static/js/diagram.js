// Opens each diagram at the step where the case stands: inside its own frame, so that the page does not move.
// <div class="diagram-frame"><svg>… <g id="paso-actual">

for (const frame of document.querySelectorAll(".diagram-frame")) show(frame);

function show(frame) {
  const step = frame.querySelector("#paso-actual");
  if (!step) return;
  const [outer, inner] = [frame.getBoundingClientRect(), step.getBoundingClientRect()];
  frame.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  frame.scrollTop += inner.top + inner.height / 2 - (outer.top + outer.height / 2);
}
