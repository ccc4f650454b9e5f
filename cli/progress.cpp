#include "cli/progress.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

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
  if (last_shown_ && now - *last_shown_ < interval) return;
  last_shown_ = now;
  if (mode_ == Mode::plain) {
    fmt::print(stderr, "{}\n", text);
    return;
  }
  // One column stays free: some terminals wrap when the last one is written.
  const std::size_t width = terminal_width(STDERR_FILENO);
  fmt::print(stderr, "\r\033[K{}", fit(text, width > 1 ? width - 1 : width));
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  drawn_ = false;
  last_shown_.reset();
}

std::string to_string(const SearchProgress& progress) {
  std::string text = fmt::format("trial {}/{}", progress.finished, progress.trials);
  if (progress.best_value) {
    text += fmt::format(" · best {} {:.4g} (trial {})", progress.metric, *progress.best_value,
                        progress.best_trial);
  }
  if (progress.running > 0) text += fmt::format(" · running {}", progress.running);
  if (progress.seconds_left)
    text += fmt::format(" · eta {}", human_seconds(*progress.seconds_left));
  return text;
}

void warn(std::string_view message) { print_tagged("warning", 33, message); }

void note(std::string_view message) { fmt::print(stderr, "nas: {}\n", message); }

void report_error(std::string_view message) { print_tagged("error", 31, message); }

}  // namespace nas::cli
