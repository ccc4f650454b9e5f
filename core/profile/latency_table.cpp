#include "core/profile/latency_table.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/durable_file.hpp"
#include "core/base/error.hpp"
#include "core/base/processors.hpp"
#include "core/base/text.hpp"

namespace nas {
namespace {

constexpr std::string_view first_line = "# nas latency table, version 2";
constexpr std::string_view columns = "work,tensors,microseconds,samples,undisturbed";
constexpr std::size_t column_count = 5;

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = line.find(separator);
    parts.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return parts;
    line.remove_prefix(end + 1);
  }
}

/// Reads one file; every complaint names it and the line.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : file_(file), stream_(file) {
    if (!stream_) {
      throw Error(ErrorKind::io, fmt::format("cannot read latency table '{}'", file.string()));
    }
  }

  LatencyTable read() {
    expect(first_line);
    Machine machine;
    machine.cpu = comment("cpu");
    machine.instruction_set = comment("instruction_set");
    machine.engine = comment("engine");
    machine.threads = static_cast<int>(count(comment("threads")));
    Pace reference;
    reference.chain = positive(comment("chain_microseconds"));
    reference.stream = positive(comment("stream_microseconds"));
    expect(columns);
    LatencyTable table(std::move(machine), reference);
    while (next()) add_row(table);
    if (stream_.bad()) reject("it cannot be read to its end");
    return table;
  }

 private:
  bool next() {
    ++number_;
    return static_cast<bool>(std::getline(stream_, line_));
  }

  void expect(std::string_view wanted) {
    if (next() && line_ == wanted) return;
    reject(fmt::format("'{}' where '{}' is expected; 'nas profile' writes such tables", line_,
                       wanted));
  }

  /// The value of the line "# name: value".
  std::string comment(std::string_view name) {
    const std::string start = fmt::format("# {}: ", name);
    if (!next() || !line_.starts_with(start)) {
      reject(fmt::format("'{}' where '{}…' is expected", line_, start));
    }
    return line_.substr(start.size());
  }

  void add_row(LatencyTable& table) {
    const std::vector<std::string> fields = split(line_, ',');
    if (fields.size() != column_count) {
      reject(fmt::format("{} fields where {} are expected", fields.size(), column_count));
    }
    const StepKey key{fields[0], fields[1]};
    if (table.steps().contains(key)) {
      reject(fmt::format("'{}' on '{}' is there already", key.work, key.tensors));
    }
    const auto microseconds = parse_real(fields[2]);
    if (!microseconds || *microseconds < 0) {
      reject(fmt::format("'{}' is no time in microseconds", fields[2]));
    }
    if (fields[4] != "yes" && fields[4] != "no") {
      reject(fmt::format("'{}' where 'yes' or 'no' is expected", fields[4]));
    }
    table.set(key, {*microseconds, count(fields[3]), fields[4] == "yes"});
  }

  std::int64_t count(const std::string& text) const {
    const auto value = parse_integer(text);
    if (!value || *value < 1) reject(fmt::format("'{}' must be a whole number from 1", text));
    return *value;
  }

  double positive(const std::string& text) const {
    const auto value = parse_real(text);
    if (!value || !(*value > 0)) reject(fmt::format("'{}' must be a time above 0", text));
    return *value;
  }

  [[noreturn]] void reject(const std::string& problem) const {
    throw Error(ErrorKind::data,
                fmt::format("latency table '{}', line {}: {}", file_.string(), number_, problem));
  }

  const std::filesystem::path file_;
  std::ifstream stream_;
  std::string line_;
  int number_ = 0;
};

}  // namespace

Machine this_machine() {
  return {.cpu = cpu_model(), .instruction_set = instruction_set(), .engine = engine_version()};
}

LatencyTable::LatencyTable(Machine machine, const Pace& reference)
    : machine_(std::move(machine)), reference_(reference) {}

LatencyTable LatencyTable::read(const std::filesystem::path& file) { return Reader(file).read(); }

void LatencyTable::write(const std::filesystem::path& file) const {
  std::string text = fmt::format(
      "{}\n# cpu: {}\n# instruction_set: {}\n# engine: {}\n# threads: {}\n"
      "# chain_microseconds: {:.3f}\n# stream_microseconds: {:.3f}\n{}\n",
      first_line, machine_.cpu, machine_.instruction_set, machine_.engine, machine_.threads,
      reference_.chain, reference_.stream, columns);
  for (const auto& [key, latency] : steps_) {
    text += fmt::format("{},{},{:.3f},{},{}\n", key.work, key.tensors, latency.microseconds,
                        latency.samples, latency.undisturbed ? "yes" : "no");
  }
  write_durably(file, text);
}

LatencyEstimate LatencyTable::estimate(const Architecture& architecture) const {
  double microseconds = 0;
  std::set<StepKey> missing;
  for (const StepKey& key : step_keys(architecture, {.batch = 1})) {
    const auto found = steps_.find(key);
    if (found == steps_.end()) {
      missing.insert(key);
    } else {
      microseconds += found->second.microseconds;
    }
  }
  return {microseconds / 1000, {missing.begin(), missing.end()}};
}

}  // namespace nas
