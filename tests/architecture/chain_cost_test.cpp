#include "core/architecture/chain_cost.hpp"

#include <array>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/random.hpp"

namespace nas {
namespace {

ChainCost::Sums of_graph(const Architecture& net) {
  const Cost found = cost(net);
  return {found.params, found.macs, found.ram_int8, found.ram_mcunet, found.flash_int8};
}

TEST_CASE("a chain costs what the graph of the same blocks costs") {
  Random random(1);
  constexpr std::array<std::int64_t, 4> widths = {8, 16, 24, 40};
  constexpr std::array<std::int64_t, 3> kernels = {3, 5, 7};
  for (int i = 0; i < 300; ++i) {
    const Shape input{3, 5 + static_cast<std::int64_t>(random.below(40)),
                      5 + static_cast<std::int64_t>(random.below(40))};
    Architecture net;
    ChainCost chain(input);
    NodeId x = net.add(input_op(input), {});
    const ConvolutionSettings stem{.out_channels = widths[random.below(4)],
                                   .kernel = kernels[random.below(3)],
                                   .stride = 1 + static_cast<std::int64_t>(random.below(2))};
    x = add_convolution_block(net, x, "stem", stem, {});
    chain.add_convolution_block(stem);
    const std::size_t blocks = random.below(6);
    for (std::size_t b = 0; b < blocks; ++b) {
      const InvertedBottleneck block{.out_channels = widths[random.below(4)],
                                     .expansion = 1 + static_cast<std::int64_t>(random.below(6)),
                                     .kernel = kernels[random.below(3)],
                                     .stride = random.chance(0.3) ? 2 : 1,
                                     .residual = random.chance(0.8)};
      x = add_inverted_bottleneck(net, x, "block" + std::to_string(b), block);
      chain.add_inverted_bottleneck(block);
    }
    CHECK(chain.shape() == net.shape(x));
    // Many classes or few pixels: then the classifier is where memory peaks.
    const std::int64_t classes = random.chance(0.5) ? 10 : 5000;
    add_classifier(net, x, classes);
    chain.add_classifier(classes);
    REQUIRE(chain.cost() == of_graph(net));
  }
}

TEST_CASE("what a chain does not know is refused") {
  ChainCost chain({3, 8, 8});
  CHECK_THROWS(chain.add_convolution_block({.out_channels = 8, .kernel = 3, .dilation = 2}));
  CHECK_THROWS(chain.add_convolution_block({.out_channels = 8, .bias = true}));
  CHECK_THROWS(chain.add_inverted_bottleneck({.out_channels = 8, .se_hidden = 2}));
}

}  // namespace
}  // namespace nas
