// The table of all trials: sorted by its heads, filtered by words and conditions.

const statusNames = ["ok", "failed", "reused"];

function plainTable(title, heads, rows) {
  const table = element("table");
  if (title) table.append(element("caption", {}, title));
  table.append(element("thead", {}, element("tr", {}, ...heads.map((head, i) => element("th", { scope: "col", class: rows.length && rows[0][i].className === "number" ? "number" : "" }, head)))));
  table.append(element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells))));
  return element("div", { class: "table", tabIndex: 0, role: "group", "aria-label": title || "Table" }, table);
}

/** As --genotype takes it. The page has a digit to base 36 for an answer, where all are that small. */
function genotypeText(trial) {
  const text = data.trials.genotype[trial];
  return `[${data.trials.digits ? [...text].map((digit) => parseInt(digit, 36)) : text}]`;
}

/** name, values by trial, how a value is written, whether it is a number. */
function trialColumns() {
  const trials = data.trials;
  const seconds = (value) => metricText("seconds", value);
  const objectives = data.objectives.map((objective) => objective.metric).filter((name) => metricNames.includes(name));
  const costs = ["macs", "params", "ram", "flash", "latency_ms"].filter((name) => metricNames.includes(name) && !objectives.includes(name));
  const others = metricNames.filter((name) => !objectives.includes(name) && !costs.includes(name));
  const columns = [];
  if (data.groups.length > 1) columns.push({ name: "group", at: (trial) => data.groups[trialGroup(trial)] });
  if (data.runs.length > 1) columns.push({ name: "run_seed", at: (trial) => data.runs[trials.run[trial]].seed, number: true, text: String });
  columns.push({ name: "trial", at: (trial) => trials.id[trial], number: true, text: String });
  columns.push({ name: "status", at: (trial) => statusNames[trials.status[trial]] });
  for (const name of [...objectives, ...costs, ...others]) columns.push({ name, at: (trial) => trials.metrics[name][trial], number: true, more: others.includes(name), text: (value) => metricText(name, value) });
  if (trials.epochs.some((value) => value > 0)) columns.push({ name: "epochs", at: (trial) => trials.epochs[trial], number: true, text: String });
  columns.push({ name: "seconds", at: (trial) => trials.seconds[trial], number: true, text: seconds });
  if (Object.keys(trials.reason).length) columns.push({ name: "reason", at: (trial) => trials.reason[trial] || "" });
  columns.push({ name: "genotype", at: genotypeText, code: true, more: true });
  return columns;
}

/** What more there is does not fit on paper. */
function cellClass(column) { return [column.number ? "number" : column.code ? "code" : "", column.more ? "more" : ""].join(" ").trim(); }

/** Conditions of a filter; { unknown } names the word that is none. */
function parseFilter(text, columns) {
  const tests = [];
  const conditions = text.replace(/\s*(<=|>=|!=|<|>|=)\s*/g, "$1");
  for (const word of conditions.split(/\s+/).filter(Boolean)) {
    const found = /^([\w.]+)(<=|>=|!=|=|<|>)(.+)$/.exec(word);
    if (!found) {
      const part = word.toLowerCase();
      tests.push((trial) => columns.some((column) => !column.number && String(column.at(trial)).toLowerCase().includes(part)) || data.runs[data.trials.run[trial]].path.toLowerCase().includes(part));
      continue;
    }
    const column = columns.find((one) => one.name === found[1]);
    if (!column) return { unknown: found[1] };
    const wanted = parseQuantity(found[3]);
    if (column.number && Number.isNaN(wanted)) return { unknown: word };
    const value = column.number ? (trial) => { const own = column.at(trial); return own === null ? NaN : Number(own); } : (trial) => String(column.at(trial));
    const other = column.number ? wanted : found[3];
    const compare = { "<": (a) => a < other, "<=": (a) => a <= other, ">": (a) => a > other, ">=": (a) => a >= other, "=": (a) => a === other, "!=": (a) => a !== other };
    tests.push((trial) => compare[found[2]](value(trial)));
  }
  return { tests };
}

/** Trials in the order of a column; those without a value last, ties as they were. */
function sortTrials(trials, column, descending) {
  const sign = descending ? -1 : 1;
  const missing = (value) => value === null || value === "";
  const compare = column.number ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const values = new Map(trials.map((trial) => [trial, column.at(trial)]));
  return trials.sort((one, other) => {
    const [a, b] = [values.get(one), values.get(other)];
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b)) || one - other;
    return sign * compare(a, b) || one - other;
  });
}

function makeTable() {
  if (!trialCount) return;
  const pageRows = 50;
  const section = shown("trials");
  const columns = trialColumns();
  const objective = data.objectives[0];
  const state = { column: columns.find((column) => objective && column.name === objective.metric) || columns[0], descending: Boolean(objective && objective.maximise), page: 0, rows: [] };

  const controls = element("div", { class: "controls" });
  const search = element("input", { type: "search", placeholder: "words and conditions, such as ok macs<2M", "aria-label": "Filter trials" });
  const count = element("span", { role: "status", class: "hint" });
  controls.append(search, count);
  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.name);
    button.addEventListener("click", () => {
      state.descending = state.column === column ? !state.descending : Boolean(column.number && isMaximised(column.name));
      state.column = column;
      update();
    });
    return element("th", { scope: "col", class: cellClass(column) }, button);
  });
  const body = element("tbody");
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  const pages = element("div", { class: "controls pages" });
  const place = element("span", { class: "hint" });
  const turn = (label, step) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => { state.page += step; render(); });
    return button;
  };
  const [back, on] = [turn("‹ previous", -1), turn("next ›", 1)];
  pages.append(back, on, place);

  function render() {
    const first = state.page * pageRows;
    const rows = state.rows.slice(first, first + pageRows);
    body.replaceChildren(...rows.map((trial) => element("tr", {}, ...columns.map((column) => {
      const value = column.at(trial);
      const text = column.text ? (value === null ? "–" : column.text(value)) : value;
      return element("td", { class: cellClass(column), title: column.code ? value : "" }, text);
    }))));
    back.disabled = state.page === 0;
    on.disabled = first + pageRows >= state.rows.length;
    place.textContent = state.rows.length ? `${first + 1} to ${first + rows.length} of ${state.rows.length.toLocaleString("en")}` : "none";
  }

  function update() {
    const filter = parseFilter(search.value, columns);
    search.setAttribute("aria-invalid", String(Boolean(filter.unknown)));
    if (filter.unknown) {
      count.textContent = `unknown: ${filter.unknown}`;
      return;
    }
    const kept = [];
    for (let trial = 0; trial < trialCount; ++trial) if (filter.tests.every((test) => test(trial))) kept.push(trial);
    state.rows = sortTrials(kept, state.column, state.descending);
    state.page = 0;
    columns.forEach((column, i) => heads[i].setAttribute("aria-sort", column !== state.column ? "none" : state.descending ? "descending" : "ascending"));
    count.textContent = `${counted(kept.length, "trial")} of ${trialCount.toLocaleString("en")}`;
    render();
  }

  search.addEventListener("input", update);
  update();
  section.append(controls, element("div", { class: "table", tabIndex: 0, role: "group", "aria-label": "All trials" }, table), pages,
    element("p", { class: "hint" }, "A head sorts by its column, and the other way round when it is used again. Words look for parts of texts; conditions compare a column: val_accuracy>0.9, macs<=2M, ram<64KiB, status=ok. Numbers are rounded; 'nas export RUN --format csv' has all digits."));
}
