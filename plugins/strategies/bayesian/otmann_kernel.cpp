#include "plugins/strategies/bayesian/otmann_kernel.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace nas {
namespace {

constexpr std::size_t coefficients = OtmannKernel::structural_coefficients.size();
constexpr std::size_t scales = 2;

// The authors' boxes; parameters start in the middle. Scales are in variances of the target.
const ParameterRange scale_range = {std::log(0.01), std::log(100.0), std::log(0.5)};
const ParameterRange distance_rate = {std::log(1e-9), std::log(1e-3), std::log(1e-6)};
const ParameterRange normalised_rate = {std::log(0.1), std::log(100.0), std::log(3.0)};

// Some 250 MB each. Beyond it, those of candidates are forgotten, and computed again where wanted.
constexpr std::size_t most_known = 2'000'000;
constexpr std::size_t most_networks = 50'000;

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
  return (std::uint64_t{std::min(a, b)} << 32U) | std::max(a, b);
}

/// Both terms of the kernel.
template <typename Distances>
std::array<double, scales> terms(const Distances& distances, const Eigen::VectorXd& rates,
                                 const Eigen::VectorXd& parameters) {
  std::array<double, scales> exponents{};
  for (std::size_t i = 0; i < coefficients; ++i) {
    exponents[0] += rates[index(2 * i)] * distances[i];
    exponents[1] += rates[index(2 * i + 1)] * distances[coefficients + i];
  }
  return {std::exp(parameters[0] - exponents[0]), std::exp(parameters[1] - exponents[1])};
}

Eigen::VectorXd rates_of(const Eigen::VectorXd& parameters) {
  return parameters.tail(parameters.size() - index(scales)).array().exp();
}

}  // namespace

OtmannKernel::OtmannKernel(const SearchSpace& space, NetworkFamily family, Executor& executor)
    : space_(space), family_(family), executor_(executor) {}

void OtmannKernel::push(const Genotype& point) {
  const std::vector<NetworkId> added = networks_of(std::span(&point, 1));
  points_.push_back(added.front());
  compute(0, added);
}

void OtmannKernel::truncate(std::size_t count) { points_.resize(count); }

std::vector<ParameterRange> OtmannKernel::parameters() const {
  std::vector<ParameterRange> ranges(scales, scale_range);
  for (std::size_t i = 0; i < coefficients; ++i) {
    ranges.push_back(distance_rate);
    ranges.push_back(normalised_rate);
  }
  return ranges;
}

double OtmannKernel::variance(const Eigen::VectorXd& parameters) const {
  return std::exp(parameters[0]) + std::exp(parameters[1]);
}

Eigen::MatrixXd OtmannKernel::covariance(std::span<const std::size_t> points,
                                         const Eigen::VectorXd& parameters) const {
  const Eigen::VectorXd rates = rates_of(parameters);
  Eigen::MatrixXd result(index(points.size()), index(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const auto both = terms(between(points_[points[i]], points_[points[j]]), rates, parameters);
      result(index(i), index(j)) = result(index(j), index(i)) = both[0] + both[1];
    }
  }
  return result;
}

Eigen::MatrixXd OtmannKernel::cross_covariance(std::size_t begin, std::span<const Genotype> others,
                                               const Eigen::VectorXd& parameters) {
  const std::vector<NetworkId> ids = networks_of(others);
  compute(begin, ids);
  const Eigen::VectorXd rates = rates_of(parameters);
  Eigen::MatrixXd result(index(points_.size() - begin), index(ids.size()));
  for (std::size_t j = 0; j < ids.size(); ++j) {
    for (std::size_t i = begin; i < points_.size(); ++i) {
      const auto both = terms(between(points_[i], ids[j]), rates, parameters);
      result(index(i - begin), index(j)) = both[0] + both[1];
    }
  }
  return result;
}

Eigen::VectorXd OtmannKernel::weighted_gradient(std::span<const std::size_t> points,
                                                const Eigen::VectorXd& parameters,
                                                const Eigen::MatrixXd&,
                                                const Eigen::MatrixXd& weights) const {
  const Eigen::VectorXd rates = rates_of(parameters);
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(parameters.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const Distances& distances = between(points_[points[i]], points_[points[j]]);
      const auto both = terms(distances, rates, parameters);
      const double weight = (i == j ? 1 : 2) * weights(index(i), index(j));
      gradient[0] += weight * both[0];
      gradient[1] += weight * both[1];
      for (std::size_t c = 0; c < coefficients; ++c) {
        gradient[index(scales + 2 * c)] -= weight * both[0] * rates[index(2 * c)] * distances[c];
        gradient[index(scales + 2 * c + 1)] -=
            weight * both[1] * rates[index(2 * c + 1)] * distances[coefficients + c];
      }
    }
  }
  return gradient;
}

std::vector<OtmannKernel::NetworkId> OtmannKernel::networks_of(
    std::span<const Genotype> genotypes) {
  forget_others();
  std::vector<NetworkId> result;
  std::vector<const Genotype*> fresh;
  for (const Genotype& genotype : genotypes) {
    const auto next = static_cast<NetworkId>(networks_.size() + fresh.size());
    const auto [place, is_new] = ids_.emplace(genotype, next);
    if (is_new) fresh.push_back(&genotype);
    result.push_back(place->second);
  }
  std::vector<std::unique_ptr<OtmannNetwork>> built(fresh.size());
  executor_.parallel_for(fresh.size(), [&](std::size_t i) {
    built[i] =
        std::make_unique<OtmannNetwork>(layers_of(space_.build(*fresh[i]), family_), family_);
  });
  for (auto& network : built) networks_.push_back(std::move(*network));
  return result;
}

void OtmannKernel::compute(std::size_t begin, std::span<const NetworkId> others) {
  std::vector<std::pair<NetworkId, NetworkId>> missing;
  for (const NetworkId other : others) {
    for (std::size_t i = begin; i < points_.size(); ++i) {
      if (known_.try_emplace(pair_key(points_[i], other)).second) {
        missing.emplace_back(std::min(points_[i], other), std::max(points_[i], other));
      }
    }
  }
  std::vector<Distances> found(missing.size());
  executor_.parallel_for(missing.size(), [&](std::size_t i) {
    found[i] = distances_of(networks_[missing[i].first], networks_[missing[i].second]);
  });
  for (std::size_t i = 0; i < missing.size(); ++i) {
    known_[pair_key(missing[i].first, missing[i].second)] = found[i];
  }
  computed_ += missing.size();
}

OtmannKernel::Distances OtmannKernel::distances_of(const OtmannNetwork& a,
                                                   const OtmannNetwork& b) const {
  const std::vector<double> d = otmann_distances(a, b, structural_coefficients);
  Distances result{};
  for (std::size_t i = 0; i < coefficients; ++i) {
    const double normalised = d[i] / (a.mass() + b.mass());
    result[i] = d[i];
    result[coefficients + i] = normalised * normalised;
  }
  return result;
}

const OtmannKernel::Distances& OtmannKernel::between(NetworkId a, NetworkId b) const {
  return known_.at(pair_key(a, b));
}

/// All but the training points, and their distances, when there is too much of it.
void OtmannKernel::forget_others() {
  if (known_.size() < most_known && networks_.size() < most_networks) return;
  std::map<Genotype, NetworkId> ids;
  std::vector<OtmannNetwork> networks;
  std::vector<NetworkId> renamed(networks_.size(), 0);
  const std::set<NetworkId> kept(points_.begin(), points_.end());
  for (const auto& [genotype, id] : ids_) {
    if (!kept.contains(id)) continue;
    renamed[id] = static_cast<NetworkId>(networks.size());
    ids.emplace(genotype, renamed[id]);
    networks.push_back(std::move(networks_[id]));
  }
  std::unordered_map<std::uint64_t, Distances> known;
  for (const NetworkId a : kept) {
    for (const NetworkId b : kept) {
      known.emplace(pair_key(renamed[a], renamed[b]), between(a, b));
    }
  }
  for (NetworkId& point : points_) point = renamed[point];
  ids_ = std::move(ids);
  networks_ = std::move(networks);
  known_ = std::move(known);
}

}  // namespace nas
