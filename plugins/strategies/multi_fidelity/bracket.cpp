#include "plugins/strategies/multi_fidelity/bracket.hpp"

#include <algorithm>
#include <utility>

namespace nas::multi_fidelity {

Bracket::Bracket(std::vector<Rung> rungs)
    : rungs_(std::move(rungs)), wanted_(rungs_.empty() ? 0 : rungs_.front().trials) {}

std::optional<Bracket::Task> Bracket::next() const {
  if (over() || begun_ == wanted_) return std::nullopt;
  return Task{rungs_[current_].level, current_ == 0 ? nullptr : &survivors_[begun_]};
}

void Bracket::begin() { ++begun_; }

void Bracket::close() {
  if (over() || current_ > 0) return;
  wanted_ = begun_;
  advance();
}

void Bracket::tell(Standing standing) {
  told_.push_back(std::move(standing));
  advance();
}

void Bracket::give_back() {
  if (current_ == 0) {
    --begun_;
  } else {
    --wanted_;
    --begun_;
    survivors_.erase(survivors_.begin() + static_cast<std::ptrdiff_t>(begun_));
  }
  advance();
}

bool Bracket::may_continue(std::int64_t trial) const {
  const auto is_trial = [trial](const Standing& each) {
    return each.measured && each.trial == trial;
  };
  if (over()) return false;
  if (current_ + 1 < rungs_.size() && std::ranges::any_of(told_, is_trial)) return true;
  return current_ > 0 && std::any_of(survivors_.begin() + static_cast<std::ptrdiff_t>(begun_),
                                     survivors_.end(), is_trial);
}

void Bracket::advance() {
  if (told_.size() < wanted_) return;
  ++current_;
  begun_ = 0;
  wanted_ = 0;
  survivors_ = std::exchange(told_, {});
  if (over()) return;
  std::erase_if(survivors_, [](const Standing& each) { return !each.measured; });
  std::ranges::sort(survivors_,
                    [](const Standing& a, const Standing& b) { return a.ranks_before(b); });
  if (survivors_.size() > rungs_[current_].trials) survivors_.resize(rungs_[current_].trials);
  wanted_ = survivors_.size();
  if (wanted_ == 0) current_ = rungs_.size();
}

}  // namespace nas::multi_fidelity
