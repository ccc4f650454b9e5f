#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/table.hpp"

namespace nas::cli {

int version_command(const Arguments& arguments) {
  const nlohmann::json environment = machine_environment();
  nlohmann::json object = json_object("nas.version");
  object.update(environment);
  Table table{{{"what"}, {"value", Align::left, true}}, {}};
  for (const auto& [name, value] : environment.items()) {
    table.rows.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
  }
  print(output_format(arguments), table, object);
  return exit_code::ok;
}

}  // namespace nas::cli
