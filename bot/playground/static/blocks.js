// Block Kit as DOM nodes. What people do is told to `ctx.act`; in a form, `ctx.readers` gathers what is entered.

import { chart } from "/static/chart.js";
import { make, uniqueId } from "/static/dom.js";
import { drawElement, image, textOf } from "/static/elements.js";
import { markdown } from "/static/markdown.js";
import { mrkdwn } from "/static/mrkdwn.js";
import { pagedTable, rich, table } from "/static/rich.js";

function header(block, ctx) {
  const node = make("div", "b-header", textOf(block.text, ctx));
  node.setAttribute("role", "heading");
  node.setAttribute("aria-level", String(Math.min(6, (block.level ?? 1) + 2)));
  return node;
}

function section(block, ctx) {
  const words = make("div", "words", block.text ? make("div", "", textOf(block.text, ctx)) : null);
  if (block.fields) {
    words.append(make("div", "fields", ...block.fields.map((one) => make("div", "", textOf(one, ctx)))));
  }
  const beside = block.accessory ? make("div", "accessory", drawElement(block.accessory, block, ctx)) : null;
  return make("div", "b-section", words, beside);
}

function input(block, ctx) {
  const element = drawElement(block.element, block, ctx, { label: block.label.text, acts: block.dispatch_action === true });
  const single = element.matches("input, select, textarea");
  const label = make(single ? "label" : "span", "label", textOf(block.label, ctx), block.optional ? make("span", "quiet", " (optional)") : null);
  if (single) {
    element.id = uniqueId("field");
    label.htmlFor = element.id;
  }
  const field = make("div", "field", label, element);
  field.dataset.block = block.block_id;
  if (block.hint) {
    const hint = make("span", "quiet hint", textOf(block.hint, ctx));
    hint.id = uniqueId("hint");
    element.setAttribute("aria-describedby", hint.id);
    field.append(hint);
  }
  if (!block.optional) element.setAttribute("aria-required", "true");
  return field;
}

function context(block, ctx) {
  return make("div", "b-context", ...block.elements.map((one) => (one.type === "image" ? image(one, "tiny") : drawElement(one, block, ctx))));
}

function actions(block, ctx) {
  return make("div", "b-actions", ...block.elements.map((one) => drawElement(one, block, ctx)));
}

function container(block, ctx) {
  const title = block.rich_text_title
    ? make("div", "b-header small", ...block.rich_text_title.elements.map((one) => rich(one, ctx)))
    : make("div", "b-header small", block.icon ? image(block.icon, "tiny") : null, textOf(block.title, ctx));
  const subtitle = block.subtitle ? make("div", "quiet", textOf(block.subtitle, ctx)) : null;
  const inside = drawBlocks(block.child_blocks, ctx);
  if (!block.is_collapsible) return make("div", `b-container ${block.width ?? ""}`, title, subtitle, ...inside);
  const node = make("details", `b-container ${block.width ?? ""}`, make("summary", "", title, subtitle), ...inside);
  node.open = !block.default_collapsed;
  return node;
}

function picture(block, ctx) {
  return make("figure", "b-image", block.title ? make("figcaption", "", textOf(block.title, ctx)) : null, image(block, "large"));
}

const BLOCKS = {
  header,
  divider: () => make("hr"),
  section,
  input,
  context,
  actions,
  context_actions: actions,
  image: picture,
  markdown: (block) => make("div", "b-markdown", markdown(block.text)),
  rich_text: (block, ctx) => make("div", "b-rich", ...block.elements.map((one) => rich(one, ctx))),
  table: (block, ctx) => table(block.rows, ctx, block.column_settings),
  data_table: pagedTable,
  data_visualization: chart,
  alert: (block, ctx) => make("div", `b-alert ${block.level ?? "default"}`, textOf(block.text, ctx)),
  container,
};

export function drawBlocks(blocks, ctx) {
  return blocks.map((block) => (BLOCKS[block.type] ?? (() => make("div", "quiet", `[${block.type}]`)))(block, ctx));
}

export function drawBody(message, ctx) {
  const body = make("div", "body");
  if (message.blocks.length) body.append(...drawBlocks(message.blocks, ctx));
  else if (message.text) body.append(make("div", "", mrkdwn(message.text, ctx)));
  for (const one of message.attachments ?? []) {
    const words = one.text ? [make("div", "", mrkdwn(one.text, ctx))] : [];
    const box = make("div", "b-attachment", ...words, ...drawBlocks(one.blocks ?? [], ctx));
    if (/^#[0-9a-f]{3,6}$/i.test(one.color ?? "")) box.style.setProperty("border-color", one.color);
    body.append(box);
  }
  return body;
}
