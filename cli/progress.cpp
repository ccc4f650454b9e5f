#include "cli/progress.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/run_text.hpp"
#include "cli/table.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

constexpr std::chrono::milliseconds animation_interval{100};
constexpr std::chrono::seconds plain_interval{3};

bool coloured() {
  const char* no_color = std::getenv("NO_COLOR");
  const bool refused = no_color != nullptr && *no_color != '\0';
  return !refused && isatty(STDERR_FILENO) != 0;
}

/// `colour` is an ANSI code: 31 red, 33 yellow.
void print_tagged(const char* tag, int colour, std::string_view message) {
  if (coloured()) {
    fmt::print(stderr, "nas: \033[{}m{}:\033[0m {}\n", colour, tag, message);
  } else {
    fmt::print(stderr, "nas: {}: {}\n", tag, message);
  }
}

}  // namespace

ProgressLine::Mode ProgressLine::mode_for_stderr(bool quiet) {
  if (quiet) return Mode::silent;
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) != 0 && !dumb ? Mode::animated : Mode::plain;
}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& text, bool milestone) {
  if (mode_ == Mode::silent || (mode_ == Mode::plain && !milestone)) return;
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const auto interval = mode_ == Mode::animated
                            ? std::chrono::duration_cast<Clock::duration>(animation_interval)
                            : std::chrono::duration_cast<Clock::duration>(plain_interval);
  if (last_shown_ && now - *last_shown_ < interval) {
    held_back_ = true;
    return;
  }
  last_shown_ = now;
  held_back_ = false;
  if (mode_ == Mode::plain) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  fmt::print(stderr, "\r\033[K{}", fit(text, width()));
  std::fflush(stderr);
  drawn_ = true;
}

std::size_t ProgressLine::width() const {
  if (mode_ != Mode::animated) return 0;
  // One column stays free: some terminals wrap when the last one is written.
  const std::size_t width = terminal_width(STDERR_FILENO);
  return width > 1 ? width - 1 : width;
}

void ProgressLine::settle(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (mode_ == Mode::plain && held_back_) fmt::print(stderr, "{}\n", text);
  held_back_ = false;
  last_shown_.reset();
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
  last_shown_.reset();
}

std::string to_string(const SearchProgress& progress, std::size_t width) {
  const std::string done = progress.trials > 0
                               ? fmt::format("{}/{} done", progress.finished, progress.trials)
                               : fmt::format("{} done", progress.finished);
  std::array<std::string, 3> best;  // from the longest to the shortest way to say it
  if (progress.best_value) {
    const std::string value = metric_text(progress.metric, *progress.best_value);
    best = {fmt::format(" · best {} {} (trial {})", progress.metric, value, progress.best_trial),
            fmt::format(" · best {} {}", progress.metric, value), fmt::format(" · best {}", value)};
  }
  const std::string running =
      progress.running > 0 ? fmt::format(" · running {}", progress.running) : "";
  std::string left = eta_text(progress.seconds_left);
  if (!left.empty() && progress.final_training_follows) left += " + final training";
  for (const std::string& said :
       {best[0] + running, best[1] + running, best[2] + running, best[2]}) {
    std::string text = fmt::format("{}{}{}", done, said, left);
    if (width == 0 || display_width(text) <= width) return text;
  }
  return done + left;
}

std::string eta_text(std::optional<double> seconds_left) {
  if (!seconds_left) return {};
  // Tenths would promise more than an estimate can hold, and what still runs never takes no time.
  const double whole = std::max(1.0, std::ceil(*seconds_left));
  return fmt::format(" · eta {}",
                     whole < 10 ? fmt::format("{:.0f}s", whole) : human_seconds(whole));
}

void warn(std::string_view message) { print_tagged("warning", 33, message); }

void note(std::string_view message) { fmt::print(stderr, "nas: {}\n", message); }

void report_error(std::string_view message) { print_tagged("error", 31, message); }

}  // namespace nas::cli
