/// Spaces as the command line makes them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "search_spaces/registry.hpp"

namespace nas::test {

inline const Task cifar10{{3, 32, 32}, 10};

inline std::unique_ptr<SearchSpace> make_space(
    const std::string& name, const std::map<std::string, std::string>& options = {},
    const Task& task = cifar10) {
  const SpaceEntry& entry = search_space(name);
  return entry.make(task, OptionValues(name, entry.options, options));
}

/// The digits of the count with this name; empty where there is none.
inline std::string count_of(const SearchSpace& space, const std::string& name) {
  for (const SpaceCount& count : space.counts()) {
    if (count.name == name) return count.digits;
  }
  return {};
}

/// How many genotypes `enumerate` visits, which must be canonical and in ascending order.
inline std::size_t count_enumerated(const SearchSpace& space) {
  std::size_t count = 0;
  Genotype last;
  space.enumerate([&](const Genotype& genotype) {
    if (count > 0 && genotype <= last) return false;
    last = genotype;
    ++count;
    return true;
  });
  return count;
}

}  // namespace nas::test
