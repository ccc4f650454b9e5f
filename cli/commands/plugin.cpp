#include <filesystem>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_rows.hpp"
#include "cli/option_table.hpp"
#include "cli/plugin_path.hpp"
#include "cli/progress.hpp"
#include "cli/task_text.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/plugin/registry.hpp"
#include "search_spaces/registry.hpp"

namespace nas::cli {

namespace {

nlohmann::json library_json(const PluginLibrary& library) {
  return {{"kind", to_string(library.kind())}, {"name", library.name()},
          {"version", library.version()},      {"description", library.description()},
          {"file", library.file().string()},   {"options", plugin_option_json(library.options())}};
}

void print_library(const PluginLibrary& library, Format format, const char* schema) {
  const Table options = plugin_option_table(library.name(), library.options());
  if (format == Format::text) {
    const std::size_t width = terminal_width(STDOUT_FILENO);
    fmt::print("{} {} {}\n{}\n{}\n", to_string(library.kind()), library.name(), library.version(),
               hanging("", library.description(), width),
               hanging("", library.file().string(), width));
    if (options.rows.empty()) {
      fmt::print("\nIt has no options.\n");
    } else {
      fmt::print("\n{}", to_text(options, width));
    }
    return;
  }
  nlohmann::json object = json_object(schema);
  object.update(library_json(library));
  print(format, options, object);
}

PluginRegistry registry_for(const Arguments& arguments) {
  return PluginRegistry(plugin_path(arguments, process_environment()));
}

nlohmann::json entry_json(const PluginEntry& entry) {
  nlohmann::json row = {
      {"kind", to_string(entry.kind)}, {"name", entry.name}, {"file", entry.file.string()}};
  if (entry.library) row.update(library_json(*entry.library));
  if (!entry.problem.empty()) row["problem"] = entry.problem;
  row["shadows"] = nlohmann::json::array();
  for (const auto& file : entry.shadows) row["shadows"].push_back(file.string());
  return row;
}

std::string remark(const PluginEntry& entry) {
  if (!entry.problem.empty()) return entry.problem;
  std::vector<std::string> files;
  for (const auto& file : entry.shadows) files.push_back(file.string());
  return files.empty() ? "" : fmt::format("shadows {}", fmt::join(files, ", "));
}

/// A constructor finds out what a descriptor does not tell: whether the options that it reads are
/// in its table. Throws Error(plugin).
void check_construction(const PluginLibrary& library) {
  const OptionValues options(library.name(), library.options(), {});
  if (library.kind() == PluginKind::estimator) {
    library.make_estimator();
    return;
  }
  const SpaceEntry& entry = search_spaces().front();
  const auto space = entry.make(parse_task(std::string(option_row("input").default_value),
                                           std::string(option_row("classes").default_value)),
                                OptionValues(entry.name, entry.options, {}));
  const std::vector<Objective> objectives = {parse_objective("val_accuracy")};
  library.make_strategy({*space, objectives, 0, 8, options});
}

}  // namespace

int plugin_list_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const PluginRegistry registry = registry_for(arguments);
  Table table{{{"kind"},
               {"name"},
               {"version"},
               {"description", Align::left, true},
               {"file", Align::left, true},
               {"remark", Align::left, true}},
              {}};
  nlohmann::json object = json_object("nas.plugins");
  object["directories"] = nlohmann::json::array();
  for (const auto& directory : registry.directories()) {
    object["directories"].push_back(directory.string());
  }
  object["plugins"] = nlohmann::json::array();
  int code = exit_code::ok;
  for (const PluginEntry& entry : registry.list()) {
    table.rows.push_back(
        {to_string(entry.kind), entry.name, entry.library ? entry.library->version() : "",
         entry.library ? entry.library->description() : "", entry.file.string(), remark(entry)});
    object["plugins"].push_back(entry_json(entry));
    if (!entry.problem.empty()) code = exit_code::plugin;
  }
  if (table.rows.empty()) note("no plugins found; see --plugin-dir and NAS_PLUGIN_PATH");
  print(format, table, object);
  return code;
}

int plugin_info_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const PluginRegistry registry = registry_for(arguments);
  const std::string& name = arguments.positional.front();
  std::vector<std::string> known;
  for (const PluginKind kind : {PluginKind::strategy, PluginKind::estimator}) {
    for (const std::string& other : registry.names(kind)) {
      known.push_back(other);
      if (other != name) continue;
      print_library(*registry.find(kind, name), format, "nas.plugin");
      return exit_code::ok;
    }
  }
  std::vector<std::string> places;
  for (const auto& directory : registry.directories()) places.push_back(directory.string());
  throw Error(ErrorKind::plugin,
              fmt::format("unknown plugin '{}'{}; plugins are looked for in: {}", name,
                          suggestion(name, known), fmt::join(places, ", ")));
}

int plugin_check_command(const Arguments& arguments) {
  const auto library = PluginLibrary::open(arguments.positional.front());
  check_construction(*library);
  print_library(*library, output_format(arguments), "nas.plugin");
  return exit_code::ok;
}

}  // namespace nas::cli
