// Block Kit as DOM nodes. Every text goes through text nodes; what people do is told to `ctx.act`.

import { emoji, formatDate, markdown, mrkdwn, safeLink } from "/static/mrkdwn.js";

export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function plain(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emoji(name));
}

export function textOf(object, ctx) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx) : plain(object.text);
}

function image(element, className) {
  const node = make("img", className);
  node.src = element.image_url ?? "";
  node.alt = element.alt_text ?? "";
  node.loading = "lazy";
  return node;
}

function optionsOf(element) {
  return [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)];
}

function choice(element, ctx, options, { multiple = false, initial = [] } = {}) {
  const select = make("select");
  select.multiple = multiple;
  if (!multiple) {
    const hint = make("option", "", element.placeholder ? plain(element.placeholder.text) : "Choose…");
    hint.value = "";
    select.append(hint);
  }
  for (const [value, label] of options) {
    const option = make("option", "", label);
    option.value = value;
    option.selected = initial.includes(value);
    select.append(option);
  }
  return select;
}

const INPUT_TYPES = {
  datepicker: ["date", "initial_date"], timepicker: ["time", "initial_time"],
  datetimepicker: ["datetime-local", "initial_date_time"], number_input: ["number", "initial_value"],
  email_text_input: ["email", "initial_value"], url_text_input: ["url", "initial_value"],
  plain_text_input: ["text", "initial_value"],
};

// Returns the control and a function that reads what was entered, null for nothing.
export function control(element, ctx) {
  const type = element.type.replace("multi_", "");
  const multiple = element.type.startsWith("multi_");
  if (type === "checkboxes" || type === "radio_buttons") return ticks(element, ctx);
  if (type.endsWith("_select") || type === "overflow") {
    const people = Object.entries(ctx.people);
    const channels = Object.entries(ctx.channels);
    const lists = { users_select: people, channels_select: channels, conversations_select: channels };
    const options = lists[type] ?? optionsOf(element).map((one) => [one.value, plain(one.text.text)]);
    const first = element.initial_option ? [element.initial_option.value] : [element.initial_user, element.initial_channel];
    const many = (element.initial_options ?? []).map((one) => one.value);
    const select = choice(element, ctx, options, { multiple, initial: multiple ? many : first });
    if (type === "overflow") {
      select.options[0].textContent = "⋯";
      select.className = "overflow";
    }
    const read = () => (multiple ? [...select.selectedOptions].map((one) => one.value) : select.value || null);
    return { node: select, read };
  }
  const [kind, initial] = INPUT_TYPES[type] ?? ["text", "initial_value"];
  const input = element.multiline ? make("textarea") : make("input");
  if (!element.multiline) input.type = kind;
  else input.rows = 4;
  if (element[initial] !== undefined) input.value = element[initial];
  if (element.placeholder) input.placeholder = plain(element.placeholder.text);
  if (element.max_length) input.maxLength = element.max_length;
  const seconds = () => (input.value ? Math.floor(new Date(input.value).getTime() / 1000) : null);
  return { node: input, read: () => (kind === "datetime-local" ? seconds() : input.value || null) };
}

function ticks(element, ctx) {
  const box = make("div", "ticks");
  const radio = element.type === "radio_buttons";
  const initial = [element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((one) => one.value);
  const name = `t${Math.random()}`;
  for (const option of element.options) {
    const input = make("input");
    input.type = radio ? "radio" : "checkbox";
    input.name = name;
    input.value = option.value;
    input.checked = initial.includes(option.value);
    box.append(make("label", "", input, " ", make("span", "", textOf(option.text, ctx))), make("br"));
  }
  const chosen = () => [...box.querySelectorAll("input:checked")].map((one) => one.value);
  return { node: box, read: () => (radio ? (chosen()[0] ?? null) : chosen()) };
}

function button(element, block, ctx) {
  const node = make("button", element.style ?? "", plain(element.text.text));
  node.type = "button";
  node.dataset.key = `${block.block_id}/${element.action_id}/${element.value ?? ""}`;
  if (element.accessibility_label) node.setAttribute("aria-label", element.accessibility_label);
  node.addEventListener("click", async () => {
    const ask = element.confirm;
    if (ask && !window.confirm(`${ask.title.text}\n\n${ask.text.text}`)) return;
    if (element.url) window.open(safeLink(element.url, "").href, "_blank", "noopener");
    node.disabled = true;
    await ctx.act({ action_id: element.action_id, block_id: block.block_id, value: element.value ?? null });
    node.disabled = false;
  });
  return node;
}

function drawElement(element, block, ctx) {
  if (element.type === "image") return image(element, "thumb");
  if (["button", "workflow_button", "icon_button"].includes(element.type)) return button(element, block, ctx);
  if (element.type === "mrkdwn" || element.type === "plain_text") return make("span", "", textOf(element, ctx));
  if (element.type === "feedback_buttons") return make("span", "tag", "👍 👎");
  const { node, read } = control(element, ctx);
  const label = element.type === "overflow" ? "More" : (element.placeholder?.text ?? element.action_id ?? element.type);
  node.setAttribute("aria-label", label);
  if (!ctx.inForm) {
    node.addEventListener("change", async () => {
      const value = read();
      if (value === null || value.length === 0) return;
      await ctx.act({ action_id: element.action_id, block_id: block.block_id, value });
      if (element.type === "overflow") node.value = "";
    });
  } else ctx.readers.push({ block_id: block.block_id, action_id: element.action_id ?? "", read });
  return node;
}

function rich(element, ctx) {
  const inner = (element.elements ?? []).map((one) => richPart(one, ctx));
  if (element.type === "rich_text_preformatted") return make("pre", "", ...inner);
  if (element.type === "rich_text_quote") return make("blockquote", "line", ...inner);
  if (element.type === "rich_text_list") {
    return make(element.style === "ordered" ? "ol" : "ul", "", ...element.elements.map((one) => make("li", "", rich(one, ctx))));
  }
  return make("div", "line", ...inner);
}

function richPart(part, ctx) {
  const text = {
    text: () => part.text,
    emoji: () => emoji(part.name),
    user: () => `@${ctx.names[part.user_id] ?? part.user_id}`,
    channel: () => `#${ctx.channels[part.channel_id] ?? part.channel_id}`,
    usergroup: () => `@${part.usergroup_id}`,
    broadcast: () => `@${part.range}`,
    date: () => formatDate(part.timestamp, part.format, ctx.zone),
    color: () => part.value,
    link: () => part.text ?? part.url,
  }[part.type]?.() ?? "";
  let node = part.type === "link" ? safeLink(part.url, text) : document.createTextNode(text);
  if (["user", "channel", "usergroup", "broadcast"].includes(part.type)) node = make("span", "mention", node);
  for (const [style, tag] of Object.entries({ bold: "strong", italic: "em", strike: "s", code: "code" })) {
    if (part.style?.[style]) node = make(tag, "", node);
  }
  return node;
}

function cell(one, ctx, tag) {
  if (one.type === "rich_text") return make(tag, "", ...one.elements.map((part) => rich(part, ctx)));
  return make(tag, "", one.text ?? String(one.value));
}

function table(rows, ctx) {
  const drawn = rows.map((row, index) => make("tr", "", ...row.map((one) => cell(one, ctx, index ? "td" : "th"))));
  return make("div", "scroll", make("table", "", make("tbody", "", ...drawn)));
}

function chart(block, ctx) {
  const { chart: data, title } = block;
  const raw = (text) => ({ type: "raw_text", text: String(text) });
  const rows = data.type === "pie"
    ? [["", ""], ...data.segments.map((one) => [one.label, one.value])]
    : [["", ...data.series.map((one) => one.name)],
       ...data.axis_config.categories.map((name, at) => [name, ...data.series.map((one) => one.data[at].value)])];
  return make("figure", "", make("figcaption", "", title), table(rows.map((row) => row.map(raw)), ctx));
}

function section(block, ctx) {
  const words = make("div", "words", make("div", "", textOf(block.text, ctx)));
  if (block.fields) words.append(make("div", "fields", ...block.fields.map((one) => make("div", "", textOf(one, ctx)))));
  const beside = block.accessory ? drawElement(block.accessory, block, ctx) : null;
  return make("div", "b-section", words, beside);
}

function input(block, ctx) {
  const field = make("fieldset", "field");
  const drawn = drawElement(block.element, block, ctx);
  drawn.setAttribute("aria-label", block.label.text);
  const optional = block.optional ? make("span", "quiet", " (optional)") : null;
  field.append(make("legend", "", plain(block.label.text), ...(optional ? [optional] : [])), drawn);
  if (block.hint) field.append(make("span", "quiet", plain(block.hint.text)));
  const error = ctx.errors?.[block.block_id];
  if (error) field.append(make("span", "error", error));
  return field;
}

function header(block) {
  const node = make("div", "b-header", plain(block.text.text));
  node.setAttribute("role", "heading");
  node.setAttribute("aria-level", "3");
  return node;
}

const BLOCKS = {
  header,
  divider: () => make("hr"),
  section,
  input,
  context: (block, ctx) => make("div", "b-context", ...block.elements.map((one) => drawElement(one, block, ctx))),
  actions: (block, ctx) => make("div", "b-actions", ...block.elements.map((one) => drawElement(one, block, ctx))),
  context_actions: (block, ctx) => make("div", "b-actions", ...block.elements.map((one) => drawElement(one, block, ctx))),
  image: (block) => make("figure", "b-image", block.title ? make("figcaption", "", plain(block.title.text)) : null, image(block, "")),
  markdown: (block, ctx) => make("div", "", markdown(block.text, ctx)),
  rich_text: (block, ctx) => make("div", "", ...block.elements.map((one) => rich(one, ctx))),
  table: (block, ctx) => table(block.rows, ctx),
  data_table: (block, ctx) => make("figure", "", make("figcaption", "", block.caption), table(block.rows, ctx)),
  data_visualization: chart,
  alert: (block, ctx) => make("div", "b-alert", textOf(block.text, ctx)),
  container: (block, ctx) => make("div", "b-container",
    block.title ? make("div", "b-header", plain(block.title.text)) : null,
    block.subtitle ? make("div", "quiet", textOf(block.subtitle, ctx)) : null,
    ...drawBlocks(block.child_blocks, ctx)),
};

export function drawBlocks(blocks, ctx) {
  return blocks.map((block) => (BLOCKS[block.type] ?? (() => make("div", "quiet", `[${block.type}]`)))(block, ctx));
}

export function drawMessage(message, ctx) {
  const bot = message.user === ctx.bot;
  const name = message.from_slack ? "Slackbot" : (ctx.names[message.user] ?? message.user);
  const when = make("time", "quiet", formatDate(Number(message.ts), "{time}", ctx.zone));
  when.title = formatDate(Number(message.ts), "{date_long} {time_secs}", ctx.zone);
  const who = make("div", "who", make("b", "", name), bot ? make("span", "tag", "APP") : null, when);
  if (message.ephemeral) who.append(make("span", "quiet", "· Only visible to you"));
  if (message.edited && bot) who.append(make("span", "quiet", "· corrected"));
  const body = make("div", "body");
  if (message.blocks.length) body.append(...drawBlocks(message.blocks, ctx));
  else if (message.text) body.append(make("div", "", mrkdwn(message.text, ctx)));
  for (const one of message.attachments ?? []) {
    const words = one.text ? [make("div", "", mrkdwn(one.text, ctx))] : [];
    body.append(make("div", "b-attachment", ...words, ...drawBlocks(one.blocks ?? [], ctx)));
  }
  if (message.reactions.length) {
    body.append(make("div", "reactions", ...message.reactions.map((one) => make("span", "", `${emoji(one)} 1`))));
  }
  const face = make("div", bot ? "face bot" : "face", name.slice(0, 1).toUpperCase());
  face.setAttribute("aria-hidden", "true");
  const reply = message.thread_ts && message.thread_ts !== message.ts;
  const node = make("li", `message${message.ephemeral ? " private" : ""}${reply ? " reply" : ""}`, face, make("div", "", who, body));
  node.dataset.ts = message.ts;
  return node;
}
