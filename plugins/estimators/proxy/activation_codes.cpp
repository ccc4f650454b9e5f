#include "plugins/estimators/proxy/activation_codes.hpp"

#include <Eigen/Core>
#include <Eigen/LU>
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "core/engine/program.hpp"

namespace nas::proxy {
namespace {

constexpr std::size_t bits = 64;

/// Nodes with equal codes, because they do the same to the same value, and how many they are.
struct Code {
  std::string name;  ///< of the first
  std::int64_t times = 1;
};

std::vector<Code> codes_of(const Architecture& architecture) {
  std::map<NodeId, std::size_t> by_input;
  std::vector<Code> codes;
  for (NodeId node = 0; node < architecture.size(); ++node) {
    if (!has_code(architecture.op(node).kind())) continue;
    const auto [place, is_new] =
        by_input.try_emplace(architecture.inputs(node).front(), codes.size());
    if (is_new) {
      codes.push_back({architecture.name(node)});
    } else {
      ++codes[place->second].times;
    }
  }
  return codes;
}

ProgramSettings settings_of(const std::vector<Code>& codes, std::int64_t batch) {
  ProgramSettings settings{.batch = batch, .mode = Mode::training, .backward = false};
  for (const Code& code : codes) settings.taps.push_back(code.name);
  return settings;
}

std::uint64_t packed(std::span<const float> values) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    word |= static_cast<std::uint64_t>(values[i] > 0 ? 1 : 0) << i;
  }
  return word;
}

}  // namespace

bool has_code(OpKind kind) {
  switch (kind) {
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::leaky_relu:
    case OpKind::elu:
    case OpKind::swish:
    case OpKind::h_swish:
    case OpKind::tanh:
      return true;
    default:
      return false;
  }
}

ActivationCodes::ActivationCodes(std::int64_t samples)
    : size_(static_cast<std::size_t>(samples)), agreement_(size_ * size_) {}

void ActivationCodes::add(std::span<const float> values, std::int64_t times) {
  const std::size_t units = values.size() / size_;
  const std::size_t words = (units + bits - 1) / bits;
  std::vector<std::uint64_t> codes(size_ * words);
  for (std::size_t sample = 0; sample < size_; ++sample) {
    const auto own = values.subspan(sample * units, units);
    for (std::size_t word = 0; word < words; ++word) {
      const std::size_t begin = word * bits;
      codes[sample * words + word] = packed(own.subspan(begin, std::min(bits, units - begin)));
    }
  }
  for (std::size_t a = 0; a < size_; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      std::int64_t different = 0;
      for (std::size_t word = 0; word < words; ++word) {
        different += std::popcount(codes[a * words + word] ^ codes[b * words + word]);
      }
      const std::int64_t equal = times * (static_cast<std::int64_t>(units) - different);
      agreement_[a * size_ + b] += equal;
      if (a != b) agreement_[b * size_ + a] += equal;
    }
  }
}

double ActivationCodes::score() const {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  for (std::size_t a = 0; a < size_; ++a) {
    if (agreement(a, a) == 0) return nothing;
    for (std::size_t b = 0; b < a; ++b) {
      if (agreement(a, b) == agreement(a, a)) return nothing;
    }
  }
  const auto size = static_cast<Eigen::Index>(size_);
  Eigen::MatrixXd matrix(size, size);
  for (Eigen::Index a = 0; a < size; ++a) {
    for (Eigen::Index b = 0; b < size; ++b) {
      matrix(a, b) =
          static_cast<double>(agreement(static_cast<std::size_t>(a), static_cast<std::size_t>(b)));
    }
  }
  return Eigen::PartialPivLU<Eigen::MatrixXd>(matrix)
      .matrixLU()
      .diagonal()
      .array()
      .abs()
      .log()
      .sum();
}

double naswot(const Architecture& architecture, ParameterStore& store,
              std::span<const float> images) {
  const auto batch = static_cast<std::int64_t>(images.size()) /
                     architecture.shape(architecture.input_nodes().front()).elements();
  const std::vector<Code> codes = codes_of(architecture);
  Program program(architecture, store, settings_of(codes, batch));
  std::ranges::copy(images, program.input().begin());
  program.forward();
  ActivationCodes matrix(batch);
  for (std::size_t i = 0; i < codes.size(); ++i) matrix.add(program.tap(i), codes[i].times);
  return matrix.score();
}

std::size_t naswot_bytes(const Architecture& architecture, std::int64_t batch) {
  return planned_bytes(architecture, settings_of(codes_of(architecture), batch));
}

}  // namespace nas::proxy
