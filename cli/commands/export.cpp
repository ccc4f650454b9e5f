#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/export_source.hpp"
#include "cli/onnx_export.hpp"
#include "cli/run_text.hpp"
#include "cli/table.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/base/output_file.hpp"
#include "core/base/text.hpp"
#include "results/graph_svg.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 5> formats = {"onnx", "dot", "svg", "json", "csv"};
constexpr const char* standard_output = "-";

/// That of --format or, without it, of the file's name.
std::string format_of(const Arguments& arguments, const std::string& file) {
  const std::vector<std::string> known(formats.begin(), formats.end());
  if (const auto given = arguments.value("format")) {
    if (std::ranges::find(known, *given) != known.end()) return *given;
    throw Error(ErrorKind::usage,
                fmt::format("--format '{}' is not known{}", *given, suggestion(*given, known)));
  }
  const std::string extension = fs::path(file).extension().string();
  if (!extension.empty() && std::ranges::find(known, extension.substr(1)) != known.end()) {
    return extension.substr(1);
  }
  throw Error(ErrorKind::usage, fmt::format("--format is missing, and '{}' does not end in .{}",
                                            file, fmt::join(known, ", .")));
}

void check_options(const Arguments& arguments, const std::string& format, bool to_stdout) {
  for (const char* option : {"fold-bn", "raw-input", "weights", "initial-weights", "seed"}) {
    if (format != "onnx" && arguments.has(option)) {
      throw Error(ErrorKind::usage,
                  fmt::format("--{} is of --format onnx; '{}' has no weights", option, format));
    }
  }
  if (arguments.has("seed") && !arguments.has("initial-weights")) {
    throw Error(ErrorKind::usage, "--seed is that of --initial-weights");
  }
  if (to_stdout && format == "onnx") {
    throw Error(ErrorKind::usage, "-o -: an ONNX model is no text; name a file");
  }
  if (to_stdout && arguments.has("json")) {
    throw Error(ErrorKind::usage,
                "--json describes the file that was written; with '-o -' there "
                "is none");
  }
}

/// "N x 1 x 28 x 28".
std::string shape_text(const nlohmann::json& shape) {
  std::vector<std::string> sizes;
  for (const nlohmann::json& size : shape) {
    sizes.push_back(size.is_string() ? size.get<std::string>() : size.dump());
  }
  return fmt::format("{}", fmt::join(sizes, " x "));
}

/// "72.94035", or "[125.3, 123, 113.9]" of several channels.
std::string channel_text(const std::string& json) {
  std::vector<std::string> values;
  for (const nlohmann::json& value : nlohmann::json::parse(json)) {
    values.push_back(fmt::format("{:.7g}", value.get<double>()));
  }
  return values.size() == 1 ? values.front() : fmt::format("[{}]", fmt::join(values, ", "));
}

/// What the network wants to read, in words.
std::string input_values_text(const std::map<std::string, std::string>& metadata) {
  const auto mean = metadata.find("mean");
  const auto deviation = metadata.find("deviation");
  if (mean == metadata.end()) return "normalised as in training";
  if (metadata.at("input_values") == "raw") return "values as the data have them";
  return fmt::format("(value - {}) / {}", channel_text(mean->second),
                     channel_text(deviation->second));
}

std::string onnx_text(const OnnxExport& model) {
  std::string text;
  for (const nlohmann::json& input : model.inputs) {
    text += fmt::format("  input           {}: {}, {}\n", input.at("name").get<std::string>(),
                        shape_text(input.at("shape")), input_values_text(model.metadata));
  }
  for (const nlohmann::json& output : model.outputs) {
    text += fmt::format("  output          {}: {}\n", output.at("name").get<std::string>(),
                        shape_text(output.at("shape")));
  }
  const auto accuracy = model.metadata.find("test_accuracy");
  text +=
      fmt::format("  weights         {}{}, batch norms {}\n", model.metadata.at("weights"),
                  accuracy == model.metadata.end()
                      ? ""
                      : fmt::format(" (test_accuracy {})",
                                    metric_text("test_accuracy", *parse_real(accuracy->second))),
                  model.metadata.at("batch_norm"));
  return text;
}

/// What was written, for people or as JSON.
struct ExportReport {
  std::string text;
  nlohmann::json object = json_object("nas.export");
};

std::string exported(const Arguments& arguments, const std::string& format, ExportReport& report) {
  if (format == "csv") {
    const RunSummary summary = exported_run(arguments);
    report.text =
        fmt::format("{} of {}", counted(static_cast<double>(summary.trials.size()), "trial"),
                    summary.path.string());
    report.object["trials"] = summary.trials.size();
    return to_csv(trial_table(summary, Format::csv));
  }
  const ExportSource source = export_source(arguments);
  report.text = source.title;
  report.object.update(source.origin);
  if (format == "json") return to_json(source.architecture).dump(2) + "\n";
  if (format == "dot") return to_dot(source.architecture);
  if (format == "svg") return graph_svg(to_dot(source.architecture));
  OnnxExport model = export_onnx(source, arguments);
  report.text += fmt::format("\n{}", onnx_text(model));
  report.object["inputs"] = model.inputs;
  report.object["outputs"] = model.outputs;
  report.object["operators"] = model.operators;
  report.object["metadata"] = model.metadata;
  return std::move(model.bytes);
}

}  // namespace

int export_command(const Arguments& arguments) {
  const auto file = arguments.value("output");
  if (!file) {
    throw Error(ErrorKind::usage, "'nas export' needs -o FILE, or '-o -' for standard output");
  }
  const std::string format = format_of(arguments, *file);
  const bool to_stdout = *file == standard_output;
  check_options(arguments, format, to_stdout);
  std::optional<OutputFile> output;
  if (!to_stdout) {
    output.emplace(
        *file, arguments.has("force") ? OutputFile::Existing::replace : OutputFile::Existing::keep);
  }
  ExportReport report;
  const std::string content = exported(arguments, format, report);
  if (!output) {
    fmt::print("{}", content);
    return exit_code::ok;
  }
  output->write(content);
  if (!arguments.has("json")) {
    fmt::print("{} ({}): {}{}", *file, human_bytes(static_cast<double>(content.size())),
               report.text, report.text.ends_with('\n') ? "" : "\n");
    return exit_code::ok;
  }
  report.object["path"] = *file;
  report.object["format"] = format;
  report.object["bytes"] = content.size();
  print(report.object);
  return exit_code::ok;
}

}  // namespace nas::cli
