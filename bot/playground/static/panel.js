// Right: what a CRM would tell the bot, the clock, and Slack's misbehaviour.

import { formatDate } from "/static/dates.js";
import { $, ask, button, kept, make, post } from "/static/dom.js";

let chosen = null;

function rowOf(index) {
  return $("sample-list").children[index];
}

export function drawSamples(state) {
  $("samples").hidden = !state.can_send || !state.samples.length;
  const shape = JSON.stringify(state.samples);
  if ($("sample-list").dataset.shape === shape) return;
  $("sample-list").dataset.shape = shape;
  $("sample-list").replaceChildren(...state.samples.map((sample, index) => {
    const node = button(sample.name, () => choose(index));
    node.append(make("small", "", sample.description));
    return make("li", "", node);
  }));
  const before = kept.get("sample");
  if (before !== null && Number(before) < state.samples.length) choose(Number(before), kept.get("event"));
}

// The event's form stands under its button; choosing it again folds it away.
async function choose(index, body = null) {
  [...$("sample-list").children].forEach((one) => one.firstElementChild.setAttribute("aria-expanded", "false"));
  if (chosen === index && body === null && !$("sample-form").hidden) {
    $("sample-form").hidden = true;
    return;
  }
  chosen = index;
  const text = body ?? JSON.stringify(await ask(`/_/samples/${index}`), null, 2);
  rowOf(index).firstElementChild.setAttribute("aria-expanded", "true");
  rowOf(index).append($("sample-form"));
  $("sample-form").hidden = false;
  $("sample-json").value = text;
  $("sample-json").rows = Math.min(14, text.split("\n").length + 1);
  $("sample-sent").hidden = true;
  $("sample-answer").textContent = "";
  keep();
  if (body === null) $("sample-send").focus({ preventScroll: true });
  $("sample-form").scrollIntoView({ block: "nearest" });
}

function keep() {
  kept.set("sample", String(chosen));
  kept.set("event", $("sample-json").value);
}

// The request as it went over the line: its first line, its headers, and under them what the body was.
function showRequest(request) {
  const [head, ...body] = request.split(/\r?\n\r?\n/);
  const [first, ...headers] = head.split(/\r?\n/);
  const rows = headers.flatMap((line) => {
    const colon = line.indexOf(":");
    return [make("dt", "", line.slice(0, colon)), make("dd", "", line.slice(colon + 1).trim())];
  });
  $("sent-line").textContent = first;
  $("sent-headers").replaceChildren(...rows);
  $("sent-body").textContent = body.join("\n\n");
  const path = first.split(" ").slice(0, 2).join(" ");
  $("sample-target").textContent = path;
}

async function send() {
  let event;
  try {
    event = JSON.parse($("sample-json").value);
  } catch (error) {
    $("sample-answer").textContent = `This is not valid JSON: ${error.message}`;
    $("sample-json").focus();
    return;
  }
  $("sample-send").disabled = true;
  const answer = await post("send", { event });
  $("sample-send").disabled = false;
  const known = answer.status !== undefined;
  $("sample-answer").className = answer.ok ? "good" : "bad";
  $("sample-answer").textContent = known ? `Answer ${answer.status}: ${answer.text}` : answer.error;
  $("sample-sent").hidden = !answer.request;
  if (answer.request) showRequest(answer.request);
  $("sample-answer").scrollIntoView({ block: "nearest" });
}

export function drawClock(state, ctx) {
  $("clock").hidden = !state.moves.length;
  $("clock-now").textContent = formatDate(ctx.now, "{date_long}, {time}", ctx);
  const shape = JSON.stringify(state.moves);
  if ($("moves").dataset.shape === shape) return;
  $("moves").dataset.shape = shape;
  $("moves").replaceChildren(...state.moves.map((one) => {
    const node = button(one.name, async () => {
      node.disabled = true;
      const answer = await post("move", { name: one.name });
      node.disabled = false;
      $("clock-answer").textContent = answer.ok ? "" : `That did not work: ${answer.error}`;
    });
    node.title = one.description;
    node.setAttribute("aria-description", one.description);
    return node;
  }));
}

export function drawFailures(state) {
  $("failures").hidden = !state.failures.length;
  $("failures").querySelector("ul").replaceChildren(...state.failures.map((one) => make("li", "", `${one.kind}: ${one.detail}`)));
}

export function start() {
  $("sample-again").addEventListener("click", async () => {
    $("sample-json").value = JSON.stringify(await ask(`/_/samples/${chosen}`), null, 2);
    keep();
  });
  $("sample-json").addEventListener("input", keep);
  $("sample-send").addEventListener("click", send);
  $("faults").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const times = form.get("times") ? Number(form.get("times")) : null;
    const answer = await post("faults", { method: form.get("method"), kind: form.get("kind"), times });
    $("fault-answer").textContent = answer.ok ? "It will." : answer.error;
  });
  $("behave").addEventListener("click", async () => {
    await post("faults", { clear: true });
    $("fault-answer").textContent = "Back to normal.";
  });
}
