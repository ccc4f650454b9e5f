#include "search_spaces/space_optimization.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/search/feasibility.hpp"
#include "core/statistics/distribution.hpp"

namespace nas {
namespace {

using Sums = ChainCost::Sums;
using Reader = double (*)(const Sums&);

constexpr double bytes_of_float = 4;

template <std::int64_t Sums::*member>
double number(const Sums& cost) {
  return static_cast<double>(cost.*member);
}
template <std::int64_t Sums::*member>
double as_floats(const Sums& cost) {
  return bytes_of_float * number<member>(cost);
}

constexpr std::array<std::pair<std::string_view, Reader>, 7> readers = {
    {{"params", number<&Sums::params>},
     {"macs", number<&Sums::macs>},
     {"ram", as_floats<&Sums::ram_int8>},
     {"ram_int8", number<&Sums::ram_int8>},
     {"ram_mcunet", number<&Sums::ram_mcunet>},
     {"flash", as_floats<&Sums::flash_int8>},
     {"flash_int8", number<&Sums::flash_int8>}}};

Reader reader(const std::string& metric) {
  const auto found =
      std::ranges::find(readers, metric, [](const auto& entry) { return entry.first; });
  if (found != readers.end()) return found->second;
  throw Error(ErrorKind::config, fmt::format("unknown metric '{}' as limit{}", metric,
                                             suggestion(metric, chain_metric_names())));
}

/// A limit, ready to be applied to many networks.
struct Bound {
  Reader value;
  double maximum;
};

KeptNetworks keep(const SampledMember& sample, std::span<const Bound> bounds) {
  KeptNetworks result{.member = sample.member};
  std::vector<double> macs;
  for (const Sums& network : sample.networks) {
    const bool fits = std::ranges::all_of(
        bounds, [&](const Bound& bound) { return bound.value(network) <= bound.maximum; });
    if (fits) macs.push_back(static_cast<double>(network.macs));
  }
  result.kept = macs.size();
  if (macs.empty()) return result;
  constexpr double p80 = 0.8;
  constexpr int tenths = 10;
  const Distribution distribution(macs);
  result.mean_macs = distribution.mean();
  result.p80_macs = distribution.quantile(p80);
  for (int i = 0; i <= tenths; ++i) {
    result.deciles.push_back(distribution.quantile(static_cast<double>(i) / tenths));
  }
  return result;
}

}  // namespace

std::vector<SampledMember> sample_members(const MobileFamily& family,
                                          const FamilySampling& settings, Executor& executor) {
  std::vector<SampledMember> samples;
  for (const double multiplier : family.multipliers) {
    for (const std::int64_t resolution : family.resolutions) {
      samples.push_back(
          {{multiplier, resolution, settings.classes, settings.mix, settings.channels}, {}});
    }
  }
  executor.parallel_for(samples.size(), [&](std::size_t i) {
    Random random(derive_seed(settings.seed, "member", i));
    samples[i].networks.reserve(settings.networks);
    for (std::size_t n = 0; n < settings.networks; ++n) {
      samples[i].networks.push_back(
          network_cost(family, samples[i].member, draw_network(family, random)));
    }
  });
  return samples;
}

const std::vector<std::string>& chain_metric_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    result.reserve(std::size(readers));
    for (const auto& entry : readers) result.emplace_back(entry.first);
    return result;
  }();
  return names;
}

double chain_metric(const ChainCost::Sums& cost, const std::string& metric) {
  return reader(metric)(cost);
}

std::vector<std::size_t> MemberChoice::ranking(std::size_t min_kept) const {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].kept >= std::max<std::size_t>(min_kept, 1)) order.push_back(i);
  }
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::size_t i) { return members[i].mean_macs; });
  return order;
}

MemberChoice choose_member(std::span<const SampledMember> samples, std::span<const Limit> limits,
                           std::size_t min_kept) {
  std::vector<Bound> bounds;
  for (const Limit& limit : limits) bounds.push_back({reader(limit.metric), limit.maximum});
  MemberChoice choice;
  for (const SampledMember& sample : samples) choice.members.push_back(keep(sample, bounds));
  const std::vector<std::size_t> order = choice.ranking(min_kept);
  if (!order.empty()) choice.chosen = order.front();
  return choice;
}

std::string why_none(std::span<const SampledMember> samples, std::span<const Limit> limits,
                     std::size_t min_kept) {
  const MemberChoice choice = choose_member(samples, limits, min_kept);
  const auto most = std::ranges::max_element(choice.members, {}, &KeptNetworks::kept);
  if (most != choice.members.end() && most->kept > 0) {
    return fmt::format(
        "no configuration keeps {} networks within the limits; width {}, resolution {} keeps "
        "most, {}; raise a limit, or lower --min-kept",
        min_kept, most->member.multiplier, most->member.resolution, most->kept);
  }
  Feasibility feasibility(limits);
  for (const SampledMember& sample : samples) {
    for (const Sums& network : sample.networks) {
      Metrics metrics;
      for (const Limit& limit : limits) {
        metrics.emplace(limit.metric, chain_metric(network, limit.metric));
      }
      feasibility.check(metrics);
    }
  }
  return feasibility.explanation();
}

}  // namespace nas
