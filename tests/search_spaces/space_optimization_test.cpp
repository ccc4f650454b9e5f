#include "search_spaces/space_optimization.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

namespace nas {
namespace {

using Catch::Matchers::Contains;

constexpr double kib = 1024;

std::vector<SampledMember> sample(std::size_t networks, int workers = 1) {
  const auto executor = make_thread_executor(workers);
  return sample_members(mcunet_family(), {.networks = networks, .classes = 100}, *executor);
}

/// Enough networks for means that mean something; made once.
const std::vector<SampledMember>& samples() {
  static const std::vector<SampledMember> result = sample(300);
  return result;
}

std::vector<Limit> limits(double ram_kib, double flash_kib, const char* memory = "ram_int8") {
  return {{memory, ram_kib * kib}, {"flash_int8", flash_kib * kib}};
}

TEST_CASE("every member is sampled, and the sample does not depend on the number of workers") {
  const auto one = sample(20, 1);
  const auto two = sample(20, 2);
  REQUIRE(one.size() == 108);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CHECK(one[i].networks.size() == 20);
    CHECK(one[i].networks == two[i].networks);
  }
}

TEST_CASE("the choice is the member whose kept networks have most MACs on average") {
  const MemberChoice choice = choose_member(samples(), limits(320, 1024), 10);
  REQUIRE(choice.chosen);
  const KeptNetworks& best = choice.members[*choice.chosen];
  // By another road: over all networks, with plain sums.
  double largest = 0;
  for (const SampledMember& member : samples()) {
    double sum = 0;
    int kept = 0;
    for (const ChainCost::Sums& network : member.networks) {
      if (network.ram_int8 > 320 * 1024 || network.flash_int8 > 1024 * 1024) continue;
      sum += static_cast<double>(network.macs);
      ++kept;
    }
    if (kept >= 10) largest = std::max(largest, sum / kept);
  }
  CHECK(best.mean_macs == Approx(largest));
  CHECK(best.kept >= 10);
  CHECK(choice.ranking(10).front() == *choice.chosen);
}

TEST_CASE("the distribution of MACs is that of the kept networks") {
  const MemberChoice choice = choose_member(samples(), limits(320, 1024), 10);
  for (const KeptNetworks& member : choice.members) {
    if (member.kept == 0) {
      CHECK(member.deciles.empty());
      CHECK(member.mean_macs == 0);
      continue;
    }
    REQUIRE(member.deciles.size() == 11);
    CHECK(std::ranges::is_sorted(member.deciles));
    CHECK(member.deciles.front() <= member.mean_macs);
    CHECK(member.deciles.back() >= member.mean_macs);
    CHECK(member.p80_macs == member.deciles[8]);
  }
}

// Both memory models, each limit raised alone and both together.
TEST_CASE("the largest mean of MACs never falls when a limit is raised") {
  const char* memory = GENERATE("ram_int8", "ram_mcunet");
  const std::vector<double> ram = {96, 128, 192, 256, 320, 384, 512, 768, 1024};
  const std::vector<double> flash = {256, 384, 512, 768, 1024, 1536, 2048};
  std::vector<std::vector<double>> largest(ram.size(), std::vector<double>(flash.size(), 0));
  for (std::size_t r = 0; r < ram.size(); ++r) {
    for (std::size_t f = 0; f < flash.size(); ++f) {
      const MemberChoice choice = choose_member(samples(), limits(ram[r], flash[f], memory), 10);
      if (choice.chosen) largest[r][f] = choice.members[*choice.chosen].mean_macs;
      INFO(memory << " " << ram[r] << " KiB, flash " << flash[f] << " KiB");
      if (r > 0) CHECK(largest[r][f] >= largest[r - 1][f]);
      if (f > 0) CHECK(largest[r][f] >= largest[r][f - 1]);
    }
  }
  CHECK(largest.back().back() > 0);
}

TEST_CASE("members that keep too few are not chosen") {
  const auto tight = limits(320, 1024);
  for (const std::size_t least : {1U, 30U, 200U}) {
    const MemberChoice choice = choose_member(samples(), tight, least);
    REQUIRE(choice.chosen);
    CHECK(choice.members[*choice.chosen].kept >= least);
  }
  CHECK_FALSE(choose_member(samples(), tight, 301).chosen);
  CHECK_THAT(why_none(samples(), tight, 301),
             Contains("no configuration keeps 301") && Contains("--min-kept"));
}

TEST_CASE("where nothing is kept the limit that excludes is named, with the smallest value") {
  const std::vector<Limit> impossible = {{"ram_int8", 100}, {"flash_int8", 1e9}};
  CHECK_FALSE(choose_member(samples(), impossible, 1).chosen);
  std::int64_t smallest = samples().front().networks.front().ram_int8;
  for (const SampledMember& member : samples()) {
    for (const ChainCost::Sums& network : member.networks) {
      smallest = std::min(smallest, network.ram_int8);
    }
  }
  CHECK_THAT(why_none(samples(), impossible, 1),
             Contains("'ram_int8' <= 100 excludes 32400") &&
                 Contains("smallest value seen is " + std::to_string(smallest)));
}

TEST_CASE("limits are on what a chain's arithmetic knows") {
  const ChainCost::Sums cost{
      .params = 1, .macs = 2, .ram_int8 = 3, .ram_mcunet = 4, .flash_int8 = 5};
  CHECK(chain_metric(cost, "params") == 1);
  CHECK(chain_metric(cost, "macs") == 2);
  CHECK(chain_metric(cost, "ram") == 12);
  CHECK(chain_metric(cost, "ram_int8") == 3);
  CHECK(chain_metric(cost, "ram_mcunet") == 4);
  CHECK(chain_metric(cost, "flash") == 20);
  CHECK(chain_metric(cost, "flash_int8") == 5);
  CHECK_THROWS_WITH(chain_metric(cost, "ram_int9"), Contains("'ram_int9'") && Contains("ram_int8"));
}

}  // namespace
}  // namespace nas
