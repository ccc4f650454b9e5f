/// Sizes of search spaces: they do not fit 64 bits. Include where a size is computed only; it costs
/// half a second to compile.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>

namespace nas {

struct BigInteger {
  boost::multiprecision::cpp_int value;
  friend bool operator==(const BigInteger&, const BigInteger&) = default;
};

}  // namespace nas
