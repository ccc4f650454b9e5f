#include "plugins/strategies/multi_fidelity/resource.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "plugins/strategies/multi_fidelity/schedule.hpp"

namespace nas::multi_fidelity {
namespace {

constexpr double published_epochs = 81;  ///< R of Li et al. 2016, figure 1

}  // namespace

Resource::Resource(const StrategyContext& context)
    : full_(context.default_fidelity), eta_(static_cast<int>(context.options.integer("eta"))) {
  const std::string& resource = context.options.text("resource");
  kind_ = resource == "epochs" ? Kind::epochs : resource == "data" ? Kind::data : Kind::resolution;
  if (kind_ == Kind::epochs && full_.epochs == 0) full_.epochs = published_epochs;
  const double full = kind_ == Kind::epochs ? full_.epochs : 1;
  double smallest = context.options.real("smallest");
  if (smallest == 0) smallest = std::min(1.0, full / (eta_ * eta_));
  if (smallest > full) {
    throw Error(ErrorKind::config,
                fmt::format("the smallest budget, '{}', is more than the full one, {}, which is "
                            "the estimator's; lower the option 'smallest', or let the estimator "
                            "have more",
                            smallest, full));
  }
  budgets_ = budgets(full, smallest, eta_);
}

Fidelity Resource::at(std::size_t level) const {
  Fidelity fidelity = full_;
  switch (kind_) {
    case Kind::epochs:
      fidelity.epochs = budgets_[level];
      break;
    case Kind::data:
      fidelity.data_share *= budgets_[level];
      break;
    case Kind::resolution:
      fidelity.resolution *= budgets_[level];
      break;
  }
  return fidelity;
}

std::optional<std::size_t> Resource::level_of(const Fidelity& fidelity) const {
  for (std::size_t level = 0; level < levels(); ++level) {
    if (at(level) == fidelity) return level;
  }
  return std::nullopt;
}

}  // namespace nas::multi_fidelity
