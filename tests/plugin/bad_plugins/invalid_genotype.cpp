#include "tests/plugin/bad_plugins/sampler.hpp"

namespace {

class InvalidGenotype final : public Sampler {
 public:
  using Sampler::Sampler;
  std::optional<nas::Proposal> ask() override {
    std::optional<nas::Proposal> proposal = Sampler::ask();
    proposal->genotype.answers.front() = -1;
    return proposal;
  }
};

}  // namespace

NAS_STRATEGY(InvalidGenotype, "invalid-genotype", "1.0", "Proposes what the space does not have.");
