/// One evaluation and what came of it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/search/genotype.hpp"

namespace nas {

/// By name: "val_accuracy" (a share), "val_loss", "params", "macs", "ram" (bytes), ...
using Metrics = std::map<std::string, double, std::less<>>;

/// How much effort goes into a measurement.
struct Fidelity {
  double epochs = 0;      ///< 0: not trained
  double data_share = 1;  ///< of the training part
  double resolution = 1;  ///< of the side of the network's input: a share
  friend auto operator<=>(const Fidelity&, const Fidelity&) = default;
};

/// What a training was worth on the way.
struct CurvePoint {
  double epochs = 0;  ///< trained so far, those of the trials that it continues included
  double value = 0;   ///< the estimator's first metric
  friend bool operator==(const CurvePoint&, const CurvePoint&) = default;
};

enum class TrialStatus : std::uint8_t {
  ok,
  failed,  ///< diverged, over the memory limit, estimator threw; see `reason`
  reused,  ///< an architecture already measured at this fidelity; see `reused_from`
};
std::string to_string(TrialStatus status);
TrialStatus trial_status(const std::string& name);

struct Trial {
  std::int64_t id = 0;
  Genotype genotype;
  std::string architecture_hash;  ///< empty where no architecture was built
  Fidelity fidelity;
  std::uint64_t seed = 0;
  TrialStatus status = TrialStatus::ok;
  std::string reason;
  std::optional<std::int64_t> reused_from;
  std::optional<std::int64_t> parent;
  Metrics metrics;
  std::vector<CurvePoint> curve;  ///< by epochs; empty where the estimator measures none
  double seconds = 0;             ///< wall time; the one field that differs between equal runs

  bool succeeded() const { return status != TrialStatus::failed; }
};

/// Equal in everything but `seconds`, to the last bit.
bool same_result(const Trial& a, const Trial& b);

}  // namespace nas
