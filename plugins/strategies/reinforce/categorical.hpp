/// The distribution over the answers to one decision: a softmax over the options that are open.
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace nas::reinforce {

/// Turns logits into the logarithms of probabilities, in place. What is not open gets minus
/// infinity and has no influence; at least one option is open.
void log_softmax(Eigen::Ref<Eigen::VectorXd> logits, const std::vector<bool>& open);

/// -Σ p log p, in nats.
double entropy(const Eigen::Ref<const Eigen::VectorXd>& log_probabilities);

/// The option at which the sum of probabilities passes `uniform`, a number in [0, 1). Never one
/// that is not open.
std::size_t drawn(const Eigen::Ref<const Eigen::VectorXd>& log_probabilities, double uniform);

/// The gradient of by_log_probability * log p[chosen] + by_entropy * entropy by the logits; 0 for
/// what is not open.
Eigen::VectorXd gradient_by_logits(const Eigen::Ref<const Eigen::VectorXd>& log_probabilities,
                                   std::size_t chosen, double by_log_probability,
                                   double by_entropy);

}  // namespace nas::reinforce
