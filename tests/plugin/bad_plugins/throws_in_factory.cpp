#include <stdexcept>

#include "tests/plugin/bad_plugins/sampler.hpp"

namespace {

class ThrowsInFactory final : public Sampler {
 public:
  explicit ThrowsInFactory(const nas::StrategyContext& context) : Sampler(context) {
    throw std::runtime_error("thrown by the factory");
  }
};

}  // namespace

NAS_STRATEGY(ThrowsInFactory, "throws-in-factory", "1.0", "Throws when it is made.");
