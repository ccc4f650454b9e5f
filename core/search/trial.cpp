#include "core/search/trial.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

#include <fmt/format.h>

#include "core/base/error.hpp"

namespace nas {
namespace {

// Bits, not values: two NaNs of one origin are the same result.
bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

bool same_curves(const std::vector<CurvePoint>& a, const std::vector<CurvePoint>& b) {
  return std::ranges::equal(a, b, [](const CurvePoint& x, const CurvePoint& y) {
    return same_bits(x.epochs, y.epochs) && same_bits(x.value, y.value);
  });
}

bool same_metrics(const Metrics& a, const Metrics& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return x.first == y.first && same_bits(x.second, y.second);
  });
}

}  // namespace

std::string to_string(TrialStatus status) {
  switch (status) {
    case TrialStatus::ok:
      return "ok";
    case TrialStatus::failed:
      return "failed";
    case TrialStatus::reused:
      return "reused";
  }
  throw Error(ErrorKind::internal, "a trial has a status without a name");
}

TrialStatus trial_status(const std::string& name) {
  for (const auto status : {TrialStatus::ok, TrialStatus::failed, TrialStatus::reused}) {
    if (to_string(status) == name) return status;
  }
  throw Error(ErrorKind::run_directory,
              fmt::format("unknown trial status '{}' (known: ok, failed, reused)", name));
}

bool same_result(const Trial& a, const Trial& b) {
  const auto exact = [](const Trial& t) {
    return std::tie(t.id, t.genotype, t.architecture_hash, t.seed, t.status, t.reason,
                    t.reused_from, t.parent);
  };
  return exact(a) == exact(b) && same_bits(a.fidelity.epochs, b.fidelity.epochs) &&
         same_bits(a.fidelity.data_share, b.fidelity.data_share) &&
         same_bits(a.fidelity.resolution, b.fidelity.resolution) &&
         same_metrics(a.metrics, b.metrics) && same_curves(a.curve, b.curve);
}

}  // namespace nas
