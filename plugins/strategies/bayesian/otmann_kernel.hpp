/// NASBOT's kernel: networks are as alike as their layers can be matched (otmann.hpp).
///
///     k(a, b) = s exp(-sum over i of beta_i d_i) + t exp(-sum over i of gamma_i dbar_i^2)
///
/// over the distances for the structural coefficients 0.1, 0.25, 0.61 and 1.5 (Kandasamy et al.
/// 2018; powers, coefficients and ranges of parameters are the authors'). It need not be positive
/// semi-definite. Parameters: log s, log t, then log beta_i and log gamma_i in turn.
///
/// Networks are built by the space, and distances computed once each, both in parallel; they are
/// numbers of their own, so that the number of threads makes no difference.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>

#include "core/base/executor.hpp"
#include "core/search/search_space.hpp"
#include "plugins/strategies/bayesian/kernel.hpp"
#include "plugins/strategies/bayesian/otmann.hpp"

namespace nas {

class OtmannKernel final : public Kernel {
 public:
  static constexpr std::array structural_coefficients = {0.1, 0.25, 0.61, 1.5};

  /// `space` and `executor` must outlive this.
  OtmannKernel(const SearchSpace& space, NetworkFamily family, Executor& executor);

  void push(const Genotype& point) override;
  void truncate(std::size_t count) override;
  std::size_t size() const override { return points_.size(); }

  bool is_semidefinite() const override { return false; }
  std::vector<ParameterRange> parameters() const override;
  double variance(const Eigen::VectorXd& parameters) const override;
  Eigen::MatrixXd covariance(std::span<const std::size_t> points,
                             const Eigen::VectorXd& parameters) const override;
  Eigen::MatrixXd cross_covariance(std::size_t begin, std::span<const Genotype> others,
                                   const Eigen::VectorXd& parameters) override;
  Eigen::VectorXd weighted_gradient(std::span<const std::size_t> points,
                                    const Eigen::VectorXd& parameters,
                                    const Eigen::MatrixXd& covariance,
                                    const Eigen::MatrixXd& weights) const override;

  /// That were computed so far.
  std::size_t distances() const { return computed_; }

 private:
  /// d for each structural coefficient, then the square of d-bar.
  using Distances = std::array<double, 2 * structural_coefficients.size()>;
  using NetworkId = std::uint32_t;

  std::vector<NetworkId> networks_of(std::span<const Genotype> genotypes);
  /// Of all pairs of a training point and another network.
  void compute(std::size_t begin, std::span<const NetworkId> others);
  const Distances& between(NetworkId a, NetworkId b) const;
  Distances distances_of(const OtmannNetwork& a, const OtmannNetwork& b) const;
  void forget_others();

  const SearchSpace& space_;
  const NetworkFamily family_;
  Executor& executor_;
  std::map<Genotype, NetworkId> ids_;
  std::vector<OtmannNetwork> networks_;
  std::vector<NetworkId> points_;
  std::unordered_map<std::uint64_t, Distances> known_;  ///< by both ids, the lower one first
  std::size_t computed_ = 0;
};

}  // namespace nas
