// Apart from search_space.cpp because big integers are slow to compile.
#include "core/search/big_integer.hpp"
#include "core/search/search_space.hpp"

namespace nas {

std::string size_digits(const SearchSpace& space) {
  const std::optional<BigInteger> size = space.size();
  return size ? size->value.str() : "unknown";
}

}  // namespace nas
