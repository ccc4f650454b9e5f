// The course of searches, and distributions of errors.

function translucent(colour, opacity) {
  return colour + Math.round(255 * opacity).toString(16).padStart(2, "0");
}

function makeAnytime() {
  const objective = data.objectives[0];
  if (!objective || !data.anytime.trials.some((curve) => curve.at.length)) return;
  const section = shown("anytime");
  const figure = element("figure");
  const controls = element("div", { class: "controls" });
  const redraw = () => place.draw();
  const clock = addSelect(controls, "over", [["trials", "finished trials"], ["time", "time of trials"]], "trials", redraw);
  const log = addCheckbox(controls, "logarithmic", false, redraw);
  figure.append(controls);
  const place = addChart(figure, "Best value so far of each group, median and quartiles over seeds", () => {
    const now = theme();
    const curves = data.anytime[clock.value];
    const datasets = [];
    curves.forEach((curve, group) => {
      if (!curve.at.length) return;
      const colour = groupColour(group, now);
      const plain = { group, hidden: isHidden(place, group), pointRadius: 0, pointHitRadius: 6, borderColor: colour };
      const band = { ...plain, borderWidth: 0, pointHitRadius: 0, band: true };
      datasets.push({ ...band, data: steps(curve.at, curve.low), fill: false });
      datasets.push({ ...band, data: steps(curve.at, curve.high), fill: "-1", backgroundColor: translucent(colour, 0.18) });
      datasets.push({ ...plain, label: data.groups[group], data: steps(curve.at, curve.middle), borderWidth: 2, borderDash: groupDashes[group % groupDashes.length] });
    });
    const byTrials = clock.value === "trials";
    const clockMetric = byTrials ? "" : "seconds";
    const title = byTrials ? "finished trials" : "time of trials, one after the other, s";
    return {
      type: "line",
      data: { datasets },
      options: {
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: { x: log.checked ? logAxis(title, clockMetric) : axis(title, clockMetric, { ticks: byTrials ? { precision: 0 } : {} }), y: axis(metricTitle(objective.metric), objective.metric, { grace: "3%" }) },
        plugins: {
          tooltip: {
            filter: (item) => !item.dataset.band,
            callbacks: {
              title: (items) => (items.length ? (byTrials ? counted(items[0].parsed.x, "trial") : secondsText(items[0].parsed.x)) : ""),
              label: (item) => `${item.dataset.label}: ${metricText(objective.metric, item.parsed.y)}`,
            },
          },
        },
      },
    };
  });
  addLegend(figure, place, true);
  figure.append(caption(`The best ${objective.metric} so far: median over seeds, and the band from the first to the third quartile. It begins where every run of a group has found something; a run that has ended keeps its value. Groups of one run have no band.`));
  section.append(figure);
}

function makeDistribution() {
  const distribution = data.distribution;
  if (!distribution) return;
  const section = shown("distribution");
  const figure = element("figure");
  const share = /^error/.test(distribution.name);
  const place = addChart(figure, "Empirical distribution of errors of each group", () => {
    const now = theme();
    const datasets = distribution.groups.map((group, index) => ({
      group: index, hidden: isHidden(place, index), label: data.groups[index],
      data: steps([group.at[0], ...group.at], [0, ...group.share]).filter((point) => point.x !== undefined),
      pointRadius: 0, pointHitRadius: 6, borderWidth: 2, borderColor: groupColour(index, now), borderDash: groupDashes[index % groupDashes.length],
    }));
    const metric = share ? "accuracy" : data.objectives[0].metric;
    return {
      type: "line",
      data: { datasets },
      options: {
        interaction: { mode: "nearest", intersect: false },
        scales: { x: axis(distribution.name, metric), y: { ...axis("share of trials up to it", "accuracy"), min: 0, max: 1 } },
        plugins: {
          tooltip: { callbacks: { title: () => "", label: (item) => `${item.dataset.label}: ${metricText("accuracy", item.parsed.y)} up to ${metricText(metric, item.parsed.x)}` } },
        },
      },
    };
  });
  addLegend(figure, place, true);
  const counts = distribution.groups.map((group, index) => `${data.groups[index]}: ${counted(group.trials, "trial")}`);
  figure.append(caption(`What share of the trials has an error up to a value: the further to the left, the better a group's networks are throughout, not just its best (Radosavovic et al. 2019). Measured trials of the greatest fidelity, without reused ones. ${counts.join("; ")}.`));
  section.append(figure);
}
