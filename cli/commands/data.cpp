#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "core/data/check.hpp"
#include "core/data/dataset.hpp"

namespace nas::cli {

namespace {

std::string class_name(const Dataset& dataset, std::size_t label) {
  return label < dataset.class_names.size() ? dataset.class_names[label] : std::to_string(label);
}

nlohmann::json part_json(const PartSummary& part) {
  return {{"count", part.count},
          {"per_class", part.per_class},
          {"minimum", part.minimum},
          {"maximum", part.maximum}};
}

nlohmann::json dataset_json(const Dataset& dataset) {
  nlohmann::json object = json_object("nas.dataset");
  object["name"] = dataset.name;
  object["format"] = dataset.format;
  object["location"] = dataset.location.string();
  object["hash"] = dataset.hash.text();
  object["input"] = dataset.train.shape.text();
  object["classes"] = dataset.classes;
  object["class_names"] = dataset.class_names;
  object["train"] = part_json(summarise_part(dataset.train, dataset.classes));
  object["test"] = part_json(summarise_part(dataset.test, dataset.classes));
  return object;
}

Table class_table(const Dataset& dataset) {
  const auto train = summarise_part(dataset.train, dataset.classes).per_class;
  const auto test = summarise_part(dataset.test, dataset.classes).per_class;
  Table table{{{"class"}, {"train", Align::right}, {"test", Align::right}}, {}};
  for (std::size_t label = 0; label < train.size(); ++label) {
    table.rows.push_back(
        {class_name(dataset, label), std::to_string(train[label]), std::to_string(test[label])});
  }
  return table;
}

std::string head(const Dataset& dataset) {
  return fmt::format("{} ({}), {}\n{} samples to train, {} to test, {} each, {} classes\nhash {}\n",
                     dataset.name, dataset.format, dataset.location.string(), dataset.train.count(),
                     dataset.test.count(), dataset.train.shape.text(), dataset.classes,
                     dataset.hash.text());
}

}  // namespace

int data_list_command(const Arguments& arguments) {
  Table table{{{"name"},
               {"here"},
               {"location or how to get it", Align::left, true},
               {"description", Align::left, true}},
              {}};
  nlohmann::json object = json_object("nas.datasets");
  object["datasets"] = nlohmann::json::array();
  for (const KnownDataset& known : known_datasets()) {
    const bool here = !known.location.empty();
    table.rows.push_back({known.name, here ? "yes" : "no",
                          here ? known.location.string() : known.hint, known.description});
    object["datasets"].push_back({{"name", known.name},
                                  {"description", known.description},
                                  {"here", here},
                                  {"location", known.location.string()},
                                  {"hint", known.hint}});
  }
  print(output_format(arguments), table, object);
  return exit_code::ok;
}

int data_info_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const auto dataset = load_dataset(arguments.positional.front());
  if (format == Format::text) {
    fmt::print("{}\n{}", head(*dataset),
               to_text(class_table(*dataset), terminal_width(STDOUT_FILENO)));
    return exit_code::ok;
  }
  print(format, class_table(*dataset), dataset_json(*dataset));
  return exit_code::ok;
}

int data_check_command(const Arguments& arguments) {
  const Format format = output_format(arguments);
  const auto dataset = load_dataset(arguments.positional.front());
  const DatasetFindings findings = check_dataset(*dataset);
  for (const std::string& warning : findings.warnings) warn(warning);
  if (format == Format::text) {
    fmt::print("{} can be read whole, every label is a class{}\n{}", dataset->name,
               findings.warnings.empty() ? ", and nothing looks wrong" : "", head(*dataset));
    return exit_code::ok;
  }
  nlohmann::json object = dataset_json(*dataset);
  object["readable"] = true;
  object["warnings"] = findings.warnings;
  Table table{{{"warning"}}, {}};
  for (const std::string& warning : findings.warnings) table.rows.push_back({warning});
  print(format, table, object);
  return exit_code::ok;
}

}  // namespace nas::cli
