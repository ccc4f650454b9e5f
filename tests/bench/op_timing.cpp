#include "tests/bench/op_timing.hpp"

#include <chrono>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "core/architecture/cost_model.hpp"
#include "core/base/random.hpp"
#include "core/engine/single_thread.hpp"

namespace nas::bench {
namespace {

using Clock = std::chrono::steady_clock;

engine::CompiledNetwork compiled(const Architecture& net, std::int64_t batch) {
  const engine::SingleThread single_thread;
  return engine::Compiler(net, {.batch = batch, .mode = Mode::training}).compile();
}

ParameterStore prepared(const Architecture& net) {
  ParameterStore store;
  store.prepare(net, 1);
  return store;
}

std::vector<engine::Executable::Address> addresses(const engine::CompiledNetwork& network,
                                                   ParameterStore& store) {
  std::vector<engine::Executable::Address> result;
  for (const engine::ParameterBuffer& parameter : network.parameters) {
    result.push_back({parameter.buffer, store.at(parameter.name).value.data()});
  }
  return result;
}

/// Scratch memory is not what an op works on.
std::vector<engine::BufferId> tensors(const engine::Step& step) {
  if (const auto* call = std::get_if<engine::CallStep>(&step)) return call->arguments;
  std::vector<engine::BufferId> result;
  for (const engine::Argument& argument : std::get<engine::PrimitiveStep>(step).arguments) {
    if (argument.slot != DNNL_ARG_SCRATCHPAD) result.push_back(argument.buffer);
  }
  return result;
}

}  // namespace

OpTiming::OpTiming(OpInNetwork op, std::int64_t batch)
    : op_(std::move(op)),
      batch_(batch),
      store_(prepared(op_.net)),
      network_(compiled(op_.net, batch)),
      executable_(network_.tape, addresses(network_, store_), *network_.gates) {
  const auto fill = [this](engine::BufferId buffer) {
    Random random(1);
    const std::size_t size = network_.tape.buffer(buffer).desc.get_size() / sizeof(float);
    for (float& value : std::span(executable_.address(buffer), size)) {
      value = static_cast<float>(random.uniform() - 0.5);
    }
  };
  executable_.prepare();
  fill(network_.input);
  executable_.forward();
  for (const engine::BufferId gradient : network_.output_gradients) fill(gradient);
  executable_.backward();
}

bool OpTiming::is_measured(engine::Pass pass, std::size_t step) const {
  return network_.nodes_of_steps(pass)[step].front() == op_.node;
}

template <typename Run>
double OpTiming::measured(engine::Pass pass, const Run& run) {
  std::chrono::duration<double> total{0};
  std::size_t step = 0;
  Clock::time_point before = Clock::now();
  run([&] {
    const Clock::time_point now = Clock::now();
    if (is_measured(pass, step++)) total += now - before;
    before = Clock::now();
  });
  return total.count();
}

double OpTiming::forward() {
  return measured(engine::Pass::forward, [this](const auto& done) { executable_.forward(done); });
}

double OpTiming::backward() {
  return measured(engine::Pass::backward, [this](const auto& done) { executable_.backward(done); });
}

double OpTiming::bytes(engine::Pass pass) const {
  std::size_t sum = 0;
  const std::span<const engine::Step> steps = network_.tape.steps(pass);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!is_measured(pass, i)) continue;
    for (const engine::BufferId id : tensors(steps[i])) {
      sum += network_.tape.buffer(id).desc.get_size();
    }
  }
  return static_cast<double>(sum);
}

double OpTiming::flops(engine::Pass pass) const {
  const std::int64_t products = pass == engine::Pass::forward ? 1 : 2;  // data and weights
  return static_cast<double>(2 * products * batch_ * node_costs(op_.net)[op_.node].macs);
}

}  // namespace nas::bench
