#include "core/search/checkpoints.hpp"

#include <algorithm>

namespace nas {

TrialCheckpoints CheckpointKeeper::begin(std::int64_t trial, std::optional<std::int64_t> origin,
                                         bool continuable) {
  TrialCheckpoints files;
  if (store_ == nullptr) return files;
  if (origin) {
    origins_.emplace(trial, *origin);
    files.from = store_->file(*origin);
  }
  if (continuable) files.to = store_->file(trial);
  return files;
}

void CheckpointKeeper::told(std::int64_t trial) {
  if (store_ != nullptr) kept_.insert(trial);
}

void CheckpointKeeper::remove_old() {
  std::erase_if(kept_, [&](std::int64_t trial) {
    const auto is_trial = [&](const auto& origin) { return origin.second == trial; };
    if (strategy_.may_continue(trial) || std::ranges::any_of(origins_, is_trial)) return false;
    store_->remove(trial);
    return true;
  });
}

void CheckpointKeeper::remove_all() {
  if (store_ != nullptr) store_->clear();
}

}  // namespace nas
