// Trials as objective against cost, and networks that people designed beside them.

const metricNames = Object.keys(data.trials.metrics);
const trialCount = data.trials.id.length;
const failedStatus = 1;

function trialGroup(trial) { return data.runs[data.trials.run[trial]].group; }

function trialTitle(trial) {
  const run = data.runs[data.trials.run[trial]];
  return `trial ${data.trials.id[trial]} of ${run.path}`;
}

/** Where each run's best trial stands among all; undefined without one. */
const bestTrials = [];
data.trials.id.forEach((id, trial) => {
  const run = data.trials.run[trial];
  if (data.runs[run].best === id) bestTrials[run] = trial;
});

/** The metrics in which trials differ. */
function numericMetrics() {
  return metricNames.filter((name) => new Set(data.trials.metrics[name].filter((value) => value !== null)).size > 1);
}

function isMaximised(metric) {
  const objective = data.objectives.find((one) => one.metric === metric);
  return objective ? objective.maximise : isShare(metric);
}

/** Points that no other beats in both, by x; of equal ones one. */
function paretoFront(points, maximiseX, maximiseY) {
  const signX = maximiseX ? -1 : 1;
  const signY = maximiseY ? -1 : 1;
  const sorted = [...points].sort((a, b) => signX * (a.x - b.x) || signY * (a.y - b.y));
  const front = [];
  for (const point of sorted) {
    if (!front.length || signY * point.y < signY * front[front.length - 1].y) front.push(point);
  }
  return byX(front);
}

/** Whether the values of a metric are better told apart on a logarithmic axis. */
function isWide(metric) {
  // Not Math.min(...values): a hundred thousand arguments are more than a call can have.
  let [low, high] = [Infinity, -Infinity];
  for (const value of data.trials.metrics[metric]) {
    if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return low > 0 && high / low > 30;
}

function overlap(a, b) { return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom; }

/** Where a name of this width stands beside its mark: within `area`, and on nothing of `taken` if that can be. */
function placeOfName(mark, width, area, taken) {
  const [away, half] = [12, 8];
  const place = (left, middle) => ({ left, right: left + width, top: middle - half, bottom: middle + half });
  const centred = Math.max(area.left, Math.min(mark.x - width / 2, area.right - width));
  const places = [
    place(mark.x + away, mark.y), place(mark.x - away - width, mark.y),
    ...[2, 4, 6].flatMap((lines) => [place(centred, mark.y - lines * half - 2), place(centred, mark.y + lines * half + 2)]),
  ].filter((each) => each.left >= area.left && each.right <= area.right && each.top >= area.top && each.bottom <= area.bottom);
  return places.find((each) => !taken.some((other) => overlap(each, other))) || places[0] || place(centred, mark.y);
}

/** Names beside points that have one. */
const pointNames = {
  id: "pointNames",
  afterDatasetsDraw(chart) {
    const context = chart.ctx;
    const now = theme();
    context.save();
    context.font = `12px ${Chart.defaults.font.family}`;
    context.textBaseline = "middle";
    chart.data.datasets.forEach((dataset, index) => {
      if (!dataset.named || !chart.isDatasetVisible(index)) return;
      const marks = chart.getDatasetMeta(index).data;
      const taken = marks.map((mark) => ({ left: mark.x - 8, right: mark.x + 8, top: mark.y - 8, bottom: mark.y + 8 }));
      marks.forEach((mark, i) => {
        const name = dataset.data[i].name;
        const place = placeOfName(mark, context.measureText(name).width, chart.chartArea, taken);
        taken.push(place);
        context.strokeStyle = now.surface;
        context.lineWidth = 3;
        context.fillStyle = now.ink;
        const middle = (place.top + place.bottom) / 2;
        context.strokeText(name, place.left, middle);
        context.fillText(name, place.left, middle);
      });
    });
    context.restore();
  },
};

/** Its line is the best that there is for so much of what is across. */
function frontDataset(front, now, maximiseX) {
  return {
    label: "Pareto front", front: true, data: front, type: "line", stepped: maximiseX ? "after" : "before", borderColor: now.ink, borderWidth: 1.5,
    pointRadius: 5, pointStyle: "circle", pointBackgroundColor: "transparent", pointBorderColor: now.ink, fill: false,
  };
}

function referenceDataset(points, now) {
  return {
    label: "designed by people", named: true, data: points, pointStyle: "rectRot", pointRadius: 8, borderWidth: 2,
    pointBackgroundColor: now.surface, pointBorderColor: now.ink,
  };
}

function referencePoints(x, y) {
  return byX(data.references
    .filter((network) => Number.isFinite(network.metrics[x]) && Number.isFinite(network.metrics[y]))
    .map((network) => ({ x: network.metrics[x], y: network.metrics[y], name: network.name })));
}

function pointTooltip(x, y) {
  return {
    callbacks: {
      title: (items) => (items.length ? items[0].raw.name || trialTitle(items[0].raw.trial) : ""),
      label: (item) => [`${y}: ${metricText(y, item.parsed.y)}`, `${x}: ${metricText(x, item.parsed.x)}`],
    },
  };
}

function makeObjectives() {
  const metrics = numericMetrics();
  if (!data.objectives.length || metrics.length < 2 || !metrics.includes(data.objectives[0].metric)) return;
  const section = shown("objectives");
  const figure = element("figure");
  const controls = element("div", { class: "controls" });
  const preferred = [data.objectives[1] && data.objectives[1].metric, "macs", "ram", "latency_ms", "params", ...metrics];
  const first = preferred.find((name) => metrics.includes(name) && name !== data.objectives[0].metric);
  const choices = metrics.map((name) => [name, name]);
  const changed = () => { log.checked = isWide(across.value); place.draw(); };
  const across = addSelect(controls, "across", choices, first, changed);
  const up = addSelect(controls, "up", choices, data.objectives[0].metric, () => place.draw());
  const log = addCheckbox(controls, "logarithmic", isWide(first), () => place.draw());
  figure.append(controls);
  const text = caption("");
  const place = addChart(figure, "Every trial as objective against cost, with the Pareto front", () => {
    const now = theme();
    const [x, y] = [across.value, up.value];
    const byGroup = data.groups.map(() => []);
    let missing = 0;
    for (let trial = 0; trial < trialCount; ++trial) {
      const point = { x: data.trials.metrics[x][trial], y: data.trials.metrics[y][trial], trial };
      if (data.trials.status[trial] === failedStatus || point.x === null || point.y === null || (log.checked && point.x <= 0)) ++missing;
      else byGroup[trialGroup(trial)].push(point);
    }
    byGroup.forEach(byX);
    const visible = byGroup.filter((_, group) => !isHidden(place, group)).flat();
    const front = paretoFront(visible, isMaximised(x), isMaximised(y));
    const radius = trialCount > 3000 ? 1.8 : trialCount > 500 ? 2.6 : 4;
    const datasets = byGroup.map((points, group) => ({
      group, label: data.groups[group], data: points, hidden: isHidden(place, group), pointRadius: radius, pointHoverRadius: radius + 3, pointHitRadius: 2,
      pointStyle: groupMarks[group % groupMarks.length], pointBackgroundColor: translucent(groupColour(group, now), 0.55), pointBorderColor: groupColour(group, now), borderWidth: trialCount > 500 ? 0.5 : 1, order: 2,
    }));
    datasets.push({ ...frontDataset(front, now, isMaximised(x)), order: 1 });
    const references = referencePoints(x, y);
    if (references.length) datasets.push({ ...referenceDataset(references, now), order: 0 });
    text.textContent = `${counted(visible.length, "trial")}; the line joins the ${front.length} that no other beats in both (ringed).` +
      (missing ? ` ${counted(missing, "trial")} without both numbers left out.` : "") + (references.length ? " Diamonds are networks that people designed, measured as a trial is." : "") +
      (metricNames.includes("macs") ? "" : " The runs recorded no costs such as MACs: those that limit one, or have it as an objective, do (--max macs=1G).");
    return {
      type: "scatter",
      data: { datasets },
      options: { scales: { x: log.checked ? logAxis(metricTitle(x), x) : axis(metricTitle(x), x, { grace: "4%" }), y: axis(metricTitle(y), y, { grace: "6%" }) }, plugins: { tooltip: pointTooltip(x, y) } },
      plugins: [pointNames],
    };
  });
  addLegend(figure, place, false);
  figure.append(text);
  section.append(figure);
}

/** The found networks with this metric: those of the front of all trials, or the winners that were trained to the end. */
function foundNetworks(metric, final) {
  if (!final) {
    const points = [];
    for (let trial = 0; trial < trialCount; ++trial) {
      const [x, y] = [data.trials.metrics.macs[trial], data.trials.metrics[metric][trial]];
      if (data.trials.status[trial] !== failedStatus && x !== null && y !== null) points.push({ x, y, trial, group: trialGroup(trial) });
    }
    return paretoFront(points, false, isMaximised(metric));
  }
  const points = [];
  data.runs.forEach((run, index) => {
    if (!run.final || !Number.isFinite(run.final[metric])) return;
    const trial = bestTrials[index];
    if (trial !== undefined && data.trials.metrics.macs && data.trials.metrics.macs[trial] !== null) points.push({ x: data.trials.metrics.macs[trial], y: run.final[metric], trial, group: run.group });
  });
  return byX(points);
}

function referenceTable() {
  const names = [...new Set(data.references.flatMap((network) => Object.keys(network.metrics)))];
  const wanted = ["val_accuracy", "test_accuracy", "macs", "params", "ram", "flash"].filter((name) => names.includes(name));
  const rows = data.references.map((network) => [
    element("td", { class: "wide" }, element("strong", {}, network.name), element("br"), network.description),
    ...wanted.map((name) => element("td", { class: "number" }, metricText(name, network.metrics[name]))),
    element("td", { class: "wide" }, network.failure),
  ]);
  return plainTable("", ["network", ...wanted, ""], rows);
}

function makeReferences() {
  if (!data.references.length || !data.objectives.length) return;
  const section = shown("references");
  const figure = element("figure");
  const objective = data.objectives[0].metric;
  const choices = [];
  if (data.runs.some((run) => run.final && Number.isFinite(run.final.test_accuracy))) choices.push(["test_accuracy", "trained to the end: test_accuracy"]);
  if (data.trials.metrics[objective] && data.trials.metrics.macs) choices.push([objective, `trained as a trial: ${objective}`]);
  if (choices.length) {
    const controls = element("div", { class: "controls" });
    const metric = addSelect(controls, "", choices, choices[0][0], () => place.draw());
    const log = addCheckbox(controls, "logarithmic", true, () => place.draw());
    figure.append(controls);
    const text = caption("");
    const place = addChart(figure, "Accuracy against multiply-accumulates of found and designed networks", () => {
      const now = theme();
      const final = metric.value !== objective;
      const found = foundNetworks(metric.value, final);
      const datasets = data.groups.map((label, group) => ({
        group, label, hidden: isHidden(place, group), data: found.filter((point) => point.group === group), pointRadius: 6,
        pointStyle: groupMarks[group % groupMarks.length], pointBackgroundColor: groupColour(group, now), pointBorderColor: groupColour(group, now), borderWidth: 2,
      }));
      datasets.push(referenceDataset(referencePoints("macs", metric.value), now));
      text.textContent = (final ? "Found: the winner of each run, after its final training. " : "Found: the Pareto front of all trials. ") + `Diamonds: designed by people. ${data.recipe}`;
      return {
        type: "scatter",
        data: { datasets },
        options: { layout: { padding: { right: 12 } }, scales: { x: log.checked ? logAxis(metricTitle("macs"), "macs") : axis(metricTitle("macs"), "macs", { grace: "4%" }), y: axis(metricTitle(metric.value), metric.value, { grace: "8%" }) }, plugins: { tooltip: pointTooltip("macs", metric.value) } },
        plugins: [pointNames],
      };
    });
    addLegend(figure, place, false);
    figure.append(text);
  }
  section.append(figure, referenceTable());
}
