/// Runs part of a test in a process of its own: to be killed, to hold a lock, to have another user
/// or other mounts.
#pragma once

#include <cstdlib>
#include <exception>
#include <functional>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace nas {

class ChildProcess {
 public:
  /// The way for text from the child to the test.
  class Reporter {
   public:
    explicit Reporter(int descriptor) : descriptor_(descriptor) {}
    void line(const std::string& text) const {
      const std::string ended = text + "\n";
      if (::write(descriptor_, ended.data(), ended.size()) < 0) ::_exit(1);
    }

   private:
    int descriptor_;
  };

  /// What `work` throws is reported as a line "thrown: ...".
  explicit ChildProcess(const std::function<void(const Reporter&)>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process");
    if (process_ == 0) {
      ::close(ends[0]);
      run(work, Reporter(ends[1]));
    }
    ::close(ends[1]);
    input_ = ends[0];
  }
  ~ChildProcess() {
    kill();
    ::close(input_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t process() const { return process_; }
  /// The next line of the child; empty where it has ended.
  std::string line() {
    std::string text;
    char c = 0;
    while (::read(input_, &c, 1) == 1 && c != '\n') text += c;
    return text;
  }
  /// The next line as a number; 0 where the child has ended.
  std::size_t number() { return std::strtoul(line().c_str(), nullptr, 10); }
  /// SIGKILL; returns when the process is gone.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  // Ends without the destructors and the exit handlers of the test program.
  [[noreturn]] static void run(const std::function<void(const Reporter&)>& work,
                               const Reporter& reporter) {
    try {
      work(reporter);
    } catch (const std::exception& error) {
      reporter.line(std::string("thrown: ") + error.what());
    }
    ::_exit(0);
  }

  pid_t process_ = -1;
  int input_ = -1;
};

}  // namespace nas
