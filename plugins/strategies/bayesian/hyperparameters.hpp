/// Parameters of a kernel, and the noise, by marginal likelihood.
///
/// Maximised by Rprop, as Blum and Riedmiller 2013 ("Optimization of Gaussian process
/// hyperparameters using Rprop") recommend, between bounds and in a fixed number of steps: the same
/// data give the same parameters.
#pragma once

#include <Eigen/Core>
#include <span>

#include "plugins/strategies/bayesian/kernel.hpp"

namespace nas {

struct Hyperparameters {
  Eigen::VectorXd kernel;  ///< see Kernel::parameters
  double log_noise = 0;    ///< the logarithm of a variance
};

struct Likelihood {
  double value;                ///< the logarithm
  Eigen::VectorXd gradient;    ///< by the kernel's parameters, then by log_noise
  double smallest_eigenvalue;  ///< of the covariance; 0 where nobody had to look
};
/// Of `targets`, one for each of `points`, with mean 0. A covariance that is not positive definite
/// is projected first; the gradient leaves that out.
Likelihood marginal_likelihood(const Kernel& kernel, std::span<const std::size_t> points,
                               const Eigen::VectorXd& targets, const Hyperparameters& at);

/// Where the kernel says to start.
Hyperparameters initial_hyperparameters(const Kernel& kernel, const ParameterRange& log_noise);

/// The best seen on the ways from `from` and from the start. `targets` should have variance 1.
Hyperparameters fitted(const Kernel& kernel, std::span<const std::size_t> points,
                       const Eigen::VectorXd& targets, const ParameterRange& log_noise,
                       const Hyperparameters& from);

}  // namespace nas
