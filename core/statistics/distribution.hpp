/// Empirical distributions: what share of a sample lies below a value.
///
/// To compare design spaces by the errors of networks drawn from them (Radosavovic et al. 2019, "On
/// Network Design Spaces for Visual Recognition"; 2020, "Designing Network Design Spaces"): about
/// 100 networks tell spaces apart, 100 to 1,000 are recommended.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace nas {

class Distribution {
 public:
  /// Every value has the same weight. Throws Error(data) where there is none, or one is no finite
  /// number.
  explicit Distribution(std::span<const double> values);
  /// `weights` are not negative; they are scaled to a sum of 1. Throws Error(data) likewise, and
  /// where the weights are of another number or have no positive sum.
  Distribution(std::span<const double> values, std::span<const double> weights);

  /// The empirical distribution function F(x), with the strict inequality of Radosavovic et al.:
  /// the share of values that are less than `x`.
  double share_below(double x) const;
  /// The share of values that are `x` or less.
  double share_up_to(double x) const;
  double minimum() const { return steps_.front().value; }
  double maximum() const { return steps_.back().value; }
  double mean() const;
  /// The least of the values up to which there is a share of `p` (0 … 1) or more: one that was
  /// seen, nothing between two.
  double quantile(double p) const;

  struct Step {
    double value;
    double share;  ///< of values up to this one, itself included
  };
  /// Every value that was seen, once, in ascending order; the last share is 1.
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

/// The range of complexities in which networks are compared.
struct ComplexityBins {
  double low = 0;
  double high = 0;
  std::size_t count = 10;  ///< equal parts of the range; 10 to 40 are usual
};

/// Weights that give every bin the same influence: 1 / (networks in its bin · bins) for each
/// network (Radosavovic et al. 2019; the authors' code). Bins contain their lower edge, the last
/// one also the upper. Throws Error(data), naming the bin, where one is empty, or a complexity is
/// outside of the range.
std::vector<double> complexity_weights(std::span<const double> complexities,
                                       const ComplexityBins& bins);

}  // namespace nas
