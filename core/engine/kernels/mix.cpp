#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "core/engine/kernels/kernel_table.hpp"

namespace nas::engine {
namespace {

/// So many values of the inputs and the output stay in the nearest cache while they are summed.
constexpr std::size_t chunk = 2048;
constexpr std::size_t lanes = 16;  ///< sums that a vector unit takes side by side

/// weights[i] = exp(c[i]) / sum of exp(c).
void softmax(std::size_t count, const float* coefficients, float* weights) {
  const float largest = *std::max_element(coefficients, coefficients + count);
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += std::exp(double{coefficients[i]} - largest);
  for (std::size_t i = 0; i < count; ++i) {
    weights[i] = static_cast<float>(std::exp(double{coefficients[i]} - largest) / sum);
  }
}

/// The gradient with respect to c: w[i] * (s[i] - sum of w * s), s that with respect to w.
void softmax_backward(std::size_t count, const float* weights, const float* products,
                      float* gradient) {
  double mean = 0;
  for (std::size_t i = 0; i < count; ++i) mean += double{weights[i]} * products[i];
  for (std::size_t i = 0; i < count; ++i) {
    gradient[i] = static_cast<float>(weights[i] * (products[i] - mean));
  }
}

/// In an order that does not depend on the machine: by lane within a chunk, then chunk by chunk.
double dot(const float* a, const float* b, std::size_t count) {
  double total = 0;
  for (std::size_t begin = 0; begin < count; begin += chunk) {
    const std::size_t end = std::min(begin + chunk, count);
    std::array<float, lanes> sums{};
    std::size_t i = begin;
    for (; i + lanes <= end; i += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += a[i + lane] * b[i + lane];
    }
    for (; i < end; ++i) sums[0] += a[i] * b[i];
    for (const float sum : sums) total += sum;
  }
  return total;
}

/// The weights, the inputs, the output; as if inputs that are closed were not there.
class WeightedSum {
 public:
  WeightedSum(const Gates& gates, std::vector<GuardId> guards, std::size_t elements)
      : gates_(&gates), guards_(std::move(guards)), elements_(elements) {}

  /// The output may be the first input's memory.
  void operator()(std::span<float* const> buffers) const {
    const float* const weights = buffers.front();
    for (std::size_t begin = 0; begin < elements_; begin += chunk) {
      const std::size_t count = std::min(chunk, elements_ - begin);
      bool is_first = true;
      for (std::size_t i = 0; i < guards_.size(); ++i) {
        if (!gates_->open(guards_[i])) continue;
        add(weights[i], buffers[i + 1] + begin, buffers.back() + begin, count, is_first);
        is_first = false;
      }
    }
  }

 private:
  static void add(float weight, const float* x, float* y, std::size_t count, bool is_first) {
    if (is_first) {
      for (std::size_t k = 0; k < count; ++k) y[k] = weight * x[k];
    } else {
      for (std::size_t k = 0; k < count; ++k) y[k] += weight * x[k];
    }
  }

  const Gates* gates_;
  std::vector<GuardId> guards_;
  std::size_t elements_;
};

/// The mixed operation of DARTS (Liu et al. 2018) and, gated, that of ProxylessNAS (Cai et al.
/// 2018): y = sum of w[i] * x[i] over the open inputs, w the coefficients or their softmax.
class Mix {
 public:
  Mix(Compiler& compiler, NodeId node)
      : compiler_(compiler),
        tape_(compiler.tape()),
        node_(node),
        inputs_(compiler.architecture().inputs(node)),
        is_softmax_(compiler.architecture().op(node).integer("softmax") != 0),
        layout_(common_layout()),
        elements_(layout_.get_size() / sizeof(float)),
        weights_(compiler.parameter(node, "coefficient")) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      guards_.push_back(compiler.gates().guard(node, i));
    }
  }

  void add_forward() {
    if (is_softmax_) add_softmax();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      tape_.set_guard(guards_[i]);
      values_before_.push_back(compiler_.value(inputs_[i]));
      sources_.push_back(compiler_.in_layout(values_before_.back(), layout_));
    }
    tape_.set_guard(compiler_.gates().guard(node_));
    const BufferId value = compiler_.add_buffer(layout_);
    std::vector<BufferId> arguments = {weights_};
    arguments.insert(arguments.end(), sources_.begin(), sources_.end());
    arguments.push_back(value);
    tape_.add(WeightedSum(compiler_.gates(), guards_, elements_), std::move(arguments));
    tape_.allow_in_place(sources_.front(), value);
    compiler_.set_value(node_, value);
  }

  void add_backward() {
    const BufferId gradient = compiler_.in_layout(compiler_.gradient(node_), layout_);
    const BufferId products = compiler_.add_buffer(plain({count()}));
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      tape_.set_guard(guards_[i]);
      tape_.add(
          [i, elements = elements_](std::span<float* const> buffers) {
            buffers[2][i] = static_cast<float>(dot(buffers[0], buffers[1], elements));
          },
          {gradient, source_again(i), products});
      if (compiler_.wants_gradient(inputs_[i])) add_input_gradient(i, gradient);
    }
    tape_.set_guard(compiler_.gates().guard(node_));
    add_coefficient_gradient(products);
  }

 private:
  std::int64_t count() const { return static_cast<std::int64_t>(inputs_.size()); }

  /// A blocked layout is what most inputs have, and what most readers want.
  Desc common_layout() const {
    Desc layout = plain(compiler_.dims(node_));
    for (const NodeId input : inputs_) {
      if (layout == plain_like(layout)) {
        layout = in_type(compiler_.desc(compiler_.value(input)), DataType::f32);
      }
    }
    return layout;
  }

  void add_softmax() {
    const bool training = compiler_.training();
    const InPass pass(tape_, training ? Pass::forward : Pass::preparation);
    const Home home = training ? Home::arena : Home::persistent;
    const BufferId coefficients =
        std::exchange(weights_, compiler_.add_buffer(plain({count()}), home));
    tape_.add([k = inputs_.size()](
                  std::span<float* const> buffers) { softmax(k, buffers[0], buffers[1]); },
              {coefficients, weights_});
  }

  BufferId source_again(std::size_t i) const {
    const BufferId again = compiler_.value_again(inputs_[i]);
    return again == values_before_[i] ? sources_[i] : compiler_.in_layout(again, layout_);
  }

  void add_input_gradient(std::size_t i, BufferId gradient) {
    const BufferId scaled = compiler_.add_buffer(layout_);
    tape_.add(
        [i, elements = elements_](std::span<float* const> buffers) {
          const float weight = buffers[0][i];
          for (std::size_t k = 0; k < elements; ++k) buffers[2][k] = weight * buffers[1][k];
        },
        {weights_, gradient, scaled});
    tape_.allow_in_place(gradient, scaled);
    compiler_.add_gradient(inputs_[i], scaled);
  }

  void add_coefficient_gradient(BufferId products) {
    const BufferId gradient = compiler_.parameter_gradient(node_, "coefficient");
    if (is_softmax_) {
      tape_.add(
          [k = inputs_.size()](std::span<float* const> buffers) {
            softmax_backward(k, buffers[0], buffers[1], buffers[2]);
          },
          {weights_, products, gradient});
    } else {
      tape_.add(
          [guards = guards_, gates = &compiler_.gates()](std::span<float* const> buffers) {
            for (std::size_t i = 0; i < guards.size(); ++i) {
              buffers[1][i] = gates->open(guards[i]) ? buffers[0][i] : 0.0F;
            }
          },
          {products, gradient});
    }
  }

  Compiler& compiler_;
  Tape& tape_;
  NodeId node_;
  std::vector<NodeId> inputs_;
  bool is_softmax_;
  Desc layout_;
  std::size_t elements_;
  BufferId weights_;
  std::vector<GuardId> guards_;          ///< by input
  std::vector<BufferId> values_before_;  ///< the inputs, and
  std::vector<BufferId> sources_;        ///< the same in the mix's layout
};

}  // namespace

std::function<void()> compile_mix(Compiler& compiler, NodeId node) {
  const auto mix = std::make_shared<Mix>(compiler, node);
  mix->add_forward();
  return [mix] { mix->add_backward(); };
}

}  // namespace nas::engine
