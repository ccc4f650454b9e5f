"use strict";
// Elements, and numbers as people read them.

const data = JSON.parse(document.getElementById("data").textContent);

/** An element with properties and children; texts stay texts. */
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") made.className = value;
    else if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

function isBytes(metric) { return metric.startsWith("ram") || metric.startsWith("flash"); }

/** Names of accuracies as the program counts them; as shares they are shown in percent. */
function isShare(metric) { return /accuracy$/.test(metric); }

function scaled(value, base, units) {
  let unit = 0;
  while (Math.abs(value) >= base && unit + 1 < units.length) value /= base, ++unit;
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

/** With the unit that the metric's name implies. */
function metricText(metric, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (isShare(metric)) return `${(100 * value).toFixed(2)} %`;
  if (isBytes(metric)) return scaled(value, 1024, [" B", " KiB", " MiB", " GiB"]);
  if (metric === "params" || metric === "macs") return scaled(value, 1000, ["", " k", " M", " G"]);
  if (metric === "latency_ms") return `${Number(value.toPrecision(4))} ms`;
  if (metric === "seconds") return secondsText(value);
  return String(Number(value.toPrecision(6)));
}

function secondsText(value) {
  if (value < 60) return `${Number(value.toPrecision(3))} s`;
  const whole = Math.round(value);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours} h ${minutes} min` : `${minutes} min ${seconds} s`;
}

const units = {
  macs: "multiply-accumulates of one sample", params: "trained numbers", latency_ms: "latency of one sample, ms",
  seconds: "time, s",
};

/** What stands at an axis. */
function metricTitle(metric) {
  if (units[metric]) return `${metric}: ${units[metric]}`;
  if (isBytes(metric)) return `${metric}: bytes`;
  if (isShare(metric)) return `${metric}: %`;
  if (/loss$/.test(metric)) return `${metric}: nats`;
  return metric;
}

function counted(count, noun) { return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`; }

/** A number with the units that metricText writes: "3M", "64KiB", "91 %"; NaN for anything else. */
function parseQuantity(text) {
  const found = /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(k|M|G|B|KiB|MiB|GiB|%|ms|s)?$/.exec(text.trim());
  if (!found) return NaN;
  const factors = { k: 1e3, M: 1e6, G: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, "%": 0.01 };
  return Number(found[1]) * (factors[found[2]] || 1);
}
