// Zero-cost proxies of small networks, for proxies.py to compute in PyTorch.
//
//     nas_peer_proxies FILE
//
// For each network tensors "<network>:<what>": "images", "labels", "weight:" with the name of a
// parameter; for the repeat R of zen "zenR:x", "zenR:n" and "zenR:weight:…"; and "score:" with the
// name of a proxy, one element each ("score:zenR" of a repeat). Metadata "networks" is JSON: the
// architecture of each.
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/architecture/architecture_json.hpp"
#include "core/architecture/blocks.hpp"
#include "core/architecture/nas_bench_201.hpp"
#include "core/base/random.hpp"
#include "plugins/estimators/proxy/measure.hpp"
#include "plugins/estimators/proxy/zen.hpp"
#include "tests/peers/tensor_file.hpp"

using namespace nas;

namespace {

constexpr std::int64_t batch = 16;
constexpr std::int64_t classes = 10;
constexpr std::int64_t zen_repeats = 3;
constexpr std::uint64_t seed = 1;

struct Named {
  std::string name;
  Architecture architecture;
};

/// Inverted bottlenecks of all kinds: with and without expansion, residual, squeeze-and-excitation;
/// ReLU6 and h-swish; 5x5 kernels.
Architecture mobile() {
  Architecture net;
  NodeId x = net.add(input_op({3, 17, 17}), {}, "image");
  x = add_convolution_block(net, x, "stem", {.out_channels = 16, .kernel = 3},
                            {true, OpKind::relu6});
  x = add_inverted_bottleneck(net, x, "block0", {.out_channels = 16});
  x = add_inverted_bottleneck(net, x, "block1",
                              {.out_channels = 24, .expansion = 3, .kernel = 5, .stride = 2});
  x = add_inverted_bottleneck(net, x, "block2",
                              {.out_channels = 24, .expansion = 3, .kernel = 3, .se_hidden = 18});
  x = add_inverted_bottleneck(net, x, "block3",
                              {.out_channels = 40,
                               .expansion = 6,
                               .kernel = 5,
                               .stride = 2,
                               .activation = OpKind::h_swish,
                               .se_hidden = 36,
                               .se_gate = OpKind::h_sigmoid});
  x = add_convolution_block(net, x, "head", {.out_channels = 64}, {true, OpKind::h_swish});
  add_classifier(net, x, classes);
  return net;
}

std::vector<Named> networks() {
  std::vector<Named> result;
  // All ops; a cell without a path past its first node; convolutions alone; one and two cells.
  for (const auto& [code, cells] :
       {std::pair{"421211", 1}, std::pair{"334131", 2}, std::pair{"230410", 1},
        std::pair{"333333", 1}, std::pair{"310124", 2}}) {
    result.push_back({fmt::format("nasbench201-{}-{}", code, cells),
                      nas_bench_201({.code = code, .cells = cells}, {{3, 16, 16}, classes})});
  }
  result.push_back({"mbconv", mobile()});
  return result;
}

proxy::Batch random_batch(const Shape& shape) {
  Random random(derive_seed(seed, "batch"));
  proxy::Batch result;
  result.images.resize(static_cast<std::size_t>(batch * shape.elements()));
  for (float& value : result.images) value = static_cast<float>(random.normal());
  for (std::int64_t i = 0; i < batch; ++i) {
    result.labels.push_back(static_cast<std::int32_t>(random.below(classes)));
  }
  return result;
}

class Record {
 public:
  Record(peers::TensorFile& file, const Named& network)
      : file_(file),
        name_(network.name),
        net_(network.architecture),
        input_(net_.shape(net_.input_nodes().front())),
        batch_(random_batch(input_)) {}

  void run() {
    add("images", {batch, input_.channels, input_.height, input_.width},
        std::span<const float>(batch_.images));
    add("labels", {batch}, std::span<const std::int32_t>(batch_.labels));
    ParameterStore store;
    store.prepare(net_, derive_seed(seed, "weights"));
    add_weights("", store);
    proxy::MeasureSettings settings;
    settings.batch = batch_;
    settings.naswot_images = batch_.images;
    const CancelToken never;
    using enum proxy::Proxy;
    const proxy::Outcome outcome = proxy::measure(
        net_, {grad_norm, snip, grasp, fisher, jacob_cov, naswot, synflow, l2_norm, params, macs},
        settings, seed, never);
    for (const auto& [each, value] : outcome.scores) add_score(name_of(each), value);
    add_zen(store);
  }

 private:
  template <typename T>
  void add(const std::string& what, const std::vector<std::int64_t>& shape,
           std::span<const T> values) {
    file_.add(name_ + ":" + what, shape, values);
  }
  void add_score(const std::string& name, double value) {
    add("score:" + name, {1}, std::span<const double>(&value, 1));
  }
  void add_weights(const std::string& prefix, const ParameterStore& store) {
    for (const auto& [name, parameter] : store.all()) {
      add(prefix + "weight:" + name, parameter->shape,
          std::span<const float>(parameter->value.values()));
    }
  }

  void add_zen(ParameterStore& store) {
    proxy::Zen zen(net_, store, {.batch = batch, .repeats = zen_repeats});
    for (std::uint64_t i = 0; i < zen_repeats; ++i) {
      const std::string prefix = fmt::format("zen{}", i);
      zen.draw_weights(derive_seed(seed, "zen weights", i));
      const std::vector<float> x = zen.draw_images(derive_seed(seed, "zen x", i));
      const std::vector<float> n = zen.draw_images(derive_seed(seed, "zen n", i));
      add_weights(prefix + ":", store);
      const std::vector<std::int64_t> shape = {batch, input_.channels, input_.height, input_.width};
      add(prefix + ":x", shape, std::span<const float>(x));
      add(prefix + ":n", shape, std::span<const float>(n));
      add_score(prefix, zen.repeat(x, n));
    }
  }

  peers::TensorFile& file_;
  const std::string name_;
  const Architecture& net_;
  const Shape input_;
  const proxy::Batch batch_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: nas_peer_proxies FILE\n");
    return 2;
  }
  try {
    peers::TensorFile file;
    nlohmann::json described = nlohmann::json::object();
    for (const Named& network : networks()) {
      described[network.name] = to_json(network.architecture);
      Record(file, network).run();
    }
    file.note("networks", described.dump());
    file.write(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nas_peer_proxies: error: {}\n", error.what());
    return 1;
  }
}
