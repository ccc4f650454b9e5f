/// Strategies on tables of published measurements, beside what others have reached there.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/search/pareto.hpp"
#include "tests/plugin/loaded.hpp"
#include "tests/search_spaces/published_table.hpp"

using namespace nas;

namespace {

using Rows = std::map<Genotype, std::vector<double>>;

/// The named columns by code; empty, with a warning, where the table is not there.
Rows rows_of(const std::string& file, const std::string& key,
             const std::vector<std::string>& columns) {
  const auto table = test::published_table(file);
  Rows rows;
  if (table.empty()) {
    WARN("skipped: no table nas/" << file << " in " << NAS_SHARED_DATA);
    return rows;
  }
  const auto place = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(table.front(), name) - table.front().begin());
  };
  for (std::size_t row = 1; row < table.size(); ++row) {
    std::vector<double>& values = rows[test::genotype_of(table[row].at(place(key)))];
    for (const std::string& column : columns) {
      values.push_back(std::stod(table[row].at(place(column))));
    }
  }
  return rows;
}

/// The rows that a strategy asks for, in that order, told at once, until `enough` says so. What it
/// is told are the first columns, one for each objective.
std::vector<std::vector<double>> asked(
    const std::string& name, const Given& given, const SearchSpace& space, const Rows& rows,
    std::span<const Objective> objectives, std::uint64_t seed,
    const std::function<bool(const std::vector<double>&)>& enough) {
  static const PluginRegistry registry = built_plugins();
  const auto library = registry.find(PluginKind::strategy, name);
  const OptionValues options = options_of(*library, given);
  const auto strategy = library->make_strategy({space, objectives, seed, 1, options});
  std::vector<std::vector<double>> result;
  while (const auto proposal = strategy->ask()) {
    result.push_back(rows.at(proposal->genotype));
    const std::vector<double>& row = result.back();
    strategy->tell({Result::Kind::measured,
                    std::ssize(result) - 1,
                    proposal->genotype,
                    {},
                    {row.begin(), row.begin() + std::ssize(objectives)}});
    if (enough(row)) break;
  }
  return result;
}

struct Reference {
  double mean;
  double deviation;
  double runs;
};

/// Within three standard errors of the difference of both means.
void check_agrees(const std::vector<double>& values, const Reference& reference) {
  const auto count = static_cast<double>(values.size());
  double mean = 0, squares = 0;
  for (const double value : values) mean += value / count;
  for (const double value : values) squares += std::pow(value - mean, 2);
  const double variance = squares / (count - 1);
  const double error =
      std::sqrt(variance / count + std::pow(reference.deviation, 2) / reference.runs);
  INFO("mean " << mean << " ± " << std::sqrt(variance) << ", reference " << reference.mean);
  CHECK(std::abs(mean - reference.mean) <= 3 * error);
}

const std::vector<Objective> one = {{"accuracy", true}};
const std::vector<Objective> accuracy_and_macs = {{"accuracy", true}, {"macs", false}};
const Given repeating = {{"unique", "false"}};

}  // namespace

TEST_CASE("strategies reach on NAS-Bench-Macro what replays of others have reached") {
  const Rows rows = rows_of("nasbench_macro.csv", "arch", {"acc_mean"});
  if (rows.empty()) return;
  const fake::Space space(8, 3);
  struct Entry {
    std::string strategy;
    Given given;
    std::map<std::size_t, Reference> after;
  };
  // The mean of 1,000 runs of the best accuracy among so many queries; repeats count.
  const std::vector<Entry> entries = {
      {"random", repeating, {{50, {92.776, 0.164, 1000}}, {100, {92.863, 0.136, 1000}}}},
      {"evolution",
       {{"population", "20"}, {"sample", "5"}, {"avoid_duplicates", "false"}},
       {{50, {92.926, 0.149, 1000}}, {100, {93.075, 0.069, 1000}}}},
      {"local-search", {}, {{50, {93.073, 0.062, 1000}}, {100, {93.104, 0.026, 1000}}}}};
  constexpr std::uint64_t seeds = 200;
  for (const Entry& entry : entries) {
    for (const auto& [queries, reference] : entry.after) {
      INFO(entry.strategy << ", " << queries << " queries");
      std::vector<double> best;
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        std::size_t left = queries;
        const auto found = asked(entry.strategy, entry.given, space, rows, one, seed,
                                 [&](const auto&) { return --left == 0; });
        best.push_back((*std::ranges::max_element(found))[0]);
      }
      check_agrees(best, reference);
    }
  }
}

TEST_CASE("NSGA-II finds nearly all of NAS-Bench-Macro's front of error and MACs") {
  const Rows rows = rows_of("nasbench_macro.csv", "arch", {"acc_mean", "flops"});
  if (rows.empty()) return;
  const fake::Space space(8, 3);
  // As a share of the box up to an error of 60 % and 110 million MACs.
  const auto volume = [](const std::vector<std::vector<double>>& found) {
    std::vector<Point> points;
    for (const auto& row : found) points.push_back({(100 - row[0]) / 60, row[1] / 110e6});
    return hypervolume(points, {1, 1});
  };
  const auto all =
      asked("grid", {}, space, rows, accuracy_and_macs, 0, [](const auto&) { return false; });
  CHECK(volume(all) == Approx(0.754440).margin(5e-7));
  constexpr std::uint64_t seeds = 50;
  double mean = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    int left = 400;
    mean += volume(asked("nsga2", {}, space, rows, accuracy_and_macs, seed,
                         [&](const auto&) { return --left == 0; })) /
            seeds;
  }
  CHECK(mean >= 0.740);  // random search: 0.717
}

TEST_CASE("strategies reach on NAS-Bench-201 what replays of others have reached") {
  const Rows rows =
      rows_of("nasbench201_cifar10.csv.gz", "code", {"c10_val12", "cost12_c10_s", "c10_test200"});
  if (rows.empty()) return;
  const fake::Space space(6, 5);
  struct Entry {
    std::string strategy;
    Given given;
    Reference test_accuracy;
  };
  // NATS-Bench's protocol on CIFAR-10; the deviation of both local searches is not known: ours.
  const std::vector<Entry> entries = {
      {"random", repeating, {93.862, 0.26, 4000}},
      {"evolution",
       {{"population", "10"}, {"sample", "3"}, {"avoid_duplicates", "false"}},
       {94.087, 0.26, 4000}},
      {"local-search", {{"improvement", "best"}}, {94.18, 0.27, 500}},
      {"local-search", {{"improvement", "first"}}, {94.28, 0.23, 500}}};
  constexpr std::uint64_t seeds = 100;
  constexpr double budget = 20000;  // seconds
  for (const Entry& entry : entries) {
    INFO(entry.strategy);
    std::vector<double> reached;
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      double spent = 0;
      const auto found = asked(entry.strategy, entry.given, space, rows, one, seed,
                               [&](const auto& row) { return (spent += row[1]) >= budget; });
      const auto best =
          std::ranges::max_element(found, [](const auto& a, const auto& b) { return a[0] < b[0]; });
      reached.push_back((*best)[2]);
    }
    check_agrees(reached, entry.test_accuracy);
  }
}
