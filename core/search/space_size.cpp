// Apart from search_space.cpp because big integers are slow to compile.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/search/big_integer.hpp"
#include "core/search/search_space.hpp"

namespace nas {
namespace {

using boost::multiprecision::cpp_int;

constexpr int most_draws = 10'000;
constexpr std::size_t bits_of_a_draw = 32;

/// Uniform in [0, bound): as many bits as the bound has, drawn again where they are too many.
cpp_int below(const cpp_int& bound, Random& random) {
  const std::size_t bits = bound == 1 ? 1 : boost::multiprecision::msb(bound - 1) + 1;
  cpp_int drawn;
  do {
    drawn = 0;
    for (std::size_t have = 0; have < bits; have += bits_of_a_draw) {
      const std::size_t take = std::min(bits_of_a_draw, bits - have);
      drawn = (drawn << take) + random.below(std::size_t{1} << take);
    }
  } while (drawn >= bound);
  return drawn;
}

/// A valid genotype; all are alike likely.
Genotype draw_valid(const SearchSpace& space, Random& random) {
  Genotype result;
  const std::size_t length = space.decisions().size();
  result.answers.assign(length, 0);
  for (std::size_t i = 0; i < length; ++i) {
    const std::vector<bool> open = space.allowed(result, i);
    std::vector<std::pair<int, cpp_int>> weights;
    cpp_int total = 0;
    for (std::size_t answer = 0; answer < open.size(); ++answer) {
      if (!open[answer]) continue;
      result.answers[i] = static_cast<int>(answer);
      weights.emplace_back(result.answers[i], space.completions(result, i + 1)->value);
      total += weights.back().second;
    }
    if (weights.size() > 1) {
      cpp_int left = below(total, random);
      auto chosen = weights.begin();
      for (; left >= chosen->second; ++chosen) left -= chosen->second;
      result.answers[i] = chosen->first;
    }
  }
  return result;
}

}  // namespace

std::optional<BigInteger> SearchSpace::completions(const Genotype&, std::size_t) const {
  return std::nullopt;
}

Genotype SearchSpace::sample_uniform(Random& random) const {
  if (!completions({}, 0)) return sample(random);
  for (int draw = 0; draw < most_draws; ++draw) {
    Genotype genotype = draw_valid(*this, random);
    if (canonical(genotype) == genotype) return genotype;
  }
  throw Error(ErrorKind::space, fmt::format("the space '{}' gave no canonical genotype in {} draws",
                                            name(), most_draws));
}

std::string size_digits(const SearchSpace& space) {
  const std::optional<BigInteger> size = space.size();
  return size ? size->value.str() : "unknown";
}

}  // namespace nas
