// Right: when the person one looks as does not want to be disturbed, by their own schedule in Slack.

import { $, kept, post } from "/static/dom.js";

let shown = null;

export function drawQuiet(state) {
  const person = state.people.find((one) => one.id === state.as);
  $("quiet").hidden = !person;
  if (!person) return;
  const hours = person.quiet;
  $("quiet-now").textContent = hours
    ? `${person.name}: from ${hours.from} to ${hours.until} every day, in their own time.`
    : `${person.name} may be disturbed at any time.`;
  $("quiet-off").hidden = !hours;
  const shape = JSON.stringify([person.id, hours]);
  if (shown === shape) return;
  shown = shape;
  $("quiet-from").value = hours?.from ?? "22:00";
  $("quiet-until").value = hours?.until ?? "08:00";
  $("quiet-answer").textContent = "";
}

async function tell(as, hours) {
  const answer = await post("quiet", { as, ...hours });
  $("quiet-answer").textContent = answer.ok ? "" : `That did not work: ${answer.error}`;
}

export function startQuiet(whose) {
  $("quiet").open = kept.get("quiet") === "open";
  $("quiet").addEventListener("toggle", () => kept.set("quiet", $("quiet").open ? "open" : ""));
  $("quiet-form").addEventListener("submit", (event) => {
    event.preventDefault();
    tell(whose(), { from: $("quiet-from").value, until: $("quiet-until").value });
  });
  $("quiet-off").addEventListener("click", () => tell(whose(), { off: true }));
}
