// Small helpers for making nodes and talking to the stand-in. Text only ever becomes a text node.

export const $ = (id) => document.getElementById(id);

export function make(tag, className = "", ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function button(label, act, className = "") {
  const node = make("button", className, label);
  node.type = "button";
  if (act) node.addEventListener("click", act);
  return node;
}

let counter = 0;

export function uniqueId(prefix) {
  counter += 1;
  return `${prefix}-${counter}`;
}

export function safeLink(url, ...label) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return make("span", "", ...label);
  }
  if (!["http:", "https:", "mailto:", "tel:"].includes(address.protocol)) return make("span", "", ...label);
  const link = make("a", "", ...label);
  link.href = address.href;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

// What lasts for this browser tab alone, so that a reload loses nothing.
export const kept = {
  get: (name) => sessionStorage.getItem(`winbell.${name}`),
  set: (name, value) => sessionStorage.setItem(`winbell.${name}`, value),
};

export async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

export async function post(path, body) {
  let answer;
  try {
    answer = await fetch(`/_/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    return { ok: false, error: "the local workspace does not answer; it may have been stopped" };
  }
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    return { ok: false, error: text };
  }
}
