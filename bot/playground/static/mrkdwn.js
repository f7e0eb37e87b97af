// Slack's mrkdwn as DOM nodes. Text only ever becomes a text node, so nothing in it can become markup.

import { formatDate } from "/static/dates.js";
import { make, safeLink } from "/static/dom.js";
import { emoji } from "/static/emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export function unescape(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

export function mention(kind, id, label, ctx) {
  const name = { user: ctx.names, channel: ctx.channels }[kind]?.[id] ?? label ?? id;
  const mine = (kind === "user" && id === ctx.me) || kind === "broadcast";
  return make("span", mine ? "mention mine" : "mention", `${kind === "channel" ? "#" : "@"}${name}`);
}

export function dateNode(seconds, pattern, fallback, url, ctx) {
  const known = Number.isFinite(seconds);
  const text = known ? formatDate(seconds, pattern, ctx) : fallback;
  const node = make("time", "", text);
  if (known) {
    node.dateTime = new Date(seconds * 1000).toISOString();
    node.title = `${formatDate(seconds, "{date_long_full} {time_secs}", ctx)} (${ctx.zone})`;
  }
  return url ? safeLink(url, node) : node;
}

function dateToken(inner, ctx) {
  const [head, fallback = ""] = inner.split("|");
  const [, seconds, pattern, url] = head.split("^");
  return dateNode(Number(seconds), pattern, unescape(fallback), url && unescape(url), ctx);
}

function token(inner, ctx) {
  const [target, label] = inner.split("|");
  const words = label === undefined ? undefined : unescape(label);
  if (target.startsWith("@")) return mention("user", target.slice(1), words, ctx);
  if (target.startsWith("#")) return mention("channel", target.slice(1), words, ctx);
  if (target.startsWith("!date^")) return dateToken(inner, ctx);
  if (target.startsWith("!subteam^")) return mention("usergroup", target.slice(9), words?.replace(/^@/, ""), ctx);
  if (target.startsWith("!")) return mention("broadcast", target.slice(1), words, ctx);
  return safeLink(unescape(target), words ?? unescape(target).replace(/^mailto:/, ""));
}

const INLINE = new RegExp(
  [
    "<([^<>]+)>",
    "`([^`\\n]+)`",
    "(?<![\\w*])\\*(?!\\s)([^*\\n]+?)(?<!\\s)\\*(?![\\w*])",
    "(?<![\\w_])_(?!\\s)([^_\\n]+?)(?<!\\s)_(?![\\w_])",
    "(?<![\\w~])~(?!\\s)([^~\\n]+?)(?<!\\s)~(?![\\w~])",
    ":([a-z0-9_+-]+):",
  ].join("|"),
  "g",
);

function inline(text, ctx) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out.append(unescape(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, bracket, code, bold, italic, strike, name] = match;
    if (bracket !== undefined) out.append(token(bracket, ctx));
    else if (code !== undefined) out.append(make("code", "", unescape(code)));
    else if (bold !== undefined) out.append(make("strong", "", inline(bold, ctx)));
    else if (italic !== undefined) out.append(make("em", "", inline(italic, ctx)));
    else if (strike !== undefined) out.append(make("s", "", inline(strike, ctx)));
    else out.append(emoji(name));
  }
  out.append(unescape(text.slice(from)));
  return out;
}

function lines(text, ctx, out) {
  let gathered = [];
  let quoted = false;
  const flush = () => {
    const words = gathered.join("\n");
    if (quoted) out.append(make("blockquote", "line", inline(words, ctx)));
    else if (words.trim() !== "") out.append(make("div", "line", inline(words, ctx)));
    gathered = [];
  };
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>) ?(.*)$/);
    if ((quote !== null) !== quoted) {
      flush();
      quoted = quote !== null;
    }
    gathered.push(quote ? quote[1] : line);
  }
  if (gathered.length) flush();
}

export function mrkdwn(text, ctx) {
  const out = document.createDocumentFragment();
  text.split("```").forEach((part, index) => {
    const trimmed = part.replace(/^\n|\n$/g, "");
    if (index % 2 === 1) out.append(make("pre", "", unescape(trimmed)));
    else if (trimmed !== "") lines(trimmed, ctx, out);
  });
  return out;
}
