// Why a message is there: event → rule → message, with times and states in the person's zone.

import { moment } from "/static/dates.js";
import { $, ask, button, make } from "/static/dom.js";

function stateTag(state) {
  return make("span", `state ${state}`, state);
}

function at(seconds, ctx) {
  const node = make("time", "", moment(seconds, ctx));
  node.dateTime = new Date(seconds * 1000).toISOString();
  return node;
}

function events(reason, ctx) {
  if (!reason.events.length) return make("p", "quiet", "No event of the inbox stands behind it.");
  return make("ol", "chain", ...reason.events.map((one) => make("li", "",
    make("div", "row tight", make("b", "", one.type), stateTag(one.state)),
    make("div", "quiet", "happened ", at(one.at, ctx), ", received ", at(one.received_at, ctx)),
    make("div", "quiet mono", `${one.source} / ${one.id} · number ${one.number}`))));
}

// What a group of facts begins with.
const BEGINS = new Set(["Lead", "Deal"]);

function facts(reason, ctx) {
  const rows = reason.facts.flatMap((one) => [
    make("dt", BEGINS.has(one.name) ? "first" : "", one.name),
    make("dd", BEGINS.has(one.name) ? "first" : "", one.at === null ? one.text : at(one.at, ctx)),
  ]);
  return make("dl", "facts", ...rows);
}

function times(reason, ctx) {
  const rows = [
    ["Key", reason.key], ["To", reason.target], ["State", stateTag(reason.state)], ["Attempts since the last success", String(reason.tries)],
    ["Queued", at(reason.created_at, ctx)],
    ["Sent", reason.sent_at === null ? "not yet" : at(reason.sent_at, ctx)],
    ["Last edit", reason.edited_at === null ? null : at(reason.edited_at, ctx)],
    ["Next try", reason.next_at === null ? null : at(reason.next_at, ctx)],
    ["Error", reason.error],
  ];
  return make("dl", "facts", ...rows.filter(([, value]) => value !== null).flatMap(([name, value]) => [make("dt", "", name), make("dd", "", value)]));
}

function part(number, title, ...inside) {
  return make("section", "part", make("h3", "", make("span", "step", String(number)), title), ...inside);
}

function body(reason, ctx) {
  if (!reason) return [make("p", "", "Winbell keeps nothing about this message: it answers somebody, or comes from a person.")];
  return [
    part(1, "Events", events(reason, ctx)),
    part(2, "Rule", make("p", "", reason.rule), facts(reason, ctx)),
    part(3, "Message", times(reason, ctx)),
  ];
}

let back = null;
let leave = () => {};

export function closeWhy() {
  $("why").hidden = true;
  document.querySelector(".explained")?.classList.remove("explained");
  document.body.classList.remove("explaining");
  if (!back) return;
  leave();
  document.querySelector(`li[data-ts="${CSS.escape(back)}"] [data-key="why"]`)?.focus();
  back = null;
}

// `panes` brings the explanation, and later the messages, into view where only one of them has room.
export async function showWhy(channel, message, ctx, panes) {
  document.querySelector(".explained")?.classList.remove("explained");
  document.querySelector(`li[data-ts="${CSS.escape(message.ts)}"]`)?.classList.add("explained");
  back = message.ts;
  leave = panes.leave;
  const title = make("h2", "", "Why is it here?");
  title.tabIndex = -1;
  const close = button("✕", closeWhy, "cross");
  close.setAttribute("aria-label", "Close the explanation");
  const top = make("div", "modal-top", title, close);
  let inside;
  try {
    inside = body((await ask(`/_/why/${channel}/${message.ts}`)).reason, ctx);
  } catch (error) {
    inside = [make("p", "error", error.message)];
  }
  $("why").replaceChildren(top, ...inside);
  $("why").hidden = false;
  document.body.classList.add("explaining");
  panes.enter();
  $("why").scrollTop = 0;
  title.focus();
}
