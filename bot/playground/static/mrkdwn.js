// Slack's mrkdwn as DOM nodes. Text only ever becomes a text node, so nothing in it can become markup.

const EMOJI = {
  alarm_clock: "⏰", arrow_right: "➡️", bar_chart: "📊", bell: "🔔", bulb: "💡", calendar: "📅",
  chart_with_downwards_trend: "📉", chart_with_upwards_trend: "📈", checkered_flag: "🏁", clap: "👏", clipboard: "📋",
  clock1: "🕐", confetti_ball: "🎊", dart: "🎯", email: "✉️", envelope: "✉️", eyes: "👀", fire: "🔥",
  first_place_medal: "🥇", handshake: "🤝", heavy_check_mark: "✔️", hourglass: "⌛", hourglass_flowing_sand: "⏳",
  information_source: "ℹ️", large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠",
  large_red_circle: "🔴", large_yellow_circle: "🟡", leftwards_arrow_with_hook: "↩️", link: "🔗", medal: "🏅", memo: "📝",
  money_with_wings: "💸", moneybag: "💰", no_entry: "⛔", no_entry_sign: "🚫", partying_face: "🥳", phone: "☎️",
  point_right: "👉", pushpin: "📌", raised_hands: "🙌", red_circle: "🔴", rocket: "🚀", rotating_light: "🚨", snooze: "💤",
  sparkles: "✨", star: "⭐", stopwatch: "⏱️", tada: "🎉", telephone_receiver: "📞", thumbsup: "👍", "+1": "👍",
  timer_clock: "⏲️", trophy: "🏆", warning: "⚠️", wave: "👋", white_check_mark: "✅", x: "❌", zzz: "💤",
};

export function emoji(name) {
  return EMOJI[name] ?? `:${name}:`;
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

export function unescape(text) {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);
}

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function safeLink(url, label) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return document.createTextNode(label);
  }
  if (!["http:", "https:", "mailto:", "tel:"].includes(address.protocol)) return document.createTextNode(label);
  const link = make("a", "", label);
  link.href = address.href;
  link.rel = "noopener noreferrer";
  link.target = "_blank";
  return link;
}

const DAY = { year: "numeric", month: "long", day: "numeric" };
const FORMATS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: DAY,
  date_short: { ...DAY, month: "short" },
  date_long: { ...DAY, weekday: "long" },
  date_long_full: { ...DAY, weekday: "long" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

export function formatDate(seconds, format, zone) {
  const date = new Date(seconds * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (name === "ago") return `${Math.round(Math.abs(Date.now() - date) / 60000)} minutes ago`;
    const options = FORMATS[name.replace("_pretty", "")];
    return options ? new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }).format(date) : whole;
  });
}

function dateToken(inner, ctx) {
  const [head, fallback = ""] = inner.split("|");
  const [, seconds, format, url] = head.split("^");
  const text = Number.isFinite(Number(seconds)) ? formatDate(Number(seconds), format, ctx.zone) : fallback;
  const time = make("time", "", text);
  time.title = fallback;
  return url ? safeLink(url, text) : time;
}

function token(inner, ctx) {
  const [target, label] = inner.split("|");
  if (target.startsWith("@")) {
    return make("span", "mention", `@${ctx.names[target.slice(1)] ?? label ?? target.slice(1)}`);
  }
  if (target.startsWith("#")) {
    return make("span", "mention", `#${ctx.channels[target.slice(1)] ?? label ?? target.slice(1)}`);
  }
  if (target.startsWith("!date^")) return dateToken(inner, ctx);
  if (target.startsWith("!")) return make("span", "mention", `@${unescape(label ?? target.slice(1).split("^")[0])}`);
  return safeLink(unescape(target), unescape(label ?? target));
}

const INLINE = new RegExp(
  [
    "<([^<>]+)>",
    "`([^`\\n]+)`",
    "(?<![\\w*])\\*(?!\\s)([^*\\n]+?)(?<!\\s)\\*(?![\\w*])",
    "(?<![\\w_])_(?!\\s)([^_\\n]+?)(?<!\\s)_(?![\\w_])",
    "(?<![\\w~])~(?!\\s)([^~\\n]+?)(?<!\\s)~(?![\\w~])",
    ":([a-z0-9_+-]+):",
  ].join("|"),
  "g",
);

function inline(text, ctx) {
  const out = document.createDocumentFragment();
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out.append(unescape(text.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, bracket, code, bold, italic, strike, name] = match;
    if (bracket !== undefined) out.append(token(bracket, ctx));
    else if (code !== undefined) out.append(make("code", "", unescape(code)));
    else if (bold !== undefined) out.append(make("strong", "", inline(bold, ctx)));
    else if (italic !== undefined) out.append(make("em", "", inline(italic, ctx)));
    else if (strike !== undefined) out.append(make("s", "", inline(strike, ctx)));
    else out.append(emoji(name));
  }
  out.append(unescape(text.slice(from)));
  return out;
}

export function mrkdwn(text, ctx) {
  const out = document.createDocumentFragment();
  text.split("```").forEach((part, index) => {
    if (index % 2 === 1) {
      out.append(make("pre", "", unescape(part.replace(/^\n|\n$/g, ""))));
      return;
    }
    let plain = [];
    const flush = () => {
      if (plain.join("").trim() !== "") out.append(make("div", "line", inline(plain.join("\n"), ctx)));
      plain = [];
    };
    for (const line of part.replace(/^\n|\n$/g, "").split("\n")) {
      const quote = line.match(/^(?:&gt;|>) ?(.*)$/);
      if (quote) {
        flush();
        out.append(make("blockquote", "line", inline(quote[1], ctx)));
      } else plain.push(line);
    }
    flush();
  });
  return out;
}

// Standard markdown of a markdown block, near enough: the marks that differ from mrkdwn are turned into it.
export function markdown(text, ctx) {
  const safe = text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
  const marks = safe
    .replace(/^#{1,6} (.+)$/gm, "*$1*")
    .replace(/\*\*(.+?)\*\*/g, "*$1*")
    .replace(/~~(.+?)~~/g, "~$1~")
    .replace(/^[-*] /gm, "• ")
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
  return mrkdwn(marks, ctx);
}
