// Standard markdown, as a markdown block holds it: headings, lists, tasks, quotes, code, tables, links.

import { make, safeLink } from "/static/dom.js";
import { withEmoji } from "/static/emoji.js";

const INLINE = new RegExp(
  [
    "`([^`]+)`",
    "!?\\[([^\\]]+)\\]\\(([^)\\s]+)\\)",
    "(?:\\*\\*|__)(?=\\S)(.+?)(?<=\\S)(?:\\*\\*|__)",
    "(?<![\\w*])[*_](?=\\S)([^*_]+?)(?<=\\S)[*_](?![\\w*])",
    "~~(?=\\S)(.+?)(?<=\\S)~~",
    "(https?://[^\\s<>)]+)",
    "\\\\([\\\\`*_{}\\[\\]()#+.!~>|-])",
  ].join("|"),
  "g",
);

function inline(text) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out.append(withEmoji(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, code, label, url, bold, italic, strike, bare, escaped] = match;
    if (code !== undefined) out.append(make("code", "", code));
    else if (url !== undefined) out.append(safeLink(url, inline(label)));
    else if (bold !== undefined) out.append(make("strong", "", inline(bold)));
    else if (italic !== undefined) out.append(make("em", "", inline(italic)));
    else if (strike !== undefined) out.append(make("s", "", inline(strike)));
    else if (bare !== undefined) out.append(safeLink(bare, bare));
    else out.append(escaped);
  }
  out.append(withEmoji(text.slice(from)));
  return out;
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;

function list(lines) {
  const [, indent, mark] = lines[0].match(ITEM);
  const node = make(/\d/.test(mark) ? "ol" : "ul");
  if (/\d/.test(mark)) node.start = Number.parseInt(mark, 10);
  while (lines.length) {
    const found = lines[0].match(ITEM);
    if (!found || found[1].length < indent.length) break;
    const other = /\d/.test(found[2]) !== /\d/.test(mark);
    if (other && found[1].length === indent.length) break;
    if (found[1].length > indent.length) {
      (node.lastElementChild ?? node).append(list(lines));
      continue;
    }
    lines.shift();
    const task = found[3].match(/^\[([ xX])\]\s+(.*)$/);
    const box = task ? make("span", "task", task[1] === " " ? "☐ " : "☑ ") : null;
    node.append(make("li", task ? "task-item" : "", box, inline(task ? task[2] : found[3])));
  }
  return node;
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((one) => one.trim());

function table(lines) {
  const [head, , ...rows] = lines.map(cells);
  const row = (values, tag) => make("tr", "", ...values.map((one) => make(tag, "", inline(one))));
  const body = make("tbody", "", ...rows.map((one) => row(one, "td")));
  return make("div", "scroll", make("table", "", make("thead", "", row(head, "th")), body));
}

function take(lines, test) {
  const taken = [];
  while (lines.length && test(lines[0])) taken.push(lines.shift());
  return taken;
}

export function markdown(text) {
  const out = document.createDocumentFragment();
  const lines = text.split("\n");
  while (lines.length) {
    const line = lines[0];
    const heading = line.match(/^(#{1,6})\s+(.*)$/);
    if (line.trim() === "") lines.shift();
    else if (/^```/.test(line)) {
      lines.shift();
      out.append(make("pre", "", take(lines, (one) => !/^```/.test(one)).join("\n")));
      lines.shift();
    } else if (heading) {
      lines.shift();
      const node = make("div", `md-heading md-${heading[1].length}`, inline(heading[2]));
      node.setAttribute("role", "heading");
      node.setAttribute("aria-level", String(Math.min(6, heading[1].length + 2)));
      out.append(node);
    } else if (/^(-{3,}|\*{3,}|_{3,})\s*$/.test(line)) {
      lines.shift();
      out.append(make("hr"));
    } else if (/^>/.test(line)) {
      const quoted = take(lines, (one) => /^>/.test(one)).map((one) => one.replace(/^> ?/, ""));
      out.append(make("blockquote", "", markdown(quoted.join("\n"))));
    } else if (ITEM.test(line)) out.append(list(lines));
    else if (line.includes("|") && /^[\s|:-]+$/.test(lines[1] ?? "") && lines[1].includes("-")) {
      out.append(table(take(lines, (one) => one.includes("|"))));
    } else {
      const words = [lines.shift(), ...take(lines, (one) => one.trim() !== "" && !/^(#{1,6}\s|```|>|[-*+]\s|\d+[.)]\s)/.test(one))];
      out.append(make("p", "line", inline(words.join("\n"))));
    }
  }
  return out;
}
