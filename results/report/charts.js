// What all charts share: colours of the theme, legends, a place on the page.

const okabeIto = {
  light: ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#666666"],
  dark: ["#56B4E9", "#E69F00", "#00A87B", "#CC79A7", "#E8702A", "#F0E442", "#BBBBBB"],
};
const groupMarks = ["circle", "triangle", "rect", "rectRot", "cross", "star", "crossRot"];
const groupDashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [14, 4], [4, 2], [1, 2]];
// Parts of cividis (Nuñez, Anderton, Renslow 2018), from the side that stands back from the page's ground.
const bestLast = {
  light: ["#d9cf8f", "#b9ac70", "#878479", "#4e576c", "#00224e"],
  dark: ["#2f3f63", "#5a6070", "#878479", "#c1b06a", "#fee838"],
};

/** The page's colours now: they follow the theme, and print is always light. */
function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const printed = document.documentElement.hasAttribute("data-print");
  const kind = !printed && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return { kind, ink: colour("--ink"), muted: colour("--muted"), grid: colour("--grid"), surface: colour("--surface") };
}

function groupColour(group, now = theme()) {
  const colours = okabeIto[now.kind];
  return colours[group % colours.length];
}

/** An axis with a title; `metric` decides how its numbers are written. */
function axis(title, metric, more = {}) {
  const now = theme();
  return {
    type: "linear",
    title: { display: true, text: title, color: now.ink },
    grid: { color: now.grid },
    border: { color: now.grid },
    afterDataLimits: (scale) => { if (isShare(metric)) limitToShares(scale); },
    ...more,
    ticks: {
      color: now.muted,
      maxTicksLimit: 9,
      callback: (value) => metricText(metric, value).replace(/(\.\d*?)0+ %/, "$1 %").replace(". %", " %"),
      ...(more.ticks || {}),
    },
  };
}

/** Chart.js' room around a single value, which is wide, is no reason to show shares that there are none of. */
function limitToShares(scale) {
  const middle = (scale.min + scale.max) / 2;
  const isSingle = scale.min < 0 || scale.max > 1;
  const [low, high] = isSingle ? [middle - 0.05, middle + 0.05] : [scale.min, scale.max];
  [scale.min, scale.max] = [Math.max(low, 0), Math.min(high, 1)];
}

function logAxis(title, metric) {
  // Ticks have a text where they have one digit, and so many of these as there is room for.
  function tick(value) {
    const decade = this.width / Math.log10(this.max / this.min);
    const digits = decade > 1000 ? /^[1-9]e/ : decade > 300 ? /^[12357]e/ : decade > 150 ? /^[125]e/ : /^1e/;
    return digits.test(Number(value.toPrecision(12)).toExponential()) ? metricText(metric, value) : "";
  }
  return axis(title, metric, { type: "logarithmic", ticks: { callback: tick, maxTicksLimit: 40 } });
}

const redraws = [];

/**
 * A figure with a chart of its own. `configuration` gives Chart.js' configuration, or null for no chart, whenever
 * the chart is drawn: at first, when a control or the theme changes, and for print.
 */
function addChart(parent, label, configuration) {
  const canvas = element("canvas", { role: "img", "aria-label": label });
  const plot = element("div", { class: "plot" }, canvas);
  parent.append(plot);
  const place = { chart: null, canvas, plot, draw };
  function draw() {
    if (place.chart) place.chart.destroy();
    const made = configuration();
    plot.hidden = !made;
    place.chart = made ? new Chart(canvas, withDefaults(made)) : null;
  }
  redraws.push(draw);
  return place;
}

function withDefaults(made) {
  const now = theme();
  Chart.defaults.color = now.ink;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const options = {
    animation: false, maintainAspectRatio: false, normalized: true, parsing: false, responsive: true,
    ...made.options,
  };
  options.plugins = { legend: { display: false }, ...(made.options.plugins || {}) };
  return { ...made, options };
}

/** A labelled choice; `changed` is called with nothing. */
function addSelect(parent, label, choices, chosen, changed) {
  const select = element("select", {}, ...choices.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  select.addEventListener("change", changed);
  parent.append(element("label", {}, label, select));
  return select;
}

function addCheckbox(parent, label, checked, changed) {
  const box = element("input", { type: "checkbox", checked });
  box.addEventListener("change", changed);
  parent.append(element("label", {}, box, label));
  return box;
}

/** How a group's line or marks look, drawn small. */
function drawSample(canvas, group, line) {
  const context = canvas.getContext("2d");
  const colour = groupColour(group);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  if (line) {
    context.setLineDash(groupDashes[group % groupDashes.length]);
    context.beginPath();
    context.moveTo(0, 7);
    context.lineTo(30, 7);
    context.stroke();
    context.setLineDash([]);
  } else {
    Chart.helpers.drawPoint(context, { pointStyle: groupMarks[group % groupMarks.length], radius: 5, borderWidth: 2 }, 15, 7);
  }
}

/** Buttons that hide and show groups in `place`'s chart, whose datasets carry a `group`. */
function addLegend(parent, place, line) {
  if (data.groups.length < 2) return;
  const list = element("ul", { class: "legend", "aria-label": "Groups" });
  data.groups.forEach((label, group) => {
    const sample = element("canvas", { width: 30, height: 14, "aria-hidden": "true" });
    const button = element("button", { type: "button", "aria-pressed": "true" }, sample, label);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      place.hidden = place.hidden || new Set();
      if (shown) place.hidden.delete(group); else place.hidden.add(group);
      place.draw();
    });
    redraws.push(() => drawSample(sample, group, line));
    list.append(element("li", {}, button));
  });
  parent.append(list);
}

function isHidden(place, group) { return Boolean(place.hidden && place.hidden.has(group)); }

/** A section that has something to show. */
function shown(id) {
  const section = document.getElementById(id);
  section.hidden = false;
  return section;
}

function caption(text) { return element("figcaption", {}, text); }

/** By x: charts that get points as they are take the first and the last for the ends of the axis. */
function byX(points) { return points.sort((a, b) => a.x - b.x); }

/** Points of steps: values hold from one place to the next. */
function steps(at, values) {
  const points = [];
  at.forEach((x, i) => {
    if (i > 0) points.push({ x, y: values[i - 1] });
    points.push({ x, y: values[i] });
  });
  return points;
}
