#include "core/search/blueprint.hpp"

#include <utility>

#include "core/architecture/canonical_hash.hpp"

namespace nas {

std::unique_ptr<const Blueprint> make_blueprint(Genotype genotype, Architecture architecture,
                                                const Cost& cost) {
  std::string hash = canonical_hash(architecture).text();
  return std::make_unique<const Blueprint>(
      Blueprint{std::move(genotype), std::move(architecture), cost, std::move(hash)});
}

std::unique_ptr<const Blueprint> bare_blueprint(Genotype genotype) {
  return std::make_unique<const Blueprint>(Blueprint{.genotype = std::move(genotype)});
}

std::unique_ptr<const Blueprint> make_blueprint(const SearchSpace& space,
                                                const Genotype& genotype) {
  Architecture architecture = space.build(genotype);
  const Cost costs = cost(architecture);
  return make_blueprint(genotype, std::move(architecture), costs);
}

}  // namespace nas
