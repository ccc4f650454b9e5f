#include "cli/stored_result_checks.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "cli/best_files.hpp"
#include "cli/final_stage.hpp"
#include "core/architecture/architecture_json.hpp"
#include "core/base/error.hpp"
#include "core/parameters/weights_file.hpp"

namespace nas::cli {

namespace fs = std::filesystem;

namespace {

CheckOutcome differs(std::string detail) { return {CheckState::differs, std::move(detail)}; }

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What is wrong with one final training; empty where nothing is.
std::string wrong_with(const FinalResult& final, const RunSummary& summary) {
  const RunConfig& config = summary.config;
  if (std::ranges::find(summary.trials, final.trial, &Trial::id) == summary.trials.end()) {
    return "there is no such trial";
  }
  const std::uint64_t seed =
      final_training_seed(config.seed, final.trial, static_cast<std::size_t>(final.repeat));
  if (final.seed != seed) return fmt::format("seed: recorded {}, here {}", final.seed, seed);
  for (const auto& [name, value] : final.metrics) {
    if (!std::isfinite(value)) return fmt::format("'{}' is {}", name, value);
  }
  return {};
}

/// The parameter that the file lacks or has in another shape; empty where all fit.
std::string unfit_parameter(const Architecture& architecture, const ParameterStore& store) {
  for (NodeId node = 0; node < architecture.size(); ++node) {
    for (const ParameterSpec& spec : architecture.parameters(node)) {
      const ParameterReference reference = architecture.reference(node, spec);
      if (!store.contains(reference.name) || store.at(reference.name).shape != reference.shape) {
        return reference.name;
      }
    }
  }
  return {};
}

}  // namespace

CheckOutcome check_finals(const RunSummary& summary, std::span<const FinalResult> finals) {
  const RunConfig& config = summary.config;
  if (config.final_epochs == 0 && finals.empty()) return {CheckState::unknown, "the run has none"};
  for (const FinalResult& final : finals) {
    const std::string wrong = wrong_with(final, summary);
    if (!wrong.empty()) {
      return differs(fmt::format("trial {}, repeat {}: {}", final.trial, final.repeat, wrong));
    }
  }
  const auto chosen = std::ranges::count(finals, true, &FinalResult::chosen);
  if (chosen > 1) return differs(fmt::format("{} networks are chosen", chosen));
  if (chosen == 0) return {CheckState::unknown, "no network is chosen yet"};
  return {
      CheckState::agrees,
      fmt::format("{} of trial {}",
                  finals.size() == 1 ? "1 network"
                                     : fmt::format("{} networks, the chosen one", finals.size()),
                  summary.final->trial)};
}

CheckOutcome check_best_architecture(const RunDirectory& run, const RunSummary& summary,
                                     const SearchSpace& space) {
  const fs::path file = architecture_file(run.path());
  if (!space.has_architectures()) return {CheckState::unknown, "the space has none"};
  if (!summary.best) return {CheckState::unknown, "no trial is the best"};
  if (!fs::exists(file)) {
    if (summary.status != RunStatus::finished) return {CheckState::unknown, "not written yet"};
    return differs(fmt::format("'{}' is missing", file.string()));
  }
  // Of an interrupted run the files may be of a moment before the last trials.
  if (summary.status != RunStatus::finished)
    return {CheckState::unknown, "the run has not finished"};
  const Architecture expected = space.build(summary.trial(*summary.best).genotype);
  try {
    if (read_architecture(file) != expected) {
      return differs(fmt::format("'{}' is another network than that of trial {}", file.string(),
                                 *summary.best));
    }
  } catch (const Error& error) {
    return differs(error.what());
  }
  const fs::path drawing = run.best() / "architecture.dot";
  if (!fs::exists(drawing)) return differs(fmt::format("'{}' is missing", drawing.string()));
  if (content(drawing) != to_dot(expected)) {
    return differs(fmt::format("'{}' is no drawing of trial {}", drawing.string(), *summary.best));
  }
  return {CheckState::agrees, fmt::format("of trial {}", *summary.best)};
}

CheckOutcome check_best_weights(const RunDirectory& run, const RunSummary& summary,
                                const SearchSpace& space) {
  const fs::path file = weights_file(run.best());
  if (!summary.final) return {CheckState::unknown, "no network has been trained to the end"};
  if (!fs::exists(file)) return differs(fmt::format("'{}' is missing", file.string()));
  try {
    const ParameterStore store = read_weights(file);
    const Architecture network = space.build(summary.trial(summary.final->trial).genotype);
    if (const std::string name = unfit_parameter(network, store); !name.empty()) {
      return differs(fmt::format("'{}': '{}' is not that of trial {}", file.string(), name,
                                 summary.final->trial));
    }
    const std::optional<bool> intact = weights_are_intact(file);
    if (!intact)
      return {CheckState::unknown, "of the right shapes; the file has no hash of its content"};
    if (!*intact) {
      return differs(
          fmt::format("'{}' is not as it was written: its content has another hash than "
                      "it records",
                      file.string()));
    }
  } catch (const Error& error) {
    return differs(error.what());
  }
  return {CheckState::agrees, "the hash is that of the content"};
}

}  // namespace nas::cli
