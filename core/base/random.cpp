#include "core/base/random.hpp"

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>

#include "core/base/hash.hpp"

namespace nas {
namespace {

// Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators (2014).
std::uint64_t split_mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

std::uint64_t derive_seed(std::uint64_t seed, std::string_view purpose, std::uint64_t index) {
  return split_mix(split_mix(split_mix(seed) ^ hash_bytes(purpose).low) ^ index);
}

std::size_t Random::below(std::size_t bound) {
  return boost::random::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
}

double Random::uniform(double low, double high) {
  return boost::random::uniform_real_distribution<double>(low, high)(engine_);
}

double Random::normal() { return boost::random::normal_distribution<double>()(engine_); }

bool Random::chance(double probability) { return uniform() < probability; }

}  // namespace nas
