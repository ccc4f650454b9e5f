#include "cli/option_table.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/option_groups.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

namespace {

using namespace option_group;

/// What follows the options that make a run.
constexpr OptionRow other_rows[] = {
    {.name = "genotype",
     .value = "[A,B,...]",
     .group = selection,
     .help = "the architecture, by its answers"},
    {.name = "named",
     .value = "NAME",
     .group = selection,
     .help = "a published architecture of the space, for its own input and classes if not given"},
    {.name = "description",
     .value = "",
     .group = selection,
     .help = "the space as a description, to begin one's own with"},
    {.name = "architecture",
     .value = "FILE|RUN",
     .group = selection,
     .help = "the architecture, as JSON, or a run's best"},
    {.name = "trial",
     .value = "N",
     .group = selection,
     .help = "a trial of the run, by its id",
     .default_note = "the best"},
    {.name = "weights",
     .value = "FILE",
     .group = network,
     .help = "weights for the network, such as 'nas eval --save-weights' writes",
     .default_note = "those of the run's final training"},
    {.name = "initial-weights",
     .value = "",
     .group = network,
     .help = "weights as they are before any training, to measure or look at the network"},
    {.name = "fold-bn",
     .value = "",
     .group = network,
     .help = "make batch norms part of the layers before them, where that is possible"},
    {.name = "raw-input",
     .value = "",
     .group = network,
     .help = "let the network normalise its input itself: it takes values as the data have them, "
             "such as 0 to 255"},
    {.name = "input",
     .value = "CxHxW",
     .group = selection,
     .help = "shape of a sample",
     .default_value = "1x28x28"},
    {.name = "classes",
     .value = "N",
     .group = selection,
     .help = "number of classes",
     .default_value = "10"},
    {.name = "channels",
     .value = "N",
     .group = selection,
     .help = "channels of an image",
     .default_value = "3"},
    {.name = "count",
     .value = "N",
     .group = selection,
     .help = "how many; of each space or configuration, where there are several",
     .default_note = "1; 100 for 'space edf', 1000 for 'space optimize'",
     .letter = 'n'},
    {.name = "distribution",
     .value = "NAME",
     .group = selection,
     .help = "architectures: all alike likely (where sizes are known); decisions: every decision "
             "uniform among the answers that are open",
     .default_value = "architectures",
     .choices = "architectures decisions"},
    {.name = "limit", .value = "N", .group = selection, .help = "the first N only"},
    {.name = "metrics",
     .value = "",
     .group = output,
     .help = "also what each one decides and costs; builds them all"},
    {.name = "by",
     .value = "METRIC",
     .group = goal,
     .help = "also compare as if networks of every size were equally many: by macs, params, ...",
     .known_values = KnownValues::metrics},
    {.name = "bins",
     .value = "N",
     .group = goal,
     .help = "equal parts of the range of --by; none may be empty",
     .default_value = "10"},
    {.name = "decision",
     .value = "NAME",
     .group = goal,
     .help = "also say which of its options the best networks have",
     .repeatable = true},
    {.name = "min-kept",
     .value = "N",
     .group = goal,
     .help = "networks within the limits that a configuration needs to be chosen",
     .default_value = "30"},
    {.name = "networks",
     .value = "N",
     .group = selection,
     .help = "draw at most N networks of the space, until none brings a new step",
     .default_value = "5000"},
    {.name = "output",
     .value = "FILE",
     .group = output,
     .help = "the file to write: of 'profile' the table, which is extended by what it lacks; of "
             "'space edf' the picture, as SVG; of 'export' what is exported, '-' for stdout; "
             "of 'report' the page, likewise",
     .default_note = "latency.csv; no picture; none; none",
     .letter = 'o'},
    {.name = "metric",
     .value = "METRIC[:max|min]",
     .group = goal,
     .help = "what to compare: a metric of the best trial or of the final training "
             "(final.test_accuracy), or hypervolume",
     .default_note = "the objective",
     .known_values = KnownValues::metrics},
    {.name = "baseline",
     .value = "GROUP",
     .group = comparing,
     .help = "compare every group with this one; by default every two"},
    {.name = "paired",
     .value = "",
     .group = comparing,
     .help = "compare runs of one seed with each other: Wilcoxon's test"},
    {.name = "assert",
     .value = "'A > B @ LEVEL'",
     .group = comparing,
     .help = "end with exit code 7 unless group A is better than B at this level of significance, "
             "such as 'evolution > random @ 0.05'",
     .repeatable = true},
    {.name = "at",
     .value = "TRIALS|TIME",
     .group = comparing,
     .help = "count the first trials of each run only, such as 50, or those that end within a "
             "time, such as 30s",
     .default_note = "all"},
    {.name = "target",
     .value = "VALUE",
     .group = comparing,
     .help = "tell when each run first reached this value of the metric"},
    {.name = "optimum",
     .value = "VALUE",
     .group = comparing,
     .help = "the best value that there is, for the regret",
     .default_note = "the estimator's, where it knows"},
    {.name = "reference",
     .value = "METRIC=VALUE|NAME,...",
     .group = comparing,
     .help = "of 'compare': of an objective, the corner that hypervolumes are measured from; of "
             "'report': published networks to train by the recipe of the runs, such as "
             "resnet8,mobilenetv1-0.25,ds-cnn",
     .default_note = "the worst value of all runs; none",
     .repeatable = true,
     .known_values = KnownValues::metrics},
    {.name = "clock",
     .value = "METRIC",
     .group = comparing,
     .help = "count time by a metric of the trials, such as cost",
     .default_note = "their seconds",
     .known_values = KnownValues::metrics},
    {.name = "resamples",
     .value = "N",
     .group = comparing,
     .help = "of the bootstrap, which --seed repeats",
     .default_value = "10000"},
    {.name = "format",
     .value = "FORMAT",
     .group = output,
     .help =
         "onnx: the network with its weights; dot, svg, json: its architecture; csv: all trials "
         "of the run",
     .default_note = "as the file's name ends",
     .choices = "onnx dot svg json csv"},
    {.name = "force",
     .value = "",
     .group = output,
     .help = "of 'export' and 'report': replace a file that exists; of 'compare' and 'report': go "
             "on with runs whose data, "
             "space, fidelity or objective differ"},
    {.name = "dry-run",
     .value = "",
     .group = output,
     .help = "print the plan and its cost, train nothing"},
    {.name = "quiet",
     .value = "",
     .group = output,
     .help = "no progress on stderr",
     .default_value = "false",
     .setting = true},
    {.name = "json", .value = "", .group = output, .help = "JSON on stdout"},
    {.name = "csv", .value = "", .group = output, .help = "CSV on stdout"},
    {.name = "markdown", .value = "", .group = output, .help = "Markdown tables on stdout"},
    {.name = "man",
     .value = "",
     .group = output,
     .help = "all of it as a manual page: nas help --man > nas.1"},
    {.name = "help", .value = "", .group = output, .help = "this text", .letter = 'h'},
};

std::vector<OptionRow> all_rows() {
  const std::span<const OptionRow> of_runs = run_option_rows();
  std::vector<OptionRow> rows(of_runs.begin(), of_runs.end());
  rows.insert(rows.end(), std::begin(other_rows), std::end(other_rows));
  return rows;
}

}  // namespace

std::span<const OptionRow> option_table() {
  static const std::vector<OptionRow> rows = all_rows();
  return rows;
}

const OptionRow& option_row(std::string_view name) {
  const std::span<const OptionRow> rows = option_table();
  const auto row = std::ranges::find(rows, name, &OptionRow::name);
  if (row == rows.end()) {
    throw Error(ErrorKind::internal, fmt::format("no option '--{}' in the table", name));
  }
  return *row;
}

std::string default_text(const OptionRow& row) { return fmt::format("({})", row.default_note); }

std::string environment_name(const OptionRow& row) {
  std::string name = "NAS_";
  for (const char c : row.name) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const OptionRow& row : option_table()) {
    if (row.setting) names.emplace_back(row.name);
  }
  return names;
}

}  // namespace nas::cli
