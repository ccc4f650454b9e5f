#include <stdexcept>

#include "tests/plugin/bad_plugins/sampler.hpp"

namespace {

constexpr int good_proposals = 5;

class ThrowsInAsk final : public Sampler {
 public:
  using Sampler::Sampler;
  std::optional<nas::Proposal> ask() override {
    if (asked_++ == good_proposals) throw std::runtime_error("thrown by ask");
    return Sampler::ask();
  }

 private:
  int asked_ = 0;
};

}  // namespace

NAS_STRATEGY(ThrowsInAsk, "throws-in-ask", "1.0", "Throws after five good proposals.");
