/// Which values dropout lets pass, and which samples drop_path.
///
/// A function of the step's seed, the node's name, the sample and the value's index in it: the same
/// in every layout and on every instruction set, for compiled programs and for the reference.
#pragma once

#include <cstdint>
#include <string_view>

namespace nas::engine {

/// What may change from one step to the next.
struct StepRandomness {
  std::uint64_t seed = 0;
  double drop_scale = 1;  ///< what p of every drop_path is multiplied by
};

/// Of one sample of the batch at one node.
std::uint64_t drop_key(std::uint64_t seed, std::string_view node, std::int64_t sample);

/// Two rounds of a mixing function (Wellons: Prospecting for Hash Functions, 2018), of 32 bits, as
/// every instruction set can multiply them.
[[gnu::always_inline]] inline std::uint32_t drop_hash(std::uint64_t key, std::uint32_t index) {
  std::uint32_t x = index ^ static_cast<std::uint32_t>(key);
  for (int round = 0; round < 2; ++round) {
    x ^= x >> 16U;
    x *= 0x7feb352dU;
    x ^= x >> 15U;
    x *= 0x846ca68bU;
    x ^= x >> 16U;
    if (round == 0) x ^= static_cast<std::uint32_t>(key >> 32U);
  }
  return x;
}

class DropRate {
 public:
  /// From 0, where everything passes, to 1, where nothing does.
  explicit DropRate(double probability);

  /// 0, or what makes up for those that are dropped. `index` is that of the value in its sample,
  /// plain, modulo 2^32.
  [[gnu::always_inline]] float factor(std::uint64_t key, std::uint32_t index) const {
    return drop_hash(key, index) >= threshold_ ? scale_ : 0.0F;
  }

 private:
  std::uint32_t threshold_;
  float scale_;
};

}  // namespace nas::engine
