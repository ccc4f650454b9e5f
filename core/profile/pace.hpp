/// How fast this processor is at the moment, and whether somebody else slows it down.
///
/// Clocks go up and down, and on a processor that is shared (a second hardware thread, another
/// virtual machine) the same network takes up to one and a half times as long from one moment to
/// the next, without a trace in what the operating system counts. Two fixed pieces of work tell:
/// what they take is measured beside whatever else is.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

namespace nas {

/// What the two pieces take, in microseconds.
struct Pace {
  /// Integer multiplications, each of what the one before gave: the processor's clock alone
  /// decides.
  double chain = 0;
  /// Loads, multiplications and stores in the first-level cache, which whoever shares the core
  /// takes a part of.
  double stream = 0;

  /// Whatever the clock, of one size on a core that nobody shares, and larger on one that is
  /// shared.
  double crowding() const { return stream / chain; }
  friend bool operator==(const Pace&, const Pace&) = default;
};

/// Whether nobody but the caller was on the core, as far as these two moments show, and its clock
/// was the same. `undisturbed` is what undisturbed_pace found.
bool is_undisturbed(const Pace& before, const Pace& after, const Pace& undisturbed);

/// Not for several threads at once.
class PaceMeter {
 public:
  /// `clock` gives microseconds since some moment.
  explicit PaceMeter(std::function<double()> clock);
  /// Takes some 3 microseconds.
  Pace operator()();

 private:
  static constexpr std::size_t width = 256;  ///< of each array: together far below any such cache

  std::function<double()> clock_;
  alignas(64) std::array<float, width> read_;
  alignas(64) std::array<float, width> written_;
};

/// The medians of a short series of paces: one as long as the shortest stretch that a network
/// needs.
Pace typical_pace(const std::function<Pace()>& pace);

/// The pace of the calmest moment of about a second: of many such series the one with the least
/// crowding.
Pace undisturbed_pace(const std::function<Pace()>& pace);

/// Whether `found` shows that what `undisturbed_pace` found was disturbed after all.
bool is_calmer(const Pace& found, const Pace& undisturbed);

/// Microseconds of the steady clock.
double steady_microseconds();

}  // namespace nas
