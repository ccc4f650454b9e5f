#include "core/training/compatibility.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/blocks.hpp"
#include "tests/base/rejection.hpp"
#include "tests/training/fixtures.hpp"

using namespace nas;
using namespace nas::test;
using Catch::Matchers::Contains;

TEST_CASE("a network whose output is a map is no classifier of images") {
  const Samples samples = striped_images(4);
  Architecture net;
  const NodeId image = net.add(input_op(samples.images().shape), {}, "image");
  net.mark_output(net.add(convolution({.out_channels = 2, .kernel = 3}), {image}, "map"));
  CHECK_THAT(rejection(ErrorKind::space, [&] { check_compatible(net, samples); }),
             Contains("gives an output of '2x") && Contains("dense prediction"));
}

TEST_CASE("a network with two outputs is no classifier of images") {
  const Samples samples = striped_images(4);
  Architecture net = small_network();
  net.mark_output(net.add(Op(OpKind::relu), {net.outputs().front()}, "second"));
  CHECK_THAT(rejection(ErrorKind::space, [&] { check_compatible(net, samples); }),
             Contains("gives 2 outputs, the first of '"));
  CHECK_NOTHROW(check_compatible(small_network(), samples));
}
