#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/commands/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/space_choice.hpp"
#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/search/objective.hpp"

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

/// Rows of CSV. Genotypes and texts are quoted, since they have commas in them; neither has quotes.
class Rows {
 public:
  /// With metrics each genotype is built, which takes its time.
  Rows(const SearchSpace& space, bool with_metrics) : space_(space), with_metrics_(with_metrics) {}

  void add(const Genotype& genotype) {
    const std::string text = space_.text(genotype);
    if (!begun_) begin(!text.empty());
    append("\"[{}]\"", fmt::join(genotype.answers, ","));
    if (with_text_) append(",\"{}\"", text);
    if (with_metrics_) add_metrics(genotype);
    buffer_.push_back('\n');
    if (buffer_.size() >= bytes_at_once) write();
  }

  /// Throws std::system_error as soon as nobody reads any more, which `main` takes for the end.
  void write() {
    fmt::print("{}", std::string_view(buffer_.data(), buffer_.size()));
    buffer_.clear();
  }

 private:
  void begin(bool with_text) {
    begun_ = true;
    with_text_ = with_text;
    append("genotype{}", with_text ? ",text" : "");
    if (with_metrics_) {
      for (const Decision& decision : space_.decisions()) append(",{}", decision.name);
      for (const std::string& metric : cost_metric_names()) append(",{}", metric);
    }
    buffer_.push_back('\n');
  }

  /// The options that the genotype stands for, and its costs.
  void add_metrics(const Genotype& genotype) {
    const std::vector<Decision>& decisions = space_.decisions();
    for (std::size_t i = 0; i < decisions.size(); ++i) {
      append(",{}", decisions[i].options[static_cast<std::size_t>(genotype.answers[i])]);
    }
    const Metrics metrics = cost_metrics(cost(space_.build(genotype)));
    for (const std::string& metric : cost_metric_names()) append(",{}", metrics.at(metric));
  }

  template <typename... T>
  void append(fmt::format_string<T...> format, T&&... values) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<T>(values)...);
  }

  const SearchSpace& space_;
  const bool with_metrics_;
  bool begun_ = false;
  bool with_text_ = false;
  fmt::memory_buffer buffer_;
};

}  // namespace

int space_enumerate_command(const Arguments& arguments) {
  const std::int64_t limit = row_limit(arguments);
  const auto space = chosen_space(arguments.positional.front(), arguments);
  Rows rows(*space, arguments.has("metrics"));
  std::int64_t count = 0;
  space->enumerate([&](const Genotype& genotype) {
    rows.add(genotype);
    return ++count < limit;
  });
  rows.write();
  return exit_code::ok;
}

}  // namespace nas::cli
