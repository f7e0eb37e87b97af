// Rich text and tables.

import { make, safeLink } from "/static/dom.js";
import { emoji } from "/static/emoji.js";
import { dateNode, mention } from "/static/mrkdwn.js";

const PARTS = {
  text: (part) => document.createTextNode(part.text),
  emoji: (part) => document.createTextNode(emoji(part.name)),
  link: (part) => safeLink(part.url, part.text ?? part.url),
  user: (part, ctx) => mention("user", part.user_id, undefined, ctx),
  channel: (part, ctx) => mention("channel", part.channel_id, undefined, ctx),
  usergroup: (part, ctx) => mention("usergroup", part.usergroup_id, undefined, ctx),
  broadcast: (part, ctx) => mention("broadcast", part.range, undefined, ctx),
  team: (part) => make("span", "mention", part.team_id),
  date: (part, ctx) => dateNode(part.timestamp, part.format, part.fallback ?? "", part.url, ctx),
  color: (part) => swatch(part.value),
};

function swatch(value) {
  const chip = make("span", "swatch");
  if (/^#[0-9a-f]{3,8}$/i.test(value)) chip.style.setProperty("background", value);
  return make("span", "", value, " ", chip);
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };

function part(one, ctx) {
  let node = (PARTS[one.type] ?? (() => document.createTextNode("")))(one, ctx);
  for (const [style, tag] of Object.entries(STYLES)) {
    if (one.style?.[style]) node = make(tag, "", node);
  }
  return node;
}

export function rich(element, ctx) {
  const border = element.border ? " bordered" : "";
  if (element.type === "rich_text_list") {
    const node = make(element.style === "ordered" ? "ol" : "ul", `indent-${element.indent ?? 0}${border}`,
      ...element.elements.map((one) => make("li", "", rich(one, ctx))));
    if (element.offset) node.start = element.offset + 1;
    return node;
  }
  const inner = (element.elements ?? []).map((one) => part(one, ctx));
  if (element.type === "rich_text_preformatted") return make("pre", "", ...inner);
  if (element.type === "rich_text_quote") return make("blockquote", "line", ...inner);
  return make("div", "line", ...inner);
}

function cell(one, ctx, tag, setting) {
  const node = make(tag, setting?.is_wrapped === false ? "unwrapped" : "");
  if (one.type === "rich_text") node.append(...one.elements.map((inner) => rich(inner, ctx)));
  else node.append(one.text ?? String(one.value));
  const align = setting?.align ?? (one.type === "raw_number" ? "right" : "left");
  if (align !== "left") node.classList.add(`to-${align}`);
  if (tag === "th") node.scope = "col";
  return node;
}

export function table(rows, ctx, settings = []) {
  const [head, ...rest] = rows.map((row, index) =>
    make("tr", "", ...row.map((one, at) => cell(one, ctx, index ? "td" : "th", settings[at]))));
  const box = make("div", "scroll", make("table", "", make("thead", "", head), make("tbody", "", ...rest)));
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Table");
  return box;
}

// A data table shows a page of rows at a time, as in Slack.
export function pagedTable(block, ctx) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? 5;
  let page = 0;
  const box = make("div");
  const show = () => {
    const pages = Math.max(1, Math.ceil(rows.length / size));
    const drawn = table([head, ...rows.slice(page * size, (page + 1) * size)], ctx);
    const step = (label, by) => {
      const node = make("button", "", label);
      node.type = "button";
      node.disabled = page + by < 0 || page + by >= pages;
      node.addEventListener("click", () => {
        page += by;
        show();
      });
      return node;
    };
    const pager = pages > 1 ? make("div", "row", step("Previous", -1), make("span", "quiet", `${page + 1} of ${pages}`), step("Next", 1)) : null;
    box.replaceChildren(drawn, ...(pager ? [pager] : []));
  };
  show();
  return make("figure", "", make("figcaption", "", block.caption), box);
}
