/// TinyNAS, step 1: which width and resolution make the best space for a device (Lin et al. 2020).
///
/// Every member of a family is judged by networks drawn from it: those within the limits are kept,
/// and the member whose kept networks have the most MACs on average is chosen. The reasoning is the
/// paper's: at a fixed memory, more computation means more accuracy. Nothing is trained.
///
/// Deviation: a member must keep a number of networks to be chosen. The paper names none, but the
/// mean of a dozen networks decides little.
///
/// What to expect: the largest mean does not fall when a limit is raised. The paper also finds
/// (figure 12) that more SRAM leads to a larger resolution and more flash to a larger width. That
/// is measured with TinyEngine, whose memory has line buffers and more besides activations; under a
/// model of activations alone it need not hold, and the ranking of the members differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/executor.hpp"
#include "core/search/objective.hpp"
#include "search_spaces/mobile_family.hpp"

namespace nas {

struct FamilySampling {
  std::size_t networks = 1000;  ///< of each member
  std::int64_t classes = 1000;
  std::int64_t channels = 3;  ///< of the images
  bool mix = true;
  std::uint64_t seed = 0;
};

struct SampledMember {
  MobileMember member;
  std::vector<ChainCost::Sums> networks;
};
/// All members, multiplier by multiplier. A function of family and settings alone.
std::vector<SampledMember> sample_members(const MobileFamily& family,
                                          const FamilySampling& settings, Executor& executor);

/// What the limits of a choice may be about, in the units of Cost.
const std::vector<std::string>& chain_metric_names();
/// Throws Error(config), with the nearest, where there is no such metric.
double chain_metric(const ChainCost::Sums& cost, const std::string& metric);

/// The networks of one member that are within the limits.
struct KeptNetworks {
  MobileMember member;
  std::size_t kept = 0;
  double mean_macs = 0;  ///< of the kept; 0 where there are none, as below
  double p80_macs = 0;   ///< four fifths of the kept have so many or fewer
  /// Quantiles of the kept ones' MACs at 0, 0.1 … 1: their distribution function. Or nothing.
  std::vector<double> deciles = {};
};

struct MemberChoice {
  std::vector<KeptNetworks> members;  ///< all, in the order of the samples
  /// The member with the largest mean of those that keep enough; in a tie the first.
  std::optional<std::size_t> chosen;

  /// Those that keep enough, the largest mean first.
  std::vector<std::size_t> ranking(std::size_t min_kept) const;
};
MemberChoice choose_member(std::span<const SampledMember> samples, std::span<const Limit> limits,
                           std::size_t min_kept);

/// Why no member can be chosen: which limit excludes the networks, with the smallest value seen.
std::string why_none(std::span<const SampledMember> samples, std::span<const Limit> limits,
                     std::size_t min_kept);

}  // namespace nas
