// How well a latency table predicts networks: random ones of a space, measured as a whole.
//
//     nas profile --output latency.csv
//     build/tests/nas_latency_bench latency.csv [NETWORKS [SEED]]
//
// One line per network, then the largest deviation and Spearman's rank correlation. Ends with 1
// where a network deviates by more than 15 % or the correlation is below 0.95. Wants an otherwise
// idle machine, the one of the table; runs that something disturbs are left out, and all times are
// those at the table's clock.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/cost_model.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/profile/latency_table.hpp"
#include "core/profile/median.hpp"
#include "core/profile/step_timing.hpp"
#include "search_spaces/registry.hpp"

using namespace nas;

namespace {

constexpr double largest_deviation = 0.15;
constexpr double least_correlation = 0.95;
/// Undisturbed measurements of each network, in as many rounds over all of them: so that a
/// disturbance meets few of one network's. And rounds at most.
constexpr std::size_t wanted_rounds = 5;
constexpr std::size_t most_rounds = 50;

std::vector<Architecture> sampled(std::int64_t count, std::int64_t seed) {
  const std::string name = "mbconv";
  const SpaceEntry& entry = search_space(name);
  const auto space = entry.make({{1, 28, 28}, 10}, OptionValues(entry.name, entry.options, {}));
  Random random(derive_seed(static_cast<std::uint64_t>(seed), "latency bench"));
  std::vector<Architecture> networks;
  for (std::int64_t i = 0; i < count; ++i) networks.push_back(space->build(space->sample(random)));
  return networks;
}

/// Medians over the undisturbed rounds, at the table's clock. Throws Error(data) where a network
/// had too few.
std::vector<double> measured_ms(const std::vector<Architecture>& networks, const Pace& reference) {
  std::vector<std::vector<double>> times(networks.size());
  for (std::size_t round = 0; round < most_rounds; ++round) {
    for (std::size_t i = 0; i < networks.size(); ++i) {
      if (times[i].size() == wanted_rounds) continue;
      const NetworkTime time = time_network(networks[i], reference, {});
      if (time.undisturbed) times[i].push_back(time.microseconds / 1000);
    }
  }
  std::vector<double> medians;
  for (std::vector<double>& of_network : times) {
    if (of_network.size() < wanted_rounds) {
      throw Error(ErrorKind::data,
                  "something else shared the core for too long: measure again on "
                  "an idle machine");
    }
    medians.push_back(median(of_network));
  }
  return medians;
}

/// The place of each value in their order, from 0.
std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double value : values) {
    result.push_back(static_cast<double>(
        std::ranges::count_if(values, [&](double other) { return other < value; })));
  }
  return result;
}

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> of_a = ranks(a);
  const std::vector<double> of_b = ranks(b);
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(of_a[i] - of_b[i], 2);
  const auto count = static_cast<double>(a.size());
  return 1 - 6 * squares / (count * (count * count - 1));
}

double predicted_ms(const LatencyTable& table, const Architecture& network) {
  const LatencyEstimate estimate = table.estimate(network);
  if (estimate.missing.empty()) return estimate.milliseconds;
  throw Error(ErrorKind::data, fmt::format("the table lacks {} steps of a network, such as '{}' "
                                           "on '{}'",
                                           estimate.missing.size(), estimate.missing[0].work,
                                           estimate.missing[0].tensors));
}

bool run(const std::string& file, std::int64_t count, std::int64_t seed) {
  const LatencyTable table = LatencyTable::read(file);
  if (table.machine() != this_machine()) {
    throw Error(ErrorKind::data, fmt::format("'{}' was made on another machine: '{}', {}, {}", file,
                                             table.machine().cpu, table.machine().instruction_set,
                                             table.machine().engine));
  }
  const std::vector<Architecture> networks = sampled(count, seed);
  const std::vector<double> measured = measured_ms(networks, table.reference());
  std::vector<double> predicted;
  double worst = 0;
  for (std::size_t i = 0; i < networks.size(); ++i) {
    predicted.push_back(predicted_ms(table, networks[i]));
    const double deviation = predicted[i] / measured[i] - 1;
    worst = std::max(worst, std::abs(deviation));
    fmt::print("{:2}  {:6.2f} M MACs  measured {:.4f} ms  predicted {:.4f} ms  {:+.1f} %\n", i + 1,
               static_cast<double>(cost(networks[i]).macs) / 1e6, measured[i], predicted[i],
               100 * deviation);
  }
  const double correlation = rank_correlation(measured, predicted);
  fmt::print("largest deviation {:.1f} %, rank correlation {:.4f}\n", 100 * worst, correlation);
  return worst <= largest_deviation && correlation >= least_correlation;
}

}  // namespace

int main(int argc, char** argv) {
  const auto count = argc > 2 ? parse_integer(argv[2]) : 20;
  const auto seed = argc > 3 ? parse_integer(argv[3]) : 1;
  if (argc < 2 || argc > 4 || !count || *count < 2 || !seed) {
    fmt::print(stderr, "usage: nas_latency_bench TABLE [NETWORKS [SEED]]\n");
    return 2;
  }
  try {
    return run(argv[1], *count, *seed) ? 0 : 1;
  } catch (const Error& error) {
    fmt::print(stderr, "nas_latency_bench: error: {}\n", error.what());
    return 1;
  }
}
