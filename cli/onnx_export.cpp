#include "cli/onnx_export.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/environment.hpp"
#include "cli/settings.hpp"
#include "core/architecture/canonical_hash.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/random.hpp"
#include "core/data/sample_notes.hpp"
#include "core/parameters/weights_file.hpp"
#include "results/onnx/model_file.hpp"
#include "results/onnx/network.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

struct Weights {
  ParameterStore store;
  WeightNotes notes;
  std::string kind;       ///< "trained", "initial"
  bool are_kept = false;  ///< those of the run's final training
};

Weights initial_weights(const ExportSource& source, const Arguments& arguments) {
  if (arguments.has("weights")) {
    throw Error(ErrorKind::usage, "--weights and --initial-weights exclude each other");
  }
  const Settings settings(arguments, process_environment());
  Weights weights{.store = {}, .notes = {}, .kind = "initial"};
  weights.store.prepare(source.architecture, derive_seed(settings.natural("seed"), "weights"));
  return weights;
}

Weights weights_of(const ExportSource& source, const Arguments& arguments) {
  if (arguments.has("initial-weights")) return initial_weights(source, arguments);
  const auto given = arguments.value("weights");
  if (!given && !source.weights) throw Error(ErrorKind::usage, source.lack);
  const fs::path file = given ? fs::path(*given) : *source.weights;
  ParameterStore store = read_weights(file);
  // The bytes of a file that records no hash are taken as they are.
  if (!weights_are_intact(file).value_or(true)) {
    throw Error(ErrorKind::data, fmt::format("weights file '{}': it is not as it was written: its "
                                             "content has another hash than it records",
                                             file.string()));
  }
  return {std::move(store), read_weight_notes(file), "trained", !given};
}

std::map<std::string, std::string> metadata_of(const ExportSource& source, const Weights& weights,
                                               const onnx_export::NetworkSettings& settings,
                                               bool raw_input) {
  std::map<std::string, std::string> metadata = weights.notes;
  for (const auto& [name, value] : source.origin.items()) {
    metadata[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  const Architecture& net = source.architecture;
  metadata["architecture"] = canonical_hash(net).text();
  for (const auto& [name, value] : cost_metrics(cost(net))) {
    if (name == "params" || name == "macs") metadata[name] = fmt::format("{}", value);
  }
  // Other weights have other metrics.
  if (weights.are_kept) {
    for (const auto& [name, value] : source.metrics) metadata[name] = fmt::format("{}", value);
  }
  if (net.outputs().size() == 1 && net.shape(net.outputs().front()).pixels() == 1) {
    metadata["classes"] = fmt::format("{}", net.shape(net.outputs().front()).channels);
  }
  metadata["weights"] = weights.kind;
  metadata["batch_norm"] = settings.fold_batch_norm ? "folded" : "kept";
  metadata["input_values"] = raw_input ? "raw" : "normalised";
  return metadata;
}

nlohmann::json info_rows(const std::vector<onnx_export::ValueInfo>& values) {
  nlohmann::json rows = nlohmann::json::array();
  for (const onnx_export::ValueInfo& value : values) {
    nlohmann::json shape = {"N"};
    for (const std::int64_t size : value.shape) shape.push_back(size);
    rows.push_back({{"name", value.name}, {"shape", shape}});
  }
  return rows;
}

}  // namespace

OnnxExport export_onnx(const ExportSource& source, const Arguments& arguments) {
  const Weights weights = weights_of(source, arguments);
  const bool raw_input = arguments.has("raw-input");
  onnx_export::NetworkSettings settings{.name = source.name,
                                        .fold_batch_norm = arguments.has("fold-bn")};
  if (raw_input) {
    const auto normalisation = noted_normalisation(weights.notes);
    if (!normalisation) {
      throw Error(ErrorKind::data,
                  fmt::format("--raw-input: the weights of {} do not say how their input was "
                              "normalised; only weights that this version has trained do",
                              source.title));
    }
    settings.mean = normalisation->mean;
    settings.deviation = normalisation->deviation;
  }
  OnnxExport result;
  result.metadata = metadata_of(source, weights, settings, raw_input);
  const onnx_export::Graph graph =
      onnx_export::to_onnx(source.architecture, weights.store, settings);
  result.inputs = info_rows(graph.inputs);
  result.outputs = info_rows(graph.outputs);
  result.operators = graph.nodes.size();
  result.bytes = onnx_export::serialised(
      graph, {.producer_version = program_version(),
              .description = fmt::format("{}, {} weights", source.name, weights.kind),
              .metadata = result.metadata});
  return result;
}

}  // namespace nas::cli
