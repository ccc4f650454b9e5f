#include "core/engine/vector/normalisation.hpp"

#include "core/engine/vector/activation_functions.hpp"

namespace nas::engine::NAS_VECTOR_ISA {
namespace {

/// Pixels whose sum is taken in float. PyTorch's sums are in double: with 512 pixels, 15 of 810
/// gradients of shifts were more than three times as far off as its, with 32 four.
constexpr std::int64_t chunk = 32;
/// Sums that run side by side, because each addition waits for the one before it.
constexpr int chains = 4;

/// Channels of a block that are no padding.
std::int64_t lanes(const BlockSizes& blocks, std::int64_t block) {
  return smaller(blocks.width, blocks.channels - block * blocks.width);
}

/// Two sums for each lane of a block.
template <int width>
struct Sums {
  double first[width] = {};
  double second[width] = {};
};

/// Blocks that are summed up at once. Samples come before blocks in memory, and what comes next in
/// memory comes soonest.
constexpr std::int64_t group = 32;

/// Adds `term(pixel, first, second)` of the pixels of one block of channels in one sample, which
/// begin at `begin`. `term` adds to the two vectors it is given.
template <int width, typename Term>
void add_plane(std::int64_t begin, std::int64_t pixels, const Term& term, Sums<width>& total) {
  for (std::int64_t part = 0; part < pixels; part += chunk) {
    const std::int64_t end = begin + smaller(part + chunk, pixels);
    Floats<width> first[chains] = {};
    Floats<width> second[chains] = {};
    std::int64_t pixel = begin + part;
    for (; pixel + chains <= end; pixel += chains) {
#pragma GCC unroll 4
      for (int c = 0; c < chains; ++c) term(pixel + c, first[c], second[c]);
    }
    for (; pixel < end; ++pixel) term(pixel, first[0], second[0]);
    const Floats<width> a = (first[0] + first[1]) + (first[2] + first[3]);
    const Floats<width> b = (second[0] + second[1]) + (second[2] + second[3]);
    for (int lane = 0; lane < width; ++lane) {
      total.first[lane] += static_cast<double>(a[lane]);
      total.second[lane] += static_cast<double>(b[lane]);
    }
  }
}

/// Calls `finish(block, sums)` for the blocks from `first` up to `end`, at most `group` of them,
/// with what `term_of(block)` adds up to in all samples.
template <int width, typename TermOf, typename Finish>
void sum_group(const BlockSizes& blocks, std::int64_t first, std::int64_t end,
               const TermOf& term_of, const Finish& finish) {
  Sums<width> totals[group] = {};
  for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
    for (std::int64_t block = first; block < end; ++block) {
      add_plane<width>((sample * blocks.blocks + block) * blocks.pixels, blocks.pixels,
                       term_of(block), totals[block - first]);
    }
  }
  for (std::int64_t block = first; block < end; ++block) finish(block, totals[block - first]);
}

/// The same for all blocks.
template <int width, typename TermOf, typename Finish>
void sum_blocks(const BlockSizes& blocks, const TermOf& term_of, const Finish& finish) {
  for (std::int64_t first = 0; first < blocks.blocks; first += group) {
    sum_group<width>(blocks, first, smaller(first + group, blocks.blocks), term_of, finish);
  }
}

/// A value near the mean of each channel of a block: the mean of a few pixels from all over the
/// batch, which lie at no regular distance, or all might lie at the edge of their images.
template <int width, typename Value>
Floats<width> near_mean(const BlockSizes& blocks, std::int64_t block,
                        const Pixels<width, Value>& values) {
  constexpr int taken = 16;
  // Multiples of the golden ratio, of which only the fraction counts, divide a range evenly
  // wherever one stops (Weyl 1916).
  constexpr std::uint32_t golden_ratio = 0x9E3779B9;  // less one, times 2^32
  const std::int64_t count = blocks.samples * blocks.pixels;
  Floats<width> sum = {};
  std::uint32_t fraction = 0;
  for (int i = 0; i < taken; ++i) {
    fraction += golden_ratio;
    const std::int64_t place = (count * static_cast<std::int64_t>(fraction)) >> 32;
    const std::int64_t begin = (place / blocks.pixels * blocks.blocks + block) * blocks.pixels;
    sum += values[begin + place % blocks.pixels];
  }
  return sum / static_cast<float>(taken);
}

/// What rounding does to the variance grows with the square of the distance, in deviations, between
/// the mean and the origin of the sums. From the first pixel, which padding may make unlike all
/// others, it was 30 times as much as need be.
template <int width, typename Value>
void moments(const BlockSizes& blocks, const void* x, float* mean, float* variance) {
  const double count = static_cast<double>(blocks.samples * blocks.pixels);
  const Pixels<width, Value> values(x);
  for (std::int64_t first = 0; first < blocks.blocks; first += group) {
    const std::int64_t end = smaller(first + group, blocks.blocks);
    Floats<width> origins[group];
    for (std::int64_t block = first; block < end; ++block) {
      origins[block - first] = near_mean(blocks, block, values);
    }
    const auto term_of = [&](std::int64_t block) {
      const Floats<width> origin = origins[block - first];
      return [=](std::int64_t pixel, Floats<width>& sum, Floats<width>& squares) {
        const Floats<width> distance = values[pixel] - origin;
        sum += distance;
        squares += distance * distance;
      };
    };
    sum_group<width>(blocks, first, end, term_of, [&](std::int64_t block, const auto& sums) {
      for (std::int64_t lane = 0; lane < lanes(blocks, block); ++lane) {
        const double distance = sums.first[lane] / count;
        const double square = sums.second[lane] / count - distance * distance;
        mean[block * width + lane] = static_cast<float>(origins[block - first][lane] + distance);
        variance[block * width + lane] = static_cast<float>(square > 0 ? square : 0);
      }
    });
  }
}

template <FusedActivation activation, int width, typename Value>
void normalise(const BlockSizes& blocks, const NormConstants& constants, const void* x, void* y) {
  const Pixels<width, Value> source(x);
  const std::int64_t pixels = blocks.pixels;
  std::int64_t pixel = 0;
  for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
    for (std::int64_t block = 0; block < blocks.blocks; ++block) {
      const Floats<width> multiplier = vectors<width>(constants.multiplier)[block];
      const Floats<width> shift = vectors<width>(constants.shift)[block];
      const Floats<width> mean = vectors<width>(constants.mean)[block];
      for (const std::int64_t end = pixel + pixels; pixel < end; ++pixel) {
        const Floats<width> normal = (source[pixel] - mean) * multiplier + shift;
        set_pixel<width, Value>(y, pixel, ActivationOf<activation, width>::value(normal));
      }
    }
  }
}

template <FusedActivation activation, int width, typename Value>
void parameter_gradients(const BlockSizes& blocks, const NormConstants& constants, const void* x,
                         const void* gradient, float* scale_gradient, float* shift_gradient) {
  const Pixels<width, Value> values(x);
  const Pixels<width, Value> gradients(gradient);
  const auto term_of = [&](std::int64_t block) {
    const Floats<width> multiplier = vectors<width>(constants.multiplier)[block];
    const Floats<width> shift = vectors<width>(constants.shift)[block];
    const Floats<width> mean = vectors<width>(constants.mean)[block];
    return [=](std::int64_t pixel, Floats<width>& first, Floats<width>& second) {
      const Floats<width> distance = values[pixel] - mean;
      const Floats<width> g = ActivationOf<activation, width>::backward(
          distance * multiplier + shift, gradients[pixel]);
      first += g;
      second += g * distance;
    };
  };
  sum_blocks<width>(blocks, term_of, [&](std::int64_t block, const Sums<width>& sums) {
    for (std::int64_t lane = 0; lane < lanes(blocks, block); ++lane) {
      const std::int64_t channel = block * width + lane;
      const double inverse = static_cast<double>(constants.inverse_deviation[channel]);
      shift_gradient[channel] = static_cast<float>(sums.first[lane]);
      scale_gradient[channel] = static_cast<float>(sums.second[lane] * inverse);
    }
  });
}

/// `values` of one block's channels; zero in the padding.
template <int width>
Floats<width> channel_values(const BlockSizes& blocks, std::int64_t block, const float* values) {
  Floats<width> result = {};
  for (std::int64_t lane = 0; lane < lanes(blocks, block); ++lane) {
    result[lane] = values[block * width + lane];
  }
  return result;
}

/// The constants of one block of channels, backward.
template <FusedActivation activation, int width, typename Value>
struct SourceGradient {
  Floats<width> multiplier, shift, mean;
  Floats<width> slope;  ///< what the mean of g * (x - mean) takes away, for each unit of x
  Floats<width> level;  ///< what the mean of g takes away

  /// For the pixels from `begin` up to `end`.
  void add(Pixels<width, Value> values, Pixels<width, Value> gradients, void* result,
           std::int64_t begin, std::int64_t end) const {
    for (std::int64_t pixel = begin; pixel < end; ++pixel) {
      const Floats<width> distance = values[pixel] - mean;
      const Floats<width> g = ActivationOf<activation, width>::backward(
          distance * multiplier + shift, gradients[pixel]);
      set_pixel<width, Value>(result, pixel, multiplier * ((g - level) - distance * slope));
    }
  }
};

template <FusedActivation activation, int width, typename Value>
void source_gradient_pass(const BlockSizes& blocks, const NormConstants& constants, const void* x,
                          const void* gradient, const float* scale_gradient,
                          const float* shift_gradient, void* source_gradient) {
  const Pixels<width, Value> values(x);
  const Pixels<width, Value> gradients(gradient);
  const std::int64_t pixels = blocks.pixels;
  const float share = 1.0F / static_cast<float>(blocks.samples * pixels);
  for (std::int64_t first = 0; first < blocks.blocks; first += group) {
    const std::int64_t end = smaller(first + group, blocks.blocks);
    SourceGradient<activation, width, Value> of_block[group];
    for (std::int64_t block = first; block < end; ++block) {
      const Floats<width> inverse = vectors<width>(constants.inverse_deviation)[block];
      of_block[block - first] = {
          .multiplier = vectors<width>(constants.multiplier)[block],
          .shift = vectors<width>(constants.shift)[block],
          .mean = vectors<width>(constants.mean)[block],
          .slope = channel_values<width>(blocks, block, scale_gradient) * inverse * share,
          .level = channel_values<width>(blocks, block, shift_gradient) * share};
    }
    for (std::int64_t sample = 0; sample < blocks.samples; ++sample) {
      for (std::int64_t block = first; block < end; ++block) {
        const std::int64_t begin = (sample * blocks.blocks + block) * pixels;
        of_block[block - first].add(values, gradients, source_gradient, begin, begin + pixels);
      }
    }
  }
}

template <FusedActivation activation, int width, typename Value>
constexpr NormKernels kernels_for{moments<width, Value>, normalise<activation, width, Value>,
                                  parameter_gradients<activation, width, Value>,
                                  source_gradient_pass<activation, width, Value>};

/// Blocks of channels go a vector at a time, the plain layout one value at a time.
template <FusedActivation activation, typename Value>
NormKernels kernels_of(std::int64_t width) {
  if (width == 16) return kernels_for<activation, 16, Value>;
  if (width == 8) return kernels_for<activation, 8, Value>;
  return kernels_for<activation, 1, Value>;
}

template <typename Value>
NormKernels kernels_with(FusedActivation activation, std::int64_t width) {
  switch (activation) {
    case FusedActivation::relu:
      return kernels_of<FusedActivation::relu, Value>(width);
    case FusedActivation::relu6:
      return kernels_of<FusedActivation::relu6, Value>(width);
    case FusedActivation::swish:
      return kernels_of<FusedActivation::swish, Value>(width);
    case FusedActivation::h_swish:
      return kernels_of<FusedActivation::h_swish, Value>(width);
    case FusedActivation::none:
      break;
  }
  return kernels_of<FusedActivation::none, Value>(width);
}

}  // namespace

NormKernels norm_kernels(FusedActivation activation, ValueType type, std::int64_t width) {
  return type == ValueType::bfloat16 ? kernels_with<Bfloat16>(activation, width)
                                     : kernels_with<float>(activation, width);
}

}  // namespace nas::engine::NAS_VECTOR_ISA
