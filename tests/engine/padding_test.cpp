#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/channel_blocks.hpp"
#include "core/engine/compiler.hpp"
#include "core/engine/executable.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::engine;

namespace {

/// Runs a network forward and looks at its output before that is brought into the plain layout.
/// Returns the number of lanes that are padding; all of them must be zero.
std::size_t count_padding(const Architecture& net) {
  const CompiledNetwork network = Compiler(net, {.batch = 2, .mode = Mode::training}).compile();
  ParameterStore store;
  store.prepare(net, 1);
  std::vector<Executable::Address> parameters;
  for (const ParameterBuffer& parameter : network.parameters) {
    parameters.push_back({parameter.buffer, store.at(parameter.name).value.data()});
  }
  Executable executable(network.tape, parameters);
  Random random(1);
  const std::size_t inputs = network.tape.buffer(network.input).desc.get_size() / sizeof(float);
  for (std::size_t i = 0; i < inputs; ++i) {
    executable.address(network.input)[i] = static_cast<float>(random.normal());
  }
  executable.forward();

  const auto& last = std::get<PrimitiveStep>(network.tape.forward_steps().back());
  const auto from =
      std::ranges::find(last.arguments, static_cast<int>(DNNL_ARG_FROM), &Argument::slot);
  REQUIRE(from != last.arguments.end());
  const auto blocks = channel_blocks(network.tape.buffer(from->buffer).desc);
  REQUIRE(blocks);
  std::size_t padding = 0;
  std::size_t wrong = 0;
  for (std::int64_t i = 0; i < blocks->elements(); ++i) {
    const std::int64_t block = i / (blocks->pixels * blocks->width) % blocks->blocks;
    if (i % blocks->width < blocks->lanes(block)) continue;
    ++padding;
    wrong += executable.address(from->buffer)[i] != 0.0F;
  }
  CHECK(wrong == 0);
  return padding;
}

}  // namespace

TEST_CASE("the padding of blocks of channels stays zero, as oneDNN relies on") {
  const OpKind kind = GENERATE(OpKind::relu, OpKind::relu6, OpKind::swish, OpKind::h_swish,
                               OpKind::sigmoid, OpKind::h_sigmoid, OpKind::batch_norm);
  CAPTURE(op_row(kind).name);
  CHECK(count_padding(test::behind_stem(Op(kind), {21, 5, 3})) > 0);
}

TEST_CASE("scaling and adding keep the padding of blocks of channels zero") {
  Architecture net;
  const NodeId x = test::add_stem(net, {21, 5, 3});
  const NodeId scaled = add_squeeze_excitation(net, x, "se", 5, OpKind::h_sigmoid);
  net.mark_output(net.add(Op(OpKind::add), {scaled, x}, "sum"));
  CHECK(count_padding(net) > 0);
}
