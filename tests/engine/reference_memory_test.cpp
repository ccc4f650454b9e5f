// What the reference network allocates, against the cost model.
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include "core/architecture/cost_model.hpp"
#include "core/base/random.hpp"
#include "core/engine/reference_network.hpp"
#include "tests/engine/op_cases.hpp"

using namespace nas;
using namespace nas::test;

namespace {

/// Grows networks of every op, with branches of several lengths that are alive at once.
class RandomNetwork {
 public:
  explicit RandomNetwork(std::uint64_t seed) : random_(seed) {
    nodes_.push_back(net_.add(input_op({3, 9, 8}), {}));
    for (int i = 0; i < 24; ++i) nodes_.push_back(grow());
    finish();
  }
  const Architecture& net() const { return net_; }

 private:
  NodeId any() { return nodes_[random_.below(nodes_.size())]; }

  NodeId grow() {
    const NodeId from = random_.chance(0.7) ? nodes_.back() : any();
    switch (random_.below(6)) {
      case 0:
        return net_.add(convolution({.out_channels = 2 + static_cast<int>(random_.below(5)),
                                     .kernel = random_.chance(0.5) ? 3 : 1,
                                     .stride = random_.chance(0.3) ? 2 : 1,
                                     .bias = random_.chance(0.5)}),
                        {from});
      case 1: {
        const NodeId pooled = net_.add(Op(OpKind::global_average_pool), {from});
        const NodeId gate = net_.add(Op(OpKind::sigmoid), {pooled});
        return net_.add(Op(OpKind::scale), {from, gate});
      }
      case 2:
        return join(from);
      default:
        return net_.add(any_unary_op(net_.shape(from)), {from});
    }
  }

  template <std::size_t count>
  const Op& one_of(const Op (&ops)[count]) {
    return ops[random_.below(count)];
  }

  Op any_unary_op(const Shape& shape) {
    const Op value_by_value[] = {
        Op(OpKind::relu),      Op(OpKind::relu6),     Op(OpKind::leaky_relu), Op(OpKind::elu),
        Op(OpKind::swish),     Op(OpKind::tanh),      Op(OpKind::h_swish),    Op(OpKind::sigmoid),
        Op(OpKind::h_sigmoid), Op(OpKind::tanh),      Op(OpKind::softplus),   Op(OpKind::identity),
        Op(OpKind::dropout),   Op(OpKind::drop_path), Op(OpKind::batch_norm)};
    const Op resizing[] = {
        with_window(Op(OpKind::max_pool), 3, random_.chance(0.2) ? 2 : 1, 1),
        with_window(Op(OpKind::average_pool), 3, random_.chance(0.2) ? 2 : 1, 1),
        Op(OpKind::zero).set("stride_h", random_.chance(0.2) ? 2 : 1),
        Op(OpKind::shift)
            .set("top", shape.height > 1 ? 1 : 0)
            .set("pad", random_.chance(0.5) ? 1 : 0),
        Op(OpKind::upsample).set("height", 9).set("width", 8),
        Op(OpKind::slice).set("count", static_cast<double>((shape.channels + 1) / 2)),
        Op(OpKind::channel_shuffle).set("groups", static_cast<double>(shape.channels)),
        Op(OpKind::global_max_pool)};
    return random_.chance(0.6) ? one_of(value_by_value) : one_of(resizing);
  }

  /// With the first other node that fits, if there is one.
  NodeId join(NodeId from) {
    const Op joins[] = {Op(OpKind::add), Op(OpKind::multiply), Op(OpKind::concat), Op(OpKind::mix)};
    for (const NodeId other : nodes_) {
      if (other != from && net_.shape(other) == net_.shape(from)) {
        return net_.add(one_of(joins), {from, other});
      }
    }
    return net_.add(Op(OpKind::relu), {from});
  }

  /// Whatever nobody reads goes through a linear layer of its own into the output.
  void finish() {
    std::vector<NodeId> logits;
    for (const NodeId node : nodes_) {
      if (!net_.consumers(node).empty()) continue;
      const NodeId pooled = net_.add(Op(OpKind::global_average_pool), {node});
      logits.push_back(net_.add(linear(4), {pooled}));
    }
    NodeId output = logits.front();
    for (std::size_t i = 1; i < logits.size(); ++i) {
      output = net_.add(Op(OpKind::add), {output, logits[i]});
    }
    net_.mark_output(output);
  }

  Random random_;
  Architecture net_;
  std::vector<NodeId> nodes_;
};

}  // namespace

TEST_CASE("the reference network allocates at its peak what the cost model says") {
  std::set<OpKind> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Architecture net = RandomNetwork(seed).net();
    for (NodeId node = 0; node < net.size(); ++node) seen.insert(net.op(node).kind());
    ReferenceNetwork<float> network(net, 1, Mode::inference);
    network.forward(std::vector<float>(3 * 9 * 8, 1.0F));
    INFO("seed " << seed);
    CHECK(static_cast<std::int64_t>(network.peak_bytes()) == cost(net).ram);
  }
  CHECK(seen.size() == op_table().size());
}

TEST_CASE("taking over storage does not change what comes out") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const Architecture net = RandomNetwork(seed).net();
    ParameterStore store;
    store.prepare(net, seed);
    Random random(seed);
    std::vector<float> image(3 * 9 * 8);
    for (float& value : image) value = static_cast<float>(random.normal());

    // Every activation is an output of its own here, so that none may be overwritten.
    Architecture kept = net;
    for (NodeId node = 0; node + 1 < net.size(); ++node) kept.mark_output(node);
    ReferenceNetwork<float> overwriting(net, 1, Mode::inference);
    ReferenceNetwork<float> keeping(kept, 1, Mode::inference);
    overwriting.load(store);
    keeping.load(store);
    INFO("seed " << seed);
    CHECK(overwriting.forward(image) == keeping.forward(image));
    CHECK(overwriting.peak_bytes() < keeping.peak_bytes());
  }
}
