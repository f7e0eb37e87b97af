// One message: who and when, its body, what was made of it; and a channel's list with day lines and threads.

import { drawBody } from "/static/blocks.js";
import { dayOf, formatDate } from "/static/dates.js";
import { button, make, uniqueId } from "/static/dom.js";
import { emoji } from "/static/emoji.js";

function plainText(text, ctx) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${ctx.names[id] ?? id}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, name) => `#${ctx.channels[id] ?? name ?? id}`)
    .replace(/<!date\^(\d+)\^([^^|>]+)[^>]*>/g, (_, at, pattern) => formatDate(Number(at), pattern, ctx))
    .replace(/<([^|>]+)\|([^>]+)>/g, "$2")
    .replace(/<([^>]+)>/g, "$1")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&")
    .replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}

// What a phone would show and a screen reader would say: seen while the pointer or the focus is on the button.
function notification(message, ctx) {
  const bubble = make("span", "bubble", plainText(message.text, ctx) || "This message has no text for notifications.");
  bubble.id = uniqueId("notification");
  bubble.setAttribute("role", "tooltip");
  const opener = button("Notification");
  opener.setAttribute("aria-describedby", bubble.id);
  opener.addEventListener("keydown", (event) => {
    if (event.key === "Escape") opener.blur();
  });
  return make("span", "tip", opener, bubble);
}

function tools(message, ctx) {
  const box = make("div", "tools");
  if (message.text && message.blocks.length) box.append(notification(message, ctx));
  if (ctx.explain && message.user === ctx.bot && !message.ephemeral) {
    const why = button("Why is it here?", () => ctx.explain(message));
    why.dataset.key = "why";
    box.append(why);
  }
  return box.childElementCount ? box : null;
}

function initials(name) {
  return name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
}

export function face(name, { bot = false, tone = 0 } = {}) {
  const node = make("div", bot ? "face bot" : `face tone${tone}`, bot ? "W" : initials(name));
  node.setAttribute("aria-hidden", "true");
  return node;
}

export function drawMessage(message, ctx) {
  const bot = message.user === ctx.bot && !message.from_slack;
  const name = message.from_slack ? "Slackbot" : (ctx.names[message.user] ?? message.user);
  const at = Number(message.ts);
  const when = make("time", "quiet", formatDate(at, "{time}", ctx));
  when.title = `${formatDate(at, "{date_long_full} {time_secs}", ctx)} (${ctx.zone})`;
  when.dateTime = new Date(at * 1000).toISOString();
  const who = make("div", "who", make("b", "", name), bot ? make("span", "tag", "APP") : null, when);
  const body = drawBody(message, { ...ctx, act: (what) => ctx.act({ ts: message.ts, ...what }) });
  if (message.edited) body.append(make("span", "quiet edited", "(edited)"));
  if (message.reactions.length) {
    body.append(make("div", "reactions", ...message.reactions.map((one) => make("span", "", `${emoji(one)} 1`))));
  }
  const hidden = message.ephemeral ? make("div", "quiet only-you", "Only visible to you") : null;
  const tone = Object.keys(ctx.names).indexOf(message.user) % 6;
  const picture = face(name, { bot, tone });
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const node = make("li", `message${message.ephemeral ? " private" : ""}${reply ? " reply" : ""}`,
    picture, make("div", "content", hidden, who, body, tools(message, ctx)));
  node.dataset.ts = message.ts;
  return node;
}

function threadLine(ts, replies, ctx) {
  const open = !ctx.closedThreads.has(ts);
  const words = `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`;
  const last = formatDate(Number(replies.at(-1).ts), "{date_short_pretty} at {time}", ctx);
  const opener = button(words, () => ctx.toggleThread(ts), "thread");
  opener.setAttribute("aria-expanded", String(open));
  opener.dataset.key = "thread";
  return make("li", "thread-line", opener, make("span", "quiet", `last ${last}`));
}

// Everything a channel's list shows, in order: each item has a key, a shape that tells whether it changed, and `make`.
export function listed(messages, ctx) {
  const replies = new Map();
  const roots = [];
  const known = new Set(messages.map((one) => one.ts));
  for (const one of messages) {
    if (!one.thread_ts || one.thread_ts === one.ts || !known.has(one.thread_ts)) roots.push(one);
    else replies.set(one.thread_ts, [...(replies.get(one.thread_ts) ?? []), one]);
  }
  const items = [];
  let day = null;
  const add = (one) => items.push({ key: one.ts, shape: JSON.stringify(one), make: () => drawMessage(one, ctx) });
  for (const root of roots) {
    const its = dayOf(Number(root.ts), ctx);
    if (its !== day) items.push({ key: `day ${its}`, shape: its, make: () => make("li", "day", make("span", "", its)) });
    day = its;
    add(root);
    const thread = replies.get(root.ts);
    if (!thread) continue;
    const open = !ctx.closedThreads.has(root.ts);
    items.push({ key: `thread ${root.ts}`, shape: JSON.stringify([open, thread.map((one) => one.ts)]), make: () => threadLine(root.ts, thread, ctx) });
    if (open) thread.forEach(add);
  }
  return items;
}
