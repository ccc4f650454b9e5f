// Puts the page together, and draws again what depends on the theme.

const statusWords = { running: "still running", interrupted: "interrupted", failed: "failed", finished: "finished" };

function makeNotes() {
  const lines = [...data.notes, ...data.left_out.map((run) => `Left out: ${run.reason}.`)];
  if (!trialCount) lines.unshift("No trial has finished yet: there is nothing to draw.");
  else if (!data.trials.status.some((status) => status !== failedStatus)) lines.unshift("Every trial has failed: the table says why.");
  if (lines.length) shown("notes").append(...lines.map((line) => element("p", { class: "note" }, line)));
}

function runRows() {
  return data.runs.map((run, index) => {
    const trial = bestTrials[index];
    const metric = data.objectives[0] && data.objectives[0].metric;
    const best = trial !== undefined && metric && data.trials.metrics[metric] ? metricText(metric, data.trials.metrics[metric][trial]) : "–";
    const test = run.final && run.final.test_accuracy !== undefined ? metricText("test_accuracy", run.final.test_accuracy) : "–";
    const cells = [["wide", run.path], ["wide", data.groups[run.group]], ["number", run.seed], ["", statusWords[run.status] + (run.note ? `: ${run.note}` : "")], ["number", String(run.trials)], ["number", String(run.failed)],
      ["number", secondsText(run.seconds)], ["number", run.best === null ? "–" : String(run.best)], ["number", best], ["number", test]];
    return cells.map(([kind, text]) => element("td", { class: kind }, text));
  });
}

function makeOverview() {
  const section = document.getElementById("overview");
  for (const table of data.tables) section.append(plainTable(table.caption, table.titles, table.rows.map((row) => row.map((cell) => element("td", {}, cell)))));
  const metric = data.objectives[0] ? data.objectives[0].metric : "objective";
  const runs = plainTable("", ["run", "group", "seed", "status", "trials", "failed", "time of trials", "best trial", metric, "test_accuracy"], runRows());
  section.append(element("details", { open: data.runs.length <= 12 }, element("summary", {}, `Each run (${data.runs.length})`), runs));
}

function makeSummary() {
  const objectives = data.objectives.map((objective) => `${objective.metric} (${objective.maximise ? "maximised" : "minimised"})`).join(", ");
  const parts = [counted(data.groups.length, "group"), counted(data.runs.length, "run"), counted(trialCount, "trial")];
  if (objectives) parts.push(`by ${objectives}`);
  document.getElementById("summary").textContent = parts.join(" · ");
  document.getElementById("made").textContent = `Made by nas ${data.program}. Runs come from: ${[...new Set(data.runs.map((run) => run.path))].slice(0, 8).join(", ")}${data.runs.length > 8 ? ", …" : ""}`;
}

function makeConfiguration() {
  const section = document.getElementById("configuration");
  const settings = data.settings.map(([kind, name, values]) => [
    element("td", {}, kind), element("td", {}, name),
    element("td", { class: "wide" }, values.length === 1 ? values[0] : values.map((value, group) => `${data.groups[group]}: ${value === "" ? "–" : value}`).join("; ")),
  ]);
  section.append(plainTable("Settings", ["of", "setting", "value"], settings));
  const environment = data.environment.map(([name, values]) => [
    element("td", {}, name),
    element("td", { class: "wide" }, values.length > 4 ? `${values.length} different, from ${values[0]} to ${values[values.length - 1]}` : values.join("; ")),
  ]);
  section.append(plainTable("Environment, as the runs recorded it", ["what", "value"], environment));
}

function makeContents() {
  const links = [];
  for (const section of document.querySelectorAll("main > section")) {
    const head = section.querySelector("h2");
    if (head && !section.hidden) links.push(element("a", { href: `#${section.id}` }, head.textContent));
  }
  document.getElementById("contents").append(...links);
}

function makePage() {
  makeSummary();
  makeNotes();
  makeOverview();
  makeTable();
  makeAnytime();
  makeObjectives();
  makeReferences();
  makeEffects();
  makeParallel();
  makeDistribution();
  if (document.querySelector("#drawings .picture")) shown("drawings");
  makeConfiguration();
  makeContents();
}

/** One chart after the other, so that the page answers in between. */
async function drawAll() {
  for (const redraw of redraws) {
    redraw();
    await new Promise((done) => setTimeout(done, 0));
  }
}

makePage();
drawAll().then(() => { document.documentElement.dataset.ready = String(Math.round(performance.now())); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
// On paper nothing can be opened.
const opened = [];
addEventListener("beforeprint", () => {
  document.documentElement.setAttribute("data-print", "");
  opened.push(...document.querySelectorAll("details:not([open])"));
  for (const part of opened) part.open = true;
  for (const redraw of redraws) redraw();
});
addEventListener("afterprint", () => {
  document.documentElement.removeAttribute("data-print");
  for (const part of opened.splice(0)) part.open = false;
  drawAll();
});
