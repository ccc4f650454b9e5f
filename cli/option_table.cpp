#include "cli/option_table.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "cli/defaults.hpp"
#include "core/base/error.hpp"

namespace nas::cli {

namespace {

constexpr std::string_view what = "What to search";
constexpr std::string_view effort = "How much effort";
constexpr std::string_view goal = "Objectives and limits";
constexpr std::string_view final_part = "Final training";
constexpr std::string_view place = "Where";
constexpr std::string_view selection = "Selection";
constexpr std::string_view network = "Network";
constexpr std::string_view output = "Output";

constexpr OptionRow rows[] = {
    {.name = "strategy",
     .value = "NAME",
     .group = what,
     .help = "decides what to try next; see 'nas plugin list'",
     .default_value = "evolution",
     .setting = true},
    {.name = "space",
     .value = "NAME|FILE",
     .group = what,
     .help = "what can be searched; see 'nas space list'; or a description, FILE.json; or the "
             "codes in a table, table:FILE",
     .default_value = "mbconv",
     .setting = true},
    {.name = "estimator",
     .value = "NAME",
     .group = what,
     .help = "measures a candidate; see 'nas plugin list'",
     .default_value = "train",
     .setting = true},
    {.name = "data",
     .value = "NAME|DIR",
     .group = what,
     .help = "a dataset by name or the folder that holds it; see 'nas data list'",
     .default_value = "fashion-mnist",
     .setting = true},
    {.name = "set",
     .value = "OWNER.OPTION=VALUE",
     .group = what,
     .help =
         "an option of the strategy, space, estimator ('nas plugin info NAME' lists them) or of "
         "the objective mnasnet_reward",
     .default_note = "each option's own",
     .setting = true,
     .repeatable = true},
    {.name = "trials",
     .value = "N",
     .group = effort,
     .help = "architectures to measure; with --budget as many as that allows, unless given",
     .default_value = default_trials,
     .setting = true},
    {.name = "seed",
     .value = "N",
     .group = effort,
     .help = "equal seeds give equal runs",
     .default_value = "0",
     .setting = true},
    {.name = "seeds",
     .value = "A-B",
     .group = effort,
     .help = "a run for each seed from A to B, side by side, --jobs of them; prints means and "
             "deviations"},
    {.name = "summary-only",
     .value = "",
     .group = effort,
     .help = "with --seeds: keep the best trial of each run, and no run directories"},
    {.name = "jobs",
     .value = "N",
     .group = effort,
     .help = "trials that run at the same time; does not change results",
     .default_note = "all processors",
     .setting = true},
    {.name = "window",
     .value = "N",
     .group = effort,
     .help = "trials that may be under way; changes what the strategy knows when it proposes",
     .default_value = "8",
     .setting = true},
    {.name = "budget",
     .value = "METRIC=VALUE",
     .group = effort,
     .help = "propose no more once the trials told to the strategy have spent this much of a "
             "metric, such as cost=20000; 'none' lifts one",
     .default_note = "none",
     .setting = true,
     .repeatable = true},
    {.name = "time-limit",
     .value = "TIME",
     .group = effort,
     .help = "start no new trial after it, such as 90, 90s, 5m, 1h; the run will not be repeatable",
     .default_value = "none",
     .setting = true},
    {.name = "memory-limit",
     .value = "SIZE",
     .group = effort,
     .help = "a trial that plans for more fails, such as 512MiB",
     .default_value = "none",
     .setting = true},
    {.name = "precision",
     .value = "TYPE",
     .group = effort,
     .help = "float32, or bf16: convolutions and linear layers in bfloat16, where the CPU has it",
     .default_value = "float32",
     .setting = true},
    {.name = "async",
     .value = "",
     .group = effort,
     .help = "tell results as they come; the run will not be repeatable",
     .default_value = "false",
     .setting = true},
    {.name = "objective",
     .value = "METRIC[:max|min]",
     .group = goal,
     .help =
         "what to optimise, the most important first; ties go to the next one (of one alone: to "
         "fewer MACs), then to the lower genotype",
     .default_note = "the estimator's first metric",
     .setting = true,
     .repeatable = true},
    {.name = "max",
     .value = "METRIC=VALUE",
     .group = goal,
     .help = "a limit on params, macs, ram, ram_int8, ram_mcunet, flash, flash_int8, "
             "fragmentation, branches, critical_path or small_ops, such as macs=3M or "
             "ram_int8=320KiB; 'none' lifts one",
     .default_note = "macs=3M in a run",
     .setting = true,
     .repeatable = true},
    {.name = "latency-table",
     .value = "FILE",
     .group = goal,
     .help = "the latencies of a machine, from 'nas profile': gives the metric latency_ms",
     .default_value = "none",
     .setting = true},
    {.name = "final-epochs",
     .value = "X",
     .group = final_part,
     .help = "epochs of the winner's final training; 0 leaves it out",
     .default_note = "the estimator's",
     .setting = true},
    {.name = "finalists",
     .value = "K",
     .group = final_part,
     .help = "train the K best, keep the one with the best validation",
     .default_value = "1",
     .setting = true},
    {.name = "final-seeds",
     .value = "S",
     .group = final_part,
     .help = "train each finalist S times, report mean and deviation",
     .default_value = "1",
     .setting = true},
    {.name = "final-shards",
     .value = "N",
     .group = final_part,
     .help = "parts of a batch that are trained in parallel; changes results",
     .default_value = "4",
     .setting = true},
    {.name = "final",
     .value = "",
     .group = final_part,
     .help = "train at length, as the winner of a run, and test"},
    {.name = "save-weights",
     .value = "FILE",
     .group = final_part,
     .help = "with --final: keep the trained weights, for 'nas export --weights'"},
    {.name = "out",
     .value = "DIR",
     .group = place,
     .help = "the run directory; one that holds this very run is resumed",
     .default_note = "runs/<strategy>-<space>-<n>",
     .setting = true},
    {.name = "config",
     .value = "FILE",
     .group = place,
     .help = "settings from an INI file; environment and flags win over it",
     .default_note = "NAS_CONFIG"},
    {.name = "plugin-dir",
     .value = "DIR",
     .group = place,
     .help = "search for plugins here first; then in NAS_PLUGIN_PATH (separated by colons)",
     .repeatable = true},
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
     .default_value = "architectures"},
    {.name = "limit", .value = "N", .group = selection, .help = "the first N only"},
    {.name = "metrics",
     .value = "",
     .group = output,
     .help = "also what each one decides and costs; builds them all"},
    {.name = "by",
     .value = "METRIC",
     .group = goal,
     .help = "also compare as if networks of every size were equally many: by macs, params, ..."},
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
             "'space edf' the picture, as SVG; of 'export' what is exported, '-' for stdout",
     .default_note = "latency.csv; no picture; none",
     .letter = 'o'},
    {.name = "format",
     .value = "FORMAT",
     .group = output,
     .help =
         "onnx: the network with its weights; dot, svg, json: its architecture; csv: all trials "
         "of the run",
     .default_note = "as the file's name ends"},
    {.name = "force", .value = "", .group = output, .help = "replace a file that exists"},
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
    {.name = "help", .value = "", .group = output, .help = "this text", .letter = 'h'},
};

}  // namespace

std::span<const OptionRow> option_table() { return rows; }

const OptionRow& option_row(std::string_view name) {
  const auto row = std::ranges::find(rows, name, &OptionRow::name);
  if (row == std::end(rows)) {
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
  for (const OptionRow& row : rows) {
    if (row.setting) names.emplace_back(row.name);
  }
  return names;
}

}  // namespace nas::cli
