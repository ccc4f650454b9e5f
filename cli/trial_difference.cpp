#include "cli/trial_difference.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <set>

#include <fmt/format.h>

#include "core/search/conversation.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {

namespace {

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool agree(std::string_view metric, double a, double b, Agreement agreement) {
  if (agreement == Agreement::exact || is_cost_metric(metric)) return same_bits(a, b);
  const auto [absolute, relative] = tolerance_of(metric);
  const double apart = std::abs(a - b);
  return apart <= absolute || apart <= relative * std::max(std::abs(a), std::abs(b));
}

std::string number(const Metrics& metrics, const std::string& name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? "none" : fmt::format("{}", found->second);
}

template <typename Value>
std::string optional_text(const std::optional<Value>& value) {
  return value ? fmt::format("{}", *value) : "none";
}

std::string pair_text(std::string_view what, std::string_view recorded, std::string_view here) {
  return fmt::format("{}: recorded {}, here {}", what, recorded, here);
}

/// What was tried, which measuring has no part in.
std::optional<std::string> proposal_difference(const Trial& a, const Trial& b) {
  if (a.genotype != b.genotype) return pair_text("genotype", a.genotype.text(), b.genotype.text());
  if (a.fidelity != b.fidelity) return pair_text("fidelity", text(a.fidelity), text(b.fidelity));
  if (a.parent != b.parent) {
    return pair_text("continued trial", optional_text(a.parent), optional_text(b.parent));
  }
  if (a.seed != b.seed) {
    return pair_text("seed", std::to_string(a.seed), std::to_string(b.seed));
  }
  if (a.architecture_hash != b.architecture_hash) {
    return pair_text("hash of the architecture", a.architecture_hash, b.architecture_hash);
  }
  return std::nullopt;
}

std::optional<std::string> curve_difference(const Trial& a, const Trial& b) {
  const std::size_t points = std::max(a.curve.size(), b.curve.size());
  for (std::size_t i = 0; i < points; ++i) {
    const auto point = [i](const Trial& trial) {
      if (i >= trial.curve.size()) return std::string("none");
      return fmt::format("{} after {} epochs", trial.curve[i].value, trial.curve[i].epochs);
    };
    const bool both = i < a.curve.size() && i < b.curve.size();
    if (both && same_bits(a.curve[i].value, b.curve[i].value) &&
        same_bits(a.curve[i].epochs, b.curve[i].epochs)) {
      continue;
    }
    return pair_text(fmt::format("point {} of the curve", i), point(a), point(b));
  }
  return std::nullopt;
}

}  // namespace

Tolerance tolerance_of(std::string_view metric) {
  if (metric.ends_with("accuracy")) return {.absolute = 0.05, .relative = 0};
  // How long a trial that is compared with others goes on is a matter of last bits.
  if (metric == "epochs_trained") return {.absolute = 0, .relative = 1};
  return {.absolute = 0, .relative = 0.15};
}

std::optional<std::string> difference(const Metrics& recorded, const Metrics& here,
                                      Agreement agreement) {
  std::set<std::string> names;
  for (const Metrics* metrics : {&recorded, &here}) {
    for (const auto& [name, value] : *metrics) names.insert(name);
  }
  for (const std::string& name : names) {
    const auto a = recorded.find(name);
    const auto b = here.find(name);
    if (a != recorded.end() && b != here.end() && agree(name, a->second, b->second, agreement)) {
      continue;
    }
    return pair_text(name, number(recorded, name), number(here, name));
  }
  return std::nullopt;
}

std::optional<std::string> difference(const Trial& recorded, const Trial& here,
                                      Agreement agreement) {
  if (auto found = proposal_difference(recorded, here)) return found;
  if (recorded.status != here.status) {
    const auto status = [](const Trial& trial) {
      return trial.reason.empty() ? to_string(trial.status)
                                  : fmt::format("{} ({})", to_string(trial.status), trial.reason);
    };
    return pair_text("status", status(recorded), status(here));
  }
  if (recorded.reused_from != here.reused_from) {
    return pair_text("reused trial", optional_text(recorded.reused_from),
                     optional_text(here.reused_from));
  }
  if (auto found = difference(recorded.metrics, here.metrics, agreement)) return found;
  if (agreement == Agreement::tolerated) return std::nullopt;
  if (recorded.reason != here.reason) {
    return pair_text("reason", fmt::format("'{}'", recorded.reason),
                     fmt::format("'{}'", here.reason));
  }
  return curve_difference(recorded, here);
}

}  // namespace nas::cli
