#include "search_spaces/registry.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "search_spaces/anynet.hpp"
#include "search_spaces/autodeeplab.hpp"
#include "search_spaces/codes.hpp"
#include "search_spaces/darts_space.hpp"
#include "search_spaces/described.hpp"
#include "search_spaces/efficientnet.hpp"
#include "search_spaces/mbconv.hpp"
#include "search_spaces/mcunet.hpp"
#include "search_spaces/mlperf_tiny.hpp"
#include "search_spaces/mnasnet.hpp"
#include "search_spaces/mobilenet_v2.hpp"
#include "search_spaces/nas_bench_101_space.hpp"
#include "search_spaces/nas_bench_201_space.hpp"
#include "search_spaces/nas_bench_macro.hpp"
#include "search_spaces/nasbot.hpp"
#include "search_spaces/nasfpn.hpp"
#include "search_spaces/nasnet_space.hpp"
#include "search_spaces/nasrl.hpp"
#include "search_spaces/nds.hpp"
#include "search_spaces/ofa.hpp"
#include "search_spaces/proxyless.hpp"
#include "search_spaces/regnet.hpp"
#include "search_spaces/spos.hpp"

namespace nas {
namespace {

/// Networks beside the default space: what people would take instead of searching in it.
std::vector<NamedArchitecture> designed_networks() {
  std::vector<NamedArchitecture> networks = mobilenet_v2_networks();
  std::ranges::move(mlperf_tiny_networks(), std::back_inserter(networks));
  return networks;
}

/// The entry called `name`; an error that begins with `problem` where there is none.
template <typename Entry>
const Entry& with_name(const std::vector<Entry>& entries, const std::string& problem,
                       std::string_view name) {
  const auto found = std::ranges::find(entries, name, &Entry::name);
  if (found != entries.end()) return *found;
  std::vector<std::string> known;
  known.reserve(entries.size());
  for (const Entry& entry : entries) known.push_back(entry.name);
  throw Error(ErrorKind::config, fmt::format("{} '{}'{}", problem, name, suggestion(name, known)));
}

}  // namespace

const std::vector<SpaceEntry>& search_spaces() {
  static const std::vector<SpaceEntry> entries = {
      {"mbconv",
       "Stages of inverted bottlenecks: depth and width per stage; kernel, expansion, "
       "squeeze-and-excitation and skip per layer.",
       mbconv_options(), make_mbconv, designed_networks()},
      anynet_space(),
      autodeeplab_space(),
      codes_space(),
      darts_space(),
      described_space(),
      efficientnet_space(),
      mcunet_space(),
      mnasnet_space(),
      nas_bench_101_space(),
      nas_bench_201_space(),
      nas_bench_macro_space(),
      nasbot_space(),
      nasfpn_space(),
      nasnet_space(),
      nasrl_space(),
      nds_space(),
      ofa_space(),
      proxyless_space(),
      regnet_space(),
      spos_space(),
  };
  return entries;
}

const SpaceEntry& search_space(std::string_view name) {
  return with_name(search_spaces(), "unknown search space", name);
}

const NamedArchitecture& named_architecture(const SpaceEntry& space, std::string_view name) {
  const auto has_it = [&](const SpaceEntry& each) {
    return std::ranges::find(each.named, name, &NamedArchitecture::name) != each.named.end();
  };
  const auto owner = std::ranges::find_if(search_spaces(), has_it);
  if (owner != search_spaces().end() && !has_it(space)) {
    throw Error(ErrorKind::config, fmt::format("the space '{}' has no architecture called '{}', "
                                               "which is of the space '{}'",
                                               space.name, name, owner->name));
  }
  return with_name(space.named,
                   fmt::format("the space '{}' has no architecture called", space.name), name);
}

const NamedArchitecture& named_architecture(std::string_view name) {
  std::vector<std::string> known;
  for (const SpaceEntry& space : search_spaces()) {
    for (const NamedArchitecture& named : space.named) {
      if (named.name == name) return named;
      if (std::ranges::find(known, named.name) == known.end()) known.push_back(named.name);
    }
  }
  throw Error(ErrorKind::config,
              fmt::format("unknown published network '{}'{}", name, suggestion(name, known)));
}

}  // namespace nas
