// Parameters that are views of stored tensors: compiled programs against the reference network,
// which takes views one by one.
#include <algorithm>
#include <limits>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/engine/elastic_networks.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// A network of one op whose parameter with this suffix is a view of "stored".
Architecture with_view(const Op& op, const Shape& shape, const std::string& suffix,
                       std::vector<std::int64_t> stored, std::vector<View> views) {
  Architecture net = behind_stem(op, shape);
  net.refer(net.outputs().front(), suffix, {"stored", std::move(stored), std::move(views)});
  return net;
}

const Op five_wide = convolution({.out_channels = 12, .kernel = 5});
const Op depthwise = convolution({.out_channels = 12, .kernel = 3, .groups = 12});

const ParameterGradient& gradient_of(const Program& program, std::string_view name) {
  const auto all = program.gradients();
  const auto found = std::ranges::find_if(
      all, [&](const ParameterGradient& each) { return each.parameter->name == name; });
  REQUIRE(found != all.end());
  return *found;
}

}  // namespace

TEST_CASE("the first output channels of a convolution equal the reference") {
  check_matches_reference(with_view(five_wide, {8, 7, 6}, "weight", {20, 8, 5, 5},
                                    {RangeView{.axis = 0, .count = 12}}));
}

TEST_CASE("output channels from the middle on equal the reference, aligned or not") {
  const std::int64_t begin = GENERATE(1, 2);  // 200 elements each: byte 800 and byte 1600
  check_matches_reference(with_view(five_wide, {8, 7, 6}, "weight", {20, 8, 5, 5},
                                    {RangeView{.axis = 0, .begin = begin, .count = 12}}));
}

TEST_CASE("input channels of a convolution equal the reference") {
  check_matches_reference(with_view(five_wide, {8, 7, 6}, "weight", {12, 11, 5, 5},
                                    {RangeView{.axis = 1, .begin = 3, .count = 8}}));
}

TEST_CASE("the centre of a kernel equals the reference, square or not") {
  check_matches_reference(
      with_view(five_wide, {8, 7, 6}, "weight", {12, 8, 9, 7}, {CentreView{5, 5}}));
  check_matches_reference(
      with_view(depthwise, {12, 7, 6}, "weight", {12, 1, 7, 3}, {CentreView{3, 3}}));
}

TEST_CASE("ranges of a linear layer's weights and biases equal the reference") {
  check_matches_reference(with_view(linear(6), {18, 1, 1}, "weight", {9, 20},
                                    {RangeView{.axis = 1, .begin = 2, .count = 18},
                                     RangeView{.axis = 0, .begin = 1, .count = 6}}));
  check_matches_reference(
      with_view(linear(6), {18, 1, 1}, "bias", {9}, {RangeView{.begin = 3, .count = 6}}));
}

TEST_CASE("a reshaped part equals the reference") {
  check_matches_reference(with_view(linear(6), {8, 1, 1}, "weight", {5, 3, 16},
                                    {RangeView{.axis = 0, .begin = 1, .count = 3},
                                     RangeView{.axis = 1, .count = 1}, ReshapeView{{6, 8}}}));
}

TEST_CASE("a transformed kernel equals the reference") {
  check_matches_reference(
      with_view(depthwise, {12, 7, 6}, "weight", {12, 1, 3, 3}, {TransformView{"matrix"}}));
  check_matches_reference(
      with_view(five_wide, {8, 7, 6}, "weight", {12, 8, 5, 5}, {TransformView{"matrix"}}));
}

TEST_CASE("chains of centres, transforms and ranges equal the reference") {
  const std::int64_t kernel = GENERATE(3, 5, 7);
  const std::int64_t width = GENERATE(8, 11, 24);
  CAPTURE(kernel, width);
  check_matches_reference(elastic_network({.width = width, .kernel = kernel}));
}

TEST_CASE("views are read again with the weights, those that batch norms are folded into too") {
  const Architecture net = elastic_network({.width = 11, .kernel = 3});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2});
  const std::vector<float> image = random_values(program.input().size(), 2);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  for (const auto& [name, parameter] : store.all()) {
    for (float& value : parameter->value.values()) value *= 0.75F;
  }
  program.read_weights();
  program.forward();
  ReferenceNetwork<double> reference(net, 2, Mode::inference);
  reference.load(store);
  check_close("output", program.output(), reference.forward(widened(image)));
}

TEST_CASE("for inference views cost no steps of the forward pass") {
  const Architecture viewed = elastic_network({.width = 16, .kernel = 3});
  Architecture plain;
  for (NodeId node = 0; node < viewed.size(); ++node) {
    plain.add(viewed.op(node), viewed.inputs(node), viewed.name(node));
  }
  for (const NodeId output : viewed.outputs()) plain.mark_output(output);
  CHECK(step_keys(viewed, {.batch = 2}) == step_keys(plain, {.batch = 2}));
}

TEST_CASE("a transform may be of unequal kernels, and part of its result may be dropped") {
  Op op = convolution({.out_channels = 12, .kernel = 3, .groups = 12});
  op.set("kernel_h", 1).set("padding_h", 0);
  check_matches_reference(with_view(
      op, {12, 6, 6}, "weight", {12, 1, 5, 7},
      {CentreView{3, 5}, TransformView{"first"}, RangeView{.axis = 2, .begin = 1, .count = 1},
       TransformView{"second"}, CentreView{1, 3}}));
}

TEST_CASE("one tensor may be used by several nodes, wholly or in part") {
  Architecture net;
  const NodeId x = add_stem(net, {8, 6, 6});
  const NodeId a = net.add(convolution({.out_channels = 8, .kernel = 3}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 8, .kernel = 3}), {a}, "b");
  const NodeId c = net.add(convolution({.out_channels = 8}), {b}, "c");
  const NodeId norm = net.add(Op(OpKind::batch_norm), {c}, "norm");
  const NodeId relu = net.add(Op(OpKind::relu), {norm}, "relu");
  net.mark_output(net.add(Op(OpKind::batch_norm), {relu}, "last"));
  net.refer(b, "weight", {"a.weight", {8, 8, 3, 3}, {}});
  net.refer(c, "weight", {"a.weight", {8, 8, 3, 3}, {CentreView{1, 1}}});
  net.refer(norm, "scale", {"last.scale", {8}, {}});
  check_matches_reference(net);
}

TEST_CASE("one matrix may transform the kernels of several nodes, and twice within a chain") {
  Architecture net;
  const NodeId x = add_stem(net, {8, 6, 6});
  const NodeId a = net.add(convolution({.out_channels = 8, .kernel = 3, .groups = 8}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 8, .kernel = 3}), {a}, "b");
  net.mark_output(b);
  net.refer(a, "weight", {"a.weight", {8, 1, 5, 5}, {CentreView{3, 3}, TransformView{"matrix"}}});
  net.refer(b, "weight",
            {"b.weight", {8, 8, 3, 3}, {TransformView{"matrix"}, TransformView{"matrix"}}});
  check_matches_reference(net);
}

TEST_CASE("a gradient says which elements of the stored tensor were touched") {
  const Architecture net = elastic_network({.width = 8, .kernel = 5});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  results_of_a_step(program);

  const ParameterGradient& kernels = gradient_of(program, "dw.weight");
  CHECK(kernels.gradient.size() == 24 * 49);
  CHECK(element_count(kernels.touched) == 8 * 25);
  CHECK(kernels.touched.size() == 8 * 5);
  CHECK(kernels.touched.front() == ElementRun{8, 5});  // row 1, column 1
  const ParameterGradient& project = gradient_of(program, "project.weight");
  CHECK(project.touched.size() == 8);
  CHECK(project.touched.back() == ElementRun{7 * 24, 8});
  CHECK(gradient_of(program, "dw.7to5").touched.front() == ElementRun{0, 625});
  CHECK(gradient_of(program, "expand.norm.scale").touched.front() == ElementRun{0, 8});
  CHECK(gradient_of(program, "stem.weight").touched.front() == ElementRun{0, 24});
}

TEST_CASE("what several uses touch is listed once") {
  Architecture net;
  const NodeId x = add_stem(net, {8, 6, 6});
  const NodeId a = net.add(convolution({.out_channels = 8}), {x}, "a");
  const NodeId b = net.add(convolution({.out_channels = 6}), {a}, "b");
  net.mark_output(b);
  net.refer(a, "weight", {"big", {20, 8, 1, 1}, {RangeView{.begin = 0, .count = 8}}});
  net.refer(b, "weight", {"big", {20, 8, 1, 1}, {RangeView{.begin = 6, .count = 6}}});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  results_of_a_step(program);
  const ParameterGradient& gradient = gradient_of(program, "big");
  REQUIRE(gradient.touched.size() == 1);
  CHECK(gradient.touched.front() == ElementRun{0, 12 * 8});
}

TEST_CASE("gradients of views do not pile up from one step to the next") {
  const Architecture net = elastic_network({.width = 11, .kernel = 3});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  const std::vector<float> first = results_of_a_step(program);
  CHECK(results_of_a_step(program) == first);
}

TEST_CASE("what a view does not cover may hold anything") {
  const Architecture net = elastic_network({.width = 8, .kernel = 5});
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = 2, .mode = Mode::training});
  const std::vector<float> expected = results_of_a_step(program);
  for (const ParameterGradient& each : program.gradients()) {
    const ElementRun whole{0, each.parameter->size()};
    for (const ElementRun& run : without({&whole, 1}, each.touched)) {
      std::fill_n(each.parameter->value.data() + run.begin, run.count,
                  std::numeric_limits<float>::quiet_NaN());
    }
  }
  CHECK(results_of_a_step(program) == expected);
}

TEST_CASE("an identity transform is the centre, and the largest subnet the plain network") {
  // Once-for-All's proofs: what is stored is used as it is, to the last bit.
  ParameterStore store;
  const Subnet small{.width = 11, .kernel = 3};
  store.prepare(elastic_network(small), 1);
  Architecture cropped = elastic_network(small);
  for (NodeId node = 0; node < cropped.size(); ++node) {
    if (cropped.name(node) != "dw") continue;
    cropped.refer(node, "weight",
                  {"dw.weight", {24, 1, 7, 7}, {CentreView{3, 3}, RangeView{.count = 11}}});
  }
  Program transformed(elastic_network(small), store, {.batch = 3});
  Program plain(cropped, store, {.batch = 3});
  const std::vector<float> image = random_values(plain.input().size(), 1);
  for (Program* program : {&transformed, &plain}) {
    std::ranges::copy(image, program->input().begin());
    program->forward();
  }
  CHECK(std::ranges::equal(transformed.output(), plain.output()));

  const Architecture largest = elastic_network({});
  for (NodeId node = 0; node < largest.size(); ++node) CHECK(largest.references(node).empty());
}

TEST_CASE("a subnet computes what a network with a copy of its weights does, to the last bit") {
  const Subnet subnet{.width = 16, .kernel = 7};
  const Architecture net = elastic_network(subnet);
  Architecture alone;
  ParameterStore store = random_store(net, 1), copies;
  for (NodeId node = 0; node < net.size(); ++node) {
    alone.add(net.op(node), net.inputs(node), net.name(node));
    for (const ParameterSpec& spec : net.parameters(node)) {
      const ParameterReference reference = net.reference(node, spec);
      const ResolvedReference resolved = resolve(reference);
      Parameter& copy =
          copies.create(net.name(node) + "." + std::string(spec.suffix), spec.shape, spec.role);
      float* to = copy.value.data();
      for (const ElementRun& run : runs_of(resolved.stages.front().part, reference.shape)) {
        to = std::copy_n(store.at(reference.name).value.data() + run.begin, run.count, to);
      }
    }
  }
  alone.mark_output(net.outputs().front());
  Program shared(net, store, {.batch = 3, .mode = Mode::training});
  Program own(alone, copies, {.batch = 3, .mode = Mode::training});
  const std::vector<float> image = random_values(own.input().size(), 1);
  for (Program* program : {&shared, &own}) {
    std::ranges::copy(image, program->input().begin());
    program->forward();
  }
  CHECK(std::ranges::equal(shared.output(), own.output()));
}

TEST_CASE("a store with a stored tensor of another shape is refused with both shapes") {
  const Architecture net = elastic_network({.width = 8});
  ParameterStore store;
  store.create("stem.weight", {8, 3, 1, 1}, ParameterRole::weight);
  store.create("expand.weight", {16, 8, 1, 1}, ParameterRole::weight);
  CHECK_THAT(rejection(ErrorKind::space, [&] { Program(net, store, {}); }),
             Catch::Contains("'expand.weight'") && Catch::Contains("16, 8, 1, 1") &&
                 Catch::Contains("24, 8, 1, 1"));
}

TEST_CASE("a network that uses one name for two shapes is refused") {
  Architecture net = behind_stem(convolution({.out_channels = 8}), {4, 3, 3});
  net.refer(net.outputs().front(), "weight", {"stem.weight", {8, 4, 3, 3}, {CentreView{1, 1}}});
  CHECK_THAT(
      rejection(ErrorKind::space, [&] { planned_bytes(net, {.mode = Mode::training}); }),
      Catch::Contains("'op'") && Catch::Contains("'stem.weight'") && Catch::Contains("8, 4, 3, 3"));
}
