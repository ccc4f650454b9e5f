/// A strategy with nothing wrong, for the bad ones to start from.
#pragma once

#include "core/base/random.hpp"
#include "core/plugin/descriptor.hpp"

namespace {

class Sampler : public nas::Strategy {
 public:
  explicit Sampler(const nas::StrategyContext& context)
      : space_(context.space), random_(context.seed) {}
  std::optional<nas::Proposal> ask() override {
    return nas::Proposal{space_.sample(random_), {}, {}};
  }
  void tell(const nas::Result&) override {}

 private:
  const nas::SearchSpace& space_;
  nas::Random random_;
};

}  // namespace
