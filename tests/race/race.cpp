// Runs strategies on tables of published measurements and sets what comes out beside what others
// have reached there: `nas_race NAS TABLES [WORD]`, with the program, the folder of the tables and,
// to run some only, a word in the title of a race or the name of an entry.
//
// A mean m of n runs with standard deviation s agrees with a reference (m_ref, s_ref, n_ref) where
// |m - m_ref| <= 3 sqrt(s^2 / n + s_ref^2 / n_ref), and what the reference was rounded by. Exit
// code 1 where one does not, where a mean does not reach what it must, or where an entry that must
// beat random search does not: Mann and Whitney's one-sided test with Holm's correction over all
// such entries, p < 0.01.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/statistics/mann_whitney.hpp"
#include "tests/race/command.hpp"
#include "tests/race/proxies.hpp"
#include "tests/race/races.hpp"

namespace nas::race {
namespace {

namespace fs = std::filesystem;

constexpr double standard_errors = 3;
constexpr double significance = 0.01;

using Samples = std::map<std::string, std::vector<double>>;  // by metric

struct Comparison {
  std::string name;
  std::vector<double> ours;
  std::vector<double> random;
};

class Races {
 public:
  Races(std::string program, fs::path tables, std::string word)
      : program_(std::move(program)), tables_(std::move(tables)), word_(std::move(word)) {}

  bool run() {
    for (const Race& race : races()) run(race);
    compare();
    if (std::string_view("NAS-Bench-201, zero-cost proxies").find(word_) != std::string::npos) {
      race_proxies(program_, tables_);
    }
    return ok_;
  }

 private:
  bool is_wanted(const Race& race, const Entry& entry) const {
    if (race.title.find(word_) != std::string::npos) return true;
    const auto has_word = [this](const Entry& each) {
      return each.name.find(word_) != std::string::npos;
    };
    return has_word(entry) ||
           (entry.name == "random" && std::ranges::any_of(race.entries, [&](const Entry& each) {
              return each.above_random && has_word(each);
            }));
  }

  void run(const Race& race) {
    bool has_title = false;
    std::vector<double> random;
    for (const Entry& entry : race.entries) {
      if (!is_wanted(race, entry)) continue;
      if (!std::exchange(has_title, true)) {
        fmt::print("\n{}, {} seeds\n{:<22} {:<12} {:>18} {:>20} {:>9} {:>9}\n", race.title,
                   race.seeds, "strategy", "metric", "mean", "reference", "off by", "at most");
      }
      const Samples samples = run(race, entry);
      for (const auto& [metric, values] : samples) report(entry, metric, values);
      if (entry.name == "random") random = samples.at(race.metric);
      if (entry.above_random) {
        comparisons_.push_back({race.title + ": " + entry.name, samples.at(race.metric), random});
        if (race.smaller_is_better) {
          std::swap(comparisons_.back().ours, comparisons_.back().random);
        }
      }
    }
  }

  Samples run(const Race& race, const Entry& entry) const {
    const std::string table = fs::absolute(tables_ / race.table).string();
    const fs::path out = fs::temp_directory_path() / fmt::format("nas-race-{}", getpid());
    fs::remove_all(out);
    const std::string arguments =
        replaced(race.arguments + " " + entry.arguments, "TABLE", quoted(table));
    const std::string command = fmt::format(
        "{} run {} --seeds 0-{}{} --final-epochs 0 --quiet --json --out {}", quoted(program_),
        arguments, race.seeds - 1, race.corner ? "" : " --summary-only", quoted(out.string()));
    const nlohmann::json series = nlohmann::json::parse(output_of(command));
    Samples samples;
    if (race.corner) {
      samples = {{race.metric, hypervolumes(*race.corner, out)}};
    } else {
      samples = metrics_of(race, series);
    }
    fs::remove_all(out);
    return samples;
  }

  std::vector<double> hypervolumes(const Corner& corner, const fs::path& series) const {
    const nlohmann::json compared = nlohmann::json::parse(
        output_of(fmt::format("{} compare {} --metric hypervolume {} --json", quoted(program_),
                              quoted(series.string()), corner.arguments)));
    std::vector<double> result;
    for (const nlohmann::json& run : compared.at("groups").at(0).at("runs")) {
      result.push_back(run.at("value").get<double>() / corner.volume);
    }
    return result;
  }

  static Samples metrics_of(const Race& race, const nlohmann::json& series) {
    Samples samples{{race.metric, {}}};
    for (const std::string& metric : race.further_metrics) samples[metric];
    for (const nlohmann::json& run : series.at("runs")) {
      for (auto& [metric, values] : samples) {
        values.push_back(run.at("best").at("metrics").at(metric).get<double>());
      }
    }
    return samples;
  }

  void report(const Entry& entry, const std::string& metric, const std::vector<double>& values) {
    const auto count = static_cast<double>(values.size());
    double mean = 0;
    for (const double value : values) mean += value / count;
    double squares = 0;
    for (const double value : values) squares += std::pow(value - mean, 2);
    const double deviation = std::sqrt(squares / (count - 1));
    std::string line =
        fmt::format("{:<22} {:<12} {:>9.3f} ± {:<6.3f}", entry.name, metric, mean, deviation);
    for (const Reference& reference : entry.references) {
      if (reference.metric != metric) continue;
      const double theirs = reference.deviation > 0 ? reference.deviation : deviation;
      const double tolerance =
          reference.rounding + standard_errors * std::sqrt(deviation * deviation / count +
                                                           theirs * theirs / reference.runs);
      const double difference = mean - reference.mean;
      const bool agrees = std::abs(difference) <= tolerance;
      ok_ = ok_ && agrees;
      line += fmt::format(" {:>11.3f} ± {:<6.3f} {:>+9.3f} {:>9.3f}{}", reference.mean,
                          reference.deviation, difference, tolerance, agrees ? "" : "  OFF");
    }
    for (const Mark& mark : entry.at_least) {
      if (mark.metric != metric) continue;
      const bool reaches = mean >= mark.mean;
      ok_ = ok_ && reaches;
      line += fmt::format("   at least {:.3f}{}", mark.mean, reaches ? "" : "  OFF");
    }
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

  void compare() {
    std::vector<double> p_values;
    for (const Comparison& comparison : comparisons_) {
      p_values.push_back(mann_whitney_greater(comparison.ours, comparison.random).p_value);
    }
    const std::vector<double> corrected = holm(p_values);
    for (std::size_t i = 0; i < comparisons_.size(); ++i) {
      const bool is_above = corrected[i] < significance;
      ok_ = ok_ && is_above;
      fmt::print("{} {} random: p = {:.2g} after Holm's correction{}\n", comparisons_[i].name,
                 is_above ? "beats" : "does not beat", corrected[i], is_above ? "" : "  OFF");
    }
  }

  const std::string program_;
  const fs::path tables_;
  const std::string word_;
  std::vector<Comparison> comparisons_;
  bool ok_ = true;
};

}  // namespace
}  // namespace nas::race

int main(int count, char** words) {
  if (count < 3 || count > 4) {
    fmt::print(stderr, "usage: nas_race NAS TABLES [WORD]\n");
    return 2;
  }
  try {
    return nas::race::Races(words[1], words[2], count > 3 ? words[3] : "").run() ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nas_race: {}\n", error.what());
    return 1;
  }
}
