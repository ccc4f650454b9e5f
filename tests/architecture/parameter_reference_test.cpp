#include "core/architecture/parameter_reference.hpp"

#include <catch2/catch.hpp>

#include "core/architecture/stored_tensors.hpp"
#include "tests/architecture/elastic_example.hpp"
#include "tests/base/rejection.hpp"

namespace nas {
namespace {

using Extents = std::vector<std::int64_t>;

std::string why(const ParameterReference& reference) {
  return rejection(ErrorKind::space, [&] { resolve(reference); });
}

// Chains.

TEST_CASE("a reference without views is the whole tensor") {
  const ResolvedReference all = resolve({"x", {4, 3}, {}});
  REQUIRE(all.stages.size() == 1);
  CHECK(all.stages[0].matrix.empty());
  CHECK(all.stages[0].part == Box{{0, 0}, {4, 3}});
  CHECK(all.shape == Extents{4, 3});
}

TEST_CASE("ranges and centres come to one part of the stored tensor") {
  const ResolvedReference part =
      resolve({"x",
               {8, 6, 9, 7},
               {RangeView{.axis = 0, .begin = 2, .count = 5}, CentreView{5, 5},
                RangeView{.axis = 0, .begin = 1, .count = 3}, CentreView{3, 1},
                RangeView{.axis = 1, .count = 4}}});
  REQUIRE(part.stages.size() == 1);
  CHECK(part.stages[0].part == Box{{3, 0, 3, 3}, {3, 4, 3, 1}});
  CHECK(part.shape == Extents{3, 4, 3, 1});
}

TEST_CASE("a chain of transforms has a stage for each, and takes its channels in the first") {
  const ResolvedReference chain = resolve({"big", {8, 1, 7, 7}, elastic});
  REQUIRE(chain.stages.size() == 3);
  CHECK(chain.stages[0].part == Box{{0, 0, 1, 1}, {4, 1, 5, 5}});
  CHECK(chain.stages[1].matrix == "7to5");
  CHECK(chain.stages[1].shape == Extents{4, 1, 5, 5});
  CHECK(chain.stages[1].part == Box{{0, 0, 1, 1}, {4, 1, 3, 3}});
  CHECK(chain.stages[2].matrix == "5to3");
  CHECK(chain.stages[2].part == Box{{0, 0, 0, 0}, {4, 1, 3, 3}});
  CHECK(chain.shape == Extents{4, 1, 3, 3});
}

TEST_CASE("a row of a matrix can be reshaped to a vector") {
  const ResolvedReference row =
      resolve({"alpha", {14, 8}, {RangeView{.axis = 0, .begin = 3, .count = 1}, ReshapeView{{8}}}});
  CHECK(row.stages[0].part == Box{{3, 0}, {1, 8}});
  CHECK(row.shape == Extents{8});
}

TEST_CASE("a reference can be read") {
  CHECK(text(ParameterReference{"big", {8, 1, 7, 7}, elastic}) ==
        "big(8, 1, 7, 7), centre 5x5, transform 7to5, centre 3x3, transform 5to3, first 4 of axis "
        "0");
  CHECK(text(ParameterReference{
            "x", {6}, {RangeView{.begin = 2, .count = 3}, ReshapeView{{3, 1}}}}) ==
        "x(6), 3 from 2 on of axis 0, reshape (3, 1)");
}

TEST_CASE("views that do not fit are rejected") {
  CHECK(why({"", {4}, {}}) == "the reference to '': it has no name");
  CHECK(why({"x", {}, {}}) ==
        "the reference to 'x': the stored tensor has 0 axes, but must have 1 to 5");
  CHECK(why({"x", {1, 1, 1, 1, 1, 1}, {}}) ==
        "the reference to 'x': the stored tensor has 6 axes, but must have 1 to 5");
  CHECK(why({"x", {4, 0}, {}}) ==
        "the reference to 'x': the stored tensor (4, 0) must be positive");
  CHECK(why({"x", {1 << 30, 1 << 30}, {}}) ==
        "the reference to 'x': the stored tensor (1073741824, 1073741824) has more than "
        "1099511627776 elements");
  CHECK(why({"x", {4}, {RangeView{.axis = 1, .count = 1}}}) ==
        "the reference to 'x': a range of axis '1' does not fit shape (4), whose axes are 0 to 0");
  why({"x", {4}, {RangeView{.axis = -1, .count = 1}}});
  CHECK(why({"x", {4, 6}, {RangeView{.axis = 1, .begin = 5, .count = 2}}}) ==
        "the reference to 'x': a range of '2' elements from '5' on does not fit axis 1 of shape "
        "(4, 6)");
  why({"x", {4}, {RangeView{.begin = -1, .count = 2}}});
  why({"x", {4}, {RangeView{.count = 0}}});
  why({"x", {4}, {RangeView{.begin = INT64_MAX, .count = 2}}});
  why({"x", {4}, {RangeView{.begin = 2, .count = 2}, RangeView{.begin = 1, .count = 2}}});
  CHECK(why({"x", {4}, {CentreView{1, 1}}}) ==
        "the reference to 'x': a centre needs two axes, but shape (4) has one");
  CHECK(why({"x", {4, 1, 7, 7}, {CentreView{4, 5}}}) ==
        "the reference to 'x': 7x7 has no centre of '4x5': sizes must differ by an even number");
  why({"x", {4, 1, 3, 3}, {CentreView{5, 5}}});
  why({"x", {4, 1, 3, 3}, {CentreView{-1, 3}}});
  CHECK(why({"x", {4, 9}, {TransformView{"m"}}}) ==
        "the reference to 'x': a transform by 'm' needs kernels of shape (out, in, height, width), "
        "not (4, 9)");
  CHECK(why({"x", {4, 1, 3, 3}, {TransformView{}}}) ==
        "the reference to 'x': a transform must name its matrix");
  CHECK(why({"x", {1, 1, 2048, 2048}, {TransformView{"m"}}}) ==
        "the reference to 'x': the matrix 'm' (4194304, 4194304) has more than 1099511627776 "
        "elements");
  CHECK(why({"x", {4, 2}, {ReshapeView{{9}}}}) ==
        "the reference to 'x': (4, 2) cannot be reshaped to (9): it has 8 elements, not 9");
  CHECK(why({"x", {4, 2}, {ReshapeView{{-8}}}}) ==
        "the reference to 'x': the shape of a reshape (-8) must be positive");
  CHECK(why({"x", {4, 2}, {ReshapeView{{8}}, RangeView{.count = 2}}}) ==
        "the reference to 'x': a reshape must be the last view");
}

// Networks.

TEST_CASE("parameters refer to tensors of their own unless they are told otherwise") {
  Example example = elastic_example();
  Architecture& net = example.net;
  CHECK(net.reference(example.b, "weight") == ParameterReference{"b.weight", {4, 1, 3, 3}, {}});
  CHECK(net.reference(example.a, "weight").name == "big");
  CHECK(net.references(example.b).empty());
  CHECK(net.references(example.a).size() == 1);
  CHECK(net.parameters(example.a)[0].shape == Extents{4, 1, 3, 3});
  CHECK(rejection(ErrorKind::internal, [&] { net.reference(example.a, "bias"); }) ==
        "node 'a' (convolution) has no parameter 'bias'");

  net.refer(example.a, "weight", {"a.weight", {4, 1, 3, 3}, {}});
  CHECK(net == Example().net);
}

TEST_CASE("equality includes references") {
  CHECK(elastic_example().net == elastic_example().net);
  CHECK_FALSE(elastic_example().net == Example().net);
  Example renamed;
  renamed.net.refer(renamed.a, "weight", {"large", {8, 1, 7, 7}, elastic});
  CHECK_FALSE(renamed.net == elastic_example().net);
  const Architecture copy = elastic_example().net;
  CHECK(copy == elastic_example().net);
}

TEST_CASE("a reference that does not give what the op needs is rejected with its node") {
  Example example;
  const auto refused = [&](NodeId node, const char* suffix, const ParameterReference& reference) {
    return rejection(ErrorKind::space, [&] { example.net.refer(node, suffix, reference); });
  };
  CHECK(refused(example.a, "weight", {"big", {8, 1, 7, 7}, {CentreView{3, 3}}}) ==
        "node 'a' (convolution): parameter 'weight' has shape (4, 1, 3, 3), but the reference "
        "gives (8, 1, 3, 3): big(8, 1, 7, 7), centre 3x3");
  CHECK(refused(example.a, "wieght", {"big", {4, 1, 3, 3}, {}}) ==
        "node 'a' (convolution): it has no parameter 'wieght'; did you mean 'weight'? (known: "
        "weight)");
  CHECK(refused(example.a, "weight", {"big", {4}, {CentreView{3, 3}}}) ==
        "node 'a' (convolution): the reference to 'big': a centre needs two axes, but shape (4) "
        "has one");
  CHECK(
      refused(example.norm, "scale", {"s", {4, 1, 1, 1}, {TransformView{"m"}, ReshapeView{{4}}}}) ==
      "node 'norm' (batch_norm): parameter 'scale' cannot be transformed by 'm': only weights "
      "can");
  CHECK(example.net == Example().net);
}

TEST_CASE("stored tensors are listed once, with their matrices, in the order of first use") {
  Example example = elastic_example();
  example.net.refer(example.b, "weight",
                    {"big", {8, 1, 7, 7}, {CentreView{3, 3}, RangeView{.count = 4}}});
  std::vector<std::string> names;
  for (const StoredTensor& each : stored_tensors(example.net)) names.push_back(each.name);
  CHECK(names == std::vector<std::string>{"big", "7to5", "5to3", "norm.scale", "norm.shift",
                                          "norm.running_mean", "norm.running_variance"});
  const StoredTensor big = stored_tensors(example.net)[0];
  CHECK(big.shape == Extents{8, 1, 7, 7});
  CHECK(big.role == ParameterRole::weight);
  CHECK(big.fan_in == 49);
  const StoredTensor matrix = stored_tensors(example.net)[1];
  CHECK(matrix.shape == Extents{25, 25});
  CHECK(matrix.role == ParameterRole::transform);
}

TEST_CASE("one name for two shapes or two roles is rejected with its node") {
  Example shapes = elastic_example();
  shapes.net.refer(shapes.b, "weight", {"big", {4, 1, 3, 3}, {}});
  CHECK(rejection(ErrorKind::space, [&] { stored_tensors(shapes.net); }) ==
        "node 'b' uses 'big' with shape (4, 1, 3, 3), but another with shape (8, 1, 7, 7); all "
        "must refer to the stored tensor's full shape");
  Example roles;
  roles.net.refer(roles.norm, "shift", {"norm.scale", {4}, {}});
  CHECK(rejection(ErrorKind::space, [&] { stored_tensors(roles.net); }) ==
        "node 'norm' uses 'norm.scale' as 'shift', but another as 'scale'; parameters that share "
        "a tensor must be of the same kind");
}

}  // namespace
}  // namespace nas
