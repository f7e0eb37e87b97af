// Left: channels, direct messages and App Home of the person whose eyes one has taken.

import { $, button, kept, make } from "/static/dom.js";

const seen = new Map(JSON.parse(kept.get("seen") ?? "[]"));

export function markSeen(as, channel) {
  const last = channel.messages.at(-1);
  const name = `${as}/${channel.id}`;
  if (!last || seen.get(name) === last.ts) return;
  seen.set(name, last.ts);
  kept.set("seen", JSON.stringify([...seen]));
}

function unreadOf(as, channel) {
  const mark = Number(seen.get(`${as}/${channel.id}`) ?? 0);
  return channel.messages.filter((one) => one.user !== as && Number(one.ts) > mark).length;
}

function placeButton(id, mark, label, unread, place, go) {
  const node = button("", () => go(id), unread ? "unread" : "");
  const sign = make("span", "mark", mark);
  sign.setAttribute("aria-hidden", "true");
  node.append(sign, make("span", "name", label));
  if (unread) {
    const badge = make("span", "new", String(unread));
    badge.setAttribute("aria-label", `${unread} new`);
    node.append(badge);
  }
  node.dataset.place = id;
  if (id === place) node.setAttribute("aria-current", "page");
  return make("li", "", node);
}

let drawn = "";

export function drawPlaces(state, place, go) {
  const bot = state.names[state.bot];
  const one = (channel, mark, label) => [channel.id, mark, label, channel.id === place ? 0 : unreadOf(state.as, channel)];
  const named = (channel) => one(channel, channel.kind === "private" ? "🔒" : "#", `${channel.name}${channel.archived ? " (archived)" : ""}`);
  const groups = [
    ["Channels", state.channels.filter((channel) => channel.kind !== "im").map(named)],
    ["Direct messages", state.channels.filter((channel) => channel.kind === "im").map((channel) => one(channel, "●", bot))],
    ["Apps", [["home", "⌂", `${bot} · Home`, 0]]],
  ];
  const shape = JSON.stringify([place, groups]);
  if (shape !== drawn) {
    drawn = shape;
    const focused = document.activeElement?.dataset?.place;
    $("places").replaceChildren(...groups.flatMap(([title, items]) => [make("h2", "", title), make("ul", "", ...items.map((item) => placeButton(...item, place, go)))]));
    if (focused) $("places").querySelector(`[data-place="${CSS.escape(focused)}"]`)?.focus();
  }
  const waiting = state.channels.reduce((sum, channel) => sum + (channel.id === place ? 0 : unreadOf(state.as, channel)), 0);
  $("pane-places").querySelector(".new").textContent = waiting ? String(waiting) : "";
}
