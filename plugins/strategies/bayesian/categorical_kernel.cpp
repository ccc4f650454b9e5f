#include "plugins/strategies/bayesian/categorical_kernel.hpp"

#include <algorithm>
#include <cmath>

namespace nas {
namespace {

// NASBOT's box for the scale (Kandasamy et al. 2018), in variances of the target.
const ParameterRange scale_range = {std::log(0.01), std::log(100.0), std::log(1.0)};
constexpr double lowest_rate = 1e-3;  // a decision that does not matter
constexpr double highest_rate = 10;   // e^-10: other answers say nothing of this one

// Candidates to look back over: more would take longer than they save.
constexpr std::size_t most_looked_at = 64;

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

int differences(const Genotype& a, const Genotype& b) {
  int count = 0;
  for (std::size_t i = 0; i < a.answers.size(); ++i) count += a.answers[i] != b.answers[i];
  return count;
}

/// The number of the last few of `points` that differs least from `point`, in less than half of the
/// answers; as many as there are where none does.
std::size_t most_alike(std::span<const Genotype> points, const Genotype& point) {
  std::size_t best = points.size();
  int fewest = static_cast<int>(point.answers.size() / 2);
  const std::size_t looked_at = std::min(points.size(), most_looked_at);
  for (std::size_t i = points.size() - looked_at; i < points.size(); ++i) {
    const int different = differences(points[i], point);
    if (different >= fewest) continue;
    fewest = different;
    best = i;
  }
  return best;
}

}  // namespace

CategoricalKernel::CategoricalKernel(const std::vector<Decision>& decisions)
    : answers_(decisions.size()) {
  for (const Decision& decision : decisions) {
    forms_.push_back({decision.options.size(), decision.ordered});
  }
}

void CategoricalKernel::push(const Genotype& point) {
  for (std::size_t i = 0; i < forms_.size(); ++i) answers_[i].push_back(point.answers[i]);
  ++size_;
}

void CategoricalKernel::truncate(std::size_t count) {
  for (std::vector<int>& answers : answers_) answers.resize(count);
  size_ = count;
}

/// Rates start where two points that differ everywhere have a correlation of 1/e.
std::vector<ParameterRange> CategoricalKernel::parameters() const {
  const double rate = 1.0 / static_cast<double>(std::max<std::size_t>(1, forms_.size()));
  std::vector<ParameterRange> ranges = {scale_range};
  const double start = std::clamp(rate, lowest_rate, highest_rate);
  ranges.resize(1 + forms_.size(),
                {std::log(lowest_rate), std::log(highest_rate), std::log(start)});
  return ranges;
}

double CategoricalKernel::variance(const Eigen::VectorXd& parameters) const {
  return std::exp(parameters[0]);
}

double CategoricalKernel::mismatch(std::size_t decision, int a, int b) const {
  if (a == b) return 0;
  const Form& form = forms_[decision];
  return form.ordered ? std::abs(a - b) / static_cast<double>(form.options - 1) : 1;
}

CategoricalKernel::Penalties CategoricalKernel::penalties(const Genotype& point,
                                                          const Eigen::VectorXd& parameters) const {
  Penalties result(forms_.size());
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    const double rate = std::exp(parameters[index(i + 1)]);
    for (std::size_t other = 0; other < forms_[i].options; ++other) {
      result[i].push_back(rate * mismatch(i, point.answers[i], static_cast<int>(other)));
    }
  }
  return result;
}

Eigen::MatrixXd CategoricalKernel::covariance(std::span<const std::size_t> points,
                                              const Eigen::VectorXd& parameters) const {
  const Eigen::Index count = index(points.size());
  Eigen::MatrixXd exponents = Eigen::MatrixXd::Zero(count, count);
  Genotype point;
  for (std::size_t column = 0; column < points.size(); ++column) {
    point.answers.clear();
    for (const std::vector<int>& answers : answers_)
      point.answers.push_back(answers[points[column]]);
    const Penalties table = penalties(point, parameters);
    for (std::size_t i = 0; i < forms_.size(); ++i) {
      for (std::size_t row = 0; row < points.size(); ++row) {
        exponents(index(row), index(column)) +=
            table[i][static_cast<std::size_t>(answers_[i][points[row]])];
      }
    }
  }
  return (parameters[0] - exponents.array()).exp();
}

void CategoricalKernel::add_penalties(std::size_t i, std::size_t begin,
                                      const std::vector<double>& by_answer,
                                      double* exponents) const {
  const int* const answers = answers_[i].data() + begin;
  for (std::size_t row = 0; row < size_ - begin; ++row) {
    exponents[row] += by_answer[static_cast<std::size_t>(answers[row])];
  }
}

/// Candidates are often mutations of each other, so each begins with what is known of the one
/// before it that is most like it, and changes what differs.
Eigen::MatrixXd CategoricalKernel::cross_covariance(std::size_t begin,
                                                    std::span<const Genotype> others,
                                                    const Eigen::VectorXd& parameters) {
  Eigen::MatrixXd exponents = Eigen::MatrixXd::Zero(index(size_ - begin), index(others.size()));
  std::vector<Penalties> tables;
  for (std::size_t column = 0; column < others.size(); ++column) {
    tables.push_back(penalties(others[column], parameters));
    double* const values = exponents.col(index(column)).data();
    const std::size_t like = most_alike(others.first(column), others[column]);
    if (like < column) exponents.col(index(column)) = exponents.col(index(like));
    for (std::size_t i = 0; i < forms_.size(); ++i) {
      std::vector<double> change = tables[column][i];
      if (like < column) {
        if (others[like].answers[i] == others[column].answers[i]) continue;
        for (std::size_t a = 0; a < change.size(); ++a) change[a] -= tables[like][i][a];
      }
      add_penalties(i, begin, change, values);
    }
  }
  return (parameters[0] - exponents.array()).exp();
}

Eigen::VectorXd CategoricalKernel::weighted_gradient(std::span<const std::size_t> points,
                                                     const Eigen::VectorXd& parameters,
                                                     const Eigen::MatrixXd& covariance,
                                                     const Eigen::MatrixXd& weights) const {
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(parameters.size());
  const Eigen::MatrixXd products = weights.cwiseProduct(covariance);
  gradient[0] = products.sum();
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    double sum = 0;
    for (std::size_t column = 0; column < points.size(); ++column) {
      const int answer = answers_[i][points[column]];
      for (std::size_t row = 0; row < points.size(); ++row) {
        sum += products(index(row), index(column)) * mismatch(i, answers_[i][points[row]], answer);
      }
    }
    gradient[index(i + 1)] = -std::exp(parameters[index(i + 1)]) * sum;
  }
  return gradient;
}

}  // namespace nas
