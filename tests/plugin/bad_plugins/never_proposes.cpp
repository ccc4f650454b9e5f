#include "tests/plugin/bad_plugins/sampler.hpp"

namespace {

class NeverProposes final : public Sampler {
 public:
  using Sampler::Sampler;
  std::optional<nas::Proposal> ask() override { return std::nullopt; }
};

}  // namespace

NAS_STRATEGY(NeverProposes, "never-proposes", "1.0", "Waits for a result before it proposes.");
