#include "tests/cli/program.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace nas {

namespace {

constexpr std::chrono::minutes patience{1};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

[[noreturn]] void become_program(const Words& words, const Surroundings& surroundings) {
  const std::filesystem::path nas = NAS_PROGRAM;
  std::vector<std::string> arguments = {surroundings.program};
  arguments.insert(arguments.end(), words.begin(), words.end());
  std::vector<std::string> environment = {"PATH=" + nas.parent_path().string() + ":/usr/bin:/bin",
                                          "HOME=/nonexistent"};
  for (const char* name : {"ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name))
      environment.push_back(fmt::format("{}={}", name, value));
  }
  for (const auto& [name, value] : surroundings.environment) {
    environment.push_back(name + "=" + value);
  }
  if (!surroundings.directory.empty() && chdir(surroundings.directory.c_str()) != 0) _exit(126);
  if (surroundings.before && !surroundings.before()) _exit(skipped);
  execve(surroundings.program.c_str(), pointers(arguments).data(), pointers(environment).data());
  _exit(127);
}

}  // namespace

Program::Program(const Words& words, const Surroundings& surroundings) {
  if (surroundings.terminal > 0) {
    start_on_terminal(words, surroundings);
  } else {
    start_with_pipes(words, surroundings);
  }
}

void Program::start_with_pipes(const Words& words, const Surroundings& surroundings) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0 || pipe2(err.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  process_ = fork();
  if (process_ < 0) throw std::runtime_error("no process");
  if (process_ == 0) {
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    become_program(words, surroundings);
  }
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

void Program::start_on_terminal(const Words& words, Surroundings surroundings) {
  const winsize size{.ws_row = 24, .ws_col = surroundings.terminal, .ws_xpixel = 0, .ws_ypixel = 0};
  termios raw{};
  cfmakeraw(&raw);  // a line feed stays one
  surroundings.environment.emplace("TERM", "xterm");
  process_ = forkpty(&out_, nullptr, &raw, &size);
  if (process_ < 0) throw std::runtime_error("no terminal");
  if (process_ == 0) become_program(words, surroundings);
  fcntl(out_, F_SETFD, FD_CLOEXEC);
  on_terminal_ = true;
}

Program::~Program() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

bool Program::read_some() {
  std::array<pollfd, 2> ends = {{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
  if (out_ < 0 && err_ < 0) return false;
  constexpr int patience_ms = std::chrono::milliseconds(patience).count();
  if (poll(ends.data(), ends.size(), patience_ms) <= 0) {
    kill(process_, SIGKILL);
    throw std::runtime_error("the program hangs; it said: " + outcome_.err);
  }
  const auto take = [](const pollfd& end, int& descriptor, std::string& text) {
    if (descriptor < 0 || end.revents == 0) return;
    std::array<char, 65536> buffer;
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(count));
      return;
    }
    close(descriptor);
    descriptor = -1;
  };
  take(ends[0], out_, outcome_.out);
  take(ends[1], err_, outcome_.err);
  return true;
}

bool Program::wait_for_message(const std::string& text) {
  const std::string& said = on_terminal_ ? outcome_.out : outcome_.err;
  while (said.find(text) == std::string::npos) {
    if (!read_some()) return false;
  }
  return true;
}

Outcome Program::wait() {
  while (read_some()) {
  }
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  outcome_.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome_;
}

Outcome nas_program(const Words& words, const Surroundings& surroundings) {
  return Program(words, surroundings).wait();
}

Words constant_run(const std::filesystem::path& out, const Words& more) {
  Words words = {"run", "--estimator", "constant", "--out", out.string()};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

nlohmann::json trials_of(const std::filesystem::path& run) {
  const Outcome outcome = nas_program({"show", run.string(), "--json"});
  if (outcome.code != 0) throw std::runtime_error(outcome.err);
  nlohmann::json trials = outcome.json().at("trials");
  for (nlohmann::json& trial : trials) trial.erase("seconds");
  return trials;
}

bool wait_for_trials(const std::filesystem::path& run, std::size_t count) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    // Each question takes some 50 ms, which is what spaces them out.
    const Outcome outcome = nas_program({"show", run.string(), "--json"});
    if (outcome.code == 0 && outcome.json().at("trials").size() >= count) return true;
  }
  return false;
}

}  // namespace nas
