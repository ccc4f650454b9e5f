#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/option_table.hpp"
#include "cli/space_file.hpp"
#include "cli/table.hpp"
#include "cli/task_text.hpp"
#include "core/base/random.hpp"
#include "search_spaces/described.hpp"
#include "search_spaces/staged/description_json.hpp"
#include "search_spaces/staged/staged_space.hpp"

namespace nas::cli {

namespace {

/// Networks that are built to see whether the parts fit.
constexpr int networks = 100;

std::string value_or_default(const Arguments& arguments, std::string_view name) {
  return arguments.value(name).value_or(std::string(option_row(name).default_value));
}

}  // namespace

int space_check_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const std::string& file = arguments.positional.front();
  const Task task =
      parse_task(value_or_default(arguments, "input"), value_or_default(arguments, "classes"));
  const StagedSpace space(described_space_name, description_from_json(read_space_file(file), file),
                          task);
  Random random(derive_seed(0, "space check"));
  for (int i = 0; i < networks; ++i) check_complete(space.build(space.sample_uniform(random)));

  const std::string& name = space.description().name;
  const std::string size = size_digits(space);
  const std::size_t decisions = space.decisions().size();
  if (format == Format::text) {
    fmt::print("{}", hanging("",
                             fmt::format("'{}' describes the space '{}': {} decisions, {} "
                                         "genotypes; {} drawn ones were built for {} and {} "
                                         "classes\n",
                                         file, name, decisions, size, networks, task.input.text(),
                                         task.classes),
                             terminal_width(STDOUT_FILENO)));
    return exit_code::ok;
  }
  nlohmann::json object = json_object("nas.space.check");
  object["file"] = file;
  object["name"] = name;
  object["description"] = space.description().description;
  object["decisions"] = decisions;
  object["size"] = size;
  object["built"] = networks;
  object["input"] = task.input.text();
  object["classes"] = task.classes;
  print(format,
        Table{{{"file"}, {"name"}, {"decisions", Align::right}, {"size", Align::right}},
              {{file, name, std::to_string(decisions), size}}},
        object);
  return exit_code::ok;
}

}  // namespace nas::cli
