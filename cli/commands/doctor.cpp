#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"
#include "cli/plugin_path.hpp"
#include "cli/table.hpp"
#include "core/data/dataset.hpp"
#include "core/plugin/registry.hpp"

namespace nas::cli {

namespace {

class Findings {
 public:
  void add(std::string what, std::string status, std::string detail) {
    rows_.push_back({{"what", what}, {"status", status}, {"detail", detail}});
    table_.rows.push_back({std::move(what), std::move(status), std::move(detail)});
  }
  /// The first thing that is needed and missing decides the exit code.
  void fail(int code) {
    if (code_ == exit_code::ok) code_ = code;
  }
  int print(Format format) const {
    nlohmann::json object = json_object("nas.doctor");
    object["healthy"] = code_ == exit_code::ok;
    object["findings"] = rows_;
    cli::print(format, table_, object);
    return code_;
  }

 private:
  Table table_{{{"what"}, {"status"}, {"detail", Align::left, true}}, {}};
  nlohmann::json rows_ = nlohmann::json::array();
  int code_ = exit_code::ok;
};

void examine_machine(Findings& findings) {
  const nlohmann::json environment = machine_environment();
  for (const auto& [name, value] : environment.items()) {
    findings.add(name, "ok", value.is_string() ? value.get<std::string>() : value.dump());
  }
}

void examine_plugins(Findings& findings, const PluginRegistry& registry) {
  const std::vector<PluginEntry> entries = registry.list();
  for (const PluginEntry& entry : entries) {
    const std::string what = fmt::format("{} {}", to_string(entry.kind), entry.name);
    if (entry.library) {
      findings.add(what, "ok", entry.file.string());
    } else {
      findings.add(what, "broken", entry.problem);
      findings.fail(exit_code::plugin);
    }
  }
  const auto need = [&](PluginKind kind, std::string_view name) {
    const bool found = std::ranges::any_of(entries, [&](const PluginEntry& entry) {
      return entry.kind == kind && entry.name == name;
    });
    if (found) return;
    std::vector<std::string> directories;
    for (const auto& directory : registry.directories()) directories.push_back(directory.string());
    findings.add(fmt::format("{} {}", to_string(kind), name), "missing",
                 fmt::format("not in any of {}; install the program again, or see --plugin-dir",
                             fmt::join(directories, ", ")));
    findings.fail(exit_code::plugin);
  };
  need(PluginKind::strategy, option_row("strategy").default_value);
  need(PluginKind::estimator, option_row("estimator").default_value);
}

void examine_data(Findings& findings) {
  for (const KnownDataset& known : known_datasets()) {
    const bool here = !known.location.empty();
    findings.add("data " + known.name, here ? "ok" : "missing",
                 here ? known.location.string() : known.hint);
    if (!here && known.name == option_row("data").default_value) findings.fail(exit_code::input);
  }
}

}  // namespace

int doctor_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  Findings findings;
  examine_machine(findings);
  examine_plugins(findings, PluginRegistry(plugin_path(arguments, process_environment())));
  examine_data(findings);
  return findings.print(format);
}

}  // namespace nas::cli
