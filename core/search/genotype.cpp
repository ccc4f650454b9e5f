#include "core/search/genotype.hpp"

#include <limits>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

[[noreturn]] void reject(const std::string& text) {
  throw Error(ErrorKind::usage,
              fmt::format("cannot read the genotype '{}'; it is a list of option numbers, one per "
                          "decision, such as '[0,2,1]'",
                          text));
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

}  // namespace

std::string Genotype::text() const { return fmt::format("[{}]", fmt::join(answers, ",")); }

Genotype parse_genotype(const std::string& text) {
  std::string_view rest = trimmed(text);
  if (rest.size() < 2 || rest.front() != '[' || rest.back() != ']') reject(text);
  rest = rest.substr(1, rest.size() - 2);
  Genotype genotype;
  if (trimmed(rest).empty()) return genotype;
  while (true) {
    const std::size_t comma = rest.find(',');
    const auto answer = parse_integer(trimmed(rest.substr(0, comma)));
    if (!answer || *answer < 0 || *answer > std::numeric_limits<int>::max()) reject(text);
    genotype.answers.push_back(static_cast<int>(*answer));
    if (comma == std::string_view::npos) return genotype;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace nas
