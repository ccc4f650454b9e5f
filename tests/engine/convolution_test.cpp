// Compiled convolutions of every combination of settings against the reference network.
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

constexpr std::int64_t batch = 3;

struct Pair {
  std::int64_t vertical;
  std::int64_t horizontal;
};

struct Settings {
  Pair kernel;
  Pair stride;
  Pair dilation;
  std::int64_t groups;
  std::int64_t out_channels;
  bool bias;
};

/// Padded so that stride 1 keeps the resolution, give or take a pixel.
Op convolution_of(const Settings& s) {
  Op op = Op(OpKind::convolution)
              .set("out_channels", static_cast<double>(s.out_channels))
              .set("groups", static_cast<double>(s.groups))
              .set("bias", s.bias ? 1 : 0);
  const auto set = [&](const std::string& axis, std::int64_t kernel, std::int64_t stride,
                       std::int64_t dilation) {
    op.set("kernel_" + axis, static_cast<double>(kernel))
        .set("stride_" + axis, static_cast<double>(stride))
        .set("dilation_" + axis, static_cast<double>(dilation))
        .set("padding_" + axis, static_cast<double>(dilation * (kernel - 1) / 2));
  };
  set("h", s.kernel.vertical, s.stride.vertical, s.dilation.vertical);
  set("w", s.kernel.horizontal, s.stride.horizontal, s.dilation.horizontal);
  return op;
}

std::string text(const Settings& s, const Shape& input) {
  return fmt::format("{}, kernel {}x{}, stride {}x{}, dilation {}x{}, groups {}, out {}, bias {}",
                     input.text(), s.kernel.vertical, s.kernel.horizontal, s.stride.vertical,
                     s.stride.horizontal, s.dilation.vertical, s.dilation.horizontal, s.groups,
                     s.out_channels, s.bias);
}

/// Kernels, strides, dilations and images of every kind, images smaller than the kernel included.
void check_windows(std::int64_t channels, std::int64_t out_channels, std::int64_t groups,
                   bool bias) {
  const Shape inputs[] = {{channels, 1, 1}, {channels, 2, 3}, {channels, 9, 8}};
  for (const Pair& kernel : {Pair{3, 3}, Pair{5, 5}, Pair{1, 7}, Pair{7, 1}, Pair{3, 2}}) {
    for (const Pair& stride : {Pair{1, 1}, Pair{2, 2}, Pair{3, 1}}) {
      for (const Pair& dilation : {Pair{1, 1}, Pair{2, 2}, Pair{1, 3}}) {
        for (const Shape& input : inputs) {
          // An even kernel has one pixel of padding too few for an image of one.
          if (kernel.horizontal == 2 && input.width == 1) continue;
          const Settings settings{kernel, stride, dilation, groups, out_channels, bias};
          INFO(text(settings, input));
          const Architecture net = behind_stem(convolution_of(settings), input);
          check_inference(net, batch);
          check_training(net, batch);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("compiled convolutions equal the reference for every window") {
  check_windows(5, 9, 1, true);
  check_windows(16, 16, 1, false);
}

TEST_CASE("compiled grouped convolutions equal the reference for every window") {
  check_windows(12, 8, 4, true);
  check_windows(32, 32, 2, false);
}

TEST_CASE("compiled depthwise convolutions equal the reference for every window") {
  check_windows(11, 11, 11, false);
  check_windows(16, 16, 16, false);
}

TEST_CASE("compiled depthwise convolutions with bias equal the reference for every window") {
  check_windows(24, 24, 24, true);
}

TEST_CASE("compiled depthwise convolutions with a multiplier equal the reference") {
  check_windows(8, 24, 8, false);
}
