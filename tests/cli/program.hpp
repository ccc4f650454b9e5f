/// Starts the real binary and catches what it says.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <signal.h>
#include <string>
#include <sys/types.h>
#include <vector>

#include <nlohmann/json.hpp>

namespace nas {

struct Outcome {
  int code = 0;  ///< exit code, or 128 + the number of the signal that ended it
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out); }
};

/// What differs from one call to the next. The environment is empty but for PATH, where the program
/// is found as `nas`, and HOME, which is a place without anything.
struct Surroundings {
  std::map<std::string, std::string> environment = {};
  std::filesystem::path directory = {};
  /// Columns of a terminal that stdin, stdout and stderr are; what goes there is in Outcome::out.
  /// 0: no terminal.
  unsigned short terminal = 0;
  std::string program = NAS_PROGRAM;
  /// Runs in the child before the program; false skips it, with exit code `skipped`.
  std::function<bool()> before = {};
};
inline constexpr int skipped = 77;

using Words = std::vector<std::string>;

/// A program that runs. Killed, if it still does, when this goes.
class Program {
 public:
  explicit Program(const Words& words, const Surroundings& surroundings = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const { ::kill(process_, number); }
  /// Reads until the program has ended. Ends it, with a failure, after a minute.
  Outcome wait();
  /// Reads stderr, or the terminal, until it holds `text`; false where the program ends before.
  bool wait_for_message(const std::string& text);

 private:
  void start_with_pipes(const Words& words, const Surroundings& surroundings);
  void start_on_terminal(const Words& words, Surroundings surroundings);
  bool read_some();

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  bool on_terminal_ = false;
  Outcome outcome_;
};

Outcome nas_program(const Words& words, const Surroundings& surroundings = {});

/// `run` with the estimator that trains nothing.
Words constant_run(const std::filesystem::path& out, const Words& more = {});

/// The trials of a run as `nas show --json` gives them, without the times, which differ.
nlohmann::json trials_of(const std::filesystem::path& run);
/// Waits until the run has stored so many trials. False after a minute.
bool wait_for_trials(const std::filesystem::path& run, std::size_t count);

}  // namespace nas
