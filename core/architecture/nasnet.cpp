#include "core/architecture/nasnet.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/architecture/cell_blocks.hpp"

namespace nas {
namespace {

constexpr std::array<std::string_view, nasnet_ops> nasnet_op_names = {
    "identity",     "conv_1x3_3x1", "conv_1x7_7x1", "dil_conv_3x3",    "avg_pool_3x3",
    "max_pool_3x3", "max_pool_5x5", "max_pool_7x7", "conv_1x1",        "conv_3x3",
    "sep_conv_3x3", "sep_conv_5x5", "sep_conv_7x7", "dil_sep_conv_3x3"};

constexpr std::size_t cell_inputs = 2;
constexpr std::int64_t stages = 3;
constexpr std::int64_t imagenet_stem_cells = 2;

/// For weights whose number of input channels follows from choices elsewhere.
std::string with_channels(const std::string& name, std::int64_t channels) {
  return fmt::format("{}.c{}", name, channels);
}

struct PathSettings {
  std::int64_t filters;
  std::int64_t stride;
};

NodeId add_rectangular(Architecture& net, NodeId input, const std::string& name,
                       std::int64_t length, const PathSettings& path) {
  const auto convolution_of = [&path](std::int64_t height, std::int64_t width) {
    const std::int64_t padding_h = height / 2;
    const std::int64_t padding_w = width / 2;
    Op op = convolution({.out_channels = path.filters});
    op.set("kernel_h", static_cast<double>(height)).set("kernel_w", static_cast<double>(width));
    op.set("padding_h", static_cast<double>(padding_h));
    op.set("padding_w", static_cast<double>(padding_w));
    // Each convolution strides along its own length.
    op.set(height > width ? "stride_h" : "stride_w", static_cast<double>(path.stride));
    return op;
  };
  NodeId x = net.add(Op(OpKind::relu), {input}, name + ".activation");
  x = net.add(convolution_of(1, length), {x}, name + ".first");
  x = net.add(convolution_of(length, 1), {x}, name + ".second");
  return net.add(batch_norm(true), {x}, name + ".norm");
}

NodeId add_separable(Architecture& net, NodeId input, const std::string& name, std::int64_t kernel,
                     const PathSettings& path) {
  const NodeId x = add_dilated_convolution(
      net, input, name + ".first",
      {.out_channels = path.filters, .kernel = kernel, .stride = path.stride});
  return add_dilated_convolution(net, x, name + ".second",
                                 {.out_channels = path.filters, .kernel = kernel});
}

NodeId add_pool(Architecture& net, NodeId input, const std::string& name, Op pool,
                const PathSettings& path) {
  const NodeId x = net.add(std::move(pool), {input}, name);
  if (net.shape(x).channels == path.filters) return x;
  return add_convolution_norm(net, x, name + ".project", {.out_channels = path.filters});
}

NodeId add_op(Architecture& net, NodeId input, const std::string& name, NasnetOp op,
              const PathSettings& path) {
  const auto convolved = [&](std::int64_t kernel, std::int64_t dilation) {
    return add_relu_convolution_norm(net, input, name,
                                     {.out_channels = path.filters,
                                      .kernel = kernel,
                                      .stride = path.stride,
                                      .dilation = dilation});
  };
  switch (op) {
    case NasnetOp::identity:
      if (path.stride == 1 && net.shape(input).channels == path.filters) return input;
      return convolved(1, 1);
    case NasnetOp::conv_1x3_3x1:
      return add_rectangular(net, input, name, 3, path);
    case NasnetOp::conv_1x7_7x1:
      return add_rectangular(net, input, name, 7, path);
    case NasnetOp::dil_conv_3x3:
      return convolved(3, 2);
    case NasnetOp::avg_pool_3x3:
      return add_pool(net, input, name, average_pool(3, path.stride), path);
    case NasnetOp::max_pool_3x3:
      return add_pool(net, input, name, max_pool(3, path.stride), path);
    case NasnetOp::max_pool_5x5:
      return add_pool(net, input, name, max_pool(5, path.stride), path);
    case NasnetOp::max_pool_7x7:
      return add_pool(net, input, name, max_pool(7, path.stride), path);
    case NasnetOp::conv_1x1:
      return convolved(1, 1);
    case NasnetOp::conv_3x3:
      return convolved(3, 1);
    case NasnetOp::sep_conv_3x3:
      return add_separable(net, input, name, 3, path);
    case NasnetOp::sep_conv_5x5:
      return add_separable(net, input, name, 5, path);
    case NasnetOp::sep_conv_7x7:
      return add_separable(net, input, name, 7, path);
    case NasnetOp::dil_sep_conv_3x3:
      break;
  }
  return add_dilated_convolution(
      net, input, name, {.out_channels = path.filters, .stride = path.stride, .dilation = 2});
}

/// One cell of the network.
class CellBuilder {
 public:
  struct Settings {
    std::string name;
    std::int64_t filters;
    bool reduces;
    double drop_probability;
  };
  CellBuilder(Architecture& net, const NasnetCell& cell, Settings settings)
      : net_(net), cell_(cell), settings_(std::move(settings)) {}

  /// `before_last` is nothing in the first cell, which reads `last` in its place as it is.
  NodeId add(NodeId last, std::optional<NodeId> before_last) {
    const std::string name = with_channels(at("in0"), net_.shape(last).channels);
    states_ = {add_relu_convolution_norm(net_, last, name, {.out_channels = settings_.filters}),
               before_last ? matched(*before_last, last) : last};
    for (std::size_t block = 0; block < cell_.blocks.size(); ++block) add_block(block);
    std::vector<NodeId> outputs;
    for (const std::size_t state : cell_.outputs) outputs.push_back(output(state));
    return net_.add(Op(OpKind::concat), outputs, settings_.name);
  }

 private:
  std::string at(const std::string& place) const {
    return fmt::format("{}.{}", settings_.name, place);
  }

  /// The state before the last, with the resolution of the last and the filters of this cell.
  NodeId matched(NodeId before_last, NodeId last) {
    const Shape before = net_.shape(before_last), shape = net_.shape(last);
    const std::string name = with_channels(at("in1"), before.channels);
    if (before.height != shape.height || before.width != shape.width) {
      return add_factorised_reduction(net_, before_last, name, {.out_channels = settings_.filters});
    }
    if (before.channels == settings_.filters) return before_last;
    return add_relu_convolution_norm(net_, before_last, name, {.out_channels = settings_.filters});
  }

  void add_block(std::size_t number) {
    const NasnetBlock& block = cell_.blocks[number];
    const std::string name = at(fmt::format("block{}", number));
    const bool twins = block.first == block.second && block.first_op == block.second_op;
    const NodeId first = path(name, block.first, block.first_op, "");
    const NodeId second = path(name, block.second, block.second_op, twins ? ".twin" : "");
    states_.push_back(
        net_.add(Op(block.concat ? OpKind::concat : OpKind::add), {first, second}, name));
  }

  NodeId path(const std::string& block, std::size_t state, NasnetOp op, const char* ending) {
    const NodeId from = states_[state];
    std::string name = fmt::format("{}.from{}.{}{}", block, state, nasnet_op_name(op), ending);
    const std::int64_t channels = net_.shape(from).channels;
    if (channels != settings_.filters) name = with_channels(name, channels);
    const NodeId x = add_op(
        net_, from, name, op,
        {.filters = settings_.filters, .stride = settings_.reduces && state < cell_inputs ? 2 : 1});
    if (settings_.drop_probability == 0 || op == NasnetOp::identity) return x;
    return net_.add(Op(OpKind::drop_path).set("p", settings_.drop_probability), {x},
                    name + ".drop_path");
  }

  /// Blocks as they are.
  NodeId output(std::size_t state) {
    const NodeId x = states_[state];
    if (state >= cell_inputs) return x;
    const std::int64_t channels = net_.shape(x).channels;
    const std::string name = with_channels(at(fmt::format("out{}", state)), channels);
    if (settings_.reduces) {
      return add_factorised_reduction(net_, x, name, {.out_channels = settings_.filters});
    }
    if (channels == settings_.filters) return x;
    return add_relu_convolution_norm(net_, x, name, {.out_channels = settings_.filters});
  }

  Architecture& net_;
  const NasnetCell& cell_;
  Settings settings_;
  std::vector<NodeId> states_;
};

/// The cells of a network, one after the other.
class NetworkBuilder {
 public:
  NetworkBuilder(const NasnetCells& cells, const NasnetSettings& settings)
      : cells_(cells),
        settings_(settings),
        imagenet_(settings.stem == NasnetStem::imagenet),
        total_(static_cast<std::size_t>(stages * settings.repeats + stages - 1 +
                                        (imagenet_ ? imagenet_stem_cells : 0))) {}

  Architecture build(const Task& task) {
    add_stem(task);
    for (std::int64_t stage = 0; stage < stages; ++stage) {
      const std::int64_t filters = settings_.filters << stage;
      const std::optional<NodeId> before_reduction = before_last_;
      if (stage > 0) add_cell(fmt::format("reduction{}", stage), filters, true);
      if (stage > 0 && settings_.skip_reduction_input) before_last_ = before_reduction;
      for (std::int64_t i = 0; i < settings_.repeats; ++i) {
        add_cell(fmt::format("cell{}", stage * settings_.repeats + i), filters, false);
      }
    }
    NodeId x = net_.add(Op(OpKind::relu), {last_}, "last.activation");
    x = net_.add(Op(OpKind::global_average_pool), {x}, "pool");
    x = net_.add(linear(task.classes), {x}, with_channels("classifier", net_.shape(x).channels));
    net_.mark_output(x);
    return std::move(net_);
  }

 private:
  void add_stem(const Task& task) {
    const NodeId image = net_.add(input_op(task.input), {}, "image");
    Op op = convolution(
        {.out_channels = settings_.stem_channels, .kernel = 3, .stride = imagenet_ ? 2 : 1});
    if (imagenet_) op.set("padding_h", 0).set("padding_w", 0);
    last_ = net_.add(std::move(op), {image}, "stem");
    last_ = net_.add(batch_norm(true), {last_}, "stem.norm");
    if (!imagenet_) return;
    for (std::int64_t i = 0; i < imagenet_stem_cells; ++i) {
      add_cell(fmt::format("stem_cell{}", i), settings_.filters >> (imagenet_stem_cells - i), true);
    }
  }

  void add_cell(std::string name, std::int64_t filters, bool reduces) {
    const double drop =
        1 - scheduled_keep_probability(built_++, total_, 1, 1 - settings_.drop_probability);
    const NasnetCell& cell = reduces ? cells_.reduction : cells_.normal;
    CellBuilder builder(net_, cell, {std::move(name), filters, reduces, drop});
    const NodeId next = builder.add(last_, before_last_);
    before_last_ = last_;
    last_ = next;
  }

  const NasnetCells& cells_;
  const NasnetSettings& settings_;
  bool imagenet_;
  std::size_t total_;
  std::size_t built_ = 0;
  Architecture net_;
  NodeId last_ = 0;
  std::optional<NodeId> before_last_;
};

}  // namespace

std::string_view nasnet_op_name(NasnetOp op) {
  return nasnet_op_names[static_cast<std::size_t>(op)];
}

std::vector<std::size_t> loose_ends(const std::vector<NasnetBlock>& blocks) {
  std::vector<std::size_t> result;
  for (std::size_t state = 0; state < cell_inputs + blocks.size(); ++state) {
    const bool read = std::ranges::any_of(blocks, [state](const NasnetBlock& block) {
      return block.first == state || block.second == state;
    });
    if (!read) result.push_back(state);
  }
  return result;
}

double scheduled_keep_probability(std::size_t cell, std::size_t cells, double progress,
                                  double final_keep) {
  const double depth = static_cast<double>(cell + 1) / static_cast<double>(cells);
  return 1 - progress * depth * (1 - final_keep);
}

Architecture nasnet_network(const NasnetCells& cells, const NasnetSettings& settings,
                            const Task& task) {
  return NetworkBuilder(cells, settings).build(task);
}

NasnetCells nasnet_a() {
  using enum NasnetOp;
  return {.normal = {.blocks = {{0, 1, sep_conv_5x5, sep_conv_3x3},
                                {1, 1, sep_conv_5x5, sep_conv_3x3},
                                {0, 1, avg_pool_3x3, identity},
                                {1, 1, avg_pool_3x3, avg_pool_3x3},
                                {0, 0, sep_conv_3x3, identity}},
                     .outputs = {1, 2, 3, 4, 5, 6}},
          .reduction = {.blocks = {{0, 1, sep_conv_5x5, sep_conv_7x7},
                                   {0, 1, max_pool_3x3, sep_conv_7x7},
                                   {0, 1, avg_pool_3x3, sep_conv_5x5},
                                   {3, 2, identity, avg_pool_3x3},
                                   {2, 0, sep_conv_3x3, max_pool_3x3}},
                        .outputs = {3, 4, 5, 6}}};
}

}  // namespace nas
