/// Networks drawn from several spaces, and what an estimator says of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/experiment.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"
#include "core/base/executor.hpp"
#include "core/search/objective.hpp"

namespace nas::cli {

/// "anynet", "mine.json", or "anynet:variant=a,preset=small": a space with options of its own, so
/// that one space can be compared with itself.
struct SpaceReference {
  std::string label;  ///< as it was given
  std::string name;
  Settings::Keyed options;  ///< by "anynet.variant"; of a file, its description
};
/// Throws Error(usage) where there is no name, or what follows is no list of OPTION=VALUE, and
/// Error(io) where a file cannot be read.
SpaceReference parse_space_reference(const std::string& text);

struct SampledNetwork {
  Genotype genotype;
  Metrics metrics;      ///< costs, and what was measured
  std::string failure;  ///< why there is no measurement; empty where there is one
};

/// Of one space, in the order in which they were drawn.
struct SpaceSample {
  std::string label;
  std::shared_ptr<const SearchSpace> space;
  std::vector<SampledNetwork> networks;
};

struct SamplingSettings {
  std::size_t networks = 100;  ///< of each space
  std::uint64_t seed = 0;
  std::vector<Limit> limits;
  std::string objective;  ///< a network without a finite number for it counts as failed
};

/// Draws with each space's own `sample` (by decisions), all spaces from equal seeds; what is over a
/// limit is drawn again. Throws Error(infeasible), naming the space and the limit, after 1,000 in a
/// row.
void draw_networks(SpaceSample& sample, const SamplingSettings& settings);

/// Estimates every network at the estimator's default fidelity, as many at once as `executor` has
/// workers. Network i of each space has the seed of trial i, whatever else is estimated, so that
/// results depend neither on the number of workers nor on the other spaces. False where it was
/// interrupted.
bool estimate_networks(std::vector<SpaceSample>& samples, Estimator& estimator,
                       const SamplingSettings& settings, Executor& executor,
                       const CancelToken& cancel, ProgressLine& line);

}  // namespace nas::cli
