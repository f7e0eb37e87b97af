// The page: asks for the state whenever the stream tells of a change, and draws what is different.

import { drawBlocks, drawMessage, make } from "/static/draw.js";

const $ = (id) => document.getElementById(id);
const here = new URLSearchParams(location.hash.slice(1));
const archive = location.pathname.match(/^\/archives\/(\w+)\/p(\d+)$/);
let state = null;
let place = archive?.[1] ?? here.get("in");
let as = here.get("as") ?? "";
let chosenSample = null;
const seen = new Map();
const drawn = new Map();

async function post(path, body) {
  const answer = await fetch(`/_/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as, ...body }),
  });
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { ok: false, error: text };
  }
}

function notice(answer) {
  const problem = answer.ok ? "" : `That did not work: ${answer.error ?? "no reason given"}`;
  $("notice").textContent = problem;
}

function context(act, more = {}) {
  const channels = Object.fromEntries(state.channels.filter((one) => one.kind !== "im").map((one) => [one.id, one.name]));
  const people = Object.fromEntries(state.people.map((one) => [one.id, one.name]));
  const zone = state.people.find((one) => one.id === state.as)?.tz ?? "UTC";
  return { names: state.names, people, channels, zone, bot: state.bot, act, ...more };
}

// --- left ---

function placeButton(id, label, unread) {
  const button = make("button", "", make("span", "", label));
  button.type = "button";
  if (unread) {
    const badge = make("span", "new", String(unread));
    badge.setAttribute("aria-label", `${unread} new`);
    button.append(badge);
  }
  if (id === place) button.setAttribute("aria-current", "page");
  button.addEventListener("click", () => go(id));
  return make("li", "", button);
}

function unreadOf(channel) {
  const mark = seen.get(`${state.as}/${channel.id}`) ?? "0";
  return channel.messages.filter((one) => one.user !== state.as && Number(one.ts) > Number(mark)).length;
}

function drawPlaces() {
  const groups = [
    ["Channels", state.channels.filter((one) => one.kind !== "im")],
    ["Direct messages", state.channels.filter((one) => one.kind === "im")],
  ];
  const focused = document.activeElement?.closest("nav") ? document.activeElement.textContent : null;
  const nodes = groups.flatMap(([title, channels]) => {
    const items = channels.map((one) => {
      const mark = one.kind === "public" ? "# " : one.kind === "private" ? "🔒 " : "";
      const name = one.kind === "im" ? state.names[state.bot] : one.name;
      return placeButton(one.id, `${mark}${name}${one.archived ? " (archived)" : ""}`, one.id === place ? 0 : unreadOf(one));
    });
    if (title === "Direct messages") items.push(placeButton("home", `${state.names[state.bot]} · Home`, 0));
    return [make("h2", "", title), make("ul", "", ...items)];
  });
  $("places").replaceChildren(...nodes);
  if (focused !== null) [...$("places").querySelectorAll("button")].find((one) => one.textContent === focused)?.focus();
}

async function go(id) {
  place = id;
  drawn.clear();
  $("messages").replaceChildren();
  location.hash = new URLSearchParams({ as: state.as ?? "", in: place });
  if (id === "home") notice(await post("home", {}));
  draw();
}

// --- middle ---

function ordered(messages) {
  const root = (one) => Number(one.thread_ts ?? one.ts);
  return [...messages].sort((a, b) => root(a) - root(b) || Number(a.ts) - Number(b.ts));
}

function drawMessages() {
  const list = $("messages");
  const channel = state.channels.find((one) => one.id === place);
  $("composer").hidden = !channel;
  if (!channel) {
    drawHome(list);
    return;
  }
  $("title").textContent = channel.kind === "im" ? `${state.names[state.bot]} (direct messages)` : `# ${channel.name}`;
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  const before = drawn.size;
  const focus = document.activeElement?.dataset?.key;
  const focusTs = document.activeElement?.closest?.("li")?.dataset.ts;
  const wanted = new Set();
  let previous = null;
  list.querySelector(".empty")?.remove();
  for (const message of ordered(channel.messages)) {
    wanted.add(message.ts);
    const shape = JSON.stringify(message);
    const known = drawn.get(message.ts);
    let node = known?.node;
    if (known?.shape !== shape) {
      const act = async (what) => notice(await post("press", { channel: channel.id, ts: message.ts, ...what }));
      node = drawMessage(message, context(act));
      if (archive && message.ts.replace(".", "") === archive[2]) node.classList.add("found");
      if (known) known.node.replaceWith(node);
      drawn.set(message.ts, { shape, node });
      if (focus && focusTs === message.ts) (node.querySelector(`[data-key="${CSS.escape(focus)}"]`) ?? node.querySelector("button"))?.focus();
    }
    const after = previous ? previous.nextSibling : list.firstChild;
    if (after !== node) list.insertBefore(node, after);
    previous = node;
  }
  for (const [ts, one] of drawn) {
    if (!wanted.has(ts)) {
      one.node.remove();
      drawn.delete(ts);
    }
  }
  if (!wanted.size) list.append(make("li", "empty", "Nothing here yet."));
  const last = channel.messages.at(-1);
  if (last) seen.set(`${state.as}/${channel.id}`, last.ts);
  if ((atEnd && drawn.size > before) || before === 0) list.scrollTop = list.scrollHeight;
  if (before === 0) list.querySelector(".found")?.scrollIntoView();
}

function drawHome(list) {
  $("title").textContent = `${state.names[state.bot]} · Home`;
  drawn.clear();
  const home = state.home;
  const act = async (what) => notice(await post("press", { view_id: home.id, ...what }));
  const blocks = home ? drawBlocks(home.blocks, context(act)) : [make("p", "quiet", "The app shows no Home tab yet.")];
  list.replaceChildren(make("li", "message", make("span", ""), make("div", "body", ...blocks)));
}

// --- modals ---

let shownView = "";
let shownViewId = null;

// What was entered stays when the same modal comes back with errors or is updated.
function keepEntered(from, to) {
  const fields = (form) => [...form.querySelectorAll("input, select, textarea")];
  const [before, after] = [fields(from), fields(to)];
  if (before.length !== after.length) return;
  after.forEach((field, index) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = before[index].checked;
    else field.value = before[index].value;
  });
}

function drawModal() {
  const dialog = $("modal");
  const view = state.views.at(-1);
  const shape = JSON.stringify(view ?? null);
  if (shape === shownView) return;
  shownView = shape;
  if (!view) {
    shownViewId = null;
    dialog.close();
    return;
  }
  const readers = [];
  const act = async (what) => notice(await post("press", { view_id: view.id, ...what }));
  const ctx = context(act, { inForm: true, readers, errors: view.errors });
  const title = make("h2", "", view.title.text);
  title.id = "modal-title";
  const close = make("button", "", view.close?.text ?? "Close");
  close.type = "button";
  close.addEventListener("click", () => post("close", { view_id: view.id }));
  const buttons = [close];
  if (view.submit) {
    const submit = make("button", "primary", view.submit.text);
    submit.type = "submit";
    buttons.push(submit);
  }
  const problem = make("p", "error");
  const form = make("form", "", title, ...drawBlocks(view.blocks, ctx), problem, make("div", "row", ...buttons));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = {};
    for (const { block_id, action_id, read } of readers) {
      const value = read();
      if (value !== null && value.length !== 0) (values[block_id] ??= {})[action_id] = value;
    }
    const answer = await post("submit", { view_id: view.id, values });
    problem.textContent = answer.ok ? "" : (answer.error ?? "");
  });
  if (view.id === shownViewId && dialog.firstElementChild) keepEntered(dialog.firstElementChild, form);
  shownViewId = view.id;
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
}

$("modal").addEventListener("cancel", (event) => {
  event.preventDefault();
  const view = state.views.at(-1);
  if (view) post("close", { view_id: view.id });
});

// --- right ---

function drawSamples() {
  $("samples").hidden = !state.can_send || !state.samples.length;
  if ($("sample-list").childElementCount === state.samples.length) return;
  const buttons = state.samples.map((sample, index) => {
    const button = make("button", "", sample.name, make("small", "", sample.description));
    button.type = "button";
    button.addEventListener("click", () => chooseSample(index));
    return button;
  });
  $("sample-list").replaceChildren(...buttons);
}

async function chooseSample(index) {
  chosenSample = index;
  [...$("sample-list").children].forEach((one, at) => one.setAttribute("aria-pressed", String(at === index)));
  const body = await (await fetch(`/_/samples/${index}`)).json();
  $("sample-json").value = JSON.stringify(body, null, 2);
  $("sample-json").hidden = $("sample-row").hidden = false;
  $("sample-row").scrollIntoView({ block: "nearest" });
  $("sample-answer").textContent = "";
}

$("sample-again").addEventListener("click", () => chooseSample(chosenSample));
$("sample-send").addEventListener("click", async () => {
  let event;
  try {
    event = JSON.parse($("sample-json").value);
  } catch (error) {
    $("sample-answer").textContent = `This is not valid JSON: ${error.message}`;
    return;
  }
  const answer = await post("send", { event });
  $("sample-answer").textContent = answer.status ? `Answer ${answer.status}: ${answer.text}` : answer.error;
});

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

function drawFailures() {
  $("failures").hidden = !state.failures.length;
  $("failures").querySelector("ul").replaceChildren(
    ...state.failures.map((one) => make("li", "", `${one.kind}: ${one.detail}`)));
}

// --- all of it ---

function drawPeople() {
  const select = $("as");
  const shape = JSON.stringify(state.people);
  if (select.dataset.shape !== shape) {
    select.dataset.shape = shape;
    select.replaceChildren(...state.people.map((one) => {
      const option = make("option", "", one.name);
      option.value = one.id;
      return option;
    }));
  }
  select.value = state.as ?? "";
}

function draw() {
  if (!state.channels.some((one) => one.id === place) && place !== "home") place = state.channels[0]?.id ?? "home";
  drawPeople();
  drawMessages();
  drawPlaces();
  drawSamples();
  drawFailures();
  drawModal();
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  do {
    again = false;
    const answer = await fetch(`/_/state?as=${encodeURIComponent(as)}`);
    state = await answer.json();
    as = state.as ?? "";
    draw();
  } while (again);
  asking = false;
}

$("as").addEventListener("change", (event) => {
  as = event.target.value;
  drawn.clear();
  $("messages").replaceChildren();
  location.hash = new URLSearchParams({ as, in: place });
  refresh();
});

$("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("composer-text").value.trim();
  if (!text) return;
  $("composer-text").value = "";
  notice(await post("say", { channel: place, text }));
});

const stream = new EventSource("/_/stream");
stream.addEventListener("message", refresh);
stream.addEventListener("error", () => {
  $("notice").textContent = "The playground does not answer; it may have been stopped.";
});
stream.addEventListener("open", () => {
  $("notice").textContent = "";
});
