/// What trials have spent of the budgets.
#pragma once

#include <span>
#include <vector>

#include "core/search/objective.hpp"

namespace nas {

class Spending {
 public:
  explicit Spending(std::span<const Budget> budgets) : budgets_(budgets), spent_(budgets.size()) {}

  /// Adds what the trial has of each budget's metric; one without it spends nothing.
  void add(const Trial& trial);
  /// Whether one of the budgets is used up.
  bool is_used_up() const;
  /// Trials since the last one that spent something; 0 without budgets.
  int idle() const { return idle_; }
  /// In the order of the budgets.
  const std::vector<double>& spent() const { return spent_; }

 private:
  const std::span<const Budget> budgets_;
  std::vector<double> spent_;
  int idle_ = 0;
};

}  // namespace nas
