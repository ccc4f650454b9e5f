#include "search_spaces/md5.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace nas {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t rounds = 64;
/// A round rotates by one of four amounts, by the quarter that it is in and its place modulo 4.
constexpr int rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

using State = std::array<std::uint32_t, 4>;

/// The whole part of 2^32 * |sin(i + 1)|, for each round.
const std::array<std::uint32_t, rounds>& sines() {
  static const std::array<std::uint32_t, rounds> table = [] {
    std::array<std::uint32_t, rounds> values{};
    for (std::size_t i = 0; i < rounds; ++i) {
      values[i] = static_cast<std::uint32_t>(
          std::floor(std::ldexp(std::fabs(std::sin(static_cast<double>(i + 1))), 32)));
    }
    return values;
  }();
  return table;
}

std::uint32_t mixed(std::size_t quarter, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  switch (quarter) {
    case 0:
      return (b & c) | (~b & d);
    case 1:
      return (d & b) | (~d & c);
    case 2:
      return b ^ c ^ d;
    default:
      return c ^ (b | ~d);
  }
}

/// Which word of the block a round reads.
std::size_t word_of(std::size_t quarter, std::size_t round) {
  constexpr std::size_t factor[] = {1, 5, 3, 7};
  constexpr std::size_t offset[] = {0, 1, 5, 0};
  return (factor[quarter] * round + offset[quarter]) % 16;
}

void digest(State& state, std::string_view block) {
  std::array<std::uint32_t, 16> words{};
  for (std::size_t i = 0; i < block_bytes; ++i) {
    words[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(block[i]))
                    << (8 * (i % 4));
  }
  auto [a, b, c, d] = state;
  for (std::size_t round = 0; round < rounds; ++round) {
    const std::size_t quarter = round / 16;
    const std::uint32_t sum =
        a + mixed(quarter, b, c, d) + sines()[round] + words[word_of(quarter, round)];
    a = d;
    d = c;
    c = b;
    b += std::rotl(sum, rotations[quarter][round % 4]);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

}  // namespace

std::string md5(std::string_view bytes) {
  constexpr std::size_t length_bytes = 8;
  std::string padded(bytes);
  padded += static_cast<char>(0x80);
  while (padded.size() % block_bytes != block_bytes - length_bytes) padded += '\0';
  const std::uint64_t bits = 8 * static_cast<std::uint64_t>(bytes.size());
  for (std::size_t i = 0; i < length_bytes; ++i) {
    padded += static_cast<char>((bits >> (8 * i)) & 0xff);
  }
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += block_bytes) {
    digest(state, std::string_view(padded).substr(at, block_bytes));
  }
  std::string result;
  for (const std::uint32_t word : state) {
    for (int byte = 0; byte < 4; ++byte)
      result += fmt::format("{:02x}", (word >> (8 * byte)) & 0xff);
  }
  return result;
}

}  // namespace nas
