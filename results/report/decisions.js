// What the decisions of a space have to do with the objective.

/** Decisions in the order of what they explain, those that were answered in more than one way. */
function rankedDecisions() {
  return data.decisions.decisions
    .filter((decision) => decision.answers.length > 1)
    .sort((a, b) => b.share - a.share);
}

/** Twice the standard error to both sides of each mean. */
const whiskers = {
  id: "whiskers",
  afterDatasetsDraw(chart) {
    const context = chart.ctx;
    context.save();
    context.strokeStyle = theme().ink;
    context.lineWidth = 1.5;
    for (const point of chart.data.datasets[0].data) {
      const x = chart.scales.x.getPixelForValue(point.x);
      const [low, high] = [point.y - 2 * point.error, point.y + 2 * point.error].map((y) => chart.scales.y.getPixelForValue(y));
      context.beginPath();
      for (const y of [low, high]) context.moveTo(x - 5, y), context.lineTo(x + 5, y);
      context.moveTo(x, low);
      context.lineTo(x, high);
      context.stroke();
    }
    context.restore();
  },
};

function answersChart(decision, objective) {
  const now = theme();
  const points = decision.answers.map(([answer, trials, mean, error], x) => ({ x, y: mean, error, trials, answer }));
  const ends = points.flatMap((point) => [point.y - 2 * point.error, point.y + 2 * point.error]);
  const margin = (Math.max(...ends) - Math.min(...ends)) / 10 || Math.abs(ends[0]) / 100 || 1;
  const name = (x) => (points[x] ? decision.options[points[x].answer] : "");
  return {
    type: "scatter",
    data: { datasets: [{ data: points, pointRadius: 6, pointBackgroundColor: groupColour(0, now), pointBorderColor: groupColour(0, now) }] },
    options: {
      scales: {
        x: axis(decision.name, "", { min: -0.5, max: points.length - 0.5, afterBuildTicks: (scale) => { scale.ticks = points.map((_, value) => ({ value })); }, ticks: { callback: name, autoSkip: points.length > 12 } }),
        y: axis(`mean ${metricTitle(objective.metric)}`, objective.metric, { suggestedMin: Math.min(...ends) - margin, suggestedMax: Math.max(...ends) + margin }),
      },
      plugins: {
        tooltip: { callbacks: { label: (item) => `${decision.name} = ${name(item.raw.x)}: ${metricText(objective.metric, item.raw.y)}, ${counted(item.raw.trials, "trial")}` } },
      },
    },
    plugins: [whiskers],
  };
}

function makeEffects() {
  const decisions = data.decisions ? rankedDecisions() : [];
  if (!decisions.length) return;
  const most = 15;
  const objective = data.objectives[0];
  const section = shown("effects");
  const pair = element("div", { class: "pair" });
  const [left, right] = [element("figure"), element("figure")];
  const bars = decisions.slice(0, most);
  const narrow = () => matchMedia("(max-width: 40rem)").matches;
  // Chart.js cuts the beginning of a name that takes more than half of the width.
  function inLines(value) {
    const name = this.getLabelForValue(value);
    const dot = name.lastIndexOf(".");
    return narrow() && dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : name;
  }
  const shares = addChart(left, "Share of the variance that each decision explains", () => ({
    type: "bar",
    data: { labels: bars.map((decision) => decision.name + (decision.trials < data.decisions.trials ? ` (${decision.trials})` : "")), datasets: [{ data: bars.map((decision) => decision.share), backgroundColor: groupColour(0) }] },
    options: {
      parsing: undefined, indexAxis: "y",
      onClick: (event, items) => { if (items.length) { choice.value = bars[items[0].index].name; answers.draw(); } },
      scales: { x: { ...axis("share of the variance explained", "accuracy"), min: 0 }, y: { ticks: { color: theme().ink, autoSkip: false, callback: inLines }, grid: { display: false } } },
      plugins: { tooltip: { callbacks: { label: (item) => `${metricText("accuracy", item.parsed.x)} of ${counted(bars[item.dataIndex].trials, "trial")}` } } },
    },
  }));
  shares.plot.style.height = `${Math.max(12, 5 + (narrow() ? 2.2 : 1.5) * bars.length)}rem`;
  const controls = element("div", { class: "controls" });
  right.append(controls);
  const choice = addSelect(controls, "decision", decisions.map((decision) => [decision.name, decision.name]), decisions[0].name, () => answers.draw());
  const answers = addChart(right, "Mean objective by answer", () => answersChart(decisions.find((decision) => decision.name === choice.value), objective));
  pair.append(left, right);
  const rest = decisions.length > most ? ` The ${most} largest of ${decisions.length} are drawn.` : "";
  section.append(pair, caption(`Bars: the share of the variance of ${objective.metric} between ${counted(data.decisions.trials, "trial")} that goes with the answer to one decision, beyond chance (epsilon squared, Kelley 1935); in brackets the trials in which it was a choice, where not in all.${rest} Points: means by answer, with two standard errors to both sides. Each decision by itself: a strategy that moves on to better networks answers decisions together, so only of random search are these effects of the decision alone.`));
}

/** Where a line crosses the axis of a decision: an answer's place, moved a little so that lines can be told apart. */
function crossing(decision, answer, line) {
  const moved = (((line * 7919) % 101) / 100 - 0.5) * 0.35;
  if (answer < 0) return NaN;
  const places = decision.options.length;
  return places < 2 ? 0.5 : (answer + 0.5 + moved) / places;
}

/** Names of the answers beside every axis. */
function axisNames(decisions, last) {
  return {
    id: "axisNames",
    afterDatasetsDraw(chart) {
      const context = chart.ctx;
      const now = theme();
      const text = (words, x, share) => {
        const y = chart.scales.y.getPixelForValue(share);
        context.strokeText(words, x, y);
        context.fillText(words, x, y);
      };
      context.save();
      context.font = `11px ${Chart.defaults.font.family}`;
      context.textBaseline = "middle";
      context.strokeStyle = now.surface;
      context.fillStyle = now.ink;
      context.lineWidth = 3;
      decisions.forEach((decision, i) => {
        const every = Math.ceil(decision.options.length / 16);
        const x = chart.scales.x.getPixelForValue(i) + 4;
        decision.options.forEach((option, answer) => {
          if (answer % every === 0) text(option.length > 14 ? `${option.slice(0, 13)}…` : option, x, (answer + 0.5) / decision.options.length);
        });
      });
      const x = chart.scales.x.getPixelForValue(decisions.length) + 6;
      for (const [words, share] of last) text(words, x, share);
      context.restore();
    },
  };
}

function parallelChart(decisions, values, keep) {
  const now = theme();
  const objective = data.objectives[0];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const height = (value) => (high > low ? (value - low) / (high - low) : 0.5);
  const colours = bestLast[now.kind];
  // By rank, not by value: one bad network would make all others look alike.
  const order = values.map((_, line) => line).sort((a, b) => (objective.maximise ? values[a] - values[b] : values[b] - values[a]));
  const datasets = colours.map((colour, i) => ({ data: [], borderColor: translucent(colour, 0.75), borderWidth: i === colours.length - 1 ? 1.6 : 0.9, pointRadius: 0, spanGaps: false, order: colours.length - i }));
  order.forEach((line, rank) => {
    if (rank < order.length * (1 - keep)) return;
    const points = datasets[Math.min(colours.length - 1, Math.floor((colours.length * rank) / order.length))].data;
    decisions.forEach((decision, x) => points.push({ x, y: crossing(decision, decision.lines[line], line) }));
    points.push({ x: decisions.length, y: height(values[line]) }, { x: decisions.length, y: NaN });
  });
  const ends = [[metricText(objective.metric, low), 0.02], [metricText(objective.metric, high), 0.98]];
  const name = (x) => { const words = x < decisions.length ? decisions[x].name : objective.metric; return words.length > 10 ? words.split(/[._]/) : words; };
  const every = Array.from({ length: decisions.length + 1 }, (_, value) => ({ value }));
  return {
    type: "line",
    data: { datasets },
    options: {
      events: [],
      normalized: false,
      layout: { padding: { right: 70 } },
      scales: {
        x: { type: "linear", min: 0, max: decisions.length, afterBuildTicks: (scale) => { scale.ticks = every; }, grid: { color: now.muted }, ticks: { color: now.ink, callback: name, autoSkip: false, maxRotation: 40 } },
        y: { display: false, min: 0, max: 1 },
      },
    },
    plugins: [axisNames(decisions, ends)],
  };
}

function makeParallel() {
  // What was a choice in few trials would leave an axis without lines.
  const decisions = data.decisions ? rankedDecisions().sort((a, b) => b.share * b.trials - a.share * a.trials) : [];
  const values = data.decisions ? data.decisions.values : [];
  if (!decisions.length || values.length < 2) return;
  const few = 10;
  const section = shown("parallel");
  const figure = element("figure");
  const controls = element("div", { class: "controls" });
  const redraw = () => place.draw();
  const which = addSelect(controls, "decisions", [["few", `the ${Math.min(few, decisions.length)} that explain most`], ["all", `all ${decisions.length}`]], "few", redraw);
  const lines = addSelect(controls, "trials", [["1", "all drawn"], ["0.5", "the better half"], ["0.1", "the best tenth"]], "1", redraw);
  const scroller = element("div", { class: "scroller", tabIndex: 0, role: "group", "aria-label": "Parallel coordinates" });
  figure.append(controls, scroller);
  const place = addChart(scroller, "Parallel coordinates: the decisions of trials, a line each", () => {
    const chosen = which.value === "all" ? decisions : decisions.slice(0, few);
    place.plot.style.width = `max(100%, ${5.2 * (chosen.length + 1)}rem)`;
    return parallelChart(chosen, values, Number(lines.value));
  });
  const count = data.decisions.trials > values.length ? `The best ${values.length / 2} of ${counted(data.decisions.trials, "trial")} and ${values.length / 2} of the others, evenly` : `${counted(values.length, "trial")}`;
  figure.append(caption(`${count}: a line each, from decision to decision to ${data.objectives[0].metric} at the right. The strongest colour is the best fifth of the lines drawn, the faintest the worst. A line has a gap where a decision was no choice. Within an answer lines lie side by side without a meaning.`));
  section.append(figure);
}
