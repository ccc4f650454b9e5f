#include "plugins/strategies/bayesian/model.hpp"

#include <algorithm>
#include <cmath>

namespace nas {
namespace {

constexpr std::size_t fit_interval = 7;  // NASBOT's, in observations
constexpr std::size_t fit_share = 10;    // or a tenth of the observations

// In variances of the prior: below it a value is known, and another draw would not be a number.
constexpr double negligible_variance = 1e-10;

bool fit_is_due(std::size_t observations, std::size_t fitted_to) {
  return fitted_to == 0 ||
         observations >= fitted_to + std::max(fit_interval, fitted_to / fit_share);
}

/// At most `most` of 0 … count - 1, evenly spread, the last one included.
std::vector<std::size_t> spread(std::size_t count, std::size_t most) {
  const std::size_t chosen = std::min(count, most);
  std::vector<std::size_t> numbers;
  for (std::size_t i = 1; i <= chosen; ++i) numbers.push_back(i * count / chosen - 1);
  return numbers;
}

}  // namespace

void SurrogateModel::update(std::span<const Observation> observations,
                            std::span<const Genotype> awaited) {
  std::vector<Genotype> points;
  for (const Observation& observation : observations) points.push_back(observation.genotype);
  const bool fit_now = fit_is_due(points.size(), fitted_to_);
  const std::size_t observed = points.size();
  points.insert(points.end(), awaited.begin(), awaited.end());
  const auto kept = std::ranges::mismatch(rows_, points).in1 - rows_.begin();
  truncate(static_cast<std::size_t>(kept));
  standardise(observations);
  if (fit_now) {
    truncate(std::min(rows_.size(), observed));
    for (std::size_t row = rows_.size(); row < observed; ++row) place(points[row]);
    fit();
  }
  for (std::size_t row = rows_.size(); row < points.size(); ++row) append_row(points[row]);
  whitened_ = process_.whitened(targets_);
}

void SurrogateModel::standardise(std::span<const Observation> observations) {
  targets_.resize(static_cast<Eigen::Index>(observations.size()));
  for (std::size_t i = 0; i < observations.size(); ++i) {
    targets_[static_cast<Eigen::Index>(i)] = observations[i].value;
  }
  targets_.array() -= targets_.mean();
  const double deviation =
      std::sqrt(targets_.squaredNorm() / static_cast<double>(observations.size()));
  if (deviation > 0) targets_ /= deviation;
}

void SurrogateModel::place(const Genotype& point) {
  kernel_->push(point);
  rows_.push_back(point);
  row_numbers_.push_back(next_row_number_++);
}

void SurrogateModel::fit() {
  if (fitted_to_ == 0) parameters_ = initial_hyperparameters(*kernel_, settings_.log_noise);
  const std::vector<std::size_t> chosen = spread(rows_.size(), settings_.fit_points);
  Eigen::VectorXd targets(static_cast<Eigen::Index>(chosen.size()));
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    targets[static_cast<Eigen::Index>(i)] = targets_[static_cast<Eigen::Index>(chosen[i])];
  }
  parameters_ = fitted(*kernel_, chosen, targets, settings_.log_noise, parameters_);
  fitted_to_ = rows_.size();
  factorise();
}

/// All rows anew.
void SurrogateModel::factorise() {
  const std::vector<std::size_t> all = spread(rows_.size(), rows_.size());
  const Eigen::MatrixXd covariance = kernel_->covariance(all, parameters_.kernel);
  const double noise = std::exp(parameters_.log_noise);
  if (kernel_->is_semidefinite()) {
    process_.fit(covariance, noise);
  } else {
    const Projection projection = projected_on_semidefinite(covariance);
    process_.fit(projection.matrix, noise);
    if (on_fit) on_fit(projection.smallest_eigenvalue, rows_.size());
  }
  for (std::uint64_t& number : row_numbers_) number = next_row_number_++;
}

/// Where the covariance is not positive definite any more, that of all rows is projected.
void SurrogateModel::append_row(const Genotype& point) {
  const Eigen::VectorXd covariance =
      kernel_->cross_covariance(0, std::span(&point, 1), parameters_.kernel);
  place(point);
  if (!process_.append(covariance, prior_variance())) factorise();
}

void SurrogateModel::truncate(std::size_t rows) {
  kernel_->truncate(rows);
  process_.truncate(std::min(process_.size(), static_cast<Eigen::Index>(rows)));
  rows_.resize(rows);
  row_numbers_.resize(rows);
}

Prediction SurrogateModel::predict(std::span<const Genotype> points) {
  return process_.predict(cross_covariance(0, points), prior_variance(), whitened_);
}

Eigen::VectorXd SurrogateModel::sample(std::span<const Genotype> points,
                                       const std::function<double()>& normal) {
  Eigen::VectorXd values(static_cast<Eigen::Index>(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) {
    const std::span<const Genotype> point = points.subspan(i, 1);
    const Eigen::VectorXd row = process_.whitened(cross_covariance(0, point));
    if (whitened_.size() < process_.size()) {  // awaited ones are as their mean says
      const Eigen::Index known = whitened_.size();
      whitened_.conservativeResize(process_.size());
      whitened_.tail(process_.size() - known).setZero();
    }
    const double variance = std::max(0.0, prior_variance() - row.squaredNorm());
    const double draw = normal();
    values[static_cast<Eigen::Index>(i)] = row.dot(whitened_) + std::sqrt(variance) * draw;
    if (variance < negligible_variance * prior_variance()) continue;
    // The value itself is known now, not an observation with noise.
    if (!process_.append_whitened(row, prior_variance() - process_.noise())) continue;
    kernel_->push(points[i]);
    whitened_.conservativeResize(process_.size());
    whitened_[process_.size() - 1] = draw;
  }
  return values;
}

void SurrogateModel::forget_sample() {
  kernel_->truncate(rows_.size());
  process_.truncate(static_cast<Eigen::Index>(rows_.size()));
  whitened_.conservativeResize(targets_.size());
}

}  // namespace nas
