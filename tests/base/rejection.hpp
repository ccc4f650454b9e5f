/// For tests of messages: runs what must be rejected and gives back why.
#pragma once

#include <string>

#include <catch2/catch.hpp>

#include "core/base/error.hpp"

namespace nas {

template <typename Work>
std::string rejection(ErrorKind kind, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  FAIL("nothing was rejected");
  return {};
}

}  // namespace nas
