#include "cli/signals.hpp"

#include <atomic>
#include <cerrno>
#include <signal.h>
#include <string_view>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/progress.hpp"

namespace nas::cli {

namespace {

/// Removes the progress line together with the ^C that the terminal wrote into it, or leaves it.
std::string_view end_of_progress_line() {
  if (ProgressLine::mode_for_stderr(false) == ProgressLine::Mode::animated) return "\r\033[K";
  return isatty(STDERR_FILENO) != 0 ? "\n" : "";
}

// A signal handler reaches nothing but globals.
struct State {
  CancelToken token;
  std::atomic<int> first_signal{0};
  std::atomic<InterruptHandler::Work> work{InterruptHandler::Work::trials};
  static_assert(std::atomic<InterruptHandler::Work>::is_always_lock_free);
  std::string_view line_end = end_of_progress_line();
};
std::atomic<State*> active{nullptr};

struct sigaction previous_interrupt, previous_terminate;

void say(std::string_view message) {
  // Nothing can be done where stderr is closed.
  [[maybe_unused]] const auto written = write(STDERR_FILENO, message.data(), message.size());
}

extern "C" void handle_signal(int number) {
  const int saved_errno = errno;
  if (State* state = active.load()) {
    int none = 0;
    const bool first = state->first_signal.compare_exchange_strong(none, number);
    say(state->line_end);
    if (state->work.load() == InterruptHandler::Work::single) {
      say("nas: stopping\n");
      state->token.raise(CancelToken::Level::stop_now);
    } else if (first) {
      say("nas: stopping after the running trials; Ctrl-C again: now\n");
      state->token.raise(CancelToken::Level::stop_soon);
    } else {
      say("nas: stopping now\n");
      state->token.raise(CancelToken::Level::stop_now);
    }
  }
  errno = saved_errno;
}

}  // namespace

void ignore_write_signals() {
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGXFSZ, &ignore, nullptr);
}

InterruptHandler::InterruptHandler(Work work) {
  auto* state = new State;
  state->work = work;
  active = state;
  struct sigaction action {};
  action.sa_handler = handle_signal;
  sigemptyset(&action.sa_mask);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, SIGTERM);
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &previous_interrupt);
  sigaction(SIGTERM, &action, &previous_terminate);
}

InterruptHandler::~InterruptHandler() {
  sigaction(SIGINT, &previous_interrupt, nullptr);
  sigaction(SIGTERM, &previous_terminate, nullptr);
  delete active.exchange(nullptr);
}

const CancelToken& InterruptHandler::token() const { return active.load()->token; }

void InterruptHandler::set_work(Work work) { active.load()->work = work; }

int InterruptHandler::signal() const { return active.load()->first_signal; }

int InterruptHandler::exit_code() const { return exit_code::signal_base + signal(); }

}  // namespace nas::cli
