// The topmost open modal of the person, as a dialog: what was entered stays when it comes back with errors.

import { drawBlocks } from "/static/blocks.js";
import { $, button, make, post, uniqueId } from "/static/dom.js";
import { withEmoji } from "/static/emoji.js";

let shown = "";
let shownId = null;

const controls = (form) => [...form.querySelectorAll("[data-key]")].filter((one) => one.tagName !== "BUTTON");
const entries = (control) => (control.matches("input, select, textarea") ? [control] : [...control.querySelectorAll("input")]);

// What was entered stays in every field that is still there, whatever else of the form has changed.
function keepEntered(from, to) {
  const known = new Map(controls(from).map((one) => [one.dataset.key, entries(one)]));
  for (const control of controls(to)) {
    const [before, after] = [known.get(control.dataset.key) ?? [], entries(control)];
    if (before.length !== after.length) continue;
    after.forEach((field, index) => {
      const was = before[index];
      if (field.type === "checkbox" || field.type === "radio") field.checked = was.checked;
      else if (field.multiple) [...field.options].forEach((one, at) => (one.selected = was.options[at]?.selected ?? false));
      else field.value = was.value;
    });
  }
}

// The focus goes back to where it was, else to what asks for it, else to the first field, else to the way out.
function focusIn(form, key) {
  const again = key ? form.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  const wanted = again ?? form.querySelector("[autofocus]") ?? controls(form)[0];
  const field = wanted ? (entries(wanted).find((one) => one.checked) ?? entries(wanted)[0] ?? wanted) : null;
  (field ?? form.querySelector(".row.end button")).focus();
}

// Stands beside each field what is wrong with it, and brings the first of them into view.
function showErrors(form, errors, { focus = false } = {}) {
  form.querySelectorAll(".field .error").forEach((one) => one.remove());
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  let first = null;
  for (const [block, text] of Object.entries(errors)) {
    const field = form.querySelector(`.field[data-block="${CSS.escape(block)}"]`);
    if (!field) continue;
    const words = make("span", "error", text);
    words.id = uniqueId("error");
    words.setAttribute("role", "alert");
    field.append(words);
    const entry = field.querySelector("input, select, textarea");
    entry?.setAttribute("aria-invalid", "true");
    entry?.setAttribute("aria-errormessage", words.id);
    first ??= entry;
  }
  if (focus) first?.focus();
}

// Everything the form holds; what is empty is said to be so, as it may have held something at first.
function entered(readers) {
  const values = {};
  for (const { block_id, action_id, read } of readers) (values[block_id] ??= {})[action_id] = read();
  return values;
}

function drawForm(view, as, ctx, readers) {
  const title = make("h2", "", withEmoji(view.title.text));
  title.id = "modal-title";
  const cross = button("✕", () => post("close", { as, view_id: view.id }), "cross");
  cross.setAttribute("aria-label", "Close this form");
  const close = button(view.close?.text ?? "Close", () => post("close", { as, view_id: view.id }));
  const submit = view.submit ? make("button", "primary", withEmoji(view.submit.text)) : null;
  if (submit) submit.type = "submit";
  const problem = make("p", "error");
  problem.setAttribute("role", "alert");
  const form = make("form", "", make("div", "modal-top", title, cross), make("div", "modal-body", ...drawBlocks(view.blocks, ctx), problem),
    make("div", "row end", close, submit));
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit) submit.disabled = true;
    const answer = await post("submit", { as, view_id: view.id, values: entered(readers) });
    if (submit) submit.disabled = false;
    problem.textContent = answer.ok || answer.errors ? "" : `We had some trouble connecting: ${answer.error ?? "no reason given"}`;
    if (answer.errors) showErrors(form, answer.errors, { focus: true });
  });
  return form;
}

export function drawModal(state, as, context) {
  const dialog = $("modal");
  const view = state.views.at(-1);
  const shape = JSON.stringify(view ?? null);
  if (shape === shown) return;
  shown = shape;
  if (!view) {
    shownId = null;
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  const readers = [];
  const form = drawForm(view, as, context({ view_id: view.id }, { readers }), readers);
  const same = view.id === shownId && dialog.firstElementChild;
  const focused = same && dialog.contains(document.activeElement) ? document.activeElement.closest("[data-key]")?.dataset.key : null;
  if (same) keepEntered(dialog.firstElementChild, form);
  shownId = view.id;
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
  focusIn(form, focused);
  showErrors(form, view.errors, { focus: true });
}

export function onCancel(close) {
  $("modal").addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  $("modal").addEventListener("close", () => {
    if (shownId) close(); // a second Escape closes a dialog whatever the page says
  });
}
