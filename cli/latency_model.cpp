#include "cli/latency_model.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/progress.hpp"
#include "core/base/error.hpp"
#include "search_spaces/described.hpp"

namespace nas::cli {

LatencyModel::LatencyModel(std::string file, std::string command)
    : file_(std::move(file)), command_(std::move(command)), table_(LatencyTable::read(file_)) {
  const Machine here = this_machine();
  if (table_.machine() == here) return;
  warn(
      fmt::format("latency table '{}' was made on another machine ({}; this is {}): its latencies "
                  "are of that one",
                  file_, machine_text(table_.machine()), machine_text(here)));
}

Metrics LatencyModel::metrics(const Architecture& architecture,
                              const std::string& selection) const {
  const LatencyEstimate estimate = table_.estimate(architecture);
  if (estimate.missing.empty()) return {{latency_metric, estimate.milliseconds}};
  throw Error(
      ErrorKind::config,
      fmt::format("latency table '{}' lacks {} step(s) of an architecture, such as '{}' on '{}'; "
                  "this adds them, on the machine of the table: {} {} --output {}",
                  file_, estimate.missing.size(), estimate.missing.front().work,
                  estimate.missing.front().tensors, command_, selection, shell_word(file_)));
}

std::string latency_table_file(const Settings& settings) {
  const std::string& file = settings.text("latency-table");
  if (file == "none") return {};
  return std::filesystem::absolute(file).lexically_normal().string();
}

std::string command_to_profile(const std::string& space, const OptionValues& options,
                               const std::string& task) {
  std::string command = fmt::format("nas profile --space {}", shell_word(space));
  if (space == described_space_name) {
    const std::string& file = options.text(description_file_option);
    if (!file.empty()) return fmt::format("nas profile --space {} {}", shell_word(file), task);
  }
  for (const OptionSpec& option : search_space(space).options) {
    const std::string& value = options.all().at(option.name);
    if (value == option.default_value) continue;
    command += " --set " + shell_word(fmt::format("{}.{}={}", space, option.name, value));
  }
  return command + " " + task;
}

std::string selection_of(const Genotype& genotype) {
  return fmt::format("--genotype {}", shell_word(genotype.text()));
}

std::string shell_word(const std::string& text) {
  constexpr const char* plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:+,@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string machine_text(const Machine& machine) {
  return fmt::format("{}, {}, {}", machine.cpu, machine.instruction_set, machine.engine);
}

}  // namespace nas::cli
