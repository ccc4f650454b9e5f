/// All zero-cost proxies of one network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/architecture/architecture.hpp"
#include "core/base/cancel_token.hpp"
#include "plugins/estimators/proxy/gradient_proxies.hpp"
#include "plugins/estimators/proxy/zen.hpp"

namespace nas::proxy {

enum class Proxy {
  grad_norm,
  snip,
  grasp,
  fisher,
  jacob_cov,
  naswot,
  synflow,
  zen,
  l2_norm,
  params,
  macs,
  vote,  ///< of jacob_cov, snip and synflow; see vote.hpp
};
using Proxies = std::set<Proxy>;

const std::string& name_of(Proxy proxy);
/// Names with commas between, in their order. Throws Error(config) on an unknown or repeated one,
/// and where there is none.
std::vector<Proxy> parse_proxies(const std::string& text);

/// Values as they come out: they may be infinite or NaN.
using Scores = std::map<Proxy, double>;

struct MeasureSettings {
  Batch batch;  ///< for gradients
  std::vector<float> naswot_images;
  Zen::Settings zen;
  std::size_t memory_limit = 0;  ///< bytes that one program may take; 0: none
};

struct Outcome {
  Scores scores;
  bool cancelled = false;
  std::string failure;  ///< why there are no scores
};

/// Measures those of `wanted` that are about one network alone: not `vote`. Weights follow from
/// `seed`. Calls `progress` with the share that is done. Looks at `cancel` between proxies and
/// within those that take long.
Outcome measure(const Architecture& architecture, const Proxies& wanted,
                const MeasureSettings& settings, std::uint64_t seed, const CancelToken& cancel,
                const std::function<void(double)>& progress = {});

/// The sum over layers of the Euclidean norm of their weights.
double l2_norm(const Architecture& architecture, const ParameterStore& store);

}  // namespace nas::proxy
