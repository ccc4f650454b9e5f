#include "core/profile/profile.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/experiment.hpp"
#include "cli/option_table.hpp"
#include "cli/owned_options.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/run_request.hpp"
#include "cli/space_choice.hpp"
#include "cli/space_file.hpp"
#include "cli/table.hpp"
#include "cli/task_text.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/hash.hpp"
#include "core/base/random.hpp"
#include "core/base/text.hpp"
#include "core/profile/pace.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

constexpr const char* default_file = "latency.csv";

/// Networks that a step should be part of: what runs around it tells on its time.
constexpr int contexts = 3;
/// Networks in a row without a new step after which the space has most likely shown all of them:
/// of what is in one network of 100, all but e^-3 would have been seen.
constexpr std::int64_t patience = 300;
/// Share of a processor below which somebody else must have used it while we measured.
constexpr double undisturbed = 0.97;

struct Drawn {
  std::int64_t networks = 0;
  std::int64_t since_new = 0;  ///< after the last that brought a new step
};

std::unique_ptr<SearchSpace> space_to_profile(const Settings& settings,
                                              const Arguments& arguments) {
  const Environment environment = process_environment();
  Settings::Keyed given = settings.keyed("set");
  const SpaceEntry& entry = search_space(registered_space(settings.setting("space"), given));
  const OwnedOptions options = options_by_owner(
      given, {{entry.name, entry.options}}, PluginRegistry(plugin_path(arguments, environment)));
  Task task = arguments.has("input") && arguments.has("classes")
                  ? Task{}
                  : task_of(resolved_data(settings.text("data")));
  if (const auto input = arguments.value("input")) task.input = parse_shape(*input);
  if (const auto classes = arguments.value("classes")) {
    task.classes = parse_task(task.input.text(), *classes).classes;
  }
  return entry.make(task, options.at(entry.name));
}

/// The table to extend, or a new one.
LatencyTable table_to_extend(const std::string& file) {
  const Machine here = this_machine();
  if (!std::filesystem::exists(file)) {
    return {here, undisturbed_pace(PaceMeter(steady_microseconds))};
  }
  LatencyTable table = LatencyTable::read(file);
  if (table.machine() == here) return table;
  throw Error(ErrorKind::config,
              fmt::format("latency table '{}' was made on another machine ({}; this is {}); write "
                          "this one's to another --output",
                          file, machine_text(table.machine()), machine_text(here)));
}

Drawn draw_networks(const SearchSpace& space, std::int64_t most, std::uint64_t seed,
                    ProgressLine& line, ProfilePlan& plan) {
  Random random(derive_seed(seed, "profile"));
  Drawn drawn;
  while (drawn.networks < most && drawn.since_new < patience) {
    const bool brings_new = plan.offer(space.build(space.sample(random)));
    ++drawn.networks;
    drawn.since_new = brings_new ? 0 : drawn.since_new + 1;
    line.show(fmt::format("drawing networks · {} with {} steps", drawn.networks, plan.steps()),
              false);
  }
  return drawn;
}

Drawn offer_networks(const Settings& settings, const Arguments& arguments, ProgressLine& line,
                     ProfilePlan& plan) {
  if (const auto file = arguments.value("architecture")) {
    plan.offer(read_architecture(*file));
    return {.networks = 1};
  }
  const auto space = space_to_profile(settings, arguments);
  if (const auto text = arguments.value("genotype")) {
    plan.offer(space->build(genotype_of(*space, *text)));
    return {.networks = 1};
  }
  constexpr std::int64_t most_networks = 10'000'000;
  const std::string count =
      arguments.value("networks").value_or(std::string(option_row("networks").default_value));
  const auto most = parse_integer(count);
  if (!most || *most < 1 || *most > most_networks) {
    throw Error(ErrorKind::usage, fmt::format("--networks '{}': must be a whole number from 1 to "
                                              "{}",
                                              count, most_networks));
  }
  const auto seed = settings.integer("seed", 0, std::numeric_limits<std::int64_t>::max());
  const Drawn drawn = draw_networks(*space, *most, static_cast<std::uint64_t>(seed), line, plan);
  line.clear();
  if (drawn.since_new < patience) {
    warn(
        fmt::format("after {} networks new steps still turn up (the last, {} networks ago); the "
                    "table will lack some: raise --networks",
                    drawn.networks, drawn.since_new));
  }
  return drawn;
}

/// Warns where other programs had the processor. That somebody else slowed it down is told by
/// `disturbed_steps`.
void measure(const ProfilePlan& plan, ProgressLine& line, LatencyTable& table) {
  ProfileSettings settings;
  settings.progress = [&](std::size_t done, std::size_t total) {
    line.show(fmt::format("measuring · {:.0f} %",
                          100 * static_cast<double>(done) / static_cast<double>(total)),
              false);
  };
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t used_before = std::clock();
  measure_steps(plan.networks(), settings, table);
  const double used =
      static_cast<double>(std::clock() - used_before) / static_cast<double>(CLOCKS_PER_SEC);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  line.clear();
  if (used < undisturbed * passed.count()) {
    warn(
        fmt::format("only {:.0f} % of a processor was to be had while measuring: measure again on "
                    "an idle machine",
                    100 * used / passed.count()));
  }
}

std::int64_t disturbed_steps(const LatencyTable& table) {
  return std::ranges::count_if(table.steps(),
                               [](const auto& step) { return !step.second.undisturbed; });
}

void print_profile(const std::string& file, const LatencyTable& table, const ProfilePlan& plan,
                   const Drawn& drawn, Format format) {
  nlohmann::json object = json_object("nas.profile");
  object["file"] = file;
  object["hash"] = hash_file(file).text();
  object["steps"] = table.steps().size();
  object["added"] = plan.steps();
  object["networks"] = {{"drawn", drawn.networks}, {"measured", plan.networks().size()}};
  object["machine"] = {{"cpu", table.machine().cpu},
                       {"instruction_set", table.machine().instruction_set},
                       {"engine", table.machine().engine},
                       {"threads", table.machine().threads}};
  object["reference"] = {{"chain_microseconds", table.reference().chain},
                         {"stream_microseconds", table.reference().stream}};
  object["disturbed"] = disturbed_steps(table);
  print(format,
        Table{{{"what"}, {"value"}},
              {{"latency table", file},
               {"steps", fmt::format("{}, {} of them new", table.steps().size(), plan.steps())},
               {"networks",
                fmt::format("{} drawn, {} measured", drawn.networks, plan.networks().size())},
               {"machine", machine_text(table.machine())},
               {"reference", fmt::format("chain {:.3f} us, stream {:.3f} us",
                                         table.reference().chain, table.reference().stream)}}},
        object);
}

}  // namespace

int profile_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  if (arguments.has("genotype") && arguments.has("architecture")) {
    throw Error(ErrorKind::usage, "'nas profile' takes --genotype or --architecture, not both");
  }
  const Settings settings(arguments, process_environment());
  const std::string file = arguments.value("output").value_or(default_file);
  LatencyTable table = table_to_extend(file);
  ProgressLine line(ProgressLine::mode_for_stderr(settings.enabled("quiet")));
  ProfilePlan plan(table, contexts);
  const Drawn drawn = offer_networks(settings, arguments, line, plan);
  measure(plan, line, table);
  table.write(file);
  if (const std::int64_t disturbed = disturbed_steps(table); disturbed > 0) {
    warn(
        fmt::format("{} of {} steps could be measured only while something else shared the core; "
                    "their times are too long: remove '{}' and measure again on an idle machine",
                    disturbed, table.steps().size(), file));
  }
  print_profile(file, table, plan, drawn, format);
  return exit_code::ok;
}

}  // namespace nas::cli
