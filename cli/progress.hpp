/// The line on stderr that says how far a run is.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nas::cli {

/// Redrawn in place on a terminal; elsewhere a plain line every few seconds. Safe from several
/// threads.
class ProgressLine {
 public:
  enum class Mode { silent, plain, animated };
  /// Silent where `quiet`, animated where stderr is a terminal that can (TERM is not "dumb").
  static Mode mode_for_stderr(bool quiet);

  explicit ProgressLine(Mode mode) : mode_(mode) {}
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows `text`, unless the last one is too young to be replaced. `milestone`: something has been
  /// finished, which is when a plain line may be due.
  void show(const std::string& text, bool milestone);
  /// Columns that there are for `text`; 0: as many as it takes.
  std::size_t width() const;
  /// The work has ended: a plain line for it, unless the last one said everything.
  void settle(const std::string& text);
  /// Removes the animated line, so that other output can follow.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  const Mode mode_;
  std::mutex mutex_;
  std::optional<Clock::time_point> last_shown_;
  bool held_back_ = false;
  bool drawn_ = false;
};

/// What the line says during the search.
struct SearchProgress {
  std::int64_t finished = 0;
  std::int64_t trials = 0;  ///< 0: nobody knows
  std::string metric = {};
  std::optional<double> best_value = {};
  std::int64_t best_trial = 0;
  std::size_t running = 0;
  std::optional<double> seconds_left = {};
  bool final_training_follows = false;  ///< and is not part of `seconds_left`
};
/// "17/48 done · best val_accuracy 91.20 % (trial 9) · running 2 · eta 2m 10s" in at most `width`
/// columns (0: no limit): what is said of the best and of the running trials gets shorter, the time
/// left does not.
std::string to_string(const SearchProgress& progress, std::size_t width = 0);

/// " · eta 2m 10s" in whole seconds, never none; empty where the time is unknown.
std::string eta_text(std::optional<double> seconds_left);

/// Lines on stderr: "nas: warning: …", "nas: …". With NO_COLOR unset and a terminal, in colour.
void warn(std::string_view message);
void note(std::string_view message);
void report_error(std::string_view message);

}  // namespace nas::cli
