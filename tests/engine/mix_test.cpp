// Mixed operations, and programs that run only what open branches need.
#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "core/engine/gates.hpp"
#include "core/engine/kernels/open_sum.hpp"
#include "core/engine/optimizer.hpp"
#include "tests/base/rejection.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;
using engine::always_open;
using engine::Gates;
using engine::GuardId;

namespace {

const Op plain_mix(OpKind::mix);
const Op softmax_mix = Op(OpKind::mix).set("softmax", 1);
const Op gated_mix = Op(OpKind::mix).set("gated", 1);

/// The candidates of a block in ProxylessNAS' manner: two convolutions with batch norm, one of them
/// with a residual inside, and the identity. Every part's name begins with `name`.
std::vector<NodeId> add_branches(Architecture& net, NodeId x, const std::string& name) {
  const std::int64_t channels = net.shape(x).channels;
  const NodeId a =
      add_convolution_block(net, x, name + ".a", {.out_channels = channels, .kernel = 3}, {});
  const NodeId b = add_inverted_bottleneck(net, x, name + ".b",
                                           {.out_channels = channels, .expansion = 2, .kernel = 5});
  return {a, b, x};
}

/// The candidates that are chosen, alone.
std::vector<NodeId> add_chosen(Architecture& net, NodeId x, const std::string& name,
                               const std::vector<bool>& chosen) {
  const std::int64_t channels = net.shape(x).channels;
  std::vector<NodeId> result;
  if (chosen[0]) {
    result.push_back(
        add_convolution_block(net, x, name + ".a", {.out_channels = channels, .kernel = 3}, {}));
  }
  if (chosen[1]) {
    result.push_back(add_inverted_bottleneck(
        net, x, name + ".b", {.out_channels = channels, .expansion = 2, .kernel = 5}));
  }
  if (chosen[2]) result.push_back(x);
  return result;
}

using Choice = std::vector<std::vector<bool>>;

/// A stem, blocks of a gated mix each, and a classifier.
Architecture gated_network(std::size_t blocks) {
  Architecture net;
  NodeId x = add_stem(net, {16, 8, 8});
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::string name = "block" + std::to_string(i);
    x = net.add(gated_mix, add_branches(net, x, name), name);
  }
  add_classifier(net, x, 4);
  return net;
}

/// What is left of it where only these branches are open. The coefficients are those of the whole.
Architecture open_network(const Choice& open) {
  Architecture net;
  NodeId x = add_stem(net, {16, 8, 8});
  for (std::size_t i = 0; i < open.size(); ++i) {
    const std::string name = "block" + std::to_string(i);
    x = net.add(plain_mix, add_chosen(net, x, name, open[i]), name);
    // The open ones are consecutive in these tests.
    const auto first = std::ranges::find(open[i], true) - open[i].begin();
    const auto count = std::ranges::count(open[i], true);
    net.refer(x, "coefficient",
              {name + ".coefficient", {3}, {RangeView{.begin = first, .count = count}}});
  }
  add_classifier(net, x, 4);
  return net;
}

void open_branches(Program& program, const Choice& open) {
  for (std::size_t i = 0; i < open.size(); ++i) {
    program.set_open("block" + std::to_string(i), open[i]);
  }
}

/// Fills what `trained` does not touch with NaN.
void spoil_untouched(ParameterStore& store, const Program& trained) {
  for (const auto& [name, parameter] : store.all()) {
    const auto all = trained.gradients();
    const auto found = std::ranges::find_if(
        all, [&](const ParameterGradient& each) { return each.parameter == parameter.get(); });
    const ElementRun whole{0, parameter->size()};
    ElementRuns rest{whole};
    if (found != all.end()) rest = without({&whole, 1}, found->touched);
    for (const ElementRun& run : rest) {
      std::fill_n(parameter->value.data() + run.begin, run.count,
                  std::numeric_limits<float>::quiet_NaN());
    }
  }
}

}  // namespace

TEST_CASE("compiled mixes equal the reference, whatever layouts their inputs have") {
  const Op op = GENERATE(plain_mix, softmax_mix);
  const std::int64_t channels = GENERATE(5, 16, 24);
  CAPTURE(op.integer("softmax"), channels);
  Architecture net;
  const NodeId image = net.add(input_op({channels, 6, 5}), {}, "image");
  const NodeId a = net.add(convolution({.out_channels = channels, .kernel = 3}), {image}, "a");
  const NodeId b = net.add(Op(OpKind::h_swish), {image}, "b");
  const NodeId first = net.add(op, {image, a, b}, "first");
  net.mark_output(net.add(op, {a, first, a}, "second"));
  check_matches_reference(net);
}

TEST_CASE("mixes may share the rows of one matrix of coefficients") {
  Architecture net;
  NodeId x = add_stem(net, {8, 5, 5});
  for (std::int64_t edge = 0; edge < 3; ++edge) {
    const NodeId a = net.add(convolution({.out_channels = 8, .kernel = 3}), {x});
    const NodeId mix = net.add(softmax_mix, {x, a}, "mix" + std::to_string(edge));
    net.refer(mix, "coefficient",
              {"alpha", {4, 2}, {RangeView{.begin = edge, .count = 1}, ReshapeView{{2}}}});
    x = mix;
  }
  net.mark_output(x);
  check_matches_reference(net);

  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  for (const ParameterGradient& each : program.gradients()) {
    const bool is_alpha = each.parameter->name == "alpha";
    CHECK((each.parameter->role == ParameterRole::coefficient) == is_alpha);
    if (is_alpha) CHECK(each.touched.front() == ElementRun{0, 6});
  }
}

TEST_CASE("with all branches open, a gated mix is a mix") {
  // Several samples: behind the pooling of a single one, the batch norms' gradients vanish.
  check_inference(gated_network(2), 3);
  check_training(gated_network(2), 3);
}

TEST_CASE("a gated network equals the reference that leaves out what is closed") {
  const Choice open = GENERATE(Choice{{true, false, false}, {false, false, true}},
                               Choice{{false, false, true}, {false, true, false}},
                               Choice{{true, true, false}, {true, false, true}},
                               Choice{{false, true, true}, {true, true, true}});
  const Architecture net = gated_network(2);
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, 3, Mode::training);
  reference.load(store);
  open_branches(program, open);
  for (std::size_t i = 0; i < open.size(); ++i) {
    reference.set_open("block" + std::to_string(i), open[i]);
  }
  check_step(program, reference);
}

TEST_CASE("closed branches might as well not be there, to the last bit") {
  const Choice open = GENERATE(Choice{{true, false, false}, {true, false, false}},
                               Choice{{false, true, false}, {false, false, true}},
                               Choice{{true, true, false}, {false, true, false}},
                               Choice{{false, true, true}, {true, true, false}});
  const Architecture net = gated_network(2);
  ParameterStore store = random_store(net, 1);
  const Architecture rest = open_network(open);
  Program gated(net, store, {.batch = 3, .mode = Mode::training});
  Program alone(rest, store, {.batch = 3, .mode = Mode::training});
  open_branches(gated, open);
  // Twice: what another path has left in the arena must not matter.
  open_branches(gated, {{true, true, true}, {true, true, true}});
  results_of_a_step(gated);
  open_branches(gated, open);

  spoil_untouched(store, alone);
  CHECK(results_of_a_step(gated) == results_of_a_step(alone));
  REQUIRE(gated.gradients().size() == alone.gradients().size());
  for (std::size_t i = 0; i < gated.gradients().size(); ++i) {
    const ParameterGradient& a = gated.gradients()[i];
    const ParameterGradient& b = alone.gradients()[i];
    CHECK(a.parameter == b.parameter);
    CHECK(std::ranges::equal(a.touched, b.touched));
  }
  CHECK(gated.batch_statistics().size() == alone.batch_statistics().size());
}

TEST_CASE("a step runs the steps of open branches alone") {
  const Architecture net = gated_network(1);
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  const auto steps = [&](const std::vector<bool>& open) {
    program.set_open("block0", open);
    results_of_a_step(program);
    return program.steps_run();
  };
  const auto all = steps({true, true, true});
  const auto identity = steps({false, false, true});
  const auto convolution = steps({true, false, false});
  const auto bottleneck = steps({false, true, false});
  CHECK(identity.forward < convolution.forward);
  CHECK(identity.backward < convolution.backward);
  CHECK(convolution.forward < bottleneck.forward);
  CHECK(convolution.backward < bottleneck.backward);
  // Each branch's own steps, on top of those that every path has.
  CHECK(all.forward - identity.forward ==
        (convolution.forward - identity.forward) + (bottleneck.forward - identity.forward));

  const Architecture rest = open_network({{true, false, false}});
  Program alone(rest, store, {.batch = 2, .mode = Mode::training});
  results_of_a_step(alone);
  // What is left are the sum over the stem's readers, of which there is one here, and what brings
  // its gradient into the layout of the sum: with SSE4.1, convolutions leave it in another one.
  CHECK(convolution.forward == alone.steps_run().forward);
  CHECK(convolution.backward <= alone.steps_run().backward + 3);
}

TEST_CASE("the parameters and statistics of closed branches are not stepped") {
  const Architecture net = gated_network(1);
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  program.set_open("block0", {false, true, false});
  results_of_a_step(program);
  for (const ParameterGradient& each : program.gradients()) {
    CHECK(each.parameter->name.find(".a.") == std::string::npos);
    if (each.parameter->role != ParameterRole::coefficient) continue;
    CHECK(std::ranges::equal(each.touched, ElementRuns{{1, 1}}));
    CHECK(each.gradient[0] == 0);
    CHECK(each.gradient[1] != 0);
    CHECK(each.gradient[2] == 0);
  }
  for (const BatchStatistics& each : program.batch_statistics()) {
    CHECK(each.running_mean->name.find(".a.") == std::string::npos);
  }
}

TEST_CASE(
    "the gradient of a gate is that of ProxylessNAS: the output's, times what the branch gives") {
  const Architecture net = gated_network(1);
  ParameterStore store = random_store(net, 1);
  // One branch active, one inactive, both computed: y = 1 * a + 0 * b.
  const std::vector<float> gates = {1, 0, 1};
  std::ranges::copy(gates, store.at("block0.coefficient").value.data());
  Program program(net, store,
                  {.batch = 2, .mode = Mode::training, .taps = {"block0", "block0.b.add"}});
  program.set_open("block0", {true, true, false});
  results_of_a_step(program);
  double product = 0;
  for (std::size_t i = 0; i < program.tap(0).size(); ++i) {
    product += static_cast<double>(program.tap_gradient(0)[i]) * program.tap(1)[i];
  }
  for (const ParameterGradient& each : program.gradients()) {
    if (each.parameter->role != ParameterRole::coefficient) continue;
    CHECK(static_cast<double>(each.gradient[1]) == Approx(product).epsilon(tolerance));
  }
}

TEST_CASE("a batch norm that several branches read is there for each that is open") {
  // The backward pass computes its value once more, for the first of its readers that comes up.
  Architecture net;
  NodeId x = add_stem(net, {8, 6, 6});
  x = net.add(Op(OpKind::relu), {net.add(Op(OpKind::batch_norm), {x}, "norm")}, "relu");
  const NodeId a = net.add(convolution({.out_channels = 8}), {x}, "a");
  const NodeId b = add_convolution_block(net, x, "b", {.out_channels = 8, .kernel = 3}, {});
  const NodeId c = net.add(Op(OpKind::batch_norm), {x}, "c");
  net.mark_output(net.add(gated_mix, {a, b, c, x}, "mix"));
  const auto open =
      GENERATE(std::vector{true, false, false, false}, std::vector{false, true, false, false},
               std::vector{false, false, true, false}, std::vector{true, false, false, true},
               std::vector{false, true, true, false}, std::vector{true, true, true, true});
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, 3, Mode::training);
  reference.load(store);
  // What an earlier step has left behind must not matter.
  results_of_a_step(program);
  program.set_open("mix", open);
  reference.set_open("mix", open);
  check_step(program, reference);
}

TEST_CASE("a mix within a branch of another runs where both are open") {
  Architecture net;
  const NodeId x = add_stem(net, {8, 6, 6});
  const NodeId a = net.add(convolution({.out_channels = 8}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 8, .kernel = 3}), {a}, "b");
  const NodeId inner = net.add(gated_mix, {a, b}, "inner");
  const NodeId outer = net.add(gated_mix, {inner, x, a}, "outer");
  net.mark_output(outer);
  const auto open_inner = GENERATE(std::vector{true, false}, std::vector{false, true});
  const auto open_outer = GENERATE(std::vector{true, false, false}, std::vector{false, true, false},
                                   std::vector{false, false, true}, std::vector{true, true, true});
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, 3, Mode::training);
  reference.load(store);
  program.set_open("inner", open_inner);
  program.set_open("outer", open_outer);
  reference.set_open("inner", open_inner);
  reference.set_open("outer", open_outer);
  check_step(program, reference);

  Program inference(net, store, {.batch = 3});
  ReferenceNetwork<double> plain(net, 3, Mode::inference);
  plain.load(store);
  inference.set_open("inner", open_inner);
  inference.set_open("outer", open_outer);
  plain.set_open("inner", open_inner);
  plain.set_open("outer", open_outer);
  const std::vector<float> image = random_values(inference.input().size(), 2);
  std::ranges::copy(image, inference.input().begin());
  inference.forward();
  check_close("output in inference mode", inference.output(), plain.forward(widened(image)));
}

TEST_CASE("a tensor that an open and a closed branch share is touched by the open one") {
  Architecture net;
  const NodeId x = add_stem(net, {8, 6, 6});
  const NodeId a = net.add(convolution({.out_channels = 8, .kernel = 3}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 8}), {x}, "b");
  net.refer(b, "weight", {"a.weight", {8, 8, 3, 3}, {CentreView{1, 1}}});
  net.mark_output(net.add(gated_mix, {a, b}, "mix"));
  ParameterStore store = random_store(net, 3);
  Program program(net, store, {.batch = 3, .mode = Mode::training});
  ReferenceNetwork<double> reference(net, 3, Mode::training);
  reference.load(store);
  const auto touched = [&](const std::vector<bool>& open) {
    program.set_open("mix", open);
    reference.set_open("mix", open);
    check_step(program, reference);
    return element_count(program.gradients()[1].touched);
  };
  REQUIRE(program.gradients()[1].parameter->name == "a.weight");
  CHECK(touched({true, true}) == 8 * 8 * 9);
  CHECK(touched({false, true}) == 8 * 8);
  CHECK(touched({true, false}) == 8 * 8 * 9);
}

TEST_CASE("nodes have the guards of what needs them") {
  const Architecture net = gated_network(2);
  Gates gates(net);
  const auto id = [&](const std::string& name) {
    NodeId node = 0;
    while (net.name(node) != name) ++node;
    return node;
  };
  CHECK(gates.guard(id("classifier")) == always_open);
  CHECK(gates.guard(id("block0")) == always_open);  // all of the next block's branches need it
  CHECK(gates.guard(id("stem")) == always_open);
  const GuardId branch = gates.guard(id("block0.a"));
  CHECK(branch == gates.guard(id("block0.a.norm")));
  CHECK(branch == gates.guard(id("block0"), 0));
  CHECK(gates.guard(id("block0.b.expand")) == gates.guard(id("block0.b.add")));
  gates.set_open("block0", {false, true, false});
  CHECK(!gates.open(branch));
  CHECK(gates.open(gates.guard(id("block0"), 1)));
  CHECK(gates.open(always_open));
}

TEST_CASE("a sum of what is open begins with the first open term, and is zero without any") {
  const Architecture net = gated_network(1);
  Gates gates(net);
  const NodeId mix = net.inputs(net.inputs(net.outputs().front()).front()).front();
  const std::vector<GuardId> guards = {gates.guard(mix, 0), gates.guard(mix, 1)};
  const engine::OpenSum sum(gates, guards, 2);
  std::vector<float> a = {1, 2}, b = {10, 20}, total = {5, 5};
  float* const buffers[] = {a.data(), b.data(), total.data()};
  sum(buffers);
  CHECK(total == std::vector<float>{11, 22});
  gates.set_open("block0", {false, true, false});
  sum(buffers);
  CHECK(total == b);
  gates.set_open("block0", {false, false, true});
  sum(buffers);
  CHECK(total == std::vector<float>{0, 0});
}

TEST_CASE("gates that cannot be set are refused") {
  const Architecture net = gated_network(1);
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {});
  const auto why = [&](const std::string& mix, const std::vector<bool>& open) {
    return rejection(ErrorKind::internal, [&] { program.set_open(mix, open); });
  };
  CHECK(why("block1", {true}) ==
        "the network has no gated mix 'block1'; did you mean 'block0'? (known: block0)");
  CHECK(why("block0", {true}) == "the mix 'block0' has 3 inputs, not '1'");
  CHECK(why("block0", {false, false, false}) ==
        "the mix 'block0' must have at least one open input");
}
