// data_visualization as a real chart: SVG of our own, a legend, and the same figures as a table.

import { make } from "/static/dom.js";
import { table } from "/static/rich.js";

const [WIDTH, HEIGHT] = [380, 230];
const PLOT = { left: 44, right: 8, top: 10, bottom: 42 };
const SVG = "http://www.w3.org/2000/svg";
const full = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

function shape(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

const hint = (words) => shape("title", {}, words);

// Round steps (1, 2, 2.5, 5 times a power of ten) that cover all values and zero.
function scale(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const rough = (high - low || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step || step];
  const ticks = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step);
  const y = (value) => PLOT.top + ((to - value) / (to - from)) * (HEIGHT - PLOT.top - PLOT.bottom);
  return { ticks, y };
}

function axes(config, { ticks, y }, middle) {
  const drawn = [];
  for (const tick of ticks) {
    drawn.push(shape("line", { class: tick === 0 ? "axis" : "grid", x1: PLOT.left, x2: WIDTH - PLOT.right, y1: y(tick), y2: y(tick) }));
    drawn.push(shape("text", { x: PLOT.left - 6, y: y(tick) + 3, "text-anchor": "end" }, short.format(tick)));
  }
  const widest = Math.max(...config.categories.map((one) => one.length));
  const room = (WIDTH - PLOT.left - PLOT.right) / config.categories.length;
  const every = Math.max(1, Math.ceil((widest * 5.2 + 6) / room));
  config.categories.forEach((name, index) => {
    if (index % every) return;
    drawn.push(shape("text", { x: middle(index), y: HEIGHT - PLOT.bottom + 14, "text-anchor": "middle" }, name));
  });
  const center = PLOT.left + (WIDTH - PLOT.left - PLOT.right) / 2;
  if (config.x_label) drawn.push(shape("text", { class: "label", x: center, y: HEIGHT - 8, "text-anchor": "middle" }, config.x_label));
  return drawn;
}

function bars(chart, grid, room) {
  const gap = Math.min(room * 0.24, 18);
  const width = (room - gap) / chart.series.length;
  return chart.series.flatMap((series, index) => series.data.map((point, at) => {
    const [top, bottom] = [grid.y(Math.max(0, point.value)), grid.y(Math.min(0, point.value))];
    const x = PLOT.left + room * at + gap / 2 + width * index;
    const place = { x: x + 0.5, y: top, width: Math.max(1, width - 1), height: Math.max(0.5, bottom - top), rx: 1.5 };
    return shape("rect", { class: `fill c${index}`, ...place }, hint(`${series.name}, ${point.label}: ${full.format(point.value)}`));
  }));
}

function curves(chart, grid, middle) {
  return chart.series.flatMap((series, index) => {
    const points = series.data.map((point, at) => `${middle(at)},${grid.y(point.value)}`);
    const drawn = [];
    if (chart.type === "area") {
      const closed = [`${middle(0)},${grid.y(0)}`, ...points, `${middle(points.length - 1)},${grid.y(0)}`];
      drawn.push(shape("polygon", { class: `area c${index}`, points: closed.join(" ") }));
    }
    drawn.push(shape("polyline", { class: `stroke c${index}`, points: points.join(" ") }));
    series.data.forEach((point, at) => {
      const dot = { class: `fill c${index}`, cx: middle(at), cy: grid.y(point.value), r: 3 };
      drawn.push(shape("circle", dot, hint(`${series.name}, ${point.label}: ${full.format(point.value)}`)));
    });
    return drawn;
  });
}

function plotted(chart) {
  const grid = scale(chart.series.flatMap((series) => series.data.map((point) => point.value)));
  const count = chart.axis_config.categories.length;
  const room = (WIDTH - PLOT.left - PLOT.right) / count;
  const middle = (index) => PLOT.left + room * (index + 0.5);
  const drawn = chart.type === "bar" ? bars(chart, grid, room) : curves(chart, grid, middle);
  return shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, ...axes(chart.axis_config, grid, middle), ...drawn);
}

function pie(segments) {
  const total = segments.reduce((sum, one) => sum + one.value, 0);
  const [center, outer, inner] = [100, 92, 52];
  const at = (turn, radius) => [center + radius * Math.sin(turn * 2 * Math.PI), center - radius * Math.cos(turn * 2 * Math.PI)];
  let turned = 0;
  const slices = segments.map((one, index) => {
    const part = one.value / total;
    const [from, to] = [turned, turned + Math.min(part, 0.99999)];
    turned += part;
    const [[x1, y1], [x2, y2], [x3, y3], [x4, y4]] = [at(from, outer), at(to, outer), at(to, inner), at(from, inner)];
    const large = part > 0.5 ? 1 : 0;
    const path = `M${x1} ${y1}A${outer} ${outer} 0 ${large} 1 ${x2} ${y2}L${x3} ${y3}A${inner} ${inner} 0 ${large} 0 ${x4} ${y4}Z`;
    return shape("path", { class: `fill slice c${index}`, d: path }, hint(`${one.label}: ${full.format(one.value)}`));
  });
  return shape("svg", { viewBox: "0 0 200 200" }, ...slices);
}

function figures(chart) {
  const raw = (text) => ({ type: "raw_text", text: String(text) });
  const number = (value) => ({ type: "raw_number", value, text: full.format(value) });
  if (chart.type === "pie") {
    return [[raw("Part"), raw("Value")], ...chart.segments.map((one) => [raw(one.label), number(one.value)])];
  }
  const head = [raw(chart.axis_config.x_label ?? ""), ...chart.series.map((one) => raw(one.name))];
  const rows = chart.axis_config.categories.map((name, at) => [raw(name), ...chart.series.map((one) => number(one.data[at].value))]);
  return [head, ...rows];
}

function inWords(chart) {
  if (chart.type === "pie") return chart.segments.map((one) => `${one.label} ${full.format(one.value)}`).join(", ");
  const series = (one) => `${one.name}: ${one.data.map((point) => `${point.label} ${full.format(point.value)}`).join(", ")}`;
  return chart.series.map(series).join("; ");
}

function legend(chart) {
  const total = chart.type === "pie" ? chart.segments.reduce((sum, one) => sum + one.value, 0) : 0;
  const entries = chart.type === "pie"
    ? chart.segments.map((one) => `${one.label} · ${full.format(one.value)} (${Math.round((one.value / total) * 100)}%)`)
    : chart.series.map((one) => one.name);
  return make("ul", "legend", ...entries.map((words, index) => make("li", "", make("span", `key c${index}`), words)));
}

export function chart(block, ctx) {
  const { chart: data, title } = block;
  const picture = data.type === "pie" ? pie(data.segments) : plotted(data);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", `${title}, a ${data.type} chart. ${inWords(data)}`);
  const label = data.axis_config?.y_label;
  const table_ = make("details", "", make("summary", "", "As a table"), table(figures(data), ctx));
  return make("figure", `b-chart kind-${data.type}`, make("figcaption", "", title), label ? make("div", "y-label", label) : null,
    picture, legend(data), table_);
}
