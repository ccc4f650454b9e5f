#include "core/search/estimator.hpp"

#include "core/base/error.hpp"

namespace nas {

std::optional<std::string> Estimator::reuse_key(const Candidate& candidate) const {
  return candidate.hash.empty() ? candidate.genotype.text() : candidate.hash;
}

std::unique_ptr<TrainedNetwork> Estimator::train_final(const Candidate&, const FinalTraining&,
                                                       const EstimateServices&) {
  throw Error(ErrorKind::usage,
              "this estimator trains no networks, so there is no final training; choose an "
              "estimator that trains, such as 'train'");
}

}  // namespace nas
