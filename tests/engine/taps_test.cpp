// Activations and their gradients, seen from outside.
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "tests/base/rejection.hpp"
#include "tests/engine/program_checks.hpp"
#include "tests/engine/program_networks.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Layers one after the other, of which `count` are there: a batch norm that is fused with its ReLU
/// unless somebody looks at it, activations that are computed in place, blocked and plain layouts.
struct Chain {
  std::vector<Op> ops = {convolution({.out_channels = 20, .kernel = 3}),
                         Op(OpKind::batch_norm),
                         Op(OpKind::relu),
                         convolution({.out_channels = 20, .kernel = 3, .groups = 20}),
                         Op(OpKind::h_sigmoid),
                         Op(OpKind::swish),
                         Op(OpKind::global_average_pool),
                         linear(6)};

  Shape image{3, 7, 6};

  /// Those from `first` to before `last`, with the names that they have in the whole.
  Architecture part(std::size_t first, std::size_t last) const {
    Architecture net;
    NodeId x = net.add(input_op(shape_before(first)), {}, "image");
    for (std::size_t i = first; i < last; ++i) x = net.add(ops[i], {x}, name(i));
    net.mark_output(x);
    return net;
  }
  static std::string name(std::size_t i) { return "layer" + std::to_string(i); }

 private:
  Shape shape_before(std::size_t layer) const {
    Architecture net;
    NodeId x = net.add(input_op(image), {});
    for (std::size_t i = 0; i < layer; ++i) x = net.add(ops[i], {x});
    return net.shape(x);
  }
};

constexpr std::int64_t batch = 3;

}  // namespace

TEST_CASE("taps see every value and its gradient as the reference has them") {
  const Chain chain;
  const std::size_t last = chain.ops.size();
  const Architecture net = chain.part(0, last);
  ProgramSettings settings{.batch = batch, .mode = Mode::training, .input_gradient = true};
  SECTION("one tap at a time") {
    const auto tap = GENERATE(range(0, 8));
    settings.taps = {Chain::name(static_cast<std::size_t>(tap))};
  }
  SECTION("all of them at once, one of them twice") {
    for (std::size_t i = 0; i < last; ++i) settings.taps.push_back(Chain::name(i));
    settings.taps.push_back(Chain::name(1));
  }
  ParameterStore store = random_store(net, 1);
  Program program(net, store, settings);
  const std::vector<float> image = random_values(program.input().size(), 2);
  const std::vector<float> gradient = random_values(program.output_gradient().size(), 3);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  std::ranges::copy(gradient, program.output_gradient().begin());
  program.backward();

  for (std::size_t i = 0; i < settings.taps.size(); ++i) {
    const std::size_t layer = static_cast<std::size_t>(settings.taps[i].back() - '0');
    ReferenceNetwork<double> before(chain.part(0, layer + 1), batch, Mode::training);
    before.load(store);
    const std::vector<double> value = before.forward(widened(image));
    check_close("value of " + settings.taps[i], program.tap(i), value);
    std::vector<double> expected = widened(gradient);
    if (layer + 1 < last) {
      ReferenceNetwork<double> behind(chain.part(layer + 1, last), batch, Mode::training);
      behind.load(store);
      behind.forward(value);
      expected = behind.backward(widened(gradient));
    }
    check_close("gradient of " + settings.taps[i], program.tap_gradient(i), expected);
  }
  ReferenceNetwork<double> whole(net, batch, Mode::training);
  whole.load(store);
  whole.forward(widened(image));
  check_close("gradient of the image", program.input_gradient(), whole.backward(widened(gradient)));
}

TEST_CASE("a tap changes nothing but what is kept, to within rounding") {
  const Chain chain;
  const Architecture net = chain.part(0, chain.ops.size());
  ParameterStore store = random_store(net, 1);
  Program plain(net, store, {.batch = batch, .mode = Mode::training});
  Program tapped(
      net, store,
      {.batch = batch, .mode = Mode::training, .taps = {"layer1"}, .input_gradient = true});
  check_close("results", results_of_a_step(tapped), results_of_a_step(plain));
}

TEST_CASE("taps work in inference, where they have no gradient") {
  const Chain chain;
  const Architecture net = chain.part(0, 3);
  ParameterStore store = random_store(net, 1);
  Program program(net, store, {.batch = batch, .taps = {"layer1", "layer0", "image"}});
  const std::vector<float> image = random_values(program.input().size(), 2);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  for (std::size_t i = 0; i < 2; ++i) {
    ReferenceNetwork<double> reference(chain.part(0, 2 - i), batch, Mode::inference);
    reference.load(store);
    check_close("tap", program.tap(i), reference.forward(widened(image)));
  }
  CHECK(std::ranges::equal(program.tap(2), image));
  CHECK(rejection(ErrorKind::internal, [&] { static_cast<void>(program.tap_gradient(0)); }) ==
        "the program has no gradient of a tap; it needs mode 'training'");
  CHECK(rejection(ErrorKind::internal, [&] { static_cast<void>(program.tap(3)); }) ==
        "no tap '3'; the program has 3 of them");
}

TEST_CASE("taps see what would be fused behind a convolution") {
  const std::vector<std::string> names = {"stem", "project", "norm", "add", "relu", "last"};
  const auto network = [&](const std::string& end) {
    Architecture net;
    const NodeId image = net.add(input_op({3, 6, 6}), {}, "image");
    NodeId x = net.add(convolution({.out_channels = 16, .kernel = 3}), {image}, "stem");
    const NodeId stem = x;
    if (end != "stem") x = net.add(convolution({.out_channels = 16}), {x}, "project");
    if (net.name(x) != end) x = net.add(Op(OpKind::batch_norm), {x}, "norm");
    if (net.name(x) != end) x = net.add(Op(OpKind::add), {stem, x}, "add");
    if (net.name(x) != end) x = net.add(Op(OpKind::relu), {x}, "relu");
    if (net.name(x) != end) x = net.add(convolution({.out_channels = 8}), {x}, "last");
    net.mark_output(x);
    return net;
  };
  const Architecture whole = network("last");
  ParameterStore store = random_store(whole, 1);
  const auto tapped = GENERATE(range(0, 7));  // 6: all at once
  ProgramSettings settings{.batch = batch};
  settings.taps = tapped < 6 ? std::vector{names[static_cast<std::size_t>(tapped)]} : names;
  Program program(whole, store, settings);
  const std::vector<float> image = random_values(program.input().size(), 2);
  std::ranges::copy(image, program.input().begin());
  program.forward();
  for (std::size_t i = 0; i < settings.taps.size(); ++i) {
    ReferenceNetwork<double> reference(network(settings.taps[i]), batch, Mode::inference);
    reference.load(store);
    check_close("value of " + settings.taps[i], program.tap(i), reference.forward(widened(image)));
  }
}

TEST_CASE("the gradient of the input must be asked for") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store = random_store(net, 1);
  const Program program(net, store, {.mode = Mode::training});
  CHECK(rejection(ErrorKind::internal, [&] { static_cast<void>(program.input_gradient()); }) ==
        "the program has no gradient of its input; ask for it in its settings");
}

TEST_CASE("the input's gradient reaches through a network without parameters") {
  Architecture net;
  const NodeId image = net.add(input_op({2, 3, 4}), {}, "image");
  net.mark_output(net.add(Op(OpKind::h_swish), {image}, "activation"));
  ParameterStore store;
  Program program(net, store, {.batch = 2, .mode = Mode::training, .input_gradient = true});
  ReferenceNetwork<double> reference(net, 2, Mode::training);
  check_step(program, reference);
  check_close("gradient of the image", program.input_gradient(),
              reference.backward(widened(random_values(2 * 24, 5))));
}

TEST_CASE("a tap on what is no node is refused with the nearest") {
  const Architecture net = behind_stem(Op(OpKind::relu), {4, 3, 3});
  ParameterStore store = random_store(net, 1);
  CHECK(rejection(ErrorKind::internal, [&] { Program(net, store, {.taps = {"sten"}}); }) ==
        "the network has no node 'sten' to tap; did you mean 'stem'? (known: image, stem, op)");
}
