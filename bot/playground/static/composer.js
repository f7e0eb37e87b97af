// The composer: Enter sends, a slash offers the commands and shortcuts of the manifest, Escape closes the offers.

import { $, kept, make } from "/static/dom.js";

let commands = [];
let shortcuts = [];
let choose = () => {};
let offered = [];
let marked = 0;
let dismissed = false;

const field = () => $("composer-text");
const list = () => $("offers");

function matching(text) {
  if (dismissed || !text.startsWith("/") || text.includes(" ")) return [];
  const word = text.slice(1).toLowerCase();
  return [
    ...commands.filter((one) => one.name.startsWith(text.toLowerCase())),
    ...shortcuts.filter((one) => one.name.toLowerCase().startsWith(word)),
  ];
}

function usage(text) {
  const [word] = text.split(" ");
  const known = text.includes(" ") && commands.find((one) => one.name === word);
  $("usage").textContent = known ? `${known.name} ${known.usage} · ${known.description}` : "";
}

function draw() {
  const text = field().value;
  offered = matching(text);
  marked = Math.min(marked, Math.max(0, offered.length - 1));
  list().hidden = offered.length === 0;
  field().setAttribute("aria-expanded", String(offered.length > 0));
  list().replaceChildren(...offered.map((one, index) => {
    const node = make("li", "", make("b", "", one.name), " ", make("code", "", one.usage ?? "Shortcut"), make("small", "", one.description));
    node.id = `offer-${index}`;
    node.setAttribute("role", "option");
    node.setAttribute("aria-selected", String(index === marked));
    node.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      complete(one);
    });
    return node;
  }));
  if (offered.length) field().setAttribute("aria-activedescendant", `offer-${marked}`);
  else field().removeAttribute("aria-activedescendant");
  usage(text);
  kept.set("draft", text);
}

function complete(command) {
  if (command.callback_id) {
    field().value = "";
    draw();
    choose(command);
    return;
  }
  field().value = `${command.name} `;
  field().focus();
  draw();
}

function onKey(event) {
  if (!offered.length) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    event.preventDefault();
    marked = (marked + steps[event.key] + offered.length) % offered.length;
    draw();
  } else if (event.key === "Tab" || (event.key === "Enter" && offered[marked].name !== field().value)) {
    event.preventDefault();
    complete(offered[marked]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    dismissed = true;
    draw();
  }
}

export function offer(known, alsoKnown) {
  commands = known;
  shortcuts = alsoKnown;
  field().placeholder = commands.length ? "Message, or / for commands" : "Message";
}

export function start(send, chosen) {
  choose = chosen;
  field().value = kept.get("draft") ?? "";
  field().addEventListener("input", () => {
    dismissed = false;
    marked = 0;
    draw();
  });
  field().addEventListener("keydown", onKey);
  field().addEventListener("blur", () => {
    list().hidden = true;
    field().setAttribute("aria-expanded", "false");
  });
  field().addEventListener("focus", draw);
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field().value.trim();
    if (!text) return;
    field().value = "";
    draw();
    send(text);
  });
}
