#include "core/profile/pace.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/profile/median.hpp"

namespace nas {
namespace {

/// Sizes of the two pieces: a few microseconds together, a hundred ticks of a clock of 10 ns each.
constexpr int chain_length = 1500;
constexpr int stream_passes = 32;

/// How far a clock may move, and how much slower the stream may be, within a measurement that
/// counts. Ticks of the clock are 1 %; sharing a core costs the stream 40 to 100 %.
constexpr double same_clock = 0.03;
constexpr double same_crowding = 0.05;

constexpr int series = 4000;
constexpr int series_length = 64;

/// Knuth's linear congruential generator (MMIX), of which compilers know no shortcut.
std::uint64_t chain(std::uint64_t value) {
  for (int i = 0; i < chain_length; ++i) {
    value = value * 6364136223846793005ULL + 1442695040888963407ULL;
  }
  return value;
}

/// Keeps the compiler from leaving out or moving what computes `value`, or what is in memory.
template <typename T>
void use(T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

/// In blocks, which the compiler unrolls: one short loop takes up to twice as long in one build as
/// in another, by where in the program it comes to lie.
template <std::size_t width>
void stream(const std::array<float, width>& read, std::array<float, width>& written) {
  constexpr std::size_t block = 32;
  static_assert(width % block == 0);
  for (std::size_t begin = 0; begin < width; begin += block) {
    for (std::size_t i = begin; i < begin + block; ++i) written[i] = 0.5F * written[i] + read[i];
  }
}

}  // namespace

bool is_undisturbed(const Pace& before, const Pace& after, const Pace& undisturbed) {
  const double most = undisturbed.crowding() * (1 + same_crowding);
  return before.crowding() <= most && after.crowding() <= most &&
         std::abs(before.chain / after.chain - 1) <= same_clock;
}

PaceMeter::PaceMeter(std::function<double()> clock) : clock_(std::move(clock)) {
  read_.fill(1);
  written_.fill(1);
}

Pace PaceMeter::operator()() {
  const double start = clock_();
  std::uint64_t value = chain(1);
  use(value);
  const double middle = clock_();
  for (int pass = 0; pass < stream_passes; ++pass) {
    stream(read_, written_);
    use(written_);
  }
  return {.chain = middle - start, .stream = clock_() - middle};
}

Pace typical_pace(const std::function<Pace()>& pace) {
  std::vector<double> chains;
  std::vector<double> streams;
  for (int k = 0; k < series_length; ++k) {
    const Pace now = pace();
    chains.push_back(now.chain);
    streams.push_back(now.stream);
  }
  return {.chain = median(chains), .stream = median(streams)};
}

Pace undisturbed_pace(const std::function<Pace()>& pace) {
  Pace calmest = typical_pace(pace);
  for (int i = 1; i < series; ++i) {
    const Pace typical = typical_pace(pace);
    if (typical.crowding() < calmest.crowding()) calmest = typical;
  }
  return calmest;
}

bool is_calmer(const Pace& found, const Pace& undisturbed) {
  return found.crowding() < undisturbed.crowding() * (1 - same_crowding);
}

double steady_microseconds() {
  using Microseconds = std::chrono::duration<double, std::micro>;
  return Microseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace nas
