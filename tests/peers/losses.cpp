// Losses and their gradients, in single and in double precision, for losses.py to repeat in
// PyTorch.
//
//     nas_peer_losses FILE
//
// For each case and precision ("f32", "f64") tensors "<case>.<precision>.<what>": the inputs,
// "loss" (of one element) and "gradient". Metadata "cases" is JSON: each case with its loss and
// settings.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/random.hpp"
#include "core/training/detection_loss.hpp"
#include "core/training/loss.hpp"
#include "tests/peers/tensor_file.hpp"

using namespace nas;

namespace {

using Shape = std::vector<std::int64_t>;

std::size_t elements(const Shape& shape) {
  std::size_t count = 1;
  for (const std::int64_t extent : shape) count *= static_cast<std::size_t>(extent);
  return count;
}

/// Normal values of single precision, so that both precisions read the same.
template <typename T>
std::vector<T> normal_values(std::size_t count, double scale, std::uint64_t seed) {
  Random random(seed);
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(static_cast<float>(scale * random.normal()));
  return values;
}

template <typename Label>
std::vector<Label> labels_below(std::size_t count, std::size_t classes, std::uint64_t seed) {
  Random random(seed);
  std::vector<Label> labels(count);
  for (Label& label : labels) label = static_cast<Label>(random.below(classes));
  return labels;
}

/// Of one case in one precision.
template <typename T>
class Record {
 public:
  Record(peers::TensorFile& file, const std::string& name)
      : file_(file), prefix_(name + (sizeof(T) == sizeof(double) ? ".f64." : ".f32.")) {}

  template <typename U>
  void add(const std::string& what, const Shape& shape, const std::vector<U>& values) {
    file_.add(prefix_ + what, shape, std::span<const U>(values));
  }
  /// Whole numbers of any width.
  template <typename U>
  void add_whole(const std::string& what, const Shape& shape, const std::vector<U>& values) {
    add(what, shape, std::vector<std::int32_t>(values.begin(), values.end()));
  }
  void add_result(const Shape& shape, double loss, const std::vector<T>& gradient) {
    add("loss", {1}, std::vector<double>{loss});
    add("gradient", shape, gradient);
  }

 private:
  peers::TensorFile& file_;
  std::string prefix_;
};

template <typename T>
void images(Record<T> record, double scale, double label_smoothing) {
  const Shape shape = {7, 10};
  const auto logits = normal_values<T>(elements(shape), scale, 1);
  const auto labels = labels_below<std::int32_t>(7, 10, 2);
  std::vector<T> gradient(logits.size());
  const LossResult result =
      softmax_cross_entropy<T>(logits, labels, 10, label_smoothing, gradient, 7);
  record.add("logits", shape, logits);
  record.add("labels", {7}, labels);
  record.add_result(shape, result.loss / 7, gradient);
}

template <typename T>
void pixels(Record<T> record) {
  const Shape shape = {3, 5, 4, 6};
  const auto logits = normal_values<T>(elements(shape), 3, 3);
  auto labels = labels_below<std::int32_t>(3 * 4 * 6, 6, 4);
  for (std::int32_t& label : labels) label = label == 5 ? 255 : label;
  const std::int64_t count = counted_pixels(labels, 255);
  std::vector<T> gradient(logits.size());
  const LossResult result =
      pixel_cross_entropy<T>(logits, labels, {.classes = 5, .pixels = 24}, gradient, count);
  record.add("logits", shape, logits);
  record.add("labels", {3, 4, 6}, labels);
  record.add_result(shape, result.loss / static_cast<double>(count), gradient);
}

template <typename T>
void distillation(Record<T> record, const DistillationSettings& settings) {
  const Shape shape = {7, 10};
  const auto logits = normal_values<T>(elements(shape), 3, 5);
  const auto teacher = normal_values<T>(elements(shape), 3, 6);
  const auto labels = labels_below<std::int32_t>(7, 10, 7);
  std::vector<T> gradient(logits.size());
  const LossResult result =
      distillation_loss<T>(logits, teacher, labels, 10, settings, gradient, 7);
  record.add("logits", shape, logits);
  record.add("teacher", shape, teacher);
  record.add("labels", {7}, labels);
  record.add_result(shape, result.loss / 7, gradient);
}

template <typename T>
void focal(Record<T> record, const FocalSettings& settings) {
  const Shape shape = {6, 9};
  const auto logits = normal_values<T>(elements(shape), 5, 8);
  const auto targets = labels_below<std::int8_t>(elements(shape), 2, 9);
  std::vector<T> gradient(logits.size());
  const double loss = focal_loss<T>(logits, targets, settings, gradient, 4);
  record.add("logits", shape, logits);
  record.add_whole("targets", shape, targets);
  record.add_result(shape, loss / 4, gradient);
}

template <typename T>
void smooth_l1(Record<T> record, double beta) {
  const Shape shape = {20, 4};
  const auto predictions = normal_values<T>(elements(shape), 1, 10);
  const auto targets = normal_values<T>(elements(shape), 1, 11);
  std::vector<T> gradient(predictions.size());
  const double loss = smooth_l1_loss<T>(predictions, targets, {}, beta, gradient, 4);
  record.add("predictions", shape, predictions);
  record.add("targets", shape, targets);
  record.add_result(shape, loss / 4, gradient);
}

class Cases {
 public:
  explicit Cases(peers::TensorFile& file) : file_(file) {}
  ~Cases() { file_.note("cases", described_.dump()); }

  /// Calls `run` with a record of either precision.
  template <typename Run>
  void add(const std::string& name, const std::string& loss, const nlohmann::json& settings,
           const Run& run) {
    described_[name] = {{"loss", loss}, {"settings", settings}};
    run(Record<float>(file_, name));
    run(Record<double>(file_, name));
  }

 private:
  peers::TensorFile& file_;
  nlohmann::json described_ = nlohmann::json::object();
};

void add_all(peers::TensorFile& file) {
  Cases cases(file);
  for (const double smoothing : {0.0, 0.1}) {
    for (const double scale : {3.0, 300.0}) {
      cases.add(fmt::format("images, logits of {}, smoothing {}", scale, smoothing),
                "cross_entropy", {{"label_smoothing", smoothing}},
                [&](auto record) { images(record, scale, smoothing); });
    }
  }
  cases.add("pixels", "cross_entropy", {{"ignore_index", 255}},
            [](auto record) { pixels(record); });
  for (const auto& [temperature, weight] : {std::pair(1.0, 1.0), {4.0, 0.5}, {0.5, 2.0}}) {
    cases.add(fmt::format("distillation at {} times {}", temperature, weight), "distillation",
              {{"temperature", temperature}, {"weight", weight}, {"label_smoothing", 0.1}},
              [&, t = temperature, w = weight](auto record) {
                distillation(record, {.temperature = t, .weight = w, .label_smoothing = 0.1});
              });
  }
  for (const auto& [alpha, gamma] : {std::pair(0.25, 2.0), {0.5, 0.0}, {0.25, 1.5}}) {
    cases.add(fmt::format("focal {} {}", alpha, gamma), "focal",
              {{"alpha", alpha}, {"gamma", gamma}},
              [&, a = alpha, g = gamma](auto record) { focal(record, {.alpha = a, .gamma = g}); });
  }
  for (const double beta : {1.0, 0.1, 0.0}) {
    cases.add(fmt::format("smooth L1 {}", beta), "smooth_l1", {{"beta", beta}},
              [&](auto record) { smooth_l1(record, beta); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: nas_peer_losses FILE\n");
    return 2;
  }
  try {
    peers::TensorFile file;
    add_all(file);
    file.write(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "nas_peer_losses: error: {}\n", error.what());
    return 1;
  }
}
