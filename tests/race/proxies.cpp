#include "tests/race/proxies.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <stdexcept>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/statistics/rank_correlation.hpp"
#include "tests/race/command.hpp"

namespace nas::race {
namespace {

namespace fs = std::filesystem;
using Values = std::map<std::string, std::vector<double>>;  // by metric, in the order of trials

/// Random search proposes the same cells whatever they are measured by.
constexpr const char* cells =
    "--strategy random --space nasbench201 --seed 1 --max macs=none --trials {} --final-epochs 0";
constexpr int many = 1000;
/// Whose Hessian takes seconds a cell.
constexpr int few = 200;

class Runs {
 public:
  explicit Runs(std::string program)
      : program_(std::move(program)),
        out_(fs::temp_directory_path() / fmt::format("nas-race-{}", getpid())) {}

  Values measure(int trials, const std::string& arguments) const {
    fs::remove_all(out_);
    const std::string out = quoted(out_.string());
    output_of(fmt::format("{} run {} {} --quiet --out {}", quoted(program_),
                          fmt::format(fmt::runtime(cells), trials), arguments, out));
    const nlohmann::json run =
        nlohmann::json::parse(output_of(fmt::format("{} show {} --json", quoted(program_), out)));
    fs::remove_all(out_);
    return values_of(run);
  }

 private:
  /// A metric that a trial lacks, since it was no finite number, is as low as can be there.
  static Values values_of(const nlohmann::json& run) {
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    const nlohmann::json& trials = run.at("trials");
    Values values;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      for (const auto& [metric, value] : trials[i].at("metrics").items()) {
        std::vector<double>& all = values.try_emplace(metric, trials.size(), lowest).first->second;
        if (value.is_number()) all[i] = value.get<double>();
      }
    }
    return values;
  }

  const std::string program_;
  const fs::path out_;
};

/// The first ones of `accuracy` and `params` belong to `proxy`.
void report(const std::string& name, const std::vector<double>& proxy, const Values& table,
            const std::vector<double>& params) {
  const std::vector<double>& accuracy = table.at("c10_val200");
  const auto end = static_cast<std::ptrdiff_t>(proxy.size());
  const std::vector<double> reached(accuracy.begin(), accuracy.begin() + end);
  const std::vector<double> sizes(params.begin(), params.begin() + end);
  const double partial = partial_spearman(proxy, reached, sizes);
  fmt::print("{:<12} {:>6} {:>9.3f} {:>14}\n", name, proxy.size(), spearman(proxy, reached),
             std::isnan(partial) ? "-" : fmt::format("{:.3f}", partial));
  std::fflush(stdout);
}

}  // namespace

void race_proxies(const std::string& program, const fs::path& tables) {
  const std::string table = fs::absolute(tables / "nasbench201_cifar10.csv.gz").string();
  const Runs runs(program);
  const Values measured =
      runs.measure(many, fmt::format("--estimator table --set table.file={} --set table.key=code "
                                     "--set table.objective=c10_val12",
                                     quoted(table)));
  if (!std::ranges::all_of(measured.at("c10_val200"),
                           [](double value) { return std::isfinite(value); })) {
    throw std::runtime_error("the table lacks some of the cells");
  }
  fmt::print("\nNAS-Bench-201, zero-cost proxies against c10_val200\n{:<12} {:>6} {:>9} {:>14}\n",
             "proxy", "cells", "Spearman", "given params");
  const std::string fast = "naswot,jacob_cov,synflow,snip,grad_norm,fisher,zen,l2_norm,vote";
  const Values proxies =
      runs.measure(many, "--estimator proxy --set proxy.proxies=" + fast + ",params,macs");
  const std::vector<double>& params = proxies.at("params");
  report("params", params, measured, params);
  for (const char* name : {"macs", "naswot", "jacob_cov", "synflow", "snip", "grad_norm", "fisher",
                           "zen", "l2_norm", "vote"}) {
    report(name, proxies.at(name), measured, params);
  }
  const Values slow =
      runs.measure(few, "--estimator proxy --set proxy.proxies=grasp --set proxy.batch_size=16");
  report("grasp", slow.at("grasp"), measured, params);
}

}  // namespace nas::race
