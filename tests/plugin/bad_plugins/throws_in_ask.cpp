#include <stdexcept>

#include "tests/plugin/bad_plugins/sampler.hpp"

namespace {

constexpr int good_trials = 5;

class ThrowsInAsk final : public Sampler {
 public:
  using Sampler::Sampler;
  std::optional<nas::Proposal> ask() override {
    if (asked_++ == good_trials) throw std::runtime_error("thrown by ask");
    return Sampler::ask();
  }
  void tell(const nas::Result& result) override {
    if (result.kind == nas::Result::Kind::infeasible) --asked_;  // was never a trial
  }

 private:
  int asked_ = 0;
};

}  // namespace

NAS_STRATEGY(ThrowsInAsk, "throws-in-ask", "1.0", "Throws after five trials.");
