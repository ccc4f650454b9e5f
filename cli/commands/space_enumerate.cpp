#include <cstdint>
#include <limits>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/space_choice.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace nas::cli {

namespace {

constexpr std::size_t bytes_at_once = 1 << 16;

/// At most so many rows; without --limit as many as there are.
std::int64_t row_limit(const Arguments& arguments) {
  const auto given = arguments.value("limit");
  if (!given) return std::numeric_limits<std::int64_t>::max();
  const auto limit = parse_integer(*given);
  if (limit && *limit >= 1) return *limit;
  throw Error(ErrorKind::usage,
              fmt::format("--limit '{}': must be a whole number from 1 on", *given));
}

/// Throws std::system_error as soon as nobody reads any more, which `main` takes for the end.
void write_out(fmt::memory_buffer& rows) {
  fmt::print("{}", std::string_view(rows.data(), rows.size()));
  rows.clear();
}

}  // namespace

int space_enumerate_command(const Arguments& arguments) {
  const std::int64_t limit = row_limit(arguments);
  const auto space = chosen_space(arguments.positional.front(), arguments);
  fmt::memory_buffer rows;
  std::int64_t count = 0;
  bool with_text = false;
  space->enumerate([&](const Genotype& genotype) {
    const std::string text = space->text(genotype);
    if (count == 0) {
      with_text = !text.empty();
      fmt::format_to(std::back_inserter(rows), "genotype{}\n", with_text ? ",text" : "");
    }
    // Quoted, since genotypes have commas in them, and texts may have some; neither has quotes.
    fmt::format_to(std::back_inserter(rows), "\"[{}]\"", fmt::join(genotype.answers, ","));
    if (with_text) fmt::format_to(std::back_inserter(rows), ",\"{}\"", text);
    rows.push_back('\n');
    if (rows.size() >= bytes_at_once) write_out(rows);
    return ++count < limit;
  });
  write_out(rows);
  return exit_code::ok;
}

}  // namespace nas::cli
