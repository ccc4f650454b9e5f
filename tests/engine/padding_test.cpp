#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/base/random.hpp"
#include "core/engine/channel_blocks.hpp"
#include "core/engine/compiler.hpp"
#include "core/engine/executable.hpp"
#include "core/engine/program.hpp"
#include "tests/engine/op_cases.hpp"

using namespace nas;
using namespace nas::engine;

namespace {

/// Runs a network forward and looks at its output before that is brought into the plain layout.
/// All lanes that are padding must be zero. Machines for which oneDNN has plain layouts only
/// (SSE 4.1) have none.
void check_padding(const Architecture& net) {
  const CompiledNetwork network = Compiler(net, {.batch = 2, .mode = Mode::training}).compile();
  ParameterStore store;
  store.prepare(net, 1);
  std::vector<Executable::Address> parameters;
  for (const ParameterBuffer& parameter : network.parameters) {
    parameters.push_back({parameter.buffer, store.at(parameter.name).value.data()});
  }
  Executable executable(network.tape, parameters, *network.gates);
  Random random(1);
  const std::size_t inputs = network.tape.buffer(network.input).desc.get_size() / sizeof(float);
  for (std::size_t i = 0; i < inputs; ++i) {
    executable.address(network.input)[i] = static_cast<float>(random.normal());
  }
  executable.prepare();
  executable.forward();

  const auto* last = std::get_if<PrimitiveStep>(&network.tape.steps(Pass::forward).back());
  if (last == nullptr || last->descriptor.get_kind() != dnnl::primitive::kind::reorder) {
    WARN("skipped: activations are in the plain layout for " << instruction_set());
    return;
  }
  const auto from =
      std::ranges::find(last->arguments, static_cast<int>(DNNL_ARG_FROM), &Argument::slot);
  REQUIRE(from != last->arguments.end());
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
  CHECK(padding > 0);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("the padding of blocks of channels stays zero, as oneDNN relies on") {
  const Shape shape{26, 5, 7};
  for (const test::OpCase& each : test::op_cases(shape)) {
    if (each.name == "linear") continue;  // its output is plain
    CAPTURE(each.name);
    Architecture net;
    const NodeId x = test::add_stem(net, shape);
    net.mark_output(each.add(net, x, net.input_nodes().front()));
    check_padding(net);
  }
}

TEST_CASE("mixing keeps the padding of blocks of channels zero") {
  Architecture net;
  const NodeId x = test::add_stem(net, {21, 5, 3});
  net.mark_output(net.add(Op(OpKind::mix).set("softmax", 1), {x, x}, "mix"));
  check_padding(net);
}

TEST_CASE("scaling and adding keep the padding of blocks of channels zero") {
  Architecture net;
  const NodeId x = test::add_stem(net, {21, 5, 3});
  const NodeId scaled = add_squeeze_excitation(net, x, "se", 5, OpKind::h_sigmoid);
  net.mark_output(net.add(Op(OpKind::add), {scaled, x}, "sum"));
  check_padding(net);
}
