// A menu behind a button (overflow), and the dialog of a confirm object.

import { $, button, make, uniqueId } from "/static/dom.js";
import { withEmoji } from "/static/emoji.js";
import { mrkdwn } from "/static/mrkdwn.js";

// A button that opens a list of choices; arrow keys move, Escape and a press elsewhere close.
export function menuButton(label, key, options, choose) {
  const opener = button("⋯", null, "overflow");
  opener.dataset.key = key;
  opener.setAttribute("aria-label", label);
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  const list = make("div", "menu");
  list.id = uniqueId("menu");
  list.hidden = true;
  list.setAttribute("role", "menu");
  opener.setAttribute("aria-controls", list.id);
  const box = make("span", "menu-box", opener, list);
  const items = options.map((option) => {
    const item = button(withEmoji(option.text.text), () => {
      close();
      choose(option);
    });
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
    return item;
  });
  list.append(...items);
  const away = (event) => {
    if (!box.contains(event.target)) close(false);
  };
  function close(back = true) {
    list.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", away);
    if (back) opener.focus();
  }
  // Opens downwards and to the left, unless that would be cut off.
  function place() {
    list.classList.remove("up", "start");
    const room = (box.closest("#messages, dialog") ?? document.body).getBoundingClientRect();
    const [own, from] = [list.getBoundingClientRect(), opener.getBoundingClientRect()];
    list.classList.toggle("up", own.bottom > room.bottom && from.top - own.height > room.top);
    list.classList.toggle("start", own.left < room.left);
  }
  opener.addEventListener("click", () => {
    if (!list.hidden) {
      close();
      return;
    }
    list.hidden = false;
    place();
    opener.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", away);
    items[0]?.focus();
  });
  box.addEventListener("keydown", (event) => {
    const at = items.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key in moves && !list.hidden) {
      event.preventDefault();
      items[(moves[event.key] + items.length) % items.length].focus();
    }
  });
  return box;
}

// Resolves to whether the person goes on; without a confirm object there is nothing to ask.
export function confirmed(ask, ctx) {
  if (!ask) return Promise.resolve(true);
  const dialog = $("confirm");
  const title = make("h2", "", withEmoji(ask.title.text));
  title.id = "confirm-title";
  const text = ask.text.type === "mrkdwn" ? mrkdwn(ask.text.text, ctx) : withEmoji(ask.text.text);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      resolve(answer);
    };
    const no = button(ask.deny.text, () => end(false));
    const yes = button(ask.confirm.text, () => end(true), ask.style === "danger" ? "danger solid" : "primary");
    dialog.oncancel = (event) => {
      event.preventDefault();
      end(false);
    };
    dialog.replaceChildren(make("div", "sheet", title, make("div", "", text), make("div", "row end", no, yes)));
    dialog.showModal();
  });
}
