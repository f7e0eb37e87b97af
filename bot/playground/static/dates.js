// Dates as Slack shows them, in the zone of the person whose eyes one has taken; `ctx` gives `zone` and `now`.
// Source of the formats: docs.slack.dev/messaging/formatting-message-text, "Date formatting"

const HALF_YEAR = 182 * 86400;

function format(seconds, zone, options) {
  const date = new Date(seconds * 1000);
  try {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" }).format(date);
  }
}

function numbers(seconds, zone) {
  const text = format(seconds, zone, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const [month, day, year, hour, minute, second] = text.match(/\d+/g);
  return { year, month, day, hour, minute, second };
}

function dayNumber(seconds, zone) {
  const { year, month, day } = numbers(seconds, zone);
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86400000;
}

function ordinal(day) {
  const rest = day % 100 > 10 && day % 100 < 14 ? 0 : day % 10;
  return `${day}${["th", "st", "nd", "rd"][rest] ?? "th"}`;
}

function longDate(seconds, ctx, { month, weekday }) {
  const { year, day } = numbers(seconds, ctx.zone);
  const name = format(seconds, ctx.zone, { month });
  const shown = month === "long" ? ordinal(Number(day)) : Number(day);
  const near = Math.abs(seconds - ctx.now) < HALF_YEAR;
  const ahead = weekday ? `${format(seconds, ctx.zone, { weekday: "long" })}, ` : "";
  return `${ahead}${name} ${shown}${near ? "" : `, ${year}`}`;
}

function ago(seconds, now) {
  const away = Math.abs(now - seconds);
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([one]) => away >= one) ?? [1, "second"];
  const count = Math.floor(away / size);
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds <= now ? `${words} ago` : `in ${words}`;
}

const DAYS = { "-1": "yesterday", 0: "today", 1: "tomorrow" };

const TOKENS = {
  date: (at, ctx) => longDate(at, ctx, { month: "long" }),
  date_short: (at, ctx) => longDate(at, ctx, { month: "short" }),
  date_long: (at, ctx) => longDate(at, ctx, { month: "long", weekday: true }),
  date_long_full: (at, ctx) => longDate(at, { ...ctx, now: 0 }, { month: "long", weekday: true }),
  date_num: (at, ctx) => (({ year, month, day }) => `${year}-${month}-${day}`)(numbers(at, ctx.zone)),
  date_slash: (at, ctx) => (({ year, month, day }) => `${month}/${day}/${year}`)(numbers(at, ctx.zone)),
  time: (at, ctx) => format(at, ctx.zone, { hour: "numeric", minute: "2-digit" }),
  time_secs: (at, ctx) => format(at, ctx.zone, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: (at, ctx) => ago(at, ctx.now),
};

export function formatDate(seconds, pattern, ctx) {
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => {
    const name = token.replace(/_pretty$/, "");
    if (!TOKENS[name]) return whole;
    const near = DAYS[dayNumber(seconds, ctx.zone) - dayNumber(ctx.now, ctx.zone)];
    return token !== name && near ? near : TOKENS[name](seconds, ctx);
  });
}

export function dayOf(seconds, ctx) {
  const near = DAYS[dayNumber(seconds, ctx.zone) - dayNumber(ctx.now, ctx.zone)];
  return near && near !== "tomorrow" ? near[0].toUpperCase() + near.slice(1) : longDate(seconds, ctx, { month: "long", weekday: true });
}

// For a panel: short, with the day where it is not today, and the seconds.
export function moment(seconds, ctx) {
  const day = dayNumber(seconds, ctx.zone) === dayNumber(ctx.now, ctx.zone) ? "" : `${longDate(seconds, ctx, { month: "short" })}, `;
  return `${day}${TOKENS.time_secs(seconds, ctx)}`;
}

// What an input of type datetime-local shows, and back: its wall time is read in the person's zone.
export function toWall(seconds, zone) {
  const { year, month, day, hour, minute } = numbers(seconds, zone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

export function fromWall(wall, zone) {
  const wanted = Date.parse(`${wall}Z`) / 1000;
  let guess = wanted;
  for (let round = 0; round < 3; round += 1) {
    guess += wanted - Date.parse(`${toWall(guess, zone)}Z`) / 1000;
  }
  return guess;
}
