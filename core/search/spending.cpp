#include "core/search/spending.hpp"

namespace nas {

void Spending::add(const Trial& trial) {
  if (budgets_.empty()) return;
  bool spends = false;
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    const auto metric = trial.metrics.find(budgets_[i].metric);
    if (metric == trial.metrics.end()) continue;
    spent_[i] += metric->second;
    spends = spends || metric->second > 0;
  }
  idle_ = spends ? 0 : idle_ + 1;
}

bool Spending::is_used_up() const {
  for (std::size_t i = 0; i < budgets_.size(); ++i) {
    if (spent_[i] >= budgets_[i].total) return true;
  }
  return false;
}

}  // namespace nas
