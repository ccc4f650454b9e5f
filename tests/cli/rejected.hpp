/// For tests of bad input: what is said, with which exit code, and that nothing else is printed.
#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "tests/cli/program.hpp"

namespace nas {

/// Checks the exit code and that `message` is part of one error on stderr.
inline void check_rejected(const Outcome& outcome, int code, const std::string& message) {
  INFO("stderr: " << outcome.err);
  CHECK(outcome.code == code);
  CHECK(outcome.err.find("nas: error: ") != std::string::npos);
  CHECK(outcome.err.find(message) != std::string::npos);
  CHECK(outcome.out.empty());
}

inline void check_rejected(const Words& words, int code, const std::string& message,
                           const Surroundings& surroundings = {}) {
  std::string shown;
  for (const std::string& word : words) shown += " " + word;
  INFO("nas" << shown);
  check_rejected(nas_program(words, surroundings), code, message);
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Visible, not silent: this system lets the test mount nothing.
inline bool was_skipped(const Outcome& outcome) {
  if (outcome.code != skipped) return false;
  WARN("skipped: this system lets the test mount no file system");
  return true;
}

}  // namespace nas
