#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"
#include "cli/plugin_path.hpp"
#include "cli/run_request.hpp"
#include "cli/table.hpp"
#include "core/base/executor.hpp"

namespace nas::cli {

namespace {

class Listing {
 public:
  void add(const std::string& name, const std::string& value, const Setting& setting) {
    // "flag --trials"; a default needs no place.
    const std::string origin = setting.origin == Origin::standard
                                   ? to_string(setting.origin)
                                   : fmt::format("{} {}", to_string(setting.origin), setting.where);
    table_.rows.push_back({name, value, origin});
    nlohmann::json row = {{"value", value}, {"origin", to_string(setting.origin)}};
    if (setting.origin != Origin::standard) row["where"] = setting.where;
    object_["settings"][name] = std::move(row);
  }
  void print(Format format) const { cli::print(format, table_, object_); }

 private:
  Table table_{{{"setting"}, {"value", Align::left, true}, {"origin", Align::left, true}}, {}};
  nlohmann::json object_ = json_object("nas.config");
};

std::string value_text(const Setting& setting, const OptionRow& row) {
  if (setting.values.empty()) return default_text(row);
  return fmt::format("{}", fmt::join(setting.values, " "));
}

void add_plugin_options(Listing& listing, const ExperimentRequest& request,
                        const PluginRegistry& registry) {
  for (const auto& [owner, values] : resolve_options(request, registry)) {
    for (const auto& [name, value] : values.all()) {
      const std::string key = fmt::format("{}.{}", owner, name);
      const auto given = request.options.find(key);
      listing.add(key, value, given == request.options.end() ? Setting{} : given->second);
    }
  }
}

}  // namespace

int config_show_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const Environment environment = process_environment();
  const Settings settings(arguments, environment);
  const PluginRegistry registry(plugin_path(arguments, environment));
  const ExperimentRequest request = experiment_request(settings);
  requested_jobs(settings);

  Listing listing;
  for (const std::string_view name : arguments.command->options) {
    const OptionRow& row = option_row(name);
    if (!row.setting || name == "set") continue;
    if (name == "max" || name == "budget") {
      for (const auto& [metric, setting] : settings.keyed(name)) {
        listing.add(fmt::format("{}.{}", name, metric), setting.values.back(), setting);
      }
      continue;
    }
    const Setting& setting = settings.setting(name);
    listing.add(std::string(name), value_text(setting, row), setting);
  }
  add_plugin_options(listing, request, registry);
  listing.print(format);
  return exit_code::ok;
}

}  // namespace nas::cli
