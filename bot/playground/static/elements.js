// The interactive elements of Block Kit: buttons, menus, pickers, inputs.

import { fromWall, toWall } from "/static/dates.js";
import { make, safeLink, uniqueId } from "/static/dom.js";
import { withEmoji } from "/static/emoji.js";
import { confirmed, menuButton } from "/static/menu.js";
import { mrkdwn } from "/static/mrkdwn.js";

export function textOf(object, ctx) {
  if (!object) return "";
  return object.type === "mrkdwn" ? mrkdwn(object.text, ctx) : object.emoji === false ? object.text : withEmoji(object.text);
}

// A picture is only ever shown from this page itself: one from elsewhere is told by its alternative text.
export function image(element, className) {
  const url = element.image_url ?? "";
  const own = url.startsWith("data:image/") || url.startsWith(`${location.origin}/`);
  if (!own) {
    const box = make("span", `${className} picture`, element.alt_text || "Picture");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", element.alt_text || "Picture");
    box.title = "Pictures from elsewhere are not loaded here";
    return box;
  }
  const node = make("img", className);
  node.src = url;
  node.alt = element.alt_text ?? "";
  return node;
}

function option(value, label, chosen) {
  const node = make("option", "", label);
  node.value = value;
  node.selected = chosen.includes(value);
  return node;
}

function optionsOf(element, ctx, kind, chosen) {
  const listed = { users_select: ctx.people, channels_select: ctx.channels, conversations_select: ctx.channels }[kind];
  const marks = { users_select: "@", channels_select: "#", conversations_select: "#" };
  if (listed) return Object.entries(listed).map(([id, name]) => option(id, `${marks[kind]}${name}`, chosen));
  const own = (options) => options.map((one) => option(one.value, withEmoji(one.text.text), chosen));
  const groups = (element.option_groups ?? []).map((group) => {
    const node = make("optgroup", "", ...own(group.options));
    node.label = withEmoji(group.label.text);
    return node;
  });
  return [...own(element.options ?? []), ...groups];
}

// A plain press chooses one more, or takes one back, as in Slack; a browser's own list would drop the others.
function toggle(event) {
  if (event.target.tagName !== "OPTION") return;
  event.preventDefault();
  const list = event.currentTarget;
  const { scrollTop } = list;
  event.target.selected = !event.target.selected;
  list.focus();
  list.scrollTop = scrollTop;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function select(element, ctx) {
  const multiple = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "");
  const chosen = [
    element.initial_option?.value, element.initial_user, element.initial_channel, element.initial_conversation,
    ...(element.initial_options ?? []).map((one) => one.value),
    ...(element.initial_users ?? []), ...(element.initial_channels ?? []), ...(element.initial_conversations ?? []),
  ].filter(Boolean);
  const node = make("select");
  node.multiple = multiple;
  if (!multiple) node.append(option("", element.placeholder ? withEmoji(element.placeholder.text) : "Choose…", []));
  node.append(...optionsOf(element, ctx, kind, chosen));
  if (!multiple && !chosen.length) node.value = "";
  if (multiple) node.addEventListener("mousedown", toggle);
  const read = () => (multiple ? [...node.selectedOptions].map((one) => one.value) : node.value || null);
  return { node, read };
}

const INPUTS = {
  datepicker: ["date", "initial_date"], timepicker: ["time", "initial_time"],
  datetimepicker: ["datetime-local", "initial_date_time"], number_input: ["text", "initial_value"],
  email_text_input: ["email", "initial_value"], url_text_input: ["url", "initial_value"],
  plain_text_input: ["text", "initial_value"],
};

function input(element, ctx) {
  const [kind, initial] = INPUTS[element.type] ?? ["text", "initial_value"];
  const node = element.multiline ? make("textarea") : make("input");
  if (element.multiline) node.rows = 4;
  else node.type = kind;
  if (element.type === "number_input") node.inputMode = element.is_decimal_allowed ? "decimal" : "numeric";
  const given = element[initial];
  if (given !== undefined) node.value = kind === "datetime-local" ? toWall(given, ctx.zone) : given;
  if (element.placeholder) node.placeholder = withEmoji(element.placeholder.text);
  const value = () => (kind === "datetime-local" && node.value ? fromWall(node.value, ctx.zone) : node.value || null);
  return { node, read: value };
}

function ticks(element, ctx) {
  const radio = element.type === "radio_buttons";
  const initial = [element.initial_option, ...(element.initial_options ?? [])].filter(Boolean).map((one) => one.value);
  const name = uniqueId("ticks");
  const labels = element.options.map((one) => {
    const box = make("input");
    box.type = radio ? "radio" : "checkbox";
    box.name = name;
    box.value = one.value;
    box.checked = initial.includes(one.value);
    const about = one.description ? make("span", "quiet", textOf(one.description, ctx)) : null;
    return make("label", "", box, make("span", "", textOf(one.text, ctx), about ? " " : null, about));
  });
  const node = make("div", "ticks", ...labels);
  node.setAttribute("role", radio ? "radiogroup" : "group");
  const chosen = () => [...node.querySelectorAll("input:checked")].map((one) => one.value);
  return { node, read: () => (radio ? (chosen()[0] ?? null) : chosen()) };
}

// Returns the control and a function that reads what was entered: null or an empty list for nothing.
export function control(element, ctx) {
  if (element.type === "checkboxes" || element.type === "radio_buttons") return ticks(element, ctx);
  return element.type.endsWith("_select") ? select(element, ctx) : input(element, ctx);
}

function pressed(element, block, ctx, value) {
  return ctx.act({ action_id: element.action_id, block_id: block.block_id, value });
}

function drawButton(element, block, ctx) {
  const label = element.type === "icon_button" ? `🗑 ${element.text.text}` : textOf(element.text, ctx);
  const node = make("button", element.style ?? "", label);
  node.type = "button";
  node.dataset.key = `${block.block_id}/${element.action_id}/${element.value ?? ""}`;
  if (element.accessibility_label) node.setAttribute("aria-label", element.accessibility_label);
  node.addEventListener("click", async () => {
    if (!(await confirmed(element.confirm, ctx))) return;
    if (element.url) safeLink(element.url, "").click?.();
    node.disabled = true;
    await pressed(element, block, ctx, element.value ?? null);
    node.disabled = false;
  });
  return node;
}

function feedback(element, block, ctx) {
  const one = (which, mark) => drawButton({ ...which, type: "button", action_id: element.action_id, text: { type: "plain_text", text: `${mark} ${which.text?.text ?? ""}`.trim() } }, block, ctx);
  return make("span", "row", one(element.positive_button, "👍"), one(element.negative_button, "👎"));
}

export function drawElement(element, block, ctx, { label, acts = true } = {}) {
  if (element.type === "image") return image(element, "thumb");
  if (element.type === "mrkdwn" || element.type === "plain_text") return make("span", "text", textOf(element, ctx));
  if (["button", "workflow_button", "icon_button"].includes(element.type)) return drawButton(element, block, ctx);
  if (element.type === "feedback_buttons") return feedback(element, block, ctx);
  if (element.type === "overflow") {
    return menuButton(label ?? "More actions", `${block.block_id}/${element.action_id}/`, element.options, async (option) => {
      if (option.url) safeLink(option.url, "").click?.();
      if (await confirmed(element.confirm, ctx)) await pressed(element, block, ctx, option.value);
    });
  }
  const { node, read } = control(element, ctx);
  node.setAttribute("aria-label", label ?? element.placeholder?.text ?? (element.action_id ?? element.type).replaceAll("_", " "));
  node.dataset.key = `${block.block_id}/${element.action_id}/`;
  if (ctx.readers) ctx.readers.push({ block_id: block.block_id, action_id: element.action_id ?? "", read });
  if (acts) {
    node.addEventListener("change", async () => {
      const value = read();
      if (value === null || value.length === 0 || !(await confirmed(element.confirm, ctx))) return;
      await pressed(element, block, ctx, value);
    });
  }
  if (element.focus_on_load) node.setAttribute("autofocus", "");
  return node;
}
