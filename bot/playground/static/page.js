// The page: asks for the state whenever the stream tells of a change, and draws what is different.

import { drawBlocks } from "/static/blocks.js";
import * as composer from "/static/composer.js";
import { formatDate } from "/static/dates.js";
import { $, ask, button, make, post } from "/static/dom.js";
import { listed } from "/static/message.js";
import { drawModal, onCancel } from "/static/modal.js";
import * as panel from "/static/panel.js";
import { drawPlaces, markSeen } from "/static/places.js";
import { drawQuiet, startQuiet } from "/static/quiet.js";
import { closeWhy, showWhy } from "/static/why.js";

const here = new URLSearchParams(location.hash.slice(1));
const archive = location.pathname.match(/^\/archives\/(\w+)\/p(\d+)$/);
let state = null;
let place = archive?.[1] ?? here.get("in");
let as = here.get("as") ?? "";
let shownPlace = null;
let toldAt = 0;
const drawn = new Map();
const closedThreads = new Set();

function notice(answer) {
  $("notice").textContent = answer.ok ? "" : `That did not work: ${answer.error ?? "no reason given"}`;
}

// What drawing needs to know; `where` (the channel, or the view) goes with whatever is pressed.
function context(where, more = {}) {
  const named = (list) => Object.fromEntries(list.map((one) => [one.id, one.name]));
  return {
    names: state.names,
    people: named(state.people),
    channels: named(state.channels.filter((one) => one.kind !== "im")),
    zone: state.people.find((one) => one.id === state.as)?.tz ?? "UTC",
    now: now(),
    me: state.as,
    bot: state.bot,
    act: async (what) => notice(await post("press", { as, ...where, ...what })),
    ...more,
  };
}

// The workspace's time: what it told last, and what has passed since.
function now() {
  return state.now + (performance.now() - toldAt) / 1000;
}

function remember() {
  history.replaceState(null, "", `#${new URLSearchParams({ as: state?.as ?? as, in: place ?? "" })}`);
}

function showPane(name) {
  document.body.dataset.pane = name;
  for (const pane of ["places", "messages", "panel"]) $(`pane-${pane}`).setAttribute("aria-pressed", String(pane === name));
}

const panes = { enter: () => showPane("panel"), leave: () => showPane("messages") };

async function go(id) {
  place = id;
  remember();
  showPane("messages");
  draw();
  if (id === "home") notice(await post("home", { as }));
}

// --- middle ---

// Puts the items of a list into place; nodes that did not change stay, and so does the focus.
function reconcile(list, items) {
  const focus = document.activeElement?.dataset?.key;
  const focusIn = document.activeElement?.closest?.("li")?.dataset.item;
  const wanted = new Set(items.map((one) => one.key));
  for (const [key, one] of drawn) {
    if (wanted.has(key)) continue;
    one.node.remove();
    drawn.delete(key);
  }
  let previous = null;
  for (const item of items) {
    const known = drawn.get(item.key);
    let node = known?.node;
    if (known?.shape !== item.shape) {
      node = item.make();
      node.dataset.item = item.key;
      known?.node.replaceWith(node);
      drawn.set(item.key, { shape: item.shape, node });
      if (focus && focusIn === item.key) {
        const again = node.querySelector(`[data-key="${CSS.escape(focus)}"]`) ?? node.querySelector("button");
        again?.focus();
      }
    }
    const after = previous ? previous.nextSibling : list.firstChild;
    if (after !== node) list.insertBefore(node, after);
    previous = node;
  }
}

function drawMessages() {
  const list = $("messages");
  const channel = state.channels.find((one) => one.id === place);
  const fresh = shownPlace !== `${state.as}/${place}`;
  shownPlace = `${state.as}/${place}`;
  if (fresh) {
    drawn.clear();
    list.replaceChildren();
  }
  $("composer").hidden = !channel;
  if (!channel) {
    drawHome(list);
    return;
  }
  const bot = state.names[state.bot];
  $("title").textContent = channel.kind === "im" ? bot : `# ${channel.name}`;
  $("topic").textContent = channel.kind === "im" ? "Direct messages between the app and you" : channel.archived ? "Archived" : "";
  const ctx = context({ channel: channel.id }, { closedThreads, toggleThread });
  if (state.can_explain) ctx.explain = (message) => showWhy(channel.id, message, { ...ctx, now: now() }, panes);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  const before = drawn.size;
  const items = listed(channel.messages, ctx).map((item) => ({ ...item, make: () => found(item.make()) }));
  if (!items.length) items.push({ key: "empty", shape: "empty", make: () => make("li", "empty", "Nothing here yet.") });
  reconcile(list, items);
  markSeen(state.as, channel);
  if (fresh || (atEnd && drawn.size > before)) list.scrollTop = list.scrollHeight;
  if (fresh) list.querySelector(".found")?.scrollIntoView({ block: "center" });
}

function found(node) {
  if (archive && node.dataset.ts?.replace(".", "") === archive[2]) node.classList.add("found");
  return node;
}

function toggleThread(ts) {
  if (!closedThreads.delete(ts)) closedThreads.add(ts);
  draw();
}

function drawHome(list) {
  $("title").textContent = `${state.names[state.bot]} · Home`;
  $("topic").textContent = "";
  const home = state.home;
  const ctx = context({ view_id: home?.id });
  const item = {
    key: "home",
    shape: JSON.stringify(home),
    make: () => make("li", "home", ...(home ? drawBlocks(home.blocks, ctx) : [make("p", "empty", "The app shows no Home tab.")])),
  };
  reconcile(list, [item]);
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
  const person = state.people.find((one) => one.id === state.as);
  const zone = person?.tz ?? "UTC";
  const time = formatDate(now(), "{time}", { zone, now: now() });
  $("whose-time").textContent = person ? `${time} in ${zone.split("/").at(-1).replaceAll("_", " ")}` : "";
}

function draw() {
  if (!state.channels.some((one) => one.id === place) && place !== "home") {
    const direct = place?.startsWith("D") ? state.channels.find((one) => one.kind === "im") : null;
    place = (direct ?? state.channels.find((one) => one.name === "wins") ?? state.channels[0])?.id ?? "home";
  }
  drawPeople();
  drawMessages();
  drawPlaces(state, place, go);
  composer.offer(state.commands, state.shortcuts);
  panel.drawSamples(state);
  panel.drawClock(state, context({}));
  panel.drawFailures(state);
  drawQuiet(state);
  drawModal(state, as, context);
}

let asking = false;
let again = false;

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  try {
    do {
      again = false;
      const eyes = as;
      const told = await ask(`/_/state?as=${encodeURIComponent(eyes)}`);
      if (eyes !== as) {
        again = true; // somebody else's eyes were taken meanwhile
        continue;
      }
      state = told;
      toldAt = performance.now();
      as = state.as ?? "";
      draw();
    } while (again);
    document.body.removeAttribute("aria-busy");
  } catch {
    again = true;
  } finally {
    asking = false;
  }
}

$("as").addEventListener("change", (event) => {
  as = event.target.value;
  refresh().then(() => {
    closeWhy();
    remember();
    draw();
  });
});

for (const pane of ["places", "messages", "panel"]) {
  $(`pane-${pane}`).addEventListener("click", () => {
    closeWhy();
    showPane(pane);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$("why").hidden && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
    closeWhy();
  }
});

onCancel(() => {
  const view = state.views.at(-1);
  if (view) post("close", { as, view_id: view.id });
});

composer.start(
  async (text) => notice(await post("say", { as, channel: place, text })),
  async (shortcut) => notice(await post("shortcut", { as, callback_id: shortcut.callback_id })),
);
panel.start();
startQuiet(() => as);
showPane("messages");

setInterval(() => {
  if (!state) return;
  drawPeople();
  panel.drawClock(state, context({}));
}, 5000);

const stream = new EventSource("/_/stream");
stream.addEventListener("message", refresh);
stream.addEventListener("error", () => {
  $("notice").textContent = "The local workspace does not answer; it may have been stopped.";
});
stream.addEventListener("open", () => {
  $("notice").textContent = "";
  if (again) refresh();
});
