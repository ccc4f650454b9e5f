#include "core/engine/arena.hpp"

#include <algorithm>
#include <bit>
#include <mutex>
#include <utility>
#include <vector>

namespace nas::engine {
namespace {

constexpr std::size_t most_kept = (std::size_t{512} << 20U) / sizeof(float);

/// Blocks that nobody uses, the longest unused first.
class SpareBlocks {
 public:
  /// The smallest that is large enough, unless more than half of it would be idle; empty where
  /// there is none.
  Tensor take(std::size_t size) {
    const std::lock_guard lock(mutex_);
    auto best = blocks_.end();
    for (auto block = blocks_.begin(); block != blocks_.end(); ++block) {
      if (block->size() < size || block->size() / 2 > size) continue;
      if (best == blocks_.end() || block->size() < best->size()) best = block;
    }
    if (best == blocks_.end()) return {};
    Tensor block = std::move(*best);
    blocks_.erase(best);
    kept_ -= block.size();
    return block;
  }

  void give(Tensor block) {
    std::vector<Tensor> surplus;  // freed without the lock
    const std::lock_guard lock(mutex_);
    kept_ += block.size();
    blocks_.push_back(std::move(block));
    while (kept_ > most_kept) {
      kept_ -= blocks_.front().size();
      surplus.push_back(std::move(blocks_.front()));
      blocks_.erase(blocks_.begin());
    }
  }

 private:
  std::mutex mutex_;
  std::vector<Tensor> blocks_;
  std::size_t kept_ = 0;  ///< floats
};

SpareBlocks& spare_blocks() {
  static SpareBlocks blocks;
  return blocks;
}

/// To the next eighth of a power of two, so that arenas of similar networks fit each other's.
std::size_t rounded(std::size_t size) {
  const std::size_t unit = std::max<std::size_t>(std::bit_floor(size) / 8, 1);
  return (size + unit - 1) / unit * unit;
}

Tensor block_for(std::size_t size) {
  if (size == 0) return {};
  Tensor block = spare_blocks().take(size);
  return block.size() > 0 ? std::move(block) : Tensor(rounded(size));
}

}  // namespace

Arena::Arena(std::size_t size) : block_(block_for(size)) {}

Arena::~Arena() {
  if (block_.size() > 0) spare_blocks().give(std::move(block_));
}

}  // namespace nas::engine
